"""A checked expression, or a node of its graph, as plain text: every product with its `*`, every quotient apart."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from gdviz.functions.graph import CONSTANT, VARIABLE, Graph
from gdviz.functions.known import COMPARISONS
from gdviz.functions.syntax import BINARY, VARIABLES

MOST_PARTS = 300


class _Binding(IntEnum):
    CHOICE = 0
    EITHER = 1
    BOTH = 2
    NOT = 3
    COMPARISON = 4
    SUM = 5
    PRODUCT = 6
    SIGNED = 7
    POWER = 8
    ATOM = 9


_SIGNS: Mapping[type[ast.operator], tuple[str, _Binding]] = MappingProxyType(
    {
        ast.Add: (" + ", _Binding.SUM),
        ast.Sub: (" - ", _Binding.SUM),
        ast.Mult: ("*", _Binding.PRODUCT),
        ast.Div: ("/", _Binding.PRODUCT),
        ast.Pow: ("^", _Binding.POWER),
    }
)
_COMPARED: Mapping[type[ast.cmpop], str] = MappingProxyType(
    {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
)
_OPERATORS: Mapping[str, ast.operator] = MappingProxyType(
    {operation: sign() for sign, operation in BINARY.items()}
    | {"chain": ast.Mult(), "annul": ast.Mult(), "chain_divide": ast.Div()}
)
_COMPARISONS: Mapping[str, ast.cmpop] = MappingProxyType(
    {known.operation: sign() for sign, known in COMPARISONS.items()}
)


def plain(tree: ast.expr) -> str:
    """Return a syntax tree as text that reads as the same tree."""
    return _text(tree)[0]


def number_text(value: float) -> str:
    """Return a number as it is written: a whole one without a point."""
    whole = float(value).is_integer() and abs(value) < 2**53
    return str(int(value)) if whole else repr(float(value))


def plain_node(graph: Graph, place: int | None) -> str | None:
    """Return a node of a graph as text; None if it has more than a few hundred parts."""
    if place is None:
        return "0"
    sizes: dict[int, int] = {}
    trees: dict[int, ast.expr] = {}
    for each in graph.needed([place]):
        node = graph.nodes[each]
        sizes[each] = 1 + sum(sizes[one] for one in node.inputs)
        if sizes[each] <= MOST_PARTS:
            trees[each] = _tree(node.operation, node.number, [trees[one] for one in node.inputs])
    return plain(trees[place]) if place in trees else None


def _tree(operation: str, number: float, inputs: list[ast.expr]) -> ast.expr:  # noqa: PLR0911  # one for each kind of operation
    if operation == CONSTANT:
        return ast.Constant(number)
    if operation == VARIABLE:
        return ast.Name(VARIABLES[int(number)])
    if operation == "negate":
        return ast.UnaryOp(ast.USub(), inputs[0])
    if operation == "opposite":
        return ast.UnaryOp(ast.Not(), inputs[0])
    if operation in _COMPARISONS:
        return ast.Compare(inputs[0], [_COMPARISONS[operation]], [inputs[1]])
    if operation in ("smaller_ones", "larger_ones"):
        comparison = ast.Compare(inputs[0], [ast.Lt() if operation == "smaller_ones" else ast.Gt()], [inputs[1]])
        return ast.Call(ast.Name("where"), [comparison, *inputs[2:]], [])
    if operation in _OPERATORS:
        one, other = inputs
        if operation in ("multiply", "chain") and isinstance(other, ast.Constant):
            one, other = other, one  # a number stands first
        if operation == "multiply" and ast.dump(one) == ast.dump(other):
            return ast.BinOp(one, ast.Pow(), ast.Constant(2.0))
        if isinstance(_OPERATORS[operation], ast.Mult):
            return _product(one, other)
        return ast.BinOp(one, _OPERATORS[operation], other)
    return ast.Call(ast.Name(operation), inputs, [])


def _product(one: ast.expr, other: ast.expr) -> ast.expr:
    """Return a product of factors in a row, without the brackets in which it is computed."""
    match other:
        case ast.BinOp(left=left, op=ast.Mult() as sign, right=right):
            return ast.BinOp(_product(one, left), sign, right)
    return ast.BinOp(one, ast.Mult(), other)


def _within(node: ast.expr, binding: _Binding) -> str:
    text, own = _text(node)
    return text if own >= binding else f"({text})"


def _text(node: ast.expr) -> tuple[str, _Binding]:  # noqa: PLR0911  # one for each kind of node
    match node:
        case ast.Constant(value=int(value) | float(value)):
            return number_text(value), _Binding.ATOM if value >= 0 else _Binding.SIGNED
        case ast.Name(id=name):
            return name, _Binding.ATOM
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return f"not {_within(operand, _Binding.NOT)}", _Binding.NOT
        case ast.UnaryOp(op=op, operand=operand):
            sign = "-" if isinstance(op, ast.USub) else "+"
            return f"{sign}{_within(operand, _Binding.POWER)}", _Binding.SIGNED
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(left, op, right)
        case ast.Compare(left=left, ops=ops, comparators=others):
            rest = (
                f"{_COMPARED[type(op)]} {_within(each, _Binding.SUM)}" for op, each in zip(ops, others, strict=True)
            )
            return " ".join([_within(left, _Binding.SUM), *rest]), _Binding.COMPARISON
        case ast.BoolOp(op=op, values=values):
            joint, binding = (" and ", _Binding.BOTH) if isinstance(op, ast.And) else (" or ", _Binding.EITHER)
            return joint.join(_within(each, _Binding(binding + 1)) for each in values), binding
        case ast.IfExp(test=test, body=body, orelse=orelse):
            chosen = _within(body, _Binding.EITHER)
            return f"{chosen} if {_within(test, _Binding.EITHER)} else {_text(orelse)[0]}", _Binding.CHOICE
        case ast.Call(func=ast.Name(id=name), args=args):
            return f"{name}({', '.join(map(plain, args))})", _Binding.ATOM
    raise AssertionError(f"unchecked node {ast.dump(node)}")


def _combined(left: ast.expr, op: ast.operator, right: ast.expr) -> tuple[str, _Binding]:
    sign, binding = _SIGNS[type(op)]
    if isinstance(op, ast.Pow):
        return f"{_within(left, _Binding.ATOM)}^{_within(right, _Binding.SIGNED)}", binding
    one, other = _within(left, binding), _within(right, _Binding(binding + 1))
    if isinstance(op, ast.Mult) and isinstance(left, ast.BinOp) and isinstance(left.op, ast.Div):
        one = f"({one})"  # as in (1/2)*x, which nobody reads otherwise
    if isinstance(op, ast.Mult) and isinstance(left, ast.BinOp) and isinstance(left.op, ast.Pow) and one[0] == "e":
        one = f"({one})"
    return f"{one}{sign}{other}", binding
