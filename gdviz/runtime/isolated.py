"""Runs work that may crash or hang in a process of its own, so that this one survives and can report it."""

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

LONGEST_WORDS = 200  # characters of a process's last line that a message quotes


class ChildError(GdvizError):
    """A process crashed or took too long; the message says which."""


def in_child(name: str, work: Callable[..., Answer], *arguments: Any, seconds: float) -> Answer:
    """Call a function in a new process and return what it returns.

    The process inherits neither imports nor open files from this one. What it prints does not reach the terminal.

    Parameters
    ----------
    name
        The work's name in messages.
    work
        The function; it, its arguments and its result must be picklable.
    seconds
        The time after which the process is killed.

    Returns
    -------
    The result of `work`.

    Raises
    ------
    ChildError
        If the process was ended by a signal, exited with a code other than 0, or took too long.
    Exception
        Any exception that `work` raises.

    """
    until = time.monotonic() + seconds
    with tempfile.TemporaryFile() as said:
        child = start_python("gdviz.runtime.isolated:answer_once", output=said)
        try:
            done, result = _ask(child.connection, seconds, work, arguments)
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
    return result  # type: ignore[no-any-return]  # received from the process: what `work` returned


def answer_once(connection: Connection) -> None:
    """Run in the new process: do the work that `in_child` sends, and send back its result or its error."""
    work, arguments = connection.recv()
    try:
        answer = (True, work(*arguments))
    except Exception as error:
        answer = (False, error)
    connection.send(answer)


def _ask(
    connection: Connection, seconds: float, work: Callable[..., Any], arguments: tuple[Any, ...]
) -> tuple[bool | None, Any]:
    """Send the work; return True and its result, False and its error, or None twice if no answer came."""
    with suppress(EOFError, OSError):
        connection.send((work, arguments))
        if connection.poll(seconds):
            done, result = connection.recv()
            return done, result
    return None, None


def _last_words(said: IO[bytes]) -> str:
    """Return the last line that was printed, without colours, as the end of a message; empty if there is none."""
    said.seek(0)
    lines = re.sub(r"\x1b\[[\d;]*m", "", said.read().decode(errors="replace")).split("\n")
    words = next((" ".join(line.split()) for line in reversed(lines) if line.strip()), "")
    return f"; it last printed: {words[:LONGEST_WORDS]}" if words else ""
