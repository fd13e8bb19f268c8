"""Who draws films' segments: this process, a pool of processes, or a given executor.

The film is the same for all of them, since what is drawn of a segment is a pure function (see `segments`).
"""

from __future__ import annotations

import operator
import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from gdviz.description.choices import View, WebBundle
from gdviz.description.relocation import files_of, relocated
from gdviz.description.resolved import Resolved
from gdviz.errors import RenderError
from gdviz.movie.encoder import executable
from gdviz.movie.formats import PartKind
from gdviz.plan import Segment
from gdviz.runtime.cluster import DaskExecutor, received, what_dask_lost
from gdviz.runtime.launch import PythonProcess
from gdviz.runtime.servers import EVERY_FILM
from gdviz.runtime.stopping import Stopped, on_stop
from gdviz.runtime.workers import Pool
from gdviz.runtime.workload import Workload
from gdviz.segments import (
    Encoded,
    Outcome,
    drawing_of,
    forget_drawing,
    hint_of,
    hint_of_made_scene,
    make_scene,
    outcome_of,
    page_of,
    render_made_scene,
    render_segment,
)
from gdviz.tools import Tools, difference, fonts_of, opengl_of, versions_here

MIXED = "a segment was drawn with {}, and others with {}: they do not join; install the same versions on all machines"


class Renderer(Protocol):
    """Draws and encodes segments."""

    def prepare(self, description: str) -> Outcome:
        """Make the scene of an animation given as JSON, for `render`; return how its points end."""

    def page(self, bundle: WebBundle) -> bytes:
        """Return the page of the animation."""

    def render(self, segments: Sequence[Segment], kinds: Sequence[PartKind]) -> Iterator[tuple[Segment, Encoded]]:
        """Yield each segment as soon as it is done, with the content of its parts of these kinds."""

    def hint(self) -> str | None:
        """Return why most points did not arrive, and what to try, once all segments are done.

        It is found by trials, meanwhile if possible.
        """


RendererOf = Callable[[Resolved], AbstractContextManager[Renderer]]
"""Returns what draws the film of an animation; it is held while it draws."""


@contextmanager
def renderers(processes: int, executor: Executor | None, server: PythonProcess | None = None) -> Iterator[RendererOf]:
    """Yield what draws films: the executor if there is one, else this process alone, or a pool of several.

    Threads may have films drawn at the same time by an executor or a pool. A pool begins at once to import what any
    film needs, unless its server was started ahead.

    Raises
    ------
    RenderError
        Here, or from a renderer, if a process cannot be started, or has died and so has its replacement.

    """
    if executor is not None:
        yield lambda resolved: nullcontext(_ByExecutor(executor, resolved))
    elif processes == 1:
        if server is not None:
            server.kill()  # the film is so short that one process draws it sooner
        yield lambda _: nullcontext(_Inline())
    else:
        with Pool(processes, [EVERY_FILM], server) as pool:
            yield partial(_by_pool, pool)


@contextmanager
def _by_pool(pool: Pool, resolved: Resolved) -> Iterator[Renderer]:
    with pool.workload(_modules(resolved)) as workload:
        yield _ByPool(workload)


class _Inline:
    def prepare(self, description: str) -> Outcome:
        self._description = description
        return outcome_of(description)

    def page(self, bundle: WebBundle) -> bytes:
        return page_of(self._description, bundle)

    def render(self, segments: Sequence[Segment], kinds: Sequence[PartKind]) -> Iterator[tuple[Segment, Encoded]]:
        for segment in segments:
            yield segment, render_segment(self._description, segment, kinds)

    def hint(self) -> str | None:
        return hint_of(self._description)


class _ByPool:
    """Makes the scene in a process that the drawing processes are forked from: it is in memory only once."""

    def __init__(self, workload: Workload) -> None:
        self._workload = workload
        self._hint: str | None = None

    def prepare(self, description: str) -> Outcome:
        self._description = description
        return self._workload.prepare(make_scene, description, executable())

    def page(self, bundle: WebBundle) -> bytes:
        ((_, page),) = self._workload.results(page_of, [(self._description, bundle)])
        return page

    def render(self, segments: Sequence[Segment], kinds: Sequence[PartKind]) -> Iterator[tuple[Segment, Encoded]]:
        drawn = [(render_made_scene, segment, kinds) for segment in segments]
        for number, answer in self._workload.results(operator.call, [*drawn, (hint_of_made_scene,)], last=True):
            if number < len(segments):
                yield segments[number], answer
            else:
                self._hint = answer

    def hint(self) -> str | None:
        return self._hint


class _ByExecutor:
    """Hands segments out as plain data, and takes only parts that the same tools made."""

    def __init__(self, executor: Executor, resolved: Resolved) -> None:
        self._executor = executor
        self._resolved = resolved
        self._hint: str | None = None

    def prepare(self, description: str) -> Outcome:
        self._description = description
        self._names = (
            self._executor.hand_out(files_of(self._resolved)) if isinstance(self._executor, DaskExecutor) else {}
        )
        return outcome_of(description)

    def page(self, bundle: WebBundle) -> bytes:
        return page_of(self._description, bundle)  # nothing is drawn for it

    def render(self, segments: Sequence[Segment], kinds: Sequence[PartKind]) -> Iterator[tuple[Segment, Encoded]]:
        tools = {**versions_here(), **fonts_of(self._resolved)}
        given = (self._description, self._names, dict(tools))
        futures: dict[Future[_Made], Segment] = {}
        done: queue.SimpleQueue[Future[_Made] | None] = queue.SimpleQueue()
        try:
            for segment in segments:
                futures[self._executor.submit(render_elsewhere, *given, segment, kinds)] = segment
            for each in futures:
                each.add_done_callback(done.put)
            self._hint = hint_of(self._description)
            if isinstance(self._executor, DaskExecutor):  # which draws elsewhere
                forget_drawing()
            with on_stop(lambda: done.put(None)):
                while futures:
                    yield self._received(done.get(), futures, tools)
        except BrokenExecutor as error:
            raise RenderError(f"the given executor is broken: {error}") from error
        except Exception as error:
            if sentence := what_dask_lost(error):
                raise RenderError(sentence) from error
            raise
        finally:
            for each in futures:
                each.cancel()
            forget_drawing()  # another film's scene is not to be in memory beside this one's

    def hint(self) -> str | None:
        return self._hint

    def _received(
        self, future: Future[_Made] | None, futures: dict[Future[_Made], Segment], tools: dict[str, str]
    ) -> tuple[Segment, Encoded]:
        """Return a segment with its parts, and check and complete the tools; None is a request to stop."""
        if future is None:
            raise Stopped
        segment = futures.pop(future)  # frees the result's memory
        made = future.result()
        if differing := difference(made.tools, tools):
            raise RenderError(MIXED.format(*differing))
        tools.update({**made.tools, **tools})
        return segment, made.encoded


@dataclass(frozen=True)
class _Made:
    """What was made of a segment elsewhere: the tools, and the content of its parts; none if the tools are wrong."""

    tools: Tools
    encoded: Encoded


def render_elsewhere(
    description: str, names: Mapping[str, str], tools: Tools, segment: Segment, kinds: Sequence[PartKind]
) -> _Made:
    """Do the same as `render_segment` where the files in the description have other names, with these tools alone."""
    mine = versions_here()
    if difference(mine, tools):  # the description, too, may be of another version
        return _Made(mine, {})
    drawing = drawing_of(relocated(description, {path: received(name) for path, name in names.items()}))
    mine |= fonts_of(drawing.scene.resolved)
    if difference(mine, tools):
        return _Made(mine, {})
    return _Made(mine | opengl_of(drawing.scene.resolved), drawing.render(segment, kinds))


def _modules(resolved: Resolved) -> list[str]:
    """Return the modules that drawing an animation needs."""
    return [EVERY_FILM, *(["gdviz.stage.surface"] if View.SURFACE in resolved.views else [])]
