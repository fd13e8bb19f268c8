"""A file's size as a person writes it: `8MB`, `500kB` or a number of bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import BeforeValidator

from gdviz.description.limits import MIN_FILM_SIZE
from gdviz.description.tables import Whole, refusal
from gdviz.errors import nearest, shorten

UNITS: Mapping[str, int] = MappingProxyType(
    {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
)
"""How many bytes each unit is."""

_BY_LOWER = {unit.lower(): unit for unit in UNITS}


def _bytes(value: object) -> object:
    """Return the number of bytes that a number, or a number with a unit, means; what is neither is passed on."""
    if not isinstance(value, str | int | float):
        return value
    text = str(value).lower() if isinstance(value, bool) else str(value).strip()
    found = re.fullmatch(r"(-?\d{1,12}(?:\.\d{1,12})?) *([a-z]*)", text, flags=re.ASCII | re.IGNORECASE)
    unit = (found[2] or "B").lower() if found else ""
    if found is None or unit not in _BY_LOWER:
        close = nearest(unit, _BY_LOWER) if found else None
        raise refusal(
            f"a file's size is a number with one of the units {', '.join(UNITS)}, such as 8MB, not {shorten(text)}"
            + (f"; did you mean {found[1]}{_BY_LOWER[close]}?" if found and close else "")
        )
    size = round(float(found[1]) * UNITS[_BY_LOWER[unit]])
    if size < MIN_FILM_SIZE:
        raise refusal(f"no film has less than {MIN_FILM_SIZE // 1000} kB, so it cannot be held to {shorten(text)}")
    return size


FileSize = Annotated[Whole, BeforeValidator(_bytes, json_schema_input_type=Whole | str)]
