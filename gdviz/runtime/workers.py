"""A pool of drawing processes, none of which outlives this one.

They are forked from processes that import and prepare what they share, which is in memory only once (see `server`).
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Self

from gdviz.errors import RenderError
from gdviz.runtime.launch import PythonProcess
from gdviz.runtime.place import Place, forked
from gdviz.runtime.servers import start_server
from gdviz.runtime.workload import State, Workload

PATIENCE = 5.0  # seconds to wait for a process to end
SIDE_BY_SIDE = 2  # workloads that are begun while others have tasks waiting: each keeps a scene in memory


class Pool:
    """Processes that do the tasks of workloads. A process that dies is replaced once; then its workload fails.

    A process stays with its workload while that has tasks. Then the next workload is begun, or another is helped: few
    are begun at a time. Use it in a `with` block; threads may use its workloads.

    Parameters
    ----------
    processes
        The largest number of processes that work at the same time.
    modules
        The modules that a server imports at once.
    server
        A server that was started ahead, and imports them; by default, one is started.

    Raises
    ------
    RenderError
        If no process can be started.

    """

    def __init__(self, processes: int, modules: Sequence[str], server: PythonProcess | None = None) -> None:
        self._modules = tuple(modules)
        self._server: PythonProcess | None = server or start_server(modules)
        self._places = [Place(index) for index in range(processes)]
        self._numbers = itertools.count()
        self._waiting: list[State] = []  # the workloads that are not begun, or are to be begun again
        self._begun: list[State] = []
        self._ending: set[Connection] = set()  # the sockets to templates that were told to end
        self._lock = threading.Lock()
        self._orders: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self._ended_by: Exception | None = None
        self._woken, self._wake = Pipe(duplex=False)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.order("end")
        server = self._server
        if kind is not None and server is not None:
            server.kill_group()  # the thread might wait for it
        self._thread.join()
        self._woken.close()
        self._wake.close()

    def workload(self, modules: Sequence[str] = ()) -> Workload:
        """Return a workload whose processes need these modules."""
        self.order("import", tuple(modules))
        return Workload(self, next(self._numbers), modules)

    def order(self, *order: Any) -> None:
        """Have the pool's thread do something for a workload."""
        with self._lock:
            if self._ended_by is None:
                self._orders.put(order)
                self._wake.send_bytes(b".")
                return
        for each in order:
            if isinstance(each, State):
                each.tell(("failed", self._ended_by, None))

    def _run(self) -> None:
        """Do what is ordered until that is to end."""
        reason = RenderError("the pool of processes has ended")
        try:
            while self._follow_orders():
                for place in self._places:
                    if place.is_free:
                        self._give(place)
                listened = self._listened()
                ready = wait(list(listened))[0]
                assert isinstance(ready, Connection)  # as all that is listened to
                listened[ready]()
        except Exception as error:
            reason = error if isinstance(error, RenderError) else RenderError(f"the pool of processes failed: {error}")
            reason.__cause__ = error.__cause__ if reason is error else error
        finally:
            with self._lock:
                self._ended_by = reason
            for each in [*self._begun, *self._waiting]:
                each.tell(("failed", reason, None))
            self._leave()

    def _leave(self) -> None:
        """End the server and all that it has forked."""
        for state in list(self._begun):
            self._close(state)
        for template in self._ending:  # a template that were killed would leave its processes to nobody
            with suppress(EOFError, OSError):
                while template.poll(PATIENCE):
                    template.recv_bytes()
            template.close()
        if self._server is not None:
            with suppress(OSError):
                self._server.connection.send(("end",))
            self._server.exit_code(PATIENCE)
            self._server.kill()

    # What threads order

    def _follow_orders(self) -> bool:
        """Follow all orders; return False when the last one was."""
        while True:
            try:
                order, *given = self._orders.get_nowait()
            except queue.Empty:
                return True
            match order:
                case "end":
                    return False
                case "import" if self._server is not None and given[0]:
                    with suppress(OSError):
                        self._server.connection.send(("import", *given))
                case "begin":
                    self._waiting.append(*given)
                case "prepare":
                    state, state.preparation = given
                    self._prepare(state)
                case "do":
                    state, tasks, last = given
                    state.add(tasks, last=last)
                    if state.is_done:
                        self._close(state)
                case "close":
                    self._close(*given)

    def _close(self, state: State) -> None:
        """Have the workload's processes end; nothing more is told of it."""
        if state in self._waiting:
            self._waiting.remove(state)
        if state not in self._begun:
            return
        self._begun.remove(state)
        self._clear(state)
        if state.template is not None:
            with suppress(OSError):
                state.template.send(("end",))
            self._ending.add(state.template)  # closed when it has ended: while it tells of that, somebody must listen

    def _clear(self, state: State) -> None:
        for place in self._places:
            if place.workload is state:
                place.clear()

    # What the places are given to do

    def _give(self, place: Place) -> None:
        """Have a free place do what is to be done first."""
        own = place.workload
        if own is not None and own.waiting:
            self._send(place, own)
        elif self._waiting and self._may_begin():
            self._begin(place)
        else:
            needing = [state for state in self._begun if state.is_prepared and state.waiting]
            if needing:
                self._fork(place, needing[0])
                self._send(place, needing[0])

    def _may_begin(self) -> bool:
        """Return whether one more workload may be begun: a few, and more only if otherwise nothing were to be done."""
        if len(self._begun) < SIDE_BY_SIDE:
            return True
        idle = all(state.is_prepared and not state.waiting for state in self._begun)
        return idle and len(self._begun) < len(self._places)

    def _begin(self, place: Place) -> None:
        """Have a template prepare the next workload."""
        place.clear()
        if self._server is None:
            self._server = start_server(self._modules)
        state = min(self._waiting, key=lambda each: each.number)
        self._waiting.remove(state)
        self._begun.append(state)
        place.workload = state
        state.template = forked(self._server.connection, "template", state.number)
        if not state.is_told:
            state.is_told = True
            state.tell(("begun",))
        self._prepare(state)

    def _prepare(self, state: State) -> None:
        """Have the template do so, once both are there."""
        if state.template is not None and state.preparation is not None:
            with suppress(OSError):  # what is listened to will tell that it has ended
                state.template.send(("prepare", state.modules, *state.preparation))

    def _fork(self, place: Place, state: State) -> None:
        """Have a process forked that does tasks of a workload."""
        place.clear()
        assert state.template is not None  # it is prepared
        place.workload, place.process = state, next(self._numbers)
        place.socket = forked(state.template, "worker", place.process)

    def _send(self, place: Place, state: State) -> None:
        assert place.socket is not None  # a process is there
        place.task = state.waiting.popleft()
        with suppress(OSError):  # what is listened to will tell that it has ended
            place.socket.send(state.tasks[place.task])

    # What is heard

    def _listened(self) -> dict[Connection, Callable[[], object]]:
        """Return what is to be called when something comes from each socket."""
        listened: dict[Connection, Callable[[], object]] = {self._woken: self._woken.recv_bytes}
        if self._server is not None:
            listened[self._server.connection] = self._hear_server
        for ending in self._ending:
            listened[ending] = partial(self._hear_ending, ending)
        for state in self._begun:
            if state.template is not None:
                listened[state.template] = partial(self._hear_template, state)
        for place in self._places:
            if place.socket is not None:
                listened[place.socket] = partial(self._hear_worker, place)
        return listened

    def _hear_server(self) -> None:
        assert self._server is not None  # it was listened to
        try:
            said, number, *told = self._server.connection.recv()
        except (EOFError, OSError):
            self._lose_server()
            return
        state = next((each for each in self._begun if each.number == number), None)
        if state is None:
            return
        if said == "failed":
            self._fail(state, *told)
        else:
            self._begin_again(state, told[0])

    def _hear_template(self, state: State) -> None:
        assert state.template is not None  # it was listened to
        try:
            said, *told = state.template.recv()
        except (EOFError, OSError):
            state.template.close()  # the server will tell how it has ended
            state.template = None
            return
        match said:
            case "prepared":
                state.is_prepared = True
                for place in self._places:
                    if place.workload is state and place.process is None:
                        place.clear()
                if not state.was_prepared:
                    state.was_prepared = True
                    state.tell(("prepared", *told))
            case "failed":
                self._fail(state, *told[1:])
            case "ended":
                number, code = told
                for place in self._places:
                    if place.workload is state and place.process == number:
                        place.clear()
                        self._count_end(state, place.index, code)

    def _hear_worker(self, place: Place) -> None:
        state = place.workload
        assert state is not None  # a place with a socket has one
        assert place.socket is not None  # it was listened to
        try:
            done, answer = place.socket.recv()
        except (EOFError, OSError):
            place.socket.close()  # the template will tell how it has ended
            place.socket = None
            return
        if not done:
            self._fail(state, *answer)
            return
        state.tell(("done", place.task, answer))
        place.task = None
        state.unfinished -= 1
        if state.is_done:
            self._close(state)

    def _hear_ending(self, template: Connection) -> None:
        try:
            template.recv_bytes()
        except (EOFError, OSError):
            template.close()
            self._ending.remove(template)

    # What goes wrong

    def _fail(self, state: State, error: Exception, trace: str | None = None) -> None:
        state.tell(("failed", error, trace))
        self._close(state)

    def _begin_again(self, state: State, code: int) -> None:
        """Have a workload begun again whose template has ended."""
        self._clear(state)
        if state.template is not None:
            state.template.close()
            state.template = None
        state.is_prepared = False
        self._begun.remove(state)
        self._waiting.append(state)
        self._count_end(state, None, code)

    def _lose_server(self) -> None:
        """Have all workloads begun again after the server has ended; its process group is killed."""
        assert self._server is not None  # it was listened to
        code = self._server.kill()
        self._server = None
        for ending in self._ending:
            ending.close()
        self._ending.clear()
        for state in list(self._begun):
            self._begin_again(state, code)

    def _count_end(self, state: State, place: int | None, code: int) -> None:
        """Remember how a process has ended; the workload fails if it is not the first there."""
        if told := state.count_end(place, code):
            self._fail(state, RenderError(told))
