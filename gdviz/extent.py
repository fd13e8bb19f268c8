"""Extent: an interval of x, or a rectangle of x and y, in a function's coordinates."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Flags = NDArray[np.bool_]

HUGE = 1e300  # larger values are drawn as this one, so that their differences stay finite
STILL = 1e-280  # shorter movements along an axis count as none: dividing by them could give infinity


def in_all_axes(flags: Flags) -> Flags:
    """Return where flags (..., dimension) are set along every axis, shape (...); faster than `all` on few axes."""
    return functools.reduce(np.logical_and, _columns(flags))


def in_any_axis(flags: Flags) -> Flags:
    """Return where flags (..., dimension) are set along some axis, shape (...)."""
    return functools.reduce(np.logical_or, _columns(flags))


def _columns(flags: Flags) -> list[Flags]:
    return [flags[..., axis] for axis in range(flags.shape[-1])]  # faster than `moveaxis`


def crossed(axes: Sequence[FloatArray]) -> FloatArray:
    """Return the points of a grid with these numbers along its axes, shape (n, dimension); x varies fastest."""
    return np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, len(axes))


def median(numbers: FloatArray | NDArray[np.int64]) -> float:
    """Return the median of finite numbers, at least one. NumPy's own imports its masked arrays, which takes 0.01 s."""
    low, high = (numbers.size - 1) // 2, numbers.size // 2
    ordered = np.partition(numbers, (low, high), axis=None)
    return float(ordered[high] if low == high else (ordered[low] + ordered[high]) / 2)


def quantile(numbers: FloatArray, share: float) -> float:
    """Return the number below which a share of finite numbers lies, at least one; like `median`."""
    at = (numbers.size - 1) * share
    low = int(at)
    high = min(low + 1, numbers.size - 1)
    ordered = np.partition(numbers, (low, high), axis=None)
    below, above, way = float(ordered[low]), float(ordered[high]), at - low
    return below + (above - below) * way if way < 0.5 else above - (above - below) * (1 - way)  # as NumPy rounds it


@dataclass(frozen=True)
class Extent:
    """An interval, or a rectangle.

    Attributes
    ----------
    numbers
        (xmin, xmax) or (xmin, xmax, ymin, ymax), each lower end below its upper end.

    """

    numbers: tuple[float, ...]

    @classmethod
    def around(cls, points: FloatArray) -> Extent:
        """Return the smallest extent that contains all points (n, dimension), n at least 1."""
        return cls._between(points.min(axis=0), points.max(axis=0))

    @classmethod
    def _between(cls, low: ArrayLike, high: ArrayLike) -> Extent:
        return cls(tuple(float(end) for end in np.stack([low, high], axis=-1).ravel()))

    @property
    def dimension(self) -> int:
        """1 for an interval, 2 for a rectangle."""
        return len(self.numbers) // 2

    @property
    def sides(self) -> tuple[tuple[float, float], ...]:
        """The lower and the upper end along each axis."""
        return tuple(zip(self.numbers[::2], self.numbers[1::2], strict=True))

    @property
    def low(self) -> FloatArray:
        """The lower ends, shape (dimension,)."""
        return np.array(self.numbers[::2])

    @property
    def high(self) -> FloatArray:
        """The upper ends, shape (dimension,)."""
        return np.array(self.numbers[1::2])

    @property
    def span(self) -> FloatArray:
        """The length along each axis, shape (dimension,)."""
        return np.asarray(self.high - self.low)

    def contains(self, points: FloatArray) -> Flags:
        """Return which points (..., dimension) lie inside or on the edge, shape (...); NaN does not."""
        return in_all_axes((points >= self.low) & (points <= self.high))

    def shares(self, points: FloatArray) -> FloatArray:
        """Return how far along each axis points (..., dimension) lie: 0 at the lower end, 1 at the upper one."""
        return np.asarray((points - self.low) / self.span)

    def clamp(self, points: FloatArray) -> FloatArray:
        """Return points (..., dimension), those outside moved to the nearest edge."""
        return np.asarray(np.clip(points, self.low, self.high))

    def axes(self, counts: Sequence[int]) -> list[FloatArray]:
        """Return `counts` numbers along each axis, evenly spaced from end to end."""
        return [np.linspace(low, high, count) for (low, high), count in zip(self.sides, counts, strict=True)]

    def grid(self, counts: Sequence[int]) -> FloatArray:
        """Return the centres of `counts` equal cells along each axis, shape (n, dimension); x varies fastest."""
        low, high = self.low, self.high
        sides = [
            low[axis] + (high[axis] - low[axis]) * (np.arange(count) + 0.5) / count for axis, count in enumerate(counts)
        ]
        return crossed(sides)

    def hull(self, other: Extent) -> Extent:
        """Return the smallest extent that contains both."""
        return self._between(np.minimum(self.low, other.low), np.maximum(self.high, other.high))

    def widened(self, share: float) -> Extent:
        """Return the extent, made longer by `share` of its span at each end."""
        return self._between(self.low - share * self.span, self.high + share * self.span)

    def clip(self, start: FloatArray, stop: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the part of each line segment that lies inside (Liang and Barsky, ACM Trans. Graphics 3(1), 1984).

        Parameters
        ----------
        start, stop
            The segments' ends, shape (m, dimension).

        Returns
        -------
        Where each segment enters and leaves the extent, as shares from 0 (`start`) to 1 (`stop`), each of shape (m,).
        It lies outside if the first share is not less than the second.

        """
        way = stop - start
        still = np.abs(way) <= STILL
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            one, other = (self.low - start) / way, (self.high - start) / way
        enter = np.where(still, 0.0, np.minimum(one, other)).max(axis=1).clip(0, None)
        leave = np.where(still, 1.0, np.maximum(one, other)).min(axis=1).clip(None, 1)
        outside = (still & ((start < self.low) | (start > self.high))).any(axis=1)
        return enter, np.where(outside, -np.inf, leave)
