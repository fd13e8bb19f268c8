"""Writes a caption on a finished picture."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gdviz.caption import Caption
from gdviz.colours import INK, QUIET_INK

Font = ImageFont.FreeTypeFont

_EXPONENT = re.compile(r"([^^]+|\^(?=\D|$))(?:\^(-?\d+))?")


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
    _write_title(draw, caption.title, layout, room)
    size = layout.text
    while size > 6 and _figures_width(caption, layout, size) > room:
        size -= 1
    x, base = float(layout.margin), height - layout.margin
    for figure in caption.figures:
        font = _font(size, plain=True)
        draw.text((x, base), figure.label, font=font, fill=QUIET_INK, anchor="ls")
        x += font.getlength(figure.label) + layout.gap
        draw.text((x, base), figure.value, font=font, fill=INK, anchor="ls")
        x += font.getlength(figure.widest) + layout.column


def _figures_width(caption: Caption, layout: _Layout, size: int) -> float:
    font = _font(size, plain=True)
    widths = [font.getlength(figure.label) + layout.gap + font.getlength(figure.widest) for figure in caption.figures]
    return sum(widths) + layout.column * (len(widths) - 1)


def _write_title(draw: ImageDraw.ImageDraw, title: str, layout: _Layout, room: float) -> None:
    """Write the title, smaller if it would be too long; exponents stand high, as in a formula."""
    size = layout.title
    while size > 6 and font_for(title, size).getlength(title) > room:
        size -= 1
    x, base = float(layout.margin), layout.margin + round(0.72 * size)
    for text, exponent in _EXPONENT.findall(title):
        draw.text((x, base), text, font=font_for(title, size), fill=INK, anchor="ls")
        x += font_for(title, size).getlength(text)
        if exponent:
            small = font_for(title, max(7, round(0.64 * size)))
            draw.text((x, base - round(0.34 * size)), exponent, font=small, fill=INK, anchor="ls")
            x += small.getlength(exponent)


def _plain(text: str) -> bool:
    return text.replace("·", "").isascii()


def font_for(text: str, size: int) -> Font:
    """Return the font that a text is written in, at a size in pixels."""
    return _font(size, plain=_plain(text))


@lru_cache(maxsize=64)
def _font(size: int, *, plain: bool) -> Font:
    """Return Pillow's own font, or for other alphabets the one that matplotlib brings, which knows many more."""
    spec = importlib.util.find_spec("matplotlib")
    if not plain and spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if path.exists():
            return ImageFont.truetype(str(path), size)
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
