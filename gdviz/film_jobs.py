"""The films of many animations, by the same processes: while some are put together, others are drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from gdviz.description.resolved import Resolved
from gdviz.film import Film
from gdviz.film_job import FilmJob
from gdviz.film_threads import IsRoom, Left, film_threads
from gdviz.plan import FEW_FRAMES, SEGMENT_FRAMES
from gdviz.renderers import Renderer, RendererOf, renderers
from gdviz.rendering import Progress, render_job
from gdviz.runtime.cluster import DaskExecutor
from gdviz.runtime.resources import usable_cores

ProgressOf = Callable[[int], AbstractContextManager[Callable[[Progress], None]]]
"""Returns a context for the job with a number, which yields what takes its progress."""


@dataclass(frozen=True)
class Made:
    """What was made of a job: to which outputs, the films, or why not; and how many seconds that took."""

    outputs: tuple[Path, ...]
    films: tuple[Film, ...]
    seconds: float
    error: Exception | None


def render_jobs(
    jobs: Iterator[tuple[int, FilmJob]], processes: int, executor: Executor | None, progress_of: ProgressOf
) -> dict[int, Made]:
    """Do jobs, each of which has a number; return what was made of them.

    They are begun in their order, and asked for not long before; few are under way at the same time. One that fails
    does not stop the others. The contexts of `progress_of` may overlap, and be in threads.
    """
    made: dict[int, Made] = {}
    first: list[tuple[int, FilmJob]] = []
    while _frames_of(first) < FEW_FRAMES and (one := next(jobs, None)) is not None:
        first.append(one)
    if _frames_of(first) < FEW_FRAMES:  # a server takes longer to start than they take to be drawn
        processes = 1
    with renderers(processes, executor) as renderer_of, film_threads() as threads:
        for number, job in chain(first, jobs):
            make = partial(_render, number=number, job=job, renderer_of=renderer_of, progress_of=progress_of, made=made)
            if executor is None and processes == 1:
                make(lambda _: None)
            else:
                is_room = partial(_is_room, processes) if executor is None else _room_elsewhere(executor)
                threads.start(make, job.frames, is_room)
    return made


def _frames_of(jobs: Collection[tuple[int, FilmJob]]) -> int:
    """Return how many frames jobs have."""
    return sum(job.frames for _, job in jobs)


def _render(
    left: Left,
    *,
    number: int,
    job: FilmJob,
    renderer_of: RendererOf,
    progress_of: ProgressOf,
    made: dict[int, Made],
) -> None:
    """Do a job, and tell how many of its frames are still to be drawn."""
    began = time.monotonic()
    films: tuple[Film, ...] = ()
    failure = None
    with ExitStack() as stack:
        reports: list[Callable[[Progress], None]] = []

        @contextmanager
        def drawing(resolved: Resolved) -> Iterator[Renderer]:
            nonlocal began
            with renderer_of(resolved) as renderer:  # waits until it is this film's turn
                began = time.monotonic()
                reports.append(stack.enter_context(progress_of(number)))
                yield renderer

        def tell(progress: Progress) -> None:
            left(progress.frames - progress.frames_done)
            for report in reports:
                report(progress)

        try:
            films = tuple(render_job(job, drawing, tell))
        except Exception as error:
            failure = error
    made[number] = Made(tuple(film.target for film in job.films), films, time.monotonic() - began, failure)


def _is_room(processes: int, films: int, left: Collection[int]) -> bool:
    """Return whether a pool may be told of one more film: it knows of one that it has not begun, besides the others."""
    return len(left) <= processes and films < 2 * processes + 2


def _room_elsewhere(executor: Executor) -> IsRoom:
    """Return whether an executor may be given one more film: it has twice as many segments as it draws at a time."""
    threads = executor.threads() if isinstance(executor, DaskExecutor) else 0
    most = 2 * max(threads, usable_cores())
    return lambda films, left: sum(left) < most * SEGMENT_FRAMES and films < most + 2
