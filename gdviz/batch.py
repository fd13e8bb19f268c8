"""Rendering many animations, one after the other: one that fails does not stop the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gdviz.animation import Animation
from gdviz.errors import GdvizError
from gdviz.render import Film, Progress, render


@dataclass(frozen=True)
class Result:
    """What became of one target.

    Attributes
    ----------
    target
        As it was asked for.
    films
        What was written.
    seconds
        How long it took.
    error
        Why it failed, or None.

    """

    target: str
    films: tuple[Film, ...]
    seconds: float
    error: Exception | None


def render_one(
    target: str,
    prepare: Callable[[], tuple[Animation, Sequence[Path]]],
    *,
    jobs: int | None,
    progress: Callable[[Progress], None],
) -> Result:
    """Prepare an animation with its outputs, and render it; what goes wrong becomes part of the result."""
    began = time.monotonic()
    try:
        films = tuple(render(*prepare(), jobs=jobs, progress=progress))
    except (GdvizError, OSError, MemoryError) as error:
        return Result(target, (), time.monotonic() - began, error)
    return Result(target, films, time.monotonic() - began, None)
