"""What an animation leaves out and that depends on its function: its starts, its title, and what suits both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gdviz.description.choices import NamedBackground, ThemeName, View
from gdviz.description.limits import MAX_TITLE
from gdviz.description.tables import GradientField, Starts
from gdviz.errors import InputError
from gdviz.extent import Extent
from gdviz.functions.objective import Objective
from gdviz.landscapes.paths import RecordedPath

GRID = (20, 20)  # starts of a surface
PLACE = (0.09, 0.31)  # a single start, as shares of the extent: not in the middle nor on an axis of symmetry
TRIED = (25, 25)  # grid on which another start is looked for if f is undefined there


def default_starts(view: View, extent: Extent, objective: Objective, *, several: bool) -> Starts:
    """Return a grid for a surface if there may be `several`, and one point for other views.

    If f is undefined at that point, another is chosen from a grid.
    """
    if several and (view in (View.SURFACE, View.MAP) or (view is View.LOSS and extent.dimension == 2)):
        return Starts(grid=GRID)
    shares = PLACE[: extent.dimension]
    point = [low + share * (high - low) for (low, high), share in zip(extent.sides, shares, strict=True)]
    places = extent.grid(TRIED[: extent.dimension])
    defined = places[np.isfinite(objective.value(*places.T))]
    if len(defined) and not np.isfinite(objective.value(*point)):
        point = defined[int(PLACE[1] * len(defined))].tolist()
    return Starts(points=(tuple(point),))


def start_of(paths: Sequence[RecordedPath]) -> Starts:
    """Return where the first of recorded paths begins."""
    x, y = paths[0].points[0].tolist()
    return Starts(points=((x, y),))


def whole_field(field: GradientField, extent: Extent) -> GradientField:
    """Return the field with an extent: that which is drawn, if it has none of its own."""
    own = Extent(field.extent or extent.numbers)
    if not extent.contains(own.grid(field.grid)).any():
        raise InputError("no arrow of the field is in the extent that is drawn; choose another field.extent")
    return field.model_copy(update={"extent": own.numbers})


def shortened_title(title: str) -> str:
    """Return a function's title as far as a caption has room for one."""
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 3]}..."


def suitable_theme(background: str) -> ThemeName:
    """Return the light theme for a colour on which black is easier to read than white, as WCAG 2 has it."""
    if background in list(NamedBackground):
        return ThemeName.DARK
    red, green, blue = ((byte / 255) ** 2.2 for byte in bytes.fromhex(background.removeprefix("#")))
    return ThemeName.LIGHT if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else ThemeName.DARK
