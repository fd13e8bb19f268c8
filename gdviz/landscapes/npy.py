"""Reads arrays in numpy's format: the header is checked before any memory is taken, and nothing is ever unpickled."""

from __future__ import annotations

import io
import math
import warnings
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from gdviz.errors import InputError, bytes_in_words
from gdviz.landscapes.limits import check_bytes, check_cells, shape_in_words

MAX_HEADER = 10_000  # bytes; numpy's own limit
MAX_TEXT = 4_000  # bytes of a text, four a letter
AT_ONCE = 1 << 20  # bytes

_KINDS = {"b": "true and false", "c": "complex numbers", "S": "texts", "U": "texts", "M": "dates", "m": "durations"}
_CURES = {"b": "f.astype(float)", "c": "abs(f) or f.real"}


def read_numbers(file: IO[bytes], name: str) -> NDArray[Any]:
    """Read an array of real numbers.

    Parameters
    ----------
    file
        Positioned at the array's beginning; what follows the array is not read.
    name
        What messages call the array.

    Raises
    ------
    InputError
        If it is not a whole array of real numbers within the limits.

    """
    shape, fortran, dtype = _header(file, name)
    if dtype.hasobject:
        raise InputError(f"{name} holds Python objects, for which gdviz would have to run what is in it; save numbers")
    if dtype.kind not in "iuf" or dtype.shape:
        holds = "tables" if dtype.names or dtype.shape else _KINDS.get(dtype.kind, f"'{dtype}'")
        cure = f", such as {_CURES[dtype.kind]}" if dtype.kind in _CURES and not dtype.shape else ""
        raise InputError(f"{name} holds {holds}; save real numbers{cure}")
    check_cells(name, shape)
    return _body(file, name, shape, fortran, dtype)


def read_text(file: IO[bytes], name: str) -> str | None:
    """Read a single text; None if it is something else."""
    shape, fortran, dtype = _header(file, name)
    if dtype.kind != "U" or math.prod(shape) != 1 or dtype.itemsize > MAX_TEXT:
        return None
    try:
        return str(_body(file, name, shape, fortran, dtype).item())
    except ValueError:  # not Unicode
        return None


def shape_of(file: IO[bytes], name: str) -> str:
    """Return an array's shape in words, without reading its numbers."""
    try:
        return shape_in_words(_header(file, name)[0])
    except InputError:
        return "unreadable"


def _header(file: IO[bytes], name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    head = file.read(npy.MAGIC_LEN)
    if not head.startswith(npy.MAGIC_PREFIX) or len(head) < npy.MAGIC_LEN:
        raise InputError(f"{name} is not an array of numpy's: it does not begin as one does")
    version = (head[-2], head[-1])
    if version not in ((1, 0), (2, 0), (3, 0)):
        raise InputError(f"{name} is of version {version[0]}.{version[1]} of numpy's format; 1.0 to 3.0 are read")
    length = int.from_bytes(file.read(2 if version == (1, 0) else 4), "little")
    text = file.read(min(length, MAX_HEADER + 1))
    if length > MAX_HEADER or len(text) < length:
        raise InputError(f"the header of {name} is {'too long' if length > MAX_HEADER else 'cut off'}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a header that Python 2 wrote
            # The third version differs from the second in letters that no array of numbers needs.
            whole = io.BytesIO(length.to_bytes(4, "little") + text)
            shape, fortran, dtype = npy.read_array_header_2_0(whole, max_header_size=MAX_HEADER)
    except Exception as error:  # whatever a parser of Python's may raise
        raise InputError(f"the header of {name} is damaged; save it again") from error
    if any(side < 0 for side in shape):
        raise InputError(f"{name} has the shape {shape_in_words(shape)}, and no side can be less than 0")
    return tuple(map(int, shape)), fortran, dtype


def _body(file: IO[bytes], name: str, shape: tuple[int, ...], fortran: bool, dtype: np.dtype[Any]) -> NDArray[Any]:
    count = math.prod(shape) * dtype.itemsize
    check_bytes(f"{name} takes", count)
    content = bytearray()
    while len(content) < count and (part := file.read(min(AT_ONCE, count - len(content)))):
        content += part
    if len(content) < count:
        raise InputError(f"{name} is cut off: {bytes_in_words(count - len(content))} are missing")
    return np.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")
