"""The slope of every operation and of every function, against differences and against what calculus says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gdviz.functions import function
from gdviz.functions.known import KNOWN_FUNCTIONS

PLACES = np.array([[0.31, 0.62, 0.47, 0.83], [0.74, 0.28, 0.91, 0.36]])
INNER = ("x*y/2 + 0.1", "y - x/3", "x + y^2/5")  # between 0 and 1 and different everywhere, as most functions need it


def slopes_by_differences(text: str, places: np.ndarray, step: float = 1e-6) -> np.ndarray:
    target = function(text)
    columns = []
    for axis in range(2):
        ahead, behind = places.copy(), places.copy()
        ahead[axis] += step
        behind[axis] -= step
        columns.append((target.value(*ahead) - target.value(*behind)) / (ahead[axis] - behind[axis]))
    return np.stack(columns)


def ways_to_vary(arity: int) -> list[tuple[int, ...]]:
    each: list[tuple[int, ...]] = [(place,) for place in range(arity)]
    return each if arity == 1 else [*each, tuple(range(arity))]


@pytest.mark.parametrize(
    ("name", "varying"), [(name, each) for name, known in KNOWN_FUNCTIONS.items() for each in ways_to_vary(known.arity)]
)
def test_the_slope_of_every_function_by_each_of_its_arguments(name: str, varying: tuple[int, ...]):
    arity = KNOWN_FUNCTIONS[name].arity
    arguments = [INNER[place] if place in varying else ("0.4", "0.7", "0.3")[place] for place in range(arity)]
    if name == "where":
        arguments[0] = "x > 0.5"
    text = f"{name}({', '.join(arguments)}) + x*y"
    np.testing.assert_allclose(
        function(text).gradient(*PLACES), slopes_by_differences(text, PLACES), rtol=1e-6, atol=1e-7
    )


@pytest.mark.parametrize(
    "text",
    [
        "{u} + {v}", "{u} - {v}", "({u})*({v})", "({u})/({v})", "({u})^({v})",
        "{u} + 2", "3 - ({u})", "({u})*4", "5/({u})", "({u})/7", "({u})^2.5", "2.5^({u})",
        "-({u})", "({u})^2", "({u})^3", "({u})^7", "({u})^10", "({u})^-1", "({u})^-3", "({u})^0.5", "({u})^-0.5",
        "({u})*({u})", "({u})/({u}) + {v}", "({u}) + ({u})", "({u}) - ({u}) + {v}", "({u})^({u})",
        "2*({u})*3*({v})", "-({u})*(-({v}))", "(2*({u}))/(4*({v}))", "exp(({u})*({v}))*sin({u})/({v})",
    ],
)  # fmt: skip
@pytest.mark.parametrize(("u", "v"), [("x", "y"), ("y", "x"), INNER[:2], ("x", "0.6"), ("0.6", "x*y")])
def test_the_slope_of_every_operation(text: str, u: str, v: str):
    text = text.format(u=u, v=v) + " + x*y^2"
    np.testing.assert_allclose(
        function(text).gradient(*PLACES), slopes_by_differences(text, PLACES), rtol=1e-6, atol=1e-7
    )


X = np.array([0.31, 0.62, 0.47, 0.83])
FIRST = {
    "sin": np.cos(X),
    "cos": -np.sin(X),
    "tan": 1 / np.cos(X) ** 2,
    "asin": 1 / np.sqrt(1 - X**2),
    "acos": -1 / np.sqrt(1 - X**2),
    "atan": 1 / (1 + X**2),
    "sinh": np.cosh(X),
    "cosh": np.sinh(X),
    "tanh": 1 / np.cosh(X) ** 2,
    "exp": np.exp(X),
    "log": 1 / X,
    "log2": 1 / (X * math.log(2)),
    "log10": 1 / (X * math.log(10)),
    "sqrt": 0.5 / np.sqrt(X),
    "cbrt": 1 / (3 * np.cbrt(X) ** 2),
    "abs": np.ones(4),
    "sign": np.zeros(4),
    "floor": np.zeros(4),
    "ceil": np.zeros(4),
    "sigmoid": np.exp(-X) / (1 + np.exp(-X)) ** 2,
    "softplus": 1 / (1 + np.exp(-X)),
    "erf": 2 / math.sqrt(math.pi) * np.exp(-(X**2)),
}
SECOND = {
    "sin": -np.sin(X),
    "cos": -np.cos(X),
    "tan": 2 * np.tan(X) / np.cos(X) ** 2,
    "asin": X / (1 - X**2) ** 1.5,
    "acos": -X / (1 - X**2) ** 1.5,
    "atan": -2 * X / (1 + X**2) ** 2,
    "sinh": np.sinh(X),
    "cosh": np.cosh(X),
    "tanh": -2 * np.tanh(X) / np.cosh(X) ** 2,
    "exp": np.exp(X),
    "log": -1 / X**2,
    "sqrt": -0.25 / X**1.5,
    "cbrt": -2 / (9 * np.cbrt(X) ** 5),
    "erf": -4 * X / math.sqrt(math.pi) * np.exp(-(X**2)),
}


@pytest.mark.parametrize("name", FIRST)
def test_the_derivative_of_a_function_is_that_of_calculus(name: str):
    np.testing.assert_allclose(function(f"{name}(x)").gradient(X)[0], FIRST[name], rtol=1e-14)


@pytest.mark.parametrize("name", SECOND)
def test_its_second_derivative_too(name: str):
    np.testing.assert_allclose(function(f"{name}(x)").hessian(X)[0, 0], SECOND[name], rtol=1e-13)


@pytest.mark.parametrize(
    ("text", "hessian"),
    [
        ("x^3*y^2", [[6 * 0.5 * 0.49, 6 * 0.25 * 0.7], [6 * 0.25 * 0.7, 2 * 0.125]]),
        ("x/y", [[0, -1 / 0.49], [-1 / 0.49, 2 * 0.5 / 0.343]]),
        ("x^y", [[0.7 * -0.3 * 0.5**-1.3, 0.5**-0.3 * (1 + 0.7 * math.log(0.5))],
                 [0.5**-0.3 * (1 + 0.7 * math.log(0.5)), 0.5**0.7 * math.log(0.5) ** 2]]),
        ("1/x^2 + 1/y", [[6 / 0.0625, 0], [0, 2 / 0.343]]),
        ("min(x^2, y^3)", [[2, 0], [0, 0]]),
        ("max(x^2, y^3)", [[0, 0], [0, 6 * 0.7]]),
        ("where(x < y, x^2*y, 5*x)", [[1.4, 1], [1, 0]]),
        ("mod(x^2, y)", [[2, 0], [0, 0]]),
    ],
)  # fmt: skip
def test_second_derivatives_of_what_has_two_arguments(text: str, hessian: list[list[float]]):
    np.testing.assert_allclose(function(text).hessian(0.5, 0.7), hessian, rtol=1e-12, atol=1e-13)


def test_slopes_keep_their_digits_near_an_edge():
    assert function("asin(x)").gradient(1 - 1e-12)[0] == pytest.approx(1 / math.sqrt(2e-12), rel=1e-4)
    assert function("sigmoid(x)").gradient(40.0)[0] == pytest.approx(math.exp(-40), rel=1e-12)
    assert function("sigmoid(x)").gradient(-40.0)[0] == pytest.approx(math.exp(-40), rel=1e-12)
