"""A plane in the space of a network's parameters, with the losses on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.planes.arguments import checked_runs
from gdviz.planes.directions import projected
from gdviz.planes.kept import check_path, read_kept, write_plane


@dataclass(frozen=True, eq=False)
class Plane:
    """The loss on a plane in the space of a network's parameters, and training runs projected onto it.

    Attributes
    ----------
    origin
        The weights at (0, 0), shape (parameters,).
    directions
        What x and y count, shape (2, parameters): the weights at (x, y) are origin + x * directions[0] + y *
        directions[1].
    explained
        The share of the snapshots' variance along the first direction, and what the second adds, shape (2,); NaN if
        there is one snapshot.
    x, y
        The coordinates of the columns and rows of `f`.
    f
        The losses, shape (len(y), len(x)); f[j, i] is that of the weights at (x[i], y[j]).
    paths
        By the name of each run, the points of the plane nearest to its snapshots, shape (steps, 2).
    losses
        By the name of each run, the true losses of its snapshots, which lie beside the plane, shape (steps,).
    title
        What the landscape is called; None for the file's name.
    made_from
        Digests of the arguments, by which a file is known again.

    """

    origin: FloatArray
    directions: FloatArray
    explained: FloatArray
    x: FloatArray
    y: FloatArray
    f: FloatArray
    paths: Mapping[str, FloatArray]
    losses: Mapping[str, FloatArray]
    title: str | None
    made_from: Mapping[str, str]

    def weights(self, x: float, y: float) -> FloatArray:
        """Return the weights at a point of the plane, shape (parameters,)."""
        return np.asarray(self.origin + x * self.directions[0] + y * self.directions[1])

    def project(self, weights: ArrayLike) -> FloatArray:
        """Return the points of the plane nearest to snapshots (steps, parameters), shape (steps, 2).

        Raises
        ------
        InputError
            If they are not snapshots of one run, of as many parameters as the plane's.

        """
        if isinstance(weights, Mapping):
            raise InputError("project takes the snapshots of one run, an array; call it for each run")
        (run,) = checked_runs(weights).values()
        if run.shape[1] != len(self.origin):
            raise InputError(f"there are {run.shape[1]:,} parameters, and the plane has {len(self.origin):,}")
        return projected([run], self.origin, self.directions)[0]

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the `.npz` that `gdviz.plane` writes.

        Raises
        ------
        InputError
            If something else than this plane is there, and not `overwrite`.

        """
        where = Path(path)
        check_path(where)
        read_kept(where, self.made_from, overwrite=overwrite)
        self.write(where)

    def write(self, path: Path, done: int | None = None) -> None:
        """Write it, over what is there; `done` is the number of portions that are computed, None for all."""
        arrays = {"x": self.x, "y": self.y, "f": self.f}
        for name in self.paths:
            arrays |= {f"path_{name}": self.paths[name], f"loss_{name}": self.losses[name]}
        arrays["explained"] = self.explained
        write_plane(path, arrays, self.title, self.made_from, done)
