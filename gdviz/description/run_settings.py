"""RunSettings: how each run descends, with every default filled in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gdviz.descent.learning_rate import learning_rate_of
from gdviz.descent.noise import Noise
from gdviz.descent.optimizer import Optimizer
from gdviz.descent.optimizers import GRADIENT_DESCENT, OPTIMIZERS
from gdviz.descent.schedules import CONSTANT, Schedule, schedule
from gdviz.descent.tuning import tuned_rate
from gdviz.description.runs import MAX_LABEL, RunTable
from gdviz.description.words import Words
from gdviz.errors import InputError, shorten
from gdviz.extent import Extent, FloatArray
from gdviz.functions.objective import Objective


@dataclass(frozen=True)
class RunSettings:
    """How one run descends, with every default filled in.

    Attributes
    ----------
    label
        What the legend calls it.
    optimizer
        How a gradient becomes a step.
    learning_rate
        The share of the gradient that a step takes; None if the optimizer finds it itself.
    schedule
        How the learning rate changes from step to step.
    noise
        What is added to the gradient.

    """

    label: str
    optimizer: Optimizer
    learning_rate: float | None
    schedule: Schedule
    noise: Noise

    @property
    def rate(self) -> float:
        """A learning rate in any case: an optimizer that finds it itself does not use it."""
        return 1.0 if self.learning_rate is None else self.learning_rate

    def in_words(self) -> str:
        """Return one line for people: the optimizer, and what it does not do by default."""
        own = self.optimizer.hyperparameters
        usual = OPTIMIZERS[self.optimizer.name].hyperparameters
        rate = [] if self.learning_rate is None else [f"learning rate {self.learning_rate:g}"]
        schedule = [] if self.schedule.name == CONSTANT.name else [f"{self.schedule.name} schedule"]
        warmup = [f"warmup {self.schedule.warmup}"] if self.schedule.warmup else []
        noise = [f"noise {self.noise.deviation:g}"] if self.noise.deviation else []
        changed = [f"{key} {number:g}" for key, number in own.items() if number != usual[key]]
        return ", ".join([self.optimizer.title, *changed, *rate, *schedule, *warmup, *noise])

    def as_data(self) -> dict[str, Any]:
        """Return the keys of `[[runs]]`: all of those that its optimizer has."""
        own = {"label": self.label, "optimizer": self.optimizer.name, **self.optimizer.hyperparameters}
        if self.learning_rate is None:
            return own
        schedule = {"name": self.schedule.name, **self.schedule.parameters}
        rate = {"learning_rate": self.learning_rate, "schedule": schedule, "warmup": self.schedule.warmup}
        return own | rate | {"noise": self.noise.deviation}


def run_settings(
    runs: Sequence[RunTable],
    objective: Objective,
    starts: FloatArray,
    *,
    extent: Extent,
    domain: Extent,
    tolerance: float,
    max_iterations: int,
    words: Words,
    noise_seed: int,
) -> tuple[RunSettings, ...]:
    """Fill in the defaults of runs from starts, shape (n, dimension); learning rates may be found by trial.

    Plain descent alone has the function's own rate. In a race it is tuned as the others are, so that the race is fair.

    Raises
    ------
    InputError
        If two runs would be called the same.

    """

    def rate_of(run: RunTable) -> float | None:
        if run.rule.searches or run.learning_rate is not None:
            return run.learning_rate
        if len(runs) == 1 and run.rule == GRADIENT_DESCENT:
            return learning_rate_of(objective, extent)
        return tuned_rate(
            objective,
            run.rule,
            starts,
            extent,
            tolerance=tolerance,
            max_iterations=max_iterations,
            domain=domain,
        )

    rated = [run.model_copy(update={"learning_rate": rate_of(run)}) for run in runs]
    return tuple(
        RunSettings(label, run.rule, run.learning_rate, _schedule(run), Noise(run.noise or 0.0, noise_seed))
        for run, label in zip(rated, _labels(rated, words), strict=True)
    )


def _schedule(run: RunTable) -> Schedule:
    if run.schedule is None:
        return schedule(CONSTANT.name, warmup=run.warmup or 0)
    return schedule(run.schedule.name, run.schedule.parameters, warmup=run.warmup or 0)


def _labels(runs: Sequence[RunTable], words: Words) -> list[str]:
    """Return what each run is called: its own label, or its optimizer, and what tells it from others with the same.

    Raises
    ------
    InputError
        If two would be called the same.

    """
    titles = [words.gradient_descent if run.rule == GRADIENT_DESCENT else run.rule.title for run in runs]
    found = []
    for run, title in zip(runs, titles, strict=True):
        alike = [_told(each, words) for each, other in zip(runs, titles, strict=True) if other == title]
        own = _told(run, words)
        differences = [text for key, text in own.items() if any(each.get(key) != text for each in alike)]
        name = [title] if len(set(titles)) > 1 or not differences else []
        found.append(run.label or ", ".join([*name, *differences])[:MAX_LABEL])
    if twice := [label for label, number in Counter(found).items() if number > 1]:
        raise InputError(f"two runs would be called {shorten(twice[0])}; give each a label of its own")
    return found


def _told(run: RunTable, words: Words) -> dict[str, str]:
    """Return what is special about a run, in words, by key."""
    told = {key: f"{key} {number:g}" for key, number in run.rule.hyperparameters.items()}
    if run.learning_rate is not None:
        told["learning_rate"] = f"{words.learning_rate} {run.learning_rate:g}"
    if run.schedule is not None:
        told["schedule"] = " ".join([run.schedule.name, *(f"{k} {v:g}" for k, v in run.schedule.parameters.items())])
    told |= {key: f"{key} {number:g}" for key in ("warmup", "noise") if (number := getattr(run, key))}
    return told
