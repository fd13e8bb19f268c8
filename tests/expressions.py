"""Expressions to check gdviz against, and what they come to by other means: numpy's longest floats, and mpmath."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np

ONE_ARGUMENT = (
    "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "ln", "sqrt", "abs", "sign",
    "arcsin", "arccos", "arctan", "log10", "log2", "cbrt", "floor", "ceil", "sigmoid", "relu", "softplus", "erf",
)  # fmt: skip
TWO_ARGUMENTS = ("min", "max", "hypot", "mod")
ATOMS = ("x", "y", "x", "y", "2", "0.5", "3", "1.5", "10", "pi", "1e3")
EXPONENTS = ("2", "3", "-1", "-2", "0.5", "1.5", "(1/3)", "7", "20", "-0.5", "0")


def random_expression(rng: random.Random, size: int) -> str:
    """Return an expression with about so many parts."""
    if size <= 1:
        return rng.choice(ATOMS)
    kind = rng.random()
    if kind < 0.35:
        return f"{rng.choice(ONE_ARGUMENT)}({random_expression(rng, size - 1)})"
    if kind < 0.5:
        return f"({random_expression(rng, size - 1)})^{rng.choice(EXPONENTS)}"
    if kind < 0.55:
        return f"-({random_expression(rng, size - 1)})"
    one, other = random_expression(rng, size // 2), random_expression(rng, size - size // 2)
    if kind < 0.64:
        return f"{rng.choice(TWO_ARGUMENTS)}({one},{other})"
    if kind < 0.67:
        return f"where({rng.choice('xy')} {rng.choice('<>')} {random_expression(rng, 1)},{one},{other})"
    return f"({one}){rng.choice('+-*/+-*/^')}({other})"


def tree_of(text: str) -> ast.expr:
    return ast.parse(text.replace("^", "**"), mode="eval").body


# In arrays of long floats


class Reference:
    """The value of an expression on arrays; every operation may be a little off, the same way each time.

    `hole` is where it has no value, `lost` where a long float does not suffice to tell it, `largest` the size of the
    largest number on the way to it.
    """

    def __init__(self, off_by: float = 0.0, seed: int = 0):
        self.off_by, self.seed = off_by, seed

    def __call__(self, tree: ast.expr, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        self.rng = random.Random(self.seed)
        self.names = {"x": x, "y": y, "pi": np.longdouble(np.pi), "e": np.longdouble(math.e)}
        self.hole = np.zeros(x.shape, bool)
        self.lost = np.zeros(x.shape, bool)
        self.largest = np.maximum(np.abs(x), np.abs(y))
        with np.errstate(all="ignore"):
            return self.of(tree) + np.zeros(x.shape, np.longdouble)

    def of(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=float() | int() as value):
                return np.longdouble(value)
            case ast.Name(id=name):
                return self.names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.of(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return self.binary(op, self.of(left), self.of(right))
            case ast.Call(func=ast.Name(id="where"), args=[condition, one, other]):
                return self.chosen(self.of(condition), one, other)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self.call(ALIASES.get(name, name), *map(self.of, args))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                one, other = self.of(left), self.of(right)
                self.lost |= np.abs(one - other) <= 1e-12 * np.maximum(np.abs(one), np.abs(other))
                return one < other if isinstance(op, ast.Lt) else one > other
        raise AssertionError(ast.dump(node))

    def chosen(self, condition: Any, *branches: ast.expr) -> Any:
        """Return one branch or the other; what has no value in the other one does not matter."""
        before, states, values = (self.hole, self.lost, self.largest), [], []
        for branch in branches:
            self.hole, self.lost, self.largest = (each.copy() for each in before)
            values.append(self.of(branch))
            states.append((self.hole, self.lost, self.largest))
        self.hole, self.lost, self.largest = (np.where(condition, *pair) for pair in zip(*states, strict=True))
        return np.where(condition, *values)

    def rounded(self, value: Any, may_be_zero: Any) -> Any:
        size = np.abs(value)
        self.largest = np.fmax(self.largest, size)
        self.lost |= ~self.hole & ~((size < 1e4900) & ((size > 1e-4900) | ((size == 0) & may_be_zero)))
        return value * (1 + np.longdouble(self.off_by * self.rng.uniform(0.5, 1) * self.rng.choice((-1, 1))))

    def binary(self, op: ast.operator, u: Any, v: Any) -> Any:
        match op:
            case ast.Add():
                return self.rounded(u + v, True)
            case ast.Sub():
                return self.rounded(u - v, True)
            case ast.Mult():
                return self.rounded(u * v, (u == 0) | (v == 0))
            case ast.Div():
                self.hole |= v == 0
                return self.rounded(u / v, u == 0)
        whole = v == np.rint(v)
        self.hole |= ((u < 0) & ~whole) | ((u == 0) & (v < 0))
        self.lost |= (u < 0) & ((np.abs(v) > 2**50) | (~whole & (np.abs(v - np.rint(v)) < 1e-12 * np.abs(v))))
        return self.rounded(np.power(u, v), u == 0)

    def call(self, name: str, *inputs: Any) -> Any:
        u = inputs[0]
        match name:
            case "log" | "log10" | "log2":
                self.hole |= u <= 0
            case "floor" | "ceil":
                self.lost |= (np.abs(u - np.rint(u)) <= 1e-12 * np.abs(u)) | (np.abs(u) > JUMPS)
            case "mod":
                self.hole |= inputs[1] == 0
                shares = u / inputs[1]
                self.lost |= np.abs(shares - np.rint(shares)) <= 1e-12 * np.maximum(np.abs(shares), 1)
                self.lost |= np.abs(shares) > JUMPS
                self.lost |= ~(np.abs(u) < 1e300) | ~((np.abs(inputs[1]) < 1e300) & (np.abs(inputs[1]) > 1e-300))
            case "sqrt":
                self.hole |= u < 0
            case "asin" | "acos":
                self.hole |= np.abs(u) > 1
                self.lost |= np.abs(np.abs(u) - 1) < 1e-12  # there a slope is all rounding
            case "sin" | "cos" | "tan":
                self.lost |= (np.abs(u) > 1e9) | ((name == "tan") & (np.abs(np.cos(u)) < 1e-12))
                self.lost |= (np.abs(getattr(np, name)(u)) < 1e-12 * np.abs(u)) & (u != 0)  # its sign is all rounding
        function = LONG[name] if name in LONG else getattr(np, name)
        return self.rounded(function(*inputs), name not in ("exp", "sigmoid", "softplus"))


JUMPS = 1e3  # of what has more of them between here and 0, differences say nothing

ALIASES = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "ln": "log"}


def _long_erf(u: Any) -> Any:
    with mpmath.workdps(25):
        high = float(u)
        value = mpmath.erf(mpmath.mpf(high) + float(u - np.longdouble(high)) if np.isfinite(high) else high)
        return np.longdouble(float(value)) + np.longdouble(float(value - float(value)))


_erf_of_each = np.frompyfunc(_long_erf, 1, 1)

LONG: dict[str, Callable[..., Any]] = {
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "min": np.minimum,
    "max": np.maximum,
    "relu": lambda u: np.maximum(u, 0),
    "sigmoid": lambda u: 1 / (1 + np.exp(-u)),
    "softplus": lambda u: np.logaddexp(np.longdouble(0), u),
    "erf": lambda u: np.asarray(_erf_of_each(u)).astype(np.longdouble),
}


# In a thousand digits, at one place


class NoValueError(Exception):
    """There is no value."""


def exactly(tree: ast.expr, x: Any, y: Any) -> Any:
    """Return the value of an expression of mpmath's numbers, in its present precision."""
    names = {"x": x, "y": y, "pi": mpmath.mpf(np.pi), "e": mpmath.mpf(math.e)}

    def of(node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=value):
                return mpmath.mpf(value)
            case ast.Name(id=name):
                return names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -of(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return combined(op, of(left), of(right))
            case ast.Call(func=ast.Name(id="where"), args=[condition, one, other]):
                return of(one if of(condition) else other)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return of(left) < of(right) if isinstance(op, ast.Lt) else of(left) > of(right)
            case ast.Call(func=ast.Name(id=name), args=args):
                return called(ALIASES.get(name, name), *map(of, args))
        raise AssertionError(ast.dump(node))

    return of(tree)


def combined(op: ast.operator, u: Any, v: Any) -> Any:
    match op:
        case ast.Add():
            return u + v
        case ast.Sub():
            return u - v
        case ast.Mult():
            return u * v
        case ast.Div() if v == 0:
            raise NoValueError
        case ast.Div():
            return u / v
    if (u < 0 and v != mpmath.floor(v)) or (u == 0 and v < 0):
        raise NoValueError
    return u**v


def called(name: str, *inputs: Any) -> Any:
    u = inputs[0]
    if name.startswith("log") and u <= 0:
        raise NoValueError
    if (name == "sqrt" and u < 0) or (name == "mod" and inputs[1] == 0):
        raise NoValueError
    # At 1 the slope of asin is all rounding, and so is the sine of what is far out.
    if (name in ("asin", "acos") and abs(u) > 1 - 1e-12) or (name in ("sin", "cos", "tan") and abs(u) > 1e9):
        raise NoValueError
    if name in ("floor", "ceil", "mod"):
        steps = abs(u / inputs[1] if name == "mod" else u)
        # At a jump the value is all rounding, as is a remainder of what is far out.
        if abs(steps - mpmath.nint(steps)) < 1e-9 * max(steps, 1) and (name == "mod" or steps < 1e9):
            raise NoValueError
    return (EXACT[name] if name in EXACT else getattr(mpmath, name))(*inputs)


EXACT: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "min": min,
    "max": max,
    "log2": lambda u: mpmath.log(u, 2),
    "cbrt": lambda u: mpmath.sign(u) * mpmath.cbrt(abs(u)),
    "mod": lambda u, v: u - v * mpmath.floor(u / v),
    "relu": lambda u: max(u, mpmath.mpf(0)),
    "sigmoid": lambda u: 1 / (1 + mpmath.exp(-u)),
    "softplus": lambda u: max(u, mpmath.mpf(0)) + mpmath.log1p(mpmath.exp(-abs(u))),
}


def exact_gradient(text: str, *place: float, digits: int = 1000) -> list[float]:
    """Return the central differences of an expression, with a step so small that they are the derivatives."""
    tree = tree_of(text)
    with mpmath.workdps(digits):
        at = [*map(mpmath.mpf, place), mpmath.mpf(0)][:2]
        slopes = []
        for axis in range(len(place)):
            step = mpmath.mpf(10) ** -(digits // 3)
            ahead, behind = list(at), list(at)
            ahead[axis] += step
            behind[axis] -= step
            slopes.append(float((exactly(tree, *ahead) - exactly(tree, *behind)) / (2 * step)))
        return slopes


def exact_hessian(text: str, *place: float, digits: int = 1000) -> list[list[float]]:
    """Return the second central differences of an expression, with a step so small that they are the derivatives."""
    tree = tree_of(text)
    with mpmath.workdps(digits):
        step = mpmath.mpf(10) ** -(digits // 4)

        def moved(*ways: tuple[int, int]) -> Any:
            at = [*map(mpmath.mpf, place), mpmath.mpf(0)][:2]
            for axis, way in ways:
                at[axis] += way * step
            return exactly(tree, *at)

        corners = ((1, 1), (-1, -1), (1, -1), (-1, 1))
        axes = range(len(place))
        return [
            [float(sum(a * b * moved((i, a), (j, b)) for a, b in corners) / (4 * step**2)) for j in axes] for i in axes
        ]


def exact_value(text: str, *place: float, digits: int = 1000) -> float:
    with mpmath.workdps(digits):
        return float(exactly(tree_of(text), *[*map(mpmath.mpf, place), mpmath.mpf(0)][:2]))
