"""Optimizer: a rule with its first state and its hyper-parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from gdviz.descent.rules import Moment, State
from gdviz.errors import InputError, shorten
from gdviz.extent import FloatArray
from gdviz.functions.objective import Objective

Init = Callable[[FloatArray], State]
Rule = Callable[..., tuple[FloatArray, State]]


def _none() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Range:
    """The numbers that a hyper-parameter may have: from `low`, which belongs to them if `closed`, to below `high`."""

    low: float
    high: float
    closed: bool = True

    def contains(self, number: float) -> bool:
        """Return whether a number may be."""
        return (self.low <= number if self.closed else self.low < number) and number < self.high

    def in_words(self) -> str:
        """Return what a number must do, as in "must be at least 0 and less than 1"."""
        least = f"be {'at least' if self.closed else 'more than'} {self.low:g}"
        return f"{least} and less than {self.high:g}" if math.isfinite(self.high) else least


_SHARE, _POSITIVE, _ANY = Range(0, 1), Range(0, math.inf, closed=False), Range(0, math.inf)
RANGES: Mapping[str, Range] = MappingProxyType(
    {
        "momentum": _SHARE,
        "alpha": _SHARE,
        "rho": _SHARE,
        "beta1": _SHARE,
        "beta2": _SHARE,
        "beta3": _SHARE,
        "eps": _ANY,
        "eps_root": _ANY,
        "weight_decay": _ANY,
        "momentum_decay": _ANY,
        "etaminus": Range(0, 1, closed=False),
        "etaplus": Range(1, math.inf, closed=False),
        "step_min": _POSITIVE,
        "step_max": _POSITIVE,
        "delta": _POSITIVE,
        "c": Range(0, 1, closed=False),
        "beta": Range(0, 1, closed=False),
        "t0": _POSITIVE,
        "f_star": Range(-math.inf, math.inf, closed=False),
    }
)
"""What each hyper-parameter may be, in all optimizers that have it."""


@dataclass(frozen=True)
class Optimizer:
    """A pair of pure functions for all points at once; no point depends on another.

    Attributes
    ----------
    name
        Its name in descriptions.
    init
        Returns the first state for starts (n, dimension): arrays whose first axis is the points.
    rule
        The function that `update` calls with a `Moment` and the state, and the hyper-parameters as keywords.
    hyperparameters
        Names and numbers; in `OPTIMIZERS`, the defaults.
    title
        Its name for people.
    aliases
        Other names in descriptions.
    equations
        The update, in LaTeX: g is the gradient, eta the learning rate, t the number of the step from 1.
    source
        Where the rule was published.
    searches
        Whether the rule looks at the objective itself where it chooses how far to go. It needs no learning rate then.

    """

    name: str
    init: Init
    rule: Rule
    hyperparameters: Mapping[str, float] = field(default_factory=_none)
    title: str = ""
    aliases: tuple[str, ...] = ()
    equations: tuple[str, ...] = ()
    source: str = ""
    searches: bool = False

    def update(
        self,
        gradient: FloatArray,
        position: FloatArray,
        state: State,
        step: int,
        learning_rate: FloatArray,
        *,
        objective: Objective,
    ) -> tuple[FloatArray, State]:
        """Return the change of the position, shape (n, dimension), and the next state.

        Parameters
        ----------
        gradient, position
            Shape (n, dimension).
        state
            The state after the previous step.
        step
            The number of the step, from 1.
        learning_rate
            The learning rate of each point, shape (n, 1).
        objective
            What is descended.

        """
        moment = Moment(gradient, position, step, learning_rate, objective)
        return self.rule(moment, state, **self.hyperparameters)

    def with_hyperparameters(self, given: Mapping[str, float]) -> Optimizer:
        """Return the same optimizer with some of its hyper-parameters changed.

        Raises
        ------
        InputError
            If the optimizer has no hyper-parameter of a name, or a number is out of its range.

        """
        for name, number in given.items():
            if name not in self.hyperparameters:
                known = ", ".join(self.hyperparameters) or "none"
                raise InputError(f"{self.name} has no hyper-parameter {shorten(name)}; it has {known}")
            if not math.isfinite(number):
                raise InputError(f"{name} of {self.name} must be a finite number, not {number}")
            if (allowed := RANGES.get(name)) and not allowed.contains(number):
                raise InputError(f"{name} of {self.name} must {allowed.in_words()}, not {number:g}")
        return replace(self, hyperparameters=MappingProxyType({**self.hyperparameters, **given}))


def make_optimizer(
    name: str,
    title: str,
    rule: Rule,
    init: Init,
    source: str,
    *,
    equations: tuple[str, ...],
    aliases: tuple[str, ...] = (),
    hyperparameters: Mapping[str, float] = MappingProxyType({}),
    searches: bool = False,
) -> Optimizer:
    """Return an optimizer; the arguments are its attributes."""
    numbers = MappingProxyType(dict(hyperparameters))
    return Optimizer(name, init, rule, numbers, title, aliases, equations, source, searches)
