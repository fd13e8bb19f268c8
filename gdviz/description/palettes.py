"""The key `palette`: a name of gdviz's own, or of any of matplotlib's colormaps."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from gdviz.description.choices import Palette
from gdviz.description.tables import refusal
from gdviz.errors import nearest, shorten


def _palette(value: object) -> object:
    """Return the name of a palette as it is spelt; what is no text is passed on."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.lower() in list(Palette):
        return text.lower()
    from gdviz.colormaps import find_colormap, is_ordered, nearest_colormap  # only now: they import matplotlib

    known = f"{', '.join(Palette)} or any colormap of matplotlib that goes from low to high, such as viridis"
    name = find_colormap(text)
    if name is None:
        close = nearest(text.lower(), Palette) or nearest_colormap(text)
        hint = f"; did you mean {close}?" if close else ""
        raise refusal(f"a palette is {known}, not {shorten(value)}{hint}")
    if not is_ordered(name):
        raise refusal(f"{name} is a list of colours without an order, and heights have one; a palette is {known}")
    return name


PaletteName = Annotated[
    str,
    BeforeValidator(_palette, json_schema_input_type=Palette | str),
    Palette,  # the words that it may be, for lists of what there is
]
