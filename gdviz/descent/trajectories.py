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

MOST_BYTES = 100  # of a first line that is looked at
_ARRAYS = {"points", "values", "iterations", "status"}

_Array = NDArray[Any]
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
    points = _joined([_lasting(descent.points, steps) for descent in every])
    values = _joined([_lasting(descent.values, steps) for descent in every])
    iterations = _joined([descent.iterations for descent in every])
    status = _joined([descent.status for descent in every])
    arrays: dict[str, Any] = {"points": points, "values": values, "iterations": iterations, "status": status}
    if _are_recorded(descents):
        arrays["losses"] = _joined([_lasting(descent.losses, steps) for descent in every])
    if len(every) > 1:
        arrays["runs"] = np.array(list(descents))
    with replacing(path) as unfinished:
        np.savez_compressed(unfinished, **arrays)


def _are_recorded(descents: Mapping[str, Descent]) -> bool:
    """Return whether losses were recorded of any."""
    return any(descent.recorded_losses is not None for descent in descents.values())


def _joined(arrays: Sequence[_Array]) -> _Array:
    """Return the only array, or several as one with an axis for them."""
    return np.stack(arrays) if len(arrays) > 1 else arrays[0]


def _lasting(made: FloatArray, steps: int) -> FloatArray:
    """Return a descent's array with its last row repeated until it is so many steps long."""
    missing = steps + 1 - len(made)
    return made if not missing else np.concatenate([made, np.repeat(made[-1:], missing, axis=0)])


_WRITERS: Mapping[str, Writer] = MappingProxyType({".csv": _write_csv, ".npz": _write_npz})
