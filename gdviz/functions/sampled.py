"""Sampled: an objective that is known on a grid, such as the losses around a network, and smooth in between."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from gdviz.extent import Extent, FloatArray
from gdviz.functions.rates import smooth_rate
from gdviz.functions.smoothing import smoothed
from gdviz.functions.spline import Spline, build_spline

REST = 1e-4  # the slope at which a point rests, as a share of the samples' median slope
FLAT = 1e-3  # that slope where all samples are the same
SEEN = 200  # rows and columns, at most, in which slopes are looked at
VALUE, GRADIENT, HESSIAN = ((0, 0),), ((1, 0), (0, 1)), ((2, 0), (1, 1), (0, 2))


@dataclass(frozen=True, eq=False)
class Sampled:
    """A surface through samples of a function of two variables.

    It is twice continuously differentiable, and exact at the samples; along an axis with fewer than four it is linear.
    It has no value beyond the samples, nor in a cell one of whose corners is missing.

    Attributes
    ----------
    name
        What a description calls it: its file.
    title
        What a caption calls it.
    x, y
        The coordinates of the samples' columns and rows, ascending, at least two of each, not necessarily even.
    samples
        f at each (x[i], y[j]), shape (len(y), len(x)); NaN where it is missing.
    smooth
        The standard deviation, in cells, of the Gaussian with which they are smoothed; 0 if they are not.
    notes
        What there is to know about the samples, such as that some are missing; one sentence each.

    """

    name: str
    title: str
    x: FloatArray
    y: FloatArray
    samples: FloatArray
    smooth: float = 0.0
    notes: tuple[str, ...] = ()

    dimension = 2
    minima: tuple[tuple[float, ...], ...] = ()
    max_iterations: int = 1000
    note: str = ""
    operations: int = 150
    formula: str | None = None

    @cached_property
    def identity(self) -> str:
        """A digest of the samples, where they lie, and how they are smoothed."""
        digest = hashlib.sha256(f"samples {self.samples.shape} {self.smooth!r} ".encode())
        for numbers in (self.x, self.y, np.where(np.isnan(self.samples), np.nan, self.samples + 0.0)):
            digest.update(np.ascontiguousarray(numbers, dtype="<f8").tobytes())
        return f"sha256 {digest.hexdigest()}"

    @property
    def extent(self) -> Extent:
        """From the first to the last sample along each axis."""
        return Extent((float(self.x[0]), float(self.x[-1]), float(self.y[0]), float(self.y[-1])))

    @property
    def domain(self) -> Extent:
        """The extent: beyond it nothing is known."""
        return self.extent

    @cached_property
    def tolerance(self) -> float:
        """A slope much less steep than most of the surface, so that it suits large values and small ones."""
        some = self.values[:: len(self.y) // SEEN + 1, :: len(self.x) // SEEN + 1]
        x, y = self.x[:: len(self.x) // SEEN + 1], self.y[:: len(self.y) // SEEN + 1]
        slopes = [np.abs(np.diff(some, axis=1) / np.diff(x)), np.abs(np.diff(some, axis=0) / np.diff(y)[:, None])]
        every = np.concatenate([each[each > 0] for each in slopes])
        return float(f"{REST * float(np.median(every)):.1g}") if every.size else FLAT

    @cached_property
    def learning_rate(self) -> float | None:
        """A rate where there are holes, into which some points go at any rate; None where there are none."""
        return smooth_rate(self) if np.isnan(self.samples).any() else None

    @cached_property
    def values(self) -> FloatArray:
        """The samples, smoothed if that is asked for, same shape."""
        return smoothed(self.samples, self.smooth)

    def value(self, *coordinates: ArrayLike) -> FloatArray:
        """Return f at one coordinate array per variable; the arrays broadcast."""
        return np.asarray(self._derivatives(VALUE, *coordinates)[0])

    def gradient(self, *coordinates: ArrayLike) -> FloatArray:
        """Return the gradient of the surface, shape (2, ...)."""
        return self._derivatives(GRADIENT, *coordinates)

    def value_and_gradient(self, *coordinates: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return both at once, which costs little more than the gradient."""
        found = self._derivatives((*VALUE, *GRADIENT), *coordinates)
        return found[0], found[1:]

    def hessian(self, *coordinates: ArrayLike) -> FloatArray:
        """Return the Hessian of the surface, shape (2, 2, ...)."""
        in_x, mixed, in_y = self._derivatives(HESSIAN, *coordinates)
        return np.stack([np.stack([in_x, mixed]), np.stack([mixed, in_y])])

    @cached_property
    def _spline(self) -> Spline:
        return build_spline(self.x, self.y, self.values)

    def _derivatives(self, wanted: tuple[tuple[int, int], ...], x: ArrayLike, y: ArrayLike) -> FloatArray:
        across, up = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        found = self._spline.derivatives(across.ravel(), up.ravel(), wanted)
        return np.asarray(found.reshape(len(wanted), *across.shape))
