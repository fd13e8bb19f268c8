"""The engine: gradient descent of many points at once, which also tells how each point ended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdviz.descent.noise import NO_NOISE, Noise
from gdviz.descent.optimizer import Optimizer
from gdviz.descent.optimizers import GRADIENT_DESCENT
from gdviz.descent.rules import State
from gdviz.descent.schedules import CONSTANT, Schedule
from gdviz.errors import InputError
from gdviz.extent import Extent, FloatArray, in_all_axes, in_any_axis
from gdviz.functions.objective import Objective
from gdviz.runtime.resources import machine_bytes

MEMORY_SHARE = 0.5  # share of the free memory that the history may take; drawing processes share the history
LEAST = 1e-3  # share of the extent's span: a point whose next step is longer does not rest
FAR = 1e3  # spans of the objective's domain: a point that is further away has diverged


class Status(IntEnum):
    """How a point ended. FLAT comes from `gdviz.descent.basins`, never from the engine, which knows no minima."""

    CONVERGED = 0
    RUNNING = 1
    DIVERGED = 2
    LEFT = 3
    FLAT = 4
    UNDEFINED = 5


@dataclass(frozen=True)
class Descent:
    """The path of every point, and how it ended.

    Attributes
    ----------
    points
        Positions, shape (steps + 1, n, dimension); a point that rests repeats its last position.
    values
        f at `points`, shape (steps + 1, n).
    iterations
        Steps until each point rested, shape (n,).
    status
        A `Status` for each point, shape (n,).

    """

    points: FloatArray
    values: FloatArray
    iterations: NDArray[np.int64]
    status: NDArray[np.int8]

    @property
    def steps(self) -> int:
        """The number of steps that the longest-running point took."""
        return len(self.points) - 1

    def sample(self, most: int) -> NDArray[np.int64]:
        """Return the numbers of at most `most` points, ascending: a random choice that is always the same."""
        count = len(self.status)
        if count <= most:
            return np.arange(count)
        return np.sort(np.random.default_rng(0).choice(count, most, replace=False))

    @property
    def ends(self) -> FloatArray:
        """The last position of every point, shape (n, dimension)."""
        last: FloatArray = self.points[-1]
        return last


def descend(
    objective: Objective,
    starts: ArrayLike,
    *,
    learning_rate: float | FloatArray,
    tolerance: float,
    max_iterations: int,
    domain: Extent | None = None,
    optimizer: Optimizer = GRADIENT_DESCENT,
    schedule: Schedule = CONSTANT,
    noise: Noise = NO_NOISE,
) -> Descent:
    """Descend from every start at once until each point rests.

    A point has converged when every component of its gradient is at most `tolerance` in magnitude and its next step is
    short: at most LEAST of the extent's span, or the step of plain descent at that tolerance. It has diverged when its
    position or value is no longer finite (it keeps its last finite position), or when it is a thousand spans away from
    the objective's domain and the starts (its last step is cut there). It has left when a step that lowered f took it
    out of `domain`; it rests where that step ended, so that its path can be drawn up to the edge. A point that
    overshoots the edge with f rising goes on. It is undefined, and rests, where f is finite but its gradient is not.

    Parameters
    ----------
    objective
        What to descend.
    starts
        Positions, shape (n, dimension).
    learning_rate
        A positive number, or one for each point, shape (n,).
    tolerance, max_iterations
        The slope at which a point rests, and the most steps; neither is negative.
    domain
        A point that leaves it stops; None if points may go anywhere.
    optimizer
        How a gradient becomes a step.

    Raises
    ------
    InputError
        If an argument is out of range, or the history could take more than MEMORY_SHARE of the free memory.

    """
    first = np.array(starts, dtype=np.float64, ndmin=2)
    rates = np.broadcast_to(np.asarray(learning_rate, dtype=np.float64).reshape(-1, 1), (len(first), 1))
    _check(objective, first, rates, tolerance, max_iterations)
    count, dimension = first.shape
    points = np.empty((max_iterations + 1, count, dimension))
    values = np.empty((max_iterations + 1, count))
    points[0] = first
    values[0], gradient = _evaluated(objective, first)
    iterations = np.zeros(count, dtype=np.int64)
    status = np.full(count, Status.RUNNING, dtype=np.int8)
    status[~np.isfinite(values[0])] = Status.DIVERGED
    active = np.flatnonzero(status == Status.RUNNING)
    gradient, rates, state = gradient[active], rates[active], tuple(part[active] for part in optimizer.init(first))
    bounds = objective.domain.hull(Extent.around(first)).widened(FAR) if len(first) else objective.domain
    least = LEAST * objective.extent.span

    step = 0
    while True:
        position = points[step, active]
        with np.errstate(all="ignore"):
            change, state = optimizer.update(gradient, position, state, step + 1, rates, objective=objective)
        known = in_all_axes(np.isfinite(gradient))
        arrived = _arrived(gradient, change, rates, tolerance, least)
        status[active[~known]] = Status.UNDEFINED
        status[active[arrived]] = Status.CONVERGED
        iterations[active] = step
        moving = known & ~arrived
        change, before, before_values = change[moving], position[moving], values[step, active[moving]]
        active, gradient, rates, state = _kept(moving, active, gradient, rates, state)
        if not len(active) or step == max_iterations:
            break

        with np.errstate(all="ignore"):
            after = before + change
        finite = in_all_axes(np.isfinite(after))
        far = finite & ~bounds.contains(after)
        after[far] = _cut(before[far], after[far], bounds)
        after_values, gradient = _evaluated_where_moved(objective, before, after, before_values, gradient)
        finite &= np.isfinite(after_values)
        far &= finite
        left = finite & ~far & _leaves(before, after, after_values < before_values, domain)
        points[step + 1], values[step + 1] = points[step], values[step]
        points[step + 1, active[finite]], values[step + 1, active[finite]] = after[finite], after_values[finite]
        status[active[~finite | far]] = Status.DIVERGED
        status[active[left]] = Status.LEFT
        iterations[active[far | left]] = step + 1
        active, gradient, rates, state = _kept(finite & ~far & ~left, active, gradient, rates, state)
        step += 1
    points.resize((step + 1, count, dimension), refcheck=False)  # frees the rest of the memory
    values.resize((step + 1, count), refcheck=False)
    return Descent(points, values, iterations, status)


def _evaluated(objective: Objective, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return f, shape (n,), and its gradient, shape (n, dimension)."""
    value, gradient = objective.value_and_gradient(*points.T)
    return value, gradient.T


def _evaluated_where_moved(
    objective: Objective, before: FloatArray, after: FloatArray, values: FloatArray, gradient: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return f and its gradient after a step; they are not computed again for points that did not move."""
    moved = in_any_axis(after != before)
    if moved.all():
        return _evaluated(objective, after)
    values, gradient = values.copy(), gradient.copy()
    values[moved], gradient[moved] = _evaluated(objective, after[moved])
    return values, gradient


def _arrived(
    gradient: FloatArray, change: FloatArray, rates: FloatArray, tolerance: float, least: FloatArray
) -> NDArray[np.bool_]:
    """Return which points are on level ground and are not carried on by momentum.

    In plain descent the slope alone decides: from a slope of at most `tolerance`, no step is longer than the learning
    rate times `tolerance`.
    """
    arrived = in_all_axes(np.abs(gradient) <= tolerance)
    level = np.flatnonzero(arrived)
    with np.errstate(over="ignore"):
        short = np.maximum(rates[level] * tolerance, least)
    arrived[level] = in_all_axes(np.abs(change[level]) <= short)
    return arrived


def _cut(before: FloatArray, after: FloatArray, bounds: Extent) -> FloatArray:
    """Return where steps (n, dimension) that begin inside the bounds and end outside cross them."""
    _, leave = bounds.clip(before, after)
    return np.asarray(before + leave[:, None] * (after - before))


def _kept(
    which: NDArray[np.bool_], active: NDArray[np.int64], gradient: FloatArray, rates: FloatArray, state: State
) -> tuple[NDArray[np.int64], FloatArray, FloatArray, State]:
    if which.all():
        return active, gradient, rates, state
    return active[which], gradient[which], rates[which], tuple(part[which] for part in state)


def _check(objective: Objective, starts: FloatArray, rates: FloatArray, tolerance: float, max_iterations: int) -> None:
    if starts.ndim != 2 or starts.shape[1] != objective.dimension:
        raise InputError(
            f"the starts of {objective.name} must have the shape (n, {objective.dimension}), not {starts.shape}"
        )
    if not np.isfinite(starts).all():
        raise InputError("every start must be a finite number")
    if not (np.isfinite(rates) & (rates > 0)).all():
        raise InputError(f"the learning rate must be a positive number, not {rates.min()}")
    if not (math.isfinite(tolerance) and tolerance >= 0):
        raise InputError(f"the tolerance must be a number that is not negative, not {tolerance}")
    if max_iterations < 0:
        raise InputError(f"the iterations must not be negative, not {max_iterations}")
    needed, allowed = history_bytes(len(starts), objective.dimension, max_iterations), MEMORY_SHARE * machine_bytes()
    if needed > allowed:
        raise InputError(
            f"{len(starts):,} points over {max_iterations:,} iterations need up to {needed / 2**30:.1f} GiB of memory; "
            f"this machine allows {allowed / 2**30:.1f} GiB now, so ask for fewer points or iterations"
        )


def history_bytes(points: int, dimension: int, max_iterations: int) -> int:
    """Return the most bytes that a descent's history can take: a position and a value for each point and step."""
    return (max_iterations + 1) * points * (dimension + 1) * 8


def _leaves(
    before: FloatArray, after: FloatArray, lowered: NDArray[np.bool_], domain: Extent | None
) -> NDArray[np.bool_]:
    if domain is None:
        return np.zeros(len(before), dtype=np.bool_)
    return domain.contains(before) & ~domain.contains(after) & lowered
