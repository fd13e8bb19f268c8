"""The points of a descent that have not come to rest, and picking some of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.rules import State
from gdviz.extent import FloatArray


@dataclass(frozen=True)
class Active:
    """The points that go on, in their order.

    Attributes
    ----------
    points
        Their numbers, shape (n,).
    position, gradient
        Shape (n, dimension).
    values
        f there, shape (n,).
    rates
        Their learning rates, shape (n, 1), or (1, 1) if they have the same.
    state
        The optimizer's.

    """

    points: NDArray[np.int64]
    position: FloatArray
    values: FloatArray
    gradient: FloatArray
    rates: FloatArray
    state: State

    def where(self, which: NDArray[np.bool_]) -> Active:
        """Return some of them."""
        if which.all():
            return self
        return Active(
            self.points[which],
            rows_where(self.position, which),
            self.values[which],
            rows_where(self.gradient, which),
            self.rates if len(self.rates) == 1 else self.rates[which],
            tuple(rows_where(part, which) for part in self.state),
        )


def rows_where(part: FloatArray, which: NDArray[np.bool_]) -> FloatArray:
    """Return some rows of an array (n, ...), in the same order in memory."""
    if which.all():
        return part
    return part[which] if part.flags.c_contiguous else part.T[..., which].T
