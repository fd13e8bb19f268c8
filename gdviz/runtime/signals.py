"""SIGINT and SIGTERM as an exception, so that what is open gets closed on the way out."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
PATIENCE = 2.0  # seconds after which a second signal is obeyed even if closing is not done


class Interrupted(BaseException):
    """Somebody wants this process to end.

    Attributes
    ----------
    code
        The exit code that shells expect: 130 after SIGINT, 143 after SIGTERM.

    """

    def __init__(self, number: int) -> None:
        super().__init__("interrupted" if number == signal.SIGINT else "terminated")
        self.code = 128 + number


def raise_on_signals() -> None:
    """Let SIGINT and SIGTERM raise `Interrupted`, once: impatience does not disturb the closing, until it hangs."""
    first: list[float] = []

    def handle(number: int, _: FrameType | None) -> None:
        if not first:
            first.append(time.monotonic())
            raise Interrupted(number)
        if time.monotonic() - first[0] > PATIENCE:
            os._exit(128 + number)

    for each in SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:  # as under nohup: then it is not for us
            signal.signal(each, handle)


@contextmanager
def deferred_signals() -> Iterator[None]:
    """Hold both signals back for the block, and for good from the processes that it starts.

    Ctrl-C reaches every process of a terminal's foreground; those that work for this one are ended by it. And code of
    ours that a library calls back must not raise: the library would swallow it.
    """
    held: list[int] = []
    in_charge = threading.current_thread() is threading.main_thread()  # elsewhere Python lets nobody handle signals
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
