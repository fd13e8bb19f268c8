"""Random expressions, and the named functions at random places, against what they come to by other means.

EXPRESSIONS=100000 in the environment makes it a longer search.
"""

from __future__ import annotations

import ast
import math
import os
import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from expressions import NoValueError, Reference, exact_gradient, exact_value, random_expression, tree_of

from gdviz.errors import ExpressionError
from gdviz.functions import CATALOGUE, Function
from gdviz.functions.expression import compile_expression

COUNT = int(os.environ.get("EXPRESSIONS", "6000"))
PLACES = np.array([[0.37, -2.3, 31.0, -270.0], [1.9, 0.71, -64.0, 180.0]])

long_floats = pytest.mark.skipif(
    bool(np.finfo(np.longdouble).eps > 1e-18), reason="a long float is no longer than others"
)


TWO_POINTS = ((-1, -0.5), (1, 0.5))
FIVE_POINTS = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))


def slopes_by_differences(
    tree: ast.expr,
    reference: Reference,
    axis: int,
    places: np.ndarray,
    step: float,
    formula: Sequence[tuple[float, float]] = TWO_POINTS,
) -> np.ndarray:
    """Return central differences, the step in shares of the coordinate; NaN where a value is not known."""
    steps = step * np.abs(places[axis])
    total = np.zeros(places.shape[1], np.longdouble)
    lost = np.zeros(places.shape[1], bool)
    for offset, weight in formula:
        moved = places.copy()
        moved[axis] += offset * steps
        with np.errstate(all="ignore"):
            total += weight * reference(tree, *moved)
        lost |= reference.hole | reference.lost
    with np.errstate(all="ignore"):
        return np.where(lost, np.nan, total / steps)


@long_floats
@pytest.mark.parametrize("part", range(4))
def test_random_expressions_have_the_value_and_the_gradient_that_they_should(part: int):
    rng = random.Random(part)
    seen: Counter[str] = Counter()
    long_places = PLACES.astype(np.longdouble)
    for _ in range(COUNT // 4):
        text = random_expression(rng, rng.randint(2, 12))
        try:
            compiled = compile_expression.__wrapped__(text)
        except ExpressionError:
            seen["refused"] += 1
            continue
        tree, dimension = tree_of(text), len(compiled.variables)
        value, gradient = compiled.value(*PLACES[:dimension]), compiled.gradient(*PLACES[:dimension])
        exact, other = Reference(), Reference(off_by=1e-13, seed=1)
        expected, nearby = exact(tree, *long_places), other(tree, *long_places)
        hole = exact.hole & other.hole & ~exact.lost
        assert not np.isfinite(value[hole]).any(), (text, value, hole)  # infinity is a pole's
        assert np.isnan(gradient[:, np.isnan(value)]).all(), (text, gradient, value)
        with np.errstate(all="ignore"):
            spread = np.abs(nearby - expected)
            told = ~(exact.hole | exact.lost | other.hole | other.lost) & (spread <= 1e-7 * np.abs(expected))
            rounded = expected.astype(np.float64)
            right = (value == rounded) | (np.abs(value - expected) <= 10 * spread + 1e-12 * np.abs(expected) + 1e-300)
        assert right[told].all(), (text, value, expected, told)
        seen["holes"] += int(hole.sum())
        seen["values"] += int(told.sum())
        for axis in range(dimension):
            slope = slopes_by_differences(tree, exact, axis, long_places, 1e-6)
            spread = np.abs(slopes_by_differences(tree, other, axis, long_places, 1.7e-6) - slope)
            with np.errstate(all="ignore"):
                mean, largest = np.abs(expected / long_places[axis]), exact.largest / np.abs(long_places[axis])
                sure = told & (mean < 1e300) & (spread <= 1e-6 * np.maximum(np.abs(slope), mean))
                allowed = 10 * spread + 1e-6 * np.abs(slope) + 1e-11 * largest
                right = np.abs(gradient[axis] - slope) <= allowed
                right |= gradient[axis] == slope.astype(np.float64)
            assert right[sure].all(), (text, axis, gradient[axis], slope, sure)
            seen["slopes"] += int(sure.sum())
    assert min(seen.values()) > COUNT // 20, seen


def test_random_expressions_far_out_agree_with_a_thousand_digits():
    """What overflows on the way to a result is the rule here."""
    rng = random.Random(3)
    compared = 0
    for _ in range(COUNT // 100):
        text = f"{random_expression(rng, 4)}+{rng.choice(FAR_OUT)}".replace("^", "**")
        place = [rng.uniform(-1, 1) * 10 ** rng.uniform(1, 3) for _ in range(2)]
        try:
            compiled = compile_expression(text)
            place = place[: len(compiled.variables)]
            value, gradient = exact_value(text, *place), exact_gradient(text, *place)
        except (ExpressionError, NoValueError, OverflowError):
            continue
        if not math.isfinite(value) or abs(value) > 1e12 or any(abs(each) > 1e12 for each in gradient):
            continue
        compared += 1
        assert compiled.value(*place) == pytest.approx(value, rel=1e-9, abs=1e-9), (text, place)
        assert compiled.gradient(*place).tolist() == pytest.approx(gradient, rel=1e-6, abs=1e-6), (text, place)
    assert compared > COUNT // 250


FAR_OUT = (
    "1/(1+exp(-9*x))", "log(1+exp(9*x))", "exp(5*x)/(1+exp(5*x))", "log(exp(3*x)+exp(2*x))", "x*exp(-x^2)", "1/cosh(x)",
    "(exp(x)-exp(-x))/(exp(x)+exp(-x))", "sqrt(exp(x)+exp(-x))/cosh(x/2)", "exp(-exp(-x/9))", "(2^x)^(1/x)",
    "x^100*x^100/(1+x^100*x^100)", "exp(x)*exp(-x)", "tanh(exp(x))", "max(exp(x),exp(2*x))/exp(2*x)",
    "sigmoid(9*x)", "1/sigmoid(x)*exp(x)", "softplus(9*x)/x", "log(softplus(-abs(x)))", "log10(exp(9*x))",
    "log2(exp(3*x)+exp(2*y))", "hypot(exp(x),exp(y))/exp(max(x,y))", "hypot(x^100,y^100*y^100)/(x^200+y^200)",
    "erf(exp(x))", "erf(x)*exp(-x^2)", "floor(exp(x)*7)/exp(x)", "ceil(exp(-exp(x)))+x", "cbrt(exp(x)^2)/exp(x/2)",
    "cbrt(x^100*x^99)/x^66", "mod(x,7)+mod(exp(sin(y)),-2)", "relu(exp(x))/(1+exp(x))", "arctan(exp(x))-arctan(exp(y))",
    "where(x>y,exp(x)/(1+exp(x)),log(1+exp(y)))", "where(x<5,x,exp(exp(x)))",
    "sigmoid(-999)*exp(9*x)", "exp(x)*exp(x)*softplus(-800)+x", "log(x^2+1)/log(sigmoid(-1000))",
)  # fmt: skip


@long_floats
@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.name)
def test_the_named_functions_agree_with_differences_at_a_thousand_places(each: Function):
    low, high = each.extent.low, each.extent.high
    places = (low + (high - low) * np.random.default_rng(11).random((1000, each.dimension))).T
    tree, reference = tree_of(each.expression), Reference()
    long_places = np.vstack([places, np.zeros_like(places)])[:2].astype(np.longdouble)
    np.testing.assert_allclose(each.value(*places), reference(tree, *long_places).astype(float), rtol=1e-9, atol=1e-11)
    gradient = each.gradient(*places)
    for axis in range(each.dimension):
        estimates = [
            slopes_by_differences(tree, reference, axis, long_places, step, FIVE_POINTS) for step in (1e-5, 2e-5)
        ]
        sure = np.abs(estimates[0] - estimates[1]) <= 1e-8 * (1 + np.abs(estimates[0]))  # no crease lies between
        assert sure.mean() > 0.9
        np.testing.assert_allclose(gradient[axis][sure], estimates[0][sure].astype(float), rtol=1e-6, atol=1e-7)
