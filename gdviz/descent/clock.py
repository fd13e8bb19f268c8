"""A descent on another clock: by what was evaluated in place of steps."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from gdviz.descent.engine import Descent, Status
from gdviz.descent.evaluations import Evaluations, Integers
from gdviz.descent.history import History
from gdviz.errors import InputError
from gdviz.extent import FloatArray

AT_ONCE = 1_000_000  # evaluations that are counted at a time, which limits the memory used


def by_evaluations(descent: Descent, budget: int) -> Descent:
    """Return a descent whose row k is where the points are after k evaluations, on straight lines between iterates.

    One evaluation is that of f or of a gradient; a Hessian is as many as there are variables. A rule that evaluates one
    gradient a step is on this clock what it is on that of iterations.

    Parameters
    ----------
    descent
        The descent on the clock of iterations. It must have taken at least `budget` steps or ended before.
    budget
        The most evaluations of each point, not negative.

    Returns
    -------
    The same, with the evaluations until each point rested in place of its iterations. A point that has not ended within
    the budget is running. What each evaluation was is not known of it: its `evaluations` are None.

    Raises
    ------
    InputError
        If it is not known what was evaluated, as of a recorded path.

    """
    if descent.evaluations is None:
        raise InputError("a recorded path has no evaluations to count; count iterations")
    looks = descent.evaluations.looks
    ends = np.concatenate([part.arrivals[-1] for part in _parts(descent)]) if looks else descent.iterations
    lasts = np.minimum(ends, budget)
    status = np.where(ends <= budget, descent.status, np.int8(Status.RUNNING))
    if not looks:
        return Descent(descent.history.until(int(lasts.max(initial=0))), lasts, status)
    times = itertools.chain.from_iterable(part.arrivals.T for part in _parts(descent))
    paths = map(_slowed, descent.history.paths(), times, lasts.tolist())
    return Descent(History.of_paths(paths, lasts, descent.history.ends.shape[1]), lasts, status)


def _parts(descent: Descent) -> Iterator[Evaluations]:
    """Yield the evaluations of some points after those of others, which limits the memory used."""
    assert descent.evaluations is not None
    together = max(1, AT_ONCE // (descent.steps + 1))
    for first in range(0, max(len(descent.status), 1), together):
        yield descent.evaluations.of(slice(first, first + together))


def _slowed(path: tuple[FloatArray, FloatArray], times: Integers, last: int) -> tuple[FloatArray, FloatArray]:
    """Return a path (k, dimension) and f there where a point is after 0, 1, ..., `last` evaluations.

    `times` are the evaluations until the point was at each place, shape (k,) at least.
    """
    positions, values = path
    at, times = np.arange(last + 1), times[: len(values)]
    return np.stack([np.interp(at, times, each) for each in positions.T], axis=1), np.interp(at, times, values)
