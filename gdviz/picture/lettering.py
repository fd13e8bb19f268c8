"""Draws a line of text, emoji and mathematics as ink that is laid on a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from gdviz.description.title import Kind, Piece, title_pieces, title_text
from gdviz.letters import is_seen, runs_from_right
from gdviz.picture.fonts import Face, Run, can_shape, faces_for, runs
from gdviz.picture.themes import Rgb

Font = ImageFont.FreeTypeFont
Box = tuple[float, float, float, float]  # left, top, right and bottom, relative to a line's beginning on its baseline

REGULAR = 400  # the weight of a regular font: neither light nor bold
SMALLEST = 6  # pixels: a title is not made smaller to fit
EXPONENT_SIZE, EXPONENT_RISE = 0.64, 0.34  # shares of the letters' size
SMALLEST_EXPONENT = 7  # pixels


@dataclass(frozen=True)
class Ink:
    """A drawn line of text.

    Attributes
    ----------
    picture
        RGBA, transparent where nothing is drawn.
    left, top
        The position of the picture's top left corner relative to the line's beginning on its baseline, in pixels.
    width
        The line's length in pixels.

    """

    picture: Image.Image
    left: int
    top: int
    width: float

    def lay_on(self, picture: Image.Image, x: int, baseline: int) -> None:
        """Paste the line on a picture; it begins at `x` on the baseline."""
        picture.paste(self.picture, (x + self.left, baseline + self.top), self.picture)


@dataclass(frozen=True)
class _Letters:
    """Letters in one font, drawn at their own size."""

    text: str
    font: Font
    colored: bool
    direction: str | None
    rise: int

    @property
    def width(self) -> float:
        return self.font.getlength(self.text, direction=self.direction)

    @property
    def box(self) -> Box:
        left, top, right, bottom = self.font.getbbox(self.text, anchor="ls", direction=self.direction)
        return left, top - self.rise, right, bottom - self.rise

    def paint(self, canvas: Image.Image, x: float, baseline: int, color: Rgb) -> None:
        place = (x, baseline - self.rise)
        ImageDraw.Draw(canvas).text(
            place,
            self.text,
            fill=color,
            font=self.font,
            anchor="ls",
            direction=self.direction,
            embedded_color=self.colored,
        )


@dataclass(frozen=True)
class _Stencil:
    """A finished shape: RGBA, or L to be drawn in the ink's colour; `left`, `top` and `width` as for Ink."""

    shape: Image.Image
    left: int
    top: int
    width: float

    @property
    def box(self) -> Box:
        return self.left, self.top, self.left + self.shape.width, self.top + self.shape.height

    def paint(self, canvas: Image.Image, x: float, baseline: int, color: Rgb) -> None:
        place = (round(x) + self.left, baseline + self.top)
        if self.shape.mode == "L":
            canvas.paste((*color, 255), place, self.shape)
        else:
            canvas.alpha_composite(self.shape, place)


_Stroke = _Letters | _Stencil


@lru_cache(maxsize=8)
def title_ink(title: str, size: int, room: tuple[int, int], color: Rgb) -> Ink:
    """Return a title at a size in pixels, or smaller if it would be wider or higher than `room`."""
    return _inked(_strokes(title, title_size(title, size, room)), color)


def title_size(title: str, size: int, room: tuple[int, int]) -> int:
    """Return the size in pixels at which `title_ink` draws a title."""
    while True:
        ink = _inked(_strokes(title, size), (0, 0, 0))
        over = max(ink.width / room[0], ink.picture.height / room[1])
        if over <= 1 or size <= SMALLEST:
            return size
        size = max(SMALLEST, min(size - 1, floor(size / over)))


def text_width(text: str, size: int, font_of: str | None = None) -> float:
    """Return the length of a label in pixels, in its own font or in the font of another text."""
    return _width(text, faces_for(text if font_of is None else font_of)[0], size)


@lru_cache(maxsize=4096)  # most words stand on frame after frame
def _width(text: str, face: Face, size: int) -> float:
    return font_of(face, size).getlength(text)


def font_for(text: str, size: int) -> Font:
    """Return the font of most of a text, at a size in pixels."""
    return font_of(faces_for(text)[0], size)


@lru_cache(maxsize=64)
def font_of(face: Face, size: int) -> Font:
    """Return a font at a size in pixels, in the regular weight if there is a choice."""
    layout = None if face.shaped else ImageFont.Layout.BASIC
    font = ImageFont.truetype(face.path, size, face.index, layout_engine=layout)
    if face.variable:
        font.set_variation_by_axes([_setting(axis) for axis in font.get_variation_axes()])
    return font


def _setting(axis: Mapping[str, Any]) -> float:
    wanted = REGULAR if axis["name"] == b"Weight" else axis["default"]
    return float(min(max(wanted, axis["minimum"]), axis["maximum"]))


def _strokes(title: str, size: int) -> list[_Stroke]:
    """Return the strokes of a title, from left to right."""
    text = title_text(title)
    faces, backwards = faces_for(text), runs_from_right(text)
    strokes = [stroke for piece in title_pieces(title, flat=backwards) for stroke in _of(piece, size, faces, backwards)]
    return strokes[::-1] if backwards else strokes


def _of(piece: Piece, size: int, faces: tuple[Face, ...], backwards: bool) -> list[_Stroke]:
    if piece.kind is Kind.MATHEMATICS:
        from gdviz.formula import inline_mask  # imported here since it takes time

        mask = inline_mask(piece.text, size)
        return [_Stencil(Image.fromarray(mask.coverage), mask.left, mask.top, mask.width)]
    raised = piece.kind is Kind.EXPONENT
    rise = round(EXPONENT_RISE * size) if raised else 0
    size = max(SMALLEST_EXPONENT, round(EXPONENT_SIZE * size)) if raised else size
    return [_of_run(run, size, rise, backwards) for run in runs(piece.text, faces)]


def _of_run(run: Run, size: int, rise: int, backwards: bool) -> _Stroke:
    if can_shape() and run.face.shaped:
        text, direction = run.text, "rtl" if backwards else "ltr"
    else:  # without shaping, invisible letters would be drawn as boxes
        text, direction = "".join(letter if is_seen(letter) else " " * letter.isspace() for letter in run.text), None
    face = run.face
    if not face.strike:
        return _Letters(text, font_of(face, size), face.colored, direction, rise)
    whole = _Letters(text, font_of(face, face.strike), True, direction, 0)
    share = size / face.strike
    drawn = _inked([whole], (0, 0, 0))
    sides = [max(1, round(side * share)) for side in drawn.picture.size]
    shape = drawn.picture.resize((sides[0], sides[1]), Image.Resampling.BOX)
    return _Stencil(shape, round(drawn.left * share), round(drawn.top * share) - rise, drawn.width * share)


def _inked(strokes: list[_Stroke], color: Rgb) -> Ink:
    """Draw strokes one after the other on a canvas that is just large enough."""
    boxes: list[Box] = []
    x = 0.0
    for stroke in strokes:
        left, top, right, bottom = stroke.box
        boxes.append((x + left, top, x + right, bottom))
        x += stroke.width
    left, top = (floor(min((box[side] for box in boxes), default=0)) - 1 for side in (0, 1))
    right, bottom = (ceil(max((box[side] for box in boxes), default=0)) + 1 for side in (2, 3))
    canvas = Image.new("RGBA", (right - left, bottom - top), (*color, 0))
    x = float(-left)
    for stroke in strokes:
        stroke.paint(canvas, x, -top, color)
        x += stroke.width
    return Ink(canvas, left, top, x + left)
