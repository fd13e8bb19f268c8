"""Optimizers as tables for people and as plain data for `--json`. Nothing is printed here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from gdviz.cli.report import Shown, table_of
from gdviz.descent.optimizer import RANGES, SYMBOLS, Optimizer, meaning
from gdviz.descent.optimizers import optimizer
from gdviz.errors import InputError, shorten
from gdviz.formula import as_text, terms_of

_MATHS = re.compile(r"\$([^$]*)\$")


def optimizer_named(name: str) -> Optimizer:
    """Return the optimizer that a name or an alias is of.

    Raises
    ------
    InputError
        If there is none, or numbers follow the name.

    """
    alone, colon, _ = name.partition(":")
    if colon:
        raise InputError(f"the name alone is enough, as in {optimizer(alone).name}, not {shorten(name)}")
    return optimizer(name)


def optimizer_data(each: Optimizer) -> dict[str, Any]:
    """Return an optimizer as data."""
    return {
        "name": each.name,
        "title": each.title,
        "aliases": list(each.aliases),
        "summary": each.summary,
        "equations": list(each.equations),
        "takes_learning_rate": not each.searches,
        "hyperparameters": {
            name: {
                "default": default,
                "range": RANGES[name].bounds(),
                "symbol": SYMBOLS[name],
                "meaning": meaning(each.name, name),
            }
            for name, default in each.hyperparameters.items()
        },
        "source": each.source,
        "note": each.note or None,
    }


def optimizers_table(optimizers: Sequence[Optimizer]) -> Table:
    """Return a table of optimizers and what each does."""
    table = table_of("name", "what it is", "learning rate")
    table.columns[0].no_wrap = True
    for each in optimizers:
        also = f" (also {', '.join(each.aliases)})" if each.aliases else ""
        table.add_row(each.name, Text(f"{each.title}{also}\n{each.summary}"), "none" if each.searches else "yes")
    return table


def optimizer_lines(each: Optimizer, *, letters: bool) -> tuple[Shown, ...]:
    """Return lines about an optimizer: its equations, and all that is known about it.

    Parameters
    ----------
    letters
        Whether the output has Greek and small letters; equations are in LaTeX if it has not.

    """
    written: Callable[[str], str] = as_text if letters else lambda latex: latex
    terms = ", ".join(_MATHS.sub(lambda found: written(found[1]), term) for term in terms_of(each))
    equations = "".join(f"    {written(equation)}\n" for equation in each.equations)
    table = table_of("", "", box=None, show_header=False)
    rows = {
        "name": each.name,
        "aliases": ", ".join(each.aliases) or "none",
        "learning rate": "none: it finds how far to go itself" if each.searches else "tuned if absent",
        **{
            _label(name, written(SYMBOLS[name])): f"{default:g}, {RANGES[name].bounds()}\n{meaning(each.name, name)}"
            for name, default in each.hyperparameters.items()
        },
        "source": each.source,
        **({"note": each.note} if each.note else {}),
    }
    for label, text in rows.items():
        table.add_row(Text(label), Text(text))
    return f"{each.title}: {each.summary}\n\n{equations}\n    where {terms}\n", table


def _label(name: str, symbol: str) -> str:
    return name if symbol == name else f"{name} {symbol}"
