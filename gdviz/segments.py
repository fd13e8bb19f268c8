"""Draws segments of films, stills and pages: the work that is done by whichever process or machine.

What is drawn of a segment is a pure function of (the animation as JSON, the segment, the kinds of part), so that the
film is the same for any number of processes and any order.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Hashable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from weakref import WeakValueDictionary

from PIL import Image

from gdviz.description.choices import WebBundle
from gdviz.description.loop import drawn_frame
from gdviz.description.resolve import resolved_from_json
from gdviz.hints import hint
from gdviz.movie.encoder import Encoder, use_executable
from gdviz.movie.formats import PARTS, PartKind
from gdviz.plan import Segment
from gdviz.runtime.signals import deferred_signals
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.run import StatusCounts
from gdviz.scene.run_result import RunResult
from gdviz.scene.timeline import FrameState
from gdviz.stage import Stage
from gdviz.stage.alpha import straight
from gdviz.web.fineness import page_resolved

Encoded = dict[str, bytes]
"""The content of each part, by its file's name."""


@dataclass(frozen=True)
class Outcome:
    """How the points of a scene end.

    Attributes
    ----------
    counts
        How many points of all runs end in each way.
    runs
        How each run ends.

    """

    counts: StatusCounts
    runs: tuple[RunResult, ...]


def render_segment(description: str, segment: Segment, kinds: Sequence[PartKind]) -> Encoded:
    """Draw a segment of an animation given as JSON to its parts of these kinds."""
    return drawing_of(description).render(segment, kinds)


def page_of(description: str, bundle: WebBundle) -> bytes:
    """Return the page of an animation given as JSON."""
    from gdviz.web.page import make_page  # only films with a page need it

    return make_page(_scene(page_resolved(resolved_from_json(description)).canonical_json), bundle)


def draw_frame(description: str, frame: int) -> Image.Image:
    """Draw one frame of the film of an animation given as JSON."""
    drawing = drawing_of(description)
    drawn = drawn_frame(frame, drawing.scene.resolved.drawn_frames)
    return drawing.draw(drawing.scene.timeline.state(drawn))


def outcome_of(description: str) -> Outcome:
    """Make the scene of an animation given as JSON, for this thread; return how its points end."""
    scene = drawing_of(description).scene
    return Outcome(scene.counts, scene.results)


def hint_of(description: str) -> str | None:
    """Return why most points of an animation given as JSON did not arrive, and what to try; see `hint`."""
    return drawing_of(description).hint


def make_scene(description: str, ffmpeg: str) -> Outcome:
    """Do the same in a process that drawing processes are forked from, with this ffmpeg."""
    use_executable(ffmpeg)
    return outcome_of(description)


def render_made_scene(segment: Segment, kinds: Sequence[PartKind]) -> Encoded:
    """Draw a segment of the animation whose scene was made before this process was forked."""
    assert _THREAD.drawing is not None  # by `make_scene`
    return _THREAD.drawing.render(segment, kinds)


def hint_of_made_scene() -> str | None:
    """Return the hint of the animation whose scene was made before this process was forked."""
    assert _THREAD.drawing is not None  # by `make_scene`
    return _THREAD.drawing.hint


class _Drawing:
    """A scene, and the stage on which its thread draws it."""

    def __init__(self, description: str) -> None:
        self._stage: Stage | None = None  # set first: `__del__` reads it even if making the scene fails
        self.description = description
        self.scene = _scene(description)

    @property
    def hint(self) -> str | None:
        """Why most points did not arrive, and what to try; found by trials that take up to a second."""
        return hint(self.scene.resolved, [run.descent for run in self.scene.runs])

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame, RGB, or RGBA if it is transparent."""
        with deferred_signals():  # VTK calls Python code back, and would swallow the exception of a signal
            return straight(self._opened().draw(state))

    def _pixels(self, state: FrameState) -> memoryview:
        """Return the bytes of a frame's picture as ffmpeg reads them; with the next frame they change."""
        with deferred_signals():
            return self._opened().pixels(state)

    def _opened(self) -> Stage:
        if self._stage is None:
            self._stage = Stage(self.scene)
        return self._stage

    def render(self, segment: Segment, kinds: Sequence[PartKind]) -> Encoded:
        """Draw a segment's frames once, and encode them to its parts of these kinds."""
        scene = self.scene
        pieces = segment.pieces(kinds)
        forth = [piece for piece in pieces if piece.frames.step > 0]
        pictures: dict[int, bytes] = {}
        with ExitStack() as stack:
            encoders = {piece: stack.enter_context(self._encoder(piece.kind)) for piece in forth}
            moment: Hashable = None
            pixels: bytes | memoryview = b""
            for frame in range(segment.first, segment.stop):
                state = scene.timeline.state(frame)
                shown = scene.picture_key(state)
                if shown != moment:  # if nothing moves, the last picture is encoded again
                    moment, pixels = shown, self._pixels(state)
                for piece, encoder in encoders.items():
                    if frame in piece.frames:
                        encoder.write(pixels)
                if frame in segment.back:
                    pixels = pictures[frame] = bytes(pixels)  # a copy, once for a picture that stays
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


def drawing_of(description: str) -> _Drawing:
    """Return this thread's drawing of an animation given as JSON, closing that of another animation."""
    if _THREAD.drawing is None or _THREAD.drawing.description != description:
        forget_drawing()
        _THREAD.drawing = _Drawing(description)
    return _THREAD.drawing


def forget_drawing() -> None:
    """Close this thread's drawing, and let its scene go."""
    drawing, _THREAD.drawing = _THREAD.drawing, None
    if drawing is not None:
        drawing.close()


def _scene(description: str) -> Scene:
    with _MAKING_A_SCENE:
        scene = _SCENES.get(description)
        if scene is None:
            _SCENES[description] = scene = build_scene(resolved_from_json(description))
        return scene
