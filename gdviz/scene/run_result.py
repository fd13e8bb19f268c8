"""RunResult: how a run ended, in a few numbers that are plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gdviz.descent.engine import Descent, Status
from gdviz.scene.run import Run, StatusCounts


@dataclass(frozen=True)
class RunResult:
    """How a run ended.

    Attributes
    ----------
    label, optimizer
        What the run is called, and its optimizer's name.
    learning_rate
        The share of the gradient that a step takes; None if the optimizer finds it itself.
    counts
        How the points ended.
    median_iterations
        The median of the steps until points came to rest: of those that converged, or of all if none did; None if there
        are no points.
    best
        The least value that f had at any point at any step; None if it had none.
    location
        Where that was; None if nowhere.

    """

    label: str
    optimizer: str
    learning_rate: float | None
    counts: StatusCounts
    median_iterations: float | None
    best: float | None
    location: tuple[float, ...] | None

    def as_data(self) -> dict[str, Any]:
        """Return all of it by name."""
        return {
            "label": self.label,
            "optimizer": self.optimizer,
            "learning_rate": self.learning_rate,
            "points": self.counts.as_data(),
            "median_iterations": self.median_iterations,
            "best": None if self.best is None else {"value": self.best, "location": list(self.location or ())},
        }

    def in_words(self) -> str:
        """Return one line for people: how the points ended and when, and the least value of f."""
        ends = [end if self.counts.points == 1 else f"{count} {end}" for end, count in self.counts.ends.items()]
        if ends and (self.counts.converged or len(ends) == 1):  # the median is that of the first
            ends[0] += f" after {self._steps_in_words()}"
        best = [] if self.best is None else [f"best f {self.best:.6g}"]
        return f"{self.label}: {', '.join([*ends, *best]) or self.counts.in_words()}"

    def _steps_in_words(self) -> str:
        number = self.median_iterations
        several = " (median)" if self.counts.points > 1 else ""
        return f"{number:g} iteration{'' if number == 1 else 's'}{several}"


def run_result(run: Run, counts: StatusCounts) -> RunResult:
    """Return how a run ended; `counts` says how its points did, in the film or without one."""
    settings, descent = run.settings, run.descent
    best, location = _best(descent)
    return RunResult(
        settings.label, settings.optimizer.name, settings.learning_rate, counts, _median(descent), best, location
    )


def _median(descent: Descent) -> float | None:
    if not len(descent.status):
        return None
    converged = descent.status == Status.CONVERGED
    return float(np.median(descent.iterations[converged] if converged.any() else descent.iterations))


def _best(descent: Descent) -> tuple[float | None, tuple[float, ...] | None]:
    """Return the least value and where it was. f is finite at every step of a point that began where it is."""
    points = np.flatnonzero(np.isfinite(descent.values[0]))
    if not len(points):
        return None, None
    values = descent.values if len(points) == len(descent.status) else descent.values[:, points]
    step, column = np.unravel_index(np.argmin(values), values.shape)
    return float(values[step, column]), tuple(float(each) for each in descent.points[step, points[column]])
