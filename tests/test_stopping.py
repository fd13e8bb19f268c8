"""A thread that is to stop ends at once, whatever it waits for; one that nobody asks goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from processes import PATIENCE

from gdviz.errors import EncodeError
from gdviz.film_threads import film_threads
from gdviz.movie.encoder import Encoder
from gdviz.movie.formats import PARTS, PartKind
from gdviz.runtime.stopping import Stop, Stopped, is_stopping, on_stop
from gdviz.runtime.workers import Pool


def ended_by_a_stop(wait: Callable[[threading.Event], object]) -> BaseException | None:
    """Have a thread wait for something, which it tells, and stop it; return what is raised there."""
    stop, waits = Stop(), threading.Event()
    raised: list[BaseException] = []

    def run() -> None:
        with stop.heeded():
            try:
                wait(waits)
            except BaseException as error:
                raised.append(error)
            assert is_stopping()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert waits.wait(PATIENCE)
    stop.request()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    return raised[0] if raised else None


def test_a_thread_that_waits_for_a_pool():
    def wait(waits: threading.Event) -> None:
        with pool.workload() as work:
            waits.set()
            work.prepare(time.sleep, PATIENCE)

    with pytest.raises(KeyboardInterrupt), Pool(1, []) as pool:
        assert isinstance(ended_by_a_stop(wait), Stopped)
        raise KeyboardInterrupt  # as what stopped the thread: the process that still sleeps is not waited for


def test_a_thread_that_waits_for_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "ffmpeg").write_text(f"#!/bin/sh\nexec sleep {PATIENCE}\n")
    (tmp_path / "ffmpeg").chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "ffmpeg"))

    def wait(waits: threading.Event) -> None:
        with Encoder((2, 2), 1, PARTS[PartKind.H264]) as encoder:
            waits.set()
            encoder.finish()

    error = ended_by_a_stop(wait)
    assert isinstance(error, EncodeError)
    assert "killed by signal 9" in str(error)


def test_what_is_to_be_called_is_called_at_once_if_a_stop_was_requested_before():
    stop, called = Stop(), []
    with on_stop(lambda: called.append("nobody takes part")):
        stop.request()
    with stop.heeded(), on_stop(lambda: called.append("late")):
        pass
    assert called == ["late"]


def test_the_threads_of_films_end_before_an_error_goes_on_and_it_tells_what_they_leave():
    ended, waits = [], threading.Event()

    def make(frames: int, _: Callable[[int], None]) -> None:
        stopped = threading.Event()
        with on_stop(stopped.set):
            waits.set()
            stopped.wait(PATIENCE)
        ended.append(frames)
        raise Stopped(frames // 2, frames)

    with pytest.raises(KeyboardInterrupt) as caught, film_threads() as threads:
        for frames in (40, 60):
            threads.start(partial(make, frames), frames, lambda films, left: len(left) < 2)
        waits.wait(PATIENCE)
        raise KeyboardInterrupt
    assert sorted(ended) == [40, 60]
    assert caught.value.__notes__ == ["50 of 100 frames of 2 films are kept, and the same command goes on from there"]


def test_what_a_film_does_not_expect_is_raised_when_all_have_ended():
    def fail(left: Callable[[int], None]) -> None:
        raise SystemExit("unexpected")

    with pytest.raises(SystemExit, match="unexpected"), film_threads() as threads:
        threads.start(fail, 1, lambda films, _: not films)
        threads.start(lambda _: None, 1, lambda films, _: not films)
