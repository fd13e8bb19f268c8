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
        "abs": Operation(np.abs, wide.absolute),
        "sign": Operation(np.sign, wide.sign, partial=True),
        "min": Operation(np.minimum, wide.minimum),
        "max": Operation(np.maximum, wide.maximum),
        # Those of derivatives alone: products and quotients in which an exact 0 prevails, and the slopes of min and max
        "chain": Operation(np.multiply, wide.chain),
        "chain_divide": Operation(np.divide, wide.chain_divide),
        "annul": Operation(np.multiply, wide.annul),
        "smaller_ones": Operation(_smaller_ones, wide.smaller_ones),
        "larger_ones": Operation(_larger_ones, _wide_larger_ones),
    }
)
