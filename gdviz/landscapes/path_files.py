"""Reads a recorded path from a file of its own."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from types import MappingProxyType

from gdviz.errors import InputError, nearest
from gdviz.landscapes.hdf5 import read_h5_path
from gdviz.landscapes.npy import read_numbers
from gdviz.landscapes.opening import identity_of, named, opened
from gdviz.landscapes.paths import RecordedPath, path_of_arrays, recorded_path
from gdviz.landscapes.suffixes import GZIP, HDF5, TEXT, suffix_of
from gdviz.landscapes.table import STEPS
from gdviz.landscapes.text import read_rows, unpacked

LOSSES = ("loss", "train_loss", "test_loss")  # a column f is what the surface is at the place, and is not read
COLUMNS = {2: ("x", "y"), 3: ("step", "x", "y"), 4: ("step", "x", "y", "loss")}  # by their number, if without names


def read_path(path: Path) -> RecordedPath:
    """Read a recorded path: a text with the columns step, x, y and loss, an array, or a projected path in HDF5.

    Raises
    ------
    InputError
        If it is not a path; the message names the file.

    """
    try:
        if suffix_of(path.name) not in READERS:
            raise InputError(
                f"gdviz reads recorded paths from {', '.join(READERS)} files, and this is none; a path in the file of "
                "the landscape is given by its name alone: adam for path_adam"
            )
        return _read(path, identity_of(path))
    except InputError as error:
        raise InputError(f"{named(path)}: {error}") from error


@lru_cache(maxsize=16)
def _read(path: Path, identity: tuple[int, ...]) -> RecordedPath:  # noqa: ARG001  # a changed file is read again
    with opened(path) as file:
        return READERS[suffix_of(path.name)](file)


def _read_text(file: io.BufferedIOBase | gzip.GzipFile) -> RecordedPath:
    names, rows = read_rows(file)
    columns = [name.lower() for name in names] or COLUMNS.get(rows.shape[1])
    if columns is None:
        raise InputError(f"has {rows.shape[1]} column(s); a path has step, x, y and, if it is known, loss")
    x, y = _column(columns, ("x",)), _column(columns, ("y",))
    if x is None or y is None:
        close = nearest("x" if x is None else "y", columns)
        hint = f"; is it '{close}'?" if close else ""
        raise InputError(f"has the columns {', '.join(columns[:12])}; a path needs x and y{hint}")
    steps, losses = _column(columns, tuple(STEPS)), _column(columns, LOSSES)
    return recorded_path(
        None if steps is None else rows[:, steps],
        rows[:, [x, y]],
        None if losses is None else rows[:, losses],
        "the path",
    )


def _column(columns: Sequence[str], names: Sequence[str]) -> int | None:
    """Return the number of the column with one of the names, of which the best comes first; None if there is none."""
    return next((list(columns).index(name) for name in names if name in columns), None)


def _read_npy(file: BufferedReader) -> RecordedPath:
    return path_of_arrays(read_numbers(file, "the array"), None, "the array")


READERS: Mapping[str, Callable[[BufferedReader], RecordedPath]] = MappingProxyType(
    {
        **dict.fromkeys(TEXT, _read_text),
        **dict.fromkeys(GZIP, lambda file: unpacked(_read_text, file)),
        ".npy": _read_npy,
        **dict.fromkeys(HDF5, read_h5_path),
    }
)
"""How a file is read, by its suffix."""
