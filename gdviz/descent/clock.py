"""A descent on another clock: by what was evaluated in place of steps."""

from __future__ import annotations

import numpy as np

from gdviz.descent.engine import Descent, Status
from gdviz.errors import InputError
from gdviz.extent import FloatArray


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
    arrivals = descent.evaluations.arrivals
    ends = arrivals[-1]
    rows = min(budget, int(ends.max(initial=0))) + 1
    status = np.where(ends <= budget, descent.status, np.int8(Status.RUNNING))
    if not descent.evaluations.looks:
        return Descent(descent.points[:rows], descent.values[:rows], np.minimum(ends, budget), status)
    points, values = np.empty((rows, *descent.points.shape[1:])), np.empty((rows, len(status)))
    for point, last in enumerate(descent.iterations):
        times = arrivals[: last + 1, point]
        values[:, point] = _between(times, descent.values[: last + 1, point], rows)
        for axis, numbers in enumerate(descent.points[: last + 1, point].T):
            points[:, point, axis] = _between(times, numbers, rows)
    return Descent(points, values, np.minimum(ends, budget), status)


def _between(times: np.ndarray, numbers: FloatArray, rows: int) -> FloatArray:
    """Return what numbers at ascending times are at 0, 1, 2, ..., shape (rows,)."""
    return np.asarray(np.interp(np.arange(rows), times, numbers), dtype=np.float64)
