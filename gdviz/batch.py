"""Batches: the states of many animations' films, rendering those that are not current, and orphaned films.

An error in one target neither hides nor stops the others.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gdviz.description.animation import Animation
from gdviz.description.choices import Quality
from gdviz.description.resolve import resolve
from gdviz.description.resolved import Resolved
from gdviz.errors import InputError, printable
from gdviz.film import Film
from gdviz.film_job import FilmJob, film_job
from gdviz.film_jobs import render_jobs
from gdviz.leftovers import Removal, leftovers, remove
from gdviz.movie.formats import FORMATS, film_files, film_length, format_of
from gdviz.movie.provenance import is_current, read_stamp
from gdviz.output import film_fingerprint, outputs_of
from gdviz.rendering import Progress, at_film_rate, processes_for

Prepare = Callable[[str], tuple[Animation, Sequence[Path]]]
ProgressOf = Callable[[str], AbstractContextManager[Callable[[Progress], None]]]


class State(StrEnum):
    """The state of a film, or why it is not known."""

    CURRENT = "current"
    MISSING = "missing"
    STALE = "stale"
    BLOCKED = "blocked"
    ORPHANED = "orphaned"
    WRONG = "wrong"
    FAILED = "failed"
    UNREADABLE = "unreadable"

    @property
    def is_wanting(self) -> bool:
        """Whether a target's film is not as it should be."""
        return self in (State.MISSING, State.STALE, State.BLOCKED)

    @property
    def is_unknown(self) -> bool:
        """Whether it is not known which films the target has."""
        return self in (State.WRONG, State.FAILED)


class Outcome(StrEnum):
    """What happened to one target of a batch."""

    RENDERED = "rendered"
    CURRENT = "current"
    FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """What happened to one target.

    Attributes
    ----------
    target
        The target as the user typed it.
    outcome
        Whether it was rendered, was current, or failed.
    outputs
        The target's films.
    films
        The films that were written now.
    seconds
        How long it took.
    error
        Why it failed, or None.

    """

    target: str
    outcome: Outcome
    outputs: tuple[Path, ...]
    films: tuple[Film, ...]
    seconds: float
    error: Exception | None = None


@dataclass(frozen=True)
class Finding:
    """The state of one film.

    Attributes
    ----------
    target
        The target whose film it is; empty for an orphaned film.
    path
        The film; for numbered pictures the pattern of their names, or their folder if orphaned. None if not known.
    state
        The film's state.
    files
        The files of an orphaned film.
    error
        Why the film is blocked, wrong, failed or unreadable.
    fingerprint
        What the film's stamp says if it is current; empty if no target makes it.

    """

    target: str
    path: Path | None
    state: State
    files: tuple[Path, ...] = ()
    error: Exception | None = None
    fingerprint: str = ""


class Batch:
    """Targets that are rendered by the same processes, no two of them to the same file.

    Parameters
    ----------
    prepare
        Returns a target's animation and outputs; raises InputError if the target is wrong.
    directory
        The folder of all outputs; made if it is missing.
    quality
        The quality of all films.

    """

    def __init__(self, prepare: Prepare, directory: Path, quality: Quality = Quality.STANDARD) -> None:
        self._prepare = prepare
        self._directory = directory
        self._quality = quality
        self._takers: dict[Path, str] = {}  # the files of all films so far -> the target that writes each

    def render(
        self,
        targets: Sequence[str],
        *,
        force: bool,
        jobs: int | None,
        progress_of: ProgressOf,
        executor: Executor | None = None,
    ) -> list[Result]:
        """Render each target unless all its films are current; with `force`, render it anyway.

        Films are begun in the targets' order. While the last segments of one are drawn, or it is put together, the
        first of another are drawn.

        Parameters
        ----------
        targets
            The targets as the user typed them.
        force
            Whether current films are rendered too.
        jobs, executor
            Who draws, as for `gdviz.render`.
        progress_of
            Returns a context for each target that is rendered, which yields what takes its progress. Targets' contexts
            overlap, and may be in threads.

        Returns
        -------
        The targets' results, in their order.

        Raises
        ------
        InputError
            If no process is to draw.

        """
        results: dict[int, Result] = {}
        wanted = self._wanted(targets, force, results)
        made = render_jobs(wanted, processes_for(jobs), executor, lambda number: progress_of(targets[number]))
        for number, each in made.items():
            outcome = Outcome.RENDERED if each.error is None else Outcome.FAILED
            results[number] = Result(targets[number], outcome, each.outputs, each.films, each.seconds, each.error)
        return [results[number] for number in range(len(targets))]

    def _wanted(self, targets: Sequence[str], force: bool, results: dict[int, Result]) -> Iterator[tuple[int, FilmJob]]:
        """Yield what there is to do for targets, with their numbers; the results of others are added to `results`."""
        for number, target in enumerate(targets):
            began = time.monotonic()
            outputs: tuple[Path, ...] = ()
            try:
                resolved, outputs = self._prepared(target)
                if not force and set(states(resolved, outputs)) == {State.CURRENT}:
                    results[number] = Result(target, Outcome.CURRENT, outputs, (), time.monotonic() - began)
                    continue
                for output in () if force else outputs:
                    check_replaceable(output)
                job = film_job(at_film_rate(resolved, outputs), outputs, self._directory)
            except Exception as error:
                results[number] = Result(target, Outcome.FAILED, outputs, (), time.monotonic() - began, error)
                continue
            yield number, job

    def check(self, target: str) -> list[Finding]:
        """Return the states of a target's films; nothing is rendered."""
        try:
            resolved, outputs = self._prepared(target)
            found = zip(outputs, states(resolved, outputs), fingerprints(resolved, outputs), strict=True)
            return [self._finding(target, resolved, *each) for each in found]
        except InputError as error:
            return [Finding(target, None, State.WRONG, error=error)]
        except Exception as error:
            return [Finding(target, None, State.FAILED, error=error)]

    def orphans(self) -> list[Finding]:
        """Return orphaned films, which gdviz made in the folder and no target so far writes, and unreadable files."""
        found, errors = leftovers(self._directory, self._takers.keys())
        unreadable = [Finding("", Path(error.filename or "."), State.UNREADABLE, error=error) for error in errors]
        return [Finding("", each.path, State.ORPHANED, each.files) for each in found] + unreadable

    def prune(self) -> Iterator[Removal]:
        """Remove the orphaned films, and yield what is removed."""
        found, _ = leftovers(self._directory, self._takers.keys())
        return remove(found, self._directory)

    def _finding(self, target: str, resolved: Resolved, path: Path, state: State, fingerprint: str) -> Finding:
        error: Exception | None = None
        if state is not State.CURRENT:
            try:
                outputs_of([path], resolved, within=self._directory)
                check_replaceable(path)
            except (InputError, OSError) as blocking:
                state, error = State.BLOCKED, blocking
        return Finding(target, path, state, error=error, fingerprint=fingerprint)

    def _prepared(self, target: str) -> tuple[Resolved, tuple[Path, ...]]:
        animation, outputs = self._prepare(target)
        resolved = resolve(animation, self._quality)
        at_rate = at_film_rate(resolved, outputs)
        for output in outputs:
            for file in film_files(_place(output), _length(at_rate, output)):
                other = self._takers.setdefault(file, target)
                if other != target:
                    raise InputError(f"{target} and {other} would both write {output}; rename one of them")
        return resolved, tuple(outputs)


def states(resolved: Resolved, outputs: Sequence[str | Path]) -> list[State]:
    """Return the states of the films at the outputs, compared with what `render` would write there now.

    Raises
    ------
    InputError
        If the animation or an output cannot be done as asked.

    """
    targets = [Path(output) for output in outputs]
    at_rate = at_film_rate(resolved, targets)
    found = []
    for target, fingerprint in zip(targets, fingerprints(resolved, targets), strict=True):
        length = _length(at_rate, target)
        if is_current(target, fingerprint, length):
            found.append(State.CURRENT)
        else:
            found.append(State.STALE if any(map(_is_there, film_files(target, length))) else State.MISSING)
    return found


def fingerprints(resolved: Resolved, outputs: Sequence[Path]) -> list[str]:
    """Return the fingerprints of the films that `render` would write to the outputs now; raises as `states` does."""
    at_rate = at_film_rate(resolved, outputs)
    return [film_fingerprint(at_rate, output) for output in outputs]


def check_replaceable(path: Path) -> None:
    """Check that a file that a film would replace is a film by gdviz; numbered pictures are checked elsewhere.

    Raises
    ------
    InputError
        If it is not.

    """
    if path.is_file() and read_stamp(path) is None:
        raise InputError(
            f"{printable(path)} exists, and is not a complete film by gdviz; add --force (-y) to replace it"
        )


def _place(path: Path) -> Path:
    """Return where a film goes, with links followed; a link that leads back to itself is kept as it is."""
    if FORMATS[path.suffix.lower()].numbered:
        return Path(os.path.realpath(path.parent)) / path.name
    return Path(os.path.realpath(path))


def _length(resolved: Resolved, output: Path) -> int:
    return film_length(resolved.frames, resolved.fps, format_of(output))


def _is_there(path: Path) -> bool:
    with suppress(OSError):
        return path.exists()
    return False
