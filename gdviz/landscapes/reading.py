"""Reads a landscape from a file; its suffix tells how."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gdviz.errors import GdvizWarning, InputError, nearest, printable
from gdviz.extent import Extent
from gdviz.functions.sampled import Sampled
from gdviz.landscapes.grid import Found, grid_of
from gdviz.landscapes.hdf5 import read_h5
from gdviz.landscapes.limits import MAX_SMOOTH
from gdviz.landscapes.npy import read_numbers
from gdviz.landscapes.npz import read_npz
from gdviz.landscapes.opening import opened
from gdviz.landscapes.suffixes import GZIP, HDF5, TEXT, stem_of, suffix_of
from gdviz.landscapes.text import read_gzip, read_text_file

Reader = Callable[[BufferedReader, str | None], Found]


def _read_npy(file: BufferedReader, key: str | None) -> Found:
    if key is not None:
        raise InputError("a .npy file holds one array; leave landscape_key out")
    return Found(read_numbers(file, "f"))


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".npz": read_npz,
        ".npy": _read_npy,
        **dict.fromkeys(TEXT, read_text_file),
        **dict.fromkeys(GZIP, read_gzip),
        **dict.fromkeys(HDF5, read_h5),
    }
)
"""How a file is read, by its suffix."""


@dataclass(frozen=True)
class Landscape:
    """A landscape from a file.

    Attributes
    ----------
    path
        The file.
    sampled
        What is descended.
    placed
        Whether the file says where the samples lie.
    name
        What the file calls the samples.
    others
        What else is in the file, with its shape.

    """

    path: Path
    sampled: Sampled
    placed: bool
    name: str
    others: Mapping[str, str]


def read_landscape(
    path: str | Path, *, key: str | None = None, smooth: float = 0.0, extent: Extent | None = None
) -> Landscape:
    """Read a landscape from a file.

    Parameters
    ----------
    path
        The file.
    key
        The array, column or surface to read, where a file has several.
    smooth
        The standard deviation, in cells, of the Gaussian with which samples are smoothed; 0 for none.
    extent
        Where samples without coordinates lie, as an array alone has none; [-1, 1] along both axes if None.

    Raises
    ------
    InputError
        If it is not a landscape that gdviz reads; the message names the file.

    """
    where = Path(path)
    try:
        if not suffix_of(where.name):
            close = nearest(where.suffix.lower(), READERS)
            hint = f"; did you mean {close}?" if close else ""
            raise InputError(f"gdviz reads landscapes from {', '.join(READERS)} files, and this is none{hint}")
        with opened(where) as file:
            about = os.fstat(file.fileno())
        identity = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
        return _read(where, key, smooth, extent, identity)
    except InputError as error:
        here = Path.cwd()
        shown = where.relative_to(here) if where.is_relative_to(here) else where
        raise InputError(f"{printable(shown)}: {error}") from error


def landscape(
    path: str | Path,
    *,
    key: str | None = None,
    smooth: float = 0.0,
    extent: Extent | Sequence[float] | None = None,
) -> Sampled:
    """Return a landscape from a file, to be descended; a GdvizWarning says what there is to know about its samples.

    Parameters
    ----------
    path
        A .npz, .npy, .csv, .tsv, .txt, .dat or .h5 file.
    key
        The array, column or surface to read, where a file has several.
    smooth
        The standard deviation, in cells, of the Gaussian with which samples are smoothed; 0 for none.
    extent
        xmin, xmax, ymin, ymax: where samples without coordinates lie; [-1, 1] along both axes if None.

    Raises
    ------
    InputError
        If it is not a landscape that gdviz reads, or an argument is out of range.

    """
    if not 0 <= smooth <= MAX_SMOOTH:
        raise InputError(f"smooth must lie between 0 and {MAX_SMOOTH:g} cells, not be {smooth:g}")
    place = extent if extent is None or isinstance(extent, Extent) else Extent(tuple(map(float, extent)))
    if place is not None and not (
        place.dimension == 2 and (place.low < place.high).all() and np.isfinite(place.numbers).all()
    ):
        raise InputError("extent takes xmin, xmax, ymin, ymax, each lower end below its upper end")
    found = read_landscape(path, key=key, smooth=smooth, extent=place).sampled
    for note in found.notes:
        warnings.warn(f"{found.name}: {note}", GdvizWarning, stacklevel=2)
    return found


@lru_cache(maxsize=2)
def _read(
    path: Path,
    key: str | None,
    smooth: float,
    extent: Extent | None,
    identity: tuple[int, ...],  # noqa: ARG001  # a changed file is read again
) -> Landscape:
    with opened(path) as file:
        found = READERS[suffix_of(path.name)](file, key)
    grid = grid_of(found, extent)
    title = printable(found.title) if found.title else printable(stem_of(path.name)).replace("$", r"\$")
    sampled = Sampled(printable(path.name), title, grid.x, grid.y, grid.values, smooth, grid.notes)
    return Landscape(path, sampled, found.x is not None, found.name, found.others)
