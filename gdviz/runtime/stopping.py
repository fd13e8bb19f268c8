"""Stops work in other threads: what they wait for ends at once, and they clean up after themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Stopped(BaseException):
    """The work of this thread is no longer wanted.

    Attributes
    ----------
    frames_kept, frames
        How many frames of its film are kept, and how many that has; 0 if nothing was drawn yet.

    """

    def __init__(self, frames_kept: int = 0, frames: int = 0) -> None:
        super().__init__("stopped")
        self.frames_kept, self.frames = frames_kept, frames


class Stop:
    """A request to stop that several threads may get."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[object, Callable[[], object]] = {}
        self.is_requested = False

    def request(self) -> None:
        """Call what the threads have given to `on_stop`."""
        with self._lock:
            self.is_requested = True
            for call in self._calls.values():
                call()

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Have this thread take part in the block."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)

    @contextmanager
    def calling(self, call: Callable[[], object]) -> Iterator[None]:
        """Have `call` be called when a stop is requested in the block, or at once if it was before."""
        key = object()
        with self._lock:
            self._calls[key] = call
            if self.is_requested:
                call()
        try:
            yield
        finally:
            with self._lock:
                del self._calls[key]


_CURRENT: ContextVar[Stop | None] = ContextVar("stop", default=None)


@contextmanager
def on_stop(call: Callable[[], object]) -> Iterator[None]:
    """Have `call`, which must be quick, be called from another thread when this one is to stop in the block.

    A thread that takes part in no stop goes on.
    """
    stop = _CURRENT.get()
    if stop is None:
        yield
        return
    with stop.calling(call):
        yield


def is_stopping() -> bool:
    """Return whether this thread is to stop."""
    stop = _CURRENT.get()
    return stop is not None and stop.is_requested
