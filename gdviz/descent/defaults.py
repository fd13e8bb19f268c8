"""A descent with the command line's defaults for settings that are left out."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from gdviz.descent import engine, optimizers, schedules
from gdviz.descent.engine import Descent
from gdviz.descent.learning_rate import learning_rate_of
from gdviz.descent.noise import NO_NOISE, Noise
from gdviz.descent.optimizer import Optimizer
from gdviz.descent.optimizers import GRADIENT_DESCENT
from gdviz.descent.schedules import CONSTANT, Schedule
from gdviz.descent.tuning import ladder
from gdviz.errors import InputError, shorten
from gdviz.extent import Extent, FloatArray
from gdviz.functions import function
from gdviz.functions.objective import Objective


def descend(
    objective: Objective | str,
    starts: ArrayLike,
    *,
    learning_rate: float | FloatArray | None = None,
    tolerance: float | None = None,
    max_iterations: int | None = None,
    domain: Extent | Sequence[float] | None = None,
    optimizer: Optimizer | str = GRADIENT_DESCENT,
    schedule: Schedule | str = CONSTANT,
    noise: Noise | float = NO_NOISE,
) -> Descent:
    """Descend from every start at once until each point rests; see `gdviz.descent.engine.descend`.

    Parameters
    ----------
    objective
        What to descend, such as `gdviz.function("himmelblau")`; or a name or an expression, such as `"x^2 + 3*y^2"`.
    starts
        Positions, shape (n, dimension).
    learning_rate
        A positive number, or one for each point, shape (n,). If None, plain descent has the objective's own or one
        found by trial, and any other optimizer one tuned for these starts; see `gdviz.descent.tuning.ladder`.
    tolerance, max_iterations
        The slope at which a point rests, and the most steps; if None, the objective's own.
    domain
        A point that leaves it stops, such as (xmin, xmax, ymin, ymax); if None, the objective's own domain and extent.
        Infinite numbers let points go anywhere.
    optimizer
        How a gradient becomes a step: from `gdviz.optimizer`, or a name, such as `"adam"`.
    schedule
        The share of the learning rate that each step has: from `gdviz.schedule`, or a name, such as `"cosine"`.
    noise
        What is added to each gradient, such as `gdviz.Noise(0.5, seed=1)`; or its deviation, such as 0.5.

    Raises
    ------
    InputError
        If there is no such function, optimizer or schedule, the optimizer cannot have noise, an argument is out of
        range, or the history would not fit into memory.

    """
    target: Objective = function(objective) if isinstance(objective, str) else objective
    rule = optimizers.optimizer(optimizer) if isinstance(optimizer, str) else optimizer
    slope = target.tolerance if tolerance is None else tolerance
    most = target.max_iterations if max_iterations is None else max_iterations
    within = target.domain.hull(target.extent) if domain is None else _extent_of(domain, target.dimension)
    if rule.searches:
        learning_rate = 1.0  # which is not used
    elif learning_rate is None and rule == GRADIENT_DESCENT:
        learning_rate = learning_rate_of(target, target.extent)
    elif learning_rate is None:
        # This checks the starts.
        begun = engine.descend(target, starts, learning_rate=1.0, tolerance=slope, max_iterations=0)
        found = ladder(target, rule, begun.ends, target.extent, tolerance=slope, max_iterations=most, domain=within)
        learning_rate = found.rate
    return engine.descend(
        target,
        starts,
        learning_rate=learning_rate,
        tolerance=slope,
        max_iterations=most,
        domain=within,
        optimizer=rule,
        schedule=schedules.schedule(schedule) if isinstance(schedule, str) else schedule,
        noise=noise if isinstance(noise, Noise) else Noise(noise),
    )


def _extent_of(domain: Extent | Sequence[float], dimension: int) -> Extent:
    extent = domain if isinstance(domain, Extent) else Extent(tuple(map(float, domain)))
    if len(extent.numbers) != 2 * dimension or not all(low < high for low, high in extent.sides):
        wanted = ("xmin, xmax", "xmin, xmax, ymin, ymax")[dimension - 1]
        raise InputError(
            f"the domain of this function is {wanted}, each lower end below its upper end, not {shorten(str(domain))}"
        )
    return extent
