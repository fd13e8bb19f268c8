"""Renders films: an animation is split into segments, which are drawn, encoded and assembled."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gdviz.description.animation import Animation
from gdviz.description.choices import Quality
from gdviz.description.quality import quality_of
from gdviz.description.resolve import resolve
from gdviz.description.resolved import Resolved
from gdviz.errors import GdvizWarning, InputError, bytes_in_words, printable
from gdviz.film import Film, Films, Still
from gdviz.film_job import FilmJob, film_job, frames_of
from gdviz.movie.encoder import parts_list
from gdviz.movie.formats import PartKind, format_of, nearest_rate
from gdviz.movie.provenance import Kind, stamp
from gdviz.movie.repeats import Selection
from gdviz.movie.transparent import formats_of
from gdviz.output import Encoding, Output
from gdviz.picture.fonts import warn_of_letters
from gdviz.plan import PAGE, in_order
from gdviz.renderers import Renderer, RendererOf, renderers
from gdviz.runtime.files import make_folder, place_of, replacing
from gdviz.runtime.launch import PythonProcess
from gdviz.runtime.resources import usable_cores
from gdviz.runtime.stopping import Stopped, is_stopping
from gdviz.runtime.work_folder import LIST, WorkFolder, claimed, cleared
from gdviz.scene.formula_line import warn_of_formula
from gdviz.segments import Outcome, draw_frame
from gdviz.tools import tools_here
from gdviz.web.fineness import page_resolved

LARGEST_SHOWN = 10_000_000  # bytes of an animated picture that GitHub shows
LARGEST_PAGE = 20_000_000  # bytes of a page that a browser opens without delay


@dataclass(frozen=True)
class Progress:
    """How far a render has come.

    Attributes
    ----------
    frames_done, frames
        How many frames are done, and how many there are.
    frames_kept
        How many of the done frames an earlier, interrupted render had finished.
    trial
        Which encoding of a film that is held to a size has begun, from 1; 0 before.

    """

    frames_done: int
    frames: int
    frames_kept: int = 0
    trial: int = 0


def render(
    animation: Animation,
    outputs: Sequence[str | Path],
    *,
    quality: str = Quality.STANDARD,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[Progress], None] | None = None,
    within: Path | None = None,
) -> Films:
    """Render an animation to one or more films; the suffix of each selects its format.

    Every frame is drawn once, even for several films. The films appear, or replace older ones, only when all are
    complete. If the render is interrupted, finished segments are kept in a hidden folder beside the first film, and the
    next render of the same animation to the same path uses them.

    Parameters
    ----------
    animation
        What to render. If every output's format supports only certain frame rates, the nearest one is used.
    outputs
        Paths to write; `frames/%04d.png` writes numbered pictures.
    quality
        `"draft"` for a quick look: half the size and half the frames a second, drawn without smoothing; `"standard"`;
        or `"high"`: drawn and encoded more finely, which takes longer.
    jobs
        How many processes draw; by default one for each core that this process may use.
    executor
        An executor that draws instead, such as a cluster's. It receives segments as plain data, and returns bytes.
    progress
        Called whenever frames are done, and before each encoding of a film that is held to a size; by default a bar in
        a notebook, and nothing elsewhere.
    within
        A folder that must contain all outputs, and that no link may lead out of; it and folders in it are made if they
        are missing. By default, the outputs' folders must exist, and links are followed anywhere.

    Raises
    ------
    InputError
        If the animation or an output is not possible; nothing was written.
    RenderError, EncodeError
        If drawing or encoding failed, or another process is writing an output; existing films are unchanged.

    """
    from gdviz.notebook import bar_in_notebook

    resolved = resolve(animation, quality_of(quality))
    with bar_in_notebook() if progress is None else nullcontext(progress) as report:
        return render_resolved(resolved, outputs, jobs=jobs, executor=executor, progress=report, within=within)


def render_resolved(
    resolved: Resolved,
    outputs: Sequence[str | Path],
    *,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    within: Path | None = None,
    server: PythonProcess | None = None,
) -> Films:
    """Do the same as `render` for an animation that is already resolved, with a server that was started ahead."""
    processes = processes_for(jobs)
    job = film_job(at_film_rate(resolved, outputs), outputs, within)
    with renderers(1 if len(job.segments) < 2 else processes, executor, server) as renderer_of:
        return render_job(job, renderer_of, progress)


def processes_for(jobs: int | None) -> int:
    """Return how many processes are to draw.

    Raises
    ------
    InputError
        If there would be none.

    """
    if jobs is not None and jobs < 1:
        raise InputError(f"at least 1 job is needed, not {jobs}")
    return jobs or usable_cores()


def render_job(job: FilmJob, renderer_of: RendererOf, progress: Callable[[Progress], None]) -> Films:
    """Draw what is not kept of an animation's films, complete and publish them; raises as `render` does."""
    with ExitStack() as stack:
        with renderer_of(job.resolved) as drawn_by:
            folders, outcome, kept = _drawn(job, drawn_by, stack, progress)
            hint = drawn_by.hint()
        encodings = [
            _assembled(job, number, folders, partial(_report_trial, progress, job.frames, kept))
            for number in range(len(job.films))
        ]
        for film, folder in zip(job.films, folders, strict=True):
            film.publish(folder)
    made = Films(_film(*each, outcome, hint) for each in zip(job.films, encodings, strict=True))
    for each in made:
        _warn_of_size(each)
    return made


def _drawn(
    job: FilmJob, drawn_by: Renderer, stack: ExitStack, progress: Callable[[Progress], None]
) -> tuple[list[WorkFolder], Outcome, int]:
    """Have the films' parts drawn into the first of their work folders, which are claimed until the stack is left.

    Return the folders, how the points end, and how many frames were kept from an earlier render.
    """
    resolved, segments = job.resolved, job.segments
    if job.kinds:
        warn_of_letters(resolved.texts)
        warn_of_formula(resolved)
    key = f"{resolved.fingerprint} {tools_here(resolved)}"
    # Claimed early, so that a second render of the same file fails at once. Missing folders are made only when the
    # scene is ready.
    early = [_claim(film, key, stack) if film.work_folder.parent.is_dir() else None for film in job.films]
    # Where nothing is drawn, the scene is made once, as a page needs it.
    outcome = drawn_by.prepare((resolved if job.kinds else page_resolved(resolved)).canonical_json)
    folders = []
    for film, folder in zip(job.films, early, strict=True):
        make_folder(film.work_folder.parent)
        folders.append(folder or _claim(film, key, stack))
        stack.enter_context(cleared(folders[-1]))
    parts = folders[0]
    stack.enter_context(_telling_what_is_kept(job, parts))
    if any(film.style.is_page for film in job.films):
        parts.write(PAGE, drawn_by.page(resolved.web_bundle))
    missing = [each for each in segments if not job.is_kept(parts, each)]
    kept = done = job.frames - frames_of(missing)
    progress(Progress(done, job.frames, kept))
    for segment, encoded in drawn_by.render(missing, job.kinds):
        for name, content in encoded.items():
            parts.keep(name, content)
        done += segment.length
        progress(Progress(done, job.frames, kept))
    return folders, outcome, kept


def _assembled(job: FilmJob, number: int, folders: Sequence[WorkFolder], told: Callable[[int], None]) -> Encoding:
    """Make a film in its work folder from the parts in the first."""
    film, parts = job.films[number], folders[0]
    (poster,) = in_order(job.plan, PartKind.POSTER)
    if not film.style.is_page:
        parts.write(LIST, parts_list([piece.name for piece in in_order(job.segments, film.style.part)]))
    return film.assemble(parts, folders[number], poster, job.fingerprints[number], told)


def _film(film: Output, encoding: Encoding, outcome: Outcome, hint: str | None) -> Film:
    return Film(
        film.target,
        Selection(film.length, encoding.choice.every).count,
        film.seconds,
        encoding.choice.size,
        outcome.counts,
        outcome.runs,
        sum(path.stat().st_size for path in film.files),
        hint,
        encoding,
    )


def still(
    animation: Animation, target: str | Path, frame: int | None = None, *, quality: str = Quality.STANDARD
) -> Still:
    """Draw one frame of an animation, by default its last, to a PNG file; `quality` is as for `render`.

    Raises
    ------
    InputError
        If the animation or the output is not possible, or there is no such frame.
    RenderError
        If drawing failed.

    """
    return still_resolved(resolve(animation, quality_of(quality)), target, frame)


def still_resolved(resolved: Resolved, target: str | Path, frame: int | None = None) -> Still:
    """Do the same as `still` for an animation that is already resolved."""
    path = Path(target)
    if path.suffix.lower() != ".png":
        raise InputError(f"cannot write {printable(path)}: a still is a .png file")
    place_of(path)
    frame = resolved.frames - 1 if frame is None else frame
    if not 0 <= frame < resolved.frames:
        raise InputError(f"the film has the frames 0 to {resolved.frames - 1}, not {frame}")
    warn_of_letters(resolved.texts)
    warn_of_formula(resolved)
    picture = draw_frame(resolved.canonical_json, frame)
    with replacing(path) as unfinished:
        picture.save(unfinished)
        stamp(unfinished, Kind.STILL, hashlib.sha256(f"{resolved.fingerprint} {frame}".encode()).hexdigest())
    return Still(path, frame, resolved.size)


def at_film_rate(resolved: Resolved, outputs: Sequence[str | Path]) -> Resolved:
    """Return the animation at its films' frame rate, if all films have the same nearest rate.

    Otherwise its own rate stays, and a film that does not support it drops or repeats frames.

    Raises
    ------
    InputError
        If a film would have too many frames at its rate, or its format cannot show what is asked for.

    """
    among = formats_of(transparent=resolved.transparent)
    rates = {float(nearest_rate(resolved.fps, format_of(Path(output), among))) for output in outputs}
    fitting = [resolved.at_rate(rate) for rate in rates]
    return fitting[0] if len(rates) == 1 else resolved


def _report_trial(progress: Callable[[Progress], None], frames: int, kept: int, trial: int) -> None:
    progress(Progress(frames, frames, kept, trial))


def _warn_of_size(film: Film) -> None:
    """Warn of an animated picture that is too large to be shown where such pictures mostly are, and of a large page."""
    if format_of(film.path).is_page and film.bytes > LARGEST_PAGE:
        warnings.warn(
            f"{printable(film.path)} has {bytes_in_words(film.bytes)}, which a browser opens slowly; fewer points "
            "make it smaller",
            GdvizWarning,
            stacklevel=2,
        )
    if film.encoding.max_size is None and format_of(film.path).holds and film.bytes > LARGEST_SHOWN:
        warnings.warn(
            f"{printable(film.path)} has {bytes_in_words(film.bytes)}, and GitHub shows pictures of up to "
            f"{bytes_in_words(LARGEST_SHOWN)}; --max-size 10MB makes it smaller",
            GdvizWarning,
            stacklevel=2,
        )


def _claim(film: Output, key: str, stack: ExitStack) -> WorkFolder:
    return stack.enter_context(claimed(film.work_folder, key, film.target))


@contextmanager
def _telling_what_is_kept(job: FilmJob, parts: WorkFolder) -> Iterator[None]:
    """Add a note on how many frames are kept to an error that ends the block; to `Stopped`, their number."""
    try:
        yield
    except BaseException as error:
        kept = frames_of([each for each in job.segments if job.is_kept(parts, each)])
        if is_stopping():  # what the thread waited for may have failed by that
            raise Stopped(kept, job.frames) from error
        if kept:
            # Where the input is wrong, the same command would fail again.
            then = "need not be drawn again" if isinstance(error, InputError) else "the same command goes on from there"
            error.add_note(f"{kept} of {job.frames} frames are kept, and {then}")
        raise
