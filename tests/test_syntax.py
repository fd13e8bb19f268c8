"""What an expression may consist of, and what is said of the rest."""

from __future__ import annotations

import pytest

from gdviz.errors import ExpressionError
from gdviz.functions import function
from gdviz.functions.spelling import MAX_DEPTH
from gdviz.functions.syntax import MAX_CHARACTERS, parse


def refusal(text: str) -> str:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the expression is empty; write one in x and y, for example 'x**2 + 3*y**2'"),
        (" \t", "the expression is empty; write one in x and y, for example 'x**2 + 3*y**2'"),
        ("2 + pi", "the expression contains neither x nor y, so there is nothing to descend"),
        ("x < y", "'x < y' compares, and is not a height; write where(x < y, 1, 0) for one"),
        ("x/0", "'x / 0' divides by zero"),
        ("x/(1 - 1)", "'x / (1 - 1)' divides by zero"),
        ("x + 1/0", "'1 / 0' divides by zero"),
        ("x^101", "the exponent 101 is too large; at most 100 is accepted"),
        ("x^(0-101)", "the exponent -101 is too large; at most 100 is accepted"),
        (
            "(0-2)^x",
            "'(0 - 2) ** x' has no derivative anywhere: what is raised to a power that varies must be positive",
        ),
        ("0^x", "'0 ** x' has no derivative anywhere: what is raised to a power that varies must be positive"),
        ("x + 1e101", "the constant '1e+101' is not a real number of at most 1e+100 in magnitude"),
        ("x + 1e60*1e60", "the constant '1e+60 * 1e+60' is not a real number of at most 1e+100 in magnitude"),
        ("x + log(0-1)", "the constant 'log(0 - 1)' is not a real number of at most 1e+100 in magnitude"),
        ("x + (0-1)^0.5", "the constant '(0 - 1) ** 0.5' is not a real number of at most 1e+100 in magnitude"),
        ("x + 1e-400", "the constant '1e-400' is smaller than any number that gdviz computes with, 2e-308"),
        ("x + 0.5E-400", "the constant '0.5E-400' is smaller than any number that gdviz computes with, 2e-308"),
        ("x + exp(0-900)", "the constant 'exp(0 - 900)' is smaller than any number that gdviz computes with, 2e-308"),
        (
            "x + 1e-200*1e-200",
            "the constant '1e-200 * 1e-200' is smaller than any number that gdviz computes with, 2e-308",
        ),
        ("sin(x, y)", "sin takes 1 argument(s), not 2; write it as in sin(x)"),
        ("min(x)", "min takes 2 argument(s), not 1; write it as in min(x, y)"),
        ("where(x, y, 1)", "'x' is no condition; compare it, as in x > 0"),
        ("where(x > 0 and y, y, 1)", "'y' is no condition; compare it, as in y > 0"),
        ("where(not x, y, 1)", "'x' is no condition; compare it, as in x > 0"),
        ("piecewise(x, x, y)", "'x' is no condition; compare it, as in x > 0"),
        ("piecewise(x > 0, x, y, 1, 0)", "'y' is no condition; compare it, as in y > 0"),
        *(
            (
                text,
                "piecewise takes conditions and values by turns, and what holds elsewhere, "
                "as in piecewise(x > 0, x, y > 0, y, 0)",
            )
            for text in ("piecewise(x)", "piecewise(x > 0, x)", "piecewise(x > 0, x, y > 0, y)")
        ),
    ],
)
def test_what_is_not_accepted_is_told_in_a_sentence(text: str, sentence: str):
    assert refusal(text) == sentence


@pytest.mark.parametrize(
    "text",
    ["x^100", "x^(0-100)", "x + 1e100", "x + 0", "x + 0.0", "x + 0e5", "x + 0*1e-200", "x + 3e-308", "2^x", "0.5^x",
     "x + 1e-200*0", "x*1e-200*1e-200", "x + 0^2", "x + (1-1)*3", "x/1e-300"],
)  # fmt: skip
def test_what_is_at_a_limit_is_accepted(text: str):
    assert parse(text).variables == ("x",)


def test_an_expression_may_have_so_many_characters_parts_and_levels_and_no_more():
    assert parse("x" + " " * (MAX_CHARACTERS - 1))
    assert refusal("x" + " " * MAX_CHARACTERS).startswith("the expression has 2,001 characters; at most 2,000 are ")
    assert refusal("+".join("x" * 65)).startswith("the expression is nested more than 60 levels deep")
    level = "min(" * (MAX_DEPTH // 2) + "x" + ", 1)" * (MAX_DEPTH // 2)
    assert parse(level)
    assert refusal("sin(" * MAX_DEPTH + "x" + ")" * MAX_DEPTH) == (
        "the expression is nested more than 60 levels deep; write it more simply, and a long sum as several in brackets"
    )


def balanced(parts: int) -> str:
    """Return a sum of so many x, nested as little as can be; it has twice as many parts, less one."""
    if parts == 1:
        return "x"
    return f"({balanced(parts // 2)}+{balanced(parts - parts // 2)})"


def test_an_expression_may_have_250_parts():
    assert parse(balanced(125))  # 249
    assert parse(f"-{balanced(125)}")  # 250
    assert refusal(f"--{balanced(125)}") == "the expression has 251 parts; at most 250 are accepted"


@pytest.mark.parametrize(
    ("text", "below", "inside", "above"),
    [
        ("where(0 < x < 1, x, 5)", 5, 0.5, 5),
        ("where(0 < x and x < 1, x, 5)", 5, 0.5, 5),
        ("where(x < 0 or x > 1 or x == 0.7, x, 5)", -2, 5, 2),
        ("where(not (0 < x < 1), x, 5)", -2, 5, 2),
        ("where(x > 0 and x < 1 and x != 0.7, x, 5)", 5, 0.5, 5),
        ("where(x >= 0.5 and x <= 0.5, 7, x)", -2, 7, 2),
        ("piecewise(x < 0, 1, x < 1, 2*x, x > 5, 8, 3)", 1, 1, 3),
        ("x if x < 0 else 4 if x < 1 else 9", -2, 4, 9),
        ("where(1 < 2, x, 5)", -2, 0.5, 2),
        ("where(2 < 1 or 3 < 2, 5, x)", -2, 0.5, 2),
    ],
)
def test_conditions_choose_as_they_read(text: str, below: float, inside: float, above: float):
    value = function(text).value
    assert [value(at) for at in (-2.0, 0.5, 2.0)] == [below, inside, above]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("x + where(y, 1, 2)", 10),
        ("x + 1/0", 4),
        ("1 + sin(x, y)", 4),
        ("x^2 + x^101", 6),
        ("x + where(x > 0 and y, y, 1)", 20),
    ],
)
def test_what_is_wrong_is_marked_where_it_stands(text: str, at: int):
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    assert refused.value.text == text
    assert refused.value.at == at
