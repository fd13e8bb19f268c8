"""Many animations: which of their films are current, and rendering the rest; one failure does not stop the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gdviz.animation import Animation
from gdviz.errors import GdvizError, InputError
from gdviz.movie.formats import FORMATS, film_files, film_length, format_of
from gdviz.movie.seal import is_current, read_seal
from gdviz.rendering import Film, Progress, at_film_rate, render

Prepare = Callable[[str], tuple[Animation, Sequence[Path]]]


class State(StrEnum):
    """How a film stands to what it should be."""

    CURRENT = "current"
    MISSING = "missing"
    STALE = "stale"
    ORPHANED = "orphaned"


class Outcome(StrEnum):
    """What became of one target of a batch."""

    RENDERED = "rendered"
    CURRENT = "current"
    FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """What became of one target.

    Attributes
    ----------
    target
        As it was asked for.
    outcome
        Whether it was rendered, was current, or failed.
    outputs
        The films that it has.
    films
        Those that were written now.
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
    """A film, or a folder of pictures, and how it stands to what it should be; `target` is empty for an orphan."""

    target: str
    path: Path
    state: State


class Batch:
    """Targets that are rendered one after the other, no two of them to the same place.

    Parameters
    ----------
    prepare
        A target -> its animation and its outputs; raises InputError if the target is wrong.
    directory
        The folder that all outputs lie in; made if it is missing.

    """

    def __init__(self, prepare: Prepare, directory: Path) -> None:
        self._prepare = prepare
        self._directory = directory
        self._takers: dict[Path, str] = {}

    def render(self, target: str, *, force: bool, jobs: int | None, progress: Callable[[Progress], None]) -> Result:
        """Render a target, unless all its films are current; `force` renders it in any case."""
        began = time.monotonic()
        outputs: tuple[Path, ...] = ()
        films: tuple[Film, ...] = ()
        try:
            animation, outputs = self._prepared(target)
            if force or set(states(animation, outputs)) != {State.CURRENT}:
                films = tuple(render(animation, outputs, jobs=jobs, progress=progress, within=self._directory))
        except (GdvizError, OSError, MemoryError) as error:
            return Result(target, Outcome.FAILED, outputs, (), time.monotonic() - began, error)
        outcome = Outcome.RENDERED if films else Outcome.CURRENT
        return Result(target, outcome, outputs, films, time.monotonic() - began)

    def check(self, target: str) -> list[Finding]:
        """Return how the films of a target stand; nothing is rendered.

        Raises
        ------
        InputError
            If the target is wrong.

        """
        animation, outputs = self._prepared(target)
        found = states(animation, outputs)
        return [Finding(target, path, state) for path, state in zip(outputs, found, strict=True)]

    def orphans(self, directory: Path) -> list[Finding]:
        """Return the films in a folder and below that gdviz made, and that no target so far asks for."""
        taken = {_place(path) for path in self._takers}
        found = {_place(path) for path in _films_below(directory) if _place(path.resolve()) not in taken}
        return [Finding("", path, State.ORPHANED) for path in sorted(found)]

    def _prepared(self, target: str) -> tuple[Animation, tuple[Path, ...]]:
        animation, outputs = self._prepare(target)
        for output in outputs:
            other = self._takers.setdefault(output.resolve(), target)
            if other != target:
                raise InputError(f"{target} would write {output}, which {other} writes too; name one of them otherwise")
        return animation, tuple(outputs)


def states(animation: Animation, outputs: Sequence[str | Path]) -> list[State]:
    """Return how the films at some paths stand to those that `render` would write there now.

    Raises
    ------
    InputError
        If the animation or an output cannot be done as asked.

    """
    targets = [Path(output) for output in outputs]
    animation = at_film_rate(animation, targets)
    fingerprint = animation.fingerprint()
    found = []
    for target in targets:
        length = film_length(animation.frames, animation.fps, format_of(target))
        if is_current(target, fingerprint, length):
            found.append(State.CURRENT)
        else:
            found.append(State.STALE if any(path.exists() for path in film_files(target, length)) else State.MISSING)
    return found


def _films_below(directory: Path) -> Iterable[Path]:
    for path in directory.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(directory).parts)
        if path.suffix.lower() in FORMATS and path.is_file() and not hidden and read_seal(path) is not None:
            yield path


def _place(path: Path) -> Path:
    """Return a film's path, or the folder of one that consists of pictures."""
    return path.parent if FORMATS[path.suffix.lower()].numbered else path
