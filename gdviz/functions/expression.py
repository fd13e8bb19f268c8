"""Text in x and y -> its value and exact derivatives on arrays, and its formula, without ever evaluating the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike

from gdviz.extent import FloatArray
from gdviz.functions.graph import Graph
from gdviz.functions.latex import latex
from gdviz.functions.plain import plain, plain_node
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

    def hessian(self, *coordinates: ArrayLike) -> FloatArray:
        """Return the exact Hessian, shape (dimension, dimension, ...), symmetric to the bit.

        It is the derivative of `gradient` as that is computed. Where a slope jumps, as that of abs, min and max does,
        the jump is left out: at 0 the second derivative of abs and sign is 0, and that of min and max is the mean of
        both where they meet. A part that is 0/0 is 0; at a cone's tip the curvature is infinite. NaN is where f has no
        value, and where a second derivative cannot be known.
        """
        result = self._computed(self._curvatures, self._curvatures, coordinates)[1:]
        count = len(self.variables)
        rows, columns = np.triu_indices(count)
        entry = np.empty((count, count), dtype=np.intp)
        entry[rows, columns] = entry[columns, rows] = np.arange(len(rows))
        return result[entry]

    @property
    def understood(self) -> str:
        """The expression as it was understood, in plain text with every `*`."""
        return plain(self.syntax.written)

    def gradient_in_words(self) -> list[str | None]:
        """Return each component of the gradient as plain text; None for one that is too long to read."""
        graph, _, slopes, _ = _differentiated(self.syntax)
        return [plain_node(graph, slope) for slope in slopes]

    @cached_property
    def _curvatures(self) -> Tape:
        """Computes the value and the Hessian's upper triangle, row by row; made only when it is asked for."""
        graph, value, slopes, partial = _differentiated(self.syntax)
        second = [
            None if slope is None else graph.derivative(slope, variable)
            for row, slope in enumerate(slopes)
            for variable in _numbers(self.syntax)[row:]
        ]
        return record(graph, [value, *_shown(graph, second)], watched=partial)

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
    graph, value, slopes, partial = _differentiated(syntax)
    shown = _shown(graph, slopes)
    return Compiled(
        syntax,
        values=record(graph, [value]),
        slopes=record(graph, shown, watched=partial),
        both=record(graph, [value, *shown], watched=partial),
    )


def _differentiated(syntax: Syntax) -> tuple[Graph, int, list[int | None], list[int]]:
    """Return a graph, its nodes of the value and of the slopes, and those that may have no value somewhere."""
    graph = Graph()
    value = graph.build(syntax.folded)
    partial = graph.partial()
    return graph, value, [graph.derivative(value, variable) for variable in _numbers(syntax)], partial


def _numbers(syntax: Syntax) -> list[int]:
    return [VARIABLES.index(name) for name in syntax.variables]


def _shown(graph: Graph, places: Sequence[int | None]) -> list[int]:
    return [graph.constant(0.0) if place is None else place for place in places]
