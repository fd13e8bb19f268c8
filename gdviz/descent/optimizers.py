"""Optimizers: how a gradient becomes a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from gdviz.extent import FloatArray

State = tuple[FloatArray, ...]


class Init(Protocol):
    """Makes an optimizer's first state."""

    def __call__(self, starts: FloatArray) -> State:
        """Return the state at starts (n, dimension): arrays whose first axis is the points'."""


class Update(Protocol):
    """Makes an optimizer's steps."""

    def __call__(
        self, gradient: FloatArray, position: FloatArray, state: State, step: int, learning_rate: FloatArray
    ) -> tuple[FloatArray, State]:
        """Return the change of the position, shape (n, dimension), and the next state.

        Parameters
        ----------
        gradient, position
            Shape (n, dimension).
        state
            That after the step before.
        step
            Which step it is, from 1.
        learning_rate
            Each point's, shape (n, 1).

        """


@dataclass(frozen=True)
class Optimizer:
    """A pair of pure functions, for all points at once.

    Attributes
    ----------
    name
        What a description calls it.
    init, update
        See `Init` and `Update`.

    """

    name: str
    init: Init
    update: Update


def _stateless(starts: FloatArray) -> State:  # noqa: ARG001  # as every optimizer's is called
    return ()


def _gradient_descent(
    gradient: FloatArray,
    position: FloatArray,  # noqa: ARG001  # as every optimizer's is called
    state: State,
    step: int,  # noqa: ARG001  # as every optimizer's is called
    learning_rate: FloatArray,
) -> tuple[FloatArray, State]:
    return -learning_rate * gradient, state


GRADIENT_DESCENT = Optimizer("gd", _stateless, _gradient_descent)
"""x <- x - learning_rate * gradient f(x) (A. Cauchy, Comptes Rendus, 1847)."""

OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType({each.name: each for each in (GRADIENT_DESCENT,)})
"""Optimizers by name."""
