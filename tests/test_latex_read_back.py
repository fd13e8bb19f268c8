"""LaTeX as papers write it, and as gdviz prints it, is read: what is printed of an expression has its values."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest

from gdviz.errors import ExpressionError
from gdviz.formula import formula_of
from gdviz.functions import CATALOGUE, Function, function
from gdviz.functions.expression import Compiled, compile_expression
from gdviz.functions.known import KNOWN_FUNCTIONS

X, Y = (grid.ravel() for grid in np.meshgrid([0.37, -2.3, 3.1, -0.7, 1.0], [1.9, 0.71, -0.4, 1.0]))

PAPERS = {
    r"\frac12 x": "x/2",
    r"\frac1x": "1/x",
    r"\frac x2 + \frac{1}2 y + \frac2{y}": "x/2 + y/2 + 2/y",
    r"\frac\pi4 x": "pi/4*x",
    r"\dfrac{x}{\tfrac{y}{2}}": "x/(y/2)",
    r"\cfrac{1}{1 + \cfrac{1}{x}}": "1/(1 + 1/x)",
    r"e^\frac12 x": "e^0.5*x",
    r"\sqrt[3]{x}": "cbrt(x)",
    r"\sqrt[2]{x + 9}": "sqrt(x + 9)",
    r"\log_{10}(x + 9) + \log_2 {(y + 2)}": "log10(x + 9) + log2(y + 2)",
    r"\log_e (x + 9) \ln(y + 9)": "log(x + 9)*log(y + 9)",
    r"\begin{cases} x & x > 0 \\ -y & \text{otherwise} \end{cases}": "where(x > 0, x, -y)",
    r"\begin{cases} x^2, & \text{if } x \ge 1, \\ 2x, & \text{if } 0 \leq x < 1, \\ 0, & \text{else.} \end{cases}": (
        "piecewise(x >= 1, x^2, 0 <= x < 1, 2*x, 0)"
    ),
    r"2 + \begin{cases} 1 & \text{for } x = 1 \\ \frac{x}{2} & y \neq 1 \text{ and } x < 1 \\ y \\ \end{cases} x": (
        "2 + piecewise(x == 1, 1, y != 1 and x < 1, x/2, y)*x"
    ),
    r"\begin{dcases} \begin{cases} 1 & y > 0 \\ 2 & \text{otherwise} \end{cases} & x > 0 \\ y \end{dcases}": (
        "where(x > 0, where(y > 0, 1, 2), y)"
    ),
    r"\left|x\right| + \lvert y \rvert \bigl| x y \bigr|": "abs(x) + abs(y)*abs(x*y)",
    r"\left| x \left| y \right| - 1 \right|": "abs(x*abs(y) - 1)",
    r"\lvert x\lvert y\rvert\rvert": "abs(x*abs(y))",
    r"\operatorname{sgn}(x) + \operatorname*{erf} x": "sign(x) + erf(x)",
    r"\mathrm{e}^{-\mathbf{x}^2}\,\mathrm{sin}\!\left( x_{1}\;x_{2} \right)": "e^(-x^2)*sin(x*y)",
    r"2 \cdot x \times y \quad + \ 1": "2*x*y + 1",
    r"\exp\left(-x^2\right) \ln (y + 9)": "exp(-x^2)*log(y + 9)",
    r"$e^{-x^{2}} \pi$": "e^(-x^2)*pi",
    r"$$f(x, y) = x^2 + y$$": "x^2 + y",
    r"\( f(x_1, x_2) = x_1^2 + x_2^2 \)": "x^2 + y^2",
    r"f(x,\,y) = \cos 2\pi x + y": "cos(2*pi*x) + y",
    r"f(\mathbf{x}) = x_1^2 + x_2^2": "x^2 + y^2",
    r"\[ f\left(x_{1}, x_{2}\right) = x_{1}^{2} x_{2} \]": "x^2*y",
    r"\left(x \le y\right) + (x \geq 1)": "(x <= y) + (x >= 1)",
    r"\lfloor x \rfloor + \left\lceil y \right\rceil": "floor(x) + ceil(y)",
    r"\min(x, y) + \max\{0, x\} + \max\left\{x, y\right\}": "min(x, y) + max(0, x) + max(x, y)",
    r"x \bmod 2 + (y \;\mathrm{mod}\; 2)": "mod(x, 2) + mod(y, 2)",
    r"\operatorname{mod}(x, y)": "mod(x, y)",
    r"\sin^2 x + \cos^{2}{\left(y\right)} + \cosh^{y + 1}(x)": "sin(x)^2 + cos(y)^2 + cosh(x)^(y + 1)",
    r"\bigl(x + 1\bigr)^{2} \displaystyle \Bigg(y\Bigg)": "(x + 1)^2*y",
    r"x \text{ if } y = 1 \text{ else } 0": "where(y == 1, x, 0)",
    r"\left\lvert2x\right\rvert y": "abs(2*x)*y",
    r"\begin{cases} 1 & \lnot (x > 0 \land y > 0) \lor x > 3 \\ 0 & \text{otherwise} \end{cases}": (
        "where(not (x > 0 and y > 0) or x > 3, 1, 0)"
    ),
}


def values(text: str) -> np.ndarray:
    parsed = function(text)
    return parsed.value(*(X, Y)[: parsed.dimension])


@pytest.mark.parametrize("text", PAPERS)
def test_latex_as_papers_write_it_is_read(text: str):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(values(text), values(PAPERS[text]), rtol=1e-13, atol=1e-13)


ONE_ARGUMENT = [name for name, known in KNOWN_FUNCTIONS.items() if known.arity == 1]
TWO_ARGUMENTS = [name for name, known in KNOWN_FUNCTIONS.items() if known.arity == 2]
EXPONENTS = ("2", "3", "-1", "-2", "0.5", "-0.5", "1/3", "x", "-x", "y+1", "2-1")


def random_condition(rng: random.Random, size: int) -> str:
    """Return a condition on x and y."""
    kind, half = rng.random(), size // 2
    if kind < 0.6:
        sign = rng.choice(("<", "<=", ">", ">=", "==", "!="))
        return f"{rng.choice('xy')} {sign} {random_expression(rng, half)}"
    if kind < 0.7:
        return f"0 < {rng.choice('xy')} <= {random_expression(rng, half)}"
    if kind < 0.8:
        return f"not ({random_condition(rng, half)})"
    return f"({random_condition(rng, half)}) {rng.choice(('and', 'or'))} ({random_condition(rng, half)})"


def random_expression(rng: random.Random, size: int) -> str:
    """Return an expression with about so many parts, and every function and form that can be written."""
    if size <= 1:
        return rng.choice(("x", "y", "x", "y", "2", "3", "0.5", "10", "pi", "e", "1e-3", "7"))
    kind, half, third = rng.random(), size // 2, size // 3
    if kind < 0.3:
        return f"{rng.choice(ONE_ARGUMENT)}({random_expression(rng, size - 1)})"
    if kind < 0.4:
        return f"{rng.choice(TWO_ARGUMENTS)}({random_expression(rng, half)}, {random_expression(rng, half)})"
    one, two, three = (random_expression(rng, third) for _ in range(3))
    condition, other = random_condition(rng, half), random_condition(rng, third)
    if kind < 0.52:
        return rng.choice(
            (
                f"where({condition}, {one}, {two})",
                f"({one} if {condition} else {two})",
                f"piecewise({condition}, {one}, {other}, {two}, {three})",
                f"({condition})*({one})",
            )
        )
    if kind < 0.57:
        return f"-({random_expression(rng, size - 1)})"
    if kind < 0.65:
        return f"({random_expression(rng, size - 1)})^({rng.choice(EXPONENTS)})"
    return f"({random_expression(rng, half)}){rng.choice('+-*/')}({random_expression(rng, size - half)})"


def evaluated(compiled: Compiled, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return compiled.value(*(x, y)[: len(compiled.variables)])


def assert_same(text: str, compiled: Compiled, again: Compiled, latex: str) -> int:
    """Compare the values where they do not hang on the last digit; return at how many places that is."""
    assert again.variables == compiled.variables, (text, latex)
    value = evaluated(compiled, X, Y)
    nearby = [evaluated(compiled, X * factor, Y * factor) for factor in (1 - 1e-12, 1 + 1e-12)]
    with np.errstate(all="ignore"):
        sure = ~np.isinf(value) & np.all(
            [np.isclose(each, value, rtol=1e-7, atol=1e-9, equal_nan=True) for each in nearby], axis=0
        )
        same = np.isclose(evaluated(again, X, Y), value, rtol=1e-6, atol=1e-8, equal_nan=True)
    assert (same | ~sure).all(), (text, latex)
    return int(sure.sum())


@pytest.mark.parametrize("part", range(2))
def test_what_is_printed_of_a_random_expression_is_read_as_the_same(part: int):
    rng, compared = random.Random(part), 0
    for number in range(500):
        text = random_expression(rng, rng.randint(2, 14))
        try:
            compiled = compile_expression.__wrapped__(text)
        except ExpressionError:
            continue
        shown = Function("", "", text, len(compiled.variables), *(CATALOGUE[0].domain,) * 2)
        textbook = [formula_of(shown)] if number % 40 == 0 else []  # which takes long to break into lines
        for latex in (compiled.formula, *textbook):
            try:
                again = compile_expression.__wrapped__(latex)
            except ExpressionError as error:
                assert "divides by zero" in str(error), (text, latex, error)  # as factors are rearranged
                continue
            compared += assert_same(text, compiled, again, latex)
            assert not again.syntax.ambiguous, (text, latex)
    assert compared > 5_000


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.name)
def test_what_is_printed_of_a_named_function_is_read_as_the_same(each: Function):
    assert_same(each.name, each._compiled, compile_expression(each.formula), each.formula)
    read = compile_expression(formula_of(each))  # which shows seven digits of a number
    np.testing.assert_allclose(evaluated(read, X, Y), evaluated(each._compiled, X, Y), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", KNOWN_FUNCTIONS)
def test_every_function_is_read_back(name: str):
    arguments = {1: "x/4", 2: "x, y", 3: "x > y, x, y"}[KNOWN_FUNCTIONS[name].arity]
    for text in (f"{name}({arguments})", f"{name}({arguments})^y*x*2", f"2 - 1/{name}({arguments})^2"):
        compiled = compile_expression(text)
        assert assert_same(text, compiled, compile_expression(compiled.formula), compiled.formula) > 5
