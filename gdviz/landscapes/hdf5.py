"""Reads the `.h5` files in which tomgoldstein/loss-landscape stores surfaces (Li et al., arXiv 1712.09913)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from io import BufferedReader
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gdviz.errors import InputError, missing_extra, nearest, shorten
from gdviz.landscapes.grid import Found
from gdviz.landscapes.limits import check_bytes, check_cells, shape_in_words
from gdviz.landscapes.paths import RecordedPath, path_of_arrays

_Read = TypeVar("_Read")

X, Y = "xcoordinates", "ycoordinates"
PATH = ("proj_xcoord", "proj_ycoord")  # in a file of a projected path
VALUES = ("train_loss", "test_loss", "loss", "f")  # what is drawn if no key is given, best first
NOT_COMPUTED = -1.0  # what their program fills a surface with before it computes it
SIGNATURE = b"\x89HDF\r\n\x1a\n"


def read_h5(file: BufferedReader, key: str | None) -> Found:
    """Read the surface `key`, or that of the training loss.

    Raises
    ------
    InputError
        If h5py is not installed, or there is no such surface.

    """
    return _opened(file, lambda h5py, opened: _found(h5py, opened, key))


def read_h5_path(file: BufferedReader) -> RecordedPath:
    """Read the path of a training, as it is projected to the plane of a surface.

    Raises
    ------
    InputError
        If h5py is not installed, or there is no such path.

    """
    return _opened(file, _path)


def _opened(file: BufferedReader, read: Callable[[Any, Any], _Read]) -> _Read:
    """Return what a function reads of an open file, which it gets with the module h5py."""
    if file.read(len(SIGNATURE)) != SIGNATURE:
        raise InputError("is not an HDF5 file: it does not begin as one does")
    try:
        import h5py
    except ImportError:
        raise missing_extra("reading .h5 files", "h5py", "h5") from None
    file.seek(0)
    try:
        with h5py.File(file, "r") as opened:
            return read(h5py, opened)
    except InputError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise InputError(f"is a damaged HDF5 file ({' '.join(str(error).split())[:80]})") from error


def _arrays(h5py: Any, file: Any) -> dict[str, Any]:
    """Return the arrays of a file by name; links could lead to other files, and are not followed."""
    return {
        name: file[name]
        for name in list(file)[:1000]
        if isinstance(file.get(name, getlink=True), h5py.HardLink) and isinstance(file[name], h5py.Dataset)
    }


def _shapes(arrays: Mapping[str, Any]) -> dict[str, str]:
    return {name: shape_in_words(array.shape or ()) for name, array in arrays.items()}


def _listed(arrays: Mapping[str, Any]) -> str:
    """Return the first arrays and their shapes in words."""
    return ", ".join(f"{name} {shape}" for name, shape in list(_shapes(arrays).items())[:12]) or "none"


def _path(h5py: Any, file: Any) -> RecordedPath:
    arrays = _arrays(h5py, file)
    for name in PATH:
        if name not in arrays:
            raise InputError(f"has no {name}, as a projected path has; there are {_listed(arrays)}")
    x, y = (_numbers(arrays[name], name).ravel() for name in PATH)
    if len(x) != len(y):
        raise InputError(f"{PATH[0]} has {len(x):,} numbers, and {PATH[1]} {len(y):,}; as many are needed")
    return path_of_arrays(np.stack([x, y], axis=1), None, "the path")


def _found(h5py: Any, file: Any, key: str | None) -> Found:
    arrays = _arrays(h5py, file)
    shapes, listed = _shapes(arrays), _listed(arrays)
    if PATH[0] in arrays and X not in arrays:
        raise InputError("holds a projected path, not a surface; give the surface's own file")
    if X not in arrays:
        raise InputError(f"has no {X}; there are {listed}")
    if Y not in arrays:
        raise InputError(f"holds a line, not a surface: it has no {Y}; there are {listed}")
    surfaces = [name for name, array in arrays.items() if len(array.shape or ()) == 2]
    name = key or next((each for each in VALUES if each in surfaces), "")
    if name not in arrays:
        close = nearest(name, surfaces) if key else None
        hint = f"did you mean '{close}'?" if close else f"there are {listed}"
        raise InputError(f"there is no surface {shorten(key or VALUES[0])}; {hint}; choose one with landscape_key")
    x, y, values = (_numbers(arrays[each], each) for each in (X, Y, name))
    notes = []
    rows, columns = y.size, x.size
    if values.shape == (columns, rows) and rows != columns:
        # Their program makes an array of this shape, and fills it in the order of a mesh with the other.
        values = values.reshape(rows, columns)
        notes.append(f"{name} is read in the order in which loss-landscape fills a surface that is not square")
    numbers = values.astype(np.float64)
    if number := int((numbers == NOT_COMPUTED).sum()):
        notes.append(f"{number:,} of {numbers.size:,} samples are {NOT_COMPUTED:g}, not computed: holes")
        numbers[numbers == NOT_COMPUTED] = np.nan
    others = {each: shape for each, shape in shapes.items() if each not in (X, Y, name)}
    return Found(numbers, x, y, name=name, notes=tuple(notes), others=others)


def _numbers(array: Any, name: str) -> NDArray[Any]:
    shape, dtype = array.shape or (), array.dtype
    if dtype.kind not in "iuf" or dtype.shape:
        raise InputError(f"{name} does not hold real numbers, but '{dtype}'")
    if array.external or array.is_virtual:
        raise InputError(f"the numbers of {name} are in another file; copy them into this one")
    check_cells(name, shape)
    check_bytes(f"{name} takes", math.prod(shape) * dtype.itemsize)
    check_bytes(f"a part of {name} takes", math.prod(array.chunks or ()) * dtype.itemsize)
    return np.asarray(array[()])
