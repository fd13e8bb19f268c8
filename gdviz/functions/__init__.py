"""Functions to descend: a catalogue of named ones, and expressions in x and y."""

from __future__ import annotations

import re
import warnings

from gdviz.errors import ExpressionError, GdvizWarning, InputError, nearest, shorten
from gdviz.extent import Extent
from gdviz.functions.catalogue import BY_ANY_NAME, CATALOGUE, normalise
from gdviz.functions.expression import compile_expression
from gdviz.functions.function import Function

__all__ = ["CATALOGUE", "Function", "function", "nearest_name"]

EXPRESSION_SIDE = (-5.0, 5.0)

_LOOKS_LIKE_A_NAME = re.compile(r"[A-Za-z][\w .-]*")


def function(text: str) -> Function:
    """Return the function that `text` names or spells out.

    Parameters
    ----------
    text
        A catalogue name (`six-hump-camel`; underscores, spaces, capitals and aliases also resolve), or an expression
        in x, or in x and y (`"x**2 + 3*y**2"`).

    Raises
    ------
    InputError
        If it is neither; a near miss of a name is answered with the nearest one.

    """
    known = BY_ANY_NAME.get(normalise(text))
    if known is not None:
        return known
    expression = " ".join(text.split())  # on one line, since it becomes a title
    try:
        compiled = compile_expression(expression)
    except ExpressionError as error:
        if _LOOKS_LIKE_A_NAME.fullmatch(text.strip()) and len(text) < 100:
            close = nearest_name(text)
            if close is not None or (text.strip().isidentifier() and not error.cure):
                hint = f"did you mean '{close}'?" if close else "'gdviz functions' lists the known ones"
                raise InputError(f"unknown function {shorten(text)}; {hint}") from None
        raise
    if compiled.syntax.ambiguous:
        reading = shorten(compiled.understood, 200)
        warnings.warn(f"{shorten(expression)} is read as {reading}; brackets make it read otherwise", GdvizWarning, 2)
    extent = Extent(EXPRESSION_SIDE * len(compiled.variables))
    return Function(
        name=expression,
        title=expression.replace("**", "^").replace("*", "·"),
        expression=expression,
        dimension=len(compiled.variables),
        domain=extent,
        extent=extent,
    )


def nearest_name(text: str) -> str | None:
    """Return the catalogue name whose spelling, or whose alias's spelling, is nearest to `text`, if any is near."""
    close = nearest(normalise(text), BY_ANY_NAME)
    return BY_ANY_NAME[close].name if close else None
