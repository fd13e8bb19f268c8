"""The server: the process that the pool's drawing processes are forked from, so that they share what it has imported.

It receives ("import", *modules), ("prepare", work, arguments), ("fork", place) followed by a socket, and ("end",).
It sends ("prepared", answer) or ("failed", error, traceback), and ("ended", place, exit code) for each forked process.
It has one thread and opens no window, so that forking it is safe.
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

# Objects between two searches for garbage. More than are imported: they are none, and one search takes 0.03 s.
FEW_PASSES = 200_000

Task = tuple[Callable[..., Any], tuple[Any, ...]]


@dataclass(frozen=True)
class _Forked:
    """A forked process: its place in the pool, its process id, and a pipe that is closed when it ends."""

    place: int
    process: int
    ended: Connection


def serve(pool: Connection) -> None:
    """Follow the pool's orders until "end"; if the pool is gone, kill this process group."""
    gc.set_threshold(FEW_PASSES)
    forked: list[_Forked] = []
    try:
        while True:
            for ready in wait([pool, *(each.ended for each in forked)]):
                if ready is not pool:
                    _report_end(pool, forked, ready)
                elif not _follow_order(pool, forked):
                    _end(forked)
    except (EOFError, ConnectionError):
        os.killpg(0, signal.SIGKILL)


def _follow_order(pool: Connection, forked: list[_Forked]) -> bool:
    """Receive an order and follow it; return False if it was the last one."""
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
                gc.freeze()  # what is imported stays
                pool.send(("prepared", work(*given)))
            case "fork":
                forked.append(_fork(pool, forked, *arguments))
    except Exception as error:
        pool.send(("failed", *_sendable(error)))
    return True


def _fork(pool: Connection, forked: list[_Forked], place: int) -> _Forked:
    tasks = Connection(recv_handle(pool))
    gc.freeze()  # garbage collection would write to shared memory, and so copy it
    ended, alive = os.pipe()
    try:
        process = os.fork()
    except OSError as error:
        raise RenderError(f"a drawing process cannot be forked ({error.strerror}); try --jobs 1") from error
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


def _end(forked: list[_Forked]) -> NoReturn:
    """End the forked processes, then this one: there is nothing to put away, which would take Python 0.07 s."""
    for each in forked:
        os.kill(each.process, signal.SIGKILL)
    for each in forked:
        os.waitpid(each.process, 0)
    os._exit(0)


def _work(tasks: Connection) -> NoReturn:
    """Run in a forked process: do one task after another, and send each one's answer."""
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
    """Receive tasks; if the pool is gone, kill the process group with its encoders, even in the middle of a task."""
    with suppress(EOFError, ConnectionError):
        while True:
            received.put(tasks.recv())
    os.killpg(0, signal.SIGKILL)


def _sendable(error: Exception) -> tuple[Exception, str]:
    """Return an error that can be sent to another process, and its traceback."""
    trace = "".join(traceback.format_exception(error))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # a library's error may fail to pickle in any way
        return RenderError(f"{type(error).__name__}: {error}"), trace
    return error, trace
