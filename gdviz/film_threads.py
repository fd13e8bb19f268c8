"""Films that are made at the same time: each in a thread, which mostly waits for processes that draw or encode."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial

from gdviz.runtime.stopping import Stop, Stopped

PATIENCE = 5.0  # seconds to wait for a thread that was asked to stop

IsRoom = Callable[[int, Collection[int]], bool]
"""Whether one more film may be begun besides so many, given how many frames are to be drawn of each that has some."""
Left = Callable[[int], None]
"""Takes how many frames of a film are still to be drawn."""


class FilmThreads:
    """The threads; see `film_threads`."""

    def __init__(self) -> None:
        self._stop = Stop()
        self._threads: set[threading.Thread] = set()
        self._left: dict[object, int] = {}  # the frames that are to be drawn, of each film that has some
        self._changed = threading.Condition()  # guards all that changes
        self._stopped: list[Stopped] = []
        self._errors: list[BaseException] = []

    def start(self, make: Callable[[Left], None], frames: int, is_room: IsRoom) -> None:
        """Call `make` in a thread of its own, as soon as there is room for a film with so many frames to be drawn."""
        with self._changed:
            self._changed.wait_for(lambda: self._errors or is_room(len(self._threads), list(self._left.values())))
            key = object()
            self._left[key] = frames
            thread = threading.Thread(target=self._run, args=(make, key), daemon=True)
            self._threads.add(thread)
        thread.start()

    def finish(self) -> None:
        """Wait for all threads; raise an error that one did not expect."""
        with self._changed:
            self._changed.wait_for(lambda: not self._threads)
        for error in self._errors:
            raise error

    def stop(self) -> list[Stopped]:
        """Have all threads end; return what they leave."""
        self._stop.request()
        with self._changed:
            self._changed.wait_for(lambda: not self._threads, PATIENCE)
            return list(self._stopped)

    def _run(self, make: Callable[[Left], None], key: object) -> None:
        try:
            with self._stop.heeded():
                make(partial(self._tell_left, key))
        except Stopped as stopped:
            self._stopped.append(stopped)
        except BaseException as error:
            self._errors.append(error)
        finally:
            self._tell_left(key, 0)
            with self._changed:
                self._threads.remove(threading.current_thread())
                self._changed.notify_all()

    def _tell_left(self, key: object, frames: int) -> None:
        with self._changed:
            if frames:
                self._left[key] = frames
            else:
                self._left.pop(key, None)
            self._changed.notify_all()


@contextmanager
def film_threads() -> Iterator[FilmThreads]:
    """Yield threads for films, and wait for their end.

    An error in the block, such as that of a signal, ends them; its note tells what is kept of their films.
    """
    threads = FilmThreads()
    try:
        yield threads
        threads.finish()
    except BaseException as error:
        stopped = [each for each in threads.stop() if each.frames]
        kept, frames = sum(each.frames_kept for each in stopped), sum(each.frames for each in stopped)
        if kept:
            films = f"of {len(stopped)} films " if len(stopped) > 1 else ""
            error.add_note(f"{kept} of {frames} frames {films}are kept, and the same command goes on from there")
        raise
