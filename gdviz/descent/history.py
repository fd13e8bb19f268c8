"""The history of a descent: where every point was at every step, and f there, without what is repeated."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import Extent, FloatArray, IntArray

AT_ONCE = 1_000_000  # numbers that are looked at at a time, which limits the memory used


class Least(NamedTuple):
    """A least number, and at which step and of which point it was first."""

    value: float
    step: int
    point: int


@dataclass(frozen=True)
class History:
    """Where the points of a descent were at each step, and f there; of a point that rests, nothing is kept twice.

    After its last step a point stays where it is.

    Attributes
    ----------
    positions
        The positions at step 0, then those at step 1, ...: of each step those of the points whose last step is not
        before it, in the order of the points. Shape (m, dimension), C-contiguous.
    values
        f there, shape (m,).
    lasts
        The last step of each point, shape (n,).
    steps
        The number of steps, which is not less than any of `lasts`.

    """

    positions: FloatArray
    values: FloatArray
    lasts: IntArray
    steps: int

    @classmethod
    def of(cls, points: FloatArray, values: FloatArray) -> History:
        """Return the history with these positions, shape (steps + 1, n, dimension), and values, (steps + 1, n)."""
        rows, count, dimension = points.shape
        flat = np.ascontiguousarray(points).reshape(rows * count, dimension)
        return cls(flat, np.ascontiguousarray(values).reshape(-1), np.full(count, rows - 1, dtype=np.int64), rows - 1)

    @classmethod
    def of_paths(cls, paths: Iterable[tuple[FloatArray, FloatArray]], lasts: IntArray, dimension: int) -> History:
        """Return the history of points whose `paths` come one after the other, and end at these steps, shape (n,)."""
        count, steps = int(lasts.sum()) + len(lasts), int(lasts.max(initial=0))
        made = cls(np.empty((count, dimension)), np.empty(count), lasts, steps)
        for (positions, values), rows in zip(paths, made._rows(), strict=True):
            made.positions[rows], made.values[rows] = positions, values
        return made

    @cached_property
    def begins(self) -> IntArray:
        """Where each step's rows begin, and the last one's end, shape (steps + 2,)."""
        ended = np.bincount(self.lasts, minlength=self.steps + 1)
        going = len(self.lasts) - np.concatenate([[0], np.cumsum(ended)[:-1]])
        return np.concatenate([[0], np.cumsum(going)])

    @cached_property
    def ends(self) -> FloatArray:
        """The last position of each point, shape (n, dimension)."""
        return self._ends(self.positions)

    @property
    def start_values(self) -> FloatArray:
        """The values of f at the first position of each point, shape (n,)."""
        return self.values[: len(self.lasts)]

    @cached_property
    def end_values(self) -> FloatArray:
        """The values of f at the last position of each point, shape (n,)."""
        return self._ends(self.values)

    def at(self, step: int) -> FloatArray:
        """Return the positions at a step, shape (n, dimension), which are not to be changed."""
        return self._at(self.positions, self.ends, step)

    def positions_of(self, points: slice | IntArray, steps: IntArray | None = None) -> FloatArray:
        """Return positions of some points at all steps, or at some, ascending; shape (steps, points, dimension)."""
        return self._of(self.positions, points, steps)

    def values_of(self, points: slice | IntArray, steps: IntArray | None = None) -> FloatArray:
        """Return f there; see `positions_of`."""
        return self._of(self.values, points, steps)

    def paths(self) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Yield the positions of each point until its last step, shape (k, dimension), and f there, shape (k,)."""
        return ((self.positions[rows], self.values[rows]) for rows in self._rows())

    def least(self, extent: Extent | None = None) -> Least | None:
        """Return the least finite value of f, and when and of which point it was first; None if there is none.

        With an extent, only positions in it count.
        """
        least: Least | None = None
        for begin in range(0, len(self.values), AT_ONCE):
            some = self.values[begin : begin + AT_ONCE]
            counts = np.isfinite(some)
            if extent is not None:
                counts &= extent.contains(self.positions[begin : begin + AT_ONCE])
            row = int(np.where(counts, some, np.inf).argmin())
            if counts[row] and (least is None or some[row] < least.value):
                step = int(np.searchsorted(self.begins, begin + row, side="right")) - 1
                point = np.flatnonzero(self.lasts >= step)[begin + row - self.begins[step]]
                least = Least(float(some[row]), step, int(point))
        return least

    def until(self, step: int) -> History:
        """Return the same until a step."""
        if step >= self.steps:
            return self
        rows = slice(0, self.begins[step + 1])
        return History(self.positions[rows], self.values[rows], np.minimum(self.lasts, step), step)

    def _rows(self) -> Iterator[IntArray]:
        """Yield which rows are those of each point, until its last step."""
        rows = self.begins[:-1].copy()
        for last in self.lasts.tolist():
            own = rows[: last + 1]
            yield own
            own += 1

    def _at(self, rows: FloatArray, ends: FloatArray, step: int) -> FloatArray:
        own = rows[self.begins[step] : self.begins[step + 1]]
        if len(own) == len(ends):
            return own
        made = ends.copy()
        _items(made)[self.lasts >= step] = _items(own)
        return made

    def _ends(self, rows: FloatArray) -> FloatArray:
        ends, going = np.empty((len(self.lasts), *rows.shape[1:])), np.arange(len(self.lasts))
        for last in np.flatnonzero(np.bincount(self.lasts)).tolist():
            lasts = self.lasts[going]
            going, ended = going[lasts >= last], lasts[lasts >= last] == last
            _items(ends)[going[ended]] = _items(rows)[self.begins[last] : self.begins[last + 1]][ended]
        return ends

    def _of(self, rows: FloatArray, points: slice | IntArray, steps: IntArray | None) -> FloatArray:
        count, shape = len(self.lasts), rows.shape[1:]
        chosen = np.arange(count)[points]
        asked = np.arange(self.steps + 1) if steps is None else steps
        if len(rows) == (self.steps + 1) * count:  # no point rests before the others
            every = rows.reshape(self.steps + 1, count, *shape)
            return every[:, points] if steps is None else every[np.ix_(asked, chosen)]
        ends = self.ends if rows is self.positions else self.end_values
        found = np.empty((len(asked), len(chosen), *shape))
        if len(chosen) == count > self.steps and (chosen[:-1] < chosen[1:]).all():
            for number, step in enumerate(asked.tolist()):
                found[number] = self._at(rows, ends, step)
            return found
        first, stop = int(asked[0]), int(asked[-1]) + 1
        together = max(1, AT_ONCE // (stop - first))
        for begin in range(0, len(chosen), together):
            part = slice(begin, begin + together)
            some = np.sort(chosen[part])
            going = self.lasts[some] >= asked[:, None]
            which = np.where(going, self._rows_of(some, first, stop)[asked - first], 0)
            made = np.where(going.reshape(*going.shape, *(1 for _ in shape)), rows[which], ends[some])
            found[:, part] = made[:, np.searchsorted(some, chosen[part])]
        return found

    def _rows_of(self, points: IntArray, first: int, stop: int) -> IntArray:
        """Return which rows are those of points, ascending, from a step to the one before `stop`; (steps, points).

        Those of a point that rests before mean nothing.
        """
        after = np.searchsorted(points, np.arange(len(self.lasts)), side="right")  # the next one, of each point
        shape = stop - first + 1, len(points) + 1
        last = np.clip(self.lasts, first - 1, stop - 1) - (first - 1)
        ended = np.bincount(last * shape[1] + after, minlength=shape[0] * shape[1]).reshape(shape)
        going = ended[:0:-1].cumsum(axis=0)[::-1]  # between two of the points
        return np.asarray(self.begins[first:stop, None] + going[:, :-1].cumsum(axis=1))


class HistoryRecord:
    """Collects where points are, step by step; what is not needed of the memory for the most steps stays untouched.

    Parameters
    ----------
    most
        How many rows there are at most: one of each point at each step.
    dimension
        Of the positions.

    """

    def __init__(self, most: int, dimension: int) -> None:
        self._positions, self._values = np.empty((most, dimension)), np.empty(most)
        self._count, self._steps = 0, -1

    def add(self, positions: FloatArray, values: FloatArray) -> None:
        """Add where those points are at the next step that go on, shape (m, dimension), and f there, shape (m,)."""
        begin, end = self._count, self._count + len(values)
        self._values[begin:end] = values
        for axis, numbers in enumerate(positions.T):  # faster than all at once
            self._positions[begin:end, axis] = numbers
        self._count, self._steps = end, self._steps + 1

    @property
    def steps(self) -> int:
        """How many steps there are so far."""
        return self._steps

    def history(self, lasts: IntArray) -> History:
        """Return all of it; `lasts` are the last steps of the points, shape (n,). Nothing more can be added."""
        self._positions.resize((self._count, self._positions.shape[1]), refcheck=False)  # gives back what was not used
        self._values.resize(self._count, refcheck=False)
        return History(self._positions, self._values, lasts, self._steps)


def _items(rows: FloatArray) -> NDArray[Any]:
    """Return rows (m, ...) as items, shape (m,), which NumPy picks many times as fast."""
    numbers = math.prod(rows.shape[1:])
    return rows.reshape(len(rows), numbers).view(f"V{numbers * rows.itemsize}")[:, 0]
