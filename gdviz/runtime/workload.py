"""A workload: tasks of a pool that need the same preparation, as one thread sees them and as the pool does."""

from __future__ import annotations

import queue
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from gdviz.runtime.stopping import Stopped, on_stop

if TYPE_CHECKING:
    from gdviz.runtime.workers import Pool

Answer = TypeVar("Answer")
Call = tuple[Callable[..., Any] | None, tuple[Any, ...]]
"""What is called, and its arguments."""


class OtherProcessError(Exception):
    """The cause of an error from another process; its message is the traceback there."""


@dataclass(eq=False)
class State:
    """What a pool knows of a workload; only the pool's thread touches it.

    Attributes
    ----------
    number
        Its number: workloads are begun in this order.
    modules
        What its processes import.
    tell
        Takes what is done, for the thread that waits for it.
    preparation
        What is called in the template; None if that is not known yet.
    template
        The socket to the template; None if there is none.
    is_prepared
        Whether the template has done so.
    is_told, was_prepared
        Whether it was told that it has begun, and what the preparation's answer is: a second template changes neither.
    tasks
        All tasks.
    waiting
        The numbers of those that no process does or has done.
    unfinished
        How many have not been done.
    is_last
        Whether no more tasks will come.
    ends
        How its processes have ended: those in a place of the pool by the place's number, and the templates under None.

    """

    number: int
    modules: tuple[str, ...]
    tell: Callable[[tuple[Any, ...]], None]
    preparation: Call | None = None
    template: Connection | None = None
    is_prepared: bool = False
    is_told: bool = False
    was_prepared: bool = False
    tasks: list[Call] = field(default_factory=list)
    waiting: deque[int] = field(default_factory=deque)
    unfinished: int = 0
    is_last: bool = False
    ends: dict[int | None, list[str]] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether all tasks were done and no more will come."""
        return self.is_last and not self.unfinished

    def add(self, tasks: Sequence[Call], *, last: bool) -> None:
        """Add tasks; after the `last`, no more will come."""
        self.waiting.extend(range(len(self.tasks), len(self.tasks) + len(tasks)))
        self.tasks.extend(tasks)
        self.unfinished += len(tasks)
        self.is_last = last

    def count_end(self, place: int | None, code: int) -> str | None:
        """Remember how a process has ended; return what to say if it is not the first there, None if it is."""
        ends = self.ends.setdefault(place, [])
        ends.append(_how(code))
        if len(ends) == 1:
            return None
        return f"a drawing process ended unexpectedly: {', then '.join(ends)}; run 'gdviz doctor'"


class Workload:
    """Tasks for a pool, all from one thread. Use it in a `with` block, at whose end its processes end."""

    def __init__(self, pool: Pool, number: int, modules: Sequence[str]) -> None:
        self._pool = pool
        self._events: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self._state = State(number, tuple(modules), self._events.put)
        self._is_prepared = False

    def __enter__(self) -> Self:
        """Wait until there is a process for it.

        Raises
        ------
        RenderError
            If none can be started.

        """
        self._pool.order("begin", self._state)
        try:
            self._next()
        except BaseException:
            self._pool.order("close", self._state)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.order("close", self._state)

    def prepare(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Call `work` in the process that those for the tasks will be forked from, and return its answer.

        An exception of `work` is raised here.

        Raises
        ------
        RenderError
            If a process cannot be started, or has died and so has its replacement.

        """
        return self._prepared((work, arguments))  # type: ignore[no-any-return]  # received: what `work` returned

    def results(
        self, work: Callable[..., Answer], tasks: Sequence[tuple[Any, ...]], *, last: bool = False
    ) -> Iterator[tuple[int, Answer]]:
        """Call `work` with each task's arguments; yield the tasks' numbers and answers as they are done.

        If they are the `last`, processes end as soon as they are not needed. Raises as `prepare` does, and an exception
        of `work`.
        """
        if not self._is_prepared:
            self._prepared((None, ()))
        first = len(self._state.tasks)  # the pool adds to it only when it is told to, and nobody else does
        self._pool.order("do", self._state, [(work, task) for task in tasks], last)
        for _ in tasks:
            number, answer = self._next()
            yield number - first, answer

    def _prepared(self, preparation: Call) -> Any:
        self._is_prepared = True
        self._pool.order("prepare", self._state, preparation)
        (answer,) = self._next()
        return answer

    def _next(self) -> tuple[Any, ...]:
        """Wait for what is done next."""
        with on_stop(lambda: self._events.put(("stopped",))):
            said, *told = self._events.get()
        if said == "stopped":
            raise Stopped
        if said == "failed":
            error, trace = told
            raise error from (OtherProcessError(trace) if trace else error.__cause__)
        return tuple(told)


def _how(code: int) -> str:
    if code == -signal.SIGKILL:
        return "killed, perhaps because memory ran out"
    return f"by signal {-code}" if code < 0 else f"with code {code}"
