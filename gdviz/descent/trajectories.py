"""Writes the trajectories of a descent's points to a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from itertools import count, repeat
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gdviz.descent.engine import Descent
from gdviz.errors import InputError
from gdviz.runtime.files import place_of, replacing

Writer = Callable[[Descent, Path], None]


def trajectory_writer(target: Path) -> Writer:
    """Return the function that writes a descent to `target`, after checking that the file can be written.

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


def _write_csv(descent: Descent, path: Path) -> None:
    """Write one row for each point and iteration, until the point rests."""
    with replacing(path) as unfinished, unfinished.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["point", "iteration", *"xy"[: descent.points.shape[2]], "f"])
        for point, last in enumerate(descent.iterations):
            places, values = descent.points[: last + 1, point], descent.values[: last + 1, point]
            rows.writerows(zip(repeat(point), count(), *places.T.tolist(), values.tolist(), strict=False))


def _write_npz(descent: Descent, path: Path) -> None:
    with replacing(path) as unfinished:
        np.savez_compressed(
            unfinished,
            points=descent.points,
            values=descent.values,
            iterations=descent.iterations,
            status=descent.status,
        )


_WRITERS: Mapping[str, Writer] = MappingProxyType({".csv": _write_csv, ".npz": _write_npz})
