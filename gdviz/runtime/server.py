"""In the process that drawing processes are forked from: what they need is imported and made once, and shared.

It hears from the pool: ("import", *modules), ("prepare", work, arguments), ("fork", place) and then a socket, ("end",).
It says: ("prepared", answer) or ("failed", error, traceback), and ("ended", place, exit code) of each that it forked.
It has one thread and opens no window, so that it may be forked.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import queue
import signal
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle
from typing import Any, NoReturn

from gdviz.errors import RenderError

Task = tuple[Callable[..., Any], tuple[Any, ...]]


@dataclass(frozen=True)
class _Forked:
    """A process that was forked: its place in the pool, its number, and a pipe that is closed when it ends."""

    place: int
    process: int
    ended: Connection


def serve(pool: Connection) -> None:
    """Do what the pool says, to the end; if the pool is gone, end with all that was started."""
    forked: list[_Forked] = []
    try:
        while True:
            for ready in wait([pool, *(each.ended for each in forked)]):
                if ready is not pool:
                    _report_end(pool, forked, ready)
                elif not _obeyed(pool, forked):
                    _end(forked)
                    return
    except (EOFError, ConnectionError):
        os.killpg(0, signal.SIGKILL)


def _obeyed(pool: Connection, forked: list[_Forked]) -> bool:
    """Receive an order, and follow it; return whether others may come."""
    order, *arguments = pool.recv()
    if order == "end":
        return False
    try:
        match order:
            case "import":
                for module in arguments:
                    importlib.import_module(module)
            case "prepare":
                work, given = arguments
                pool.send(("prepared", work(*given)))
            case "fork":
                forked.append(_fork(pool, forked, *arguments))
    except Exception as error:
        pool.send(("failed", *_sendable(error)))
    return True


def _fork(pool: Connection, forked: list[_Forked], place: int) -> _Forked:
    tasks = Connection(recv_handle(pool))
    gc.freeze()  # the search for garbage would write to, and so copy, memory that is shared
    ended, alive = os.pipe()
    try:
        process = os.fork()
    except OSError as error:
        raise RenderError(f"no process can be forked ({error.strerror}); --jobs 1 needs none") from error
    if not process:
        try:
            for each in (pool, *(sibling.ended for sibling in forked)):
                each.close()
            os.close(ended)
            _work(tasks)
        finally:
            os._exit(1)
    tasks.close()
    os.close(alive)
    return _Forked(place, process, Connection(ended, writable=False))


def _report_end(pool: Connection, forked: list[_Forked], ended: object) -> None:
    (gone,) = (each for each in forked if each.ended is ended)
    forked.remove(gone)
    gone.ended.close()
    _, status = os.waitpid(gone.process, 0)
    pool.send(("ended", gone.place, os.waitstatus_to_exitcode(status)))


def _end(forked: list[_Forked]) -> None:
    for each in forked:
        os.kill(each.process, signal.SIGKILL)
    for each in forked:
        os.waitpid(each.process, 0)


def _work(tasks: Connection) -> NoReturn:
    """Do one task after another, and answer each."""
    received: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(tasks, received), daemon=True).start()
    while True:
        work, arguments = received.get()
        try:
            answer = (True, work(*arguments))
        except Exception as error:
            answer = (False, _sendable(error))
        tasks.send(answer)


def _receive(tasks: Connection, received: queue.SimpleQueue[Task]) -> None:
    """Receive tasks; if the pool is gone, end with the encoders that run, in the middle of a task too."""
    with suppress(EOFError, ConnectionError):
        while True:
            received.put(tasks.recv())
    os.killpg(0, signal.SIGKILL)


def _sendable(error: Exception) -> tuple[Exception, str]:
    """Return an error that can be sent to another process, and its traceback."""
    trace = "".join(traceback.format_exception(error))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever a library's error cannot do
        return RenderError(f"{type(error).__name__}: {error}"), trace
    return error, trace
