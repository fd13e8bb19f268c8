"""What is written on a frame: a title at the top left, and labelled numbers along the bottom."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gdviz.picture.layout import CaptionSizes, Layout
from gdviz.picture.lettering import SMALLEST, text_width
from gdviz.picture.marks import Label, Mark, Title
from gdviz.picture.themes import Rgb, Theme

CAPITALS = 0.72  # how high capital letters are, as a share of the letters' size
NEAREST = 1.2  # of the letters' size, from one number to the next label, at least
HIGHEST = 2.5  # how high a title may be, of its letters' size


@dataclass(frozen=True)
class Readout:
    """A labelled number.

    Attributes
    ----------
    label, value
        What is written.
    widest
        The longest value that the film will show here, so that what stands to its right never moves.

    """

    label: str
    value: str
    widest: str

    @property
    def font_of(self) -> str:
        """The text whose font the value has in all frames."""
        return self.label + self.widest


@dataclass(frozen=True)
class Caption:
    """A title, and the numbers below the picture."""

    title: str
    readouts: tuple[Readout, ...]


def caption_marks(caption: Caption, layout: Layout, theme: Theme) -> list[Mark]:
    """Return a caption's marks; numbers that are too many for the picture are nearer to each other, and smaller."""
    sizes = layout.caption
    _, height = layout.size
    room = layout.numbers_end - sizes.margin
    marks: list[Mark] = [title_mark(caption.title, sizes, layout.title_end, theme.ink)]
    size = sizes.text
    while size > SMALLEST and _width(caption, layout, size, round(NEAREST * size)) > room:
        size -= 1
    over = _width(caption, layout, size, sizes.column) - room
    column = max(sizes.gap, sizes.column - max(0.0, over / max(1, len(caption.readouts) - 1)))
    x, base = float(sizes.margin), height - sizes.margin
    for each in caption.readouts:
        marks.append(Label(each.label, np.array([x, base]), size, theme.quiet_ink, "ls"))
        x += text_width(each.label, size) + sizes.gap
        marks.append(Label(each.value, np.array([x, base]), size, theme.ink, "ls", font_of=each.font_of))
        x += text_width(each.widest, size, font_of=each.font_of) + column
    return marks


def title_mark(title: str, sizes: CaptionSizes, end: int, color: Rgb) -> Title:
    """Return the title of a picture, which may reach so far right, in pixels."""
    return Title(
        title,
        (sizes.margin, sizes.margin + round(CAPITALS * sizes.title)),
        sizes.title,
        color,
        room=(end - sizes.margin, round(HIGHEST * sizes.title)),
        highest=sizes.margin // 3,
    )


def _width(caption: Caption, layout: Layout, size: int, column: float) -> float:
    """Return how long the line of numbers is in pixels, at a size of its letters, so far apart."""
    widths = [
        text_width(each.label, size) + layout.caption.gap + text_width(each.widest, size, font_of=each.font_of)
        for each in caption.readouts
    ]
    return sum(widths) + column * (len(widths) - 1)


def fixed(number: float, span: float = 1.0, *, none: str) -> str:
    """Return a number with two decimals, and never a zero with a minus sign.

    One that has no end of digits before the point, or is one of a `span` too small for two after it, has three digits.
    Where there is no number, as for the slope at the tip of a cone, the text is `none`.
    """
    if not math.isfinite(number):
        return none
    if abs(number) >= 1e7 or (span < 0.1 and number):
        return f"{number:.3g}"
    text = f"{number:.2f}"
    return text.lstrip("-") if float(text) == 0 else text
