"""Which parts of a picture something covers that has its outermost points at known places."""

from __future__ import annotations

import itertools

import numpy as np

from gdviz.extent import FloatArray
from gdviz.stage.pixels import Box

ROWS = 64  # of a part: few enough that little but what is covered is in it, and many enough that parts are few


def covered_parts(places: FloatArray, around: float, size: tuple[int, int]) -> list[Box]:
    """Return the parts of a picture, one below the other, that hold the convex hull of places and what is near.

    Parameters
    ----------
    places
        Right of and below the picture's top left corner, in pixels, shape (n, 2).
    around
        How near, in pixels, right and left of the hull as above and below it.
    size
        The picture's width and height.

    """
    width, height = size
    first, second = np.triu_indices(len(places))
    begin, way = places[first], places[second] - places[first]
    top = int(np.clip(np.floor(places[:, 1].min() - around), 0, height - 1))
    bottom = int(np.clip(np.ceil(places[:, 1].max() + around), top + 1, height))
    tops = np.arange(top, bottom, ROWS)
    bottoms = np.minimum(tops + ROWS, bottom)
    # The hull reaches as far, between two heights, as the lines do that join any two places.
    climb = np.where(way[:, 1] == 0, np.finfo(float).tiny, way[:, 1])
    with np.errstate(over="ignore"):
        ends = (np.stack([tops - around, bottoms + around])[..., None] - begin[:, 1]) / climb
    low, high = np.clip(ends.min(axis=0), 0, 1), np.clip(ends.max(axis=0), 0, 1)
    there = (ends.min(axis=0) <= 1) & (ends.max(axis=0) >= 0)
    reached = begin[:, 0] + np.stack([low, high]) * way[:, 0]
    lefts = np.where(there, reached, np.inf).min(axis=(0, 2)) - around
    rights = np.where(there, reached, -np.inf).max(axis=(0, 2)) + around
    parts = zip(tops, np.clip(np.floor(lefts), 0, width), np.clip(np.ceil(rights), 0, width), bottoms, strict=True)
    return [(int(left), int(top), int(right), int(bottom)) for top, left, right, bottom in parts if left < right]


def box_corners(points: FloatArray) -> FloatArray:
    """Return the corners, shape (8, 3), of the upright box that holds points, shape (n, 3); none if there are none."""
    if not len(points):
        return np.zeros((0, 3))
    return np.array(list(itertools.product(*zip(points.min(axis=0), points.max(axis=0), strict=True))))
