"""Learning rates that may suit a function, by its slopes, and one for a surface with holes."""

from __future__ import annotations

import math

import numpy as np

from gdviz.extent import Extent, FloatArray
from gdviz.functions.objective import Objective

STARTS = (14, 14)  # a grid of points that are tried
STEPS = 60  # of each trial
LONGEST = 0.03  # of the extent's diagonal, that nine in ten first steps are at most long
RISING = 0.02  # largest share of the steps that may raise f
ROUNDING = 1e-9  # a smaller rise is none, as a share of 1 + |f|
DECADES = 7


def likely_rates(slopes: FloatArray, extent: Extent) -> list[float]:
    """Return rates, 1, 2 or 5 times a power of ten, from the largest at which first steps are short in an extent.

    Parameters
    ----------
    slopes
        The gradient's lengths at places spread over the extent, shape (n,).
    extent
        Of whose diagonal nine in ten steps are at most LONGEST.

    Returns
    -------
    The rates of DECADES, descending; none if there is next to no slope.

    """
    slopes = slopes[np.isfinite(slopes) & (slopes > 0)]
    longest = LONGEST * math.hypot(*extent.span) / float(np.quantile(slopes, 0.9)) if len(slopes) else math.inf
    if not 0 < longest < math.inf:
        return []
    highest = math.floor(math.log10(longest))
    powers = range(highest, highest - DECADES, -1)
    ladder = [float(f"{digit}e{power}") for power in powers for digit in (5, 2, 1)]
    return [rate for rate in ladder if rate <= longest]


def smooth_rate(objective: Objective) -> float | None:
    """Return the largest rate, 1, 2 or 5 times a power of ten, at which points go down smoothly to a hole or an edge.

    None if there is no slope.
    """
    starts = objective.extent.grid(STARTS)
    slopes = np.hypot.reduce(objective.gradient(*starts.T), axis=0)
    rates = likely_rates(slopes, objective.extent)
    smooth = (rate for rate in rates if _share_rising(objective, starts[slopes > 0], rate) <= RISING)
    return next(smooth, rates[-1]) if rates else None


def _share_rising(objective: Objective, starts: FloatArray, rate: float) -> float:
    """Return the share of steps that raise f."""
    rising = steps = 0
    position, (values, gradient) = starts, objective.value_and_gradient(*starts.T)
    for _ in range(STEPS):
        position = position - rate * gradient.T
        after, gradient = objective.value_and_gradient(*position.T)
        on = np.isfinite(after)
        rising += int((after[on] > values[on] + ROUNDING * (1 + np.abs(values[on]))).sum())
        steps += int(on.sum())
        position, values, gradient = position[on], after[on], gradient[:, on]
    return rising / max(steps, 1)
