"""Work that may crash or hang, done in a process of its own, so that this one can say how it went."""

from __future__ import annotations

import re
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import IO, Any, TypeVar

from gdviz.errors import GdvizError
from gdviz.runtime.launch import start_python

Answer = TypeVar("Answer")

LONGEST_WORDS = 200


class ChildError(GdvizError):
    """A process crashed or took too long; the message says which."""


def in_child(name: str, work: Callable[..., Answer], *arguments: Any, seconds: float) -> Answer:
    """Do some work in a new process.

    It takes over nothing that this one has imported or opened. What it prints is kept from the terminal.

    Parameters
    ----------
    name
        What the work is called in messages.
    work
        What is done; found by its module's name and its own, as are the types of its arguments and its answer.
    seconds
        After which it is ended.

    Returns
    -------
    What the work returns.

    Raises
    ------
    ChildError
        If the process ended by a signal, or with a code other than 0, or had to be ended.
    Exception
        Whatever the work raises.

    """
    until = time.monotonic() + seconds
    with tempfile.TemporaryFile() as said:
        child = start_python("gdviz.runtime.isolated:answer_once", output=said)
        try:
            done, result = _asked(child.connection, seconds, work, arguments)
            in_time = child.exit_code(max(0.0, until - time.monotonic())) is not None
        finally:
            code = child.kill()
        words = _last_words(said)
    if not in_time:
        raise ChildError(f"{name} had not ended after {seconds:g} seconds{words}")
    if code < 0:
        raise ChildError(f"{name} ended by signal {-code} ({signal.strsignal(-code)}){words}")
    if code or done is None:
        raise ChildError(f"{name} ended with code {code}{words}")
    if not done:
        raise result
    return result  # type: ignore[no-any-return]  # it is what `work` returns


def answer_once(connection: Connection) -> None:
    """Do in a new process what `in_child` sends, and send back how it went."""
    work, arguments = connection.recv()
    try:
        answer = (True, work(*arguments))
    except Exception as error:
        answer = (False, error)
    connection.send(answer)


def _asked(
    connection: Connection, seconds: float, work: Callable[..., Any], arguments: tuple[Any, ...]
) -> tuple[bool | None, Any]:
    """Return whether the work was done, and its answer or its error; None if it said neither."""
    with suppress(EOFError, OSError):
        connection.send((work, arguments))
        if connection.poll(seconds):
            done, result = connection.recv()
            return done, result
    return None, None


def _last_words(said: IO[bytes]) -> str:
    """Return the last line that was printed, without colours, to be put at the end of a message."""
    said.seek(0)
    lines = re.sub(r"\x1b\[[\d;]*m", "", said.read().decode(errors="replace")).split("\n")
    words = next((" ".join(line.split()) for line in reversed(lines) if line.strip()), "")
    return f"; its last words: {words[:LONGEST_WORDS]}" if words else ""
