"""Text in x and y -> a checked syntax tree.

The text is parsed to Python's syntax tree and every node is checked against a whitelist. Nothing that the user wrote is
ever evaluated by Python.
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

MAX_CHARACTERS = 2_000
MAX_NODES = 250
MAX_DEPTH = 60
MAX_EXPONENT = 100
MAX_CONSTANT = 1e100

CONSTANTS: Mapping[str, float] = MappingProxyType({"pi": math.pi, "e": math.e})
VARIABLES = ("x", "y")

BINARY: Mapping[type[ast.operator], str] = MappingProxyType(
    {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Pow: "power"}
)


@dataclass(frozen=True)
class Known:
    """A function that an expression may call: how many arguments, its value of numbers, and the operation it is."""

    arity: int
    number: Callable[..., float]
    operation: str


def _sign(u: float) -> float:
    return math.copysign(1.0, u) if u else 0.0


KNOWN_FUNCTIONS: Mapping[str, Known] = MappingProxyType(
    {
        "sin": Known(1, math.sin, "sin"),
        "cos": Known(1, math.cos, "cos"),
        "tan": Known(1, math.tan, "tan"),
        "asin": Known(1, math.asin, "asin"),
        "acos": Known(1, math.acos, "acos"),
        "atan": Known(1, math.atan, "atan"),
        "sinh": Known(1, math.sinh, "sinh"),
        "cosh": Known(1, math.cosh, "cosh"),
        "tanh": Known(1, math.tanh, "tanh"),
        "exp": Known(1, math.exp, "exp"),
        "log": Known(1, math.log, "log"),
        "ln": Known(1, math.log, "log"),
        "sqrt": Known(1, math.sqrt, "sqrt"),
        "abs": Known(1, abs, "abs"),
        "sign": Known(1, _sign, "sign"),
        "min": Known(2, min, "min"),
        "max": Known(2, max, "max"),
    }
)

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

    """

    written: ast.expr
    folded: ast.expr
    variables: tuple[str, ...]


def parse(text: str) -> Syntax:
    """Parse and check an expression in x and y; `^` is a power, as `**` is.

    Raises
    ------
    ExpressionError
        Saying which part is not accepted and what would be.

    """
    if not text.strip():
        raise ExpressionError("the expression is empty; write one in x and y, for example 'x**2 + 3*y**2'")
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(
            f"the expression has {len(text):,} characters; at most {MAX_CHARACTERS:,} are accepted: {shorten(text)}"
        )
    if "#" in text:
        raise ExpressionError(f"an expression has no comments, and {shorten(text)} contains a #")
    if not text.isascii():
        stranger = next(letter for letter in text if not letter.isascii())
        raise ExpressionError(
            f"{shorten(text)} is not an expression: it contains {shorten(stranger)}; write * for a product, - for a "
            "minus, ^ for a power and pi for its number"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source = text.strip().replace("^", "**")
            tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(
            f"{shorten(text)} is not an expression; write one in x and y, with * between factors, "
            "for example 'x**2 + 3*y**2'"
        ) from error
    _check_size(tree)
    _check_small_numbers(tree, source)
    folded = _folded(tree)
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & set(VARIABLES)
    if not found:
        raise ExpressionError("the expression contains neither x nor y, so there is nothing to descend")
    return Syntax(tree, folded, ("x",) if found == {"x"} else VARIABLES)


def _check_size(tree: ast.expr) -> None:
    count, level = 0, list[ast.AST]([tree])
    for _ in range(MAX_DEPTH):
        count += len(level)
        level = [
            child
            for node in level
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, ast.operator | ast.unaryop | ast.expr_context)
        ]
        if not level:
            break
    else:
        raise ExpressionError(f"the expression is nested more than {MAX_DEPTH} levels deep; write it more simply")
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


def _folded(node: ast.expr) -> ast.expr:
    """Check `node` and all below it; return it with what depends on neither x nor y replaced by its number."""
    match node:
        case ast.Constant(value=int(value) | float(value)) if not isinstance(value, bool):
            return _number(lambda: float(value), node)
        case ast.Name(id=name):
            return _name(node, name)
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _SIGNS:
            inner = _folded(operand)
            if isinstance(inner, ast.Constant):
                return _number(lambda: _SIGNS[type(sign)](_value(inner)), node)
            return ast.UnaryOp(sign, inner)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            return _binary(node, _folded(left), op, _folded(right))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(node, name, [_folded(argument) for argument in args])
    raise ExpressionError(
        f"{shorten(ast.unparse(node))} is not allowed in an expression; "
        f"only numbers, x, y, {', '.join(CONSTANTS)}, + - * / ^ and {', '.join(KNOWN_FUNCTIONS)} are"
    )


def _name(node: ast.expr, name: str) -> ast.expr:
    if name in VARIABLES:
        return node
    if name in CONSTANTS:
        return ast.Constant(CONSTANTS[name])
    hint = f"; call it, as in '{name}(x)'" if name in KNOWN_FUNCTIONS else ""
    raise ExpressionError(f"unknown name {shorten(name)}{hint or ' in the expression; only x, y, pi and e are known'}")


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


def _call(node: ast.expr, name: str, arguments: list[ast.expr]) -> ast.expr:
    if name not in KNOWN_FUNCTIONS:
        raise ExpressionError(
            f"unknown function {shorten(name)} in the expression; known are {', '.join(KNOWN_FUNCTIONS)}"
        )
    known = KNOWN_FUNCTIONS[name]
    if len(arguments) != known.arity:
        raise ExpressionError(f"{name} takes {known.arity} argument(s), not {len(arguments)}")
    numbers = [_value(argument) for argument in arguments if isinstance(argument, ast.Constant)]
    if len(numbers) == known.arity:
        return _number(lambda: known.number(*numbers), node, not_zero=name == "exp")
    return ast.Call(ast.Name(name), arguments, [])


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
