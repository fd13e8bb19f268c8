"""Values and gradients where float64 does not suffice: holes, poles, overflow on the way, corners and 0/0."""

from __future__ import annotations

import numpy as np
import pytest
from expressions import exact_gradient, exact_value

from gdviz.descent.engine import Status, descend
from gdviz.functions import CATALOGUE, Function, function
from gdviz.functions.expression import compile_expression


def at(text: str, *place: float) -> tuple[float, list[float]]:
    parsed = function(text)
    return float(parsed.value(*place)), parsed.gradient(*place).tolist()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("(sqrt(x))**2", (-1,)),
        ("0*acos(x)", (2,)),
        ("(x**1.5)**-2", (-1,)),
        ("log(x) - log(x)", (-1,)),
        ("log(x)**0", (-1,)),
        ("1**log(x)", (-1,)),
        ("sqrt(x)*0 + x", (-4,)),
        ("sign(log(x))", (-1,)),
        ("max(0, log(x))", (-1,)),
        ("min(1/x, 5) + y", (0, 1)),
        ("(x/x)**2", (0,)),
        ("sin(x)/x", (0,)),
        ("x*log(x)", (0,)),
        ("exp(-1/x^2)", (0,)),
        ("atan(1/x)", (0,)),
        ("tanh(log(x))", (0,)),
        ("1/(1 + 1/x)", (0,)),
        ("1/(1/x)", (0,)),
        ("(1/x)**-1.5", (0,)),
        ("2**(-1/abs(x))", (0,)),
        ("x + 0*sign(log(y))", (1, -1)),
        ("(-x)**(1/3)", (8,)),
        ("x**y", (-2, 0.5)),
        ("sqrt(x) - sqrt(x) + y**2", (-1, 2)),
        ("max(x^(y^x), 1)", (-270, 180)),
    ],
)
def test_a_hole_of_any_part_is_a_hole_of_the_whole(text: str, place: tuple[float, ...]):
    value, gradient = at(text, *place)
    assert np.isnan(value)
    assert np.isnan(gradient).all()


@pytest.mark.parametrize(
    ("text", "place", "value", "gradient"),
    [
        ("1/x", 0.0, np.inf, None),
        ("log(abs(x))", 0.0, -np.inf, None),
        ("(10000*x)**100", 2.0, np.inf, np.inf),
        ("exp(exp(x))", 100.0, np.inf, np.inf),
        ("((((3*x)**100)**100)**100)**100", 0.3, 0.0, 0.0),
        ("((((3*x)**100)**100)**100)**100", -0.4, np.inf, -np.inf),
        ("sqrt(x)", 0.0, 0.0, np.inf),
    ],
)
def test_poles_and_what_is_too_large_are_infinite(text: str, place: float, value: float, gradient: float | None):
    found, (slope,) = at(text, place)
    assert found == value
    assert gradient is None or slope == gradient


FAR = [
    ("x**2 + 1/(1+exp(-1000*x))", (-2,)),
    ("x^2+y^2+1/(1+exp(-200*x))", (-4.5, 1)),
    ("exp(x)/(1+exp(x))", (1000,)),
    ("exp(x)/(1+exp(x))", (-1000,)),
    ("(1+exp(-x))**-1", (-800,)),
    ("log(1+exp(1000*x))", (3,)),
    ("log(1+exp(1000*x))", (-3,)),
    ("(exp(x)-exp(-x))/(exp(x)+exp(-x))", (800,)),
    ("log(exp(x)+exp(y))", (1000, 1001)),
    ("log(exp(x)+exp(y))", (-1001, -1000)),
    ("-log(exp(-1000*x^2))", (1.5,)),
    ("x*exp(-x^2)", (1e3,)),
    ("sqrt(x^4+y^4)", (1e100, 2e100)),
    ("(x^100)^2/(1+(x^100)^2)", (1000,)),
    ("(x^100)^100/(1+x^100)^100", (1.5,)),
    ("1/cosh(x)", (1000,)),
    ("sinh(x)/cosh(x) + x", (-1000,)),
    ("exp(-exp(-x))", (-10,)),
    ("exp(-exp(-x)) + x", (-800,)),
    ("x + exp(x)*exp(-x)", (1e4,)),
    ("exp(-800*x)*exp(700*x)*exp(100*x)", (1,)),
    ("exp(1000*x)^0.001", (2,)),
    ("exp(-1000*x)^0.001", (2,)),
    ("exp(1000*x)^-0.001", (2,)),
    ("sqrt(sqrt(exp(-3000*x)))^(1/750)", (1,)),
    ("(2^x)^(1/x) + x", (5000,)),
    ("log(2^x)/x", (1e4,)),
    ("x*1e100*1e100*1e100*1e100/1e100/1e100/1e100/1e100", (3,)),
    ("x/1e100/1e100/1e100/1e100*1e100*1e100*1e100*1e100", (3,)),
    ("max(exp(x), exp(2*x))/exp(2*x) + x", (1000,)),
    ("min(exp(x), exp(2*x))/exp(x) + x", (1000,)),
    ("max(x, exp(-1000*x)) + y", (1, 2)),
    ("abs(exp(x) - exp(y))/exp(x)", (1000, 999)),
    ("sin(x)^2/x^2", (1e-200,)),
    ("tanh(exp(x)) + atan(exp(x)) + x", (1000,)),
    ("y + x^y/(1 + x^y)", (10, 500)),
]


@pytest.mark.parametrize(("text", "place"), FAR)
def test_what_overflows_on_the_way_has_its_value_and_gradient(text: str, place: tuple[float, ...]):
    value, gradient = at(text, *place)
    assert value == pytest.approx(exact_value(text, *place, digits=2500), rel=1e-10, abs=1e-12)
    assert gradient == pytest.approx(exact_gradient(text, *place, digits=2500), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "place", "gradient"),
    [
        ("abs(x)", (0,), [0]),
        ("x*abs(x)", (0,), [0]),
        ("sqrt(x^2)", (0,), [0]),
        ("sqrt(x^2+y^2)", (0, 0), [0, 0]),
        ("x + 3*sqrt(x^2+y^2)", (0, 0), [1, 0]),
        ("x + 0*sqrt(x^2+y^2)", (0, 0), [1, 0]),
        ("sqrt(abs(x)) + y", (0, 5), [0, 1]),
        ("abs(x)^0.7", (0,), [0]),
        ("acos(cos(x))", (0,), [0]),
        ("x*sqrt(x)", (0,), [0]),
        ("x^1.5", (0,), [0]),
        ("x^0.5", (0,), [np.inf]),
        ("max(x, y)", (1, 1), [0.5, 0.5]),
        ("min(x, 3*x)", (0,), [2]),
        ("max(x, 2)", (3,), [1]),
        ("max(x, 2)", (1,), [0]),
        ("max(x, sqrt(x))", (4,), [1]),
        ("min(y^2, x)", (9, 2), [0, 4]),
        ("sign(x)*y", (0, 3), [0, 0]),
        ("x^y", (2, 3), [12, 8 * np.log(2)]),
        ("x^y", (0, 2), [0, 0]),
        ("x^min(y, 2)", (-3, 5), [-6, 0]),
        ("2^x", (3,), [8 * np.log(2)]),
        ("x^-2", (-2,), [0.25]),
        ("x^1", (5,), [1]),
        ("x^0", (5,), [0]),
        ("tan(x)", (0.5,), [1 / np.cos(0.5) ** 2]),
        ("asin(x) + acos(y)", (0.5, -0.5), [1 / np.sqrt(0.75), -1 / np.sqrt(0.75)]),
        ("x", (7,), [1]),
        ("y", (7, 7), [0, 1]),
    ],
)
def test_slopes_at_corners_and_by_every_rule(text: str, place: tuple[float, ...], gradient: list[float]):
    assert at(text, *place)[1] == pytest.approx(gradient, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "start"),
    [("x^y", [-2.0, 2.0]), ("exp(exp(exp(x)))/exp(exp(exp(x)))+y", [9.0, 0.0]), ("1/(1+exp(exp(exp(x))))", [5.0])],
)
def test_a_point_whose_gradient_cannot_be_known_has_not_converged(text: str, start: list[float]):
    descent = descend(function(text), [start], learning_rate=0.1, tolerance=1e3, max_iterations=3)
    assert np.isnan(function(text).gradient(*start)).any()
    assert Status.CONVERGED not in descent.status


def test_no_point_stands_still_on_a_slope_beside_a_logistic_step():
    side = np.linspace(-4.75, 4.75, 20)
    starts = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    target = function("x^2+y^2+1/(1+exp(-200*x))")
    descent = descend(target, starts, learning_rate=0.02, tolerance=1e-3, max_iterations=1000)
    assert (descent.status == Status.CONVERGED).all()
    assert np.ptp(descent.ends, axis=0) == pytest.approx([0, 0], abs=1e-3)


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.name)
def test_wide_numbers_come_to_the_same_bits_where_plain_ones_suffice(each: Function):
    low, high = each.extent.low, each.extent.high
    places = (low + (high - low) * np.random.default_rng(5).random((500, each.dimension))).T
    columns = list(places)
    both = compile_expression(each.expression).both
    plain, doubtful = both.run(columns)
    assert not doubtful.any()
    for one, other in zip(plain, both.run_wide(columns), strict=True):
        np.testing.assert_array_equal(one, other)


def test_many_places_are_computed_as_each_would_be_alone():
    parsed = function("1/(1+exp(-300*x)) + y^2*sqrt(x+4)")
    x, y = np.random.default_rng(2).uniform(-5, 5, (2, 20_000))
    value, gradient = parsed.value(x, y), parsed.gradient(x, y)
    for place in range(0, 20_000, 1111):
        np.testing.assert_array_equal(parsed.value(x[place], y[place]), value[place])
        np.testing.assert_array_equal(parsed.gradient(x[place], y[place]), gradient[:, place])
