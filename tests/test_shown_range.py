"""Which values a picture has room for."""

from __future__ import annotations

from typing import Any

import pytest

from gdviz.extent import HUGE, Extent
from gdviz.functions import CATALOGUE, Function, function
from gdviz.terrain.shown_range import shown_values

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
