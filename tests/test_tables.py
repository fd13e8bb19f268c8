"""Tables on a narrow terminal: nothing that they hold is cut."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console
from rich.table import Table

from gdviz.cli.keys import description_keys, keys_table
from gdviz.cli.report import catalogue_table, function_table
from gdviz.functions import CATALOGUE, function


def printed(table: Table, width: int) -> str:
    """Return a table's last column as a terminal of so many columns shows it, without borders and blanks."""
    stream = io.StringIO()
    Console(file=stream, width=width, highlight=False).print(table, markup=False)
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    return "".join(re.sub(r"^\s*│[^│]*│|[│\s]", "", line) for line in lines)


@pytest.mark.parametrize("width", [120, 80, 60])
def test_every_function_is_listed_with_its_whole_formula_extent_and_first_minima(width: int):
    shown = printed(catalogue_table(CATALOGUE), width)
    assert "…" not in shown
    for each in CATALOGUE:
        minima = ",".join("(" + ",".join(f"{c:.6g}" for c in minimum) + ")" for minimum in each.minima[:4])
        extent = "x".join(f"[{low:g},{high:g}]" for low, high in each.extent.sides)
        assert f"{each.expression.replace(' ', '')}{extent},minima:{minima}" in shown


@pytest.mark.parametrize("text", ["cross-in-tray", "goldstein-price", "+".join(["x^2"] * 50)])
def test_a_function_is_shown_with_its_whole_formula(text: str):
    shown = printed(function_table(function(text)), 80)
    assert function(text).expression.replace(" ", "") in shown
    assert function(text).formula.replace(" ", "") in shown


def test_the_keys_of_a_description_are_listed_with_what_they_mean():
    stream = io.StringIO()
    Console(file=stream, width=80, highlight=False).print(keys_table(description_keys()), markup=False)
    for key in description_keys():
        assert key.description.endswith(".")
        assert f"│ {key.name} " in stream.getvalue()
        assert all(word in stream.getvalue() for word in key.description.split())
