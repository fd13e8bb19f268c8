"""Which values a picture shows: all of them, or where a function has a pole or overflows, those around most of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gdviz.extent import HUGE, Extent, FloatArray, median
from gdviz.functions.objective import Objective

RARE = 0.02  # share of the values that is cut off on the side of a pole
# How far the shown range reaches towards a pole, as a multiple of what it shows on the other side of the median.
UPWARD, DOWNWARD = 30.0, 6.0
FENCE = (
    2.0  # where f rises and falls without end: how far the range exceeds the middle half of the values, in its lengths
)
SAMPLES = 340  # grid points along each side, as many as the finest mesh has
ZOOMS = 12  # how often the surroundings of the most extreme value are sampled, each time 4 times as closely
GROWTH = 8.0  # f has a pole if it grows more than this in the later half of the zooms: log(x) grows less than 2 times


def shown_values(objective: Objective, extent: Extent) -> tuple[float, float]:
    """Return the lowest and the highest value that a picture of this part of a function has room for.

    Without a pole or an overflow these are -HUGE and HUGE: the picture shows everything.
    """
    places, values = _sample(objective.value, extent, SAMPLES)
    finite = values[np.isfinite(values)]
    if not finite.size:
        return -HUGE, HUGE
    middle = median(finite)
    with np.errstate(over="ignore", invalid="ignore"):
        sinks = _grows_without_end(lambda *at: middle - objective.value(*at), places, middle - values, extent)
        rises = _grows_without_end(lambda *at: objective.value(*at) - middle, places, values - middle, extent)
    if not (sinks or rises):
        return -HUGE, HUGE
    shares = [RARE, 0.25, 0.75, 1 - RARE]
    low, lower, upper, high = (float(each) for each in np.quantile(np.clip(finite, -HUGE, HUGE), shares))
    if sinks and rises:
        fence = FENCE * (upper - lower) or HUGE
        return max(low, lower - fence), min(high, upper + fence)
    below, above = middle - low, high - middle
    if sinks:
        return middle - min(below, DOWNWARD * above or below), HUGE
    return -HUGE, middle + min(above, UPWARD * below or above)


def clipped(values: FloatArray, shown: tuple[float, float]) -> FloatArray:
    """Return values cut to those shown; infinity becomes the most extreme of those that are finite, NaN stays."""
    finite = values[np.isfinite(values)]
    return np.clip(values, max(shown[0], float(finite.min())), min(shown[1], float(finite.max())))


def _sample(value: Callable[..., FloatArray], box: Extent, samples: int) -> tuple[FloatArray, FloatArray]:
    """Return places all over a box, shape (dimension, n), and f there, shape (n,)."""
    axes = box.axes((samples,) * box.dimension)
    places = np.stack(np.meshgrid(*axes)).reshape(len(axes), -1)
    return places, value(*places)


def _grows_without_end(
    value: Callable[..., FloatArray], places: FloatArray, values: FloatArray, extent: Extent
) -> bool:
    """Return whether f goes on growing the closer one looks at where it is highest, or is beyond HUGE anywhere."""
    reach = extent.span / (SAMPLES - 1)
    highest: list[float] = []
    for _ in range(ZOOMS):
        if (values > HUGE).any():
            return True
        best = int(np.argmax(np.nan_to_num(values, nan=-np.inf)))
        if not highest or values[best] > highest[-1]:
            centre, top = places[:, best], float(values[best])
        highest.append(top)
        box = Extent.around(extent.clamp(np.stack([centre - reach, centre + reach])))
        places, values = _sample(value, box, 8)  # even, so that the middle of a symmetric peak is not sampled
        reach = reach / 4
    return highest[-1] > GROWTH * highest[ZOOMS // 2]
