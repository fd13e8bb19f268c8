"""Bicubic splines: twice continuously differentiable surfaces through a grid of samples, which may have holes.

At each sample the slopes in x and y and the mixed second derivative are found once, so that in each cell the surface is
the bicubic Hermite polynomial of its four corners (de Boor, J. Math. Phys. 41, 1962). At a sample it is that sample, to
the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray

CUBIC = 4  # samples along an axis from which on the surface is cubic along it; with fewer it is linear
CHUNK = 8192  # places that are computed at once: their numbers stay in the processor's cache
EVEN = 1e-9  # largest difference from even spacing, in spacings, at which cells are found by division


@dataclass(frozen=True)
class Weights:
    """What the two ends of a cell count at places in it.

    Attributes
    ----------
    rise
        That of the rise from the lower end to the upper one.
    lower_slope, upper_slope
        Those of the slopes at both ends.
    upper
        Of the surface itself: whether it is the upper end to which this is added. So the surface is exact at both, and
        exactly flat between ends that are the same. None for a derivative, in which there is only the rise.

    """

    rise: FloatArray
    lower_slope: FloatArray
    upper_slope: FloatArray
    upper: NDArray[np.bool_] | None = None

    def __call__(
        self, lower: FloatArray, upper: FloatArray, lower_slope: FloatArray, upper_slope: FloatArray
    ) -> FloatArray:
        """Return the surface or its derivative between the numbers at both ends."""
        found: FloatArray = self.rise * (upper - lower)
        found += self.lower_slope * lower_slope
        found += self.upper_slope * upper_slope
        if self.upper is not None:
            found += np.where(self.upper, upper, lower)
        return found


@dataclass(frozen=True)
class Axis:
    """The coordinates of the samples along one axis.

    Attributes
    ----------
    nodes
        The coordinates, ascending, shape (n,), n at least 2.
    steps
        The distances between them, shape (n - 1,).
    even
        Whether all are the same, but for rounding.

    """

    nodes: FloatArray
    steps: FloatArray
    even: bool

    @classmethod
    def of(cls, nodes: FloatArray) -> Axis:
        """Return the axis with these nodes."""
        return cls(nodes, np.diff(nodes), unevenness(nodes) < EVEN)

    def cells(self, places: FloatArray) -> NDArray[np.intp]:
        """Return the number of the cell that holds each place; of the nearest one for a place beyond the ends."""
        last = len(self.steps) - 1
        if not self.even:
            return np.clip(np.searchsorted(self.nodes, places, side="right") - 1, 0, last)
        shares = (places - self.nodes[0]) * (len(self.steps) / (self.nodes[-1] - self.nodes[0]))
        return np.asarray(np.clip(shares, 0, last).astype(np.intp))

    def weights(self, cells: NDArray[np.intp], places: FloatArray, order: int) -> list[Weights]:
        """Return what a cell's ends count in the surface, and in its derivatives up to an order."""
        step = self.steps[cells]
        u = (places - self.nodes[cells]) / step
        v, upper = 1 - u, u > 0.5
        if len(self.nodes) < CUBIC:
            zero = np.zeros_like(u)
            linear = [Weights(np.where(upper, -v, u), zero, zero, upper), Weights(1 / step, zero, zero)]
            return [*linear, Weights(zero, zero, zero)][: order + 1]
        share = np.where(upper, -v * v * (1 + 2 * u), u * u * (3 - 2 * u))
        found = [Weights(share, step * (u * v * v), -step * (u * u * v), upper)]
        if order > 0:
            found.append(Weights(6 * u * v / step, v * (1 - 3 * u), u * (3 * u - 2)))
        if order > 1:
            found.append(Weights((6 - 12 * u) / (step * step), (6 * u - 4) / step, (6 * u - 2) / step))
        return found


@dataclass(frozen=True)
class Spline:
    """A surface through samples.

    Attributes
    ----------
    x, y
        The coordinates of the samples' columns and rows.
    corners
        At each sample f, its slopes in x and in y, and its mixed second derivative: shape (rows * columns, 4).
    whole
        Which cells have a sample at each corner, shape ((rows - 1) * (columns - 1),); the others are holes. None if all
        have.

    """

    x: Axis
    y: Axis
    corners: FloatArray
    whole: NDArray[np.bool_] | None

    def derivatives(self, x: FloatArray, y: FloatArray, wanted: Sequence[tuple[int, int]]) -> FloatArray:
        """Return derivatives of the surface at places; NaN in holes and beyond the samples.

        Parameters
        ----------
        x, y
            The places, each of shape (n,).
        wanted
            How often each derivative is taken in x and in y: (0, 0) is f itself; at most twice in each.

        Returns
        -------
        The derivatives, shape (len(wanted), n).

        """
        found = np.empty((len(wanted), len(x)))
        for start in range(0, len(x), CHUNK):
            some = slice(start, start + CHUNK)
            self._fill(found[:, some], x[some], y[some], wanted)
        return found

    def _fill(self, found: FloatArray, x: FloatArray, y: FloatArray, wanted: Sequence[tuple[int, int]]) -> None:
        columns = len(self.x.nodes)
        lost = ~((x >= self.x.nodes[0]) & (x <= self.x.nodes[-1])) | ~((y >= self.y.nodes[0]) & (y <= self.y.nodes[-1]))
        x, y = np.where(lost, self.x.nodes[0], x), np.where(lost, self.y.nodes[0], y)
        column, row = self.x.cells(x), self.y.cells(y)
        if self.whole is not None:
            column, row = self._beside_holes(column, row, x, y)
            lost |= ~self.whole[row * (columns - 1) + column]
        along = self.x.weights(column, x, max(times for times, _ in wanted))
        across = self.y.weights(row, y, max(times for _, times in wanted))
        place = row * columns + column
        low, high = ([self._numbers(at), self._numbers(at + 1)] for at in (place, place + columns))
        edges = {
            times: [
                (along[times](left[0], right[0], left[1], right[1]), along[times](left[2], right[2], left[3], right[3]))
                for left, right in (low, high)
            ]
            for times in {times for times, _ in wanted}
        }
        for number, (in_x, in_y) in enumerate(wanted):
            (below, below_slope), (above, above_slope) = edges[in_x]
            found[number] = across[in_y](below, above, below_slope, above_slope)
        found[:, lost] = np.nan

    def _numbers(self, places: NDArray[np.intp]) -> FloatArray:
        """Return what is known at samples, shape (4, n)."""
        return np.ascontiguousarray(np.take(self.corners, places, axis=0).T)

    def _beside_holes(
        self, column: NDArray[np.intp], row: NDArray[np.intp], x: FloatArray, y: FloatArray
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the places' cells; of a place between a hole and a cell, the cell, to which its edge belongs."""
        assert self.whole is not None
        across = len(self.x.nodes) - 1
        for left, down in ((1, 0), (0, 1), (1, 1)):
            at_edge = ~self.whole[row * across + column]
            at_edge &= (x == self.x.nodes[column]) & (column > 0) if left else True
            at_edge &= (y == self.y.nodes[row]) & (row > 0) if down else True
            some = np.flatnonzero(at_edge)
            some = some[self.whole[(row[some] - down) * across + column[some] - left]]
            column[some] -= left
            row[some] -= down
        return column, row


def build_spline(x: FloatArray, y: FloatArray, values: FloatArray) -> Spline:
    """Return the surface through samples.

    Along each row and each column a cubic spline goes through the samples between two holes; at its ends the cubics of
    the last two intervals are one ("not a knot"). So no number is made up for what is missing.

    Parameters
    ----------
    x, y
        The coordinates of the columns and the rows, ascending, at least two of each.
    values
        The samples, shape (rows, columns); NaN where there is none.

    """
    across, up = Axis.of(x), Axis.of(y)
    # What overflows, where steps differ by a hundred powers of ten, has no slope.
    with np.errstate(over="ignore", invalid="ignore"):
        return _built(across, up, values)


def _built(across: Axis, up: Axis, values: FloatArray) -> Spline:
    corners = np.empty((*values.shape, 4))
    corners[..., 0] = values
    corners[..., 1] = _slopes(across, np.ascontiguousarray(values.T)).T
    in_y = _slopes(up, values)
    corners[..., 2] = in_y
    corners[..., 3] = _slopes(across, np.ascontiguousarray(in_y.T)).T
    whole = whole_cells(np.where(np.isfinite(corners).all(axis=-1), values, np.nan))
    return Spline(across, up, corners.reshape(-1, 4), None if whole.all() else whole.ravel())


def whole_cells(values: FloatArray) -> NDArray[np.bool_]:
    """Return which cells have a sample at each corner, shape (rows - 1, columns - 1)."""
    there = np.isfinite(values)
    return np.asarray(there[:-1, :-1] & there[:-1, 1:] & there[1:, :-1] & there[1:, 1:])


def unevenness(nodes: FloatArray) -> float:
    """Return how far, in steps, the farthest of ascending numbers lies from where it would be if all were even."""
    step = (nodes[-1] - nodes[0]) / (len(nodes) - 1)
    return float(np.abs((nodes - nodes[0]) / step - np.arange(len(nodes))).max())


def _slopes(axis: Axis, values: FloatArray) -> FloatArray:
    """Return the slopes of the cubic splines down the columns of `values`, same shape.

    Each solves a tridiagonal system, all columns at once. Three samples between holes lie on a parabola, two on a
    line; the slope of one alone is 0, and NaN where there is no sample.
    """
    there = np.isfinite(values)
    if len(axis.nodes) < CUBIC:
        return np.where(there, 0.0, np.nan)
    rows, columns = values.shape
    width = 1 if there.all() else columns  # without holes all columns have the same equations, but for the right sides
    found, factors = np.empty((rows, columns)), np.empty((rows, width))
    lower, middle, upper = np.empty((3, width))
    right = np.empty(columns)
    for k in range(rows):
        inside = 0 < k < rows - 1
        if inside:
            before, after = axis.steps[k - 1], axis.steps[k]
            lower[:], middle[:], upper[:] = after, 2 * (before + after), before
            right[:] = 3 * (after / before) * (values[k] - values[k - 1])
            right += 3 * (before / after) * (values[k + 1] - values[k])
        if not inside:
            *left, right[:] = _end_equations(axis.steps, values, there, k, np.arange(columns))
            lower[:], middle[:], upper[:] = (each[:width] for each in left)
        elif width > 1 and len(ends := np.flatnonzero(~(there[k - 1] & there[k] & there[k + 1]))):
            lower[ends], middle[ends], upper[ends], right[ends] = _end_equations(axis.steps, values, there, k, ends)
        if k:
            middle -= lower * factors[k - 1]
            right -= lower * found[k - 1]
        np.divide(upper, middle, out=factors[k])
        np.divide(right, middle, out=found[k])
    for k in range(rows - 2, -1, -1):
        found[k] -= factors[k] * found[k + 1]
    found[~there] = np.nan
    return found


def _end_equations(
    steps: FloatArray, values: FloatArray, there: NDArray[np.bool_], k: int, columns: NDArray[np.intp]
) -> FloatArray:
    """Return the equations of slopes that are not between two samples: those at an end, of one alone, and in a hole.

    Parameters
    ----------
    steps, values, there
        The distances of the rows, the samples, and which of them there are.
    k, columns
        The row, and the numbers of the columns.

    Returns
    -------
    What the slope before, the slope itself and the next one are multiplied by, and what they then add up to: shape
    (4, len(columns)). An equation of a slope in a hole says that it is 0.

    """
    equations = np.tile(np.array([[0.0], [1.0], [0.0], [0.0]]), len(columns))
    for way in (1, -1):  # to the other samples, from the first and from the last
        rows = [k + way * n for n in range(-1, 4)]
        near = np.array([there[row, columns] if 0 <= row < len(there) else 0 * columns for row in rows], dtype=np.bool_)
        number = (near[1] & ~near[0]) * np.cumprod(near[1:], axis=0).sum(axis=0)  # of samples that way, at most 4
        for count in range(2, int(number.max()) + 1):
            some = np.flatnonzero(number == count)
            where, next_slope = columns[some], 1 + way
            first = steps[min(k, k + way)]
            rise = way * (values[k + way, where] - values[k, where]) / first
            if count < CUBIC:
                equations[next_slope, some], equations[3, some] = count - 2, (count - 1) * rise
                continue
            second = steps[min(k + way, k + 2 * way)]
            both = first + second
            next_rise = way * (values[k + 2 * way, where] - values[k + way, where]) / second
            equations[1, some], equations[next_slope, some] = second, both
            equations[3, some] = ((first + 2 * both) * second * rise + first * first * next_rise) / both
    return equations
