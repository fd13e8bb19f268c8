"""The engine: gradient descent of many points at once, with how each of them ended."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdviz.errors import InputError
from gdviz.extent import Extent, FloatArray
from gdviz.functions.function import Function
from gdviz.runtime.resources import machine_bytes

State = tuple[FloatArray, ...]

MEMORY_SHARE = 0.5  # of the memory that is free, which the history may fill; processes that draw share it
FAR = 1e3  # in spans of the function's domain: beyond this a point is not coming back


class Status(IntEnum):
    """How a point ended. The engine itself never gives FLAT: only `gdviz.descent.basins` knows where the minima are."""

    CONVERGED = 0
    RUNNING = 1
    DIVERGED = 2
    LEFT = 3
    FLAT = 4
    UNDEFINED = 5


@dataclass(frozen=True)
class Optimizer:
    """How a gradient becomes a step, as a pair of pure functions.

    Attributes
    ----------
    init
        Starts (n, dimension) -> the rule's state, arrays whose first axis is the points'.
    update
        (gradient (n, dimension), state, learning rates (n, 1)) -> (step to add (n, dimension), the next state).

    """

    init: Callable[[FloatArray], State]
    update: Callable[[FloatArray, State, FloatArray], tuple[FloatArray, State]]


GRADIENT_DESCENT = Optimizer(
    init=lambda starts: (),  # noqa: ARG005
    update=lambda gradient, state, learning_rate: (-learning_rate * gradient, state),
)
"""x <- x - learning_rate * gradient f(x) (A. Cauchy, Comptes Rendus, 1847)."""


@dataclass(frozen=True)
class Descent:
    """What became of every point, step by step.

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
        """Return the numbers of at most so many points, ascending, drawn evenly and always the same ones."""
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
    function: Function,
    starts: ArrayLike,
    *,
    learning_rate: float | FloatArray,
    tolerance: float,
    max_iterations: int,
    domain: Extent | None = None,
    rule: Optimizer = GRADIENT_DESCENT,
) -> Descent:
    """Descend from every start at once until each point rests.

    A point has converged when every component of its gradient is at most `tolerance` in magnitude. It has diverged when
    its position or value is no longer finite (it then keeps the last position that was) or lies a thousand spans of the
    function's domain and the starts away, where its last step is cut. It has left when a step that lowered f took it
    out of `domain`; it rests where that step ended, so that its path can be drawn up to the edge. A point that
    overshoots the edge, f rising, goes on. It is undefined, and rests, where f is finite but its gradient is not.

    Parameters
    ----------
    function
        What to descend.
    starts
        Positions, shape (n, dimension).
    learning_rate
        A positive number, or one for each point, shape (n,).
    tolerance, max_iterations
        See above; a number that is not negative, and a whole number that is not negative.
    domain
        What points may not leave; None if they may go anywhere.
    rule
        How a gradient becomes a step.

    Raises
    ------
    InputError
        If an argument is out of its range, or the history could fill more than MEMORY_SHARE of the memory that is free.

    """
    first = np.array(starts, dtype=np.float64, ndmin=2)
    rates = np.broadcast_to(np.asarray(learning_rate, dtype=np.float64).reshape(-1, 1), (len(first), 1))
    _check(function, first, rates, tolerance, max_iterations)
    count, dimension = first.shape
    points = np.empty((max_iterations + 1, count, dimension))
    values = np.empty((max_iterations + 1, count))
    points[0] = first
    values[0], gradient = _evaluated(function, first)
    iterations = np.zeros(count, dtype=np.int64)
    status = np.full(count, Status.RUNNING, dtype=np.int8)
    status[~np.isfinite(values[0])] = Status.DIVERGED
    active = np.flatnonzero(status == Status.RUNNING)
    gradient, rates, state = gradient[active], rates[active], tuple(part[active] for part in rule.init(first))
    bounds = function.domain.hull(Extent.around(first)).widened(FAR) if len(first) else function.domain

    step = 0
    while True:
        known = np.asarray(np.isfinite(gradient).all(axis=1))
        arrived = (np.abs(gradient) <= tolerance).all(axis=1)
        status[active[~known]] = Status.UNDEFINED
        status[active[arrived]] = Status.CONVERGED
        moving = known & ~arrived
        iterations[active] = step
        active, gradient, rates, state = _kept(moving, active, gradient, rates, state)
        if not len(active) or step == max_iterations:
            break

        before, before_values = points[step, active], values[step, active]
        with np.errstate(all="ignore"):
            change, state = rule.update(gradient, state, rates)
            after = before + change
        finite = np.isfinite(after).all(axis=1)
        far = finite & ~bounds.contains(after)
        after[far] = before[far] + bounds.clip(before[far], after[far])[1][:, None] * (after - before)[far]
        after_values = before_values.copy()
        moved = np.flatnonzero((after != before).any(axis=1))
        after_values[moved], gradient[moved] = _evaluated(function, after[moved])
        finite &= np.isfinite(after_values)
        far &= finite
        left = finite & ~far & _leaves(before, after, after_values < before_values, domain)
        points[step + 1], values[step + 1] = points[step], values[step]
        points[step + 1, active[finite]], values[step + 1, active[finite]] = after[finite], after_values[finite]
        status[active[~finite | far]] = Status.DIVERGED
        status[active[left]] = Status.LEFT
        iterations[active[far | left]] = step + 1
        going_on = finite & ~far & ~left
        active, gradient, rates, state = _kept(going_on, active, gradient, rates, state)
        step += 1
    points.resize((step + 1, count, dimension), refcheck=False)  # gives the rest of the memory back
    values.resize((step + 1, count), refcheck=False)
    return Descent(points, values, iterations, status)


def suggest_learning_rate(function: Function, extent: Extent) -> float:
    """Return a rate, one of 1, 2 or 5 times a power of ten, with which a grid over `extent` descends smoothly.

    It is the largest with which, in a trial of 100 steps, no point diverges, 98 % of the steps lower f, and 90 % of
    the first steps are shorter than 3 % of the extent's diagonal.
    """
    axes = [axis[1:-1] for axis in extent.axes((14,) * extent.dimension)]
    starts = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, function.dimension)
    slopes = np.hypot.reduce(function.gradient(*starts.T), axis=0)
    slopes = slopes[np.isfinite(slopes) & (slopes > 0)]
    if not len(slopes):
        return 0.01
    longest = 0.03 * math.hypot(*extent.span) / float(np.quantile(slopes, 0.9))
    exponent = math.floor(math.log10(longest))
    ladder = [digit * 10.0**power for power in range(exponent, exponent - 7, -1) for digit in (5, 2, 1)]
    rates = [float(f"{rate:.0e}") for rate in ladder if rate <= longest]
    for some in (rates[:3], rates[3:]):  # mostly one of the first will do
        if smooth := smooth_rates(function, starts, some):
            return smooth[0]
    return rates[-1]


def smooth_rates(function: Function, starts: FloatArray, rates: Sequence[float]) -> list[float]:
    """Return the rates with which in a trial of 100 steps from starts (n, dimension) no point diverges and f falls.

    It falls if 98 % of the steps lower it.
    """
    trials = descend_at_rates(function, starts, rates, tolerance=0.0, max_iterations=100)
    return [rate for rate, trial in zip(rates, trials, strict=True) if _falls(trial)]


def _falls(trial: Descent) -> bool:
    defined = np.isfinite(trial.values[0])
    values = trial.values[: int(trial.iterations.max(initial=0)) + 1, defined]
    changes = np.diff(values, axis=0)
    noise = 1e-9 * (1 + np.abs(values[:-1]))
    lowered = changes.size == 0 or float((changes <= noise).mean()) >= 0.98
    return lowered and not bool((trial.status[defined] == Status.DIVERGED).any())


def descend_at_rates(
    function: Function,
    starts: FloatArray,
    rates: Sequence[float],
    *,
    tolerance: float,
    max_iterations: int,
    domain: Extent | None = None,
) -> list[Descent]:
    """Descend from the same starts with each of several learning rates, all at once; see `descend`."""
    number, count = len(rates), len(starts)
    together = descend(
        function,
        np.tile(starts, (number, 1)),
        learning_rate=np.repeat(rates, count),
        tolerance=tolerance,
        max_iterations=max_iterations,
        domain=domain,
    )
    parts = [slice(place * count, (place + 1) * count) for place in range(number)]
    return [
        Descent(together.points[:, part], together.values[:, part], together.iterations[part], together.status[part])
        for part in parts
    ]


def _evaluated(function: Function, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return f, shape (n,), and its gradient, shape (n, dimension)."""
    value, gradient = function.value_and_gradient(*points.T)
    return value, gradient.T


def _kept(
    which: NDArray[np.bool_], active: NDArray[np.int64], gradient: FloatArray, rates: FloatArray, state: State
) -> tuple[NDArray[np.int64], FloatArray, FloatArray, State]:
    if which.all():
        return active, gradient, rates, state
    return active[which], gradient[which], rates[which], tuple(part[which] for part in state)


def _check(function: Function, starts: FloatArray, rates: FloatArray, tolerance: float, max_iterations: int) -> None:
    if starts.ndim != 2 or starts.shape[1] != function.dimension:
        raise InputError(
            f"starts have the shape {starts.shape}, but {function.name} has {function.dimension} variable(s): "
            f"(n, {function.dimension}) is needed"
        )
    if not np.isfinite(starts).all():
        raise InputError("every start must be a finite number")
    if not (np.isfinite(rates) & (rates > 0)).all():
        raise InputError(f"the learning rate must be a positive number, not {rates.min()}")
    if not (math.isfinite(tolerance) and tolerance >= 0):
        raise InputError(f"the tolerance must be a number that is not negative, not {tolerance}")
    if max_iterations < 0:
        raise InputError(f"the iterations must not be negative, not {max_iterations}")
    needed, allowed = history_bytes(len(starts), function.dimension, max_iterations), MEMORY_SHARE * machine_bytes()
    if needed > allowed:
        raise InputError(
            f"{len(starts):,} points over {max_iterations:,} iterations need up to {needed / 2**30:.1f} GiB of memory; "
            f"this machine allows {allowed / 2**30:.1f} GiB now, so ask for fewer points or iterations"
        )


def history_bytes(points: int, dimension: int, max_iterations: int) -> int:
    """Return how much memory a descent's history takes at the most: a position and a value for each step."""
    return (max_iterations + 1) * points * (dimension + 1) * 8


def _leaves(
    before: FloatArray, after: FloatArray, lowered: NDArray[np.bool_], domain: Extent | None
) -> NDArray[np.bool_]:
    if domain is None:
        return np.zeros(len(before), dtype=np.bool_)
    return domain.contains(before) & ~domain.contains(after) & lowered
