"""The surface as numbers: a height scale, a mesh over an extent, and points draped on exactly that mesh.

Scene coordinates: the extent's longer side spans 2, its middle is the origin, heights run from 0 to about 0.6.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdviz.description.choices import HeightScale
from gdviz.errors import InputError
from gdviz.extent import HUGE, Extent, FloatArray, median, quantile
from gdviz.functions.objective import Objective
from gdviz.terrain.shown_range import clipped, shown_values
from gdviz.terrain.triangles import STEPS, mostly, on_triangles, vertex_numbers

PLINTH = 0.06  # how far the block reaches below height 0
STEEP = 0.9  # mean slope above which rough ground is drawn lower, down to half, so that its hollows can be seen
RELIEF = 0.3  # the scene's height as a share of the sum of its half sides
MAX_ASPECT = 2.5  # an extent more oblong than this is drawn as if it were not
RESOLUTIONS = (120, 170, 240, 340)  # vertices along the longer side, coarsest first
LEAST_KNEE = 1e-290  # of a logarithmic scale: dividing by less could give infinity
HALVINGS = 12  # bisection steps in a cell, to find where f ends in it
BEND = 0.004  # largest distance of the true surface from the drawn one, as a share of the height


@dataclass(frozen=True)
class Relief:
    """Values -> heights from 0 to 1: linear, or log(1 + (f - lowest) / knee).

    Attributes
    ----------
    lowest, highest
        The values drawn at heights 0 and 1.
    knee
        The rise above `lowest` at which the scale turns from linear to logarithmic; infinite for a linear scale.

    """

    lowest: float
    highest: float
    knee: float

    def __call__(self, values: FloatArray) -> FloatArray:
        """Return heights, clipped to 0 and 1; NaN stays NaN."""
        return self.unclipped(np.clip(values, self.lowest, self.highest))

    def unclipped(self, values: FloatArray) -> FloatArray:
        """Return heights, above 1 for values above the highest, and 0 for those below the lowest; NaN stays NaN."""
        rise = np.maximum(values, self.lowest) - self.lowest
        span = self.highest - self.lowest
        if span <= LEAST_KNEE:
            return np.zeros_like(rise)
        if np.isinf(self.knee):
            return np.asarray(rise / span)
        return np.asarray(np.log1p(rise / self.knee) / np.log1p(span / self.knee))

    def values_at(self, heights: FloatArray) -> FloatArray:
        """Return the values drawn at heights from 0 to 1."""
        span = self.highest - self.lowest
        if span <= LEAST_KNEE:
            return np.full_like(heights, self.lowest)
        if np.isinf(self.knee):
            return np.asarray(self.lowest + heights * span)
        return np.asarray(self.lowest + self.knee * np.expm1(heights * np.log1p(span / self.knee)))


def choose_relief(values: FloatArray, scale: HeightScale) -> Relief:
    """Return the relief that shows these values best.

    A landscape whose middle value lies low between its extremes, as where a function spans decades, would be drawn as
    a flat plain with a few peaks; AUTO then lifts the median to a third of the height.
    """
    finite = values[np.isfinite(values)]
    lowest, highest = float(finite.min()), float(finite.max())
    linear = Relief(lowest, highest, np.inf)
    span, middle = highest - lowest, median(finite) - lowest
    if scale is HeightScale.LINEAR or span <= LEAST_KNEE or middle <= 0:
        return linear
    target = 1 / 3
    if scale is HeightScale.AUTO and middle / span >= 0.2:
        return linear
    knees = span * np.concatenate([np.logspace(1, -12, 261), np.logspace(-12, -280, 5361)[1:]])
    knees = knees[knees > LEAST_KNEE]
    medians = np.log1p(middle / knees) / np.log1p(span / knees)
    return Relief(lowest, highest, float(knees[min(int(np.searchsorted(medians, target)), len(knees) - 1)]))


@dataclass(frozen=True)
class Landscape:
    """A mesh of (rows, columns) vertices over the extent, and the map from the function's coordinates to the scene's.

    Attributes
    ----------
    extent
        What it covers, in the function's coordinates.
    half
        Half the scene's extent in x and in y.
    height
        The scene's height of relief 1.
    relief
        Values -> relief.
    values
        f at the vertices as far as it is shown, shape (rows, columns); y grows with the row.
    heights
        Scene heights of the vertices on the drawn triangles, same shape; NaN where f has no value.
    mesh
        The vertices in the scene, shape (rows, columns, 3). Those without a value stand at the edge of the ground if
        they are next to it; others have a height of NaN.
    step
        How many cells long and wide the drawn triangles are. Vertices within and between them lie on them.

    """

    extent: Extent
    half: tuple[float, float]
    height: float
    relief: Relief
    values: FloatArray
    heights: FloatArray
    mesh: FloatArray
    step: int = 1

    @property
    def contoured(self) -> FloatArray:
        """The heights from which contour lines are cut, shape (rows, columns): finer than large triangles have them."""
        return self.mesh[..., 2] if self.step == 1 else self.height * self.relief(self.values)

    @property
    def rim(self) -> FloatArray:
        """The triangles' outer vertices, once around and back to the first, shape (n, 3); height 0 at holes."""
        rows, columns = self.heights.shape
        below, beside = np.arange(columns), np.arange(1, rows)
        row = np.concatenate([0 * below, beside, 0 * below[1:] + rows - 1, beside[::-1] - 1])
        column = np.concatenate([below, 0 * beside + columns - 1, below[-2::-1], 0 * beside])
        return np.asarray(np.nan_to_num(self.mesh[row, column])[:: self.step])

    @property
    def foot(self) -> FloatArray:
        """The lower edge of the block that carries the ground, under the rim, shape (n, 3)."""
        return np.asarray(self.rim * [1, 1, 0] - [0, 0, PLINTH])

    @property
    def outline(self) -> FloatArray:
        """Points that a picture must contain, shape (n, 3): the rim, its foot, and every tenth vertex."""
        inner = self.mesh[::10, ::10].reshape(-1, 3)
        return np.concatenate([self.rim, self.foot, inner[np.isfinite(inner[:, 2])]])

    @property
    def corners(self) -> FloatArray:
        """The corners of the upright box that holds all of it and its block, shape (8, 3)."""
        x, y = self.half
        return np.array([(a, b, c) for a in (-x, x) for b in (-y, y) for c in (-PLINTH, self.height)])

    @property
    def steepest(self) -> float:
        """How steep the steepest ground is, rise over run, but for a thousandth of it; 0 if that is not known."""
        slopes = _slopes(self.mesh[..., 2], self.half)
        return quantile(slopes, 0.999) if slopes.size else 0.0

    @property
    def axes(self) -> tuple[FloatArray, FloatArray]:
        """The scene's x of the columns and y of the rows."""
        rows, columns = self.heights.shape
        return _axes(self.half, rows, columns)

    @property
    def cell(self) -> tuple[float, float]:
        """A cell's extent in the function's x and y."""
        rows, columns = self.heights.shape
        width, depth = self.extent.span
        return float(width) / (columns - 1), float(depth) / (rows - 1)

    def drape(self, points: FloatArray) -> FloatArray:
        """Return points (..., 2) of the extent as scene points (..., 3) on the drawn triangles.

        Every cell is split along the diagonal from its low to its high corner; the height is the triangle's own.
        """
        xmin, ymin = self.extent.low
        dx, dy = self.cell
        heights = on_triangles(self.heights, (points[..., 1] - ymin) / dy, (points[..., 0] - xmin) / dx)
        return np.concatenate([self.to_scene(points), heights[..., None]], axis=-1)

    def to_scene(self, points: FloatArray) -> FloatArray:
        """Return points (..., 2) of the extent in the scene's ground plane, (..., 2)."""
        return np.asarray((2 * self.extent.shares(points) - 1) * np.array(self.half))

    def shares(self, places: FloatArray) -> FloatArray:
        """Return where scene points (..., 2 or 3) are along x and y: from 0 at the lower end to 1, shape (..., 2)."""
        return np.asarray((places[..., :2] / np.array(self.half) + 1) / 2)

    def triangles(self) -> NDArray[Any]:
        """Return the vertex numbers of the triangles, shape (n, 3), counter-clockwise from above; holes left out."""
        both = vertex_numbers(self.heights.shape)
        drawn, defined = np.isfinite(self.mesh[..., 2]).ravel()[both], np.isfinite(self.heights).ravel()[both]
        return np.asarray(both[drawn.all(axis=1) & defined.any(axis=1)])


def build_landscape(
    objective: Objective, extent: Extent, scale: HeightScale, pixels: int = RESOLUTIONS[-1], coarser: int = 1
) -> Landscape:
    """Sample a function of two variables over an extent, as finely as its bends need, or so many times coarser.

    A mesh finer than the longer side of the picture, in `pixels`, would show nothing more and is not made.

    Raises
    ------
    InputError
        If f has no finite value anywhere in the extent.

    """
    half, shown = _half_extent(extent), shown_values(objective, extent)
    coarsest, *finer_ones = (resolution // coarser for resolution in RESOLUTIONS)
    values = clipped(_sample(objective, extent, half, coarsest), shown)
    jagged = shown != (-HUGE, HUGE) or bool(np.isnan(values).any())  # at the edges of holes and the walls of poles
    for finer in finer_ones:
        if finer > pixels or (not jagged and _largest_bend(choose_relief(values, scale)(values)) <= BEND * coarser**2):
            break
        values = clipped(_sample(objective, extent, half, finer), shown)
    if not jagged:
        values = _divisible(objective, extent, values)
    relief = choose_relief(values, scale)
    share = relief(values)
    height = RELIEF * (half[0] + half[1])
    height *= float(np.clip(STEEP / (height * _mean_slope(share, half)), 0.5, 1.0))
    edged, shifts = _moved_to_edges(objective, extent, values)
    x, y = _axes(half, *values.shape)
    flat = np.stack(np.meshgrid(x, y), axis=-1) + shifts * (x[1] - x[0], y[1] - y[0])
    mesh = np.concatenate([flat, height * relief(edged)[..., None]], axis=-1)
    return Landscape(extent, half, height, relief, values, height * share, mesh)


def _half_extent(extent: Extent) -> tuple[float, float]:
    width, depth = (float(side) for side in extent.span)
    ratio = min(max(width / depth, 1 / MAX_ASPECT), MAX_ASPECT)
    return (1.0, 1 / ratio) if ratio >= 1 else (ratio, 1.0)


def _sample(objective: Objective, extent: Extent, half: tuple[float, float], resolution: int) -> FloatArray:
    columns, rows = (max(2, round(resolution * side)) for side in half)
    x, y = np.meshgrid(*extent.axes((columns, rows)))
    values = objective.value(x, y)
    if not np.isfinite(values).any():
        raise InputError("the function has no finite value anywhere in the extent; choose another")
    return values


def _divisible(objective: Objective, extent: Extent, values: FloatArray) -> FloatArray:
    """Return values (rows, columns) at a few more vertices, so that large triangles can be laid on them.

    Some are then in the middle of the extent, where a function may have no value, as x/x at 0: then they are not.
    """
    rows, columns = (math.ceil((side - 1) / STEPS[0]) * STEPS[0] + 1 for side in values.shape)
    more = objective.value(*np.meshgrid(*extent.axes((columns, rows))))
    return more if np.isfinite(more).all() else values


def _axes(half: tuple[float, float], rows: int, columns: int) -> tuple[FloatArray, FloatArray]:
    return np.linspace(-half[0], half[0], columns), np.linspace(-half[1], half[1], rows)


def _moved_to_edges(objective: Objective, extent: Extent, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Move vertices just outside f's domain to its edge, so that the mesh ends there smoothly and not in steps.

    A vertex without a value that has neighbours with one is moved along the mesh edges towards them. On each such edge
    bisection finds where f begins to have a value; of these places the nearest to the vertex is taken. Vertices on the
    mesh's rim move only along the rim, which stays straight; vertices with a value stay.

    Parameters
    ----------
    objective, extent
        What was sampled, and where.
    values
        f at the vertices, shape (rows, columns), NaN where it has no value.

    Returns
    -------
    edged
        The values with those at the new places, shape (rows, columns); NaN where no neighbour has one.
    shifts
        How far each vertex moved in x and y, in cells, shape (rows, columns, 2).

    """
    rows, columns = values.shape
    x, y = extent.axes((columns, rows))
    edged, shifts = values.copy(), np.zeros((rows, columns, 2))
    nearest = np.where(np.isnan(values), np.inf, 0.0)
    row, column = np.nonzero(np.isnan(values))
    for across, up in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)):
        i, j = np.clip(row + up, 0, rows - 1), np.clip(column + across, 0, columns - 1)
        inner_row, inner_column = (row > 0) & (row < rows - 1), (column > 0) & (column < columns - 1)
        stays = (inner_row | (up == 0)) & (inner_column | (across == 0))
        way = np.flatnonzero(stays & ~np.isnan(values[i, j]))
        i, j = row[way], column[way]
        outside, inside = np.zeros(len(way)), np.ones(len(way))  # shares of the way to the neighbour
        for _ in range(HALVINGS):
            share = (outside + inside) / 2
            has = ~np.isnan(objective.value(x[j] + share * across * (x[1] - x[0]), y[i] + share * up * (y[1] - y[0])))
            outside, inside = np.where(has, outside, share), np.where(has, share, inside)
        closer = inside < nearest[i, j]
        i, j, share = i[closer], j[closer], inside[closer]
        nearest[i, j] = share
        shifts[i, j] = share[:, None] * (across, up)
        edged[i, j] = objective.value(x[j] + share * across * (x[1] - x[0]), y[i] + share * up * (y[1] - y[0]))
    return edged, shifts


def _slopes(heights: FloatArray, half: tuple[float, float]) -> FloatArray:
    """Return the steepness of heights over the scene's ground, rise over run, where it is known, shape (n,)."""
    rows, columns = heights.shape
    slopes = np.hypot(*np.gradient(heights, 2 * half[1] / (rows - 1), 2 * half[0] / (columns - 1)))
    return np.asarray(slopes[np.isfinite(slopes)])


def _mean_slope(relief: FloatArray, half: tuple[float, float]) -> float:
    """Return the mean steepness of a relief of height 1 over the scene's ground; a little more than 0 if it is flat."""
    slopes = _slopes(relief, half)
    return max(float(slopes.mean()), 1e-9) if slopes.size else 1e-9


def _largest_bend(relief: FloatArray) -> float:
    """Return how far the true surface strays from the mesh between vertices, in its 98th percentile.

    That is about a quarter of how far a vertex lies from the line between its two neighbours.
    """
    bends = [
        np.abs(relief[1:-1] - (relief[2:] + relief[:-2]) / 2),
        np.abs(relief[:, 1:-1] - (relief[:, 2:] + relief[:, :-2]) / 2),
    ]
    every = np.concatenate([bend[np.isfinite(bend)] for bend in bends])
    return mostly(every) / 4 if every.size else 0.0
