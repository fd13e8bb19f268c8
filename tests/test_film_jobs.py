"""A batch's films are drawn by the same processes: the same films, whatever becomes of one of them, or of a process."""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import imageio_ffmpeg
import pytest
from processes import Running, digest, run

from gdviz.batch import Batch, Outcome
from gdviz.cli.target import animation_of
from gdviz.rendering import Progress, render
from gdviz.runtime.workers import SIDE_BY_SIDE

CURVE = 'function = "{}"\nsize = [{}, 64]\nfps = 20\ntiming = {{ approach = 0, descent = {}, hold = 0, finish = 0 }}\n'
MAP = (
    'function = "himmelblau"\nview = "map"\nsize = [128, 72]\nfps = 25\nstarts = {{ grid = 3 }}\n'
    "tolerance = 0.00{}\ntiming = {{ approach = 0, hold = 0, descent = 2.4, finish = 0 }}\n"
)
BAD = 66  # the width of the films for which ffmpeg fails


@pytest.fixture
def presets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write presets of a long film, one that cannot be drawn, one whose ffmpeg fails, and two short ones."""
    monkeypatch.chdir(tmp_path)
    texts = {
        "long": CURVE.format("x^2", 64, 2.4),
        "wrong": CURVE.format("log(-1 - x^2)", 64, 0.2),
        "bad": CURVE.format("x^2", BAD, 0.2),
        "short": CURVE.format("x^4", 64, 0.2),
        "last": CURVE.format("x^2 + x", 64, 0.2),
    }
    for name, text in texts.items():
        Path(f"{name}.toml").write_text(text)
    ffmpeg = Path("ffmpeg")
    ffmpeg.write_text(
        f'#!/bin/sh\ncase "$*" in *{BAD}x64*) exit 3;; esac\nexec {imageio_ffmpeg.get_ffmpeg_exe()} "$@"\n'
    )
    ffmpeg.chmod(ffmpeg.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(ffmpeg.absolute()))
    return [f"{name}.toml" for name in texts]


def batch() -> Batch:
    return Batch(lambda target: (animation_of(target), [Path("media") / f"{Path(target).stem}.mp4"]), Path("media"))


@contextmanager
def quiet(_: str) -> Iterator[Callable[[Progress], None]]:
    yield lambda _: None


@cache
def alone(*presets: str) -> list[str]:
    """Return the digests of films when one process draws them, one after the other."""
    digests = []
    with TemporaryDirectory() as name:
        preset, film = Path(name) / "film.toml", Path(name) / "film.mp4"
        for text in presets:
            preset.write_text(text)
            render(animation_of(str(preset)), [film], jobs=1)
            digests.append(digest(film))
    return digests


class Counting(ThreadPoolExecutor):
    """Draws with one thread; counts how many segments it had at most that were not done."""

    def __init__(self) -> None:
        super().__init__(1)
        self.most = self._now = 0

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        self._now += 1
        self.most = max(self.most, self._now)
        future = super().submit(work, *given, **named)
        future.add_done_callback(self._done)
        return future

    def _done(self, _: object) -> None:
        self._now -= 1


@pytest.mark.parametrize("executor", [None, Counting()], ids=["pool", "executor"])
def test_films_are_the_same_and_one_that_fails_is_the_only_one(presets: list[str], executor: Executor | None):
    results = batch().render(presets, force=False, jobs=2, progress_of=quiet, executor=executor)
    assert [result.target for result in results] == presets
    done = ["long", "short", "last"]
    assert [result.outcome is Outcome.RENDERED for result in results] == [name[:-5] in done for name in presets]
    assert "ffmpeg failed with code 3" in str(results[2].error)
    assert sorted(path.name for path in Path("media").iterdir()) == sorted(f"{name}.mp4" for name in done)
    assert [digest(Path(f"media/{name}.mp4")) for name in done] == alone(
        *(Path(f"{each}.toml").read_text() for each in done)
    )


def test_an_executor_is_given_little_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gdviz.film_jobs.usable_cores", lambda: 1)
    monkeypatch.setattr("gdviz.film_jobs.SEGMENT_FRAMES", 2)
    executor = Counting()
    targets = [f"{number}.toml" for number in range(5)]
    for target in targets:
        Path(target).write_text(CURVE.format("x^2", 64, 0.1))
    results = batch().render(targets, force=False, jobs=None, progress_of=quiet, executor=executor)
    assert all(result.outcome is Outcome.RENDERED for result in results)
    assert 2 <= executor.most <= 3


MAPS = [MAP.format(number + 1) for number in range(3)]


def maps(folder: Path) -> tuple[str, ...]:
    """Write the presets, and return the command that makes their films."""
    for number, text in enumerate(MAPS):
        (folder / f"{number}.toml").write_text(text)
    return ("batch", "0.toml", "1.toml", "2.toml", "-d", "media", "--jobs", "2")


def films(folder: Path) -> list[str]:
    return [digest(folder / f"media/{number}.mp4") for number in range(3)]


def test_processes_that_are_killed_are_replaced_and_few_scenes_are_in_memory(tmp_path: Path):
    running = Running(tmp_path, *maps(tmp_path), "--quiet")
    running.wait_for(running.workers)
    os.kill(running.workers()[0], signal.SIGKILL)
    templates: list[int] = []

    def are_side_by_side() -> bool:
        templates[:] = running.templates()
        return len(templates) == SIDE_BY_SIDE

    running.wait_for(are_side_by_side)
    with suppress(ProcessLookupError):
        os.kill(templates[-1], signal.SIGKILL)
    most = []
    while running.process.poll() is None:
        most.append((len(running.templates()), len(running.workers())))
        time.sleep(0.05)
    ended = running.end()
    assert (ended.code, ended.complaints) == (0, "")
    assert films(tmp_path) == alone(*MAPS)
    # One that has been told to end may still be there.
    assert max(number for number, _ in most) <= SIDE_BY_SIDE + 1
    assert max(number for _, number in most) <= 2 + 1


def test_a_batch_that_is_interrupted_goes_on(tmp_path: Path):
    command, media = maps(tmp_path), tmp_path / "media"
    running = Running(tmp_path, *command)
    running.wait_for(lambda: (media / "0.mp4").exists() and not (media / ".0.mp4.gdviz").exists())
    ended = running.interrupt(signal.SIGINT)
    assert ended.code == 130
    told = ended.complaints.splitlines()
    assert sum(line.startswith("gdviz: ") for line in told) == 1
    kept = bool(list(media.glob(".*/*.whole")))
    assert told[-1].startswith("gdviz: interrupted")
    assert told[-1].endswith(" are kept, and the same command goes on from there") == kept
    before = (media / "0.mp4").stat().st_mtime_ns
    ended = run(tmp_path, *command)
    assert ended.code == 0
    assert ("frames are there from an interrupted render" in ended.complaints) == kept
    assert (media / "0.mp4").stat().st_mtime_ns == before
    assert [path.name for path in sorted(media.iterdir())] == ["0.mp4", "1.mp4", "2.mp4"]
    assert films(tmp_path) == alone(*MAPS)


def test_of_a_batch_that_is_killed_nothing_is_left_running(tmp_path: Path):
    running = Running(tmp_path, *maps(tmp_path))
    running.wait_for(lambda: len(running.templates()) == SIDE_BY_SIDE and running.workers())
    running.process.kill()
    running.end()
