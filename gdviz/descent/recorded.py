"""A recorded path as the descent of one point."""

from __future__ import annotations

import numpy as np

from gdviz.descent.engine import Descent, Status
from gdviz.descent.history import History
from gdviz.functions.objective import Objective
from gdviz.landscapes.paths import RecordedPath


def recorded_descent(objective: Objective, path: RecordedPath, most: int) -> Descent:
    """Return a recorded path as the descent of one point, with at most so many steps of it."""
    points = path.points[: most + 1]
    steps = len(points) - 1
    with np.errstate(all="ignore"):
        values = objective.value(*points.T)
    status = Status.DIVERGED if path.lost and steps == path.steps else Status.RECORDED
    return Descent(
        History.of(points[:, None], np.asarray(values)[:, None]),
        np.array([steps], dtype=np.int64),
        np.array([status], dtype=np.int8),
        recorded_losses=None if path.losses is None else path.losses[: most + 1, None],
    )
