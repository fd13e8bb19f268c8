"""A place in a pool, for one process at a time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle

from gdviz.runtime.workload import State


@dataclass(eq=False)
class Place:
    """A place in the pool for one process that works at a time.

    Attributes
    ----------
    index
        The place's number.
    workload
        The workload whose process is here, or whose template prepares; None if there is neither.
    process
        The number of the process that does tasks.
    socket
        The socket to it; None if it has ended, or a template prepares.
    task
        The number of the task that it is to do.

    """

    index: int
    workload: State | None = None
    process: int | None = None
    socket: Connection | None = None
    task: int | None = None

    @property
    def is_free(self) -> bool:
        """Whether the place can be given something to do."""
        return self.workload is None or (self.socket is not None and self.task is None)

    def clear(self) -> None:
        """Have the process end, if there is one, and forget it; its unfinished task waits again."""
        if self.socket is not None:
            with suppress(OSError):
                self.socket.send(None)
            self.socket.close()
        if self.workload is not None and self.task is not None:
            self.workload.waiting.appendleft(self.task)
        self.workload = self.process = self.socket = self.task = None


def forked(server: Connection, kind: str, number: int) -> Connection:
    """Have a server fork a process; return the socket to it, which is at its end if that fails."""
    ours, theirs = Pipe()
    with theirs, suppress(OSError):  # whoever listens to the server will notice that it has ended
        server.send((kind, number))
        send_handle(server, theirs.fileno(), None)
    return ours
