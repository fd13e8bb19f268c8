"""Processes that draw: their imports are under way early, and none of them outlives this one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection

from gdviz.interrupts import signals_held, stand_apart

_IMPORTED_AHEAD = ["sympy", "gdviz.stage.surface", "pyvista.plotting.plotter"]


@contextmanager
def importing_ahead() -> Iterator[None]:
    """Start the process that others will be forked from: it imports what they need while this one goes on."""
    resource_tracker.ensure_running()  # first, for it lets signals through when it has started
    with signals_held():
        forkserver.set_forkserver_preload(_IMPORTED_AHEAD)
        forkserver.ensure_running()
    try:
        yield
    except Exception:
        raise
    except BaseException:
        # It ends with this process, but only when its imports are done, and whoever interrupts should not wait.
        number = getattr(getattr(forkserver, "_forkserver", None), "_forkserver_pid", None)
        if number is not None:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        raise


@contextmanager
def processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool; if the block fails, the processes end at once, and so do the encoders that they run."""
    context = multiprocessing.get_context("forkserver")
    lifeline, held = context.Pipe(duplex=False)
    given = (lifeline, dict(os.environ))
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_stand_by, initargs=given)
    try:
        yield pool
        pool.shutdown()
    finally:
        held.close()
        pool.shutdown(cancel_futures=True)
        lifeline.close()


def _stand_by(lifeline: Connection, environment: Mapping[str, str]) -> None:
    """Prepare a drawing process: apart from the terminal's signals, and ended when its lifeline is.

    The lifeline's other end is closed by whoever holds it, or by the kernel if that was killed. The environment is the
    caller's of now, not that in which the first process was forked.
    """
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stand_apart()
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    lifeline.poll(None)
    os.killpg(0, signal.SIGKILL)  # with the encoders, which belong to the same group
