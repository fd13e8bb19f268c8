from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from gdviz.errors import ExpressionError
from gdviz.functions import function
from gdviz.functions.expression import compile_expression

REFUSED = {
    "__import__('os')": "unknown function '__import__'",
    "x.__class__": "a dot stands only",
    "9**9**9**9": "too large",
    "lambda: 0": "unknown name 'lambda'",
    "x[0]": "write ( and )",
    "import os": "unknown name 'import'",
    "z + 1": "unknown name 'z'",
    "": "empty",
    "   ": "empty",
    "x" * 100_000: "at most 2,000",
    "(" * 5000 + "x" + ")" * 5000: "at most 2,000",
    "-" * 1900 + "x": "nested",
    "+".join(["x"] * 900): "nested",
    "sin": "call it",
    "sin(x, y)": "takes 1 argument",
    "open(x)": "unknown function 'open'",
    "x if y else 1": "no condition",
    "x < y": "compares",
    "'a' * x": "take the quotes away",
    "f'{x}'": "unknown name 'f'",
    "(x := 3)": "contains ':'",
    "[x for x in y]": "write ( and )",
    "True * x": "unknown name 'True'",
    "1j * x": "unknown name 'j'",
    "x / 0": "divides by zero",
    "x / (y - y)": "no real value",
    "x / (0*y)": "no real value",
    "(-2)**x": "must be positive",
    "0**x": "must be positive",
    "1e-400*x": "smaller than any number",
    "x^0.0E-5 + .1e-999": "smaller than any number",
    "exp(-1000)*x": "smaller than any number",
    "(1e-100)^4*x": "smaller than any number",
    "1e-300/1e100*x": "smaller than any number",
    "(-8)**(1/3) * x": "not a real number",
    "٣*x": "contains '٣'",
    "ｘ + 1": "contains 'ｘ'",
    "x*" + "9" * 1990: "not a real number",
    "x*(yield)": "unknown name 'yield'",
    "x@y": "write * for a product",
    "x//y": "write floor(x/y)",
    "x % y": "write mod(x, y)",
    "~x": "contains '~'",
    "not x": "no condition",
    "x,": "comma",
    "*x": "not an expression",
    "max(x, *y)": "nothing between , and *",
    "sin(x=1)": "contains '='",
    "x and y": "no condition",
    "...": "contains '.'",
    "sqrt(-1) * x": "not a real number",
    "1e200 * x": "not a real number",
    "9" * 1900: "not a real number",
    "((9**99)**99)**99 * x": "not a real number",
    "x**1000": "too large",
    "x\0": "not an expression",
    "3": "neither x nor y",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:24]))
def test_what_is_not_an_expression_is_refused_with_one_sentence(text: str):
    with pytest.raises(ExpressionError) as caught:
        function(text)
    message = str(caught.value)
    assert REFUSED[text] in message
    assert "\n" not in message
    assert len(message) < 300


X, Y = np.array([0.3, -1.2, 2.0]), np.array([0.7, 0.4, -1.5])

ACCEPTED = {
    "x^2 + y^2": (X**2 + Y**2, 2 * X, 2 * Y),
    "x**2 + 3*y**2": (X**2 + 3 * Y**2, 2 * X, 6 * Y),
    "exp(-(x**2+y**2))": tuple(np.exp(-(X**2) - Y**2) * factor for factor in (1, -2 * X, -2 * Y)),
    "abs(x) + abs(y)": (abs(X) + abs(Y), np.sign(X), np.sign(Y)),
    "(1-x)**2 + 100*(y-x**2)**2": (
        (1 - X) ** 2 + 100 * (Y - X**2) ** 2,
        2 * (X - 1) - 400 * X * (Y - X**2),
        200 * (Y - X**2),
    ),
    "sin(x)*cos(y)": (np.sin(X) * np.cos(Y), np.cos(X) * np.cos(Y), -np.sin(X) * np.sin(Y)),
    "max(x, y) + min(x, 2*y)": (
        np.maximum(X, Y) + np.minimum(X, 2 * Y),
        (X > Y) + 1.0 * (X < 2 * Y),
        (Y > X) + 2.0 * (2 * Y < X),
    ),
    "-x^2^1 * -y": (X**2 * Y, 2 * X * Y, X**2),
    "x*y/3 + e^2 - 0.2*pi": (X * Y / 3 + math.e**2 - 0.2 * np.pi, Y / 3, X / 3),
    "sign(x)*y": (np.sign(X) * Y, 0 * X, np.sign(X)),
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_values_and_gradients_are_exact(text: str):
    value, along_x, along_y = ACCEPTED[text]
    parsed = function(text)
    np.testing.assert_allclose(parsed.value(X, Y), value, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(parsed.gradient(X, Y), [along_x, along_y], rtol=1e-13, atol=1e-14)


def test_an_expression_in_x_alone_has_one_variable():
    assert function("x**4 - x").dimension == 1
    assert function("y**2").dimension == 2


def test_outside_its_domain_a_value_is_not_a_number_and_nothing_is_printed(capfd: pytest.CaptureFixture[str]):
    parsed = function("log(x) + abs(log(y)) + 1/x")
    assert np.isnan(parsed.value(-1.0, 2.0))
    assert parsed.gradient(0.5, 0.5) == pytest.approx([1 / 0.5 - 4, -2])
    assert capfd.readouterr().err == ""


def test_the_formula_keeps_the_order_in_which_it_was_written():
    assert function("himmelblau").formula == (r"\left(x^{2} + y - 11\right)^{2} + \left(x + y^{2} - 7\right)^{2}")
    assert function("0.26*(x^2 + y^2) - 0.48*x*y").formula.startswith("0.26")


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("x/3/2*y", r"\frac{x y}{3 \cdot 2}"),
        ("-3/y*x", r"- \frac{3 x}{y}"),
        ("x^2*y^-1", r"\frac{x^{2}}{y}"),
        ("-(x + 1)*y", r"- \left(x + 1\right) y"),
        ("x - (y - 1) + (x + y)", r"x - \left(y - 1\right) + x + y"),
        ("(-x)^2 - -y", r"\left(- x\right)^{2} - \left(- y\right)"),
        ("(x^2)^y^x", r"\left(x^{2}\right)^{y^{x}}"),
        ("(x/y)^2/(y/x)", r"\frac{\left(\frac{x}{y}\right)^{2}}{\frac{y}{x}}"),
        ("max(y, x)^-2*sin(x)^2", r"\frac{\sin^{2}{\left(x \right)}}{\max\left(y, x\right)^{2}}"),
        ("exp(-x)^2 + e^-x", r"\left(e^{- x}\right)^{2} + e^{- x}"),
        ("5*-x*2*3", r"5 \left(- x\right) \cdot 2 \cdot 3"),
        ("x^-0.5 + sqrt(x)^3", r"x^{- 0.5} + \left(\sqrt{x}\right)^{3}"),
        ("1 + 10000000000000000000000*x", "1 + 1e+22 x"),
    ],
)
def test_the_formula_says_what_was_written(text: str, formula: str):
    assert function(text).formula == formula


def nested(form: str, times: int) -> str:
    text = "x"
    for _ in range(times):
        text = form.replace("{}", text)
    return text


COSTLY = [
    *(nested("({})**100", times).replace("x", "3*x") for times in (4, 5, 12, 28)),
    *(nested(form, 28) for form in ("({}+y)**99", "exp({}*y)", "abs({}-y)", "1/({}+1)", "({}/2)**(1/3)", "x**-({})")),
    *(nested(form, 55) for form in ("x**({})", "sin({})", "-({})", "({})**-1", "y/({})", "({})**(-y)", "max({},y)")),
    *(nested(form, times) for form, times in (("2**(-{})", 25), ("({})**(-(2**-3))", 18), ("3/({})**-2", 25))),
    nested("({})*({})", 6),
    "*".join(f"(x+{k}*y)" for k in range(41)),
    "+".join(["x"] * 50) + "+" + "*".join(["y"] * 50),
    "(" * 90 + "x" + ")" * 90 + "**" + "-" * 50 + "2",
]


def test_no_text_that_is_accepted_takes_long_to_compile_evaluate_or_print():
    """One of them took minutes when sums and powers were multiplied out; all together are allowed one."""
    script = (
        "import sys; from gdviz.functions import function\n"
        "for text in sys.argv[1:]:\n"
        "    f = function(text); at = [0.4, 1.1][:f.dimension]\n"
        "    f.value(*at), f.gradient(*at), f.formula\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script, *COSTLY], check=True, timeout=60)


def test_refusing_leaves_the_recursion_limit_alone():
    before = sys.getrecursionlimit()
    with pytest.raises(ExpressionError):
        function("(" * 900 + "x" + ")" * 900)
    assert sys.getrecursionlimit() == before


def test_value_and_gradient_at_once_are_the_same_as_each_alone():
    for text in ("x^2*y + sin(x)", "x^3", "himmelblau"):
        parsed = function(text)
        places = [np.linspace(-2, 3, 7), np.linspace(-1, 4, 7)][: parsed.dimension]
        value, gradient = parsed.value_and_gradient(*places)
        np.testing.assert_array_equal(value, parsed.value(*places))
        np.testing.assert_array_equal(gradient, parsed.gradient(*places))
        assert gradient.shape == (parsed.dimension, 7)


def test_coordinates_are_broadcast_and_whole_numbers_are_numbers_too():
    parsed = function("x/2 + y^2")
    x, y = np.arange(5), np.arange(3)[:, None]
    assert parsed.value(x, y).shape == (3, 5)
    assert parsed.gradient(x, y).shape == (2, 3, 5)
    np.testing.assert_array_equal(parsed.value(x, y), x / 2 + y**2)
    assert parsed.value(1, 2) == 4.5


@pytest.mark.parametrize(("text", "given"), [("x^2 + y", 1), ("x^2", 2), ("x^2", 0), ("x + y", 3)])
def test_every_variable_needs_its_coordinate_and_no_more(text: str, given: int):
    compiled = compile_expression(text)
    for ask in (compiled.value, compiled.gradient, compiled.value_and_gradient, compiled.hessian):
        with pytest.raises(TypeError) as refused:
            ask(*[1.0] * given)
        needed = len(compiled.variables)
        assert str(refused.value) == f"expected {needed} coordinate arrays, got {given}"


def test_what_was_understood_and_its_gradient_are_said_in_plain_text():
    compiled = compile_expression("x^2 y + 3")
    assert compiled.understood == "x^2*y + 3"
    along_x, along_y = (function(text or "") for text in compiled.gradient_in_words())
    np.testing.assert_allclose(along_x.value(X, Y), 2 * X * Y)
    np.testing.assert_allclose(along_y.value(X), X**2)
    assert compile_expression("x").gradient_in_words() == ["1"]
