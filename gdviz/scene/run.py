"""Run: one descent in a scene, with how its points are coloured and how they end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gdviz.animation import Animation, PointColor
from gdviz.basins import label_basins
from gdviz.colours import basin_colours, one_colour, place_colours
from gdviz.descent import Descent, Status, descend, inside
from gdviz.errors import InputError
from gdviz.functions.function import Extent

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Tally:
    """How many points there are, and how they ended; a point outside the extent drawn has left, however it ended."""

    points: int
    converged: int
    running: int
    diverged: int
    left: int

    def as_data(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)

    def in_words(self) -> str:
        """Return one line for people."""
        counts = {
            "converged": self.converged,
            "still running": self.running,
            "diverged": self.diverged,
            "left": self.left,
        }
        ends = ", ".join(f"{count} {how}" for how, count in counts.items() if count)
        return f"{self.points} {'point' if self.points == 1 else 'points'}{': ' if ends else ''}{ends}"


def count(status: NDArray[np.int8]) -> Tally:
    """Return how many points have each status."""
    return Tally(len(status), *(int(number) for number in np.bincount(status, minlength=len(Status))))


@dataclass(frozen=True)
class Run:
    """One descent in a scene.

    Attributes
    ----------
    descent
        Where the points were at each step.
    colours
        Linear RGB of each point, shape (n, 3); None if a point has the colour of the height that it is at.

    """

    descent: Descent
    colours: FloatArray | None

    def at(self, position: float) -> FloatArray:
        """Return the points between two iterates, shape (n, dimension); `position` counts iterations."""
        before = min(int(position), self.descent.steps)
        after = min(before + 1, self.descent.steps)
        share = position - before
        points = self.descent.points
        return np.asarray((1 - share) * points[before] + share * points[after])

    def resting(self, position: float) -> NDArray[np.bool_]:
        """Return which points have come to rest, shape (n,)."""
        ended = self.descent.status != Status.RUNNING
        return np.asarray(ended & (self.descent.iterations <= position))

    def tally(self, position: float, extent: Extent) -> Tally:
        """Return how the points have ended so far."""
        status = np.where(self.resting(position), self.descent.status, np.int8(Status.RUNNING))
        status[~inside(self.at(position), extent)] = Status.LEFT
        return count(status)


def run_descent(animation: Animation) -> Descent:
    """Descend as a resolved animation says.

    Raises
    ------
    InputError
        If the function has no finite value at any of the starts.

    """
    assert animation.learning_rate is not None
    assert animation.extent is not None
    assert animation.starts is not None
    descent = descend(
        animation.target,
        animation.starts.positions(animation.extent),
        learning_rate=animation.learning_rate,
        tolerance=animation.tolerance,
        max_iterations=animation.max_iterations,
        domain=animation.domain,
    )
    if len(descent.status) and not np.isfinite(descent.values[0]).any():
        raise InputError("the function has no finite value at any of the starts; choose others")
    return descent


def make_run(animation: Animation) -> Run:
    """Descend, and colour the points, as a resolved animation says."""
    assert animation.extent is not None
    descent, extent = run_descent(animation), animation.extent
    return Run(descent, _COLOURINGS[animation.point_color](descent, extent))


_COLOURINGS: Mapping[PointColor, Callable[[Descent, Extent], FloatArray | None]] = MappingProxyType(
    {
        PointColor.BASIN: lambda descent, extent: basin_colours(label_basins(descent, extent)),
        PointColor.START: lambda descent, extent: place_colours(descent.points[0], extent),
        PointColor.ONE: lambda descent, _: one_colour(len(descent.status)),
        PointColor.HEIGHT: lambda *_: None,
    }
)
