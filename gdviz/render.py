"""Animation -> plan of segments -> executor -> film. Read from top to bottom, this is how a film comes about.

A segment is a pure function of (the animation as JSON, its first frame, the frame after its last): the film is the same
however many processes draw it, and in whatever order.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from gdviz.animation import Animation, canonical_json
from gdviz.errors import InputError, RenderError
from gdviz.files import check_writable, replacing
from gdviz.movie.encoder import encode, join
from gdviz.movie.formats import format_of
from gdviz.scene import Scene, Tally, build_scene

if TYPE_CHECKING:
    from gdviz.stage.surface import SurfaceStage

SEGMENT_FRAMES = 30
FEW_FRAMES = 2 * SEGMENT_FRAMES  # below this a pool takes longer to start than it saves


@dataclass(frozen=True)
class Progress:
    """How far a render has come."""

    frames_done: int
    frames: int


@dataclass(frozen=True)
class Film:
    """A film that was written."""

    path: Path
    frames: int
    seconds: float
    size: tuple[int, int]
    tally: Tally


@dataclass(frozen=True)
class Segment:
    """Frames `first` up to, not including, `stop`."""

    first: int
    stop: int


def render(
    animation: Animation,
    outputs: Sequence[str | Path],
    *,
    jobs: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> list[Film]:
    """Render an animation to one file or several, the suffix of each picking its format.

    A file appears, or replaces the one that was there, only when it is whole.

    Parameters
    ----------
    animation
        What to render.
    outputs
        Paths to write.
    jobs
        How many processes draw; by default one for each core that this process may use.
    progress
        Called whenever frames are done.

    Raises
    ------
    InputError
        If the animation or an output cannot be done as asked; nothing has been written.
    RenderError, EncodeError
        If the drawing or the encoding failed; no file has been touched.

    """
    targets = [Path(output) for output in outputs]
    for target in targets:
        format_of(target)
        check_writable(target)
    if jobs is not None and jobs < 1:
        raise InputError(f"at least 1 job is needed, not {jobs}")
    scene = build_scene(animation)
    segments = plan(scene.timeline.frames)
    description = canonical_json(animation)
    workers = min(jobs or usable_cores(), len(segments))
    films = []
    for target in targets:
        with replacing(target) as unfinished, _pool(workers, scene.timeline.frames) as pool:
            progress(Progress(0, scene.timeline.frames))
            parts = [unfinished.with_name(f"part-{segment.first:06d}{target.suffix}") for segment in segments]
            done = 0
            for number, part in _rendered(pool, description, segments, target.suffix):
                parts[number].write_bytes(part)
                done += segments[number].stop - segments[number].first
                progress(Progress(done, scene.timeline.frames))
            join(parts, unfinished, scene.timeline.frames, format_of(target))
        films.append(_film(target, scene))
    return films


def still(animation: Animation, target: str | Path, frame: int) -> Path:
    """Draw one frame of an animation to a PNG file.

    Raises
    ------
    InputError
        If the animation or the output cannot be done as asked, or there is no such frame.
    RenderError
        If the drawing failed.

    """
    path = Path(target)
    if path.suffix.lower() != ".png":
        raise InputError(f"cannot write {path}: a still is a .png file")
    check_writable(path)
    description = canonical_json(animation)
    if not 0 <= frame < animation.frames:
        raise InputError(f"the film has the frames 0 to {animation.frames - 1}, not {frame}")
    stage = _stage(description)
    with replacing(path) as unfinished:
        stage.draw(_scene(description).timeline.state(frame)).save(unfinished)
    return path


def plan(frames: int) -> list[Segment]:
    """Return the segments of a film; they depend on its number of frames alone."""
    return [Segment(first, min(first + SEGMENT_FRAMES, frames)) for first in range(0, frames, SEGMENT_FRAMES)]


def render_segment(description: str, first: int, stop: int, suffix: str) -> bytes:
    """Draw and encode the frames `first` up to, not including, `stop` of an animation given as JSON."""
    scene, stage = _scene(description), _stage(description)

    def frames() -> Iterator[bytes]:
        for frame in range(first, stop):
            yield stage.draw(scene.timeline.state(frame)).tobytes()

    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / f"part{suffix}"
        encode(frames(), part, scene.animation.size, scene.animation.fps, format_of(part))
        return part.read_bytes()


def usable_cores() -> int:
    """Return how many cores this process may use, which in a container is fewer than the machine has."""
    return len(os.sched_getaffinity(0))


@lru_cache(maxsize=1)
def _scene(description: str) -> Scene:
    return build_scene(Animation.model_validate_json(description))


@lru_cache(maxsize=1)
def _stage(description: str) -> SurfaceStage:
    from gdviz.stage.surface import SurfaceStage

    return SurfaceStage(_scene(description))


@contextmanager
def _pool(workers: int, frames: int) -> Iterator[Executor | None]:
    """Give a pool of processes, or None where drawing in this one is faster."""
    if workers <= 1 or frames < FEW_FRAMES:
        yield None
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["gdviz.stage.surface", "gdviz.functions.expression", "sympy"])
    pool = ProcessPoolExecutor(workers, mp_context=context)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _rendered(
    pool: Executor | None, description: str, segments: Sequence[Segment], suffix: str
) -> Iterator[tuple[int, bytes]]:
    """Render the segments; yield each one's number and encoded frames, in the order in which they are done."""
    if pool is None:
        for number, segment in enumerate(segments):
            yield number, render_segment(description, segment.first, segment.stop, suffix)
        return
    futures: dict[Future[bytes], int] = {
        pool.submit(render_segment, description, segment.first, segment.stop, suffix): number
        for number, segment in enumerate(segments)
    }
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    except BrokenProcessPool as error:
        raise RenderError("a drawing process ended unexpectedly, perhaps for want of memory") from error


def _film(path: Path, scene: Scene) -> Film:
    run, timeline = scene.runs[0], scene.timeline
    tally = run.tally(run.descent.steps, scene.landscape.view)
    return Film(path, timeline.frames, timeline.frames / timeline.fps, scene.animation.size, tally)
