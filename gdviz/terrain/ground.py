"""How the ground looks, as numbers: its colours, its light, its contour lines, and the sides of its block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray
from gdviz.picture.colors import Ramp, to_linear
from gdviz.picture.themes import Theme
from gdviz.terrain.landscape import Landscape
from gdviz.terrain.light import ground_light

# How far up the palette the ground's median height is, and its highest place at the most.
MEDIAN, BRIGHTEST = 0.46, 0.8
TINT = np.array([1.2, 1.0, 0.75])  # powers of the light in red, green and blue: shadows are bluish, ridges warm
OWN = 0.35  # how much of a side's colour is the ground's at its rim; the rest is the mean ground's
CONTOURS = 18
DARKER = 0.78  # a dark contour line, as a share of the ground's light


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


def ground_colors(landscape: Landscape, ramp: Ramp) -> FloatArray:
    """Return linear RGB for every vertex, shape (rows, columns, 3)."""
    heights = landscape.mesh[..., 2]
    x, y = landscape.axes
    light = ground_light(heights, (x[1] - x[0], y[1] - y[0]))
    shares = np.nan_to_num(heights / landscape.height) * palette_reach(landscape, ramp)
    return np.asarray(ramp.colors(shares) * light[..., None] ** TINT)


def palette_reach(landscape: Landscape, ramp: Ramp) -> float:
    """Return the share of a palette that the landscape is coloured with.

    Where most of the land lies high, the pale end would cover the picture, so it is not used, unless all of it must be.
    """
    median = float(np.nanmedian(landscape.mesh[..., 2] / landscape.height))
    return 1.0 if ramp.whole else min(BRIGHTEST, MEDIAN / max(median, 1e-9))


def contour_levels(landscape: Landscape) -> FloatArray:
    """Return the scene heights of the contour lines, shape (CONTOURS,), evenly spaced."""
    return np.linspace(0, landscape.height, CONTOURS + 2)[1:-1]


def contour_colors(landscape: Landscape, ramp: Ramp, ground: FloatArray, places: FloatArray) -> FloatArray:
    """Return linear RGB, shape (n, 3), of contour lines at scene points (n, 3), on ground of these colours."""
    shares = places[:, 2] / landscape.height * palette_reach(landscape, ramp)
    return contrasting(at_nearest_vertex(landscape, ground, places), dark=ramp.has_dark_contours(shares))


def contrasting(ground: FloatArray, dark: NDArray[np.bool_]) -> FloatArray:
    """Return linear RGB (n, 3) of contour lines on ground of linear RGB (n, 3): darker, or else lighter than it."""
    return np.where(dark[:, None], DARKER * ground, ground * 0.72 + 0.28 * np.sqrt(np.clip(ground, 0, 1)))


def build_block(landscape: Landscape, ground: FloatArray, theme: Theme) -> Block:
    """Return the block's sides: of the ground's own colours (rows, columns, 3) at the rim, faded at the foot."""
    rim, foot = landscape.rim, landscape.foot
    count = len(rim)
    k = np.arange(count - 1)
    triangles = np.concatenate(
        [np.stack([k, k + count, k + 1], axis=1), np.stack([k + 1, k + count, k + count + 1], axis=1)]
    )
    mean = ground.reshape(-1, 3).mean(axis=0)
    tint = OWN * at_nearest_vertex(landscape, ground, rim) + (1 - OWN) * mean
    below = theme.wall_foot * tint + (1 - theme.wall_foot) * to_linear(np.array(theme.faded) / 255)
    return Block(np.concatenate([rim, foot]), triangles, np.concatenate([theme.wall_top * tint, below]))


def at_nearest_vertex(landscape: Landscape, colors: FloatArray, places: FloatArray) -> FloatArray:
    """Return the colours (n, 3) of the vertices that scene points (n, 3) are nearest to, seen from above."""
    last = np.array(landscape.heights.shape[::-1]) - 1
    column, row = np.clip(np.round(landscape.shares(places) * last), 0, last).astype(int).T
    return np.asarray(colors[row, column])
