"""Reads a landscape from a file; its suffix tells how."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gdviz.errors import GdvizWarning, InputError, nearest, printable, shorten
from gdviz.extent import Extent
from gdviz.functions.sampled import Sampled
from gdviz.landscapes.grid import Found, checked_extent, grid_of
from gdviz.landscapes.hdf5 import read_h5
from gdviz.landscapes.limits import MAX_SMOOTH
from gdviz.landscapes.npy import read_numbers
from gdviz.landscapes.npz import PATH, read_npz
from gdviz.landscapes.opening import identity_of, named, opened
from gdviz.landscapes.paths import RecordedPath
from gdviz.landscapes.suffixes import GZIP, HDF5, TEXT, stem_of, suffix_of
from gdviz.landscapes.text import read_gzip, read_text_file
from gdviz.letters import is_seen

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
    paths
        The recorded paths in the file by name, or what is wrong with them.

    """

    path: Path
    sampled: Sampled
    placed: bool
    name: str
    others: Mapping[str, str]
    paths: Mapping[str, RecordedPath | InputError]

    def recorded(self, name: str) -> RecordedPath:
        """Return a recorded path by its name.

        Raises
        ------
        InputError
            If there is none of this name, or it is not right.

        """
        if name not in self.paths:
            close = nearest(name.removeprefix(PATH), self.paths)
            known = f"there are {', '.join(map(printable, self.paths))}" if self.paths else "it has none"
            hint = f"did you mean '{close}'?" if close else known
            raise InputError(f"{printable(self.path.name)} has no recorded path {shorten(name)}; {hint}")
        found = self.paths[name]
        if isinstance(found, InputError):
            raise InputError(f"{printable(self.path.name)}: {found}") from found
        return found


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
        return _read(where, key, smooth, extent, identity_of(where))
    except InputError as error:
        raise InputError(f"{named(where)}: {error}") from error


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
    if not (isinstance(smooth, int | float | np.number) and 0 <= smooth <= MAX_SMOOTH):
        raise InputError(f"smooth must lie between 0 and {MAX_SMOOTH:g} cells, not be {smooth!r}")
    place = None if extent is None else checked_extent(extent)
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
    told = found.title if any(map(is_seen, found.title or "")) else None
    title = printable(told) if told else printable(stem_of(path.name)).replace("$", r"\$")
    sampled = Sampled(printable(path.name), title, grid.x, grid.y, grid.values, smooth, grid.notes)
    return Landscape(path, sampled, found.x is not None, found.name, found.others, found.paths)
