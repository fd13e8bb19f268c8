"""What an expression is computed with: each operation on float64 arrays, and on wide numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from gdviz.extent import FloatArray
from gdviz.functions import wide
from gdviz.functions.wide import Wide


@dataclass(frozen=True)
class Operation:
    """An operation on arrays that broadcast.

    Attributes
    ----------
    narrow
        On float64 arrays.
    wide
        On wide numbers, whose range is far larger; see `gdviz.functions.wide`.
    partial
        Whether it has no value somewhere, or hides that its input has none from a derivative.

    """

    narrow: Callable[..., FloatArray]
    wide: Callable[..., Wide]
    partial: bool = False


def _smaller_ones(u: FloatArray, v: FloatArray, of_u: FloatArray, of_v: FloatArray) -> FloatArray:
    return np.where(u < v, of_u, np.where(u > v, of_v, 0.5 * (of_u + of_v)))


def _larger_ones(u: Any, v: Any, of_u: Any, of_v: Any) -> FloatArray:
    return _smaller_ones(v, u, of_u, of_v)


def _wide_larger_ones(u: Wide, v: Wide, of_u: Wide, of_v: Wide) -> Wide:
    return wide.smaller_ones(v, u, of_u, of_v)


def _sigmoid(u: FloatArray) -> FloatArray:
    small = np.exp(-np.abs(u))
    return np.where(u >= 0, 1.0, small) / (1.0 + small)


def _softplus(u: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(u, 0.0) + np.log1p(np.exp(-np.abs(u))))


def _compared(narrow: Callable[..., Any], wide_sign: Callable[..., Any]) -> Operation:
    """Return a comparison: 1 or 0, and NaN where one side has no value."""

    def of_arrays(u: FloatArray, v: FloatArray) -> FloatArray:
        return np.where(np.isnan(u) | np.isnan(v), np.nan, narrow(u, v))

    return Operation(of_arrays, lambda u, v: wide.compared(wide_sign, u, v), partial=True)


def _where(condition: FloatArray, u: FloatArray, v: FloatArray) -> FloatArray:
    return np.where(np.isnan(condition), np.nan, np.where(condition != 0, u, v))


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "add": Operation(np.add, wide.add),
        "subtract": Operation(np.subtract, wide.subtract),
        "multiply": Operation(np.multiply, wide.multiply),
        "divide": Operation(np.divide, wide.divide, partial=True),
        "power": Operation(np.power, wide.power, partial=True),
        "negate": Operation(np.negative, wide.negate),
        "sin": Operation(np.sin, wide.linear_near_zero(np.sin)),
        "cos": Operation(np.cos, wide.of_number(np.cos)),
        "tan": Operation(np.tan, wide.linear_near_zero(np.tan)),
        "asin": Operation(np.arcsin, wide.linear_near_zero(np.arcsin), partial=True),
        "acos": Operation(np.arccos, wide.of_number(np.arccos), partial=True),
        "atan": Operation(np.arctan, wide.linear_near_zero(np.arctan)),
        "sinh": Operation(np.sinh, wide.sinh),
        "cosh": Operation(np.cosh, wide.cosh),
        "tanh": Operation(np.tanh, wide.linear_near_zero(np.tanh)),
        "exp": Operation(np.exp, wide.exp),
        "log": Operation(np.log, wide.log, partial=True),
        "sqrt": Operation(np.sqrt, wide.sqrt, partial=True),
        "cbrt": Operation(np.cbrt, wide.cbrt),
        "abs": Operation(np.abs, wide.absolute),
        "sign": Operation(np.sign, wide.sign, partial=True),
        "min": Operation(np.minimum, wide.minimum),
        "max": Operation(np.maximum, wide.maximum),
        "log10": Operation(np.log10, wide.logarithm(np.log10, 10.0), partial=True),
        "log2": Operation(np.log2, wide.logarithm(np.log2, 2.0), partial=True),
        "hypot": Operation(np.hypot, wide.hypot),
        "floor": Operation(np.floor, wide.rounded(np.floor), partial=True),
        "ceil": Operation(np.ceil, wide.rounded(np.ceil), partial=True),
        "mod": Operation(np.mod, wide.mod, partial=True),
        "sigmoid": Operation(_sigmoid, wide.sigmoid),
        "softplus": Operation(_softplus, wide.softplus),
        "erf": Operation(wide.error_function, wide.erf),
        "less": _compared(np.less, lambda sign: sign < 0),
        "at_most": _compared(np.less_equal, lambda sign: sign <= 0),
        "greater": _compared(np.greater, lambda sign: sign > 0),
        "at_least": _compared(np.greater_equal, lambda sign: sign >= 0),
        "equal": _compared(np.equal, lambda sign: sign == 0),
        "unequal": _compared(np.not_equal, lambda sign: sign != 0),
        "opposite": Operation(lambda u: 1.0 - u, lambda u: wide.subtract(wide.ONE, u)),
        "where": Operation(_where, wide.where),
        # Those of derivatives alone: products and quotients in which an exact 0 prevails, and the slopes of min and max
        "chain": Operation(np.multiply, wide.chain),
        "chain_divide": Operation(np.divide, wide.chain_divide),
        "annul": Operation(np.multiply, wide.annul),
        "smaller_ones": Operation(_smaller_ones, wide.smaller_ones),
        "larger_ones": Operation(_larger_ones, _wide_larger_ones),
    }
)
