"""The Hessian against differences of the gradient, and against what it is known to be."""

from __future__ import annotations

import math
import os
import random

import numpy as np
import pytest
from expressions import NoValueError, exact_hessian, exact_value, random_expression

from gdviz.errors import ExpressionError
from gdviz.functions import CATALOGUE, Function, function
from gdviz.functions.expression import compile_expression
from gdviz.functions.known import KNOWN_FUNCTIONS

COUNT = 5 * int(os.environ.get("GDVIZ_EXAMPLES", "400"))
PLACES = np.array([[0.37, -2.3, 1.7, -0.6], [1.9, 0.71, -1.2, 0.83]])


def differences(target: Function, places: np.ndarray, step: float) -> np.ndarray:
    """Return the central differences of the gradient, shape (dimension, dimension, n), one column for each axis."""
    columns = []
    for axis in range(len(places)):
        ahead, behind = places.copy(), places.copy()
        ahead[axis] += step
        behind[axis] -= step
        with np.errstate(all="ignore"):
            change = target.gradient(*ahead) - target.gradient(*behind)
            columns.append(change / (ahead[axis] - behind[axis]))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.name)
def test_every_named_functions_hessian_agrees_with_differences_of_its_gradient(each: Function):
    low, high = each.extent.low, each.extent.high
    places = (low + (high - low) * np.random.default_rng(5).random((500, each.dimension))).T
    hessian = each.hessian(*places)
    assert hessian.shape == (each.dimension, each.dimension, 500)
    span = float((high - low).min())
    near, nearer = differences(each, places, 2e-6 * span), differences(each, places, 1e-6 * span)
    scale = np.abs(nearer).max(axis=(0, 1))
    sure = (np.abs(near - nearer) <= 1e-4 * scale).all(axis=(0, 1))  # no crease lies between
    assert sure.mean() > 0.9
    assert (np.abs(hessian - nearer) <= 1e-4 * scale + 1e-6)[..., sure].all()


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.name)
def test_at_a_known_minimum_no_direction_curves_down(each: Function):
    for minimum in each.minima:
        hessian = each.hessian(*minimum)
        if np.isfinite(hessian).all():
            assert np.linalg.eigvalsh(hessian).min() >= -1e-6 * (1 + np.abs(hessian).max())


@pytest.mark.parametrize(
    ("text", "place", "hessian"),
    [
        ("x^2", (3.0,), [[2.0]]),
        ("x + y", (1.0, 1.0), [[0.0, 0.0], [0.0, 0.0]]),
        ("(x^2 + y - 11)^2 + (x + y^2 - 7)^2", (3.0, 2.0), [[74.0, 20.0], [20.0, 34.0]]),
        ("100*(y - x^2)^2 + (1 - x)^2", (1.0, 1.0), [[802.0, -400.0], [-400.0, 200.0]]),
        ("x^-3", (2.0,), [[12 / 32]]),
        ("x^2.5*y", (4.0, 2.0), [[15.0, 20.0], [20.0, 0.0]]),
        ("x^y", (2.0, 3.0), [[12.0, 4 + 12 * math.log(2)], [4 + 12 * math.log(2), 8 * math.log(2) ** 2]]),
        ("sqrt(x)", (4.0,), [[-1 / 32]]),
        ("exp(x*y)", (0.0, 2.0), [[4.0, 1.0], [1.0, 0.0]]),
        ("log(x)", (0.5,), [[-4.0]]),
        ("sin(x)*cos(y)", (math.pi / 2, 0.0), [[-1.0, 0.0], [0.0, -1.0]]),
        ("tan(x)", (math.pi / 4,), [[4.0]]),
        ("asin(x)", (0.6,), [[0.6 / 0.8**3]]),
        ("acos(x)", (0.6,), [[-0.6 / 0.8**3]]),
        ("atan(x)", (1.0,), [[-0.5]]),
        ("cosh(x) + sinh(y)", (0.0, 0.0), [[1.0, 0.0], [0.0, 0.0]]),
        ("tanh(x)", (0.5,), [[-2 * math.tanh(0.5) / math.cosh(0.5) ** 2]]),
        ("sqrt(x^2 + y^2)", (3.0, 4.0), [[0.128, -0.096], [-0.096, 0.072]]),
        ("min(x^2, 3*x)", (1.0,), [[2.0]]),
        ("max(x^2, 3*x)", (1.0,), [[0.0]]),
        ("x*abs(x)", (-2.0,), [[-2.0]]),
    ],
)
def test_known_hessians(text: str, place: tuple[float, ...], hessian: list[list[float]]):
    np.testing.assert_allclose(function(text).hessian(*place), hessian, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(
    ("text", "place", "hessian"),
    [
        ("abs(x) + y^2", (0.0, 1.0), [[0.0, 0.0], [0.0, 2.0]]),
        ("sign(x)", (0.0,), [[0.0]]),
        ("max(x^2, 3*x^2 + y)", (0.0, 0.0), [[4.0, 0.0], [0.0, 0.0]]),
        ("sqrt(x^2 + y^2)", (0.0, 0.0), [[math.inf, 0.0], [0.0, math.inf]]),
        ("sqrt(x^2 + y^2)^3", (0.0, 0.0), [[0.0, 0.0], [0.0, 0.0]]),
        ("sqrt(x) + y^2", (0.0, 1.0), [[-math.inf, 0.0], [0.0, 2.0]]),
    ],
)
def test_where_a_slope_jumps_or_is_zero_over_zero(text: str, place: tuple[float, ...], hessian: list[list[float]]):
    np.testing.assert_array_equal(function(text).hessian(*place), hessian)


@pytest.mark.parametrize(
    ("text", "place"), [("log(x) + y^2", (-1.0, 1.0)), ("abs(sqrt(x)) + y", (-1.0, 1.0)), ("x + 0*log(y)", (1.0, -1.0))]
)
def test_where_there_is_no_value_there_is_no_hessian(text: str, place: tuple[float, ...]):
    assert np.isnan(function(text).hessian(*place)).all()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1/(1 + exp(x))", 1000.0),
        ("1/(1 + exp(x))", -1000.0),
        ("log(1 + exp(x))", 800.0),
        ("x^2*exp(x)/(1 + exp(x))", 900.0),
        ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", 400.0),
        ("x^100*x^100/(1 + x^100*x^100)", 50.0),
        ("x^3*exp(x)*exp(-x)", 900.0),
    ],
)
def test_what_overflows_on_the_way_spoils_nothing(text: str, place: float):
    expected = exact_hessian(text, place, digits=4000)
    assert function(text).hessian(place).tolist() == [pytest.approx(expected[0], rel=1e-9, abs=1e-300)]


def test_random_expressions_have_the_hessian_that_they_should():
    rng = random.Random(21)
    compared = 0
    for _ in range(COUNT):
        text = random_expression(rng, rng.randint(2, 10))
        try:
            compiled = compile_expression.__wrapped__(text)
            dimension = len(compiled.variables)
            place = PLACES[:dimension, rng.randrange(4)].tolist()
            value, expected = exact_value(text, *place, digits=60), exact_hessian(text, *place, digits=120)
        except (ExpressionError, NoValueError, OverflowError, ValueError, ZeroDivisionError):
            continue
        hessian = compiled.hessian(*place)
        assert (hessian == hessian.T).all() or np.isnan(hessian).any(), (text, place)
        size = np.abs(expected).max()
        if not (abs(value) < 1e6 and size < 1e6):
            continue
        compared += 1
        np.testing.assert_allclose(hessian, expected, rtol=1e-8, atol=1e-8 * (1 + size), err_msg=f"{text} {place}")
    assert compared > COUNT // 3


@pytest.mark.parametrize("name", KNOWN_FUNCTIONS)
def test_every_function_of_an_expression_has_a_hessian(name: str):
    first = "x*y/4 > 0.1" if name == "where" else "x*y/4"
    arguments = ", ".join((first, "y - x/2", "x")[: KNOWN_FUNCTIONS[name].arity])
    target = function(f"{name}({arguments})")
    places = np.array([[0.4, 0.7, 0.9], [0.8, 0.6, 1.1]])
    np.testing.assert_allclose(target.hessian(*places), differences(target, places, 1e-5), rtol=1e-6, atol=1e-8)


def test_arrays_broadcast():
    target = function("x^2*y + cos(y)")
    x, y = np.linspace(-1, 1, 5), np.linspace(-2, 2, 3)[:, None]
    hessian = target.hessian(x, y)
    assert hessian.shape == (2, 2, 3, 5)
    np.testing.assert_array_equal(hessian[0, 1], np.broadcast_to(2 * x, (3, 5)))
    assert target.hessian(1.0, 2.0).shape == (2, 2)
