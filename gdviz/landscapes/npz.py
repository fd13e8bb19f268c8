"""Reads `.npz` files: zip archives of numpy's arrays, of which only those that are needed are unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from typing import IO, Any

from numpy.typing import NDArray

from gdviz.errors import InputError, shorten
from gdviz.landscapes.grid import Found
from gdviz.landscapes.limits import MAX_NAME, MAX_PATHS, MAX_STEPS
from gdviz.landscapes.npy import read_numbers, read_text, shape_of
from gdviz.landscapes.paths import RecordedPath, path_of_arrays
from gdviz.landscapes.suffixes import stem_of

PATH, LOSS = "path_", "loss_"  # begin the names of arrays of recorded paths, and of their losses
MAX_ARRAYS = 1_000
MAX_PATH_BYTES = 3 * 16 * MAX_STEPS  # of an array, unpacked
END = b"PK\x05\x06"  # begins the end of a zip archive
ZIP64 = b"PK\x06\x07"  # begins what stands before the end of a large one
LONGEST_COMMENT = 1 << 16
# What Python's reader raises of an archive that is damaged.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # those of numpy


def read_npz(file: BufferedReader, key: str | None) -> Found:
    """Read x, y and f, or the array `key` in place of f."""
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            arrays = {
                info.filename.removesuffix(".npy"): info
                for info in archive.infolist()
                if info.filename.endswith(".npy")
            }
            return _found(archive, arrays, key)
    except InputError:
        raise
    except _DAMAGED as error:
        raise InputError(f"is a damaged .npz file ({' '.join(str(error).split())[:80]}); save it again") from error


def _found(archive: zipfile.ZipFile, arrays: dict[str, zipfile.ZipInfo], key: str | None) -> Found:
    name = key or "f"
    if name not in arrays:
        held = ", ".join(sorted(shorten(each).strip("'") for each in arrays)) or "none"
        asked = "no array" if key else "no array f (numpy.savez('loss.npz', x=x, y=y, f=f) writes one)"
        raise InputError(f"there is {asked}{f' {shorten(key)}' if key else ''}; there are {held}")
    if ("x" in arrays) != ("y" in arrays):
        there, missing = ("x", "y") if "x" in arrays else ("y", "x")
        raise InputError(f"there is an array {there}, and no array {missing}; save both, or none")
    numbers = {each: _numbers(archive, arrays[each]) for each in (name, "x", "y") if each in arrays}
    title = None
    if "title" in arrays:
        with _member(archive, arrays["title"]) as member:
            title = read_text(member, "title")
    others: dict[str, str] = {}
    for each, info in arrays.items():
        if each not in (name, "x", "y", "title") and len(others) < 100:
            with _member(archive, info) as member:
                others[each] = shape_of(member, each)
    paths = {called: _path(archive, arrays, each) for called, each in _path_names(arrays).items()}
    return Found(numbers[name], numbers.get("x"), numbers.get("y"), name=name, title=title, others=others, paths=paths)


def _path_names(arrays: Mapping[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Return the arrays of paths by what they are called, without a suffix, which would make them files."""
    names: dict[str, str] = {}
    for each in arrays:
        name = stem_of(each.removeprefix(PATH))
        if each.startswith(PATH) and 0 < len(name) <= MAX_NAME and len(names) < MAX_PATHS:
            names.setdefault(name, each)
    return names


def _path(archive: zipfile.ZipFile, arrays: Mapping[str, zipfile.ZipInfo], array: str) -> RecordedPath | InputError:
    """Return the path in an array, with the losses beside it; or why it is none, which matters only if it is drawn."""
    losses = LOSS + array.removeprefix(PATH)
    try:
        points = _short(archive, arrays[array])
        return path_of_arrays(points, _short(archive, arrays[losses]) if losses in arrays else None, array, losses)
    except InputError as error:
        return error


def _short(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[Any]:
    """Return an array that belongs to a path, which is not read if it is longer than one may be."""
    name = info.filename.removesuffix(".npy")
    if info.file_size > MAX_PATH_BYTES:
        raise InputError(f"{name} is too long for a path: at most {MAX_STEPS:,} steps are read")
    return _numbers(archive, info)


def _numbers(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[Any]:
    name = info.filename.removesuffix(".npy")
    with _member(archive, info) as member:
        found = read_numbers(member, name)
        member.read(1)  # at the end its checksum is compared
    return found


@contextmanager
def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    if info.flag_bits & 1:
        raise InputError(f"{info.filename} is encrypted; save it without a password")
    if info.compress_type not in METHODS:
        raise InputError(f"{info.filename} is compressed in a way that numpy does not use; save it with numpy.savez")
    with archive.open(info) as member:
        yield member


def _check_directory(file: BufferedReader) -> None:
    """Check that the archive lists few arrays: Python's reader lists all, which takes memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - LONGEST_COMMENT - 22))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < 22:
        raise InputError("is not a whole .npz file: its end is missing; save it again")
    count = int.from_bytes(tail[at + 10 : at + 12], "little")
    listed = int.from_bytes(tail[at + 12 : at + 16], "little")
    if tail[max(0, at - 20) : at].startswith(ZIP64) or count > MAX_ARRAYS or listed > MAX_ARRAYS * 1_000:
        raise InputError(f"lists more than {MAX_ARRAYS:,} arrays; save only what is needed")
