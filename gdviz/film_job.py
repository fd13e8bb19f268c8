"""The films of one animation, and what there is to do for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gdviz.description.resolved import Resolved
from gdviz.movie.formats import PartKind
from gdviz.output import Output, film_fingerprint, outputs_of
from gdviz.plan import Segment, film_plan
from gdviz.runtime.work_folder import WorkFolder


@dataclass(frozen=True)
class FilmJob:
    """What there is to do for the films of an animation.

    Attributes
    ----------
    resolved
        The animation, at the films' frame rate.
    films
        The films.
    fingerprints
        Theirs.
    kinds
        The kinds of part that they are made of; none for pages.
    plan
        The segments of a film.

    """

    resolved: Resolved
    films: tuple[Output, ...]
    fingerprints: tuple[str, ...]
    kinds: tuple[PartKind, ...]
    plan: tuple[Segment, ...]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments that are drawn: for pages alone, nothing is."""
        return self.plan if self.kinds else ()

    @property
    def frames(self) -> int:
        """How many frames the segments have."""
        return frames_of(self.segments)

    def is_kept(self, parts: WorkFolder, segment: Segment) -> bool:
        """Return whether a segment's parts are in a folder, finished."""
        return all(parts.has(piece.name) for piece in segment.pieces(self.kinds))


def film_job(resolved: Resolved, outputs: Sequence[str | Path], within: Path | None) -> FilmJob:
    """Return what there is to do for films of an animation, at their frame rate; nothing is written.

    `outputs` and `within` are as for `render`.

    Raises
    ------
    InputError
        If it cannot be done.

    """
    targets = [Path(output) for output in outputs]
    fingerprints = tuple(film_fingerprint(resolved, target) for target in targets)
    films = tuple(outputs_of(targets, resolved, within))
    kinds = tuple(kind for kind in PartKind if any(kind in film.style.parts for film in films))
    return FilmJob(resolved, films, fingerprints, kinds, tuple(film_plan(resolved)))


def frames_of(segments: Sequence[Segment]) -> int:
    """Return how many frames segments have."""
    return sum(segment.length for segment in segments)
