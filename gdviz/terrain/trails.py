"""Where the points came from: paths cut at the edge of the extent, draped on the landscape, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.engine import Descent
from gdviz.extent import Extent, FloatArray, IntArray
from gdviz.terrain.landscape import Landscape

MOST = 2_000  # points that leave a trail: more trails would hide the ground
SHORTEST = 0.5  # mesh cells: shorter steps are joined until they are this long
SQUARE = 0.08  # scene units: the side of the squares in which is counted how crowded trails are
LONGEST = 1.0  # mesh cells: longer steps are divided so that they follow the ground
AT_ONCE = 500_000  # positions that are processed at a time, which limits the memory used


@dataclass(frozen=True)
class Trails:
    """Straight pieces of path, sorted by time; a moment of the film shows a prefix of them.

    Attributes
    ----------
    vertices
        Scene points, shape (2 m, 3); piece k runs from vertex 2k to vertex 2k + 1.
    times
        The position along the descent, in iterations, at which each piece is complete, shape (m,), ascending.
    owners
        The number of the point that each piece belongs to, shape (m,).
    ages
        How far along its own path each vertex lies, 0 at the start and 1 at the end, shape (2 m,).

    """

    vertices: FloatArray
    times: FloatArray
    owners: IntArray
    ages: FloatArray

    def count_until(self, position: float) -> int:
        """Return how many pieces are complete at a position along the descent."""
        return int(np.searchsorted(self.times, position, side="right"))


@dataclass(frozen=True)
class _Pieces:
    """Straight pieces in the function's coordinates: from, to (m, 2), when (m,), and whose."""

    start: FloatArray
    stop: FloatArray
    begins: FloatArray
    ends: FloatArray
    owner: IntArray

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        """All of it, one array a field."""
        return self.start, self.stop, self.begins, self.ends, self.owner

    def part(self, which: IntArray, low: FloatArray, high: FloatArray) -> _Pieces:
        """Return the parts of pieces `which` between the shares `low` and `high` of their length."""
        way, duration = (self.stop - self.start)[which], (self.ends - self.begins)[which]
        start, begins = self.start[which], self.begins[which]
        return _Pieces(
            start + low[:, None] * way,
            start + high[:, None] * way,
            begins + low * duration,
            begins + high * duration,
            self.owner[which],
        )


def build_trails(descent: Descent, landscape: Landscape, heights: FloatArray | None = None) -> Trails:
    """Return the paths of a descent's points, or of MOST of them, over a landscape.

    `heights` lifts them above it: scene heights at each step, shape (steps + 1,); where they are below, it counts.
    """
    cell = np.array(landscape.cell)
    pieces = _divided(_clipped(_simplified(descent, cell), landscape.extent), cell)
    vertices = landscape.drape(np.stack([pieces.start, pieces.stop], axis=1))
    if heights is not None:
        times = np.stack([pieces.begins, pieces.ends], axis=1)
        vertices[..., 2] = lifted(vertices[..., 2], heights, times)
    drawn = np.flatnonzero(np.isfinite(vertices).all(axis=(1, 2)))
    order = drawn[np.argsort(pieces.ends[drawn], kind="stable")]
    lifetime = np.maximum(descent.iterations, 1)[pieces.owner[order]]
    ages = np.stack([pieces.begins[order] / lifetime, pieces.ends[order] / lifetime], axis=1)
    return Trails(vertices[order].reshape(-1, 3), pieces.ends[order], pieces.owner[order], ages.ravel())


def lifted(ground: FloatArray, heights: FloatArray, times: FloatArray) -> FloatArray:
    """Return the ground's heights, or those at positions along a descent where they are known and higher, same shape.

    `heights` are those at each step, shape (steps + 1,); NaN where they are not known.
    """
    return np.fmax(ground, np.interp(times, np.arange(len(heights)), heights))


def coverage(trails: Trails, landscape: Landscape, width: float) -> FloatArray:
    """Return how much ground is covered around each vertex, shape (2 m,): 1 where it would just be covered once.

    `width` is that of the trails, in scene units. Seen from above, in squares of SQUARE scene units.
    """
    last = np.array([int(2 * half / SQUARE) for half in landscape.half])
    cells = np.clip((trails.vertices[:, :2] + landscape.half) // SQUARE, 0, last).astype(np.int64)
    squares = cells[:, 1] * (last[0] + 1) + cells[:, 0]
    lengths = np.linalg.norm(trails.vertices[1::2, :2] - trails.vertices[::2, :2], axis=1)
    total = np.bincount(squares, np.repeat(lengths / 2, 2)) if len(lengths) else np.zeros(0)
    return np.asarray(total[squares] * width / SQUARE**2)


def _simplified(descent: Descent, cell: FloatArray) -> _Pieces:
    """Return one piece for every step of at least SHORTEST cells, and one for a run of shorter ones."""
    chosen = descent.sample(MOST)
    together = max(1, AT_ONCE // (descent.steps + 1))
    parts = [_pieces_of(descent, chosen[k : k + together], cell) for k in range(0, max(len(chosen), 1), together)]
    return _Pieces(*(np.concatenate(columns) for columns in zip(*(part.columns for part in parts), strict=True)))


def _pieces_of(descent: Descent, chosen: IntArray, cell: FloatArray) -> _Pieces:
    points = descent.history.positions_of(chosen)
    travelled = np.cumsum(np.linalg.norm(np.diff(points, axis=0) / cell, axis=2), axis=0)
    kept = np.ones(points.shape[:2], dtype=np.bool_)
    kept[1:] = np.diff(np.floor(travelled / SHORTEST), axis=0, prepend=0) > 0
    kept[descent.iterations[chosen], np.arange(len(chosen))] = True
    owner, when = np.nonzero(kept.T)
    joined = owner[1:] == owner[:-1]
    owner, first, last = owner[1:][joined], when[:-1][joined], when[1:][joined]
    return _Pieces(points[first, owner], points[last, owner], first.astype(float), last.astype(float), chosen[owner])


def _clipped(pieces: _Pieces, extent: Extent) -> _Pieces:
    """Cut pieces at the edge of the extent."""
    enter, leave = extent.clip(pieces.start, pieces.stop)
    which = np.flatnonzero(enter < leave)
    return pieces.part(which, enter[which], leave[which])


def _divided(pieces: _Pieces, cell: FloatArray) -> _Pieces:
    """Divide pieces of more than LONGEST cells evenly."""
    lengths = np.linalg.norm((pieces.stop - pieces.start) / cell, axis=1)
    parts = np.maximum(np.ceil(lengths / LONGEST), 1).astype(np.int64)
    which = np.repeat(np.arange(len(parts)), parts)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts)
    return pieces.part(which, nth / parts[which], (nth + 1) / parts[which])
