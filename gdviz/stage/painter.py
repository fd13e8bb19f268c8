"""Paints marks: lines and discs, smooth since they are painted magnified, then texts."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from gdviz.picture.colors import BACKGROUND
from gdviz.picture.lettering import font_for, title_ink
from gdviz.picture.marks import Dot, Label, Line, Mark, Title

SUPERSAMPLING = 3


class Ground:
    """A picture's marks that do not change, kept magnified; others are painted on a copy of it."""

    def __init__(self, size: tuple[int, int], marks: Sequence[Mark]) -> None:
        width, height = size
        self._marks = tuple(marks)
        self._canvas = Image.new("RGB", (width * SUPERSAMPLING, height * SUPERSAMPLING), BACKGROUND)
        _paint(self._canvas, self._marks)

    def with_marks(self, marks: Sequence[Mark]) -> Image.Image:
        """Return a picture with marks on the ground, all texts on top."""
        canvas = self._canvas.copy()
        _paint(canvas, marks)
        picture = canvas.reduce(SUPERSAMPLING)
        write(picture, [*self._marks, *marks])
        return picture


def write(picture: Image.Image, marks: Sequence[Mark]) -> None:
    """Write the texts among marks on a picture, at its own size."""
    draw = ImageDraw.Draw(picture)
    for mark in marks:
        match mark:
            case Label(text, place, size, color, anchor, font_of) if text:
                font = font_for(text if font_of is None else font_of, round(size))
                draw.text((place[0], place[1]), text, font=font, fill=color, anchor=anchor)
            case Title(text, (x, baseline), size, color, room, highest):
                ink = title_ink(text, size, room, color)
                ink.lay_on(picture, x, max(baseline, highest - ink.top))


def _paint(canvas: Image.Image, marks: Sequence[Mark]) -> None:
    """Paint the lines and discs among marks, magnified."""
    draw = ImageDraw.Draw(canvas)
    for mark in marks:
        match mark:
            case Line(points, color, width):
                across = max(1, round(width * SUPERSAMPLING))
                corners = [(float(x), float(y)) for x, y in points * SUPERSAMPLING]
                draw.line(corners, fill=color, width=across, joint="curve")
                if across > 2 * SUPERSAMPLING:
                    for x, y in (corners[0], corners[-1]):  # round ends
                        draw.circle((x, y), across / 2, fill=color)
            case Dot(centre, radius, color, None):
                draw.circle(tuple(centre * SUPERSAMPLING), radius * SUPERSAMPLING, fill=color)
            case Dot(centre, radius, color, ring):
                across = max(1, round((ring or 1) * SUPERSAMPLING))
                draw.circle(tuple(centre * SUPERSAMPLING), radius * SUPERSAMPLING, outline=color, width=across)
