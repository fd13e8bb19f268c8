"""What people type by mistake, or in signs that are not read: one sentence, the place, and what to write instead."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.errors import ExpressionError, InputError
from gdviz.functions import function

SLIPS = {
    # other variables
    "f(y,x) = x + y": ("rename its variables to x, or to x and y in this order", 2),
    "g(y) = y^2": ("rename", 2),
    "$f(u, v) = u v$": ("rename", 3),
    "f(x_2, x_1) = x_1": ("rename", 2),
    "a*x": ("write a number in its place", 0),
    "x + z": ("only x, y, pi, e and tau are known", 4),
    "z": ("write a number in its place", 0),
    "θ x": ("write a number in its place", 0),
    r"\theta x": ("write a number in its place", 0),
    "x_3": ("the variables are x_1 and x_2", 0),
    "x + x3": ("for a product write x*3", 4),
    "x₁ + x₃": ("the variables are x_1 and x_2", 6),
    "x1x2": ("write x1*x2", 0),
    "x[0]^2": ("x and y for x[0] and x[1]", 1),
    # functions
    "sin": ("call it, as in 'sin(x)'", 0),
    "x + sin()": ("as in sin(x)", 8),
    "f(x)": ("write out what it is", 0),
    "atan2(y)": ("write 2*atan(y/(hypot(x, y) + x))", 0),
    "1 + sec(x)": ("write 1/cos(x)", 4),
    r"\cot x": ("write 1/tan(x)", 0),
    "min x": ("write it as in min(x, y)", 0),
    "max(x, y, 1)": ("write it as in max(max(x, y), 1)", 0),
    "sin(x, y)": ("write it as in sin(x)", 0),
    "x mod 2": ("write it as in mod(x, y)", 2),
    "log_3(x)": ("write it as in log(x)/log(3)", 0),
    r"\log_{5} x": ("write it as in log(x)/log(5)", 0),
    r"\sqrt[5]{x}": ("write it as in x^(1/5)", 0),
    "∜x": ("write a power, as in x^(1/4)", 0),
    "lambda x: x^2": ("write the formula alone", 0),
    # equations
    "x=2": ("write == to compare; an equation has no height", 1),
    "x^2 + y^2 = 1": ("an equation has no height", 10),
    "y = x^2": ("write what is on its right alone, 'x^2'", 2),
    "x == 2": ("write where(x == 2, 1, 0)", None),
    "x => y": ("write >=", 2),
    "x <> y": ("write !=", 2),
    # signs
    "x**": ("write the exponent, as in x**2", 1),
    "x^": ("as in x^2", 1),
    "|x|y|": ("write abs(...) where bars pair in more than one way", 4),
    "‖x‖": ("write |x|, or hypot(x, y)", 0),
    r"\|x\|": ("write |x|, or hypot(x, y)", 0),
    "x!": ("a factorial is not known", 1),
    "x'": ("a prime is not read", 1),
    "x′ + 1": ("a prime is not read", 1),
    "x % 2": ("write mod(x, y)", 2),
    "x:y": ("write / for a quotient", 1),
    "3 x 4": ("x is the variable, never a sign", 4),
    "x ± 1": ("write + or -", 2),
    "∞ x": ("write a large number, such as 1e9", 0),
    r"\infty x": ("write a large number, such as 1e9", 0),
    r"\sum x": ("write out what it comes to", 0),
    r"\begin{array} x": (r"only \begin{cases}", 0),
    # numbers and letters
    "2,5x": ("write a decimal point as '.'", 1),
    "1,000x": ("thousands without a mark", 1),
    "1'000x": ("without marks between its figures", 1),
    "２x": ("write it as 2", 0),
    "x＋1": ("write it as '+'", 1),
    "xⁿ": ("write ^n for a power", 1),
    "“x”": ("take the quotes away", 0),
    "‘x’": ("take the quotes away", 0),
    "x + ’y’": ("take the quotes away", 4),
    # cases
    r"\begin{cases} x & x > 0 \end{cases}": (r"as in \\ 0 & \text{otherwise}", 0),
    r"\begin{cases} x \\ y & x > 0 \end{cases}": (r"write a & x > 0", 16),
    r"\begin{cases} x & x & y \end{cases}": ("a row has one", 20),
    r"\begin{cases} x & x > 0 \\ 1 & \text{otherwise}": (r"add \end{cases}", 0),
    "x & y": ("write 'and' between comparisons", 2),
}


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_is_answered_with_its_place_and_the_cure(text: str):
    cure, place = SLIPS[text]
    with pytest.raises(ExpressionError) as caught:
        function(text)
    assert cure in str(caught.value)
    assert caught.value.at == place
    assert caught.value.cure
    assert str(caught.value).endswith(f"; {caught.value.cure}")
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_the_place_and_the_cure_travel_between_processes():
    with pytest.raises(ExpressionError) as caught:
        function("x + 2y!")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.text, again.at, again.cure) == (str(caught.value), "x + 2y!", 6, caught.value.cure)


@pytest.mark.parametrize("name", ["blorp", "theta", "nan"])
def test_a_name_without_a_cure_is_told_where_names_are_listed(name: str):
    with pytest.raises(InputError, match="'gdviz functions' lists the known ones"):
        function(name)


READ = {
    "½x²": "0.5*x^2",
    "x^½": "sqrt(x)",
    "x³": "x*x*x",
    "x⁻¹": "1/x",
    "√(x+y)": "sqrt(x+y)",
    "∛x": "cbrt(x)",
    "∛(x - 9)": "-cbrt(9 - x)",
    "⌊x⌋ + ⌈y⌉": "floor(x) + ceil(y)",
    "x₁ x₂": "x*y",
    "x∕y": "x/y",
    "x • y": "x*y",
    "f(x) := x^2": "x^2",
    "log_2(x) + log_10(x)": "log2(x) + log10(x)",
    "Math.sin(x)": "sin(x)",
}


@pytest.mark.parametrize("text", READ)
def test_signs_of_mathematics_are_read(text: str):
    one, other = function(text), function(READ[text])
    at = ([0.3, 2.0, 7.5], [0.7, 1.5, 0.2])[: one.dimension]
    np.testing.assert_allclose(one.value(*at), other.value(*at), rtol=1e-14)


NESTED = {
    "brackets": ("(" * 201 + "x" + ")" * 201, 200),
    "braces": ("{" * 250 + "x" + "}" * 250, 200),
    "functions": ("sin(" * 250 + "x" + ")" * 250, 60),
    "functions without brackets": ("sin " * 250 + "x", 60),
    "fractions": (r"\frac{x}{" * 150 + "x" + "}" * 150, 60),
    "numerators": (r"\frac{" * 150 + "x" + "}{2}" * 150, 60),
    "powers of functions": (r"\sin^{" * 150 + "x" + "}x" * 150, 60),
    "bars": ("|2-" * 250 + "x" + "|" * 250, 60),
    "choices": ("x if x > 0 else " * 110 + "x", 60),
    "cases": (r"\begin{cases}1&x>0\\" * 62 + "x" + r"\end{cases}" * 62, 60),
    "signs": ("-" * 1900 + "x", 60),
    "negations": ("where(" + "not " * 450 + "x > 0, x, 1)", 60),
    "powers": ("x^" * 900 + "2", 60),
    "roots": (r"\sqrt{" * 200 + "x" + "}" * 200, 60),
    "sums": ("x+" * 120 + "x", 60),
}


@pytest.mark.parametrize("kind", NESTED)
def test_what_is_nested_too_deep_is_told_so_with_the_limit(kind: str):
    text, limit = NESTED[kind]
    with pytest.raises(ExpressionError, match=f"nested more than {limit} levels deep; ") as caught:
        function(text)
    assert caught.value.at is not None


def test_brackets_up_to_the_limit_are_read():
    assert function("(" * 200 + "x" + ")" * 200).value(3.0) == 3
    assert function("{" * 150 + "sin(" * 50 + "x" + ")" * 50 + "}" * 150).dimension == 1


def test_the_command_line_tells_each_reading_by_rule_once():
    for text, reading in (("sin x/2", "sin(x)/2"), ("exp-x", "exp(-x)"), ("sqrt 2x", "sqrt(2*x)")):
        result = CliRunner().invoke(app, ["functions", text], prog_name="gdviz")
        assert result.exit_code == 0
        assert result.stderr.count("is read as") == 1
        assert reading in result.stderr


def test_brackets_end_the_doubt():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in ("sin(x)/2", "sin(x/2)", "exp(-x)", "sin(x^2)", "sin(x)^2", "sqrt(2x)", "sqrt(2) x", "log(x y)"):
            function(text)
