"""Objective: what is descended and drawn, whatever it is computed from."""

from __future__ import annotations

from typing import Protocol

from numpy.typing import ArrayLike

from gdviz.extent import Extent, FloatArray


class Objective(Protocol):
    """A scalar function of one or two variables, with its derivatives and what a good picture of it needs."""

    @property
    def name(self) -> str:
        """What a description calls it."""

    @property
    def title(self) -> str:
        """What a caption calls it."""

    @property
    def identity(self) -> str:
        """What it computes, as text: the same for two that give the same pictures."""

    @property
    def dimension(self) -> int:
        """How many variables it has: 1 or 2."""

    @property
    def domain(self) -> Extent:
        """Where it is meant to be used."""

    @property
    def extent(self) -> Extent:
        """The part worth looking at."""

    @property
    def minima(self) -> tuple[tuple[float, ...], ...]:
        """The known global minima; empty where none is known."""

    @property
    def learning_rate(self) -> float | None:
        """A rate with which a grid over the extent descends well, or None where none is known."""

    @property
    def tolerance(self) -> float:
        """The slope at which a point rests."""

    @property
    def max_iterations(self) -> int:
        """The steps after which a descent ends."""

    @property
    def note(self) -> str:
        """What there is to know about descending it; empty where it goes without saying."""

    @property
    def operations(self) -> int:
        """How many operations the value and the gradient take together."""

    @property
    def formula(self) -> str | None:
        """The right-hand side of f(x, y) = ... in LaTeX, or None where there is none."""

    def value(self, *coordinates: ArrayLike) -> FloatArray:
        """Return f at one coordinate array per variable; NaN where it has no value."""

    def gradient(self, *coordinates: ArrayLike) -> FloatArray:
        """Return the gradient, shape (dimension, ...); NaN where it is unknown."""

    def value_and_gradient(self, *coordinates: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return both at once."""

    def hessian(self, *coordinates: ArrayLike) -> FloatArray:
        """Return the Hessian, shape (dimension, dimension, ...); NaN where it is unknown."""
