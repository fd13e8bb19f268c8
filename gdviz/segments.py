"""The renderers that draw films' segments: this process, a pool of processes, or a given executor.

What is drawn of a segment is a pure function of (the animation as JSON, the segment, the kinds of part), so that the
film is the same for any number of processes and any order.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from weakref import WeakValueDictionary

from PIL import Image

from gdviz.description.choices import View, WebBundle
from gdviz.description.loop import drawn_frame
from gdviz.description.relocation import files_of, relocated
from gdviz.description.resolve import resolved_from_json
from gdviz.description.resolved import Resolved
from gdviz.errors import RenderError
from gdviz.hints import hint
from gdviz.movie.encoder import Encoder, executable, use_executable
from gdviz.movie.formats import PARTS, PartKind
from gdviz.plan import Segment
from gdviz.runtime.cluster import DaskExecutor, received, what_dask_lost
from gdviz.runtime.launch import PythonProcess
from gdviz.runtime.servers import EVERY_FILM
from gdviz.runtime.signals import deferred_signals
from gdviz.runtime.workers import Pool
from gdviz.runtime.workload import Workload
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.run import StatusCounts
from gdviz.scene.run_result import RunResult
from gdviz.scene.timeline import FrameState
from gdviz.stage import Stage
from gdviz.stage.alpha import straight
from gdviz.tools import Tools, difference, fonts_of, opengl_of, versions_here
from gdviz.web.fineness import page_resolved

Encoded = dict[str, bytes]
"""The content of each part, by its file's name."""

MIXED = "a segment was drawn with {}, and others with {}: they do not join; install the same versions on all machines"


@dataclass(frozen=True)
class Outcome:
    """How the points of a scene end.

    Attributes
    ----------
    counts
        How many points of all runs end in each way.
    runs
        How each run ends.
    hint
        Why most points did not arrive, and what to try; None if at least half arrived.

    """

    counts: StatusCounts
    runs: tuple[RunResult, ...]
    hint: str | None


class Renderer(Protocol):
    """Draws and encodes segments."""

    def prepare(self, description: str) -> Outcome:
        """Make the scene of an animation given as JSON, for `render`; return how its points end."""

    def page(self, bundle: WebBundle) -> bytes:
        """Return the page of the animation."""

    def render(self, segments: Sequence[Segment], kinds: Sequence[PartKind]) -> Iterator[tuple[Segment, Encoded]]:
        """Yield each segment as soon as it is done, with the content of its parts of these kinds."""


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
        return _outcome(description)

    def page(self, bundle: WebBundle) -> bytes:
        return page_of(self._description, bundle)

    def render(self, segments: Sequence[Segment], kinds: Sequence[PartKind]) -> Iterator[tuple[Segment, Encoded]]:
        for segment in segments:
            yield segment, render_segment(self._description, segment, kinds)


class _ByPool:
    """Makes the scene in a process that the drawing processes are forked from: it is in memory only once."""

    def __init__(self, workload: Workload) -> None:
        self._workload = workload

    def prepare(self, description: str) -> Outcome:
        self._description = description
        return self._workload.prepare(_make_scene, description, executable())

    def page(self, bundle: WebBundle) -> bytes:
        ((_, page),) = self._workload.results(page_of, [(self._description, bundle)])
        return page

    def render(self, segments: Sequence[Segment], kinds: Sequence[PartKind]) -> Iterator[tuple[Segment, Encoded]]:
        tasks = [(segment, kinds) for segment in segments]
        for number, encoded in self._workload.results(_render_made_scene, tasks, last=True):
            yield segments[number], encoded


class _ByExecutor:
    """Hands segments out as plain data, and takes only parts that the same tools made."""

    def __init__(self, executor: Executor, resolved: Resolved) -> None:
        self._executor = executor
        self._resolved = resolved

    def prepare(self, description: str) -> Outcome:
        self._description = description
        self._names = (
            self._executor.hand_out(files_of(self._resolved)) if isinstance(self._executor, DaskExecutor) else {}
        )
        return _outcome(description)

    def page(self, bundle: WebBundle) -> bytes:
        return page_of(self._description, bundle)  # nothing is drawn for it

    def render(self, segments: Sequence[Segment], kinds: Sequence[PartKind]) -> Iterator[tuple[Segment, Encoded]]:
        tools = {**versions_here(), **fonts_of(self._resolved)}
        given = (self._description, self._names, tools)
        futures = {self._executor.submit(render_elsewhere, *given, each, kinds): each for each in segments}
        try:
            for future in as_completed(list(futures)):
                segment = futures.pop(future)  # frees the result's memory
                made = future.result()
                if differing := difference(made.tools, tools):
                    raise RenderError(MIXED.format(*differing))
                tools = {**made.tools, **tools}
                yield segment, made.encoded
        except BrokenExecutor as error:
            raise RenderError(f"the given executor is broken: {error}") from error
        except Exception as error:
            if sentence := what_dask_lost(error):
                raise RenderError(sentence) from error
            raise
        finally:
            for future in futures:
                future.cancel()


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
    drawing = _drawing(relocated(description, {path: received(name) for path, name in names.items()}))
    mine |= fonts_of(drawing.scene.resolved)
    if difference(mine, tools):
        return _Made(mine, {})
    return _Made(mine | opengl_of(drawing.scene.resolved), drawing.render(segment, kinds))


def render_segment(description: str, segment: Segment, kinds: Sequence[PartKind]) -> Encoded:
    """Draw a segment of an animation given as JSON to its parts of these kinds."""
    return _drawing(description).render(segment, kinds)


def page_of(description: str, bundle: WebBundle) -> bytes:
    """Return the page of an animation given as JSON."""
    from gdviz.web.page import make_page  # only films with a page need it

    return make_page(_scene(page_resolved(resolved_from_json(description)).canonical_json), bundle)


def draw_frame(description: str, frame: int) -> Image.Image:
    """Draw one frame of the film of an animation given as JSON."""
    drawing = _drawing(description)
    drawn = drawn_frame(frame, drawing.scene.resolved.drawn_frames)
    return drawing.draw(drawing.scene.timeline.state(drawn))


def _outcome(description: str) -> Outcome:
    scene = _drawing(description).scene
    return Outcome(scene.counts, scene.results, hint(scene.resolved, [run.descent for run in scene.runs]))


def _make_scene(description: str, ffmpeg: str) -> Outcome:
    """Make the scene in the server, before processes are forked from it."""
    use_executable(ffmpeg)
    return _outcome(description)


def _render_made_scene(segment: Segment, kinds: Sequence[PartKind]) -> Encoded:
    assert _THREAD.drawing is not None  # `_make_scene` made it before this process was forked
    return _THREAD.drawing.render(segment, kinds)


def _modules(resolved: Resolved) -> list[str]:
    """Return the modules that drawing an animation needs."""
    return [EVERY_FILM, *(["gdviz.stage.surface"] if View.SURFACE in resolved.views else [])]


class _Drawing:
    """A scene, and the stage on which its thread draws it."""

    def __init__(self, description: str) -> None:
        self._stage: Stage | None = None  # set first: `__del__` reads it even if making the scene fails
        self.description = description
        self.scene = _scene(description)

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame, RGB, or RGBA if it is transparent."""
        with deferred_signals():  # VTK calls Python code back, and would swallow the exception of a signal
            if self._stage is None:
                self._stage = Stage(self.scene)
            return straight(self._stage.draw(state))

    def render(self, segment: Segment, kinds: Sequence[PartKind]) -> Encoded:
        """Draw a segment's frames once, and encode them to its parts of these kinds."""
        scene = self.scene
        pieces = segment.pieces(kinds)
        forth = [piece for piece in pieces if piece.frames.step > 0]
        pictures: dict[int, bytes] = {}
        with ExitStack() as stack:
            encoders = {piece: stack.enter_context(self._encoder(piece.kind)) for piece in forth}
            moment, pixels = None, b""
            for frame in range(segment.first, segment.stop):
                state = scene.timeline.state(frame)
                shown = scene.picture_key(state)
                if shown != moment:  # if nothing moves, the last picture is encoded again
                    moment, pixels = shown, self.draw(state).tobytes()
                for piece, encoder in encoders.items():
                    if frame in piece.frames:
                        encoder.write(pixels)
                if frame in segment.back:
                    pictures[frame] = pixels
            encoded = {piece.name: encoder.finish() for piece, encoder in encoders.items()}
        for piece in pieces:
            if piece not in forth:
                with self._encoder(piece.kind) as encoder:
                    for frame in piece.frames:
                        encoder.write(pictures[frame])
                    encoded[piece.name] = encoder.finish()
        return {piece.name: encoded[piece.name] for piece in pieces}

    def _encoder(self, kind: PartKind) -> Encoder:
        resolved = self.scene.resolved
        return Encoder(resolved.size, resolved.fps, PARTS[kind].at(resolved.quality))

    def close(self) -> None:
        """Close the stage."""
        stage, self._stage = self._stage, None
        if stage is not None:
            stage.close()

    def __del__(self) -> None:
        if not sys.is_finalizing():  # the thread that opened a window closes it, when it ends at the latest
            self.close()


class _Thread(threading.local):
    """A thread's drawing, kept since the next frame is mostly of the same film."""

    drawing: _Drawing | None = None


_THREAD = _Thread()
_SCENES: WeakValueDictionary[str, Scene] = WeakValueDictionary()  # by description, shared by all threads
_MAKING_A_SCENE = threading.Lock()


def _drawing(description: str) -> _Drawing:
    """Return this thread's drawing of an animation given as JSON, closing that of another animation."""
    drawing = _THREAD.drawing
    if drawing is None or drawing.description != description:
        _THREAD.drawing = None
        if drawing is not None:
            drawing.close()
        _THREAD.drawing = drawing = _Drawing(description)
    return drawing


def _scene(description: str) -> Scene:
    with _MAKING_A_SCENE:
        scene = _SCENES.get(description)
        if scene is None:
            _SCENES[description] = scene = build_scene(resolved_from_json(description))
        return scene
