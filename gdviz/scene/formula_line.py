"""The function's formula as a line under the title."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from gdviz.description.limits import times
from gdviz.description.resolved import Resolved
from gdviz.errors import GdvizWarning, InputError
from gdviz.picture.caption import HIGHEST, title_mark
from gdviz.picture.layout import caption_sizes, layout_of, main_width, title_end
from gdviz.picture.lettering import title_ink, title_size
from gdviz.picture.marks import Mark, Title
from gdviz.picture.sharing import EVEN, Sharing, race_sharing
from gdviz.picture.themes import Theme

READABLE = 9  # pixels: the smallest letters of a formula, whose exponents are smaller still
ANY_COLOR = (0, 0, 0)  # where only sizes count
LOWEST = 0.5  # of the main view's height, that the title and the formula take at most
LEADING = 0.35  # of the formula's letters' size, between the title and the formula


@dataclass(frozen=True)
class FormulaLine:
    """A formula in one line, or what keeps it from being written.

    Attributes
    ----------
    text
        The formula between dollar signs; empty if there is nothing to be written.
    left, top
        Its upper left corner in pixels.
    size
        Of its letters, in pixels.
    room
        How wide and how high it may be.
    bottom
        Where it ends, in pixels.
    problem
        Why a formula that is asked for is left out; empty if it is not.

    """

    text: str = ""
    left: int = 0
    top: int = 0
    size: int = 0
    room: tuple[int, int] = (0, 0)
    bottom: int = 0
    problem: str = ""

    def marks(self, theme: Theme) -> list[Mark]:
        """Return what it is painted with."""
        # No baseline is as high as the picture's top: the formula begins where it may begin.
        return [Title(self.text, (self.left, 0), self.size, theme.quiet_ink, self.room, self.top)] if self.text else []


def build_formula_line(resolved: Resolved) -> FormulaLine:
    """Return the line that a description asks for, as large as fits beside its panels."""
    if not resolved.formula:
        return FormulaLine()
    from gdviz.formula import formula_line  # imported here since it takes time

    formula = formula_line(resolved.objective)
    if formula is None:
        return FormulaLine(problem="this function has no formula, so none is written")
    sizes, text = caption_sizes(resolved.size), f"${formula}$"
    sharing = panel_sharing(resolved)
    room = (main_width(resolved.size, len(resolved.panels), sharing) - 2 * sizes.margin, round(HIGHEST * sizes.formula))
    try:
        size = title_size(text, sizes.formula, room)
        ink = title_ink(text, size, room, ANY_COLOR)
    except InputError as error:
        return FormulaLine(problem=f"{error}, so it is left out")
    where = f"in a picture of {times(resolved.size)} pixels"
    if size < READABLE or ink.width > room[0]:
        return FormulaLine(problem=f"the formula is too long to be read {where}, so it is left out")
    top = sizes.margin
    if resolved.caption and resolved.title:
        end = title_end(resolved.size, len(resolved.panels), sharing)
        title = title_mark(resolved.title, sizes, end, ANY_COLOR)
        drawn = title_ink(title.text, title.size, title.room, title.color)
        top = max(title.place[1], title.highest - drawn.top) + drawn.top + drawn.picture.height
        top += round(LEADING * size)
    bottom = top + ink.picture.height
    layout = layout_of(resolved.size, resolved.view, len(resolved.panels), sharing=sharing)
    if bottom > LOWEST * layout.main.region.bottom:
        return FormulaLine(problem=f"there is no room for the formula {where}, so it is left out")
    return FormulaLine(text, sizes.margin, top, size, room, bottom)


def panel_sharing(resolved: Resolved) -> Sharing:
    """Return how the panels share the room."""
    return race_sharing(resolved.panels) if resolved.is_race else EVEN


def warn_of_formula(resolved: Resolved) -> None:
    """Issue a GdvizWarning if a formula that is asked for is left out."""
    if problem := build_formula_line(resolved).problem:
        warnings.warn(problem, GdvizWarning, stacklevel=3)
