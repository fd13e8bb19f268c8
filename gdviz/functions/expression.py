"""Text in x and y -> its value and exact gradient on arrays, and its formula, without ever evaluating the text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from gdviz.extent import FloatArray
from gdviz.functions.graph import Graph
from gdviz.functions.latex import latex
from gdviz.functions.syntax import VARIABLES, Syntax, parse
from gdviz.functions.tape import Tape, compute, record


@dataclass(frozen=True)
class Compiled:
    """An expression made ready for numpy.

    Attributes
    ----------
    syntax
        What was written.
    values
        Computes the value.
    slopes
        Computes one partial derivative for each variable.
    both
        Computes the value and the partial derivatives.

    """

    syntax: Syntax
    values: Tape
    slopes: Tape
    both: Tape

    @property
    def variables(self) -> tuple[str, ...]:
        """The names that the expression is a function of: `("x",)` or `("x", "y")`."""
        return self.syntax.variables

    @property
    def formula(self) -> str:
        """The right-hand side in LaTeX, in the order in which it was written."""
        return latex(self.syntax.written)

    def value(self, *coordinates: ArrayLike) -> FloatArray:
        """Return f at coordinates that broadcast against each other.

        Where the text has no value, because any part of it has none, that is NaN; at a pole, or beyond the largest
        float64, infinity.
        """
        return np.asarray(self._computed(self.values, self.values, coordinates)[0])

    def gradient(self, *coordinates: ArrayLike) -> FloatArray:
        """Return the gradient, shape (dimension, ...).

        The slope of abs and sign is 0 at 0; that of min and max is the mean of both where they meet. A part of a
        derivative that is 0/0, such as the slope of a cone at its tip, is 0. NaN is where f has no value, and where
        a slope cannot be known.
        """
        return self._computed(self.slopes, self.both, coordinates)

    def value_and_gradient(self, *coordinates: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return both at once, which costs little more than the gradient."""
        result = self._computed(self.both, self.both, coordinates)
        return result[0], result[1:]

    def _computed(self, tape: Tape, whole: Tape, coordinates: tuple[ArrayLike, ...]) -> FloatArray:
        if len(coordinates) != len(self.variables):
            raise TypeError(f"expected {len(self.variables)} coordinate arrays, got {len(coordinates)}")
        arrays = np.broadcast_arrays(*(np.asarray(each, dtype=np.float64) for each in coordinates))
        result = compute(tape, whole, [np.ravel(each) for each in arrays])
        return result.reshape(len(result), *arrays[0].shape)


@lru_cache(maxsize=64)
def compile_expression(text: str) -> Compiled:
    """Compile an expression in x and y to its value and its exact gradient.

    Raises
    ------
    ExpressionError
        If the text is not accepted (see `gdviz.functions.syntax.parse`), or divides by what is always zero.

    """
    syntax = parse(text)
    graph = Graph()
    value = graph.build(syntax.folded)
    partial = graph.partial()
    slopes = [graph.derivative(value, VARIABLES.index(name)) for name in syntax.variables]
    shown = [graph.constant(0.0) if slope is None else slope for slope in slopes]
    return Compiled(
        syntax,
        values=record(graph, [value]),
        slopes=record(graph, shown, watched=partial),
        both=record(graph, [value, *shown], watched=partial),
    )
