"""Two directions that span a plane in the space of a network's parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gdviz.errors import InputError
from gdviz.extent import FloatArray

AT_ONCE = 1 << 22  # numbers that are turned into 64 bits at a time
# Least variance along the second direction, as a share of that along the first: less is the rounding of a Gram matrix.
LEAST_SHARE = 1e-13
LEAST_ANGLE = 1e-6  # radians between two given directions

Snapshots = Sequence[NDArray[np.floating]]
"""The snapshots of each run, shape (steps, parameters) each, of 32 or 64 bits."""


def principal_directions(runs: Snapshots) -> FloatArray:
    """Return the two orthonormal directions along which the snapshots of all runs vary most, shape (2, parameters).

    They are the first two principal components, found through the small matrix of the snapshots' products, never one
    of parameters by parameters. The first run moves towards positive coordinates along both.

    Raises
    ------
    InputError
        If the snapshots lie on a line, or are all the same.

    """
    steps = sum(map(len, runs))
    products = np.zeros((steps, steps))
    for _, part in _centred(runs):
        products += part @ part.T
    variances, sides = np.linalg.eigh(products)
    first, second = variances[-1], variances[-2] if steps > 1 else 0.0
    if not second > LEAST_SHARE * first:
        where = "are all the same" if first <= 0 else "lie on a line"
        raise InputError(
            f"the snapshots {where}, so that they span no plane; take more of them, or give directions='random'"
        )
    weights = sides[:, :-3:-1] / np.sqrt(variances[:-3:-1])
    found = np.empty((2, runs[0].shape[1]))
    for columns, part in _centred(runs):
        found[:, columns] = weights.T @ part
    found, _ = np.linalg.qr(found.T)  # of rounding errors
    moved = runs[0][-1].astype(np.float64) - runs[0][0]
    return np.ascontiguousarray(np.array([_turned(each, moved) for each in found.T]))


def _turned(direction: FloatArray, moved: FloatArray) -> FloatArray:
    """Return a direction or its opposite: the one that the first run moves along, whatever the solver found."""
    along = float(direction @ moved)
    if abs(along) <= 1e-9 * float(np.linalg.norm(moved)):
        along = float(direction[np.argmax(np.abs(direction))])
    return direction if along >= 0 else -direction


def random_directions(
    weights: FloatArray, shapes: Sequence[tuple[int, ...]] | None, filter_axis: int, seed: int
) -> FloatArray:
    """Return two random directions with filter normalisation (Li et al., arXiv 1712.09913), shape (2, parameters).

    Parameters
    ----------
    weights
        The weights around which the loss is drawn, shape (parameters,).
    shapes
        The shapes of the tensors that were flattened into `weights`, in that order. Each filter, which is what an index
        of `filter_axis` selects of a tensor, is as long in a direction as in the weights. Along tensors of one axis,
        such as biases, a direction is 0. If None, all weights count as one filter.
    filter_axis
        The axis that counts filters: 0 in PyTorch, -1 in Keras and JAX.
    seed
        Of the random numbers.

    Raises
    ------
    InputError
        If the shapes do not hold as many numbers as there are weights, or have no such axis.

    """
    if shapes is None:
        shapes, filter_axis = [(1, len(weights))], 0
    if not isinstance(filter_axis, int | np.integer):
        raise InputError(f"filter_axis is the number of an axis, such as 0, not {filter_axis!r}")
    for shape in shapes:
        if len(shape) > 1 and not -len(shape) <= filter_axis < len(shape):
            raise InputError(f"filter_axis is {filter_axis}, and the tensor of shape {shape} has {len(shape)} axes")
    sizes = [math.prod(shape) for shape in shapes]
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"seed must be at least 0, and whole, not {seed!r}")
    if sum(sizes) != len(weights):
        raise InputError(f"the shapes hold {sum(sizes):,} numbers, but there are {len(weights):,} parameters")
    found = np.random.default_rng(seed).standard_normal((2, len(weights)))
    ends = np.cumsum(sizes)
    for shape, size, end in zip(shapes, sizes, ends, strict=True):
        tensor = weights[end - size : end].reshape(shape)
        for direction in found:
            piece = direction[end - size : end].reshape(tensor.shape)  # a view
            if tensor.ndim <= 1:
                piece[...] = 0.0
                continue
            others = tuple(axis for axis in range(tensor.ndim) if axis != filter_axis % tensor.ndim)
            long = np.sqrt((piece**2).sum(axis=others, keepdims=True))
            piece *= np.sqrt((tensor**2).sum(axis=others, keepdims=True)) / np.where(long > 0, long, 1.0)
    if not np.linalg.norm(found, axis=1).all():
        raise InputError("the random directions are 0: all weights are, or no tensor has two axes; check shapes")
    return found


def check_apart(directions: FloatArray) -> None:
    """Raise an InputError unless two directions (2, parameters) span a plane."""
    lengths = np.linalg.norm(directions, axis=1)
    for number, length in enumerate(lengths):
        if not 0 < length < np.inf:
            raise InputError(f"directions[{number}] has the length {length:g}; a direction is finite and not 0")
    one, other = directions / lengths[:, None]
    if np.linalg.norm(one - (one @ other) * other) < LEAST_ANGLE:
        raise InputError("the two directions are parallel, so that they span no plane; give two that are not")


def projected(runs: Snapshots, origin: FloatArray, directions: FloatArray) -> list[FloatArray]:
    """Return the coordinates of the points of the plane that are nearest to each snapshot, shape (steps, 2) a run."""
    scale = directions @ directions.T
    found = []
    for run in runs:
        along = np.zeros((2, len(run)))
        for columns in _blocks(len(run), run.shape[1]):
            along += directions[:, columns] @ (run[:, columns].astype(np.float64) - origin[columns]).T
        found.append(np.ascontiguousarray(np.linalg.solve(scale, along).T))
    return found


def explained(runs: Snapshots, directions: FloatArray) -> FloatArray:
    """Return the share of the snapshots' variance along the first direction, and what the second adds, shape (2,).

    NaN if the snapshots are all the same.
    """
    axes, _ = np.linalg.qr(directions.T)
    steps = sum(map(len, runs))
    along, whole = np.zeros((steps, 2)), 0.0
    for columns, part in _centred(runs):
        along += part @ axes[columns]
        whole += float((part**2).sum())
    return (along**2).sum(axis=0) / whole if whole > 0 else np.full(2, np.nan)


def mean_of(runs: Snapshots) -> FloatArray:
    """Return the mean of the snapshots of all runs, shape (parameters,)."""
    total = np.zeros(runs[0].shape[1])
    for run in runs:
        total += run.sum(axis=0, dtype=np.float64)
    return np.asarray(total / sum(map(len, runs)))


def _centred(runs: Snapshots) -> Iterator[tuple[slice, FloatArray]]:
    """Yield ranges of parameters, and all snapshots there, shape (steps, part), less their mean."""
    for columns in _blocks(sum(map(len, runs)), runs[0].shape[1]):
        part = np.concatenate([run[:, columns] for run in runs]).astype(np.float64)
        yield columns, part - part.mean(axis=0)


def _blocks(rows: int, columns: int) -> Iterator[slice]:
    step = max(AT_ONCE // max(rows, 1), 1)
    for start in range(0, columns, step):
        yield slice(start, min(start + step, columns))
