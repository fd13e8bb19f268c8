"""Work that may crash or hang, done in a process of its own, so that this one can say how it went."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeVar

from gdviz.errors import GdvizError
from gdviz.interrupts import signals_held, stand_apart

Answer = TypeVar("Answer")

LONGEST_WORDS = 200


class ChildError(GdvizError):
    """A process crashed or took too long; the message says which."""


def in_child(name: str, work: Callable[..., Answer], *arguments: Any, seconds: float) -> Answer:
    """Do some work in a new process.

    The process is spawned, not forked: it takes over nothing that this one has imported or opened, and finds modules
    where this one does. What it prints is kept from the terminal.

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
    context = multiprocessing.get_context("spawn")
    until = time.monotonic() + seconds
    answers, answer = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder, answers:
        said = Path(folder) / "said"
        process = context.Process(target=_work, args=(answer, said, work, arguments), daemon=True)
        try:
            with signals_held(), answer:
                process.start()
            done, result = _received(answers, seconds)
            in_time = bool(wait([process.sentinel], max(0.0, until - time.monotonic())))
        finally:
            if process.pid is not None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # with what it may have left running
                process.kill()
                process.join()
        code, words = process.exitcode, _last_words(said)
    if not in_time:
        raise ChildError(f"{name} had not ended after {seconds:g} seconds{words}")
    if code is not None and code < 0:
        raise ChildError(f"{name} ended by signal {-code} ({signal.strsignal(-code)}){words}")
    if code or done is None:
        raise ChildError(f"{name} ended with code {code}{words}")
    if not done:
        raise result
    return result  # type: ignore[no-any-return]


def _received(answers: Connection, seconds: float) -> tuple[bool | None, Any]:
    """Return whether the work was done, and its answer or its error; None if it said neither."""
    try:
        if answers.poll(seconds):
            done, result = answers.recv()
            return done, result
    except EOFError:
        pass
    return None, None


def _work(answer: Connection, said: Path, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    stand_apart()
    with said.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        answer.send((True, work(*arguments)))
    except Exception as error:
        answer.send((False, error))


def _last_words(said: Path) -> str:
    """Return the last line that was printed, without colours, to be put at the end of a message."""
    try:
        lines = re.sub(r"\x1b\[[\d;]*m", "", said.read_text(encoding="utf-8", errors="replace")).split("\n")
    except OSError:
        return ""
    words = next((" ".join(line.split()) for line in reversed(lines) if line.strip()), "")
    return f"; its last words: {words[:LONGEST_WORDS]}" if words else ""
