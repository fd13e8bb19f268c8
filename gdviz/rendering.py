"""Animation -> plan of segments -> executor -> film. Read from top to bottom, this is how a film comes about.

A segment is a pure function of (the animation as JSON, its first frame, the frame after its last): the film is the same
however many processes draw it, and in whatever order.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from multiprocessing.process import BaseProcess
from pathlib import Path

from gdviz.animation import Animation, canonical_json
from gdviz.errors import InputError, RenderError, printable
from gdviz.files import make_folder, place_of, replacing
from gdviz.interrupts import signals_held
from gdviz.machine import usable_cores
from gdviz.movie.encoder import Encoder, executable, parts_list
from gdviz.movie.formats import PARTS, PartKind, format_of, nearest_rate
from gdviz.movie.seal import Kind, seal
from gdviz.output import outputs_of
from gdviz.scene import Scene, Tally, build_scene
from gdviz.stage import Stage, open_stage
from gdviz.work_folder import LIST, WorkFolder, work_folder
from gdviz.workers import importing_ahead, processes

SEGMENT_FRAMES = 30  # at the most, so that a film's key frames are at least this dense
SHARES = 4  # segments come in multiples of this, all of a length, so that 2 and 4 processes end together
FEW_FRAMES = 48  # fewer are one segment, drawn in this process: a pool would take longer to start than it saves


@dataclass(frozen=True)
class Progress:
    """How far a render has come.

    Attributes
    ----------
    frames_done, frames
        Of how many.
    frames_kept
        How many of those done were finished by an earlier render, which was interrupted.

    """

    frames_done: int
    frames: int
    frames_kept: int = 0


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
    within: Path | None = None,
) -> list[Film]:
    """Render an animation to one film or several, the suffix of each picking its format.

    Every frame is drawn once, however many films there are. A film appears, or replaces the one that was there, only
    when all are whole. If the work is ended before, whatever ends it, finished segments are kept in a hidden folder
    beside the first film, and the next render of the same animation to the same place takes them up.

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
    within
        A folder that all outputs must lie in, and that no link may lead out of; it, and folders in it, are made if
        they are missing. By default the folders must be there, and links lead where they lead.

    Raises
    ------
    InputError
        If the animation or an output cannot be done as asked; nothing has been written.
    RenderError, EncodeError
        If the drawing or the encoding failed, or another process is writing an output; no film has been touched.

    """
    if jobs is not None and jobs < 1:
        raise InputError(f"at least 1 job is needed, not {jobs}")
    targets = [Path(output) for output in outputs]
    animation = at_film_rate(animation, targets)
    films = outputs_of(targets, animation.frames, animation.fps, within)
    kinds = tuple(kind for kind in PartKind if any(film.style.part is kind for film in films))
    segments = plan(animation.frames)
    workers = 1 if executor is not None else min(jobs or usable_cores(), len(segments))
    with ExitStack() as stack:
        if workers > 1:
            stack.enter_context(importing_ahead())
        animation = animation.resolved()
        fingerprint, description = animation.fingerprint(), canonical_json(animation)
        scene = _scene(description)
        for film in films if within is not None else ():
            make_folder(film.work_folder.parent)
        folders = [
            stack.enter_context(work_folder(film.work_folder, f"{fingerprint} {_tools()}", film.target))
            for film in films
        ]
        parts = folders[0]
        stack.enter_context(_telling_what_is_kept(parts, segments, kinds))
        missing = [each for each in segments if not _is_kept(parts, each, kinds)]
        kept = done = animation.frames - _frames_of(missing)
        progress(Progress(done, animation.frames, kept))
        for segment, encoded in _rendered(executor, workers, description, missing, kinds):
            for kind, content in encoded.items():
                parts.keep(_part(kind, segment), content)
            done += segment.stop - segment.first
            progress(Progress(done, animation.frames, kept))
        for film, folder in zip(films, folders, strict=True):
            parts.write(LIST, parts_list([_part(film.style.part, each) for each in segments]))
            film.assemble(parts, folder, fingerprint)
        for film, folder in zip(films, folders, strict=True):
            film.publish(folder)
    return [
        Film(
            film.target,
            film.length,
            film.seconds,
            animation.size,
            scene.tally,
            sum(path.stat().st_size for path in film.files),
        )
        for film in films
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
        raise InputError(f"cannot write {printable(path)}: a still is a .png file")
    place_of(path)
    animation = animation.resolved()
    description = canonical_json(animation)
    if not 0 <= frame < animation.frames:
        raise InputError(f"the film has the frames 0 to {animation.frames - 1}, not {frame}")
    stage = _stage(description)
    with replacing(path) as unfinished:
        stage.draw(_scene(description).timeline.state(frame)).save(unfinished)
        seal(unfinished, Kind.STILL, hashlib.sha256(f"{animation.fingerprint()} {frame}".encode()).hexdigest())
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
    with ExitStack() as stack:
        encoders = {kind: stack.enter_context(Encoder(size, fps, PARTS[kind])) for kind in kinds}
        moment, pixels = None, b""
        for frame in range(first, stop):
            state = scene.timeline.state(frame)
            if scene.moment(state) != moment:  # where nothing moves, the last picture is shown again
                with signals_held():  # VTK calls back
                    moment, pixels = scene.moment(state), stage.draw(state).tobytes()
            for encoder in encoders.values():
                encoder.write(pixels)
        return {kind: encoder.finish() for kind, encoder in encoders.items()}


def at_film_rate(animation: Animation, outputs: Sequence[str | Path]) -> Animation:
    """Return the animation at a frame rate of its films' own, if they all have but few of them.

    A film that has few, among others that have any, leaves out or repeats frames instead.
    """
    rates = {nearest_rate(animation.fps, format_of(Path(output))) for output in outputs}
    return animation.model_copy(update={"fps": float(rates.pop())}) if len(rates) == 1 else animation


@lru_cache(maxsize=1)
def _scene(description: str) -> Scene:
    return build_scene(Animation.model_validate_json(description))


def _stage(description: str) -> Stage:
    return _stage_of(description, threading.get_ident())


@lru_cache(maxsize=1)
def _stage_of(description: str, thread: int) -> Stage:  # noqa: ARG001  # a window belongs to the thread that opened it
    with signals_held():
        return open_stage(_scene(description))


def _tools() -> str:
    """Return what a part's bytes depend on beside the animation; parts of different versions are not put together."""
    versions = [version(package) for package in ("numpy", "vtk", "pyvista", "pillow", "imageio-ffmpeg")]
    return " ".join([*versions, executable()])


def _part(kind: PartKind, segment: Segment) -> str:
    return f"part-{kind.value}-{segment.first:06d}{PARTS[kind].suffix}"


def _is_kept(folder: WorkFolder, segment: Segment, kinds: Sequence[PartKind]) -> bool:
    return all(folder.has(_part(kind, segment)) for kind in kinds)


def _frames_of(segments: Sequence[Segment]) -> int:
    return sum(segment.stop - segment.first for segment in segments)


@contextmanager
def _telling_what_is_kept(folder: WorkFolder, segments: Sequence[Segment], kinds: Sequence[PartKind]) -> Iterator[None]:
    """Add to whatever ends the block how much of the work is not lost."""
    try:
        yield
    except BaseException as error:
        kept = _frames_of([each for each in segments if _is_kept(folder, each, kinds)])
        if kept:
            error.add_note(f"{kept} of {segments[-1].stop} frames are kept, and the same command goes on from there")
        raise


def _rendered(
    executor: Executor | None, workers: int, description: str, segments: Sequence[Segment], kinds: Sequence[PartKind]
) -> Iterator[tuple[Segment, dict[PartKind, bytes]]]:
    """Render the segments; yield each with its encoded frames, in the order in which they are done.

    One process draws in this one, which is then faster than a pool. A process of a pool that dies is replaced, once.
    """
    if executor is None and workers == 1:
        for segment in segments:
            yield segment, render_segment(description, segment.first, segment.stop, kinds)
        return
    left = list(segments)
    died: list[str] = []
    while left:
        with nullcontext(executor) if executor is not None else processes(min(workers, len(left))) as pool:
            drawing: Sequence[BaseProcess] = ()
            try:
                futures = {
                    pool.submit(render_segment, description, segment.first, segment.stop, kinds): segment
                    for segment in left
                }
                drawing = multiprocessing.active_children()
                for future in as_completed(list(futures)):
                    segment = futures.pop(future)  # or it would keep its result to the film's end
                    encoded = future.result()
                    left.remove(segment)
                    yield segment, encoded
            except BrokenExecutor as error:
                died.append(_how_one_died(drawing))
                if executor is not None or len(died) > 1:
                    how = ", then ".join(died)
                    raise RenderError(
                        f"a drawing process ended unexpectedly: {how}; 'gdviz doctor' says more"
                    ) from error


def _how_one_died(drawing: Sequence[BaseProcess]) -> str:
    ended = [process.exitcode for process in drawing if process.exitcode not in (None, 0, -signal.SIGTERM)]
    if not ended or ended[0] is None:
        return "for a reason unknown"
    if ended[0] == -signal.SIGKILL:
        return "killed, perhaps for want of memory"
    return f"by signal {-ended[0]}" if ended[0] < 0 else f"with code {ended[0]}"
