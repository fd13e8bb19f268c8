"""What a step does: where it leads, whether it leads out, and whether a point arrives by it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import Extent, FloatArray, in_all_axes
from gdviz.functions.objective import Objective


def evaluate(objective: Objective, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return f, shape (n,), and its gradient, shape (n, dimension)."""
    value, gradient = objective.value_and_gradient(*points.T)
    return value, gradient.T


def have_arrived(
    level: NDArray[np.bool_], change: FloatArray, rates: FloatArray, tolerance: float, least: FloatArray
) -> NDArray[np.bool_]:
    """Return which points on level ground rest: those that are not carried on by momentum, or have no step at all.

    In plain descent the slope alone decides: from a slope of at most `tolerance`, no step is longer than the learning
    rate times `tolerance`.
    """
    arrived, numbers = level.copy(), np.flatnonzero(level)
    with np.errstate(over="ignore"):
        short = np.maximum((rates if len(rates) == 1 else rates[numbers]) * tolerance, least)
    arrived[numbers] = in_all_axes(~(np.abs(change[numbers]) > short))
    return arrived


def step_within(
    before: FloatArray, change: FloatArray, bounds: Extent
) -> tuple[FloatArray, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where points are after a step, whether inside the bounds, and if not, whether the step was cut there."""
    with np.errstate(all="ignore"):
        after = before + change
    inside = bounds.contains(after)
    far = ~inside
    if far.any():
        far &= in_all_axes(np.isfinite(after))
        _, leave = bounds.clip(before[far], after[far])
        after[far] = before[far] + leave[:, None] * (after[far] - before[far])
    return after, inside, far


def off_the_edge(
    objective: Objective, before: FloatArray, after: FloatArray, values: FloatArray, gradient: FloatArray
) -> NDArray[np.bool_]:
    """Return which steps lead out of the objective's domain to where f has no value, and end them at the edge.

    `after`, `values` and `gradient` are changed to what they are there.
    """
    off = np.isnan(values)
    if off.any():
        ground = objective.domain
        off &= in_all_axes(np.isfinite(after)) & ground.contains(before) & ~ground.contains(after)
        _, leave = ground.clip(before[off], after[off])
        after[off] = ground.clamp(before[off] + leave[:, None] * (after[off] - before[off]))
        values[off], gradient[off] = evaluate(objective, after[off])
    return off


def leaves(
    before: FloatArray, after: FloatArray, lowered: NDArray[np.bool_], domain: Extent | None
) -> NDArray[np.bool_]:
    """Return which steps that lowered f lead out of a domain; none if there is none."""
    outside = np.zeros(len(before), dtype=np.bool_) if domain is None else ~domain.contains(after)
    return domain.contains(before) & outside & lowered if domain and outside.any() else outside
