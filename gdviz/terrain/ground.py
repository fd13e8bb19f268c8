"""How the ground looks, as numbers: its colours, its light, its contour lines, and the sides of its block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray, median
from gdviz.picture.colors import Ramp, to_bytes, to_linear
from gdviz.picture.themes import Theme
from gdviz.terrain.landscape import Landscape
from gdviz.terrain.light import ground_light
from gdviz.terrain.triangles import STEPS, flattened, mostly, vertex_numbers

# How far up the palette the ground's median height is, and its highest place at the most.
MEDIAN, BRIGHTEST = 0.46, 0.8
TINT = np.array([1.2, 1.0, 0.75])  # powers of the light in red, green and blue: shadows are bluish, ridges warm
OWN = 0.35  # how much of a side's colour is the ground's at its rim; the rest is the mean ground's
TINGE = 2.0  # largest difference of a drawn colour from the true one, in steps of 255
OFF = 1.25  # pixels by which nearly all of a drawn surface is off the true one, at the most
PICTURE = 2.4  # scene units along the longer side of a picture
CONTOURS = 18
DARKER = 0.78  # a dark contour line, as a share of the ground's light


@dataclass(frozen=True)
class Mesh:
    """Triangles to draw.

    Attributes
    ----------
    vertices
        Scene points, shape (n, 3).
    triangles
        Vertex numbers, shape (m, 3).
    colors
        Linear RGB of the vertices, shape (n, 3).

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


def with_large_triangles(landscape: Landscape, colors: FloatArray, pixels: int) -> Landscape:
    """Return a landscape with the largest triangles that do not show in a picture.

    To draw a triangle takes longer than to draw the pixels in it. A landscape with holes is returned as it is.

    Parameters
    ----------
    landscape
        As finely as it was sampled.
    colors
        Linear RGB of the vertices, shape (rows, columns, 3).
    pixels
        The longer side of the picture.

    """
    if not np.isfinite(landscape.heights).all():
        return landscape
    codes = to_bytes(colors).astype(np.float64)
    for step in STEPS:
        if any((side - 1) % step for side in landscape.heights.shape):
            continue
        heights = flattened(landscape.heights, step)
        bends, tinges = np.abs(heights - landscape.heights), np.abs(flattened(codes, step) - codes)
        if mostly(bends) <= OFF * PICTURE / pixels and mostly(tinges) <= TINGE:
            mesh = np.concatenate([landscape.mesh[..., :2], heights[..., None]], axis=-1)
            return replace(landscape, heights=heights, mesh=mesh, step=step)
    return landscape


def palette_reach(landscape: Landscape, ramp: Ramp) -> float:
    """Return the share of a palette that the landscape is coloured with.

    Where most of the land lies high, the pale end would cover the picture, so it is not used, unless all of it must be.
    """
    shares = landscape.mesh[..., 2] / landscape.height
    return 1.0 if ramp.whole else min(BRIGHTEST, MEDIAN / max(median(shares[~np.isnan(shares)]), 1e-9))


def build_ground(landscape: Landscape, colors: FloatArray) -> Mesh:
    """Return the ground's triangles, as large as the landscape's are; colours are given for all vertices."""
    some = slice(None, None, landscape.step)
    vertices = landscape.mesh[some, some]
    triangles = landscape.triangles() if landscape.step == 1 else vertex_numbers(vertices.shape[:2])
    return Mesh(np.nan_to_num(vertices).reshape(-1, 3), triangles, colors[some, some].reshape(-1, 3))


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


def build_block(landscape: Landscape, ground: FloatArray, theme: Theme) -> Mesh:
    """Return the four sides of the block that carries the ground: the rim's vertices, then those of its foot.

    They are of the ground's own colours (rows, columns, 3) at the rim, faded at the foot.
    """
    rim, foot = landscape.rim, landscape.foot
    count = len(rim)
    k = np.arange(count - 1)
    triangles = np.concatenate(
        [np.stack([k, k + count, k + 1], axis=1), np.stack([k + 1, k + count, k + count + 1], axis=1)]
    )
    mean = ground.reshape(-1, 3).mean(axis=0)
    tint = OWN * at_nearest_vertex(landscape, ground, rim) + (1 - OWN) * mean
    below = theme.wall_foot * tint + (1 - theme.wall_foot) * to_linear(np.array(theme.faded) / 255)
    return Mesh(np.concatenate([rim, foot]), triangles, np.concatenate([theme.wall_top * tint, below]))


def at_nearest_vertex(landscape: Landscape, colors: FloatArray, places: FloatArray) -> FloatArray:
    """Return the colours (n, 3) of the vertices that scene points (n, 3) are nearest to, seen from above."""
    last = np.array(landscape.heights.shape[::-1]) - 1
    column, row = np.clip(np.round(landscape.shares(places) * last), 0, last).astype(int).T
    return np.asarray(colors[row, column])
