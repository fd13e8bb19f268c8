"""Schedules: which share of the learning rate each step has, in one table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from gdviz.descent.optimizer import Range
from gdviz.errors import InputError, nearest, shorten

_FACTOR, _WHOLE = Range(0, 1, closed=False, through=True), Range(1, math.inf, whole=True)
RANGES: Mapping[str, Range] = MappingProxyType(
    {
        "factor": _FACTOR,
        "every": _WHOLE,
        "length": _WHOLE,
        "floor": Range(0, 1, through=True),
        "decay": Range(0, math.inf),
        "warmup": Range(0, math.inf, whole=True),
    }
)
"""What each parameter may be, in all schedules that have it, and the warmup."""


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes from step to step, the same for all points.

    Attributes
    ----------
    name
        Its name in descriptions.
    title
        Its name for people.
    formula
        The learning rate of step t, from 1, in LaTeX: eta is the learning rate. The warmup is not in it.
    rule
        The function that `share` calls with the number of the step and the parameters as keywords.
    parameters
        Names and numbers; in `SCHEDULES`, the defaults.
    warmup
        In so many first steps the share rises evenly to what it would be without; 0 for none.

    """

    name: str
    title: str
    formula: str
    rule: Callable[..., float]
    parameters: Mapping[str, float]
    warmup: int = 0

    def share(self, step: int) -> float:
        """Return the share of the learning rate, from 0 to 1, that a step has; the first step is 1."""
        warm = step / self.warmup if step < self.warmup else 1.0
        return warm * float(self.rule(step, **self.parameters))


def _constant(_step: int) -> float:
    return 1.0


def _exponential(step: int, *, factor: float) -> float:
    return math.pow(factor, step - 1)


def _step(step: int, *, every: float, factor: float) -> float:
    return math.pow(factor, (step - 1) // every)


def _cosine(step: int, *, length: float, floor: float) -> float:
    part = min((step - 1) / length, 1.0)
    return floor + (1 - floor) * (1 + math.cos(math.pi * part)) / 2


def _inverse_time(step: int, *, decay: float) -> float:
    return 1 / (1 + decay * (step - 1))


def _schedule(name: str, title: str, formula: str, rule: Callable[..., float], **parameters: float) -> Schedule:
    return Schedule(name, title, formula, rule, MappingProxyType(parameters))


CONSTANT = _schedule("constant", "Constant", r"\eta_t = \eta", _constant)

SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {
        each.name: each
        for each in (
            CONSTANT,
            _schedule("exponential", "Exponential", r"\eta_t = \eta \gamma^{t-1}", _exponential, factor=0.99),
            _schedule(
                "step", "Step", r"\eta_t = \eta \gamma^{\lfloor (t-1)/T \rfloor}", _step, every=100.0, factor=0.5
            ),
            _schedule(
                "cosine",
                "Cosine",
                r"\eta_t = \eta (a + \frac{1 - a}{2} (1 + \cos \frac{\pi \min(t-1, T)}{T}))",
                _cosine,
                length=1000.0,
                floor=0.0,
            ),
            _schedule("inverse-time", "Inverse time", r"\eta_t = \frac{\eta}{1 + k (t-1)}", _inverse_time, decay=0.01),
        )
    }
)
"""Schedules by name."""


def schedule(name: str, parameters: Mapping[str, float] = MappingProxyType({}), warmup: int = 0) -> Schedule:
    """Return a schedule by its name, with some of its parameters changed, and a warmup.

    Parameters
    ----------
    name
        One of `SCHEDULES`.
    parameters
        `factor` of exponential (a step) and of step (after `every` steps); `length` and `floor` of cosine, which goes
        from 1 to `floor` in `length` steps and stays there; `decay` of inverse-time.
    warmup
        In so many first steps the share rises evenly; 0 for none.

    Raises
    ------
    InputError
        If there is no such schedule, or it has no such parameter, or a number is out of its range.

    """
    found = SCHEDULES.get(name.lower().replace("_", "-"))
    if found is None:
        near = nearest(name.lower(), SCHEDULES)
        cure = f"did you mean {near}?" if near else f"there are {', '.join(SCHEDULES)}"
        raise InputError(f"there is no schedule {shorten(name)}; {cure}")
    numbers = dict(found.parameters)
    for parameter, number in parameters.items():
        if parameter not in numbers:
            known = ", ".join(numbers) or "none"
            raise InputError(f"the schedule {found.name} has no parameter {shorten(parameter)}; it has {known}")
        numbers[parameter] = RANGES[parameter].checked(f"{parameter} of {found.name}", number)
    steps = RANGES["warmup"].checked("the warmup", warmup)
    return replace(found, parameters=MappingProxyType(numbers), warmup=int(steps))
