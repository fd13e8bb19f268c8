"""A learning rate for a surface with holes."""

from __future__ import annotations

import math

import numpy as np

from gdviz.extent import FloatArray
from gdviz.functions.objective import Objective

STARTS = (14, 14)  # a grid of points that are tried
STEPS = 60  # of each trial
LONGEST = 0.03  # of the extent's diagonal, that nine in ten first steps are at most long
RISING = 0.02  # largest share of the steps that may raise f
ROUNDING = 1e-9  # a smaller rise is none, as a share of 1 + |f|
DECADES = 7


def smooth_rate(objective: Objective) -> float | None:
    """Return the largest rate, 1, 2 or 5 times a power of ten, at which points go down smoothly to a hole or an edge.

    None if there is no slope.
    """
    starts = objective.extent.grid(STARTS)
    slopes = np.hypot.reduce(objective.gradient(*starts.T), axis=0)
    on_slope = slopes > 0
    if not on_slope.any():
        return None
    longest = LONGEST * math.hypot(*objective.extent.span) / float(np.quantile(slopes[on_slope], 0.9))
    if not math.isfinite(longest):
        return None
    highest = math.floor(math.log10(longest))
    ladder = [float(f"{digit}e{power}") for power in range(highest, highest - DECADES, -1) for digit in (5, 2, 1)]
    rates = [rate for rate in ladder if rate <= longest]
    return next((rate for rate in rates if _share_rising(objective, starts[on_slope], rate) <= RISING), rates[-1])


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
