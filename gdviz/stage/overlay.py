"""Writes a caption on a finished picture."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

from gdviz.picture.caption import Caption
from gdviz.picture.colors import INK, QUIET_INK
from gdviz.stage.lettering import SMALLEST, font_for, title_ink

CAPITALS = 0.72  # how high capital letters are, as a share of the letters' size


@dataclass(frozen=True)
class _Layout:
    """Sizes in pixels, for one height of picture."""

    margin: int
    title: int
    text: int
    gap: int
    column: int

    @classmethod
    def of(cls, size: tuple[int, int]) -> _Layout:
        unit = min(size[1] / 720, size[0] / 900)
        return cls(
            round(36 * unit), max(11, round(30 * unit)), max(9, round(19 * unit)), round(8 * unit), round(34 * unit)
        )


def write_caption(picture: Image.Image, caption: Caption) -> None:
    """Write the title at the top left and the figures along the bottom; a line that is too long is made smaller."""
    layout = _Layout.of(picture.size)
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    room = width - 2 * layout.margin
    _write_title(picture, caption.title, layout, room)
    size = layout.text
    while size > SMALLEST and _figures_width(caption, layout, size) > room:
        size -= 1
    x, base = float(layout.margin), height - layout.margin
    for figure in caption.figures:
        font = font_for(figure.label, size)
        draw.text((x, base), figure.label, font=font, fill=QUIET_INK, anchor="ls")
        x += font.getlength(figure.label) + layout.gap
        draw.text((x, base), figure.value, font=font, fill=INK, anchor="ls")
        x += font.getlength(figure.widest) + layout.column


def _figures_width(caption: Caption, layout: _Layout, size: int) -> float:
    widths = [
        font_for(figure.label, size).getlength(figure.label)
        + layout.gap
        + font_for(figure.label, size).getlength(figure.widest)
        for figure in caption.figures
    ]
    return sum(widths) + layout.column * (len(widths) - 1)


def _write_title(picture: Image.Image, title: str, layout: _Layout, room: int) -> None:
    """Write the title, smaller if it would be too long or too high; one that is high reaches further down."""
    ink = title_ink(title, layout.title, (room, round(2.5 * layout.title)), INK)
    highest = layout.margin // 3
    ink.lay_on(picture, layout.margin, max(layout.margin + round(CAPITALS * layout.title), highest - ink.top))
