"""Which tiles of a picture something is on, and the rectangles that they make up."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray
from gdviz.stage.pixels import Box

SIDE = 16  # pixels: few enough that little is in a tile beside a line, and many enough that tiles are few
AROUND = 2.0  # pixels that shapes may reach beyond their boxes


def tiles_of(boxes: FloatArray, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return which tiles of a picture are in boxes or near them, shape (rows, columns).

    Parameters
    ----------
    boxes
        The left, top, right and bottom of each, in pixels, shape (n, 4); they may reach out of the picture.
    size
        The picture's width and height.

    """
    columns, rows = (-(-side // SIDE) for side in size)
    edges = np.clip((boxes + [-AROUND, -AROUND, AROUND, AROUND]) // SIDE, -1, [columns, rows, columns, rows])
    left, top, right, bottom = edges.astype(np.int64).T
    there = (right >= 0) & (bottom >= 0) & (left < columns) & (top < rows)
    left, top, right, bottom = left[there].clip(0), top[there].clip(0), right[there] + 1, bottom[there] + 1
    # How many boxes are on each tile: sums of what begins and ends there.
    changes = np.zeros((rows + 2, columns + 2), dtype=np.int64)
    for row, column, sign in ((top, left, 1), (top, right, -1), (bottom, left, -1), (bottom, right, 1)):
        np.add.at(changes, (row, column), sign)
    return np.asarray(changes.cumsum(axis=0).cumsum(axis=1)[:rows, :columns] > 0)


def rectangles(tiles: NDArray[np.bool_], size: tuple[int, int]) -> Iterator[Box]:
    """Yield boxes that hold all tiles of a picture that are set, and no others, in pixels; none overlaps another."""
    begun: dict[tuple[int, int], int] = {}  # the rows in which runs of columns began
    changes = np.diff(np.pad(tiles, ((0, 1), (1, 1))).astype(np.int8), axis=1)
    for row, change in enumerate(changes):  # the row below the last has none, and ends all runs
        edges = np.flatnonzero(change).tolist()
        runs = set(zip(edges[::2], edges[1::2], strict=True))
        for left, right in begun.keys() - runs:
            top = begun.pop((left, right))
            yield left * SIDE, top * SIDE, min(right * SIDE, size[0]), min(row * SIDE, size[1])
        for run in runs:
            begun.setdefault(run, row)
