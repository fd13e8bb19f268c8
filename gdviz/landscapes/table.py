"""Makes a grid of rows of x, y and f in any order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdviz.errors import InputError, nearest, shorten
from gdviz.extent import FloatArray
from gdviz.landscapes.grid import Found
from gdviz.landscapes.limits import MAX_CELLS

VALUES = ("f", "z", "loss", "value", "train_loss", "test_loss")  # what the column of f may be called, best first
STEPS = frozenset({"step", "steps", "iteration", "iterations", "epoch"})  # columns of a path
FULL = 0.4  # least share of the grid's cells that has a row
# Distances, as shares of an axis's span, within which coordinates are taken for the same: a producer's rounding, none,
# and that of single precision.
ROUNDING = (1e-9, 0.0, 1e-6)


def value_column(names: Sequence[str], key: str | None) -> tuple[int, int, int, tuple[str, ...]]:
    """Return the numbers of the columns of x, y and f, and notes.

    Parameters
    ----------
    names
        The names of all columns; none for the columns x, y, f.
    key
        The name of the column of f; None if it may be told from the names.

    Raises
    ------
    InputError
        If it cannot be told which column is which.

    """
    small = [name.lower() for name in names]
    if not names or (len(names) == 3 and not {"x", "y"} & set(small)):
        if key is not None and key not in names[2:]:
            raise InputError(f"landscape_key chooses a column by its name, and {shorten(key)} names none")
        return 0, 1, 2, (f"its columns {', '.join(names)} are taken for x, y and f",) if names else ()
    listed = ", ".join(names[:12])
    if not {"x", "y"} <= set(small):
        raise InputError(f"has the columns {listed}; name those of x, y and f so")
    x, y = small.index("x"), small.index("y")
    others = [number for number in range(len(names)) if number not in (x, y)]
    if key is not None:
        if key not in [names[number] for number in others]:
            close = nearest(key, names)
            hint = f"did you mean '{close}'?" if close else f"there are {listed}"
            raise InputError(f"there is no column {shorten(key)}; {hint}")
        return x, y, list(names).index(key), ()
    known = [small.index(name) for name in VALUES if name in small]
    if not known and STEPS & set(small):
        raise InputError(
            f"has the columns {listed}: a path, not a surface; name a column f for the values of a surface"
        )
    if known or len(others) == 1:
        return x, y, (known or others)[0], ()
    raise InputError(f"has the columns {listed}; choose one with landscape_key, or name it f")


@dataclass(frozen=True)
class _Layout:
    """The lines of a grid, and in which cell each row lies."""

    x: FloatArray
    y: FloatArray
    column: NDArray[np.intp]
    row: NDArray[np.intp]

    @property
    def cells(self) -> int:
        return len(self.x) * len(self.y)


def grid_of_rows(x: FloatArray, y: FloatArray, f: FloatArray, notes: tuple[str, ...]) -> Found:
    """Return the samples with their coordinates; cells without a row are missing.

    Raises
    ------
    InputError
        If the rows do not lie on a grid, or two give different values of one cell.

    """
    for name, numbers in (("x", x), ("y", y)):
        if not np.isfinite(numbers).all():
            number = int(np.argmin(np.isfinite(numbers))) + 1
            raise InputError(f"the coordinate {name} of row {number:,} is not a finite number")
    clash = ""
    for rounding in ROUNDING:
        layout = _layout(x, y, rounding)
        if len(f) < FULL * layout.cells or layout.cells > MAX_CELLS or min(len(layout.x), len(layout.y)) < 2:
            continue
        values = np.full((len(layout.y), len(layout.x)), np.nan)
        values[layout.row, layout.column] = f
        kept = values[layout.row, layout.column]
        other = np.flatnonzero(~((kept == f) | (np.isnan(kept) & np.isnan(f))))
        if not len(other):
            return Found(values, layout.x, layout.y, notes=notes)
        at = other[0]
        clash = clash or f"gives {f[at]:g} and {kept[at]:g} at ({x[at]:g}, {y[at]:g}); keep one row for each cell"
    columns, rows = (len(np.unique(each)) for each in (x, y))
    raise InputError(
        clash
        or f"its {len(f):,} rows do not lie on a grid: they have {columns:,} different x and {rows:,} different y; "
        "interpolate them to a grid first"
    )


def _layout(x: FloatArray, y: FloatArray, rounding: float) -> _Layout:
    (lines, column), (levels, row) = (_lines(each, rounding) for each in (x, y))
    return _Layout(lines, levels, column, row)


def _lines(numbers: FloatArray, rounding: float) -> tuple[FloatArray, NDArray[np.intp]]:
    """Return the different numbers, ascending, and which of them each one is; those close together are one.

    Where numbers that are one differ, what is below the rounding is cut off, so that it tilts no picture.
    """
    order = np.argsort(numbers, kind="stable")
    ascending = numbers[order]
    begins = np.concatenate([[True], np.diff(ascending) > rounding * (ascending[-1] - ascending[0])])
    which = np.empty(len(numbers), dtype=np.intp)
    which[order] = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(numbers))
    found = ascending[(first + last - 1) // 2]  # the middle one: what most rows have
    if (ascending[last - 1] > ascending[first]).any():
        digits = -math.floor(math.log10(rounding * (ascending[-1] - ascending[0])))
        found = np.round(found, digits)
    return found, which
