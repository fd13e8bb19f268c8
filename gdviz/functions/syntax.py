"""Text in x and y -> a checked syntax tree.

What people write is put into Python's spelling (see `gdviz.functions.reading`), parsed to Python's syntax tree, and
every node is checked against a whitelist. Nothing that the user wrote is ever evaluated by Python.
"""

from __future__ import annotations

import ast
import cmath
import math
import operator
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from gdviz.errors import ExpressionError, shorten
from gdviz.functions.known import BOTH, COMPARISONS, EITHER, KNOWN_FUNCTIONS, OPPOSITE, SPOKEN, Known
from gdviz.functions.reading import read
from gdviz.functions.spelling import MAX_DEPTH, Reading

MAX_CHARACTERS = 2_000
MAX_NODES = 250
MAX_EXPONENT = 100
MAX_CONSTANT = 1e100

CONSTANTS: Mapping[str, float] = MappingProxyType({"pi": math.pi, "e": math.e, "tau": math.tau})
VARIABLES = ("x", "y")

BINARY: Mapping[type[ast.operator], str] = MappingProxyType(
    {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Pow: "power"}
)


_EXAMPLE = "write one in x and y, for example 'x**2 + 3*y**2'"
_FAINT = frozenset({"sigmoid", "softplus"})  # positive, and often too small for a float64
_WHERE = KNOWN_FUNCTIONS["where"]
_ARITHMETIC: Mapping[type[ast.operator], Callable[[float, float], Any]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.Pow: operator.pow,
    }
)
_SIGNS: Mapping[type[ast.unaryop], Callable[[float], float]] = MappingProxyType(
    {ast.USub: operator.neg, ast.UAdd: operator.pos}
)


@dataclass(frozen=True)
class Syntax:
    """A checked expression.

    Attributes
    ----------
    written
        Its syntax tree, made of whitelisted nodes only, with bounded size, depth, exponents and constants.
    folded
        The same with every constant part replaced by its number.
    variables
        What it is a function of: ("x",) if only x occurs in it, else ("x", "y").
    ambiguous
        Whether a rule decided what many would read otherwise.

    """

    written: ast.expr
    folded: ast.expr
    variables: tuple[str, ...]
    ambiguous: bool = False


def parse(text: str) -> Syntax:
    """Parse and check an expression in x and y; `^` is a power, as `**` is.

    Raises
    ------
    ExpressionError
        Saying which part is not accepted and what would be.

    """
    if not text.strip():
        raise ExpressionError("the expression is empty", cure=_EXAMPLE)
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(
            f"the expression has {len(text):,} characters; at most {MAX_CHARACTERS:,} are accepted: {shorten(text)}"
        )
    reading = read(text, SPOKEN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(reading.source, mode="eval").body
    except (RecursionError, MemoryError) as error:
        raise _too_deep(text, None) from error
    except (SyntaxError, ValueError) as error:
        column = getattr(error, "offset", None)
        at = reading.place(column - 1) if column else None
        raise ExpressionError(f"{shorten(text)} is not an expression", text, at, _EXAMPLE) from error
    _check_size(tree, text, reading)
    tree = _Remainders().visit(tree)
    _check_small_numbers(tree, reading.source)
    folded = _Folder(text, reading).folded(tree)
    if is_condition(tree):
        raise ExpressionError(
            f"{shorten(text)} compares, and is not a height",
            cure=f"write where({shorten(text)[1:-1]}, 1, 0) for one",
        )
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & set(VARIABLES)
    if not found:
        raise ExpressionError("the expression contains neither x nor y, so there is nothing to descend")
    return Syntax(tree, folded, ("x",) if found == {"x"} else VARIABLES, reading.ambiguous)


def _too_deep(text: str, at: int | None) -> ExpressionError:
    return ExpressionError(
        f"the expression is nested more than {MAX_DEPTH} levels deep",
        text,
        at,
        "write it more simply, and a long sum as several in brackets",
    )


class _Remainders(ast.NodeTransformer):
    """Makes calls of what stands between two numbers in LaTeX alone."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Mod):
            return node
        name = ast.copy_location(ast.Name("mod"), node)
        return ast.copy_location(ast.Call(name, [node.left, node.right], []), node)


def _check_size(tree: ast.expr, text: str, reading: Reading) -> None:
    count, level = 0, list[ast.AST]([tree])
    for _ in range(MAX_DEPTH):
        count += len(level)
        deepest = level[0]
        level = [
            child
            for node in level
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, ast.operator | ast.unaryop | ast.cmpop | ast.boolop | ast.expr_context)
        ]
        if not level:
            break
    else:
        raise _too_deep(text, reading.place(getattr(deepest, "col_offset", 0)))
    if count > MAX_NODES:
        raise ExpressionError(f"the expression has {count} parts; at most {MAX_NODES} are accepted")


def _check_small_numbers(tree: ast.expr, source: str) -> None:
    """Refuse a number such as 1e-400, which Python reads as 0."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value == 0:
            written = ast.get_source_segment(source, node) or ""
            if any(digit in "123456789" for digit in written.lower().partition("e")[0]):
                raise _too_small(written)


def _too_small(constant: str) -> ExpressionError:
    return ExpressionError(
        f"the constant {shorten(constant)} is smaller than any number that gdviz computes with, "
        f"{sys.float_info.min:.0e}"
    )


class _Folder:
    """Checks a syntax tree, and puts numbers in the place of what depends on neither x nor y."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.text = text
        self.reading = reading

    def folded(self, node: ast.expr) -> ast.expr:
        """Check `node` and all below it; an error says where."""
        try:
            return self._folded(node)
        except ExpressionError as error:
            if error.at is None:
                error.text, error.at = self.text, self.reading.place(node.col_offset)
            raise

    def _folded(self, node: ast.expr) -> ast.expr:  # noqa: PLR0911  # one for each kind of node
        match node:
            case ast.Constant(value=int(value) | float(value)) if not isinstance(value, bool):
                return _number(lambda: float(value), node)
            case ast.Name(id=name):
                return _name(node, name)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return _applied(node, OPPOSITE, [self._condition(operand)])
            case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _SIGNS:
                inner = self.folded(operand)
                if isinstance(inner, ast.Constant):
                    return _number(lambda: _SIGNS[type(sign)](_value(inner)), node)
                return ast.UnaryOp(sign, inner)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                return _binary(node, self.folded(left), op, self.folded(right))
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compared(node, [left, *others], ops)
            case ast.BoolOp(op=op, values=values):
                joined = BOTH if isinstance(op, ast.And) else EITHER
                return _joined(node, joined, [self._condition(each) for each in values])
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return _applied(node, _WHERE, [self._condition(test), *map(self.folded, (body, orelse))])
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(node, name, args)
        raise ExpressionError(
            f"{shorten(ast.unparse(node))} is not allowed in an expression",
            cure=f"only numbers, x, y, {', '.join(CONSTANTS)}, + - * / ^, comparisons and functions are",
        )

    def _condition(self, node: ast.expr) -> ast.expr:
        if is_condition(node):
            return self.folded(node)
        raise ExpressionError(
            f"{shorten(ast.unparse(node))} is no condition",
            self.text,
            self.reading.place(node.col_offset),
            f"compare it, as in {shorten(ast.unparse(node))[1:-1]} > 0",
        )

    def _compared(self, node: ast.expr, terms: list[ast.expr], signs: list[ast.cmpop]) -> ast.expr:
        numbers = [self.folded(each) for each in terms]
        pairs = [
            _applied(node, COMPARISONS[type(sign)], [one, other])
            for sign, one, other in zip(signs, numbers, numbers[1:], strict=False)
        ]
        return _joined(node, BOTH, pairs)

    def _call(self, node: ast.Call, name: str, args: list[ast.expr]) -> ast.expr:
        conditions = {"where": 1, "piecewise": len(args) // 2}.get(name, 0)
        arguments = [
            self._condition(each) if place < 2 * conditions and place % 2 == 0 else self.folded(each)
            for place, each in enumerate(args)
        ]
        if name == "piecewise":
            if len(args) < 3 or len(args) % 2 == 0:
                raise ExpressionError(
                    "piecewise takes conditions and values by turns, and what holds elsewhere, "
                    "as in piecewise(x > 0, x, y > 0, y, 0)"
                )
            result = arguments[-1]
            for place in range(len(args) - 3, -1, -2):
                result = _applied(node, _WHERE, [arguments[place], arguments[place + 1], result])
            return result
        known = KNOWN_FUNCTIONS[name]
        if len(arguments) != known.arity:
            raise _not_as_many(name, known.arity, len(arguments))
        return _applied(node, known, arguments)


def _not_as_many(name: str, arity: int, given: int) -> ExpressionError:
    example = "x > 0, x, y" if name == "where" else "x" if arity == 1 else "x, y"
    if name in ("min", "max") and given > arity:
        example = f"{name}(x, y), 1"
    return ExpressionError(f"{name} takes {arity} argument(s), not {given}", cure=f"write it as in {name}({example})")


def is_condition(node: ast.expr) -> bool:
    """Return whether a node is a comparison, or made of comparisons."""
    match node:
        case ast.UnaryOp(op=ast.Not()) | ast.Compare() | ast.BoolOp():
            return True
    return False


def _name(node: ast.expr, name: str) -> ast.expr:
    return node if name in VARIABLES else ast.Constant(CONSTANTS[name])


def _binary(node: ast.expr, left: ast.expr, op: ast.operator, right: ast.expr) -> ast.expr:
    if isinstance(right, ast.Constant):
        number = _value(right)
        if isinstance(op, ast.Pow) and abs(number) > MAX_EXPONENT:
            raise ExpressionError(f"the exponent {number:g} is too large; at most {MAX_EXPONENT} is accepted")
        if isinstance(op, ast.Div) and number == 0:
            raise ExpressionError(f"{shorten(ast.unparse(node))} divides by zero")
        if isinstance(left, ast.Constant):
            other = _value(left)
            not_zero = other != 0 and isinstance(op, ast.Mult | ast.Div | ast.Pow) and (number != 0)
            return _number(lambda: _ARITHMETIC[type(op)](other, number), node, not_zero=not_zero)
    elif isinstance(op, ast.Pow) and isinstance(left, ast.Constant) and _value(left) <= 0:
        raise ExpressionError(
            f"{shorten(ast.unparse(node))} has no derivative anywhere: what is raised to a power "
            "that varies must be positive"
        )
    return ast.BinOp(left, op, right)


def _joined(node: ast.expr, joint: Known, conditions: list[ast.expr]) -> ast.expr:
    result = conditions[0]
    for each in conditions[1:]:
        result = _applied(node, joint, [result, each])
    return result


def _applied(node: ast.expr, known: Known, arguments: list[ast.expr]) -> ast.expr:
    numbers = [_value(argument) for argument in arguments if isinstance(argument, ast.Constant)]
    if len(numbers) == len(arguments):
        number = _number(lambda: known.number(*numbers), node, not_zero=known.operation == "exp")
        if known.operation not in _FAINT or _value(number) >= sys.float_info.min:
            return number
    return ast.Call(ast.Name(known.operation), arguments, [])


def _value(constant: ast.Constant) -> float:
    assert isinstance(constant.value, float)  # as _number made it
    return constant.value


def _number(compute: Callable[[], Any], node: ast.expr, *, not_zero: bool = False) -> ast.Constant:
    """Return a constant as its number; refuse one that is too large, or `not_zero` but too small for a float64."""
    try:
        value = compute()
    except (OverflowError, ZeroDivisionError, ValueError):
        value = math.nan
    if isinstance(value, complex) or not cmath.isfinite(value) or abs(value) > MAX_CONSTANT:
        raise ExpressionError(
            f"the constant {shorten(ast.unparse(node))} is not a real number of at most {MAX_CONSTANT:g} in magnitude"
        )
    if not_zero and abs(value) < sys.float_info.min:
        raise _too_small(ast.unparse(node))
    return ast.Constant(float(value))
