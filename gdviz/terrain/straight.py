"""Lines with fewer vertices: those are left out between which a line is straight."""

from __future__ import annotations

import numpy as np

from gdviz.extent import FloatArray, IntArray

SCATTER = 2654435761  # odd and large: multiples of it are in no order (D. Knuth's multiplicative hashing)


def straightened(points: FloatArray, pieces: IntArray, off: float, passes: int) -> IntArray:
    """Return lines without the vertices that lie nearly between their two neighbours.

    Parameters
    ----------
    points
        Places, shape (n, 3).
    pieces
        The straight pieces of the lines, as numbers of points, shape (m, 2).
    off
        How far a vertex that is left out may be from the line, in the unit of the points.
    passes
        How often vertices are left out; each time at most every second of a line.

    Returns
    -------
    pieces
        Numbers of points, shape (k, 2).

    """
    for _ in range(passes):
        inner, before, after = _between_two(len(points), pieces)
        straight = (before != after) & (_distances(points[inner], points[before], points[after]) <= off)
        # Of neighbours only one is left out: the one that comes first in no order.
        rank = np.full(len(points), -1)
        rank[inner[straight]] = inner[straight] * SCATTER % 2**32
        chosen = straight & (rank[inner] > rank[before]) & (rank[inner] > rank[after])
        if not chosen.any():
            break
        gone = np.zeros(len(points), dtype=np.bool_)
        gone[inner[chosen]] = True
        longer = np.stack([before[chosen], after[chosen]], axis=1)
        pieces = np.concatenate([pieces[~gone[pieces].any(axis=1)], longer])
    return pieces


def _between_two(count: int, pieces: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the points that have two neighbours, and these."""
    degree = np.bincount(pieces.ravel(), minlength=count)
    order = np.argsort(pieces.ravel(), kind="stable")
    neighbours, first = pieces[:, ::-1].ravel()[order], np.cumsum(degree) - degree
    inner = np.flatnonzero(degree == 2)
    return inner, neighbours[first[inner]], neighbours[first[inner] + 1]


def _distances(places: FloatArray, ends: FloatArray, others: FloatArray) -> FloatArray:
    """Return how far places (n, 3) are from the straight pieces between ends and others."""
    chord, way = others - ends, places - ends
    share = np.einsum("ij,ij->i", way, chord) / np.maximum(np.einsum("ij,ij->i", chord, chord), 1e-300)
    return np.asarray(np.linalg.norm(way - np.clip(share, 0, 1)[:, None] * chord, axis=1))
