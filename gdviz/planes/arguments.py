"""Checks the arguments of `gdviz.plane`, and returns them in the one form that is worked with."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdviz.errors import InputError, shorten
from gdviz.extent import Extent, FloatArray
from gdviz.landscapes.grid import check_coordinates, checked_extent
from gdviz.landscapes.limits import LARGEST, check_cells, shape_in_words
from gdviz.landscapes.suffixes import suffix_of

ONE_RUN = "training"  # what a run is called that is given without a name
MAX_NAME = 60  # letters
MAX_TITLE = 1_000  # letters
SQUARE = Extent((-1.0, 1.0, -1.0, 1.0))  # around weights whose directions are as long as they are
LEAST_SIDE = 1 / 3  # of the shorter side, as a share of the longer one


def checked_runs(weights: ArrayLike | Mapping[str, ArrayLike]) -> dict[str, NDArray[np.floating]]:
    """Return the snapshots of each run by name, shape (steps, parameters), 32 or 64 bits; arrays are not copied."""
    given: Mapping[str, ArrayLike] = weights if isinstance(weights, Mapping) else {ONE_RUN: weights}
    if not given:
        raise InputError("weights holds no run; give an array, or arrays by name such as {'adam': ...}")
    runs = {}
    for name, snapshots in given.items():
        word = isinstance(name, str) and name and name.isprintable() and len(name) <= MAX_NAME
        if not word or "/" in name or suffix_of(name):
            raise InputError(f"{shorten(str(name))} is no name of a run; use a short word, such as 'adam'")
        runs[name] = _snapshots("weights" if given is not weights else f"weights[{name!r}]", snapshots)
    counts = {name: run.shape[1] for name, run in runs.items()}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{count:,} of {name}" for name, count in counts.items())
        raise InputError(f"all runs must be of the same parameters, but there are {told}")
    return runs


def _snapshots(what: str, given: ArrayLike) -> NDArray[np.floating]:
    run = _numbers(what, given)
    if run.ndim != 2 or len(run) < 1 or run.shape[1] < 2:
        raise InputError(
            f"{what} has the shape {shape_in_words(run.shape)}; (steps, parameters) is needed: "
            "the flat weights of one snapshot in each row, at least 2 numbers"
        )
    finite = np.isfinite(run).all(axis=1)
    if not finite.all():
        raise InputError(f"{what}[{int(np.argmin(finite))}] is not finite everywhere; leave it out, and what follows")
    if max(-float(run.min()), float(run.max())) > LARGEST:
        raise InputError(f"{what} reaches beyond {LARGEST:g}; scale it")
    return run


def _numbers(what: str, given: ArrayLike) -> NDArray[np.floating]:
    """Return an array of real numbers, of 32 or 64 bits."""
    if isinstance(given, np.ma.MaskedArray):
        given = np.where(np.ma.getmaskarray(given), np.nan, np.ma.getdata(given))
    try:
        numbers = np.asarray(given)
    except ValueError as error:  # rows of several lengths
        raise InputError(f"{what} is not an array: its rows differ in length") from error
    if numbers.dtype.kind not in "iuf":
        raise InputError(f"{what} holds '{numbers.dtype}', not real numbers")
    return numbers if numbers.dtype in (np.float32, np.float64) else numbers.astype(np.float64)


def checked_vector(what: str, given: ArrayLike, parameters: int) -> FloatArray:
    """Return a finite vector of as many numbers as there are parameters."""
    vector = np.asarray(_numbers(what, given), dtype=np.float64)
    if vector.shape != (parameters,):
        raise InputError(
            f"{what} has the shape {shape_in_words(vector.shape)}, but there are {parameters:,} parameters"
        )
    if not np.isfinite(vector).all():
        raise InputError(f"{what} is not finite everywhere")
    return vector


def checked_losses(
    losses: ArrayLike | Mapping[str, ArrayLike] | None, runs: Mapping[str, NDArray[np.floating]], *, named: bool
) -> dict[str, FloatArray]:
    """Return the losses of the snapshots, shape (steps,), by the run's name, of the runs for which they are given."""
    if losses is None:
        return {}
    if isinstance(losses, Mapping) != named:
        raise InputError("losses must be given as weights are: an array of one run, or arrays by the runs' names")
    given: Mapping[str, ArrayLike] = losses if isinstance(losses, Mapping) else {ONE_RUN: losses}
    found = {}
    for name, numbers in given.items():
        if name not in runs:
            raise InputError(f"losses names {shorten(str(name))}, and the runs are {', '.join(runs)}")
        found[name] = np.array(_numbers("losses", numbers), dtype=np.float64)
        if found[name].shape != (len(runs[name]),):
            shape = shape_in_words(found[name].shape)
            raise InputError(f"losses have the shape {shape}, but {name} has {len(runs[name]):,} snapshots")
    return found


def checked_samples(samples: int | Sequence[int]) -> tuple[int, int]:
    """Return the number of samples along x and y."""
    pair = tuple(samples) if isinstance(samples, Sequence) else (samples, samples)
    if len(pair) != 2 or not all(isinstance(count, int | np.integer) and count >= 2 for count in pair):
        raise InputError(f"samples must be a whole number of at least 2, or two for x and y, not {samples!r}")
    check_cells("f", pair)
    return int(pair[0]), int(pair[1])


def checked_axes(
    extent: Extent | Sequence[float] | None, margin: float, paths: Sequence[FloatArray], counts: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """Return the x and y at which the loss is evaluated: in `extent`, or around paths (steps, 2), if there are some."""
    place = _around(margin, paths) if extent is None else checked_extent(extent)
    with np.errstate(over="ignore", invalid="ignore"):  # which is said in a sentence
        x, y = place.axes(counts)
    for name, coordinates in (("x", x), ("y", y)):
        check_coordinates(name, coordinates)
    return x, y


def _around(margin: float, paths: Sequence[FloatArray]) -> Extent:
    if not (isinstance(margin, int | float | np.number) and 0 <= margin < math.inf):
        raise InputError(f"margin must be a share of the paths' span, at least 0, not {margin!r}")
    if not paths:
        return SQUARE
    around = Extent.around(np.concatenate(paths))
    side = np.maximum(around.span, LEAST_SIDE * around.span.max()) * (0.5 + margin)
    middle = (around.low + around.high) / 2
    (left, low), (right, high) = (middle - side).tolist(), (middle + side).tolist()
    return Extent((left, right, low, high))


def checked_shapes(shapes: Iterable[Sequence[int]] | None) -> list[tuple[int, ...]] | None:
    """Return the shapes of tensors; None if none are given."""
    if shapes is None:
        return None
    if not isinstance(shapes, Iterable):
        raise InputError(f"shapes takes a list of shapes, such as [(64, 10), (10,)], not {shapes!r}")
    return [_checked_shape(shape) for shape in shapes]


def _checked_shape(shape: Sequence[int]) -> tuple[int, ...]:
    sides = tuple(shape) if isinstance(shape, Sequence) else (-1,)
    if not all(isinstance(side, int | np.integer) and side >= 0 for side in sides):
        raise InputError(f"shapes takes the shape of each tensor, such as (64, 10), not {shape!r}")
    return tuple(map(int, sides))


def check_callables(loss: object, executor: object) -> None:
    """Refuse a loss that is no function, and an executor without the `map` of one."""
    if not callable(loss):
        raise InputError(f"loss must be a function of a vector of weights, not {shorten(str(loss))}")
    if executor is not None and not callable(getattr(executor, "map", None)):
        raise InputError(f"executor must have the map of concurrent.futures, which {shorten(str(executor))} has not")


def check_title(title: str | None) -> None:
    """Refuse a title that would not be read again."""
    if title is not None and not (isinstance(title, str) and len(title) <= MAX_TITLE):
        raise InputError(f"title must be a text of at most {MAX_TITLE:,} letters")


def digest_of(*things: object) -> str:
    """Return a short text that changes when numbers, texts or arrays do."""
    total = hashlib.sha256()
    for thing in things:
        if isinstance(thing, np.ndarray):
            total.update(f"{thing.dtype.str}{thing.shape}".encode())
            total.update(np.ascontiguousarray(thing).data)
        else:
            total.update(f"{thing!r};".encode())
    return total.hexdigest()[:16]
