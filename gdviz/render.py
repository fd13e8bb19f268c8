"""Animation -> plan of segments -> executor -> film. Read from top to bottom, this is how a film comes about.

A segment is a pure function of (the animation as JSON, its first frame, the frame after its last): the film is the same
however many processes draw it, and in whatever order.
"""

from __future__ import annotations

import itertools
import math
import multiprocessing
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import forkserver
from pathlib import Path

from gdviz.animation import Animation, canonical_json
from gdviz.errors import InputError, RenderError
from gdviz.files import check_writable, replacing
from gdviz.movie.encoder import Encoder, assemble
from gdviz.movie.formats import PARTS, Format, PartKind, format_of, nearest_rate
from gdviz.movie.numbered import check_folder_writable, parse_pattern, replacing_pictures
from gdviz.scene import Scene, Tally, build_scene
from gdviz.stage import Stage, open_stage

SEGMENT_FRAMES = 30  # at the most, so that a film's key frames are at least this dense
SHARES = 4  # segments come in multiples of this, all of a length, so that 2 and 4 processes end together
FEW_FRAMES = 48  # fewer are one segment, drawn in this process: a pool would take longer to start than it saves


@dataclass(frozen=True)
class Progress:
    """How far a render has come."""

    frames_done: int
    frames: int


@dataclass(frozen=True)
class Film:
    """A film that was written.

    Attributes
    ----------
    path
        Where it is; for numbered pictures, the pattern of their names.
    frames, seconds
        Its length, which in a format that cannot have the animation's frame rate is not quite the animation's own.
    size
        Its width and height in pixels.
    tally
        How its points ended.
    bytes
        How much space it takes.

    """

    path: Path
    frames: int
    seconds: float
    size: tuple[int, int]
    tally: Tally
    bytes: int


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
    executor: Executor | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> list[Film]:
    """Render an animation to one film or several, the suffix of each picking its format.

    Every frame is drawn once, however many films there are. A film appears, or replaces the one that was there, only
    when all are whole.

    Parameters
    ----------
    animation
        What to render. If every format can have only some frame rates, it is rendered at the nearest one.
    outputs
        Paths to write; `frames/%04d.png` writes numbered pictures.
    jobs
        How many processes draw; by default one for each core that this process may use.
    executor
        What draws instead, such as a cluster's: segments go to it as plain data, and come back as bytes.
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
    styles = [format_of(target) for target in targets]
    _check_targets(targets, styles)
    if jobs is not None and jobs < 1:
        raise InputError(f"at least 1 job is needed, not {jobs}")
    animation = _at_a_common_rate(animation, styles)
    workers = min(jobs or usable_cores(), len(plan(animation.frames)))
    if executor is None and workers > 1:
        _start_importing()
    scene = build_scene(animation)
    frames, fps = scene.timeline.frames, scene.timeline.fps
    segments = plan(frames)
    kinds = tuple(kind for kind in PartKind if any(style.part is kind for style in styles))
    with ExitStack() as stack:
        unfinished = [
            stack.enter_context(_replacing(target, style)) for target, style in zip(targets, styles, strict=True)
        ]
        parts = {kind: [_part_path(unfinished[0].parent, kind, each) for each in segments] for kind in kinds}
        progress(Progress(0, frames))
        done = 0
        with nullcontext(executor) if executor is not None else _pool(workers) as pool:
            for number, encoded in _rendered(pool, canonical_json(animation), segments, kinds):
                for kind, content in encoded.items():
                    parts[kind][number].write_bytes(content)
                done += segments[number].stop - segments[number].first
                progress(Progress(done, frames))
        lengths = [
            assemble(parts[style.part], path, frames, fps, style)
            for path, style in zip(unfinished, styles, strict=True)
        ]
    return [
        Film(target, length, length / nearest_rate(fps, style), animation.size, scene.tally, _bytes_of(target, length))
        for target, style, length in zip(targets, styles, lengths, strict=True)
    ]


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
    wanted = SHARES * math.ceil(frames / (SHARES * SEGMENT_FRAMES)) if frames >= FEW_FRAMES else 1
    edges = [round(frames * number / wanted) for number in range(wanted + 1)]
    return [Segment(first, stop) for first, stop in itertools.pairwise(edges)]


def render_segment(description: str, first: int, stop: int, kinds: Sequence[PartKind]) -> dict[PartKind, bytes]:
    """Draw the frames `first` up to, not including, `stop` of an animation given as JSON, each once.

    Returns the content of a part of each kind.
    """
    scene, stage = _scene(description), _stage(description)
    size, fps = scene.animation.size, scene.timeline.fps
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        parts = {kind: _part_path(Path(folder), kind, Segment(first, stop)) for kind in kinds}
        encoders = [stack.enter_context(Encoder(path, size, fps, PARTS[kind])) for kind, path in parts.items()]
        moment, pixels = None, b""
        for frame in range(first, stop):
            state = scene.timeline.state(frame)
            if scene.moment(state) != moment:  # where nothing moves, the last picture is shown again
                moment, pixels = scene.moment(state), stage.draw(state).tobytes()
            for encoder in encoders:
                encoder.write(pixels)
        for encoder in encoders:
            encoder.finish()
        return {kind: path.read_bytes() for kind, path in parts.items()}


def usable_cores() -> int:
    """Return how many cores this process may use, which in a container is fewer than the machine has."""
    return len(os.sched_getaffinity(0))


@lru_cache(maxsize=1)
def _scene(description: str) -> Scene:
    return build_scene(Animation.model_validate_json(description))


def _stage(description: str) -> Stage:
    return _stage_of(description, threading.get_ident())


@lru_cache(maxsize=1)
def _stage_of(description: str, thread: int) -> Stage:  # noqa: ARG001  # a window belongs to the thread that opened it
    return open_stage(_scene(description))


def _check_targets(targets: Sequence[Path], styles: Sequence[Format]) -> None:
    if not targets:
        raise InputError("there is nothing to write: no output was given")
    places = set()
    for target, style in zip(targets, styles, strict=True):
        (check_folder_writable if style.numbered else check_writable)(target)
        if target.resolve() in places:
            raise InputError(f"cannot write {target} twice")
        places.add(target.resolve())


def _at_a_common_rate(animation: Animation, styles: Sequence[Format]) -> Animation:
    """Return the animation at a frame rate of its films' own, if they all have but few of them.

    A film that has few, among others that have any, leaves out or repeats frames instead.
    """
    rates = {nearest_rate(animation.fps, style) for style in styles}
    return animation.model_copy(update={"fps": float(rates.pop())}) if len(rates) == 1 else animation


def _replacing(target: Path, style: Format) -> AbstractContextManager[Path]:
    return replacing_pictures(target) if style.numbered else replacing(target)


def _part_path(folder: Path, kind: PartKind, segment: Segment) -> Path:
    return folder / f"part-{kind.value}-{segment.first:06d}{PARTS[kind].suffix}"


def _bytes_of(target: Path, frames: int) -> int:
    """Return how much space a film takes, be it one file or a picture for each frame."""
    if not format_of(target).numbered:
        return target.stat().st_size
    pattern = parse_pattern(target)
    return sum((pattern.folder / pattern.name(number)).stat().st_size for number in range(frames))


def _start_importing() -> None:
    """Start the process that others will be forked from: it imports what they need while this one goes on."""
    forkserver.set_forkserver_preload(["sympy", "gdviz.stage.surface", "pyvista.plotting.plotter"])
    forkserver.ensure_running()


@contextmanager
def _pool(workers: int) -> Iterator[Executor | None]:
    """Give a pool of processes, or None where one is enough: drawing in this one is then faster."""
    if workers <= 1:
        yield None
        return
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("forkserver"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _rendered(
    pool: Executor | None, description: str, segments: Sequence[Segment], kinds: Sequence[PartKind]
) -> Iterator[tuple[int, dict[PartKind, bytes]]]:
    """Render the segments; yield each one's number and encoded frames, in the order in which they are done."""
    if pool is None:
        for number, segment in enumerate(segments):
            yield number, render_segment(description, segment.first, segment.stop, kinds)
        return
    futures: dict[Future[dict[PartKind, bytes]], int] = {
        pool.submit(render_segment, description, segment.first, segment.stop, kinds): number
        for number, segment in enumerate(segments)
    }
    try:
        for future in as_completed(futures):
            number = futures.pop(future)  # or it would keep its result to the film's end
            yield number, future.result()
    except BrokenProcessPool as error:
        raise RenderError("a drawing process ended unexpectedly, perhaps for want of memory") from error
