"""Recorded paths: where an optimizer was at each step of a training that gdviz did not do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdviz.errors import InputError
from gdviz.extent import HUGE, FloatArray, in_all_axes
from gdviz.landscapes.limits import LARGEST, MAX_STEPS, shape_in_words


@dataclass(frozen=True, eq=False)
class RecordedPath:
    """Where an optimizer was at each step.

    Attributes
    ----------
    points
        Positions, all finite, shape (steps + 1, 2).
    losses
        The loss that was recorded at each, shape (steps + 1,); NaN where it was not. None if none was. It need not be f
        there: a path of many weights is seen in a plane, and that plane's loss is another.
    lost
        Whether the next position was not finite: the training diverged.

    """

    points: FloatArray
    losses: FloatArray | None = None
    lost: bool = False

    @property
    def steps(self) -> int:
        """The number of steps."""
        return len(self.points) - 1

    def in_words(self) -> str:
        """Return how long it is, and whether it has losses: `29 steps, with losses`."""
        losses = "" if self.losses is None else ", with losses"
        return f"{self.steps} step{'' if self.steps == 1 else 's'}{losses}"

    @cached_property
    def identity(self) -> str:
        """A digest of all of it."""
        digest = hashlib.sha256(f"path {self.points.shape} {self.losses is not None} {self.lost} ".encode())
        for numbers in (self.points, self.points[:0] if self.losses is None else self.losses):
            digest.update(np.ascontiguousarray(np.where(np.isnan(numbers), np.nan, numbers + 0.0), "<f8").tobytes())
        return f"sha256 {digest.hexdigest()}"


def recorded_path(steps: FloatArray | None, points: FloatArray, losses: FloatArray | None, name: str) -> RecordedPath:
    """Return a path that is known at some steps; between two of them it runs straight, as does its loss.

    Parameters
    ----------
    steps
        The numbers of the steps, shape (k,), whole and rising; None for 0, 1, 2, ... Before the first the path stays
        where it begins.
    points
        Where it was, shape (k, 2). From the first that is not finite on, or beyond `LARGEST`, none may be.
    losses
        Its loss there, shape (k,); NaN where it is not known, None if it nowhere is. One beyond `HUGE` is not known.
    name
        What messages call it.

    Raises
    ------
    InputError
        If it is not such a path.

    """
    if len(points) > MAX_STEPS + 1:
        raise InputError(f"{name} has {len(points):,} rows; at most {MAX_STEPS:,} steps are read")
    known = in_all_axes(np.abs(points) <= LARGEST)
    if not len(known) or not known[0]:
        raise InputError(f"{name} has no finite x and y at its beginning")
    last = int(np.argmin(known)) if not known.all() else len(known)
    if known[last:].any():
        raise InputError(f"row {last + 1} of {name} has no finite x and y, and later rows have; leave the row out")
    lost = last < len(known)
    points = points[:last].astype(np.float64)
    losses = None if losses is None else np.where(np.abs(losses) <= HUGE, losses, np.nan)[:last].astype(np.float64)
    if losses is not None and np.isnan(losses).all():
        losses = None
    if steps is None or np.array_equal(steps[:last], np.arange(last)):
        return RecordedPath(points, losses, lost)
    numbers = _whole_numbers(steps[:last], name)
    every = np.arange(numbers[-1] + 1)
    between = np.stack([np.interp(every, numbers, along) for along in points.T], axis=1)
    return RecordedPath(between, None if losses is None else np.interp(every, numbers, losses), lost)


def path_of_arrays(
    points: NDArray[Any], losses: NDArray[Any] | None, name: str, losses_name: str = "losses"
) -> RecordedPath:
    """Return the path that arrays hold: positions of shape (steps + 1, 2), and losses of shape (steps + 1,), if any.

    Raises
    ------
    InputError
        If their shapes are others; the message names both arrays.

    """
    shape = shape_in_words(points.shape)
    if points.ndim != 2 or points.shape[1] != 2:
        cure = f"; save {name}.T" if points.ndim == 2 and points.shape[0] == 2 else ""
        raise InputError(f"{name} has the shape {shape}; a path has a row of x and y for each step{cure}")
    if losses is not None and losses.shape != points.shape[:1]:
        raise InputError(
            f"{losses_name} has the shape {shape_in_words(losses.shape)}, and {name} {shape}; "
            f"a loss for each row is needed, shape ({len(points)},)"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        numbers = points.astype(np.float64)
        return recorded_path(None, numbers, None if losses is None else losses.astype(np.float64), name)


def _whole_numbers(steps: FloatArray, name: str) -> FloatArray:
    wrong = np.flatnonzero(~(np.isfinite(steps) & (steps >= 0) & (steps == np.round(steps))))
    if len(wrong):
        raise InputError(f"{name} gives {steps[wrong[0]]:g} as a step; the numbers of steps are whole, from 0 on")
    back = np.flatnonzero(np.diff(steps) <= 0)
    if len(back):
        before, after = steps[back[0] : back[0] + 2]
        raise InputError(f"the steps of {name} must rise, but {after:g} follows {before:g}; a file holds one path")
    if steps[-1] > MAX_STEPS:
        raise InputError(f"the steps of {name} reach {steps[-1]:,.0f}; at most {MAX_STEPS:,} are read")
    return steps
