"""Basins: the minima at which points of a descent ended, and which points ended at each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.engine import Descent, Status
from gdviz.descent.history import History
from gdviz.descent.minima import minima_near
from gdviz.extent import Extent, FloatArray
from gdviz.functions.objective import Objective

NOWHERE = (Status.DIVERGED, Status.LEFT, Status.RECORDED)  # points that ended so belong to no basin
RADIUS = 0.03  # share of the extent's span: a point that ended this near to a minimum ended in its basin


@dataclass(frozen=True)
class Basin:
    """A minimum at which points ended.

    Attributes
    ----------
    location
        The end of the lowest of these points.
    value
        f at the location.
    points
        How many points ended here.

    """

    location: tuple[float, ...]
    value: float
    points: int


def label_basins(descent: Descent, objective: Objective, extent: Extent, tolerance: float) -> NDArray[np.int64]:
    """Return each point's basin, shape (n,): 0, 1, ... from the most populous one on; -1 if it ended in none.

    Of equally populous basins the lower one comes first, and of equally low ones that of the first point.

    A basin is a known minimum of the function, or a place where f has a local minimum. A point ended in it if its end
    lies within RADIUS, whether the point converged, is still running, or has no next step there. Points that diverged
    or left belong to no basin: they do not rest where their paths end; nor do recorded ones, of which it is not known.
    Minima within RADIUS of each other share a basin; where basins overlap, the lower one counts.

    Parameters
    ----------
    descent, objective, tolerance
        The descent, its objective and its tolerance.
    extent
        The extent; RADIUS is a share of its span.

    """
    span = extent.span
    stays = np.flatnonzero(np.logical_and.reduce([descent.status != each for each in NOWHERE]))
    ends = descent.ends[stays] / span
    found = np.full(len(stays), -1, dtype=np.int64)
    order = np.argsort(ends[:, 0], kind="stable")
    along = ends[order, 0]
    centres: list[FloatArray] = []
    for place in _minima(descent, objective, stays, span, tolerance):
        first, last = np.searchsorted(along, (place[0] - RADIUS, place[0] + RADIUS), side="left")
        beside = order[first:last]
        members = beside[(found[beside] < 0) & (np.linalg.norm(ends[beside] - place, axis=1) <= RADIUS)]
        if not len(members):
            continue
        to_others = np.linalg.norm(np.array(centres).reshape(-1, len(span)) - place, axis=1)
        if (to_others <= RADIUS).any():
            found[members] = np.argmin(to_others)
        else:
            found[members] = len(centres)
            centres.append(place)
    rank = np.full(len(centres) + 1, -1, dtype=np.int64)
    rank[_order(found, descent.history.end_values[stays], len(centres))] = np.arange(len(centres))
    labels = np.full(len(descent.status), -1, dtype=np.int64)
    labels[stays] = rank[found]
    return labels


def label_together(
    descents: Sequence[Descent], objective: Objective, extent: Extent, tolerance: float
) -> list[NDArray[np.int64]]:
    """Return each descent's labels as if all points were those of one, so that a minimum has one number in all."""
    labels = label_basins(_all_ends(descents), objective, extent, tolerance)
    return np.split(labels, np.cumsum([len(descent.status) for descent in descents])[:-1])


def _all_ends(descents: Sequence[Descent]) -> Descent:
    """Return the ends of the points of all descents as those of one."""
    ends = np.concatenate([descent.ends for descent in descents])
    values = np.concatenate([descent.history.end_values for descent in descents])
    return Descent(
        History.of(ends[None], values[None]),
        np.concatenate([descent.iterations for descent in descents]),
        np.concatenate([descent.status for descent in descents]),
    )


def _order(found: NDArray[np.int64], values: FloatArray, number: int) -> NDArray[np.int64]:
    """Return the numbers of basins in order: most points first, then lowest, then that of the first point.

    Values are compared to ten digits: rounding would put the basins of a symmetric function in an arbitrary order.
    """
    points = np.flatnonzero(found >= 0)
    lowest, first = np.full(number, np.inf), np.full(number, len(found))
    np.minimum.at(lowest, found[points], values[points])
    np.minimum.at(first, found[points], points)
    same = np.array([float(f"{value:.10g}") for value in lowest])
    return np.lexsort((first, same, -np.bincount(found[points], minlength=number)))


def _minima(
    descent: Descent, objective: Objective, stays: NDArray[np.int64], span: FloatArray, tolerance: float
) -> FloatArray:
    """Return minima in spans of the extent, shape (m, dimension): the known ones, then others, lowest first.

    Others are looked for at the lowest end in each cell with sides of half a RADIUS.
    """
    known = np.array(objective.minima, dtype=np.float64).reshape(-1, objective.dimension)
    by_value = stays[np.argsort(descent.history.end_values[stays], kind="stable")]
    cells = np.floor(descent.ends[by_value] / (span * RADIUS / 2))
    _, lowest = np.unique(cells, axis=0, return_index=True)
    places = descent.ends[by_value[lowest]]
    found, locations = minima_near(objective, places, span * RADIUS, tolerance)
    others = locations[found]
    others = others[np.argsort(objective.value(*others.T), kind="stable")]
    return np.concatenate([known, others]) / span


def with_flat_ground(descent: Descent, labels: NDArray[np.int64]) -> Descent:
    """Return the descent with the status FLAT for points that converged outside all basins."""
    flat = (descent.status == Status.CONVERGED) & (labels < 0)
    return replace(descent, status=np.where(flat, np.int8(Status.FLAT), descent.status))


def basins(descent: Descent, labels: NDArray[np.int64]) -> list[Basin]:
    """Return the basins that the labels name, in their order; labels that no point has name none."""
    found = []
    for label in range(int(labels.max(initial=-1)) + 1):
        members = np.flatnonzero(labels == label)
        if not len(members):
            continue
        lowest = members[np.argmin(descent.history.end_values[members])]
        location = tuple(float(c) for c in descent.ends[lowest])
        found.append(Basin(location, float(descent.history.end_values[lowest]), len(members)))
    return found


def basins_together(descents: Sequence[Descent], labels: Sequence[NDArray[np.int64]]) -> list[Basin]:
    """Return the basins that the labels of `label_together` name, each with its points of all descents."""
    return basins(_all_ends(descents), np.concatenate(labels))
