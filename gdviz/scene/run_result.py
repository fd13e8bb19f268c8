"""RunResult: how a run ended, in a few numbers that are plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gdviz.descent.engine import Descent, Status
from gdviz.description.choices import Clock
from gdviz.extent import median
from gdviz.scene.run import Run, StatusCounts

EVALUATED = ("f", "gradient", "hessian")
"""What may be evaluated, in the order of `Counts`."""


@dataclass(frozen=True)
class RunResult:
    """How a run ended.

    Attributes
    ----------
    label, optimizer
        What the run is called, and its optimizer's name; None for a recorded path.
    learning_rate
        The share of the gradient that a step takes; None if the optimizer finds it itself.
    counts
        How the points ended.
    clock, median
        The median of the iterations or evaluations until points came to rest: of those that converged, or of all if
        none did; None if there are no points.
    best
        The least value that f had at any point at any step, or the least recorded loss; None if it had none.
    location
        Where that was; None if nowhere.
    evaluations
        How often "f", its "gradient" and its "hessian" were evaluated for all points together; None if it is not known.
    measure
        What `best` is: "f", or "loss" where losses were recorded.

    """

    label: str
    optimizer: str | None
    learning_rate: float | None
    counts: StatusCounts
    clock: Clock
    median: float | None
    best: float | None
    location: tuple[float, ...] | None
    evaluations: Mapping[str, int] | None
    measure: str = "f"

    def as_data(self) -> dict[str, Any]:
        """Return all of it by name."""
        return {
            "label": self.label,
            "optimizer": self.optimizer,
            "learning_rate": self.learning_rate,
            "points": self.counts.as_data(),
            f"median_{self.clock}": self.median,
            "best": None if self.best is None else {"value": self.best, "location": list(self.location or ())},
            "evaluations": None if self.evaluations is None else dict(self.evaluations),
        }

    def in_words(self) -> str:
        """Return one line for people: how the points ended and when, and the least value of f or loss."""
        ends = [end if self.counts.points == 1 else f"{count} {end}" for end, count in self.counts.ends.items()]
        if ends and (self.counts.converged or len(ends) == 1):  # the median is that of the first
            ends[0] += f" after {self._steps_in_words()}"
        best = [] if self.best is None else [f"best {self.measure} {self.best:.6g}"]
        return f"{self.label}: {', '.join([*ends, *best]) or self.counts.in_words()}"

    def _steps_in_words(self) -> str:
        unit = str(self.clock).removesuffix("s") if self.median == 1 else self.clock
        several = " (median)" if self.counts.points > 1 else ""
        return f"{self.median:g} {unit}{several}"


def run_result(run: Run, counts: StatusCounts, clock: Clock) -> RunResult:
    """Return how a run ended, whose steps are those of a clock; `counts` says how its points did."""
    settings, descent = run.settings, run.descent
    best, location = _best(descent)
    return RunResult(
        label=settings.label,
        optimizer=None if settings.optimizer is None else settings.optimizer.name,
        learning_rate=settings.learning_rate,
        counts=counts,
        clock=clock,
        median=_median(descent),
        best=best,
        location=location,
        evaluations=_evaluations(descent),
        measure="f" if descent.recorded_losses is None else "loss",
    )


def _evaluations(descent: Descent) -> dict[str, int] | None:
    if descent.evaluations is None:
        return None
    return {name: int(made.sum()) for name, made in zip(EVALUATED, descent.evaluations.last, strict=True)}


def _median(descent: Descent) -> float | None:
    if not len(descent.status):
        return None
    converged = descent.status == Status.CONVERGED
    return median(descent.iterations[converged] if converged.any() else descent.iterations)


def _best(descent: Descent) -> tuple[float | None, tuple[float, ...] | None]:
    """Return the least value and where it was."""
    least = descent.loss_history.least()
    return (None, None) if least is None else (least.value, tuple(descent.history.at(least.step)[least.point].tolist()))
