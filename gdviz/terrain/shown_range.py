"""Which values a picture shows: all of them, or where a function has a pole or overflows, those around most of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gdviz.extent import HUGE, Extent, FloatArray
from gdviz.functions.objective import Objective

RARE = 0.02  # the share of the values that is cut off at the side of a pole
HIGH, DEEP = 30.0, 6.0  # but no more is shown than so many times what lies on the other side of the middle value,
FENCE = 2.0  # or of functions that rise and sink without end, so many times the middle half of the values beyond it
SAMPLES = 340  # along each side, as many as the finest mesh has
CLOSER = 12  # times that the surroundings of the most extreme value are looked at, four times as closely each time
GROWTH = 8.0  # of a value in the later half of these: 1/sqrt(x) grows to 64 times, log(x) to less than twice


def shown_values(objective: Objective, extent: Extent) -> tuple[float, float]:
    """Return the lowest and the highest value that a picture of this part of a function has room for.

    Without a pole or an overflow these are -HUGE and HUGE: the picture shows everything.
    """
    places, values = _sample(objective.value, extent, SAMPLES)
    finite = values[np.isfinite(values)]
    if not finite.size:
        return -HUGE, HUGE
    middle = float(np.median(finite))
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
        return middle - min(below, DEEP * above or below), HUGE
    return -HUGE, middle + min(above, HIGH * below or above)


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
    for _ in range(CLOSER):
        if (values > HUGE).any():
            return True
        best = int(np.argmax(np.nan_to_num(values, nan=-np.inf)))
        if not highest or values[best] > highest[-1]:
            centre, top = places[:, best], float(values[best])
        highest.append(top)
        box = Extent.around(extent.clamp(np.stack([centre - reach, centre + reach])))
        places, values = _sample(value, box, 8)  # an even number: what is symmetric is not met in its middle
        reach = reach / 4
    return highest[-1] > GROWTH * highest[CLOSER // 2]
