"""Which points ended together: the minima that a descent found, and who found them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdviz.descent import Descent, Status
from gdviz.functions.function import Extent

RADIUS = 0.03  # in extents of the view: points that ended nearer than this to a basin's lowest one ended in it
MOST = 256  # basins that are told apart; the rest is "elsewhere"


@dataclass(frozen=True)
class Basin:
    """A place where points ended.

    Attributes
    ----------
    location
        The end of the lowest of them.
    value
        f there.
    points
        How many ended here.

    """

    location: tuple[float, ...]
    value: float
    points: int


def label_basins(descent: Descent, view: Extent) -> NDArray[np.int64]:
    """Return each point's basin, shape (n,), most populous first: 0, 1, ...; -1 if it ended in none.

    Basins are where points converged; a point that is still running belongs to one if it is near. Points that diverged,
    left, or never moved belong to none, nor do those of basins beyond the first MOST found, lowest first.
    """
    low, high = np.array(view[::2]), np.array(view[1::2])
    ends, values = (descent.ends - low) / (high - low), descent.values[-1]
    moved = descent.iterations > 0
    converged = moved & (descent.status == Status.CONVERGED)
    alive = moved & (converged | (descent.status == Status.RUNNING))
    found = np.full(len(ends), -1, dtype=np.int64)
    for basin in range(MOST):
        free = np.flatnonzero(converged & (found < 0))
        if not len(free):
            break
        lowest = free[np.argmin(values[free])]
        near = np.linalg.norm(ends - ends[lowest], axis=1) <= RADIUS
        found[alive & near & (found < 0)] = basin
    sizes = np.bincount(found[found >= 0], minlength=1)
    rank = np.empty(len(sizes) + 1, dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    rank[-1] = -1
    return np.asarray(rank[found])


def basins(descent: Descent, labels: NDArray[np.int64]) -> list[Basin]:
    """Return the basins that the labels name, in their order."""
    found = []
    for label in range(int(labels.max(initial=-1)) + 1):
        members = np.flatnonzero(labels == label)
        lowest = members[np.argmin(descent.values[-1, members])]
        location = tuple(float(c) for c in descent.ends[lowest])
        found.append(Basin(location, float(descent.values[-1, lowest]), len(members)))
    return found
