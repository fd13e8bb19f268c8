"""RunSettings and RecordedRun: what each run is, with every default filled in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gdviz.descent.learning_rate import learning_rate_of
from gdviz.descent.noise import Noise
from gdviz.descent.optimizer import Optimizer
from gdviz.descent.optimizers import GRADIENT_DESCENT, OPTIMIZERS
from gdviz.descent.schedules import CONSTANT, Schedule
from gdviz.descent.tuning import ladder
from gdviz.description.runs import MAX_LABEL, RunTable
from gdviz.description.words import Words
from gdviz.errors import InputError, printable, shorten
from gdviz.extent import Extent, FloatArray
from gdviz.functions.objective import Objective
from gdviz.landscapes.paths import RecordedPath
from gdviz.landscapes.suffixes import stem_of
from gdviz.letters import is_seen


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


@dataclass(frozen=True)
class RecordedRun:
    """A run that was recorded elsewhere.

    Attributes
    ----------
    label
        What the legend calls it.
    source
        Its file, or its name in the file of the landscape.
    path
        Where it was at each step.

    """

    label: str
    source: str
    path: RecordedPath

    optimizer: None = None
    learning_rate: None = None

    def in_words(self) -> str:
        """Return one line for people."""
        return f"recorded path {printable(self.source)}, {self.path.in_words()}"

    def as_data(self) -> dict[str, Any]:
        """Return the keys of `[[runs]]`."""
        return {"label": self.label, "path": self.source}


AnyRun = RunSettings | RecordedRun


def run_settings(
    runs: Sequence[RunTable],
    paths: Sequence[RecordedPath | None],
    objective: Objective,
    starts: FloatArray,
    *,
    extent: Extent,
    domain: Extent,
    tolerance: float,
    max_iterations: int,
    words: Words,
    noise_seed: int,
) -> tuple[AnyRun, ...]:
    """Fill in the defaults of runs from starts, shape (n, dimension); learning rates may be found by trial.

    `paths` has the recorded path of each run, None for those that descend. Plain descent alone has the function's own
    rate. In a race it is tuned as the others are, so that the race is fair.

    Raises
    ------
    InputError
        If two runs would be called the same.

    """

    def rate_of(run: RunTable) -> float | None:
        if run.path is not None or run.rule.searches or run.learning_rate is not None:
            return run.learning_rate
        if len(runs) == 1 and run.rule == GRADIENT_DESCENT:
            return learning_rate_of(objective, extent)
        found = ladder(
            objective,
            run.rule,
            starts,
            extent,
            tolerance=tolerance,
            max_iterations=max_iterations,
            domain=domain,
        )
        return found.rate

    seed = noise_seed if any(run.noise for run in runs) else 0
    rated = [run.model_copy(update={"learning_rate": rate_of(run)}) for run in runs]
    return tuple(
        RunSettings(label, run.rule, run.learning_rate, run.full_schedule, Noise(run.noise or 0.0, seed))
        if path is None
        else RecordedRun(label, run.path or "", path)
        for run, path, label in zip(rated, paths, _labels(rated, words), strict=True)
    )


def _labels(runs: Sequence[RunTable], words: Words) -> list[str]:
    """Return what each run is called: its own label, or its optimizer, and what tells it from others with the same.

    Raises
    ------
    InputError
        If two would be called the same.

    """
    found = _labels_with(runs, words, "{:g}")
    if len(set(found)) < len(found):
        found = _labels_with(runs, words, "{!r}")  # numbers that differ little
    if twice := [label for label, number in Counter(found).items() if number > 1]:
        raise InputError(f"two runs would be called {shorten(twice[0])}; give each a label of its own")
    return found


def _labels_with(runs: Sequence[RunTable], words: Words, form: str) -> list[str]:
    """Return what each run is called, with numbers of a form."""
    titles = [_title(run, words) for run in runs]
    found = []
    for run, title in zip(runs, titles, strict=True):
        alike = [_told(each, words, form) for each, other in zip(runs, titles, strict=True) if other == title]
        own = _told(run, words, form)
        differences = [text for key, text in own.items() if any(each.get(key) != text for each in alike)]
        name = [title] if len(set(titles)) > 1 or not differences else []
        found.append(run.label or ", ".join([*name, *differences])[:MAX_LABEL])
    return found


def _title(run: RunTable, words: Words) -> str:
    """Return what a run is called: its recorded path or its optimizer.

    A description may have a word of its own for gradient descent.
    """
    if run.path is not None:
        return printable(stem_of(run.path_file.name) if run.path_file else run.path)[:MAX_LABEL]
    own = words.gradient_descent if run.rule == GRADIENT_DESCENT else ""
    return own if any(map(is_seen, own)) else run.rule.title


def _told(run: RunTable, words: Words, form: str) -> dict[str, str]:
    """Return all that may be special about a run, in words, by key."""
    if run.path is not None:
        return {}
    told = {key: f"{key} {form.format(number)}" for key, number in run.rule.hyperparameters.items()}
    if run.learning_rate is None:
        return told
    given = run.schedule.parameters if run.schedule else {}
    parameters = [f"{key} {form.format(number)}" for key, number in given.items()]
    return told | {
        "learning_rate": f"{words.learning_rate} {form.format(run.learning_rate)}",
        "schedule": " ".join([run.full_schedule.name, *parameters]),
        "warmup": f"warmup {run.full_schedule.warmup}",
        "noise": f"noise {form.format(run.noise or 0.0)}",
    }
