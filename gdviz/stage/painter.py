"""Paints marks: lines and discs, smooth since they are painted magnified, then texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from gdviz.picture.colors import BACKGROUND
from gdviz.picture.layout import Region
from gdviz.picture.lettering import font_for, title_ink
from gdviz.picture.marks import Dot, Label, Line, Mark, Title

SUPERSAMPLING = 3


class Ground:
    """The marks of a region that do not change, kept magnified; others are painted on a copy of them."""

    def __init__(self, region: Region, marks: Sequence[Mark]) -> None:
        left, top, right, bottom = region.box
        self._marks, self._corner = tuple(marks), (left, top)
        self._canvas = Image.new("RGB", ((right - left) * SUPERSAMPLING, (bottom - top) * SUPERSAMPLING), BACKGROUND)
        _paint(self._canvas, self._marks, self._corner)

    def with_marks(self, marks: Sequence[Mark]) -> Image.Image:
        """Return the region's picture with marks on the ground, all texts on top."""
        canvas = self._canvas.copy()
        _paint(canvas, marks, self._corner)
        picture = canvas.reduce(SUPERSAMPLING)
        write(picture, [*self._marks, *marks], self._corner)
        return picture


def write(picture: Image.Image, marks: Sequence[Mark], corner: tuple[int, int] = (0, 0)) -> None:
    """Write the texts among marks on a picture, at its own size, or on a part of it that has its corner there."""
    draw = ImageDraw.Draw(picture)
    left, top = corner
    for mark in marks:
        match mark:
            case Label(text, place, size, color, anchor, font_of) if text:
                font = font_for(text if font_of is None else font_of, round(size))
                draw.text((place[0] - left, place[1] - top), text, font=font, fill=color, anchor=anchor)
            case Title(text, (x, baseline), size, color, room, highest):
                ink = title_ink(text, size, room, color)
                ink.lay_on(picture, x - left, max(baseline, highest - ink.top) - top)


def _paint(canvas: Image.Image, marks: Sequence[Mark], corner: tuple[int, int]) -> None:
    """Paint the lines and discs among marks, magnified, on the part of a picture that has its corner there."""
    draw = ImageDraw.Draw(canvas)
    origin = np.array(corner)
    for mark in marks:
        match mark:
            case Line(points, color, width):
                across = max(1, round(width * SUPERSAMPLING))
                corners = [(float(x), float(y)) for x, y in (points - origin) * SUPERSAMPLING]
                draw.line(corners, fill=color, width=across, joint="curve")
                if across > 2 * SUPERSAMPLING:
                    for x, y in (corners[0], corners[-1]):  # round ends
                        draw.circle((x, y), across / 2, fill=color)
            case Dot(centre, radius, color, None):
                draw.circle(tuple((centre - origin) * SUPERSAMPLING), radius * SUPERSAMPLING, fill=color)
            case Dot(centre, radius, color, ring):
                across = max(1, round((ring or 1) * SUPERSAMPLING))
                place = tuple((centre - origin) * SUPERSAMPLING)
                draw.circle(place, radius * SUPERSAMPLING, outline=color, width=across)
