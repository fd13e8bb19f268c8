"""An expression and its derivatives as one graph of operations, in which equal parts are one.

The value is computed by the operations that were written, in the order in which they were written: nothing is
cancelled, so that it has no value exactly where the text has none. Derivatives are added by the chain rule, operation
by operation (A. Griewank and A. Walther, Evaluating Derivatives, 2nd edition, 2008, chapter 3), and share what they can
with the value. The graph grows in proportion to the text.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from gdviz.errors import ExpressionError, shorten
from gdviz.functions.operations import OPERATIONS
from gdviz.functions.slopes import SLOPES
from gdviz.functions.syntax import BINARY, VARIABLES

CONSTANT, VARIABLE = "constant", "variable"

_COMMUTATIVE = frozenset({"add", "multiply", "chain"})
_REASONABLE = (1e-150, 1e150)  # what numeric factors are merged into


class Node(NamedTuple):
    """An operation on other nodes, or a constant, or a variable (its place among the coordinates)."""

    operation: str
    inputs: tuple[int, ...] = ()
    number: float = 0.0


class Graph:
    """Nodes, each after its inputs, none twice. None in the place of a node stands for what is 0 everywhere."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._places: dict[Node, int] = {}
        self._powers: dict[int, tuple[int, int]] = {}  # of a chain of products, its base and whole exponent
        self._zeros: set[int] = set()  # those seen to be 0 wherever they have a value

    # The value

    def build(self, tree: ast.expr) -> int:
        """Add a checked and folded syntax tree; return its node."""
        match tree:
            case ast.Constant(value=float(value)):
                return self.constant(value)
            case ast.Name(id=name):
                return self._placed(Node(VARIABLE, number=VARIABLES.index(name)))
            case ast.UnaryOp(op=op, operand=operand):
                inner = self.build(operand)
                return self.apply("negate", inner) if isinstance(op, ast.USub) else inner
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=float(exponent))):
                return self.power(self.build(left), exponent)
            case ast.BinOp(left=left, op=binary, right=right):
                inputs = self.build(left), self.build(right)
                if isinstance(binary, ast.Div) and inputs[1] in self._zeros:
                    raise ExpressionError(f"{shorten(ast.unparse(tree))} divides by zero and has no real value")
                return self.apply(BINARY[type(binary)], *inputs)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self.apply(name, *map(self.build, args))
        raise AssertionError(f"unchecked node {ast.dump(tree)}")

    def constant(self, number: float) -> int:
        """Return the node of a number."""
        return self._placed(Node(CONSTANT, number=number))

    def apply(self, operation: str, *inputs: int) -> int:
        """Return the node of an operation; a number's, if all its inputs are numbers and a float64 suffices for it."""
        if operation == "relu":
            operation, inputs = "max", (*inputs, self.constant(0.0))
        nodes = [self.nodes[each] for each in inputs]
        if all(node.operation == CONSTANT for node in nodes):
            with suppress(FloatingPointError), np.errstate(all="raise"):
                return self.constant(float(OPERATIONS[operation].narrow(*(node.number for node in nodes))))
        return self._placed(Node(operation, tuple(sorted(inputs)) if operation in _COMMUTATIVE else inputs))

    def power(self, base: int, exponent: float) -> int:
        """Return a power with a constant exponent: by products if it is whole."""
        if abs(exponent) == 0.5:
            root = self.apply("sqrt", base)
            return root if exponent > 0 else self.apply("divide", self.constant(1.0), root)
        if exponent == 0 or not exponent.is_integer():
            return self.apply("power", base, self.constant(exponent))
        whole = int(abs(exponent))
        square, result = base, base if whole % 2 else None
        for bit in range(1, whole.bit_length()):
            square = self.apply("multiply", square, square)
            if whole >> bit & 1:
                result = square if result is None else self.apply("multiply", square, result)
        assert result is not None
        if exponent < 0:
            result = self.apply("divide", self.constant(1.0), result)
        if exponent != 1:
            self._powers[result] = (base, int(exponent))
        return result

    def _placed(self, node: Node) -> int:
        if node not in self._places:
            place = self._places[node] = len(self.nodes)
            self.nodes.append(node)
            if self._vanishes(node):
                self._zeros.add(place)
        return self._places[node]

    def _vanishes(self, node: Node) -> bool:
        match node.operation:
            case "constant":
                return node.number == 0
            case "subtract":
                return node.inputs[0] == node.inputs[1]
            case "multiply":
                return not self._zeros.isdisjoint(node.inputs)
        return False

    def partial(self) -> list[int]:
        """Return the nodes that may have no value somewhere."""
        return [
            place
            for place, node in enumerate(self.nodes)
            if node.operation in OPERATIONS and OPERATIONS[node.operation].partial
        ]

    # Derivatives

    def derivative(self, place: int, variable: int) -> int | None:
        """Return the derivative of a node, which may be a derivative itself, by the variable of this number."""
        slopes: dict[int, int | None] = {}
        for each in self.needed([place]):
            operation, inputs, number = self.nodes[each]
            if operation == VARIABLE:
                slopes[each] = self.constant(1.0) if number == variable else None
            elif all(slopes[one] is None for one in inputs):
                slopes[each] = None
            elif each in self._powers:
                slopes[each] = self._slope_of_power(each, slopes)
            else:
                slopes[each] = SLOPES[operation](self, each, inputs, [slopes[one] for one in inputs])
        return slopes[place]

    def needed(self, places: Sequence[int]) -> list[int]:
        """Return these nodes and all that they are computed from, each after its inputs."""
        found: set[int] = set()
        waiting = list(places)
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                waiting += self.nodes[place].inputs
        return sorted(found)

    def _slope_of_power(self, place: int, slopes: Mapping[int, int | None]) -> int | None:
        base, exponent = self._powers[place]
        if exponent > 0:
            lower = self.power(base, exponent - 1.0)
        else:
            lower = self.apply("chain_divide", place, base)
            self._powers[lower] = (base, exponent - 1)  # so that its own derivative is one term too
        return self.scaled(exponent, self.times(lower, slopes[base]))

    def plus(self, u: int | None, v: int | None) -> int | None:
        """Return u + v."""
        if u is None or v is None:
            return v if u is None else u
        return self.scaled(2.0, u) if u == v else self.apply("add", u, v)

    def minus(self, u: int | None, v: int | None) -> int | None:
        """Return u - v."""
        if u is None or v is None:
            return self.scaled(-1.0, v) if u is None else u
        return self.apply("subtract", u, v)

    def times(self, u: int | None, v: int | None) -> int | None:
        """Return u * v, their numeric factors in front."""
        if u is None or v is None:
            return None
        (factor, u), (other, v) = self._parts(u), self._parts(v)
        return self.scaled(factor * other, self._product(u, v))

    def over(self, u: int | None, v: int) -> int | None:
        """Return u / v, their numeric factors in front."""
        if u is None:
            return None
        (factor, u), (divisor, v) = self._parts(u), self._parts(v)
        if self.nodes[v] == _ONE:
            return self.scaled(factor / divisor, u)
        return self.scaled(factor / divisor, self.apply("chain_divide", u, v))

    def scaled(self, factor: float, u: int | None) -> int | None:
        """Return factor * u."""
        if u is None or factor == 1:
            return u
        return self._product(self.constant(factor), u)

    def _product(self, u: int, v: int) -> int:
        for one, other in ((u, v), (v, u)):
            if self.nodes[one] == _ONE:
                return other
            if self.nodes[one] == _MINUS_ONE:
                return self.apply("negate", other)
        return self.apply("chain", u, v)

    def _parts(self, place: int) -> tuple[float, int]:
        """Return a numeric factor of a node, and what is multiplied by it."""
        node = self.nodes[place]
        factor, rest = 1.0, place
        if node.operation == CONSTANT:
            factor, rest = node.number, self.constant(1.0)
        elif node.operation == "negate":
            factor, rest = -1.0, node.inputs[0]
        elif node.operation in ("multiply", "chain"):
            for one, other in (node.inputs, node.inputs[::-1]):
                if self.nodes[one].operation == CONSTANT:
                    factor, rest = self.nodes[one].number, other
        return (factor, rest) if _REASONABLE[0] < abs(factor) < _REASONABLE[1] else (1.0, place)


_ONE, _MINUS_ONE = Node(CONSTANT, number=1.0), Node(CONSTANT, number=-1.0)
