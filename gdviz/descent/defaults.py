"""A descent whose settings, where they are left out, are those of the command line."""

from __future__ import annotations

from numpy.typing import ArrayLike

from gdviz.descent import engine
from gdviz.descent.engine import Descent
from gdviz.descent.learning_rate import learning_rate_of
from gdviz.descent.optimizers import GRADIENT_DESCENT, Optimizer
from gdviz.extent import Extent, FloatArray
from gdviz.functions.objective import Objective


def descend(
    objective: Objective,
    starts: ArrayLike,
    *,
    learning_rate: float | FloatArray | None = None,
    tolerance: float | None = None,
    max_iterations: int | None = None,
    domain: Extent | None = None,
    optimizer: Optimizer = GRADIENT_DESCENT,
) -> Descent:
    """Descend from every start at once until each point rests; see `gdviz.descent.engine.descend`.

    Parameters
    ----------
    objective
        What to descend, such as `gdviz.function("himmelblau")`.
    starts
        Positions, shape (n, dimension).
    learning_rate
        A positive number, or one for each point, shape (n,); the objective's own, or one found by trial, if None.
    tolerance, max_iterations
        The slope at which a point rests, and the steps after which the descent ends; the objective's own if None.
    domain
        What points may not leave; the objective's own, and all of its extent, if None.
    optimizer
        How a gradient becomes a step.

    Raises
    ------
    InputError
        If an argument is out of its range, or the history would not fit into memory.

    """
    return engine.descend(
        objective,
        starts,
        learning_rate=learning_rate_of(objective, objective.extent) if learning_rate is None else learning_rate,
        tolerance=objective.tolerance if tolerance is None else tolerance,
        max_iterations=objective.max_iterations if max_iterations is None else max_iterations,
        domain=objective.domain.hull(objective.extent) if domain is None else domain,
        optimizer=optimizer,
    )
