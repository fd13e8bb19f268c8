"""`gdviz.plane`: from the snapshots of a training run to the loss on a plane through them, in a file that is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gdviz.errors import InputError, shorten
from gdviz.extent import Extent, FloatArray
from gdviz.planes.arguments import (
    check_callables,
    check_title,
    checked_axes,
    checked_losses,
    checked_runs,
    checked_samples,
    checked_shapes,
    checked_vector,
    digest_of,
)
from gdviz.planes.computing import compute, portions_of, take_over
from gdviz.planes.directions import (
    Snapshots,
    check_apart,
    explained,
    mean_of,
    principal_directions,
    projected,
    random_directions,
)
from gdviz.planes.evaluating import Executor, Loss
from gdviz.planes.kept import check_path
from gdviz.planes.result import Plane

PCA, RANDOM, LAST, MEAN = "pca", "random", "last", "mean"


def plane(
    weights: ArrayLike | Mapping[str, ArrayLike],
    loss: Loss,
    path: str | Path | None = "loss.npz",
    *,
    directions: Literal["pca", "random"] | Sequence[ArrayLike] = "pca",
    origin: Literal["last", "mean"] | ArrayLike = "last",
    samples: int | tuple[int, int] = 51,
    margin: float = 0.25,
    extent: Extent | Sequence[float] | None = None,
    losses: ArrayLike | Mapping[str, ArrayLike] | None = None,
    shapes: Iterable[Sequence[int]] | None = None,
    filter_axis: int = 0,
    seed: int = 0,
    title: str | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    overwrite: bool = False,
) -> Plane:
    """Evaluate the loss on a plane through the weights of training runs, and save what gdviz draws.

    The file is written row by row. Interrupted and called again with the same arguments, it goes on where it was, and
    the file comes out the same; finished, it is read. Visualising a loss so is due to Li et al., arXiv 1712.09913.

    Parameters
    ----------
    weights
        The snapshots of one run, shape (steps, parameters), a row of flat weights each; or of several runs, by name.
    loss
        Takes weights, shape (parameters,), 64 bits, and returns their loss, the same each time. NaN and infinities
        become holes of the landscape.
    path
        The `.npz` to write; None to write none. It has x, y and f; of each run path_NAME (steps, 2) and loss_NAME
        (steps,); explained (2,), title, and a text `plane` that says what it was made from.
    directions
        "pca": the two orthonormal directions in which the snapshots of all runs vary most; the first run moves towards
        positive x and y. "random": two random ones with filter normalisation. Or two directions (parameters,) each,
        such as the difference of two networks; they need not be orthogonal.
    origin
        The weights at (0, 0): the "last" ones of the first run; the "mean" of all snapshots, through which the
        principal plane is nearest to them; or weights, shape (parameters,).
    samples
        How many losses are evaluated along x and y.
    margin
        How far beyond the paths, as a share of their span, at each end; the shorter side is a third of the longer one
        at least.
    extent
        xmin, xmax, ymin, ymax to evaluate, in place of the margin. With random directions, and of a single snapshot,
        it is [-1, 1] along both axes if None.
    losses
        The losses of the snapshots, shape (steps,), or by the runs' names, where they are known; else they are
        evaluated.
    shapes
        For random directions: the shapes of the tensors that were flattened, in their order. Each filter is then as
        long in a direction as in the origin, and tensors of one axis, such as biases, stay as they are. If None, the
        weights count as one filter.
    filter_axis
        The axis of each tensor that counts its filters: 0 in PyTorch, -1 in Keras and JAX.
    seed
        Of the random directions.
    title
        What the landscape is called in pictures.
    executor
        Where losses are evaluated: anything with the `map` of `concurrent.futures`. A pool of processes needs a loss
        that can be pickled.
    progress
        Whether progress is shown on stderr.
    overwrite
        Whether a file may be replaced that gdviz.plane did not make, or made with other arguments.

    Raises
    ------
    InputError
        If an argument is not as described, the snapshots span no plane, or another file is at `path`.

    """
    where = None if path is None else Path(path)
    if where is not None:
        check_path(where)
    check_title(title)
    check_callables(loss, executor)
    runs = checked_runs(weights)
    known = checked_losses(losses, runs, named=isinstance(weights, Mapping))
    snapshots = list(runs.values())
    center = _origin(origin, snapshots)
    tensors = checked_shapes(shapes)
    spanned = _directions(directions, snapshots, center, shapes=tensors, filter_axis=filter_axis, seed=seed)
    points = dict(zip(runs, projected(snapshots, center, spanned), strict=True))
    paths = {name: each for name, each in points.items() if len(each) > 1}
    counts = checked_samples(samples)
    random = _is(directions, RANDOM)
    x, y = checked_axes(extent, margin, [] if random else list(paths.values()), counts)
    begun = Plane(
        origin=center,
        directions=spanned,
        explained=explained(snapshots, spanned),
        x=x,
        y=y,
        f=np.full((len(y), len(x)), np.nan),
        paths=paths,
        losses={name: known.get(name, np.full(len(paths[name]), np.nan)) for name in paths},
        title=title,
        made_from={
            "weights": digest_of(*runs, *snapshots),
            "losses": digest_of(*known, *known.values()),
            "directions": digest_of(_hashed(directions), *((tensors, filter_axis, seed) if random else ())),
            "origin": digest_of(_hashed(origin)),
            "samples": digest_of(counts),
            "extent": digest_of(margin if extent is None else [x[[0, -1]].tolist(), y[[0, -1]].tolist()]),
        },
    )
    portions = portions_of(begun, {name: runs[name] for name in paths if name not in known})
    done = 0 if where is None else take_over(begun, portions, loss, where, overwrite=overwrite)
    if done is not None:
        compute(begun, portions, done, loss, where, executor=executor, progress=progress)
    return begun


def _origin(origin: str | ArrayLike, runs: Snapshots) -> FloatArray:
    """Return the weights at (0, 0), shape (parameters,)."""
    if _is(origin, LAST):
        return np.array(runs[0][-1], dtype=np.float64)
    if _is(origin, MEAN):
        return mean_of(runs)
    if isinstance(origin, str):
        raise InputError(f"origin is '{LAST}', '{MEAN}' or weights, not {shorten(origin)}")
    return checked_vector("origin", origin, runs[0].shape[1])


def _directions(
    directions: str | Sequence[ArrayLike],
    runs: Snapshots,
    origin: FloatArray,
    *,
    shapes: Sequence[tuple[int, ...]] | None,
    filter_axis: int,
    seed: int,
) -> FloatArray:
    """Return what x and y count, shape (2, parameters)."""
    if _is(directions, PCA):
        return principal_directions(runs)
    if _is(directions, RANDOM):
        return random_directions(origin, shapes, filter_axis, seed)
    counted = hasattr(directions, "__len__") and not isinstance(directions, str)
    if not counted or len(directions) != 2:
        given = f"{len(directions)} vectors" if counted else shorten(str(directions))
        raise InputError(f"directions are '{PCA}', '{RANDOM}' or two vectors, not {given}")
    parameters = runs[0].shape[1]
    found = np.array([checked_vector(f"directions[{k}]", each, parameters) for k, each in enumerate(directions)])
    check_apart(found)
    return found


def _is(given: object, word: str) -> bool:
    return isinstance(given, str) and given == word


def _hashed(given: str | ArrayLike | Sequence[ArrayLike]) -> object:
    """Return an argument as its digest is made of it."""
    return given if isinstance(given, str) else np.asarray(given, dtype=np.float64)
