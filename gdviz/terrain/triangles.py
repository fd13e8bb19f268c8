"""Triangles on a grid of vertices, which split every cell along the diagonal from its low to its high corner."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray, quantile

STEPS = (4, 2)  # cells along the side of a triangle that is larger than need be, largest first


def vertex_numbers(shape: tuple[int, ...]) -> NDArray[Any]:
    """Return the triangles of a grid (rows, columns), as vertex numbers (n, 3), counter-clockwise from above."""
    rows, columns = shape
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    lower = np.stack([corner, corner + 1, corner + columns + 1], axis=1)
    upper = np.stack([corner, corner + columns + 1, corner + columns], axis=1)
    return np.stack([lower, upper], axis=1).reshape(-1, 3)


def on_triangles(grid: FloatArray, row: FloatArray, column: FloatArray) -> FloatArray:
    """Return what the triangles between vertices (rows, columns, ...) have at places in their rows and columns (...).

    Places beyond the edge are moved to it.
    """
    rows, columns = grid.shape[:2]
    row, column = np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)
    i, j = np.minimum(row.astype(np.intp), rows - 2), np.minimum(column.astype(np.intp), columns - 2)
    across, up = (share.reshape(share.shape + (1,) * (grid.ndim - 2)) for share in (column - j, row - i))
    low, high = grid[i, j], grid[i + 1, j + 1]
    below = low + across * (grid[i, j + 1] - low) + up * (high - grid[i, j + 1])
    above = low + up * (grid[i + 1, j] - low) + across * (high - grid[i + 1, j])
    return np.asarray(np.where(across >= up, below, above))


def flattened(values: FloatArray, step: int) -> FloatArray:
    """Return values (rows, columns, ...) at the vertices as triangles `step` cells long and wide have them."""
    rows, columns = values.shape[:2]
    row, column = np.meshgrid(np.arange(rows) / step, np.arange(columns) / step, indexing="ij")
    return on_triangles(values[::step, ::step], row, column)


def mostly(differences: FloatArray) -> float:
    """Return what nearly all differences are at most."""
    return quantile(differences, 0.98)
