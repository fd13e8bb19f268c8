"""Tuned learning rates."""

from __future__ import annotations

from gdviz.descent.optimizer import Optimizer
from gdviz.errors import InputError
from gdviz.extent import Extent, FloatArray
from gdviz.functions.objective import Objective


def tuned_rate(
    objective: Objective,
    optimizer: Optimizer,
    starts: FloatArray,
    extent: Extent,
    *,
    tolerance: float,
    max_iterations: int,
    domain: Extent,
) -> float:
    """Raise an InputError: there are no tuned rates yet."""
    raise InputError(f"{optimizer.name} needs a learning rate, such as 0.1")
