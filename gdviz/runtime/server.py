"""The server: the process that a pool's processes are forked from, so that they share what it has imported.

For each workload it forks a template, a server itself, which makes what the workload's tasks need; the processes that
do the tasks are forked from the template, share what it has made, and end with it.

A server receives ("import", modules), ("prepare", modules, work, arguments), ("template", number) and ("worker",
number), both followed by a socket, and ("end",). It sends ("prepared", answer) or ("failed", number, error, traceback),
and ("ended", number, exit code) for each forked process. It has one thread and opens no window, so that forking it is
safe. All processes are in the first server's process group.
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
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle
from typing import Any, NoReturn

from gdviz.errors import RenderError

# Objects between two searches for garbage. More than are imported: they are none, and one search takes 0.05 s.
FEW_PASSES = 500_000

Task = tuple[Callable[..., Any], tuple[Any, ...]]


@dataclass(frozen=True)
class _Forked:
    """A forked process: its number in the pool, its process id, and a pipe that is closed when it ends."""

    number: int
    process: int
    ended: Connection


def serve(pool: Connection) -> None:
    """Follow the pool's orders until "end"; if the pool is gone, kill this process group."""
    gc.set_threshold(FEW_PASSES)
    _serve(pool, None)


def _serve(pool: Connection, alive: int | None) -> None:
    """Do so in this process; `alive` is the end of the pipe that tells that it has not ended, if it was forked."""
    forked: list[_Forked] = []
    try:
        while True:
            for ready in wait([pool, *(each.ended for each in forked)]):
                if ready is not pool:
                    _report_end(pool, forked, ready)
                elif not _follow_order(pool, alive, forked):
                    _end(forked)
    except (EOFError, ConnectionError):
        os.killpg(0, signal.SIGKILL)


def _follow_order(pool: Connection, alive: int | None, forked: list[_Forked]) -> bool:
    """Receive an order and follow it; return False if it was the last one."""
    order, *arguments = pool.recv()
    try:
        match order:
            case "end":
                return False
            case "import":
                with suppress(Exception):  # a template tries again, and says why it fails
                    _import(*arguments)
            case "prepare":
                modules, work, given = arguments
                _import(modules)
                gc.freeze()  # what is imported stays
                pool.send(("prepared", None if work is None else work(*given)))
            case "template" | "worker":
                then = _serve if order == "template" else _work
                forked.append(_fork(pool, alive, forked, arguments[0], then))
    except Exception as error:
        number = arguments[0] if order in ("template", "worker") else None
        pool.send(("failed", number, *_sendable(error)))
    return True


def _import(modules: Sequence[str]) -> None:
    for module in modules:
        importlib.import_module(module)


def _fork(
    pool: Connection,
    alive: int | None,
    forked: list[_Forked],
    number: int,
    then: Callable[[Connection, int], object],
) -> _Forked:
    """Fork a process that calls `then` with the socket that follows, and its own end of the pipe that is kept here."""
    socket = Connection(recv_handle(pool))
    gc.freeze()  # garbage collection would write to shared memory, and so copy it
    ended, its = os.pipe()
    try:
        process = os.fork()
    except OSError as error:
        raise RenderError(f"a drawing process cannot be forked ({error.strerror}); try --jobs 1") from error
    if not process:
        try:
            for each in (pool, *(sibling.ended for sibling in forked)):
                each.close()
            os.close(ended)
            if alive is not None:
                os.close(alive)
            then(socket, its)
        finally:
            os._exit(1)
    socket.close()
    os.close(its)
    return _Forked(number, process, Connection(ended, writable=False))


def _report_end(pool: Connection, forked: list[_Forked], ended: object) -> None:
    (gone,) = (each for each in forked if each.ended is ended)
    forked.remove(gone)
    gone.ended.close()
    _, status = os.waitpid(gone.process, 0)
    pool.send(("ended", gone.number, os.waitstatus_to_exitcode(status)))


def _end(forked: list[_Forked]) -> NoReturn:
    """End the forked processes, then this one: there is nothing to put away, which would take Python 0.07 s."""
    for each in forked:
        os.kill(each.process, signal.SIGKILL)
    for each in forked:
        os.waitpid(each.process, 0)
    os._exit(0)


def _work(tasks: Connection, _: int) -> NoReturn:
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
    """Receive tasks until None ends this process, even in the middle of a task; an encoder ends when its input does.

    If the pool is gone, kill the process group with its encoders.
    """
    with suppress(EOFError, ConnectionError):
        while (task := tasks.recv()) is not None:
            received.put(task)
        os._exit(0)
    os.killpg(0, signal.SIGKILL)


def _sendable(error: Exception) -> tuple[Exception, str]:
    """Return an error that can be sent to another process, and its traceback."""
    trace = "".join(traceback.format_exception(error))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # a library's error may fail to pickle in any way
        return RenderError(f"{type(error).__name__}: {error}"), trace
    return error, trace
