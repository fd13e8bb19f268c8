"""Writes a caption on a finished picture."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gdviz.caption import Caption
from gdviz.colours import INK, QUIET_INK

Font = ImageFont.FreeTypeFont


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
    title_font = _fitting(caption.title, layout.title, room)
    draw.text((layout.margin, layout.margin), caption.title, font=title_font, fill=INK, anchor="lt")
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


def _fitting(text: str, size: int, room: float) -> Font:
    while size > 6 and font_for(text, size).getlength(text) > room:
        size -= 1
    return font_for(text, size)


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
