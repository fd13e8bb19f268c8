"""Refuses numbers with which nothing can descend."""

from __future__ import annotations

import math

import numpy as np

from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.functions.objective import Objective


def check_descent(
    objective: Objective, starts: FloatArray, rates: FloatArray, *, tolerance: float, max_iterations: int
) -> None:
    """Raise an InputError if an argument of `gdviz.descent.engine.descend` is out of range."""
    if starts.ndim != 2 or starts.shape[1] != objective.dimension:
        raise InputError(
            f"the starts of {objective.name} must have the shape (n, {objective.dimension}), not {starts.shape}"
        )
    if not np.isfinite(starts).all():
        raise InputError("every start must be a finite number")
    if len(rates) not in (1, len(starts)):
        raise InputError(
            f"there must be one learning rate, or one for each of the {len(starts)} starts, not {len(rates)}"
        )
    if not (np.isfinite(rates) & (rates > 0)).all():
        raise InputError(f"the learning rate must be a positive number, not {rates.min()}")
    if not (math.isfinite(tolerance) and tolerance >= 0):
        raise InputError(f"the tolerance must be a number that is not negative, not {tolerance}")
    if max_iterations < 0:
        raise InputError(f"the iterations must not be negative, not {max_iterations}")
