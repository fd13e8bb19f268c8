"""Function: what gdviz descends, with everything that a good picture of it needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from numpy.typing import ArrayLike

from gdviz.extent import Extent, FloatArray
from gdviz.functions.expression import Compiled, compile_expression


@dataclass(frozen=True)
class Function:
    """A scalar function of one or two variables.

    Attributes
    ----------
    name
        The catalogue name, or the expression's own text.
    title
        The name as a caption shows it.
    expression
        The text that value, gradient and formula all come from.
    dimension
        1 or 2.
    domain
        Where the function is meant to be used.
    extent
        The part worth looking at.
    minima
        The known global minima, one point of `dimension` coordinates each; empty where none is known.
    learning_rate
        A rate with which a grid over the extent descends well, or None where none is known.
    aliases
        Other names that resolve to this function.
    tolerance, max_iterations
        The slope at which a point rests, and the steps after which a descent ends, with which at least half of the
        points that stay in the extent converge.
    note
        What there is to know about descending it, such as why that cannot be; empty where it goes without saying.

    """

    name: str
    title: str
    expression: str
    dimension: int
    domain: Extent
    extent: Extent
    minima: tuple[tuple[float, ...], ...] = ()
    learning_rate: float | None = None
    aliases: tuple[str, ...] = ()
    tolerance: float = 1e-3
    max_iterations: int = 1000
    note: str = ""

    @property
    def identity(self) -> str:
        """What it computes, as text."""
        return self.expression

    def value(self, *coordinates: ArrayLike) -> FloatArray:
        """Return f at one coordinate array per variable; the arrays broadcast.

        NaN is where the text has no value; infinity is a pole, or what is beyond the largest float64.
        """
        return self._compiled.value(*coordinates)

    def gradient(self, *coordinates: ArrayLike) -> FloatArray:
        """Return the exact gradient, shape (dimension, ...).

        The slope of abs and sign is 0 at 0; that of min and max is the mean of both where they meet. A part of a
        derivative that is 0/0, such as the slope of a cone at its tip, is 0. NaN is where f has no value, and where
        a slope cannot be known.
        """
        return self._compiled.gradient(*coordinates)

    def value_and_gradient(self, *coordinates: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return both at once, which costs little more than the gradient."""
        return self._compiled.value_and_gradient(*coordinates)

    def hessian(self, *coordinates: ArrayLike) -> FloatArray:
        """Return the exact Hessian, shape (dimension, dimension, ...), symmetric to the bit.

        It is the derivative of `gradient` as that is computed. Where a slope jumps, as that of abs, min and max does,
        the jump is left out: at 0 the second derivative of abs and sign is 0, and that of min and max is the mean of
        both where they meet. A part that is 0/0 is 0; at a cone's tip the curvature is infinite. NaN is where f has no
        value, and where a second derivative cannot be known.
        """
        return self._compiled.hessian(*coordinates)

    @property
    def operations(self) -> int:
        """How many operations the value and the gradient take together."""
        return len(self._compiled.both.steps)

    @property
    def formula(self) -> str:
        """The right-hand side of f(x, y) = ... in LaTeX."""
        return self._compiled.formula

    @property
    def understood(self) -> str:
        """The expression as it was understood, in plain text with every `*`."""
        return self._compiled.understood

    def gradient_in_words(self) -> list[str | None]:
        """Return each component of the gradient as plain text; None for one that is too long to read."""
        return self._compiled.gradient_in_words()

    @cached_property
    def _compiled(self) -> Compiled:
        return compile_expression(self.expression)
