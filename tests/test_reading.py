"""Expressions as people write them: what is accepted, with its value and gradient, and what is refused, and where."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.errors import ExpressionError, GdvizWarning, InputError
from gdviz.functions import function

X, Y = np.array([0.3, -1.2, 2.0, 0.6]), np.array([0.7, 0.4, -1.5, 0.2])
P = np.abs(X)
ZERO = 0 * X


def bell(u: np.ndarray) -> np.ndarray:
    return 2 / math.sqrt(math.pi) * np.exp(-(u**2))


def sigmoid(u: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-u))


ERF = np.array([math.erf(each) for each in X])

ACCEPTED = {
    # products without a sign
    "2x": (2 * X, 2 + ZERO),
    "3x^2 y": (3 * X**2 * Y, 6 * X * Y, 3 * X**2),
    "2sin(x)+3cos(y)": (2 * np.sin(X) + 3 * np.cos(Y), 2 * np.cos(X), -3 * np.sin(Y)),
    "(x+2)(y+5)": ((X + 2) * (Y + 5), Y + 5, X + 2),
    "x(1+x)": (X * (1 + X), 1 + 2 * X),
    "xy": (X * Y, Y, X),
    "xy^2": (X * Y**2, Y**2, 2 * X * Y),
    "2xxy": (2 * X * X * Y, 4 * X * Y, 2 * X**2),
    "-3xy": (-3 * X * Y, -3 * Y, -3 * X),
    "2e3x": (2e3 * X, 2e3 + ZERO),
    "2e x": (2 * math.e * X, 2 * math.e + ZERO),
    "2pi x": (2 * np.pi * X, 2 * np.pi + ZERO),
    "x sin(y)": (X * np.sin(Y), np.sin(Y), X * np.cos(Y)),
    "2(x)(y)": (2 * X * Y, 2 * Y, 2 * X),
    "2^-x y": (2**-X * Y, -np.log(2) * 2**-X * Y, 2**-X),
    "tau x": (2 * np.pi * X, 2 * np.pi + ZERO),
    # signs of mathematics
    "x²": (X**2, 2 * X),
    "x³y²": (X**3 * Y**2, 3 * X**2 * Y**2, 2 * X**3 * Y),
    "|x|": (abs(X), np.sign(X)),
    "2|x||y|": (2 * abs(X * Y), 2 * np.sign(X) * abs(Y), 2 * abs(X) * np.sign(Y)),
    "|x - |y||": (abs(X - abs(Y)), np.sign(X - abs(Y)), -np.sign(X - abs(Y)) * np.sign(Y)),
    "π x": (np.pi * X, np.pi + ZERO),
    "2·x × y": (2 * X * Y, 2 * Y, 2 * X),
    "x² − y": (X**2 - Y, 2 * X, -1 + ZERO),
    "√(x²+1)": (np.sqrt(X**2 + 1), X / np.sqrt(X**2 + 1)),
    "√2 x": (np.sqrt(2) * X, np.sqrt(2) + ZERO),
    "X^2 + Y": (X**2 + Y, 2 * X, 1 + ZERO),
    "x1^2 + x2": (X**2 + Y, 2 * X, 1 + ZERO),
    "x_1 x_2": (X * Y, Y, X),
    # names of other languages
    "np.sin(x)": (np.sin(X), np.cos(X)),
    "math.exp(x)": (np.exp(X), np.exp(X)),
    "arctan(x)": (np.arctan(X), 1 / (1 + X**2)),
    "arcsin(x/4)": (np.arcsin(X / 4), 1 / np.sqrt(16 - X**2)),
    "np.maximum(x, y)": (np.maximum(X, Y), 1.0 * (X > Y), 1.0 * (Y > X)),
    # functions without brackets, and with a power
    "sin x": (np.sin(X), np.cos(X)),
    "sin 2x": (np.sin(2 * X), 2 * np.cos(2 * X)),
    "sin xy": (np.sin(X * Y), Y * np.cos(X * Y), X * np.cos(X * Y)),
    "sin x cos y": (np.sin(X) * np.cos(Y), np.cos(X) * np.cos(Y), -np.sin(X) * np.sin(Y)),
    "sin^2(x)": (np.sin(X) ** 2, np.sin(2 * X)),
    "sin²x + y": (np.sin(X) ** 2 + Y, np.sin(2 * X), 1 + ZERO),
    "f(x, y) = x^2 + y": (X**2 + Y, 2 * X, 1 + ZERO),
    "z = x y": (X * Y, Y, X),
    # more functions
    "log10(|x|)": (np.log10(P), 1 / (X * np.log(10))),
    "log2(x^2)": (np.log2(X**2), 2 / (X * np.log(2))),
    "hypot(x, y)": (np.hypot(X, Y), X / np.hypot(X, Y), Y / np.hypot(X, Y)),
    "floor(3x) + x": (np.floor(3 * X) + X, 1 + ZERO),
    "ceil(x) y": (np.ceil(X) * Y, ZERO, np.ceil(X)),
    "mod(x, y)": (np.mod(X, Y), 1 + ZERO, -np.floor(X / Y)),
    "sigmoid(x)": (sigmoid(X), sigmoid(X) * sigmoid(-X)),
    "relu(x) + y": (np.maximum(X, 0) + Y, 1.0 * (X > 0), 1 + ZERO),
    "softplus(x)": (np.logaddexp(0, X), sigmoid(X)),
    "erf(x)": (ERF, bell(X)),
    # conditions
    "where(x > 0, x, y)": (np.where(X > 0, X, Y), 1.0 * (X > 0), 1.0 * (X <= 0)),
    "piecewise(x > 1, x^2, x > 0, y, 0)": (
        np.where(X > 1, X**2, np.where(X > 0, Y, 0)),
        np.where(X > 1, 2 * X, 0),
        1.0 * ((X > 0) & (X <= 1)),
    ),
    "x if x >= y else 2y": (np.where(X >= Y, X, 2 * Y), 1.0 * (X >= Y), 2.0 * (X < Y)),
    "(x < 0) x": (np.where(X < 0, X, 0), 1.0 * (X < 0)),
    "where(0 < x < 1 and not y > 0.5, x, 0)": (np.where((X > 0) & (X < 1) & (Y <= 0.5), X, 0), 1.0 * (X == 0.6), ZERO),
    "where(x == 2 or x != y, y, x)": (Y, ZERO, 1 + ZERO),
    "where(x > 0, log(x), x)": (np.where(X > 0, np.log(P), X), np.where(X > 0, 1 / X, 1)),
    # LaTeX
    r"\frac{x^2}{2} + y^2": (X**2 / 2 + Y**2, X, 2 * Y),
    r"\sin(x)\cos(y)": (np.sin(X) * np.cos(Y), np.cos(X) * np.cos(Y), -np.sin(X) * np.sin(Y)),
    r"x^{2}": (X**2, 2 * X),
    r"e^{-x^{2}}": (np.exp(-(X**2)), -2 * X * np.exp(-(X**2))),
    r"$\left(x_{1} + 1\right)^2 \cdot \sqrt{y^2 + 1}$": (
        (X + 1) ** 2 * np.sqrt(Y**2 + 1),
        2 * (X + 1) * np.sqrt(Y**2 + 1),
        (X + 1) ** 2 * Y / np.sqrt(Y**2 + 1),
    ),
    r"\left|x\right| \pi": (abs(X) * np.pi, np.sign(X) * np.pi),
}

REFUSED = {
    "2 +* x": ("nothing between + and *", 3),
    "x +": ("nothing after +", 2),
    "* x": ("nothing before *", 0),
    "x / / y": ("nothing between / and /", 4),
    "x^": ("nothing after ^", 1),
    "()": ("nothing between ( and )", 1),
    "(x + 1": ("add )", 0),
    "2(x + (y - 1)": ("add )", 1),
    "x + 1)": ("no opening bracket", 5),
    "{x + 1)": ("a } belongs here", 6),
    "|x + 1": ("add |", 0),
    "x + |y": ("add |", 4),
    r"\frac{x}": ("needs {...}{...}", 7),
    r"\frac(x)2": ("needs {", 0),
    r"\sqrt[4]{x}": ("write it as in x^(1/4)", 0),
    r"\alpha x": ("'\\\\alpha' is not known", 0),
    "x 2": ("write * or ^", 2),
    "(x+1)2": ("write * or ^", 5),
    "2 3 x": ("write * or ^", 2),
    "1.2.3 x": ("write * or ^", 3),
    "ex": ("write e*x", 0),
    "2pix": ("write pi*x", 1),
    "xpi": ("write x*pi", 0),
    "sinx": ("write sin(x)", 0),
    "2cosy": ("write cos(y)", 1),
    "xexp(y)": ("write x*exp(...)", 0),
    "xsin(y)": ("write x*sin(...)", 0),
    "y + sine(x)": ("did you mean sin", 4),
    "sqr(x)": ("did you mean sqrt", 0),
    "arcsn(x)": ("did you mean arcsin", 0),
    "Sin(x)": ("did you mean sin", 0),
    "open(x)": ("unknown function 'open'", 0),
    "z + 1": ("unknown name 'z'", 0),
    "x + t": ("only x, y, pi, e and tau", 4),
    "sin + 1": ("call it, as in 'sin(x)'", 0),
    "x*exp": ("call it, as in 'exp(x)'", 2),
    "max(x)": ("takes 2 argument", 0),
    "1 + sin(x, y)": ("takes 1 argument", 4),
    "hypot x": ("takes 2 argument", 0),
    "sin^-1(x)": ("write asin(x) or 1/sin(x)", 0),
    "cos^y(x)": ("write the power behind", 4),
    "x % 2": ("write mod(x, y)", 2),
    "x // 2": ("write floor(x/y)", 2),
    "x = 3": ("write == to compare", 2),
    "x & y": ("write 'and'", 2),
    "x! + y": ("write !=", 1),
    "x[0]": ("write ( and )", 1),
    "x # y": ("no comments", 2),
    "'x'": ("take the quotes away", 0),
    "x.y": ("a dot stands only inside a number", 1),
    "1,5 x": ("write a decimal point", 1),
    "x, y": ("stands only inside a call", 1),
    "where(x, 1, 2)": ("compare it, as in x > 0", 6),
    "where(x > 0, 1)": ("takes 3 argument", 0),
    "piecewise(x > 0, 1)": ("what holds elsewhere", 0),
    "x if y else 1": ("compare it, as in y > 0", 5),
    "x if y > 0": ("not an expression", 0),
    "x and y": ("compare it, as in x > 0", 0),
    "x < y": ("write where(x < y, 1, 0)", None),
    "1 + 2x/0": ("divides by zero", 4),
    "y + x^1000": ("too large", 4),
    "x + 1e200": ("not a real number", 4),
    "x + √": ("√ needs a number", 4),
    "x + √sin(x)": ("√ needs a number", 4),
    "ｘ + 1": ("contains 'ｘ'", 0),
    "x + ∞": ("contains '∞'", 4),
}


@pytest.mark.parametrize("text", [*ACCEPTED, *REFUSED])
def test_an_expression_has_the_value_that_it_reads_as_or_is_refused_with_the_place_and_the_cure(text: str):
    if text in ACCEPTED:
        value, *slopes = ACCEPTED[text]
        parsed = function(text)
        at = (X, Y)[: parsed.dimension]
        assert parsed.dimension == len(slopes)
        np.testing.assert_allclose(parsed.value(*at), value, rtol=1e-14, atol=1e-15)
        np.testing.assert_allclose(parsed.gradient(*at), slopes, rtol=1e-12, atol=1e-14)
    else:
        reason, place = REFUSED[text]
        with pytest.raises(ExpressionError) as caught:
            function(text)
        assert reason in str(caught.value)
        assert caught.value.at == place
        assert len(str(caught.value)) < 300
        assert "\n" not in str(caught.value)


def test_there_are_sixty_of_each():
    assert min(len(ACCEPTED), len(REFUSED)) >= 60


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("1/2x", "(1/2)*x"),
        ("x/2y", "(x/2)*y"),
        ("1/(x+1)(y+1)", "(1/(x + 1))*(y + 1)"),
        ("sin 2x y", "sin(2*x*y)"),
        ("sin x (y+1)", "sin(x*(y + 1))"),
        ("e^2x", "(e^2)*x"),
        ("x^2y", "x^2*y"),
        ("√x²", "sqrt(x)^2"),
        ("√2x", "sqrt(2)*x"),
        ("∛xy", "cbrt(x)*y"),
        ("sqrt 2x", "sqrt(2*x)"),
        ("√x y + sqrt x y", "sqrt(x)*y + sqrt(x*y)"),
        ("sin x/2", "sin(x)/2"),
        ("sin x * y", "sin(x)*y"),
        (r"\sin x \bmod 2", "mod(sin(x), 2)"),
        ("exp-x", "exp(-x)"),
        ("sin -x", "sin(-x)"),
        ("sin x^2", "sin(x^2)"),
        ("ln 2x²", "ln(2*x^2)"),
        ("log x y", "log(x*y)"),
        ("cos |x| y", "cos(abs(x)*y)"),
        ("e^-2x", "(e^-2)*x"),
        ("e^xy", "(e^x)*y"),
        (r"\begin{cases} x & x > 0 \\ -x & x \le 0 \end{cases}", "x if x > 0 else -x"),
    ],
)
def test_what_is_ambiguous_is_read_by_the_rule_and_told(text: str, reading: str):
    with pytest.warns(GdvizWarning, match="is read as") as told:
        parsed = function(text)
    assert repr(reading) in str(told[0].message)
    assert parsed.understood == reading
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        again = function(reading)
    at = (P, Y)[: parsed.dimension]
    np.testing.assert_array_equal(parsed.value(*at), again.value(*at))


PLAIN = (
    "1/(2x)", "1/2*x", "(1/2)x", "e^(2x)", "x^2 y", "x/sin(y)", "sin(x) y", "sin(x)/2", "sin x + 2", "sin x - y",
    "sin x * cos y", "sin x / cos y", "sin(x)^2", "sin(-x)", "sqrt x + √2 y", "√(2x)", "e^x y", "e^-x", "½x", "x^½ y",
    "cos 2pi x", "sin π y",
)  # fmt: skip


@pytest.mark.parametrize("text", [*ACCEPTED, *PLAIN])
def test_what_is_plain_is_not_remarked_on_and_reads_the_same_as_what_is_shown(text: str):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parsed = function(text)
        again = function(parsed.understood)
    at = (X, Y)[: parsed.dimension]
    np.testing.assert_array_equal(again.value(*at), parsed.value(*at))
    assert parsed.formula


@pytest.mark.parametrize(
    "text", ["2x^2 y", "sin(x)/y + exp(xy)", "where(x > y, x^3, |y|)", "hypot(x, y) + erf(x)", "max(x, y)^2"]
)
def test_the_gradient_that_is_shown_is_the_gradient(text: str):
    parsed = function(text)
    with np.errstate(all="ignore"):
        for shown, slope in zip(function(text).gradient_in_words(), parsed.gradient(X, Y), strict=True):
            assert shown is not None
            np.testing.assert_allclose(function(f"{shown} + 0x + 0y").value(X, Y), slope, rtol=1e-12, atol=1e-14)


def test_a_branch_that_is_not_taken_spoils_nothing():
    parsed = function("where(x == 0, 1, sin(x)/x)")
    np.testing.assert_allclose(parsed.value([0.0, 1.0]), [1, np.sin(1)])
    np.testing.assert_allclose(parsed.gradient([0.0, 1.0]), [[0, np.cos(1) - np.sin(1)]], atol=1e-15)
    rooted = function("where(x > 0, sqrt(x), x^2)")
    np.testing.assert_allclose(rooted.gradient([-2.0, 4.0]), [[-4, 0.25]])
    towering = function("where(x < 5, x, exp(exp(x)))")
    np.testing.assert_allclose(towering.value([4.0, 9.0, 1000.0]), [4, np.inf, np.inf])
    assert np.isnan(function("where(log(x) > 0, 1, 2) + 0x").value(-1.0))


def test_a_kink_has_the_mean_of_both_slopes():
    assert function("relu(x)").gradient(0.0) == [0.5]
    assert function("hypot(x, y)").gradient(0.0, 0.0).tolist() == [0, 0]


def test_large_numbers_do_not_spoil_the_new_functions():
    np.testing.assert_array_equal(function("sigmoid(x)").value([-1000.0, 1000.0]), [0, 1])
    np.testing.assert_array_equal(function("softplus(x)").value([-1000.0, 1000.0]), [0, 1000])
    np.testing.assert_allclose(function("hypot(x, y)^2/x").value(1e200, 1e200), 2e200)
    np.testing.assert_allclose(
        function("log10(exp(x)) - log2(exp(x))").value(2000.0), 2000 * (1 / np.log(10) - 1 / np.log(2))
    )
    assert function("floor(exp(x))/exp(x)").value(1000.0) == 1


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


def test_the_command_line_marks_the_place():
    for command in ("functions", "render"):
        result = run(command, "2 +* x")
        assert result.exit_code != 0
        assert result.stderr.splitlines()[-2:] == ["    2 +* x", "       ^"]


@pytest.mark.parametrize("command", ["render", "functions"])
def test_a_leading_minus_is_answered_with_the_two_dashes_that_it_needs(command: str):
    result = run(command, "-x^2")
    assert result.exit_code != 0
    assert "--" in result.stderr
    assert "taken for a flag" in " ".join(result.stderr.split())
    assert run("functions", "--", "-x^2").exit_code == 0


@pytest.mark.parametrize("text", ["where(0 < x < 1 and not y >= 1, floor(x), y^2)", "mod(x, 2) + log10(x)hypot(x, y)"])
def test_the_formula_of_what_is_new_can_be_drawn(text: str, tmp_path: Path):
    assert run("formula", text, "--output", str(tmp_path / "f.png")).exit_code == 0
    assert (tmp_path / "f.png").stat().st_size > 500


def test_a_mark_stays_under_its_place_in_a_long_text():
    with pytest.raises(ExpressionError) as caught:
        function("+".join(["x"] * 100) + "+ z + " + "+".join(["y"] * 100))
    shown, mark = caught.value.marked()
    assert shown[mark.index("^")] == "z"
    assert len(shown) < 100


def test_the_command_line_tells_a_reading_once():
    result = run("functions", "1/2x")
    assert result.exit_code == 0
    assert result.stderr.count("(1/2)*x") == 1
    assert "along x" in result.stdout


def test_a_misspelt_name_is_still_answered_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'himmelblau'"):
        function("himelblau")
