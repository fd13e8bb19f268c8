"""The chain rule, operation by operation: how the slopes of a node come from those of its inputs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdviz.functions.graph import Graph

Slopes = list[int | None]
Rule = Callable[["Graph", int, tuple[int, ...], Slopes], int | None]


def _by_slope(slope: Callable[[Graph, int, int], int | None]) -> Rule:
    """Return the rule of a function of u whose derivative by u is `slope(graph, its own node, u)`."""
    return lambda graph, out, inputs, slopes: graph.times(slope(graph, out, inputs[0]), slopes[0])


def _product_rule(graph: Graph, _: int, inputs: tuple[int, ...], slopes: Slopes) -> int | None:
    (u, v), (du, dv) = inputs, slopes
    return graph.plus(graph.times(du, v), graph.times(u, dv))


def _quotient_rule(graph: Graph, out: int, inputs: tuple[int, ...], slopes: Slopes) -> int | None:
    (du, dv), v = slopes, inputs[1]
    return graph.over(graph.minus(du, graph.times(out, dv)), v)


def _power_rule(graph: Graph, out: int, inputs: tuple[int, ...], slopes: Slopes) -> int | None:
    (u, v), (du, dv) = inputs, slopes
    along_u = along_v = None
    if du is not None:
        lower = graph.apply("power", u, graph.apply("subtract", v, graph.constant(1.0)))
        along_u = graph.times(graph.times(v, lower), du)
    if dv is not None:
        along_v = graph.apply("annul", graph.apply("chain", out, graph.apply("log", u)), dv)
    return graph.plus(along_u, along_v)


def _sqrt_rule(graph: Graph, out: int, _: tuple[int, ...], slopes: Slopes) -> int | None:
    return graph.scaled(0.5, graph.over(slopes[0], out))


def _cbrt_rule(graph: Graph, out: int, _: tuple[int, ...], slopes: Slopes) -> int | None:
    return graph.scaled(1 / 3, graph.over(slopes[0], graph.apply("multiply", out, out)))


def _log_rule(graph: Graph, _: int, inputs: tuple[int, ...], slopes: Slopes) -> int | None:
    return graph.over(slopes[0], inputs[0])


def _asin_rule(graph: Graph, _: int, inputs: tuple[int, ...], slopes: Slopes) -> int | None:
    (u,), one = inputs, graph.constant(1.0)
    both = graph.apply("subtract", one, u), graph.apply("add", one, u)  # they keep digits that 1 - u^2 loses near 1
    return graph.over(slopes[0], graph.apply("sqrt", graph.apply("multiply", *both)))


def _acos_rule(graph: Graph, out: int, inputs: tuple[int, ...], slopes: Slopes) -> int | None:
    return graph.scaled(-1.0, _asin_rule(graph, out, inputs, slopes))


def _atan_rule(graph: Graph, _: int, inputs: tuple[int, ...], slopes: Slopes) -> int | None:
    (u,) = inputs
    return graph.over(slopes[0], graph.apply("add", graph.constant(1.0), graph.apply("multiply", u, u)))


def _annul_rule(graph: Graph, _: int, inputs: tuple[int, ...], slopes: Slopes) -> int | None:
    (u, v), (du, dv) = inputs, slopes
    along_u = None if du is None else graph.apply("annul", du, v)
    along_v = None if dv is None else graph.apply("annul", u, dv)
    return graph.plus(along_u, along_v)


def _log_of_base_rule(base: float) -> Rule:
    return lambda graph, _, inputs, slopes: graph.scaled(1 / math.log(base), graph.over(slopes[0], inputs[0]))


def _hypot_rule(graph: Graph, out: int, inputs: tuple[int, ...], slopes: Slopes) -> int | None:
    along = [graph.times(each, slope) for each, slope in zip(inputs, slopes, strict=True)]
    return graph.over(graph.plus(*along), out)


def _mod_rule(graph: Graph, _: int, inputs: tuple[int, ...], slopes: Slopes) -> int | None:
    (u, v), (du, dv) = inputs, slopes
    return graph.minus(du, graph.times(graph.apply("floor", graph.apply("divide", u, v)), dv))


def _slope_of_sigmoid(graph: Graph, out: int, u: int) -> int | None:
    return graph.times(out, graph.apply("sigmoid", graph.apply("negate", u)))  # 1 - out would lose digits near 1


def _slope_of_erf(graph: Graph, _: int, u: int) -> int | None:
    bell = graph.apply("exp", graph.apply("negate", graph.apply("multiply", u, u)))
    return graph.scaled(2 / math.sqrt(math.pi), bell)


def _choice_rule(operation: str, deciding: int = 2) -> Rule:
    """Return the rule of what chooses by its first inputs, whose last two slopes are those of what is chosen."""

    def rule(graph: Graph, _: int, inputs: tuple[int, ...], slopes: Slopes) -> int | None:
        chosen = slopes[-2:]
        if chosen == [None, None]:
            return None
        return graph.apply(
            operation, *inputs[:deciding], *(graph.constant(0.0) if each is None else each for each in chosen)
        )

    return rule


SLOPES: Mapping[str, Rule] = MappingProxyType(
    {
        "add": lambda graph, _, __, slopes: graph.plus(*slopes),
        "subtract": lambda graph, _, __, slopes: graph.minus(*slopes),
        "multiply": _product_rule,
        "divide": _quotient_rule,
        "power": _power_rule,
        "negate": lambda graph, _, __, slopes: graph.scaled(-1.0, slopes[0]),
        "sin": _by_slope(lambda graph, _, u: graph.apply("cos", u)),
        "cos": _by_slope(lambda graph, _, u: graph.scaled(-1.0, graph.apply("sin", u))),
        "tan": _by_slope(lambda graph, out, _: graph.plus(graph.constant(1.0), graph.times(out, out))),
        "asin": _asin_rule,
        "acos": _acos_rule,
        "atan": _atan_rule,
        "sinh": _by_slope(lambda graph, _, u: graph.apply("cosh", u)),
        "cosh": _by_slope(lambda graph, _, u: graph.apply("sinh", u)),
        "tanh": _by_slope(lambda graph, out, _: graph.minus(graph.constant(1.0), graph.times(out, out))),
        "exp": _by_slope(lambda graph, out, _: out),  # noqa: ARG005  # as every slope is called
        "log": _log_rule,
        "sqrt": _sqrt_rule,
        "cbrt": _cbrt_rule,
        "abs": _by_slope(lambda graph, _, u: graph.apply("sign", u)),
        "sign": lambda *_: None,
        "min": _choice_rule("smaller_ones"),
        "max": _choice_rule("larger_ones"),
        "where": _choice_rule("where", deciding=1),
        "log10": _log_of_base_rule(10),
        "log2": _log_of_base_rule(2),
        "hypot": _hypot_rule,
        "mod": _mod_rule,
        "sigmoid": _by_slope(_slope_of_sigmoid),
        "softplus": _by_slope(lambda graph, _, u: graph.apply("sigmoid", u)),
        "erf": _by_slope(_slope_of_erf),
        **dict.fromkeys(
            ("floor", "ceil", "less", "at_most", "greater", "at_least", "equal", "unequal", "opposite"),
            lambda *_: None,
        ),
        # Those of derivatives alone
        "chain": _product_rule,
        "chain_divide": _quotient_rule,
        "annul": _annul_rule,
        "smaller_ones": _choice_rule("smaller_ones"),
        "larger_ones": _choice_rule("larger_ones"),
    }
)
