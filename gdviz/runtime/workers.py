"""A pool of processes that draw: what they need is imported while this process goes on, and none outlives this one.

They are forked from a process of their own, the server, which has made what all of them need: that is in memory once.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import send_handle
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar

from gdviz.errors import RenderError
from gdviz.runtime.launch import PythonProcess, start_python

Answer = TypeVar("Answer")

PATIENCE = 5.0  # seconds that the server may take to end
# A process with threads cannot be forked safely, and these libraries start theirs when they are imported.
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")


class OtherProcessError(Exception):
    """The cause of an error that was raised in another process: its message is the traceback there."""


@dataclass
class _Place:
    """A place in the pool.

    Attributes
    ----------
    tasks
        The socket to its process; None if there is none, or it has ended.
    occupied
        Whether there is a process whose end the server has not told yet.
    task
        The number of the task that is to be done there.
    ends
        How processes have ended there.

    """

    tasks: Connection | None = None
    occupied: bool = False
    task: int | None = None
    ends: list[str] = field(default_factory=list)

    @property
    def is_free(self) -> bool:
        """Whether it can be given a task."""
        return self.task is None and (self.tasks is not None or not self.occupied)

    def answer(self) -> tuple[int, Any] | None:
        """Receive the task's answer, and return it with the task's number; None if the process has ended."""
        assert self.tasks is not None
        assert self.task is not None
        try:
            done, answer = self.tasks.recv()
        except (EOFError, OSError):
            self.tasks.close()
            self.tasks = None
            return None
        if not done:
            _raise(*answer)
        number, self.task = self.task, None
        return number, answer

    def clear(self) -> int | None:
        """Forget the process; return the task that it has not done."""
        if self.tasks is not None:
            self.tasks.close()
        task, self.task, self.tasks, self.occupied = self.task, None, None, False
        return task

    def wait_for_end(self) -> None:
        """Wait for the end of a process that was killed."""
        with suppress(EOFError, OSError):
            while self.tasks is not None and self.tasks.poll(PATIENCE):
                self.tasks.recv_bytes()


class Pool:
    """Processes that do tasks. One that dies is replaced; if its replacement dies too, the work fails.

    Parameters
    ----------
    processes
        How many there are at the most.
    modules
        What is imported for them while this process goes on.

    Raises
    ------
    RenderError
        From any method: if a process cannot be started, or has died again.

    """

    def __init__(self, processes: int, modules: Sequence[str]) -> None:
        self._places = [_Place() for _ in range(processes)]
        self._modules = modules
        self._preparation: tuple[Callable[..., Any], tuple[Any, ...]] | None = None
        self._ends: list[str] = []
        self._server = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                with suppress(OSError):
                    self._server.connection.send(("end",))
                self._server.exit_code(PATIENCE)
        finally:
            self._server.kill()
            for place in self._places:
                place.wait_for_end()
                place.clear()

    def prepare(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Do something in the server, so that what it leaves there is in every process; return its answer.

        What it raises is raised here.
        """
        self._preparation = work, arguments
        return self._prepared()  # type: ignore[no-any-return]  # it is what `work` returns

    def results(self, work: Callable[..., Answer], tasks: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Answer]]:
        """Call `work` with the arguments that each task is; yield tasks' numbers and answers as they are done.

        What it raises is raised here.
        """
        waiting = deque(range(len(tasks)))
        done = None
        while True:
            for number, place in enumerate(self._places):
                if waiting and place.is_free:
                    place.task = waiting.popleft()
                    self._send(number, (work, tasks[place.task]))
            if done is not None:
                yield done  # now that its process has something else to do
            if not waiting and all(place.task is None for place in self._places):
                return
            done = self._heard(waiting)

    def _heard(self, waiting: deque[int]) -> tuple[int, Any] | None:
        """Wait until something happens; return a task's number and answer if it is done.

        What has to be done once more is put in front of what is waiting.
        """
        places = {place.tasks: place for place in self._places if place.tasks is not None}
        ready = wait([*places, self._server.connection])[0]
        if isinstance(ready, Connection) and ready in places:
            return places[ready].answer()
        try:
            said, *told = self._server.connection.recv()
        except (EOFError, OSError):
            waiting.extendleft(self._replace_server())
            self._prepared()
            return None
        if said == "failed":
            _raise(*told)
        number, code = told
        task = self._places[number].clear()
        if task is not None:
            waiting.appendleft(task)
        _count_end(self._places[number].ends, code)
        return None

    def _send(self, number: int, task: tuple[Callable[..., Any], tuple[Any, ...]]) -> None:
        """Send a task to a place; if there is no process, have one forked."""
        place = self._places[number]
        with suppress(ConnectionError):  # who has ended is noticed, and replaced, when one listens
            if place.tasks is None:
                place.tasks, theirs = Pipe()
                place.occupied = True
                with theirs:
                    self._server.connection.send(("fork", number))
                    send_handle(self._server.connection, theirs.fileno(), None)
            place.tasks.send(task)

    def _started(self) -> PythonProcess:
        server = start_python("gdviz.runtime.server:serve", environment=_ONE_THREAD)
        with suppress(ConnectionError):
            server.connection.send(("import", *self._modules))
        return server

    def _prepared(self) -> Any:
        """Have the server do what it is to do before it is forked; return the answer."""
        while self._preparation is not None:
            try:
                self._server.connection.send(("prepare", *self._preparation))
                said, *told = self._server.connection.recv()
            except (EOFError, OSError):
                self._replace_server()
                continue
            if said == "failed":
                _raise(*told)
            return told[0]
        return None

    def _replace_server(self) -> list[int]:
        """Start another server in the place of one that has ended; return the tasks that are lost with it."""
        code = self._server.kill()
        lost = [task for place in self._places if (task := place.clear()) is not None]
        _count_end(self._ends, code)
        self._server = self._started()
        return lost


def _raise(error: Exception, trace: str) -> NoReturn:
    raise error from OtherProcessError(trace)


def _count_end(ends: list[str], code: int) -> None:
    """Add how a process ended to how others in its place did; fail if it is not the first."""
    ends.append(_how(code))
    if len(ends) > 1:
        how = ", then ".join(ends)
        raise RenderError(f"a drawing process ended unexpectedly: {how}; 'gdviz doctor' says more")


def _how(code: int) -> str:
    if code == -signal.SIGKILL:
        return "killed, perhaps for want of memory"
    return f"by signal {-code}" if code < 0 else f"with code {code}"
