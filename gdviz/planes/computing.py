"""Computes the losses of a plane a portion at a time, and keeps in its file what is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdviz.errors import InputError, printable
from gdviz.extent import FloatArray
from gdviz.planes.evaluating import Executor, Loss, loss_at, portions_of_losses
from gdviz.planes.kept import damaged, read_kept
from gdviz.planes.progress import shown_progress
from gdviz.planes.result import Plane

SAME = 1e-3  # relative difference up to which two losses count as the same: graphics cards add in any order


@dataclass(frozen=True)
class Portion:
    """Losses that are computed together: a row of the grid, or as many snapshots of a run.

    Attributes
    ----------
    into
        Where they belong, shape (n,): a part of the plane's own arrays.
    vector
        Gives the weights of each by its number.

    """

    into: FloatArray
    vector: Callable[[int], FloatArray]

    def vectors(self) -> Iterator[FloatArray]:
        """Yield the weights of each, shape (parameters,): an array of its own."""
        return map(self.vector, range(len(self.into)))


def portions_of(plane: Plane, runs: Mapping[str, NDArray[np.floating]]) -> list[Portion]:
    """Return all that is to be computed: the losses of the snapshots of these runs, then the rows of the grid."""
    width = len(plane.x)
    snapshots = [
        Portion(plane.losses[name][start : start + width], partial(_snapshot, run[start : start + width]))
        for name, run in runs.items()
        for start in range(0, len(run), width)
    ]
    return snapshots + [Portion(row, partial(_on_row, plane, y)) for row, y in zip(plane.f, plane.y, strict=True)]


def _snapshot(run: NDArray[np.floating], number: int) -> FloatArray:
    return np.array(run[number], dtype=np.float64)


def _on_row(plane: Plane, y: float, number: int) -> FloatArray:
    return plane.weights(plane.x[number], y)


def take_over(plane: Plane, portions: Sequence[Portion], loss: Loss, path: Path, *, overwrite: bool) -> int | None:
    """Put into a plane what an earlier call left in its file, and return how many portions that is; None if all.

    Raises
    ------
    InputError
        If the file is something else, or of another loss, and may not be overwritten.

    """
    kept = read_kept(path, plane.made_from, overwrite=overwrite)
    if kept is None or kept.done == 0:
        return 0
    if kept.done is not None and not (isinstance(kept.done, int) and 0 <= kept.done <= len(portions)):
        raise damaged(path)
    try:
        for name, into in {"f": plane.f, **{f"loss_{run}": losses for run, losses in plane.losses.items()}}.items():
            into[...] = kept.arrays[name]
    except (KeyError, ValueError) as error:
        raise damaged(path) from error
    then, now = portions[0].into[0], loss_at(loss, portions[0].vector(0))
    if np.isclose(now, then, rtol=SAME, atol=0.0, equal_nan=True):
        return kept.done if kept.title == plane.title else min(kept.done or len(portions), len(portions))
    if not overwrite:
        raise InputError(
            f"{printable(path)} was made with another loss: the first was {then:g}, and is {now:g} now; give another "
            "path, or overwrite=True to begin it anew (a loss must be the same each time, without random batches)"
        )
    for portion in portions:
        portion.into[...] = np.nan
    return 0


def compute(
    plane: Plane,
    portions: Sequence[Portion],
    done: int,
    loss: Loss,
    path: Path | None,
    *,
    executor: Executor | None,
    progress: bool,
) -> None:
    """Compute the portions that are not done yet, and write the plane's file meanwhile, if it has one.

    It is written after each portion, so that whatever ends this early, what is done is in the file.
    """
    kept = done
    try:
        with shown_progress(len(portions), done, show=progress) as report:
            found = portions_of_losses(loss, (portion.vectors() for portion in portions[done:]), executor)
            for portion, losses in zip(portions[done:], found, strict=True):
                portion.into[...] = losses
                done += 1
                if path is not None:
                    plane.write(path, done)
                    kept = done
                report(done)
        if path is not None:
            plane.write(path)
    except BaseException as error:
        if path is not None and kept:
            error.add_note(f"{printable(path)} keeps {kept} of {len(portions)} rows; call gdviz.plane again to go on")
        raise
