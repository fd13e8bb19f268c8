"""Trials of an optimizer at several learning rates from several starts, all in one descent, and how each ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.basins import RADIUS
from gdviz.descent.engine import LEAST, Descent, Status, descend
from gdviz.descent.minima import minima_near
from gdviz.descent.optimizer import Optimizer
from gdviz.extent import Extent, Flags, FloatArray, in_all_axes
from gdviz.functions.objective import Objective

Steps = NDArray[np.int64]

NEAR = 1e-3  # above the floor, or this share of the way down to it where that is less than 1: a point is at the floor
LEAP = 0.25  # of the view's diagonal: a longer step is a leap

# These limits keep trials within about a second.
LONGEST = 1_000  # steps of a trial, at most
LONGEST_SEARCH = 250  # the same of an optimizer that searches: at a kink it looks some hundred times for a step
FEWEST = 50  # steps of a trial, at least
WORK = 45_000_000  # operations on points, at most
OVERHEAD = 10  # operations of a step beside those of the objective
ALONE = 600  # points for which an operation takes twice as long as for one


class Ending(StrEnum):
    """How a point ends, or what is wrong with its way."""

    SETTLES = "settles"
    DIVERGES = "diverges"
    UNDEFINED = "comes to where it has no next step"
    LEAVES = "leaves the view"
    LEAPS = "takes too long a step"
    PASSES = "reaches the minimum, does not stay"
    RUNNING = "still running"


@dataclass(frozen=True)
class Trials:
    """What came of each rate and start; all arrays have the shape (rates, starts).

    Attributes
    ----------
    settled
        The step from which f stays at the floor; -1 if it does not, or comes there by a leap or from out of the view.
    reached
        The first step at which f is at the floor; -1 as for `settled`.
    escaped
        The step at which the point leaves the view, lower than it began, without a leap before; -1 if it does not.
    height
        How far f ends above the lowest calm end of its start, as a share of the way down to that; 1 where not calm. An
        end is calm if the point has not left the view and made no leap.
    calm
        Whether it is.
    endings
        `Ending`.
    steps
        The most steps of a trial.

    """

    settled: Steps
    reached: Steps
    escaped: Steps
    height: FloatArray
    calm: Flags
    endings: tuple[tuple[Ending, ...], ...]
    steps: int


def try_rates(
    objective: Objective,
    optimizer: Optimizer,
    starts: FloatArray,
    rates: Sequence[float],
    view: Extent,
    *,
    tolerance: float,
    max_iterations: int,
    domain: Extent,
) -> Trials:
    """Descend from all starts (n, dimension), n at least 1, at all rates, and judge each way.

    f must be finite at every start. The floor of a start is the least f of the known minima. If no rate settles there,
    or no minimum is known, it is the lowest minimum near which a trial ends on level ground with a short step, as a
    point rests. The trials go on there, unless the optimizer searches: a rate that would carry a point off again is not
    good.

    Parameters
    ----------
    objective, optimizer, starts, rates
        What is tried.
    view
        What is seen; the starts count as seen.
    tolerance
        The slope of level ground.
    max_iterations
        The most steps of a trial; it has fewer if the objective is expensive.
    domain
        A point that leaves it stops.

    """
    seen = view.hull(Extent.around(starts))
    longest = LONGEST_SEARCH if optimizer.searches else LONGEST
    cost = (ALONE + len(rates) * len(starts)) * (objective.operations + OVERHEAD)
    descent = descend(
        objective,
        np.tile(starts, (len(rates), 1)),
        learning_rate=np.repeat(rates, len(starts)),
        tolerance=tolerance if optimizer.searches else 0.0,
        max_iterations=min(max_iterations, longest, max(WORK // cost, FEWEST)),
        domain=seen if domain.contains(np.array([seen.low, seen.high])).all() else domain,
        optimizer=optimizer,
    )
    return _judged(descent, objective, len(starts), seen, tolerance)


def _judged(descent: Descent, objective: Objective, starts: int, view: Extent, tolerance: float) -> Trials:
    values = descent.values.reshape(len(descent.values), -1, starts)
    status = descent.status.reshape(-1, starts)
    outside = ~view.contains(descent.points)
    outside[-1] |= descent.status == Status.LEFT  # where the domain is narrower than the view
    exits = _first(outside)
    leaps = _leaps(descent, exits, view).reshape(-1, starts)
    exits = exits.reshape(-1, starts)
    calm = (exits < 0) & ~leaps & (status != Status.DIVERGED)

    floor = _known_floor(objective, starts)
    low = _low(values, floor)
    settled, reached = _from_then_on(low), _first(low)
    unsettled = ~((settled >= 0) & calm).any(axis=0)
    if unsettled.any():
        rests = calm & unsettled & _rests(descent, objective, view, tolerance).reshape(-1, starts)
        floor[unsettled] = _resting_floor(descent, rests, objective, view, tolerance)[unsettled]
        settled = np.where(unsettled, _from_then_on(_low(values, floor)), settled)
    fell = np.take_along_axis(values, exits[None].clip(0), axis=0)[0] < values[0]
    return Trials(
        settled=np.where(calm, settled, -1),
        reached=np.where(calm, reached, -1),
        escaped=np.where(fell & ~leaps, exits, -1),
        height=_height(values, calm),
        calm=calm,
        endings=_endings(status, settled, reached, exits >= 0, leaps),
        steps=descent.steps,
    )


def _leaps(descent: Descent, exits: Steps, view: Extent) -> Flags:
    """Return which points (n) make a leap in the view before they leave it at `exits` (n), or as they leave it."""
    longest = LEAP * float(np.hypot.reduce(view.span))
    before, after = descent.points[:-1], descent.points[1:]
    with np.errstate(over="ignore", invalid="ignore"):
        long = np.hypot.reduce(after - before, axis=2) > longest
    steps = np.arange(1, len(descent.points))[:, None]
    leaps = (long & ((steps < exits) | (exits < 0))).any(axis=0)
    leaving = np.flatnonzero(exits > 0)
    start, stop = descent.points[exits[leaving] - 1, leaving], descent.points[exits[leaving], leaving]
    _, share = view.clip(start, stop)
    leaps[leaving] |= share * np.hypot.reduce(stop - start, axis=1) > longest
    return np.asarray(leaps)


def _rests(descent: Descent, objective: Objective, view: Extent, tolerance: float) -> Flags:
    """Return which points end on level ground with a short step, shape (n,)."""
    if not descent.steps:
        return np.zeros(len(descent.status), dtype=np.bool_)
    level = np.abs(objective.gradient(*descent.ends.T).T) <= tolerance
    short = np.abs(descent.points[-1] - descent.points[-2]) <= LEAST * view.span
    return np.asarray((descent.status == Status.CONVERGED) | in_all_axes(level & short))


def _known_floor(objective: Objective, starts: int) -> FloatArray:
    minima = np.array(objective.minima, dtype=np.float64).reshape(-1, objective.dimension)
    return np.full(starts, objective.value(*minima.T).min() if len(minima) else -np.inf)


def _resting_floor(descent: Descent, rests: Flags, objective: Objective, view: Extent, tolerance: float) -> FloatArray:
    """Return for each start the lowest value at which a point rests, if that is a minimum; else -infinity."""
    ends = descent.values[-1].reshape(rests.shape)
    lowest = np.where(rests, ends, np.inf).argmin(axis=0)
    columns = np.flatnonzero(rests.any(axis=0))
    floor = np.full(rests.shape[1], -np.inf)
    if len(columns):
        places = descent.ends.reshape(*rests.shape, -1)[lowest[columns], columns]
        found, _ = minima_near(objective, places, RADIUS * view.span, tolerance)
        floor[columns[found]] = ends[lowest[columns], columns][found]
    return floor


def _low(values: FloatArray, floor: FloatArray) -> Flags:
    """Return where values (steps + 1, rates, starts) are at the floor (starts)."""
    with np.errstate(invalid="ignore"):
        drop = values[0] - floor
        return np.asarray(values <= floor + NEAR * np.where(drop > 0, np.minimum(drop, 1.0), 1.0))


def _first(flags: Flags) -> Steps:
    """Return the first step at which a flag is set, -1 if none."""
    return np.where(flags.any(axis=0), flags.argmax(axis=0), -1)


def _from_then_on(flags: Flags) -> Steps:
    """Return the step from which a flag stays set, -1 if it is not set at the end."""
    unset = ~flags[::-1]
    since = np.where(unset.any(axis=0), len(flags) - unset.argmax(axis=0), 0)
    return np.where(flags[-1], since, -1)


def _height(values: FloatArray, calm: Flags) -> FloatArray:
    ends = np.where(calm, values[-1], np.inf)
    lowest = ends.min(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = ((ends - lowest) / (values[0] - lowest)).clip(0, 1)
    return np.where(calm, np.nan_to_num(share, nan=0.0), 1.0)


def _endings(
    status: NDArray[np.int8], settled: Steps, reached: Steps, outside: Flags, leaps: Flags
) -> tuple[tuple[Ending, ...], ...]:
    conditions = {
        Ending.DIVERGES: status == Status.DIVERGED,
        Ending.UNDEFINED: status == Status.UNDEFINED,
        Ending.LEAVES: outside,
        Ending.LEAPS: leaps,
        Ending.SETTLES: settled >= 0,
        Ending.PASSES: reached >= 0,
    }
    names = np.select(list(conditions.values()), list(range(len(conditions))), len(conditions))
    order = (*conditions, Ending.RUNNING)
    return tuple(tuple(order[number] for number in row) for row in names)
