"""Optimizer: a rule with its first state and its hyper-parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from gdviz.descent.evaluations import Evaluator
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
    """The numbers that a hyper-parameter may have.

    Attributes
    ----------
    low
        The lower end, which belongs to them if `closed`.
    high
        The upper end, which belongs to them if `through`; infinity never does.
    whole
        Whether they are whole numbers.

    """

    low: float
    high: float
    closed: bool = True
    through: bool = False
    whole: bool = False

    def contains(self, number: float) -> bool:
        """Return whether a number may be."""
        above = self.low <= number if self.closed else self.low < number
        below = number <= self.high if self.through else number < self.high
        return above and below and (not self.whole or number == int(number))

    def checked(self, what: str, number: float) -> float:
        """Return a number, which must be one of them, as one of 64 bits: rules count on it, for 1 is not 1.0 in arrays.

        Raises
        ------
        InputError
            If it is not; the message begins with `what`.

        """
        try:
            known = float(number)
        except OverflowError:  # of a whole number with more than 308 digits
            known = math.inf
        if not math.isfinite(known):
            raise InputError(f"{what} must be a finite number, not {known}")
        if not self.contains(known):
            raise InputError(f"{what} must {self.in_words()}, not {known:g}")
        return known

    def in_words(self) -> str:
        """Return what a number must do, as in "must be at least 0 and less than 1"."""
        return f"be {'a whole number, ' if self.whole else ''}{self.bounds()}"

    def bounds(self) -> str:
        """Return which numbers there are, as in "at least 0 and less than 1"."""
        least = f"{'at least' if self.closed else 'more than'} {self.low:g}" if math.isfinite(self.low) else ""
        most = f"{'at most' if self.through else 'less than'} {self.high:g}" if math.isfinite(self.high) else ""
        return " and ".join(filter(None, (least, most))) or "any number"


_SHARE, _POSITIVE, _NOT_NEGATIVE = Range(0, 1), Range(0, math.inf, closed=False), Range(0, math.inf)
_ANY = Range(-math.inf, math.inf, closed=False)
RANGES: Mapping[str, Range] = MappingProxyType(
    {
        "momentum": _SHARE,
        "alpha": _SHARE,
        "rho": _SHARE,
        "beta1": _SHARE,
        "beta2": _SHARE,
        "beta3": _SHARE,
        "eps": _NOT_NEGATIVE,
        "eps_root": _NOT_NEGATIVE,
        "weight_decay": _NOT_NEGATIVE,
        "momentum_decay": _NOT_NEGATIVE,
        "etaminus": Range(0, 1, closed=False),
        "etaplus": Range(1, math.inf, closed=False),
        "step_min": _POSITIVE,
        "step_max": _POSITIVE,
        "delta": _POSITIVE,
        "c": Range(0, 1, closed=False),
        "beta": Range(0, 1, closed=False),
        "t0": _POSITIVE,
        "f_star": _ANY,
    }
)
"""What each hyper-parameter may be, in all optimizers that have it."""

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "momentum": "How much of the velocity a step keeps.",
        "alpha": "How much of the mean of squared gradients a step keeps.",
        "rho": "How much of the means of squared gradients and squared steps a step keeps.",
        "beta1": "How much of the mean of gradients a step keeps.",
        "beta2": "How much of the mean of squared gradients a step keeps.",
        "beta3": "How much of the mean of squared gradients a step keeps, where beta2 is for another mean.",
        "eps": "What a divisor has added to it, so that none is 0.",
        "eps_root": "What the mean under the root has added to it at every step.",
        "weight_decay": "How strongly points are drawn to the origin, whatever the gradient is.",
        "momentum_decay": "How fast the momentum grows towards beta1.",
        "etaminus": "What an axis's step is multiplied by where its gradient has changed its sign.",
        "etaplus": "What an axis's step is multiplied by where its gradient has kept its sign.",
        "step_min": "The shortest step along an axis.",
        "step_max": "The longest step along an axis.",
        "delta": "The least curvature: the Hessian is raised until no direction has less.",
        "c": "How much of the fall that the slope promises a step must have to be accepted.",
        "beta": "What a step is multiplied by until it is accepted.",
        "t0": "The first length that is tried for a step, as a multiple of its direction.",
        "f_star": "The least value of f, towards which the steps are measured.",
    }
)
"""What each hyper-parameter is, in a sentence that holds for most optimizers that have it; `meaning` holds for all."""

SYMBOLS: Mapping[str, str] = MappingProxyType(
    {
        "momentum": r"\mu",
        "alpha": r"\alpha",
        "rho": r"\rho",
        "beta1": r"\beta_1",
        "beta2": r"\beta_2",
        "beta3": r"\beta_3",
        "eps": r"\epsilon",
        "eps_root": r"\epsilon_r",
        "weight_decay": r"\lambda",
        "momentum_decay": r"\psi",
        "etaminus": r"\eta_-",
        "etaplus": r"\eta_+",
        "step_min": r"d_{\min}",
        "step_max": r"d_{\max}",
        "delta": r"\delta",
        "c": "c",
        "beta": r"\beta",
        "t0": "t_0",
        "f_star": "f^*",
    }
)
"""What stands for each hyper-parameter in equations, in LaTeX."""

_OWN_MEANINGS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("adamax", "beta2"): "How much of the largest gradient so far a step keeps.",
        ("adabelief", "beta2"): "How much of the mean of squared distances of gradients from their mean a step keeps.",
        ("lion", "beta1"): "How much the mean of gradients, rather than the newest one, decides the sign of a step.",
        ("lion", "beta2"): MEANINGS["beta1"],
        ("adan", "beta2"): "How much of the mean of the gradients' differences a step keeps.",
        ("adan", "beta3"): MEANINGS["beta2"],
    }
)


def meaning(optimizer: str, hyperparameter: str) -> str:
    """Return what a hyper-parameter is, in a sentence that holds for the optimizer of this name."""
    return _OWN_MEANINGS.get((optimizer, hyperparameter)) or MEANINGS[hyperparameter]


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
    summary
        What it does, in a sentence.
    note
        Where libraries differ, or what surprises; empty if there is nothing to know.

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
    summary: str = ""
    note: str = ""

    def update(
        self,
        gradient: FloatArray,
        position: FloatArray,
        state: State,
        step: int,
        learning_rate: FloatArray,
        *,
        objective: Objective,
        evaluator: Evaluator | None = None,
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
            The learning rate of each point, shape (n, 1), or that of all, shape (1, 1).
        objective
            What is descended.
        evaluator
            Evaluates the objective for the rule, and counts how often; nobody counts if it is None.

        """
        evaluator = evaluator or Evaluator(objective, position)
        moment = Moment(gradient, position, step, learning_rate, objective, evaluator)
        return self.rule(moment, state, **self.hyperparameters)

    def with_hyperparameters(self, given: Mapping[str, float]) -> Optimizer:
        """Return the same optimizer with some of its hyper-parameters changed.

        Raises
        ------
        InputError
            If the optimizer has no hyper-parameter of a name, or a number is out of its range.

        """
        numbers = dict(self.hyperparameters)
        for name, number in given.items():
            if name not in numbers:
                known = ", ".join(numbers) or "none"
                raise InputError(f"{self.name} has no hyper-parameter {shorten(name)}; it has {known}")
            numbers[name] = RANGES.get(name, _ANY).checked(f"{name} of {self.name}", number)
        return replace(self, hyperparameters=MappingProxyType(numbers))


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
    summary: str = "",
    note: str = "",
) -> Optimizer:
    """Return an optimizer; the arguments are its attributes."""
    numbers = MappingProxyType(dict(hyperparameters))
    return Optimizer(name, init, rule, numbers, title, aliases, equations, source, searches, summary, note)
