"""What of an expression's spelling is too deep or is left open, and where that is."""

from __future__ import annotations

import pytest

from gdviz.errors import ExpressionError
from gdviz.functions import function

NEVER_CLOSED = {
    r"\frac{x}{y": (7, "{", "}"),
    "{x": (0, "{", "}"),
    "2*(x+1": (2, "(", ")"),
    "sin(x": (3, "(", ")"),
    r"\left(x": (5, "(", ")"),
    "|x+1": (0, "|", "|"),
    "x^2^2^(y": (6, "(", ")"),
}
SINES, FRACTIONS = "sin(" * 61 + "x" + ")" * 61, r"\frac{1}{" * 61 + "x" + "}" * 61
TOO_DEEP = {
    "(" * 201 + "x" + ")" * 201: (200, "brackets are nested more than 200 levels deep", "take needless ones away"),
    SINES: (4 * 60 + 3, "it is nested more than 60 levels deep", "write it more simply"),
    FRACTIONS: (9 * 60 + 5, "it is nested more than 60 levels deep", "write it more simply"),
}


def refusal(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as refused:
        function(text)
    return refused.value


@pytest.mark.parametrize("text", NEVER_CLOSED)
def test_what_is_never_closed_is_named_with_its_place_and_what_closes_it(text: str):
    at, opened, closing = NEVER_CLOSED[text]
    error = refusal(text)
    assert str(error) == f"'{text}' is not an expression: the {opened} is never closed; add {closing}".replace(
        "\\", r"\\"
    )
    assert (error.at, error.text) == (at, text)


@pytest.mark.parametrize("text", TOO_DEEP, ids=["brackets", "functions", "fractions"])
def test_what_is_too_deep_is_refused_where_it_becomes_so(text: str):
    at, reason, cure = TOO_DEEP[text]
    error = refusal(text)
    assert str(error).endswith(f"is not an expression: {reason}; {cure}")
    assert (error.at, error.text) == (at, text)


def test_as_deep_as_is_allowed_is_read_and_what_is_closed_no_longer_counts():
    assert function("(" * 199 + "x" + ")" * 199).value(3.0) == 3.0
    assert function("(" + "(" * 58 + "x" + ")" * 58 + ")" * 1).value(2.0) == 2.0
    side_by_side = "(" + " + ".join(["sin(x)"] * 12) + ")"
    assert function(" + ".join([side_by_side] * 4)).value(0.0) == 0.0
