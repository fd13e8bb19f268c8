"""Whatever has the members of an objective can be descended; it need not be a function of gdviz."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gdviz.descent.basins import basins, label_basins
from gdviz.descent.engine import Status, descend
from gdviz.descent.learning_rate import suggest_learning_rate
from gdviz.extent import Extent, FloatArray
from gdviz.functions import function
from gdviz.functions.objective import Objective

SQUARE = Extent((-5.0, 5.0, -5.0, 5.0))


@dataclass(frozen=True)
class Bowl:
    """x^2 + 3*y^2, from no text at all."""

    name: str = "bowl"
    title: str = "Bowl"
    identity: str = "a bowl"
    dimension: int = 2
    domain: Extent = SQUARE
    extent: Extent = SQUARE
    minima: tuple[tuple[float, ...], ...] = ()
    learning_rate: float | None = None
    tolerance: float = 1e-3
    max_iterations: int = 1000
    note: str = ""
    operations: int = 10
    formula: str | None = None

    def value(self, *coordinates: ArrayLike) -> FloatArray:
        return self.value_and_gradient(*coordinates)[0]

    def gradient(self, *coordinates: ArrayLike) -> FloatArray:
        return self.value_and_gradient(*coordinates)[1]

    def value_and_gradient(self, *coordinates: ArrayLike) -> tuple[FloatArray, FloatArray]:
        x, y = (np.asarray(each, dtype=np.float64) for each in coordinates)
        return np.asarray(x * x + 3 * (y * y)), np.stack([2 * x, 3 * (2 * y)])

    def hessian(self, *coordinates: ArrayLike) -> FloatArray:
        zero = np.zeros(np.broadcast_shapes(*(np.shape(each) for each in coordinates)))
        return np.stack([np.stack([zero + 2, zero]), np.stack([zero, zero + 6])])


def test_an_objective_of_no_text_descends_like_the_function_that_it_equals():
    bowl: Objective = Bowl()
    twin: Objective = function("x^2 + 3*y^2")
    rate = suggest_learning_rate(bowl, bowl.extent)
    assert rate == suggest_learning_rate(twin, twin.extent)
    starts = bowl.extent.grid((6, 6))
    ours, theirs = (
        descend(each, starts, learning_rate=rate, tolerance=1e-3, max_iterations=1000) for each in (bowl, twin)
    )
    np.testing.assert_array_equal(ours.points, theirs.points)
    assert (ours.status == Status.CONVERGED).all()
    (basin,) = basins(ours, label_basins(ours, bowl, bowl.extent, 1e-3))
    assert basin.points == 36
    np.testing.assert_array_equal(bowl.hessian(1.0, 2.0), twin.hessian(1.0, 2.0))
