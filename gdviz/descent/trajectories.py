"""Writes the trajectories of points to a file: of one descent, or of several with their names."""

from __future__ import annotations

import csv
import itertools
import zipfile
from collections.abc import Callable, Mapping, Sequence
from itertools import count, repeat
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.engine import Descent
from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.runtime.files import place_of, replacing

AT_ONCE = 1_000_000  # numbers that are written at a time, which limits the memory used
MOST_BYTES = 100  # of a first line that is looked at
_ARRAYS = {"points", "values", "iterations", "status"}

_Array = NDArray[Any]
_Part = Callable[[Descent, NDArray[np.int64]], FloatArray]
Writer = Callable[[Mapping[str, Descent], Path], None]


def trajectory_writer(target: Path) -> Writer:
    """Return the function that writes descents by name to `target`, after checking that the file can be written.

    Raises
    ------
    InputError
        If the suffix is neither .csv nor .npz, or the file cannot be written.

    """
    writer = _WRITERS.get(target.suffix.lower())
    if writer is None:
        raise InputError(f"cannot write {target}: trajectories go to a file that ends in {' or '.join(_WRITERS)}")
    place_of(target)
    return writer


def holds_trajectories(path: Path) -> bool:
    """Return whether a file has the columns or arrays that gdviz writes: neither kind has a place for a stamp.

    Raises
    ------
    OSError
        If the file cannot be read.

    """
    if path.suffix.lower() == ".npz":
        try:
            with zipfile.ZipFile(path) as archive:
                return {name.removesuffix(".npy") for name in archive.namelist()} - {"runs", "losses"} == _ARRAYS
        except zipfile.BadZipFile:
            return False
    with path.open("rb") as file:
        first = file.readline(MOST_BYTES).decode(errors="replace").strip()
    either = (False, True)
    known = [_columns(several=a, dimension=d, recorded=b) for a, d, b in itertools.product(either, (1, 2), either)]
    return first.split(",") in known


def _columns(*, several: bool, dimension: int, recorded: bool) -> list[str]:
    own = ["point", "iteration", *"xy"[:dimension], "f"]
    return [*(["run"] if several else []), *own, *(["loss"] if recorded else [])]


def _write_csv(descents: Mapping[str, Descent], path: Path) -> None:
    """Write one row for each point and iteration, until the point rests; the name comes first if there are several.

    If losses were recorded, they are in a last column, which is f for what was not recorded.
    """
    several, recorded = len(descents) > 1, _are_recorded(descents)
    with replacing(path) as unfinished, unfinished.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        dimension = next(iter(descents.values())).ends.shape[1]
        rows.writerow(_columns(several=several, dimension=dimension, recorded=recorded))
        for name, descent in descents.items():
            named = [repeat(name)] if several else []
            for point, (places, values) in enumerate(descent.history.paths()):
                own = values if descent.recorded_losses is None else descent.recorded_losses[: len(values), point]
                losses = [own.tolist()] if recorded else []
                columns = (repeat(point), count(), *places.T.tolist(), values.tolist(), *losses)
                rows.writerows(zip(*named, *columns, strict=False))


def _write_npz(descents: Mapping[str, Descent], path: Path) -> None:
    """Write arrays; those of several descents have an axis for them before the others, and their names are an array.

    All are as long as the longest: a point that rests repeats its last position anyway. If losses were recorded, there
    is an array of them.
    """
    every = list(descents.values())
    steps = max(descent.steps for descent in every)
    parts: list[tuple[str, _Part]] = [("points", _positions), ("values", _values)]
    small = {
        "iterations": _joined([each.iterations for each in every]),
        "status": _joined([each.status for each in every]),
    }
    last: list[tuple[str, _Part]] = [("losses", _losses)] if _are_recorded(descents) else []
    names = {"runs": np.array(list(descents))} if len(every) > 1 else {}
    with replacing(path) as unfinished, zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        _add_parts(archive, parts, every, steps)
        _add(archive, small)
        _add_parts(archive, last, every, steps)
        _add(archive, names)


def _add(archive: zipfile.ZipFile, arrays: Mapping[str, _Array]) -> None:
    """Add arrays to an .npz file, by name."""
    for name, array in arrays.items():
        with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
            np.lib.format.write_array(file, array, allow_pickle=False)


def _add_parts(
    archive: zipfile.ZipFile, parts: Sequence[tuple[str, _Part]], descents: Sequence[Descent], steps: int
) -> None:
    """Add arrays of all points at so many steps, of which only some rows are in memory at a time."""
    for name, part in parts:
        shape = (*([len(descents)] if len(descents) > 1 else []), steps + 1, *part(descents[0], np.arange(1)).shape[1:])
        with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
            header = {"descr": "<f8", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            for descent in descents:
                together = max(1, AT_ONCE // max(len(descent.status), 1))
                for first in range(0, steps + 1, together):
                    rows = np.arange(first, min(first + together, steps + 1))
                    file.write(part(descent, np.minimum(rows, descent.steps)).astype("<f8", copy=False).tobytes())


def _positions(descent: Descent, steps: NDArray[np.int64]) -> FloatArray:
    return descent.history.positions_of(slice(None), steps)


def _values(descent: Descent, steps: NDArray[np.int64]) -> FloatArray:
    return descent.history.values_of(slice(None), steps)


def _losses(descent: Descent, steps: NDArray[np.int64]) -> FloatArray:
    return descent.loss_history.values_of(slice(None), steps)


def _are_recorded(descents: Mapping[str, Descent]) -> bool:
    """Return whether losses were recorded of any."""
    return any(descent.recorded_losses is not None for descent in descents.values())


def _joined(arrays: Sequence[_Array]) -> _Array:
    """Return the only array, or several as one with an axis for them."""
    return np.stack(arrays) if len(arrays) > 1 else arrays[0]


_WRITERS: Mapping[str, Writer] = MappingProxyType({".csv": _write_csv, ".npz": _write_npz})
