"""Which values a picture has room for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gdviz.extent import HUGE, Extent
from gdviz.functions import CATALOGUE, Function, function
from gdviz.terrain.shown_range import clipped, shown_values

SQUARE = Extent((-5.0, 5.0, -5.0, 5.0))


@pytest.mark.parametrize(
    ("text", "lowest", "highest"),
    [
        ("1/(x**2+y**2)", -HUGE, (0.5, 5)),
        ("0-1/(x**2+y**2)", (-5, -0.1), HUGE),
        ("1/x + y**2", (-10, -0.5), (20, 30)),
        ("1/(x-0.3) + 0*y", (-4, -1), (1, 4)),
        ("tan(x+y)", (-6, -4), (4, 6)),
        ("1/sqrt(abs(x+y))", -HUGE, (1, 10)),
        ("x^2+y^2+0.01/(x-1)^2", -HUGE, (30, 60)),
        ("exp(exp(x*x+0*y))", -HUGE, (100, 1e5)),
        ("log(abs(x*y))", -HUGE, HUGE),
        ("sqrt(x*y)", -HUGE, HUGE),
        ("exp(-100*(x^2+y^2))", -HUGE, HUGE),
        ("sign(x*y)", -HUGE, HUGE),
        ("0*x*y", -HUGE, HUGE),
    ],
)
def test_only_beside_poles_and_overflow_values_are_cut_off(text: str, lowest: Any, highest: Any):
    for value, expected in zip(shown_values(function(text), SQUARE), (lowest, highest), strict=True):
        low, high = expected if isinstance(expected, tuple) else (expected, expected)
        assert low <= value <= high


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.name)
def test_of_the_named_functions_everything_is_shown(each: Function):
    assert shown_values(each, each.extent) == (-HUGE, HUGE)


@pytest.mark.parametrize(
    ("text", "lowest", "highest"),
    [
        pytest.param("1/(x^2+y^2)", -HUGE, 1.2027, id="thirty times what lies below the middle"),
        pytest.param("1/(x^2+y^2) + 1000", -HUGE, 1001.2027, id="on high ground"),
        pytest.param("0 - 1/(x^2+y^2)", -0.2905, HUGE, id="six times what lies above the middle"),
        pytest.param("0 - 1/(x^2+y^2) - 1000", -1000.2905, HUGE, id="in deep ground"),
        pytest.param("1/((x-2)^2+y^2) + 0*sqrt(x+y)", -HUGE, 2.3368, id="beside a hole"),
        pytest.param("tan(x+y)", -4.9633, 4.9633, id="twice the middle half beyond it"),
        pytest.param("0 - max(0, 1/(x^2+y^2) - 1)", -0.5646, HUGE, id="a pole down from a plain"),
        pytest.param("max(0, 1/(x^2+y^2) - 1)", -HUGE, 0.5646, id="a pole up from a plain"),
        pytest.param(
            "max(0, 1/(x^2+y^2) - 1) - max(0, 1/((x-3)^2+y^2) - 1)", -0.5587, 0.5646, id="both ways from a plain"
        ),
        pytest.param("x*1e100*1e100*1e100*1e7 + 0*y", -HUGE, HUGE, id="beyond what is huge, both ways"),
        pytest.param("log(0 - 1 - x^2 - y^2)", -HUGE, HUGE, id="nothing"),
    ],
)
def test_so_much_is_shown(text: str, lowest: float, highest: float):
    assert shown_values(function(text), SQUARE) == pytest.approx((lowest, highest), rel=1e-3, abs=0)


@pytest.mark.parametrize(("text", "cut"), [("1/x", True), ("1/x^2", True), ("log(abs(x))", False), ("sqrt(x)", False)])
def test_of_a_curve_poles_are_cut_off_too(text: str, cut: bool):
    assert (shown_values(function(text), Extent((-5.0, 5.0))) != (-HUGE, HUGE)) is cut


@pytest.mark.parametrize("spike", ["1e4/(1 + 1e4*(x^2+y^2))", "exp(0 - 1e3*(x^2+y^2))", "1e9*exp(0 - 1e3*(x^2+y^2))"])
def test_what_is_steep_but_ends_is_shown_whole(spike: str):
    assert shown_values(function(spike), SQUARE) == (-HUGE, HUGE)


def test_values_are_cut_to_those_shown_and_infinity_becomes_the_most_extreme_number():
    values = np.array([[-9.0, -2.0, np.nan], [3.0, 9.0, np.inf], [-np.inf, 0.0, 1.0]])
    cut = [[-4.0, -2.0, np.nan], [3.0, 5.0, 5.0], [-4.0, 0.0, 1.0]]
    np.testing.assert_array_equal(clipped(values, (-4.0, 5.0)), cut)
    whole = [[-9.0, -2.0, np.nan], [3.0, 9.0, 9.0], [-9.0, 0.0, 1.0]]
    np.testing.assert_array_equal(clipped(values, (-HUGE, HUGE)), whole)
    np.testing.assert_array_equal(clipped(values, (-HUGE, 5.0))[:2, 1], [-2.0, 5.0])
