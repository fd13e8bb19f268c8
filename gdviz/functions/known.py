"""The functions and comparisons that an expression may use."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


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
        "cbrt": Known(1, math.cbrt, "cbrt"),
        "abs": Known(1, abs, "abs"),
        "sign": Known(1, _sign, "sign"),
        "min": Known(2, min, "min"),
        "max": Known(2, max, "max"),
        "log10": Known(1, math.log10, "log10"),
        "log2": Known(1, math.log2, "log2"),
        "hypot": Known(2, math.hypot, "hypot"),
        "floor": Known(1, math.floor, "floor"),
        "ceil": Known(1, math.ceil, "ceil"),
        "mod": Known(2, operator.mod, "mod"),
        "sigmoid": Known(1, lambda u: 1 / (1 + math.exp(-u)) if u > 0 else math.exp(u) / (1 + math.exp(u)), "sigmoid"),
        "relu": Known(1, lambda u: max(u, 0.0), "relu"),
        "softplus": Known(1, lambda u: max(u, 0.0) + math.log1p(math.exp(-abs(u))), "softplus"),
        "erf": Known(1, math.erf, "erf"),
        "where": Known(3, lambda condition, u, v: u if condition else v, "where"),
    }
)
SPOKEN = (*KNOWN_FUNCTIONS, "piecewise")

COMPARISONS: Mapping[type[ast.cmpop], Known] = MappingProxyType(
    {
        ast.Lt: Known(2, operator.lt, "less"),
        ast.LtE: Known(2, operator.le, "at_most"),
        ast.Gt: Known(2, operator.gt, "greater"),
        ast.GtE: Known(2, operator.ge, "at_least"),
        ast.Eq: Known(2, operator.eq, "equal"),
        ast.NotEq: Known(2, operator.ne, "unequal"),
    }
)
BOTH = Known(2, operator.mul, "multiply")  # conditions are 1 or 0
EITHER = Known(2, max, "max")
OPPOSITE = Known(1, lambda u: 1.0 - u, "opposite")
