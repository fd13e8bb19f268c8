"""Lines from a path that is drawn above the ground down to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdviz.extent import FloatArray
from gdviz.terrain.landscape import Landscape
from gdviz.terrain.trails import lifted

APART = 0.05  # scene units along the path between two lines
LEAST = 0.012  # scene units: a shorter line is left out


@dataclass(frozen=True)
class Drops:
    """Lines down to the ground, in the order of time.

    Attributes
    ----------
    times
        The position along the descent at which the point is above each, shape (m,), ascending.
    ends
        Scene points: the upper and the lower end of each, shape (m, 2, 3).

    """

    times: FloatArray
    ends: FloatArray

    def count_until(self, position: float) -> int:
        """Return how many the point has passed at a position along the descent."""
        return int(np.searchsorted(self.times, position, side="right"))


def lay_drops(points: FloatArray, heights: FloatArray, landscape: Landscape) -> Drops:
    """Return the lines below a path.

    Parameters
    ----------
    points
        Where it is at each step, shape (steps + 1, 2).
    heights
        At which scene heights, shape (steps + 1,); NaN where that is not known.
    landscape
        The ground.

    """
    steps = np.arange(len(points))
    below = landscape.drape(points)
    above = below.copy()
    above[:, 2] = lifted(below[:, 2], heights, steps.astype(np.float64))
    moved = np.nan_to_num(np.linalg.norm(np.diff(above, axis=0), axis=1))
    passed = np.concatenate([[0.0], np.cumsum(moved)]) // APART
    chosen = np.diff(passed, prepend=-1) > 0
    chosen &= landscape.extent.contains(points) & (above[:, 2] - below[:, 2] > LEAST)
    return Drops(steps[chosen].astype(np.float64), np.stack([above, below], axis=1)[chosen])
