"""What a file holds, and the grid that it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdviz.errors import InputError
from gdviz.extent import HUGE, Extent, FloatArray
from gdviz.functions.spline import whole_cells
from gdviz.landscapes.limits import LARGEST, NARROWEST, shape_in_words
from gdviz.landscapes.paths import RecordedPath

EVERYWHERE = Extent((-1.0, 1.0, -1.0, 1.0))  # where samples without coordinates lie


@dataclass(frozen=True)
class Found:
    """What a file holds.

    Attributes
    ----------
    values
        Samples: real numbers of any shape.
    x, y
        Coordinates of any shape; None if there are none.
    name
        What the file calls the samples.
    title
        What the file calls the landscape; None if it does not.
    notes
        What there is to know about the samples, a sentence each.
    others
        What else is in the file, with its shape.
    paths
        The recorded paths in the file by name, or what is wrong with them.

    """

    values: NDArray[Any]
    x: NDArray[Any] | None = None
    y: NDArray[Any] | None = None
    name: str = "f"
    title: str | None = None
    notes: tuple[str, ...] = ()
    others: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    paths: Mapping[str, RecordedPath | InputError] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Grid:
    """Samples of a function of two variables.

    Attributes
    ----------
    x, y
        The coordinates of the columns and rows, ascending, at least two of each.
    values
        The samples, shape (len(y), len(x)); NaN where one is missing.
    notes
        What there is to know about them, a sentence each.

    """

    x: FloatArray
    y: FloatArray
    values: FloatArray
    notes: tuple[str, ...]


def grid_of(found: Found, extent: Extent | None) -> Grid:
    """Return the grid that a file's content means.

    Parameters
    ----------
    found
        What the file holds.
    extent
        Where samples without coordinates lie; None for [-1, 1] along both axes.

    Raises
    ------
    InputError
        If it is no grid of at least 2 by 2 samples, or all are missing.

    """
    values, name = found.values, found.name
    if values.ndim != 2:
        kind = {0: "a single number", 1: "a line"}.get(values.ndim, f"an array with {values.ndim} axes")
        raise InputError(
            f"{name} has the shape {shape_in_words(values.shape)}: {kind}, not a surface; f[j, i] is needed, "
            "the value at x[i], y[j]"
        )
    rows, columns = values.shape
    if min(rows, columns) < 2:
        raise InputError(
            f"{name} has the shape ({rows}, {columns}); a surface needs at least 2 samples along each axis"
        )
    notes = list(found.notes)
    if found.x is None or found.y is None:
        place = extent or EVERYWHERE
        with np.errstate(over="ignore", invalid="ignore"):  # which is said in a sentence
            x, y = place.axes((columns, rows))
        check_coordinates("x", x)
        check_coordinates("y", y)
        if extent is None:
            notes.append("there are no coordinates, so it is drawn on [-1, 1] x [-1, 1]; extent says where it lies")
    else:
        x, y = _axis("x", found.x, values.shape, 1), _axis("y", found.y, values.shape, 0)
        _check_shape(name, values.shape, len(x), len(y))
    with np.errstate(over="ignore", invalid="ignore"):
        numbers = values.astype(np.float64)
    for axis, coordinates in ((1, x), (0, y)):
        if coordinates[0] > coordinates[-1]:
            numbers = np.flip(numbers, axis)
    x, y = np.sort(x), np.sort(y)
    kept, told = _finite(name, numbers, notes)
    if not whole_cells(kept).any():
        raise InputError(f"so many samples of {name} are missing that no cell has all its corners")
    with np.errstate(over="ignore"):
        if not (np.nanmax(kept) - np.nanmin(kept)) / min(np.diff(x).min(), np.diff(y).min()) < HUGE:
            raise InputError(f"{name} rises too steeply for numbers of 64 bits; scale it, or x and y")
    return Grid(x, y, kept, told)


def _axis(name: str, numbers: NDArray[Any], shape: tuple[int, ...], along: int) -> FloatArray:
    """Return an axis's coordinates, rising or falling."""
    coordinates = np.asarray(numbers, dtype=np.float64)
    if coordinates.ndim == 2:
        coordinates = _of_meshgrid(name, coordinates, shape, along)
    if coordinates.ndim != 1:
        raise InputError(
            f"{name} has the shape {shape_in_words(coordinates.shape)}; the coordinates of one axis are needed"
        )
    if len(coordinates) < 2:
        raise InputError(f"{name} has {len(coordinates)} numbers; a surface needs at least 2 samples along each axis")
    check_coordinates(name, coordinates)
    return coordinates


def checked_extent(extent: Extent | Sequence[float]) -> Extent:
    """Return a rectangle as an extent."""
    try:
        place = extent if isinstance(extent, Extent) else Extent(tuple(map(float, extent)))
    except (TypeError, ValueError):
        place = Extent(())
    if not (place.dimension == 2 and (place.low < place.high).all() and np.isfinite(place.numbers).all()):
        raise InputError("extent takes xmin, xmax, ymin, ymax, each lower end below its upper end")
    return place


def check_coordinates(name: str, coordinates: FloatArray) -> None:
    """Raise an InputError unless at least two coordinates (n,) of an axis rise or fall all the way, within limits."""
    if not np.isfinite(coordinates).all():
        raise InputError(f"{name}[{int(np.argmin(np.isfinite(coordinates)))}] is not a finite number")
    if np.abs(coordinates).max() > LARGEST:
        raise InputError(f"{name} reaches beyond {LARGEST:g}; scale it")
    steps = np.diff(coordinates) if coordinates[-1] > coordinates[0] else -np.diff(coordinates)
    if not (steps > 0).all():
        at = int(np.argmin(steps > 0))
        raise InputError(
            f"{name} must rise or fall all the way, but {coordinates[at + 1]:g} follows {coordinates[at]:g} "
            f"({name}[{at}] and {name}[{at + 1}]); sort the samples, each coordinate once"
        )
    low, high = float(coordinates[0]), float(coordinates[-1])
    if abs(high - low) < NARROWEST * np.abs(coordinates).max() or steps.min() < 1 / LARGEST:
        raise InputError(f"{name} spans too little: from {low!r} to {high!r}; scale it")


def _of_meshgrid(name: str, coordinates: FloatArray, shape: tuple[int, ...], along: int) -> FloatArray:
    """Return the one axis that a grid of coordinates repeats, as `numpy.meshgrid` makes it."""
    line = coordinates[0] if along else coordinates[:, 0]
    if coordinates.shape == shape and (coordinates == (line if along else line[:, None])).all():
        return line
    other = coordinates[:, 0] if along else coordinates[0]
    if coordinates.shape == shape and (coordinates == (other[:, None] if along else other)).all():
        raise InputError(
            f"{name} changes along the wrong axis: f[j, i] must be the value at x[i], y[j]; save x.T, y.T and f.T"
        )
    raise InputError(
        f"{name} has the shape {shape_in_words(coordinates.shape)}; the coordinates of one axis are needed"
    )


def _check_shape(name: str, shape: tuple[int, ...], columns: int, rows: int) -> None:
    if shape == (rows, columns):
        return
    cure = f"; save {name}.T" if shape == (columns, rows) else ""
    raise InputError(
        f"{name} has the shape {shape_in_words(shape)}, but x has {columns:,} numbers and y {rows:,}, so that it must "
        f"be ({rows}, {columns}): f[j, i] is the value at x[i], y[j]{cure}"
    )


def _finite(name: str, numbers: FloatArray, notes: list[str]) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the samples with NaN for those that cannot be drawn, and the notes with what is said of these."""
    empty, infinite = np.isnan(numbers), np.isinf(numbers)
    huge = (np.abs(numbers) > HUGE) & ~infinite
    kept = np.where(empty | infinite | huge, np.nan, numbers)
    if np.isnan(kept).all():
        raise InputError("; ".join([f"no sample of {name} is a finite number", *notes]))
    for some, told in ((empty, "missing"), (infinite, "infinite, and taken for missing"), (huge, f"beyond {HUGE:g}")):
        if number := int(some.sum()):
            notes.append(f"{number:,} of {kept.size:,} samples {'is' if number == 1 else 'are'} {told}: holes")
    return np.ascontiguousarray(kept), tuple(notes)
