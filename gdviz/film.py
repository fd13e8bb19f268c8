"""What a render wrote: a film, or a still of one of its moments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gdviz.output import Encoding
from gdviz.scene.run import StatusCounts
from gdviz.scene.run_result import RunResult


@dataclass(frozen=True)
class Film:
    """A film that was written.

    Attributes
    ----------
    path
        The film; for numbered pictures, the pattern of their names.
    frames, seconds
        The film's length; if the format does not support the animation's frame rate, it differs a little.
    size
        Width and height in pixels.
    counts
        How the points of all runs ended.
    runs
        How each run ended.
    bytes
        The size of the film's files.
    hint
        What to try if most points did not arrive; None if they did.
    encoding
        How it was encoded, which depends on the size in bytes that it may have.

    """

    path: Path
    frames: int
    seconds: float
    size: tuple[int, int]
    counts: StatusCounts
    runs: tuple[RunResult, ...]
    bytes: int
    hint: str | None
    encoding: Encoding

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Return what a notebook shows, by media type."""
        from gdviz.notebook import films_bundle

        return films_bundle([self])


class Films(list[Film]):
    """The films that one render wrote; a notebook shows them all."""

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Return what a notebook shows, by media type."""
        from gdviz.notebook import films_bundle

        return films_bundle(self)


@dataclass(frozen=True)
class Still:
    """A picture of one moment of a film that was written. Wherever Python takes a path, it stands for its own.

    Attributes
    ----------
    path
        The picture.
    frame
        The number of the film's frame that it shows.
    size
        Width and height in pixels.

    """

    path: Path
    frame: int
    size: tuple[int, int]

    def __fspath__(self) -> str:
        """Return the path."""
        return str(self.path)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Return what a notebook shows, by media type."""
        from gdviz.notebook import still_bundle

        return still_bundle(self)
