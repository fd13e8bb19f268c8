"""A pool of drawing processes, none of which outlives this one.

They are forked from a process called the server, which imports and prepares what they share while this process goes
on: it is in memory only once.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import send_handle
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar

from gdviz.errors import RenderError
from gdviz.runtime.launch import PythonProcess, start_python
from gdviz.runtime.resources import usable_cores

Answer = TypeVar("Answer")

EVERY_FILM = "gdviz.segments"  # the module that draws any film
PATIENCE = 5.0  # seconds to wait for a process to end


class OtherProcessError(Exception):
    """The cause of an error from another process; its message is the traceback there."""


@dataclass
class _Place:
    """A place in the pool for one process at a time.

    Attributes
    ----------
    tasks
        The socket to the process; None if there is no process, or it has ended.
    occupied
        Whether there is a process whose end the server has not reported yet.
    task
        The number of the task that the process is to do.
    ends
        How the processes in this place have ended.

    """

    tasks: Connection | None = None
    occupied: bool = False
    task: int | None = None
    ends: list[str] = field(default_factory=list)

    @property
    def is_free(self) -> bool:
        """Whether the place can be given a task."""
        return self.task is None and (self.tasks is not None or not self.occupied)

    def answer(self) -> tuple[int, Any] | None:
        """Receive the task's answer; return the task's number and it, or None if the process has ended."""
        assert self.tasks is not None  # only a place with a socket is waited for,
        assert self.task is not None  # and its process only speaks when it has a task
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
        """Forget the process; return the number of its unfinished task, if any."""
        if self.tasks is not None:
            self.tasks.close()
        task, self.task, self.tasks, self.occupied = self.task, None, None, False
        return task

    def wait_for_end(self) -> None:
        """Wait for a killed process to end."""
        with suppress(EOFError, OSError):
            while self.tasks is not None and self.tasks.poll(PATIENCE):
                self.tasks.recv_bytes()


class Pool:
    """Processes that do tasks. A process that dies is replaced once; if its replacement dies too, the work fails.

    Parameters
    ----------
    processes
        The largest number of processes.
    modules
        The modules that the server imports.
    server
        A server that was started ahead; by default, one is started.

    Raises
    ------
    RenderError
        From any method, if a process cannot be started or a replacement has died.

    """

    def __init__(self, processes: int, modules: Sequence[str], server: PythonProcess | None = None) -> None:
        self._places = [_Place() for _ in range(processes)]
        self._modules = modules
        self._preparation: tuple[Callable[..., Any], tuple[Any, ...]] | None = None
        self._ends: list[str] = []
        self._server = self._importing(server or start_server())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.dismiss()
                self._server.exit_code(PATIENCE)
        finally:
            self._server.kill()
            for place in self._places:
                place.wait_for_end()
                place.clear()

    def dismiss(self) -> None:
        """Tell all processes to end, and do not wait for it. The pool can do no more."""
        with suppress(OSError):
            self._server.connection.send(("end",))

    def prepare(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Call `work` in the server before processes are forked from it, and return its answer.

        An exception of `work` is raised here.
        """
        self._preparation = work, arguments
        return self._prepared()  # type: ignore[no-any-return]  # received from the server: what `work` returned

    def results(self, work: Callable[..., Answer], tasks: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Answer]]:
        """Call `work` with each task's arguments; yield the tasks' numbers and answers as they are done.

        An exception of `work` is raised here.
        """
        waiting = deque(range(len(tasks)))
        done = None
        while True:
            for number, place in enumerate(self._places):
                if waiting and place.is_free:
                    place.task = waiting.popleft()
                    self._send(number, (work, tasks[place.task]))
            if done is not None:
                yield done  # after its process was given its next task
            if not waiting and all(place.task is None for place in self._places):
                return
            done = self._next_event(waiting)

    def _next_event(self, waiting: deque[int]) -> tuple[int, Any] | None:
        """Wait for a message; return a task's number and answer if that is what it is.

        Tasks of processes that died are put back in front of those that are waiting.
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
        with suppress(ConnectionError):  # `_next_event` notices that the other side has ended
            if place.tasks is None:
                place.tasks, theirs = Pipe()
                place.occupied = True
                with theirs:
                    self._server.connection.send(("fork", number))
                    send_handle(self._server.connection, theirs.fileno(), None)
            place.tasks.send(task)

    def _importing(self, server: PythonProcess) -> PythonProcess:
        with suppress(ConnectionError):
            server.connection.send(("import", *self._modules))
        return server

    def _prepared(self) -> Any:
        """Do the preparation in the server, again if the server was replaced; return its answer."""
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
        """Start another server after one has ended; return the tasks that its processes have not finished."""
        code = self._server.kill()
        lost = [task for place in self._places if (task := place.clear()) is not None]
        _count_end(self._ends, code)
        self._server = self._importing(start_server())
        return lost


def start_server() -> PythonProcess:
    """Start a server for a pool."""
    return start_python("gdviz.runtime.server:serve")


@contextmanager
def server_ahead(jobs: int | None) -> Iterator[PythonProcess | None]:
    """Yield a server that has begun to import what drawing any film needs; None if only one process is to draw.

    At the end of the block it is killed if it still runs.
    """
    server = None
    if (jobs or usable_cores()) > 1:
        with suppress(RenderError):  # a pool will start one, and fail in its own time
            server = start_server()
    if server is None:
        yield None
        return
    try:
        with suppress(ConnectionError):
            server.connection.send(("import", EVERY_FILM))
        yield server
    finally:
        server.kill()


def _raise(error: Exception, trace: str) -> NoReturn:
    raise error from OtherProcessError(trace)


def _count_end(ends: list[str], code: int) -> None:
    """Add how a process ended to `ends`; raise a RenderError if it is not the first."""
    ends.append(_how(code))
    if len(ends) > 1:
        how = ", then ".join(ends)
        raise RenderError(f"a drawing process ended unexpectedly: {how}; run 'gdviz doctor'")


def _how(code: int) -> str:
    if code == -signal.SIGKILL:
        return "killed, perhaps because memory ran out"
    return f"by signal {-code}" if code < 0 else f"with code {code}"
