"""How the ground looks, as numbers: its colours, its light, its contour lines, and the sides of its block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdviz.description.choices import Palette
from gdviz.extent import FloatArray
from gdviz.picture.colors import ramp
from gdviz.terrain.landscape import Landscape

LIGHT = np.array([-0.45, 0.35, 0.82]) / np.linalg.norm([-0.45, 0.35, 0.82])  # from the upper left, as on maps
# How far up the palette the ground's median height is, and its highest place at the most.
MEDIAN, BRIGHTEST = 0.46, 0.8
WALL_TOP, WALL_FOOT = 0.42, 0.10  # how bright the block's sides are
OWN = 0.35  # how much of a side's colour is the ground's at its rim; the rest is the mean ground's
CONTOURS = 18


@dataclass(frozen=True)
class Block:
    """The four sides of the block that carries the ground.

    Attributes
    ----------
    vertices
        Scene points, shape (2 n, 3): the rim, then its foot.
    triangles
        Vertex numbers, shape (m, 3).
    colors
        Linear RGB of the vertices, shape (2 n, 3).

    """

    vertices: FloatArray
    triangles: NDArray[Any]
    colors: FloatArray


def ground_colors(landscape: Landscape, palette: Palette) -> FloatArray:
    """Return linear RGB for every vertex, shape (rows, columns, 3).

    Where most of the land lies high, the palette's pale end would cover the picture, so it is not used.
    """
    heights = landscape.mesh[..., 2]
    relief = heights / landscape.height
    x, y = landscape.axes
    light = shade(heights, (x[1] - x[0], y[1] - y[0]))
    return ramp(palette, np.nan_to_num(relief) * palette_reach(relief)) * light[..., None]


def palette_reach(relief: FloatArray) -> float:
    """Return the share of a palette that a relief from 0 to 1 is coloured with, less where most of it lies high."""
    return min(BRIGHTEST, MEDIAN / max(float(np.nanmedian(relief)), 1e-9))


def contour_levels(landscape: Landscape) -> FloatArray:
    """Return the scene heights of the contour lines, shape (CONTOURS,), evenly spaced."""
    return np.linspace(0, landscape.height, CONTOURS + 2)[1:-1]


def contour_colors(landscape: Landscape, ground: FloatArray, places: FloatArray) -> FloatArray:
    """Return linear RGB, shape (n, 3), of contour lines at scene points (n, 3): lighter than the ground under them."""
    under = _at_nearest_vertex(landscape, ground, places)
    return np.asarray(under * 0.72 + 0.28 * np.sqrt(np.clip(under, 0, 1)))


def build_block(landscape: Landscape, ground: FloatArray) -> Block:
    """Return the block's sides: of the ground's own colours (rows, columns, 3) at the rim, darker at the foot."""
    rim, foot = landscape.rim, landscape.foot
    count = len(rim)
    k = np.arange(count - 1)
    triangles = np.concatenate(
        [np.stack([k, k + count, k + 1], axis=1), np.stack([k + 1, k + count, k + count + 1], axis=1)]
    )
    mean = ground.reshape(-1, 3).mean(axis=0)
    tint = OWN * _at_nearest_vertex(landscape, ground, rim) + (1 - OWN) * mean
    return Block(np.concatenate([rim, foot]), triangles, np.concatenate([tint * WALL_TOP, tint * WALL_FOOT]))


def shade(heights: FloatArray, spacing: tuple[float, float]) -> FloatArray:
    """Return how brightly each vertex of a relief (rows, columns) is lit: 1 for flat ground, less on its dark sides.

    A distant light from the upper left, with a little of the brightness that hollows lose to their surroundings.
    """
    filled = _continued(heights)
    slope_y, slope_x = np.gradient(filled, spacing[1], spacing[0])
    normal = np.stack([-slope_x, -slope_y, np.ones_like(filled)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    facing = np.clip(normal @ LIGHT, 0, None) / LIGHT[2]
    return np.asarray(0.35 + 0.65 * np.clip(facing, 0, 1.35))


def _continued(heights: FloatArray) -> FloatArray:
    """Return a relief whose holes have the height of the ground beside them, or far from it the lowest."""
    if not np.isnan(heights).any():
        return heights
    around = np.pad(heights, 1, constant_values=np.nan)
    beside = np.stack([around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:]])
    count = np.isfinite(beside).sum(axis=0)
    mean = np.where(count, np.nansum(beside, axis=0) / np.maximum(count, 1), np.nanmin(heights))
    return np.where(np.isnan(heights), mean, heights)


def _at_nearest_vertex(landscape: Landscape, colors: FloatArray, places: FloatArray) -> FloatArray:
    """Return the colours (n, 3) of the vertices that scene points (n, 3) are nearest to, seen from above."""
    rows, columns = landscape.heights.shape
    column, row = (
        np.clip(np.round((places[:, axis] / landscape.half[axis] + 1) / 2 * (count - 1)), 0, count - 1).astype(int)
        for axis, count in enumerate((columns, rows))
    )
    return np.asarray(colors[row, column])
