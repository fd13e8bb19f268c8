"""Learning rates: one for a function that has none of its own, found by trial, and descents at several at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gdviz.descent.engine import Descent, Status, descend
from gdviz.descent.optimizer import Optimizer
from gdviz.descent.optimizers import GRADIENT_DESCENT
from gdviz.descent.schedules import CONSTANT, Schedule
from gdviz.extent import Extent, FloatArray, crossed
from gdviz.functions.objective import Objective
from gdviz.functions.rates import likely_rates

LEVEL = 0.01  # the rate where there is next to no slope, and any would do


def learning_rate_of(objective: Objective, extent: Extent) -> float:
    """Return the objective's own learning rate, or one found by trial; see `suggest_learning_rate`."""
    return objective.learning_rate or suggest_learning_rate(objective, extent)


def suggest_learning_rate(objective: Objective, extent: Extent) -> float:
    """Return a learning rate, 1, 2 or 5 times a power of ten, at which a grid over `extent` descends smoothly.

    It is the largest at which, in a trial of 100 steps, no point diverges, 98 % of the steps lower f, and 90 % of the
    first steps are shorter than 3 % of the extent's diagonal.
    """
    axes = [axis[1:-1] for axis in extent.axes((14,) * extent.dimension)]
    starts = crossed(axes)
    slopes = np.hypot.reduce(objective.gradient(*starts.T), axis=0)
    rates = likely_rates(slopes, extent)
    if not rates:
        return LEVEL
    for some in (rates[:3], rates[3:]):  # one of the first three is mostly smooth
        if smooth := smooth_rates(objective, starts, some):
            return smooth[0]
    return rates[-1]


def smooth_rates(objective: Objective, starts: FloatArray, rates: Sequence[float]) -> list[float]:
    """Return the rates at which a trial of 100 steps from starts (n, dimension) is smooth.

    It is smooth if no point diverges and 98 % of the steps lower f.
    """
    trials = descend_at_rates(objective, starts, rates, tolerance=0.0, max_iterations=100)
    return [rate for rate, trial in zip(rates, trials, strict=True) if _falls(trial)]


def _falls(trial: Descent) -> bool:
    defined = np.isfinite(trial.values[0])
    values = trial.values[: int(trial.iterations.max(initial=0)) + 1, defined]
    changes = np.diff(values, axis=0)
    noise = 1e-9 * (1 + np.abs(values[:-1]))
    lowered = changes.size == 0 or float((changes <= noise).mean()) >= 0.98
    return lowered and not bool((trial.status[defined] == Status.DIVERGED).any())


def descend_at_rates(
    objective: Objective,
    starts: FloatArray,
    rates: Sequence[float],
    *,
    tolerance: float,
    max_iterations: int,
    domain: Extent | None = None,
    optimizer: Optimizer = GRADIENT_DESCENT,
    schedule: Schedule = CONSTANT,
) -> list[Descent]:
    """Descend from the same starts at each of several learning rates, all at once; see `descend`."""
    number, count = len(rates), len(starts)
    together = descend(
        objective,
        np.tile(starts, (number, 1)),
        learning_rate=np.repeat(rates, count),
        tolerance=tolerance,
        max_iterations=max_iterations,
        domain=domain,
        optimizer=optimizer,
        schedule=schedule,
    )
    parts = [slice(place * count, (place + 1) * count) for place in range(number)]
    return [together.of(part) for part in parts]
