"""A dask cluster that draws: its executor, the files that its workers need, and its errors in words.

dask is an extra. It is imported only where it is asked for, or is what sent the work.
"""

from __future__ import annotations

import hashlib
import logging
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, TypeVar

from gdviz.errors import GdvizWarning, InputError, RenderError, missing_extra, shorten

_Answer = TypeVar("_Answer")

LOCAL = "local:"
PATIENCE = 10  # seconds to wait for a scheduler
GONE = "the cluster's scheduler is gone, or has forgotten this film; start it and its workers again"


class DaskExecutor(Executor):
    """An executor whose tasks run on the workers of a dask client's cluster."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False)
        self._handed_out: set[str] = set()
        self._handing_out = threading.Lock()

    def submit(self, work: Callable[..., _Answer], /, *arguments: Any, **named: Any) -> Future[_Answer]:
        """Have a worker call `work`.

        Raises
        ------
        RenderError
            If the scheduler is gone.

        """
        self._check()
        submitted: Future[_Answer] = self._executor.submit(work, *arguments, **named)
        return submitted

    def threads(self) -> int:
        """Return how many tasks the workers do at the same time; 0 if none is there, or the scheduler is gone."""
        if self._client.status != "running":
            return 0
        return sum(self._client.nthreads().values())

    def hand_out(self, paths: Sequence[str]) -> dict[str, str]:
        """Send files to each worker once, also to those that join later; return the names for `received`.

        Raises
        ------
        OSError
            If one cannot be read.
        RenderError
            If the scheduler is gone.

        """
        self._check()
        return {path: self._hand_out(Path(path)) for path in paths}

    def _check(self) -> None:
        if self._client.status not in ("running", "connecting"):
            raise RenderError(GONE)

    def _hand_out(self, path: Path) -> str:
        content = path.read_bytes()
        name = f"{hashlib.sha256(content).hexdigest()[:16]}-{path.name}"
        with self._handing_out:
            self._send_once(name, content)
        return name

    def _send_once(self, name: str, content: bytes) -> None:
        if name not in self._handed_out:
            with TemporaryDirectory() as folder:
                (Path(folder) / name).write_bytes(content)
                try:
                    self._client.upload_file(str(Path(folder) / name), load=False)
                except (OSError, AttributeError) as error:  # dask's own, where the connection is lost meanwhile
                    raise RenderError(GONE) from error
            self._handed_out.add(name)


def received(name: str) -> str:
    """Return where a file that was handed out is, in a worker."""
    return str(Path(_distributed().get_worker().local_directory) / name)


@contextmanager
def dask_executor(where: str, patience: float = PATIENCE) -> Iterator[DaskExecutor]:
    """Yield the executor of a cluster.

    Parameters
    ----------
    where
        The address of a scheduler, such as `tcp://node1:8786`, or `local:N` for N processes that are started here, and
        end with the block.
    patience
        How many seconds a scheduler has to answer.

    Raises
    ------
    InputError
        If dask is not installed, or this is no address.
    RenderError
        If no scheduler answers there.

    """
    processes = _processes(where)
    distributed = _distributed()
    with ExitStack() as stack:
        stack.enter_context(_silenced())
        if processes:
            folder = stack.enter_context(TemporaryDirectory(prefix="gdviz-", ignore_cleanup_errors=True))
            where = stack.enter_context(_local(distributed, processes, folder)).scheduler_address
        client = stack.enter_context(_client(distributed, where, patience))
        if processes:
            client.run(_ignore_interrupt)  # Ctrl-C reaches them, too, and this process ends them
        if not client.scheduler_info()["workers"]:
            told = f"the scheduler at {where} has no workers yet; start one with: dask worker {where}"
            warnings.warn(told, GdvizWarning, stacklevel=3)
        yield DaskExecutor(client)


def what_dask_lost(error: Exception) -> str | None:
    """Return a sentence for an error by which dask says that a worker or the scheduler is lost; None for others."""
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return None
    if isinstance(error, distributed.KilledWorker):
        return (
            f"{error.allowed_failures + 1} workers died while they drew the same segment, the last of them at "
            f"{error.last_worker.address}; their logs may say why, and too little memory is the usual reason"
        )
    if isinstance(error, CancelledError | distributed.CancelledError):
        return GONE
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.split(".")[0] == "gdviz":
        return "a worker has no gdviz, or another version of it; install the same version everywhere"
    return None


def _processes(where: str) -> int:
    """Return how many processes are asked for with `local:N`; 0 for an address."""
    if not where.startswith(LOCAL):
        if not where or any(letter.isspace() for letter in where):
            raise InputError(f"--dask takes a scheduler's address or local:N, not {shorten(where)}")
        return 0
    number = where.removeprefix(LOCAL)
    if not number.isdecimal() or not 1 <= int(number) <= 1024:
        raise InputError(f"--dask local:N takes a number of processes from 1 to 1024, not {shorten(number)}")
    return int(number)


def _distributed() -> ModuleType:
    try:
        return import_module("distributed")
    except ModuleNotFoundError:
        raise missing_extra("--dask", "dask.distributed", "dask") from None


def _local(distributed: ModuleType, processes: int, folder: str) -> Any:
    return distributed.LocalCluster(
        n_workers=processes,
        threads_per_worker=1,
        memory_limit=0,
        dashboard_address=None,
        local_directory=folder,
        silence_logs=logging.CRITICAL,
    )


def _ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _client(distributed: ModuleType, where: str, patience: float) -> Any:
    try:
        return distributed.Client(where, timeout=patience, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise RenderError(f"no dask scheduler answers at {where}; start one with: dask scheduler") from error
    except ValueError as error:
        raise InputError(f"--dask takes a scheduler's address or local:N, not {shorten(where)} ({error})") from error


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep dask's log, which tells of every worker that comes and goes, from the user."""
    logs = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)
