"""The engine: gradient descent of many points at once, which also tells how each point ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdviz.descent.active import Active, rows_where
from gdviz.descent.checks import check_descent
from gdviz.descent.evaluations import EvaluationRecord, Evaluations, Evaluator
from gdviz.descent.history import History, HistoryRecord
from gdviz.descent.moves import evaluate, have_arrived, leaves, off_the_edge, step_within
from gdviz.descent.noise import NO_NOISE, Noise
from gdviz.descent.optimizer import Optimizer
from gdviz.descent.optimizers import GRADIENT_DESCENT
from gdviz.descent.schedules import CONSTANT, Schedule
from gdviz.errors import InputError
from gdviz.extent import Extent, FloatArray, in_all_axes, in_any_axis
from gdviz.functions.objective import Objective
from gdviz.runtime.resources import machine_bytes

MEMORY_SHARE = 0.5  # share of the free memory that the history may take; drawing processes share the history
LEAST = 1e-3  # share of the extent's span: a point whose next step is longer does not rest
FAR = 1e3  # spans of the objective's domain: a point that is further away has diverged


class Status(IntEnum):
    """How a point ended.

    FLAT comes from `gdviz.descent.basins`, never from the engine, which knows no minima; RECORDED from a recorded path,
    of which only where it ends is known.
    """

    CONVERGED = 0
    RUNNING = 1
    DIVERGED = 2
    LEFT = 3
    FLAT = 4
    UNDEFINED = 5
    RECORDED = 6


@dataclass(frozen=True)
class Descent:
    """The path of every point, and how it ended.

    Attributes
    ----------
    history
        Where each point was until it rested, and f there.
    iterations
        Steps until each point rested, shape (n,).
    status
        A `Status` for each point, shape (n,).
    evaluations
        How often f and its derivatives were evaluated; None of a path that was not computed here.
    recorded_losses
        Of a recorded path: the losses that were recorded at `points`, which are not f there, same shape as `values`.

    """

    history: History
    iterations: NDArray[np.int64]
    status: NDArray[np.int8]
    evaluations: Evaluations | None = None
    recorded_losses: FloatArray | None = None

    @cached_property
    def points(self) -> FloatArray:
        """Positions, shape (steps + 1, n, dimension); a point that rests repeats its last position.

        It is made when it is asked for, and may take many times the memory of `history`.
        """
        return self.history.positions_of(slice(None))

    @cached_property
    def values(self) -> FloatArray:
        """The values of f at `points`, shape (steps + 1, n), made when they are asked for."""
        return self.history.values_of(slice(None))

    @property
    def losses(self) -> FloatArray:
        """What the points had come down to, shape (steps + 1, n): f, or what was recorded."""
        return self.values if self.recorded_losses is None else self.recorded_losses

    @property
    def loss_history(self) -> History:
        """The history with what was recorded in place of f, if losses were."""
        return self.history if self.recorded_losses is None else History.of(self.points, self.recorded_losses)

    @property
    def steps(self) -> int:
        """The number of steps that the longest-running point took."""
        return self.history.steps

    def sample(self, most: int) -> NDArray[np.int64]:
        """Return the numbers of at most `most` points, ascending: a random choice that is always the same."""
        count = len(self.status)
        if count <= most:
            return np.arange(count)
        return np.sort(np.random.default_rng(0).choice(count, most, replace=False))

    def of(self, points: slice | NDArray[np.intp]) -> Descent:
        """Return the same of some points."""
        return Descent(
            History.of(self.history.positions_of(points), self.history.values_of(points)),
            self.iterations[points],
            self.status[points],
            self.evaluations and self.evaluations.of(points),
            None if self.recorded_losses is None else self.recorded_losses[:, points],
        )

    @property
    def ends(self) -> FloatArray:
        """The last position of every point, shape (n, dimension)."""
        return self.history.ends


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
    overshoots the edge with f rising goes on. A step out of the objective's own domain to where f has no value ends at
    its edge: that point has left, too. It is undefined, and rests, where f is finite but its gradient is not, or
    where the optimizer's step is no number, as Newton's is where the Hessian has no inverse.

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
    schedule
        The share of the learning rate that each step has. An optimizer that `searches` has no learning rate.
    noise
        What is added to the gradient that the optimizer sees, which decides whether a point rests, too.

    Raises
    ------
    InputError
        If an argument is out of range, the optimizer cannot have noise, or the history could take more than
        MEMORY_SHARE of the free memory.

    """
    first = np.array(starts, dtype=np.float64, ndmin=2)
    rates = np.asarray(learning_rate, dtype=np.float64).reshape(-1, 1)
    check_descent(objective, first, rates, tolerance=tolerance, max_iterations=max_iterations)
    if optimizer.searches and noise.deviation:
        raise InputError(
            f"{optimizer.name} cannot have noise: it looks at f itself, and only the gradient is noisy; choose another "
            "optimizer, such as momentum, or no noise"
        )
    _check_memory(objective, len(first), max_iterations, optimizer)
    now = _begun(objective, first, rates, optimizer)
    history, looks = _Record(now, max_iterations), EvaluationRecord(max_iterations + 1, len(first))
    now = now.where(np.isfinite(now.values))
    bounds = objective.domain.hull(Extent.around(first)).widened(FAR) if len(first) else objective.domain
    least = LEAST * objective.extent.span

    for step in range(max_iterations + 1):
        seen = _with_noise(now, noise, step + 1)
        level, known = in_all_axes(np.abs(seen) <= tolerance), in_all_axes(np.isfinite(now.gradient))
        if step == max_iterations:  # no step will be taken: it need be known only where it shows whether a point rests
            settling = level | ~known
            now, seen, level, known = now.where(settling), rows_where(seen, settling), level[settling], known[settling]
        if not len(now.points):
            break
        evaluator = Evaluator(objective, now.position, now.values)
        rates = now.rates * schedule.share(step + 1)
        with np.errstate(all="ignore"):
            change, state = optimizer.update(
                seen, now.position, now.state, step + 1, rates, objective=objective, evaluator=evaluator
            )
        looks.add(step, now.points, evaluator.counts)
        arrived = have_arrived(level, change, rates, tolerance, least)
        known &= arrived | ~in_any_axis(np.isnan(change))
        history.end(now.points, arrived, Status.CONVERGED, step, ended=1)
        history.end(now.points, ~known, Status.UNDEFINED, step, ended=1)
        moving = known & ~arrived
        now, change = replace(now, state=state).where(moving), rows_where(change, moving)
        if not len(now.points) or step == max_iterations:
            break

        position, inside, far = step_within(now.position, change, bounds)
        values, gradient = _evaluated_where_moved(objective, now, position)
        off = off_the_edge(objective, now.position, position, values, gradient)
        finite = (inside | far) & np.isfinite(values)
        far &= finite & ~off
        left = finite & ~far & (off | leaves(now.position, position, values < now.values, domain))
        after = replace(now, position=position, values=values, gradient=gradient)
        history.write(after.where(finite))
        history.end(now.points, ~finite, Status.DIVERGED, step, ended=1)
        history.end(now.points, far, Status.DIVERGED, step + 1, ended=0)
        history.end(now.points, left, Status.LEFT, step + 1, ended=0)
        now = after.where(finite & ~far & ~left)
    return history.descent(looks)


class _Record:
    """Where every point was at every step, and how it ended, as far as that is known."""

    def __init__(self, begun: Active, max_iterations: int) -> None:
        count, self._dimension = begun.position.shape
        self._history = HistoryRecord((max_iterations + 1) * count, self._dimension)
        self.write(begun)
        self._iterations, self._ended = np.zeros((2, count), dtype=np.int64)
        self._status = np.where(np.isfinite(begun.values), np.int8(Status.RUNNING), np.int8(Status.DIVERGED))

    def write(self, after: Active) -> None:
        """Write where the points are after the next step; all others are where they were."""
        self._history.add(after.position, after.values)

    def end(
        self, points: NDArray[np.int64], which: NDArray[np.bool_], status: Status, iterations: int, *, ended: int
    ) -> None:
        """Note how some of the points ended, after how many steps, and whether the gradient was evaluated there."""
        if which.any():
            numbers = points[which]
            self._status[numbers], self._iterations[numbers], self._ended[numbers] = status, iterations, ended

    def descent(self, looks: EvaluationRecord) -> Descent:
        """Return all of it."""
        steps = self._history.steps
        iterations = np.where(self._status == Status.RUNNING, steps, self._iterations)
        history = self._history.history(iterations)
        evaluations = Evaluations(self._dimension, steps, iterations, self._ended, looks.by_kind(steps + 1))
        return Descent(history, iterations, self._status, evaluations)


def _check_memory(objective: Objective, count: int, max_iterations: int, optimizer: Optimizer) -> None:
    needed = history_bytes(count, objective.dimension, max_iterations, searches=optimizer.searches)
    allowed = MEMORY_SHARE * machine_bytes()
    if needed > allowed:
        raise InputError(
            f"{count:,} points over {max_iterations:,} iterations need up to {needed / 2**30:.1f} GiB of memory; "
            f"this machine allows {allowed / 2**30:.1f} GiB now, so ask for fewer points or iterations"
        )


def history_bytes(points: int, dimension: int, max_iterations: int, *, searches: bool = False) -> int:
    """Return the most bytes that a descent's history can take.

    It has a position and a value for each point and step; of an optimizer that `searches`, three counts, too.
    """
    return (max_iterations + 1) * points * ((dimension + 1) * 8 + (3 * 4 if searches else 0))


def _begun(objective: Objective, starts: FloatArray, rates: FloatArray, optimizer: Optimizer) -> Active:
    """Return all points at their starts.

    Where a rule does no more than arithmetic along each axis, the numbers of an axis stand side by side in memory.
    """
    position = starts if optimizer.searches else np.asfortranarray(starts)
    value, gradient = evaluate(objective, position)
    return Active(np.arange(len(starts)), position, value, gradient, rates, optimizer.init(position))


def _with_noise(now: Active, noise: Noise, step: int) -> FloatArray:
    """Return the gradients that a rule sees, shape (n, dimension)."""
    if not noise.deviation or not len(now.points):
        return now.gradient
    drawn = noise.draw(step, int(now.points[-1]) + 1, now.gradient.shape[1])
    return np.asarray(now.gradient + drawn[now.points])


def _evaluated_where_moved(objective: Objective, now: Active, after: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return f and its gradient after a step; they are not computed again for points that did not move."""
    moved = in_any_axis(after != now.position)
    if moved.all():
        return evaluate(objective, after)
    values, gradient = now.values.copy(), now.gradient.copy(order="K")
    values[moved], gradient[moved] = evaluate(objective, after[moved])
    return values, gradient
