"""SIGINT and SIGTERM as an exception, so that `with` blocks clean up."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
PATIENCE = 2.0  # seconds of cleaning up after which a second signal ends the process at once


class Interrupted(BaseException):
    """SIGINT or SIGTERM was received.

    Attributes
    ----------
    code
        The exit code that shells expect: 130 after SIGINT, 143 after SIGTERM.

    """

    def __init__(self, number: int) -> None:
        super().__init__("interrupted" if number == signal.SIGINT else "terminated")
        self.code = 128 + number


def raise_on_signals() -> None:
    """Let the first SIGINT or SIGTERM raise `Interrupted`; later ones end the process after PATIENCE."""
    first: list[float] = []

    def handle(number: int, _: FrameType | None) -> None:
        if not first:
            first.append(time.monotonic())
            raise Interrupted(number)
        if time.monotonic() - first[0] > PATIENCE:
            os._exit(128 + number)

    for each in SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:  # under nohup it stays ignored
            signal.signal(each, handle)


@contextmanager
def deferred_signals() -> Iterator[None]:
    """Defer both signals to the end of the block; processes started in it never receive them.

    Ctrl-C reaches every process in the terminal's foreground, but this process ends its helpers itself. In a callback,
    a library would swallow the exception.
    """
    held: list[int] = []
    in_charge = threading.current_thread() is threading.main_thread()  # other threads may not set handlers
    handlers = {each: handler for each in SIGNALS if in_charge and (handler := signal.getsignal(each)) is not None}
    for each in handlers:
        signal.signal(each, lambda number, _: held.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for each, handler in handlers.items():
            signal.signal(each, handler)
        if held:
            signal.raise_signal(held[0])
