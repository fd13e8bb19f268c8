"""The light on a relief, as numbers: what faces the sun, what lies in its shadow, what is deep and what stands out.

It is computed once for a landscape, from its heights alone. Heights and distances are in scene units.
"""

from __future__ import annotations

import numpy as np

from gdviz.extent import FloatArray

LIGHT = np.array([-0.45, 0.35, 0.82]) / np.linalg.norm([-0.45, 0.35, 0.82])  # from the upper left, as on maps
EVERYWHERE = 0.16  # the share of the light that reaches even the darkest places
FINEST = 170  # vertices along the longer side of the relief that is looked at: its light is soft, more would not show

DIRECTIONS = 24  # in which a vertex looks for its horizon
STEPS = 28  # in each direction, at distances that grow geometrically
REACH = 1.0  # the farthest distance
FADE = 0.5  # the distance at which a rise counts half: what is near shapes the light most
OCCLUSION = 0.6  # how much darker it is where nothing of the sky is seen

SUN_SLOPE = 0.55  # of the rays that cast shadows: lower than LIGHT's, or few hills would cast any
SOFTNESS = 0.55  # half the range of slopes over which the sun goes down behind a hill
SPREAD = np.radians([-18, -9, 0, 9, 18])  # directions beside the sun's, over which shadows are averaged
SHADOW = 0.35  # how much darker it is in full shadow

AROUND = 0.14  # how far the surroundings reach from which ground stands out
PROMINENT = 0.025  # the height above the surroundings from which it hardly becomes brighter
RIDGE = 0.25  # how much brighter it is there, as an exponent; in a hollow, darker


def ground_light(heights: FloatArray, spacing: tuple[float, float]) -> FloatArray:
    """Return how brightly each vertex of a relief is lit: 1 on flat open ground, less in hollows, more on ridges.

    Parameters
    ----------
    heights
        Of the vertices, shape (rows, columns); NaN where there is no ground.
    spacing
        The distance from column to column, and from row to row.

    """
    filled = _continued(heights)
    rows, columns = filled.shape
    share = min(1.0, FINEST / max(rows, columns))
    coarse = _resampled(filled - filled.min(), (max(2, round(rows * share)), max(2, round(columns * share))))
    steps = (spacing[0] * (columns - 1) / (coarse.shape[1] - 1), spacing[1] * (rows - 1) / (coarse.shape[0] - 1))
    soft = (1 - OCCLUSION * occlusion(coarse, steps)) * (1 - SHADOW * shadow(coarse, steps))
    soft *= np.exp(RIDGE * np.tanh(prominence(coarse, steps) / PROMINENT))
    light = slope_light(filled, spacing) * _resampled(_smoothed(soft), (rows, columns))
    return np.asarray(EVERYWHERE + (1 - EVERYWHERE) * light)


def slope_light(heights: FloatArray, spacing: tuple[float, float]) -> FloatArray:
    """Return how brightly a distant light from the upper left lights each vertex, by its slope alone; 1 on flat ground.

    The arguments are those of `ground_light`, without holes.
    """
    slope_y, slope_x = np.gradient(heights, spacing[1], spacing[0])
    normal = np.stack([-slope_x, -slope_y, np.ones_like(heights)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    facing = np.clip(normal @ LIGHT, 0, None) / LIGHT[2]
    return np.asarray(0.35 + 0.65 * np.clip(facing, 0, 1.35))


def occlusion(heights: FloatArray, spacing: tuple[float, float]) -> FloatArray:
    """Return the share of the sky that the ground around hides from each vertex, beyond what its own slope hides.

    It is 0 on a plane up to its edge, since beyond the edge the sky is open. The arguments are those of `ground_light`,
    without holes.
    """
    hidden = np.zeros(heights.shape)
    for angle in 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS:
        own, more = _horizon(heights, spacing, angle)
        hidden += _sine(own + more) - _sine(own)
    return hidden / DIRECTIONS


def shadow(heights: FloatArray, spacing: tuple[float, float]) -> FloatArray:
    """Return how deep in the shadow of a low, soft sun each vertex is: 0 in the sun, 1 where nothing of it is seen.

    The arguments are those of `ground_light`, without holes.
    """
    dark = np.zeros(heights.shape)
    for angle in np.arctan2(LIGHT[1], LIGHT[0]) + SPREAD:
        own, more = _horizon(heights, spacing, angle)
        share = np.clip((own + more - SUN_SLOPE) / (2 * SOFTNESS) + 0.5, 0, 1)
        dark += share * share * (3 - 2 * share)
    return dark / len(SPREAD)


def prominence(heights: FloatArray, spacing: tuple[float, float]) -> FloatArray:
    """Return how far each vertex is above the mean of the ground around it; 0 on a plane up to its edge.

    The arguments are those of `ground_light`, without holes.
    """
    around = heights
    for axis, step in ((1, spacing[0]), (0, spacing[1])):
        count = heights.shape[axis]
        reach = max(1, min(round(AROUND / step), count - 1))
        weights = 1 + np.cos(np.pi * np.arange(-reach, reach + 1) / (reach + 1))
        widths = [(reach, reach) if each == axis else (0, 0) for each in (0, 1)]
        padded = np.pad(around, widths, mode="reflect", reflect_type="odd")
        shifted = (weight * np.take(padded, np.arange(count) + k, axis) for k, weight in enumerate(weights))
        around = np.sum(list(shifted), axis=0) / weights.sum()
    return heights - around


def _horizon(heights: FloatArray, spacing: tuple[float, float], angle: float) -> tuple[FloatArray, FloatArray]:
    """Return the slope of the horizon that each vertex sees in a direction, in two parts.

    Returns
    -------
    own
        How steeply the ground rises at the vertex itself; 0 where it falls.
    more
        How much steeper the steepest ray is that the ground stops. Rays go to the vertices nearest to the distances
        looked at, so that nothing has to be interpolated, and each is compared with the ground's slope in its own way.

    """
    rows, columns = heights.shape
    low = heights.astype(np.float32)  # half the memory is twice the speed
    across, up = (float(step) for step in spacing)
    slope_y, slope_x = np.asarray(np.gradient(heights, up, across), dtype=np.float32)
    # Rounded, so that a ray between two vertices goes the same way in mirrored directions.
    cosine, sine = round(float(np.cos(angle)), 9), round(float(np.sin(angle)), 9)
    own = np.maximum(cosine * slope_x + sine * slope_y, 0)
    more = np.zeros_like(own)
    distances = np.geomspace(min(across, up), REACH, STEPS)
    columns_on = np.rint(distances * cosine / across).astype(int).tolist()
    rows_on = np.rint(distances * sine / up).astype(int).tolist()
    for j, i in sorted({*zip(columns_on, rows_on, strict=True)} - {(0, 0)}):
        if abs(i) >= rows or abs(j) >= columns:
            continue
        here = slice(max(0, -i), rows - max(0, i)), slice(max(0, -j), columns - max(0, j))
        there = slice(max(0, i), rows - max(0, -i)), slice(max(0, j), columns - max(0, -j))
        x, y = j * across, i * up
        distance = float(np.hypot(x, y))
        slope = (low[there] - low[here]) * (1 / (distance * (1 + (distance / FADE) ** 2)))
        slope -= np.maximum((x / distance) * slope_x[here] + (y / distance) * slope_y[here], 0)
        np.maximum(more[here], slope, out=more[here])
    return own.astype(np.float64), more.astype(np.float64)


def _sine(slope: FloatArray) -> FloatArray:
    return np.asarray(slope / np.sqrt(1 + slope * slope))


def _smoothed(light: FloatArray) -> FloatArray:
    """Return the mean of each vertex and its neighbours, in which single rays do not show."""
    for axis, count in enumerate(light.shape):
        padded = np.pad(light, [(1, 1) if each == axis else (0, 0) for each in (0, 1)], mode="edge")
        before, after = (np.take(padded, np.arange(count) + shift, axis) for shift in (0, 2))
        light = light / 2 + (before + after) / 4
    return light


def _resampled(values: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Return values (rows, columns) at as many evenly spaced vertices as `shape` says, mixed from the nearest."""
    for axis, count in enumerate(shape):
        before = values.shape[axis]
        if before == count:
            continue
        at = np.linspace(0, before - 1, count)
        low = np.minimum(at.astype(int), before - 2)
        share = np.expand_dims(at - low, 1 - axis)
        values = (1 - share) * np.take(values, low, axis) + share * np.take(values, low + 1, axis)
    return values


def _continued(heights: FloatArray) -> FloatArray:
    """Return a relief whose holes have the height of the ground beside them, or far from it the lowest."""
    if not np.isnan(heights).any():
        return heights
    around = np.pad(heights, 1, constant_values=np.nan)
    beside = np.stack([around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:]])
    count = np.isfinite(beside).sum(axis=0)
    mean = np.where(count, np.nansum(beside, axis=0) / np.maximum(count, 1), np.nanmin(heights))
    return np.where(np.isnan(heights), mean, heights)
