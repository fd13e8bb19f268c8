"""Text in x and y -> an exact gradient and a LaTeX formula, without ever evaluating the text.

The text is parsed to Python's syntax tree, every node is checked against a whitelist, and a sympy tree is built from it
node by node. Nothing that the user wrote is passed to `eval`, `exec` or `sympify`.
"""

from __future__ import annotations

import ast
import cmath
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdviz.errors import ExpressionError, shorten

MAX_CHARACTERS = 2_000
MAX_NODES = 250
MAX_DEPTH = 60
MAX_EXPONENT = 100
MAX_CONSTANT = 1e100

_DIGITS = 17  # what a float64 needs to be written as text and read back unchanged

FloatArray = NDArray[np.float64]
Evaluate = Callable[..., Any]

_CONSTANTS: Mapping[str, float] = MappingProxyType({"pi": math.pi, "e": math.e})

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.Pow: operator.pow,
    }
)

_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = MappingProxyType(
    {ast.USub: operator.neg, ast.UAdd: operator.pos}
)


@dataclass(frozen=True)
class _Known:
    """A function that an expression may call: how many arguments, its value on numbers and arrays, its sympy head."""

    arity: int
    number: Callable[..., float]
    array: Callable[..., Any]
    sympy_name: str


def _sign(u: float) -> float:
    return math.copysign(1.0, u) if u else 0.0


KNOWN_FUNCTIONS: Mapping[str, _Known] = MappingProxyType(
    {
        "sin": _Known(1, math.sin, np.sin, "sin"),
        "cos": _Known(1, math.cos, np.cos, "cos"),
        "tan": _Known(1, math.tan, np.tan, "tan"),
        "asin": _Known(1, math.asin, np.arcsin, "asin"),
        "acos": _Known(1, math.acos, np.arccos, "acos"),
        "atan": _Known(1, math.atan, np.arctan, "atan"),
        "sinh": _Known(1, math.sinh, np.sinh, "sinh"),
        "cosh": _Known(1, math.cosh, np.cosh, "cosh"),
        "tanh": _Known(1, math.tanh, np.tanh, "tanh"),
        "exp": _Known(1, math.exp, np.exp, "exp"),
        "log": _Known(1, math.log, np.log, "log"),
        "ln": _Known(1, math.log, np.log, "log"),
        "sqrt": _Known(1, math.sqrt, np.sqrt, "sqrt"),
        "abs": _Known(1, abs, np.abs, "Abs"),
        "sign": _Known(1, _sign, np.sign, "sign"),
        "min": _Known(2, min, np.minimum, "Min"),
        "max": _Known(2, max, np.maximum, "Max"),
    }
)

_VARIABLES = ("x", "y")


@dataclass(frozen=True)
class Compiled:
    """An expression made ready for numpy.

    Attributes
    ----------
    variables
        The names that the expression is a function of: `("x",)` or `("x", "y")`.
    evaluate
        Takes one array per variable, returns the value.
    differentiate
        Takes one array per variable, returns one partial derivative per variable.
    formula
        The right-hand side in LaTeX, in the order in which it was written.

    """

    variables: tuple[str, ...]
    evaluate: Evaluate
    differentiate: Evaluate
    formula: str

    def value(self, *coordinates: ArrayLike) -> FloatArray:
        """Return f at coordinates that broadcast against each other; NaN or infinity where f has no finite value."""
        arrays = self._broadcast(coordinates)
        with np.errstate(all="ignore"):
            return np.array(np.broadcast_to(self.evaluate(*arrays), arrays[0].shape), dtype=np.float64)

    def gradient(self, *coordinates: ArrayLike) -> FloatArray:
        """Return the gradient, shape (dimension, ...).

        Where f is finite and the formula of a derivative is 0/0 (the tip of a cone, say), that component is 0.
        """
        arrays = self._broadcast(coordinates)
        with np.errstate(all="ignore"):
            parts = self.differentiate(*arrays)
            result = np.stack([np.broadcast_to(np.asarray(p, dtype=np.float64), arrays[0].shape) for p in parts])
        undefined = np.isnan(result)
        if undefined.any():
            result[undefined & np.isfinite(self.value(*arrays))] = 0.0
        return result

    def _broadcast(self, coordinates: tuple[ArrayLike, ...]) -> list[FloatArray]:
        if len(coordinates) != len(self.variables):
            raise TypeError(f"expected {len(self.variables)} coordinate arrays, got {len(coordinates)}")
        return list(np.broadcast_arrays(*(np.asarray(c, dtype=np.float64) for c in coordinates)))


def parse(text: str) -> ast.expr:
    """Parse and check an expression in x and y; `^` is a power, as `**` is.

    Returns
    -------
    The syntax tree, made of whitelisted nodes only, with bounded size, depth, exponents and constants.

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
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip().replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(
            f"{shorten(text)} is not an expression; write one in x and y, with * between factors, "
            "for example 'x**2 + 3*y**2'"
        ) from error
    _check_size(tree)
    _constant(tree)
    return tree


def variables(tree: ast.expr) -> tuple[str, ...]:
    """Return what a checked tree is a function of: ("x",) if only x occurs in it, else ("x", "y")."""
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & set(_VARIABLES)
    if not found:
        raise ExpressionError("the expression contains neither x nor y, so there is nothing to descend")
    return ("x",) if found == {"x"} else _VARIABLES


def formula(tree: ast.expr) -> str:
    """Return the LaTeX of a checked tree, terms and factors in the order in which they were written."""
    import sympy

    with sympy.evaluate(False):
        shown = _flat(_build(tree, _textbook()))
    return str(sympy.latex(shown, order="none"))


@lru_cache(maxsize=64)
def compile_expression(text: str) -> Compiled:
    """Compile an expression in x and y to numpy functions for its value and its exact gradient.

    Raises
    ------
    ExpressionError
        If the text is not accepted (see `parse`), depends on neither x nor y, or has no real value or derivative.

    """
    tree = parse(text)
    names = variables(tree)
    try:
        return _compiled(text, tree, names)
    except RecursionError:  # sympy goes round in circles over a few absolute values of powers
        raise ExpressionError(f"{shorten(text)} is too entangled to differentiate; write it more simply") from None


def _compiled(text: str, tree: ast.expr, names: tuple[str, ...]) -> Compiled:
    import sympy

    expression = _build(_folded(tree), _real())
    symbols = [sympy.Symbol(name, real=True) for name in names]
    partials = [sympy.diff(expression, symbol) for symbol in symbols]
    for part in (expression, *partials):
        if part.has(sympy.I, sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
            raise ExpressionError(f"{shorten(text)} has no real value or no derivative anywhere; check its constants")
    namespace: list[Any] = [{f"real_{name}": known.array for name, known in KNOWN_FUNCTIONS.items()}, "numpy"]
    return Compiled(
        variables=names,
        evaluate=sympy.lambdify(symbols, expression, modules=namespace, cse=True),
        differentiate=sympy.lambdify(symbols, partials, modules=namespace, cse=True),
        formula=formula(tree),
    )


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


def _constant(node: ast.AST) -> float | None:
    """Check `node` and all below it; return its value if it depends on neither x nor y."""
    match node:
        case ast.Constant(value=int(value) | float(value)) if not isinstance(value, bool):
            return _bounded(lambda: float(value), node)
        case ast.Name(id=name):
            return _name(name)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            inner = _constant(operand)
            return None if inner is None else _UNARY[type(op)](inner)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _binary(node, _constant(left), type(op), _constant(right))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(node, name, [_constant(argument) for argument in args])
    raise ExpressionError(
        f"{shorten(ast.unparse(node))} is not allowed in an expression; "
        f"only numbers, x, y, {', '.join(_CONSTANTS)}, + - * / ^ and {', '.join(KNOWN_FUNCTIONS)} are"
    )


def _name(name: str) -> float | None:
    if name in _VARIABLES:
        return None
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    hint = f"; call it, as in '{name}(x)'" if name in KNOWN_FUNCTIONS else ""
    raise ExpressionError(f"unknown name {shorten(name)}{hint or ' in the expression; only x, y, pi and e are known'}")


def _binary(node: ast.AST, left: float | None, op: type[ast.operator], right: float | None) -> float | None:
    if op is ast.Pow and right is not None and abs(right) > MAX_EXPONENT:
        raise ExpressionError(f"the exponent {right:g} is too large; at most {MAX_EXPONENT} is accepted")
    if op is ast.Div and right == 0:
        raise ExpressionError(f"{shorten(ast.unparse(node))} divides by zero")
    if left is None or right is None:
        return None
    return _bounded(lambda: _BINARY[op](left, right), node)


def _call(node: ast.AST, name: str, arguments: list[float | None]) -> float | None:
    if name not in KNOWN_FUNCTIONS:
        raise ExpressionError(
            f"unknown function {shorten(name)} in the expression; known are {', '.join(KNOWN_FUNCTIONS)}"
        )
    known = KNOWN_FUNCTIONS[name]
    if len(arguments) != known.arity:
        raise ExpressionError(f"{name} takes {known.arity} argument(s), not {len(arguments)}")
    numbers = [argument for argument in arguments if argument is not None]
    return _bounded(lambda: known.number(*numbers), node) if len(numbers) == known.arity else None


def _bounded(compute: Callable[[], Any], node: ast.AST) -> float:
    try:
        value = compute()
    except (OverflowError, ZeroDivisionError, ValueError):
        value = math.nan
    if isinstance(value, complex) or not cmath.isfinite(value) or abs(value) > MAX_CONSTANT:
        raise ExpressionError(
            f"the constant {shorten(ast.unparse(node))} is not a real number of at most {MAX_CONSTANT:g} in magnitude"
        )
    return float(value)


def _folded(node: ast.expr) -> ast.expr:
    """Replace every constant part by its number: sympy then has no large powers or odd multiples of pi to work on."""
    if (value := _constant(node)) is not None:
        return ast.Constant(value)
    match node:
        case ast.UnaryOp(op=op, operand=operand):
            return ast.UnaryOp(op, _folded(operand))
        case ast.BinOp(left=left, op=operation, right=right):
            return ast.BinOp(_folded(left), operation, _folded(right))
        case ast.Call(func=func, args=args):
            return ast.Call(func, [_folded(argument) for argument in args], [])
    return node


@dataclass(frozen=True)
class _Dialect:
    """What a syntax tree is built into: a sympy object for a number that is not whole, and for each function's name."""

    decimal: Callable[[float], Any]
    heads: Mapping[str, Callable[..., Any]]


def _build(node: ast.expr, dialect: _Dialect) -> Any:
    """Return the sympy tree of a checked syntax tree."""
    import sympy

    match node:
        case ast.Constant(value=int(value) | float(value)):
            whole = float(value).is_integer() and abs(value) < 2**53
            return sympy.Integer(int(value)) if whole else dialect.decimal(float(value))
        case ast.Name(id=name) if name in _CONSTANTS:
            return {"pi": sympy.pi, "e": sympy.E}[name]
        case ast.Name(id=name):
            return sympy.Symbol(name, real=True)
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](_build(operand, dialect))
        case ast.BinOp(left=left, op=operation, right=right):
            return _BINARY[type(operation)](_build(left, dialect), _build(right, dialect))
        case ast.Call(func=ast.Name(id=name), args=args):
            return dialect.heads[name](*(_build(argument, dialect) for argument in args))
    raise AssertionError(f"unchecked node {ast.dump(node)}")


def _flat(tree: Any) -> Any:
    """Merge a sum within a sum and a product within a product, which would be printed with needless brackets."""
    import sympy

    if not tree.args:
        return tree
    parts: list[Any] = []
    for part in map(_flat, tree.args):
        parts += part.args if isinstance(tree, sympy.Add | sympy.Mul) and part.func is tree.func else [part]
    return tree.func(*parts)


def _textbook() -> _Dialect:
    """Return the dialect of the formula: decimals as they were written, sympy's own heads."""
    import sympy

    heads = {name: getattr(sympy, known.sympy_name) for name, known in KNOWN_FUNCTIONS.items()}
    return _Dialect(lambda value: sympy.Symbol(repr(value)), heads)


@cache
def _real() -> _Dialect:
    """Return the dialect to differentiate: functions of real arguments, of which sympy knows only the slope.

    sympy's own heads of something that may be complex, such as log(x), ask for its real and imaginary parts: that makes
    the derivative of their Abs complex, and can take minutes where they are nested.
    """
    import sympy

    slopes: Mapping[str, Callable[..., Any]] = {
        "tan": lambda _, u: 1 + heads["tan"](u) ** 2,
        "exp": lambda _, u: heads["exp"](u),
        "asin": lambda _, u: 1 / sympy.sqrt(1 - u**2),
        "acos": lambda _, u: -1 / sympy.sqrt(1 - u**2),
        "atan": lambda _, u: 1 / (1 + u**2),
        "sinh": lambda _, u: heads["cosh"](u),
        "cosh": lambda _, u: heads["sinh"](u),
        "tanh": lambda _, u: 1 - heads["tanh"](u) ** 2,
        "abs": lambda _, u: heads["sign"](u),
        "sign": lambda _, u: sympy.Integer(0),  # noqa: ARG005
        "min": lambda which, u, v: (1 + (-1) ** which * heads["sign"](u - v)) / 2,
        "max": lambda which, u, v: (1 - (-1) ** which * heads["sign"](u - v)) / 2,
    }

    def head(name: str) -> Any:
        def fdiff(self: Any, argindex: int = 1) -> Any:
            return slopes[name](argindex, *self.args)

        return type(f"real_{name}", (sympy.Function,), {"fdiff": fdiff})

    heads = {name: head(name) for name in slopes}
    return _Dialect(lambda value: sympy.Float(value, _DIGITS), {**_textbook().heads, **heads})
