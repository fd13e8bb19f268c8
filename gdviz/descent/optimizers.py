"""Optimizers: how a gradient becomes a step."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from gdviz.errors import InputError, shorten
from gdviz.extent import FloatArray

State = tuple[FloatArray, ...]
Init = Callable[[FloatArray], State]
Rule = Callable[..., tuple[FloatArray, State]]


def _no_hyperparameters() -> Mapping[str, float]:
    return MappingProxyType({})


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
        The function that `update` calls, with the hyper-parameters as keywords.
    hyperparameters
        Names and numbers; in `OPTIMIZERS`, the defaults.

    """

    name: str
    init: Init
    rule: Rule
    hyperparameters: Mapping[str, float] = field(default_factory=_no_hyperparameters)

    def update(
        self, gradient: FloatArray, position: FloatArray, state: State, step: int, learning_rate: FloatArray
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

        """
        return self.rule(gradient, position, state, step, learning_rate, **self.hyperparameters)

    def with_hyperparameters(self, given: Mapping[str, float]) -> Optimizer:
        """Return the same optimizer with some of its hyper-parameters changed.

        Raises
        ------
        InputError
            If the optimizer has no hyper-parameter of a name, or a number is not finite.

        """
        for name, number in given.items():
            if name not in self.hyperparameters:
                known = ", ".join(self.hyperparameters) or "none"
                raise InputError(f"{self.name} has no hyper-parameter {shorten(name)}; it has {known}")
            if not math.isfinite(number):
                raise InputError(f"{name} of {self.name} must be a finite number, not {number}")
        return replace(self, hyperparameters=MappingProxyType({**self.hyperparameters, **given}))


def _stateless(starts: FloatArray) -> State:  # noqa: ARG001  # every `init` takes the starts
    return ()


def _gradient_descent(
    gradient: FloatArray,
    position: FloatArray,  # noqa: ARG001  # every rule takes the same arguments
    state: State,
    step: int,  # noqa: ARG001  # every rule takes the same arguments
    learning_rate: FloatArray,
) -> tuple[FloatArray, State]:
    return -learning_rate * gradient, state


GRADIENT_DESCENT = Optimizer("gd", _stateless, _gradient_descent)
"""x <- x - learning_rate * gradient f(x) (A. Cauchy, Comptes Rendus, 1847)."""

OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType({each.name: each for each in (GRADIENT_DESCENT,)})
"""Optimizers by name."""
