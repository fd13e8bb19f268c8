"""Tuned learning rates: the rate at which an optimizer brings points to rest soonest, found by trying a ladder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from gdviz.descent.optimizer import Optimizer
from gdviz.descent.trials import Ending, Steps, Trials, try_rates
from gdviz.extent import Extent, FloatArray
from gdviz.functions.objective import Objective

RATES: tuple[float, ...] = tuple(float(f"{10 ** (number / 10):.6g}") for number in range(-60, 31))
"""The rates of a ladder: ten a decade from 1e-6 to 1000, to six digits, so that one that is shown can be typed."""

TRIED = 9  # starts, at most

USUAL_RATES: Mapping[str, float] = MappingProxyType(
    {
        "gd": 0.006,
        "momentum": 0.002,
        "nesterov": 0.001,
        "adagrad": 0.8,
        "rmsprop": 0.05,
        "adadelta": 40.0,
        "adam": 0.3,
        "amsgrad": 0.6,
        "adamax": 0.6,
        "nadam": 0.16,
        "radam": 0.06,
        "adamw": 0.6,
        "lion": 0.01,
        "adabelief": 0.4,
        "yogi": 0.6,
        "rprop": 0.8,
        "signsgd": 0.01,
        "adan": 0.16,
    }
)
"""For each optimizer a rate with which it arrives on most functions of the catalogue."""


class Reason(StrEnum):
    """Why a rate was chosen."""

    SETTLES = "settles soonest"
    PASSES = "reaches the minimum soonest, though no rate stays there"
    LEAVES = "leaves the view soonest, where f falls without end"
    LOWEST = "comes lowest, though no rate settles"
    USUAL = "the usual rate, as none suits"
    SEARCHES = "needs no rate"


@dataclass(frozen=True)
class Rung:
    """What happens at one rate.

    Attributes
    ----------
    rate
        The learning rate.
    steps
        For each start, the steps until it had settled; None where it did not.
    endings
        For each start, how it ends.

    """

    rate: float
    steps: tuple[int | None, ...]
    endings: tuple[Ending, ...]

    @property
    def settled(self) -> int:
        """How many starts settle."""
        return len(self.steps) - self.steps.count(None)

    @property
    def median(self) -> int | None:
        """The steps after which half of the starts that settle have done so; None if none does."""
        known = sorted(each for each in self.steps if each is not None)
        return known[(len(known) - 1) // 2] if known else None

    @property
    def ending(self) -> Ending:
        """How most starts end."""
        return Counter(self.endings).most_common(1)[0][0]


@dataclass(frozen=True)
class Ladder:
    """What happens at each of many rates, and which of them is best.

    Attributes
    ----------
    optimizer
        What was tried.
    starts
        From where, shape (n, dimension).
    rungs
        From the lowest rate to the highest; one if the optimizer searches, and none if there is no start.
    rate
        The rate that was chosen; 1, which is not used, if the optimizer searches.
    reason
        Why.
    steps
        The most steps of a trial.

    """

    optimizer: Optimizer
    starts: FloatArray
    rungs: tuple[Rung, ...]
    rate: float
    reason: Reason
    steps: int


def ladder(
    objective: Objective,
    optimizer: Optimizer,
    starts: FloatArray,
    extent: Extent,
    *,
    tolerance: float,
    max_iterations: int,
    domain: Extent,
) -> Ladder:
    """Try an optimizer at all RATES, and choose one.

    A point settles where f stays within 0.001 of its floor until the trial ends (or within 0.001 of the way down, if
    that is shorter than 1), without a position out of the view, and without a step longer than a quarter of the view's
    diagonal. The floor is the least f of the known minima; if no rate brings the point there, or none is known, it is
    the lowest minimum at which any rate brings it to rest.

    The rate at which most starts settle is chosen; of these, that with the fewest steps, as the median over the starts;
    of equal ones, the middle. If no start settles at any rate, it is, in this order,

    1. the rate at which most starts reach the known minimum, and soonest, though they do not stay;
    2. if no minimum is known, the rate at which most leave the view, and soonest, without a leap;
    3. the rate at which they come lowest without a leap and without leaving the view;
    4. one of USUAL_RATES.

    Parameters
    ----------
    objective, optimizer
        What is descended, and how.
    starts
        Positions, shape (n, dimension). At most TRIED of them are tried, spread over all.
    extent
        The view.
    tolerance
        The slope at which a point rests.
    domain
        A point that leaves it stops.
    max_iterations
        The most steps of a trial; it has fewer if the objective is expensive.

    """
    tried = _spread(starts[np.isfinite(objective.value(*starts.T))])
    rates = (usual_rate(optimizer),) if optimizer.searches else RATES
    if not len(tried):
        return Ladder(optimizer, tried, (), usual_rate(optimizer), Reason.USUAL, 0)
    trials = try_rates(
        objective,
        optimizer,
        tried,
        rates,
        extent,
        tolerance=tolerance,
        max_iterations=max_iterations,
        domain=domain,
    )
    best, reason = (0, Reason.SEARCHES) if optimizer.searches else _choice(trials, bool(objective.minima))
    rate = usual_rate(optimizer) if best is None else rates[best]
    rungs = tuple(
        Rung(each, tuple(None if step < 0 else step for step in steps), endings)
        for each, steps, endings in zip(rates, trials.settled.tolist(), trials.endings, strict=True)
    )
    return Ladder(optimizer, tried, rungs, rate, reason, trials.steps)


def usual_rate(optimizer: Optimizer) -> float:
    """Return a rate with which an optimizer arrives on most functions; 1, which is not used, if it searches."""
    return USUAL_RATES.get(optimizer.name, 1.0)


def _spread(starts: FloatArray) -> FloatArray:
    """Return at most TRIED starts: those nearest to the centres of equal cells of the rectangle around all."""
    if len(starts) <= TRIED:
        return starts
    around = Extent.around(starts)
    cells = around.grid((TRIED,) if around.dimension == 1 else (3, 3))
    unit = np.where(around.span > 0, around.span, 1.0)
    distances = [np.hypot.reduce((starts - centre) / unit, axis=1) for centre in cells]
    return np.asarray(starts[np.unique(np.argmin(distances, axis=1))])


def _choice(trials: Trials, known: bool) -> tuple[int | None, Reason]:
    for steps, reason in (
        (trials.settled, Reason.SETTLES),
        (trials.reached, Reason.PASSES),
        (trials.escaped, Reason.LEAVES),
    ):
        if not (known and reason is Reason.LEAVES) and (best := _soonest(steps)) is not None:
            return best, reason
    if not trials.calm.any():
        return None, Reason.USUAL
    height = trials.height.mean(axis=1)
    return _middle(np.flatnonzero(height == height.min())), Reason.LOWEST


def _soonest(steps: Steps) -> int | None:
    """Return the rate at which most starts have steps (rates, starts) that are not negative, and then the fewest."""
    count = (steps >= 0).sum(axis=1)
    if not count.any():
        return None
    median = np.median(np.where(steps < 0, np.iinfo(np.int64).max / 2, steps), axis=1)
    median[count < count.max()] = np.inf
    return _middle(np.flatnonzero(median == median.min()))


def _middle(numbers: Steps) -> int:
    return int(numbers[len(numbers) // 2])
