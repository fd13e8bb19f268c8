"""Hints on what to try when most points of a descent did not arrive, found by trials with a few of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.basins import label_basins, with_flat_ground
from gdviz.descent.clock import by_evaluations
from gdviz.descent.engine import Descent, Status
from gdviz.descent.learning_rate import descend_at_rates, learning_rate_of, smooth_rates
from gdviz.descent.optimizers import GRADIENT_DESCENT
from gdviz.description.choices import Clock
from gdviz.description.limits import MAX_ITERATIONS
from gdviz.description.resolved import Resolved
from gdviz.description.run_settings import RecordedRun, RunSettings
from gdviz.extent import Extent, FloatArray

Cause = Callable[[Resolved, RunSettings, FloatArray], str]

# These limits keep the search for a hint to about a second.
TRIED = 8  # points in a trial
SHORT = 1_500  # most iterations in a trial of another learning rate
LONG = 4_000  # most iterations in a trial of more iterations, unless a named function needs more
WORK = 120_000  # most operations a point in a trial of more iterations: long expressions are tried for fewer
FASTER = (2, 10, 50)  # factors for a larger learning rate
SLOWER = (1 / 2, 1 / 5, 1 / 10, 1 / 100)  # factors for a smaller learning rate
WIDER = 3  # factor for a wider domain around the same centre


def hint(resolved: Resolved, descents: Sequence[Descent]) -> str | None:
    """Return one sentence on why most points did not arrive and what to try; None if at least half arrived.

    A race shows who does not arrive, and with noise none does: there is nothing to be tried; nor of a recorded path.

    Parameters
    ----------
    resolved
        The description.
    descents
        The descents that it describes.

    """
    run = resolved.runs[0]
    if len(descents) > 1 or isinstance(run, RecordedRun) or run.noise.deviation:
        return None
    (descent,) = descents
    count, status = len(descent.status), descent.status
    seen = resolved.extent.contains(descent.ends)
    diverged, without_value = status == Status.DIVERGED, ~np.isfinite(descent.history.start_values)
    causes: Mapping[Cause, NDArray[np.bool_]] = {
        _of_holes if 2 * int(without_value.sum()) > int(diverged.sum()) else _of_diverged: diverged,
        _of_undefined: status == Status.UNDEFINED,
        _of_left: status == Status.LEFT,
        _of_unseen: ~seen & (status != Status.LEFT) & ~diverged,
        _of_running: seen & (status == Status.RUNNING),
    }
    for sentence, points in causes.items():
        if 2 * int(points.sum()) > count:
            return sentence(resolved, run, descent.history.at(0)[_some(points)])
    return None


def _some(points: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the numbers of at most TRIED of the points, spread over all of them."""
    numbers = np.flatnonzero(points)
    return numbers[np.unique(np.linspace(0, len(numbers) - 1, TRIED).round().astype(np.int64))]


def _of_holes(_: Resolved, __: RunSettings, ___: FloatArray) -> str:
    return "most starts lie where the function has no value; choose others"


def _of_undefined(_: Resolved, run: RunSettings, __: FloatArray) -> str:
    rule = run.optimizer
    if rule.searches:
        return f"most points came to where {rule.name} has no next step; choose other starts or another optimizer"
    return "most points came to where the function has no gradient; choose other starts"


def _of_unseen(_: Resolved, __: RunSettings, ___: FloatArray) -> str:
    return "most points ended outside the extent; try a wider --extent"


def _of_diverged(resolved: Resolved, run: RunSettings, starts: FloatArray) -> str:
    objective = resolved.objective
    if run.learning_rate is None:
        return (
            f"most points diverged; {run.optimizer.title} goes where f is level, be that near or far: try other starts"
        )
    rate = run.learning_rate
    known = [learning_rate_of(objective, resolved.extent)] if run.optimizer == GRADIENT_DESCENT else []
    rates = [each for each in (*known, *_times(rate, SLOWER)) if each < rate]
    for smaller, trial in zip(rates, _trials(resolved, run, starts, rates), strict=True):
        if not _count(trial, Status.DIVERGED):
            return f"most points diverged; try a smaller --learning-rate, such as {smaller:.3g}"
    return "most points diverged, and with a smaller learning rate some still do"


def _of_left(resolved: Resolved, run: RunSettings, starts: FloatArray) -> str:
    rate, domain = run.rate, resolved.domain
    rates = [] if run.learning_rate is None else _times(rate, SLOWER)
    if (slower := _first_arriving(rates, _trials(resolved, run, starts, rates))) is not None:
        return f"most points left the domain; try a smaller --learning-rate, such as {slower:.3g}"
    if resolved.landscape is not None:
        return "most points left the landscape, beyond whose edge nothing is known; try other starts"
    wider = domain.widened((WIDER - 1) / 2).hull(resolved.objective.domain)
    if _arrive(_trials(resolved, run, starts, [rate], domain=wider)[0]):
        wide = ",".join(f"{number:g}" for number in wider.numbers)
        return f"most points left the domain; try a wider one, such as --domain={wide} --extent={wide}"
    return _with_note("most points left the domain, beyond whose edge the function goes on falling", resolved)


def _of_running(resolved: Resolved, run: RunSettings, starts: FloatArray) -> str:
    iterations = resolved.max_iterations
    rate = run.rate
    what = f"most points are still running after {iterations:,} {resolved.clock}"
    own = resolved.objective.learning_rate or 0
    rates = sorted(each for each in (own, *_times(rate, FASTER)) if each > rate)
    plain = run.optimizer == GRADIENT_DESCENT  # other optimizers may be told nothing of rates: theirs are tuned
    smooth = smooth_rates(resolved.objective, starts, rates) if iterations and plain else []
    affordable = min(LONG, WORK // max(resolved.objective.operations, 1))
    most = min(max(affordable, resolved.objective.max_iterations), MAX_ITERATIONS)
    short, longer = min(iterations, SHORT), most if most > iterations else 0
    own_trial, *trials = _trials(resolved, run, starts, [rate, *smooth], iterations=longer or short)
    if (faster := _first_arriving(smooth, [_until(short, each) for each in trials])) is not None:
        return f"{what}; try --learning-rate {faster:.3g}"
    if not longer:
        larger = "a larger --learning-rate or " if plain else ""
        return _with_note(f"{what}; {larger}more --max-iterations may help", resolved)
    if _arrive(own_trial):
        return f"{what}; try {_iterations_flag(own_trial)}"
    if trials and _arrive(trials[-1]):
        return f"{what}; try --learning-rate {smooth[-1]:.3g} with {_iterations_flag(trials[-1])}"
    return _with_note(f"{what}, and would be after {most:,}, too", resolved)


def _with_note(sentence: str, resolved: Resolved) -> str:
    note = resolved.objective.note
    return f"{sentence}; {note[0].lower()}{note[1:].rstrip('.')}" if note else sentence


def _times(rate: float, factors: Sequence[float]) -> list[float]:
    """Return a learning rate times each factor, without results that are 0 or infinite."""
    return [rate * factor for factor in factors if 0 < rate * factor < math.inf]


def _first_arriving(rates: Sequence[float], trials: Sequence[Descent]) -> float | None:
    """Return the first learning rate at which at least half of the points arrive and none diverges."""
    for rate, trial in zip(rates, trials, strict=True):
        if _arrive(trial) and not _count(trial, Status.DIVERGED):
            return rate
    return None


def _trials(
    resolved: Resolved,
    run: RunSettings,
    starts: FloatArray,
    rates: Sequence[float],
    *,
    iterations: int | None = None,
    domain: Extent | None = None,
) -> list[Descent]:
    """Descend from starts (n, dimension) at several learning rates, with the description's other settings."""
    target, extent, tolerance = resolved.objective, resolved.extent, resolved.tolerance
    budget = min(resolved.max_iterations, SHORT) if iterations is None else iterations
    trials = descend_at_rates(
        target,
        starts,
        rates,
        tolerance=tolerance,
        max_iterations=budget,
        domain=domain or resolved.domain,
        optimizer=run.optimizer,
        schedule=run.schedule,
    )
    if resolved.clock is Clock.EVALUATIONS:
        trials = [by_evaluations(each, budget) for each in trials]
    return [with_flat_ground(each, label_basins(each, target, extent, tolerance)) for each in trials]


def _until(iterations: int, trial: Descent) -> Descent:
    """Return a trial with the statuses that it had after `iterations`."""
    rests = trial.iterations <= iterations
    return replace(trial, status=np.where(rests, trial.status, np.int8(Status.RUNNING)))


def _arrive(trial: Descent) -> bool:
    return 2 * _count(trial, Status.CONVERGED) >= len(trial.status)


def _count(trial: Descent, status: Status) -> int:
    return int(np.count_nonzero(trial.status == status))


def _iterations_flag(trial: Descent) -> str:
    """Return the flag for the iterations in which four fifths of the points that arrived did so, rounded up."""
    arrivals = np.sort(trial.iterations[trial.status == Status.CONVERGED])
    return f"--max-iterations {_rounded_up(int(arrivals[math.ceil(0.8 * len(arrivals)) - 1]))}"


def _rounded_up(number: int) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50, ... that is not less than `number`."""
    power: int = 10 ** (len(str(number)) - 1)
    return min(next(digit * power for digit in (1, 2, 5, 10) if digit * power >= number), MAX_ITERATIONS)
