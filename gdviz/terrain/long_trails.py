"""Trails in fewer pieces: where a path was straight, a long piece takes the place of short ones once it is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdviz.extent import FloatArray, IntArray
from gdviz.terrain.straight import straightened
from gdviz.terrain.trails import Trails

PASSES = 4  # which leave a fourth of a straight path, and so nearly the same colours


@dataclass(frozen=True)
class LongTrails:
    """What is drawn of trails at each moment.

    Attributes
    ----------
    trails
        The trails, in short pieces.
    pieces
        The vertex numbers of the long pieces' ends, shape (k, 2).
    times
        The position along the descent at which each long piece is complete, shape (k,), ascending.
    replaced
        The position at which a long piece takes the place of each short one, shape (m,); infinite if none does.

    """

    trails: Trails
    pieces: IntArray
    times: FloatArray
    replaced: FloatArray

    def shown(self, position: float) -> IntArray:
        """Return the vertex numbers of the ends of all pieces that are drawn at a position, one piece after another."""
        long = self.pieces[: np.searchsorted(self.times, position, side="right")]
        short = np.flatnonzero(self.replaced[: self.trails.count_until(position)] > position)
        return np.concatenate([long, np.stack([2 * short, 2 * short + 1], axis=1)]).ravel()


def long_trails(trails: Trails, off: float) -> LongTrails:
    """Return trails with long pieces that are at most so many scene units off the short ones."""
    count = len(trails.times)
    in_turn = np.lexsort((trails.times, trails.owners))
    rank = np.empty(count, dtype=np.int64)
    rank[in_turn] = np.arange(count)
    short = np.arange(2 * count).reshape(count, 2)
    before, after = in_turn[:-1], in_turn[1:]
    goes_on = (trails.vertices[2 * after] == trails.vertices[2 * before + 1]).all(axis=1)
    goes_on &= trails.owners[after] == trails.owners[before]
    short[after[goes_on], 0] = 2 * before[goes_on] + 1  # the vertex in which the piece before ends
    joined = straightened(trails.vertices, short, off, PASSES)
    # Of a piece's two ends the one that is reached last is the end of a short piece, and tells when it is complete.
    reached = np.full(2 * count, -1)
    reached[1::2] = rank
    last = reached[joined].max(axis=1)
    order = np.argsort(last)
    joined, last = joined[order], last[order]
    part_of = np.searchsorted(last, rank)
    is_long = np.bincount(part_of, minlength=len(joined)) > 1
    times = trails.times[in_turn[last]]
    replaced = np.where(is_long, times, np.inf)[part_of]
    long = np.flatnonzero(is_long)
    long = long[np.argsort(times[long], kind="stable")]
    return LongTrails(trails, joined[long], times[long], replaced)
