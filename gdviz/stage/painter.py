"""Paints marks: shapes, smooth since they are painted magnified, then texts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gdviz.extent import FloatArray
from gdviz.picture.layout import Region
from gdviz.picture.lettering import Font, font_for, title_ink
from gdviz.picture.marks import Area, Dot, Label, Line, Mark, Raster, Strokes, Title
from gdviz.picture.themes import Rgb, Rgba
from gdviz.stage.alpha import blank
from gdviz.stage.pixels import Box
from gdviz.stage.tiles import rectangles, tiles_of

SUPERSAMPLING = 3
STRAIGHT = 0.995  # the cosine of a corner above which a line has no gap at it
HALO = 0.12  # of the letters' size: how wide the edge around a text is

NOWHERE = np.zeros((0, 4))  # boxes

Shape = Line | Dot | Area | Raster


class Canvas:
    """A region, magnified: marks that do not change, strokes that grow, and on a copy of both a frame's own marks.

    From one frame to the next only those tiles are painted again and made small that either of them has marks on.
    """

    def __init__(self, region: Region, ground: Sequence[Mark], strokes: Strokes | None, background: Rgb | None) -> None:
        left, top, right, bottom = region.box
        self._ground, self._strokes, self._corner = tuple(ground), strokes, (left, top)
        self._size = right - left, bottom - top
        self._empty = blank((self._size[0] * SUPERSAMPLING, self._size[1] * SUPERSAMPLING), background)
        _paint(self._empty, self._ground, self._corner)
        self._grown, self._count = self._empty, 0
        self._canvas, self._small = self._empty.copy(), self._empty.reduce(SUPERSAMPLING)
        self._marked = self._tiles([])  # those of the canvas with a frame's own marks

    def paint(self, picture: Image.Image, count: int, marks: Sequence[Mark]) -> None:
        """Paint the region's picture with the first `count` strokes and with marks, all texts on top."""
        marked = self._tiles([_boxes(shape) for shape in _shapes(marks)])
        old = self._marked | self._grow(count)
        for box in rectangles(old, self._size):
            large = _times(box, SUPERSAMPLING)
            self._canvas.paste(self._grown.crop(large), large)
        _paint(self._canvas, marks, self._corner)
        for box in rectangles(old | marked, self._size):
            self._small.paste(self._canvas.crop(_times(box, SUPERSAMPLING)).reduce(SUPERSAMPLING), box)
        self._marked = marked
        picture.paste(self._small)
        write(picture, [*self._ground, *marks], self._corner)

    def _grow(self, count: int) -> NDArray[np.bool_]:
        """Leave the first strokes on what has grown, which most often are more than before; return what changes."""
        changed = self._tiles([])
        if self._strokes is None:
            return changed
        if count < self._count:
            self._grown, self._count = self._empty, 0
            changed[:] = True
        if count > self._count:
            if self._count == 0:
                self._grown = self._empty.copy()
            more = slice(self._count, count)
            _stroke(self._grown, self._strokes, more, self._corner)
            self._count = count
            ends, width = self._strokes.ends[more], self._strokes.width
            changed |= self._tiles([np.concatenate([ends.min(axis=1) - width, ends.max(axis=1) + width], axis=1)])
        return changed

    def _tiles(self, boxes: Sequence[FloatArray]) -> NDArray[np.bool_]:
        """Return the region's tiles in boxes of the picture, each of shape (n, 4)."""
        return tiles_of(np.concatenate([NOWHERE, *boxes]) - [*self._corner, *self._corner], self._size)


def paint_over(picture: Image.Image, marks: Sequence[Mark]) -> None:
    """Paint marks on a finished picture: only the part that their shapes cover is magnified."""
    _paint_magnified(picture, _shapes(marks), (0, 0))
    write(picture, marks)


def paint_each(picture: Image.Image, marks: Sequence[Mark], corner: tuple[int, int]) -> None:
    """Paint small marks that are far apart, on a finished part of a picture that has its corner there.

    Each shape is magnified by itself.
    """
    for shape in _shapes(marks):
        _paint_magnified(picture, [shape], corner)
    write(picture, marks, corner)


def _shapes(marks: Sequence[Mark]) -> list[Shape]:
    return [mark for mark in marks if not isinstance(mark, (Label, Title))]


def _paint_magnified(picture: Image.Image, shapes: Sequence[Shape], corner: tuple[int, int]) -> None:
    """Paint shapes on the part of a picture that they cover, magnified."""
    if not shapes:
        return
    boxes = np.concatenate([_boxes(shape) for shape in shapes]) - [*corner, *corner]
    left, top, right, bottom = _within(boxes[:, :2].min(axis=0) - 1, boxes[:, 2:].max(axis=0) + 1, picture.size)
    if left >= right or top >= bottom:
        return
    part = picture.crop((left, top, right, bottom))
    large = part.resize((part.width * SUPERSAMPLING, part.height * SUPERSAMPLING), Image.Resampling.NEAREST)
    _paint(large, shapes, (left + corner[0], top + corner[1]))
    picture.paste(large.reduce(SUPERSAMPLING), (left, top))


def _boxes(mark: Shape) -> FloatArray:
    """Return boxes that hold a shape together, shape (n, 4): the left, top, right and bottom of each."""
    match mark:
        case Line(points, _, width):
            low, high = np.minimum(points[:-1], points[1:]) - width, np.maximum(points[:-1], points[1:]) + width
        case Dot(centre, radius):
            low, high = centre - radius, centre + radius
        case Area(points):
            low, high = points.min(axis=0), points.max(axis=0)
        case Raster(_, left, top, right, bottom):
            low, high = np.array([left, top]), np.array([right, bottom])
    return np.concatenate([np.atleast_2d(low), np.atleast_2d(high)], axis=1)


def _within(low: FloatArray, high: FloatArray, size: tuple[int, int]) -> Box:
    """Return the whole pixels of a picture between two places; none if its right is not after its left."""
    left, top = np.maximum(np.floor(low), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(high), size).astype(int).tolist()
    return left, top, right, bottom


def _times(box: Box, factor: int) -> Box:
    left, top, right, bottom = box
    return left * factor, top * factor, right * factor, bottom * factor


def write(picture: Image.Image, marks: Sequence[Mark], corner: tuple[int, int] = (0, 0)) -> None:
    """Write the texts among marks on a picture, at its own size, or on a part of it that has its corner there."""
    draw = ImageDraw.Draw(picture)
    left, top = corner
    for mark in marks:
        match mark:
            case Label(text, place, size, color, anchor, font_of, opacity, halo) if text:
                font = font_for(text if font_of is None else font_of, round(size))
                at = (place[0] - left, place[1] - top)
                if opacity < 1:
                    _write_faintly(picture, at, text, font, mark)
                elif halo is not None:
                    around = _halo(mark)
                    draw.text(at, text, font=font, fill=color, anchor=anchor, stroke_width=around, stroke_fill=halo)
                else:
                    _write_plainly(picture, at, text, font, mark)
            case Title(text, (x, baseline), size, color, room, highest):
                ink = title_ink(text, size, room, color)
                ink.lay_on(picture, x - left, max(baseline, highest - ink.top) - top)


def _write_plainly(picture: Image.Image, at: tuple[float, float], text: str, font: Font, label: Label) -> None:
    """Write a label that is opaque and has no halo."""
    (x, along), (y, down) = (divmod(float(each), 1) for each in at)
    mask, before, above = _letters(text, font, label.anchor, along, down)
    left, top = int(x) - before, int(y) - above
    picture.paste(label.color, (left, top, left + mask.width, top + mask.height), mask)


@lru_cache(maxsize=256)  # most texts stand on frame after frame, and cost more to draw than all else that is written
def _letters(text: str, font: Font, anchor: str, along: float, down: float) -> tuple[Image.Image, int, int]:
    """Return a text as a mask that begins so far along and down from a whole pixel, and that pixel's place in it."""
    left, top, right, bottom = font.getbbox(text, anchor=anchor)
    before, above = 1 - math.floor(left), 1 - math.floor(top)
    mask = Image.new("L", (before + math.ceil(right) + 2, above + math.ceil(bottom) + 2))
    ImageDraw.Draw(mask).text((before + along, above + down), text, font=font, fill=255, anchor=anchor)
    return mask, before, above


def _write_faintly(picture: Image.Image, at: tuple[float, float], text: str, font: Font, label: Label) -> None:
    """Write a label whose opacity is less than 1."""
    box = font.getbbox(text, anchor=label.anchor)
    room = 1 + _halo(label)
    left, top = math.floor(at[0] + box[0]) - room, math.floor(at[1] + box[1]) - room
    right, bottom = math.ceil(at[0] + box[2]) + room, math.ceil(at[1] + box[3]) + room
    fill, place = round(255 * label.opacity), (at[0] - left, at[1] - top)
    for color, around in ((label.halo, _halo(label)), (label.color, 0)):
        if color is not None:
            mask = Image.new("L", (right - left, bottom - top))
            ImageDraw.Draw(mask).text(
                place, text, font=font, fill=fill, anchor=label.anchor, stroke_width=around, stroke_fill=fill
            )
            picture.paste(color, (left, top), mask)


def _halo(label: Label) -> int:
    """Return how wide a label's halo is, in pixels."""
    return 0 if label.halo is None else max(1, round(HALO * label.size))


def _paint(canvas: Image.Image, marks: Sequence[Mark], corner: tuple[int, int]) -> None:
    """Paint the shapes among marks, magnified, on the part of a picture that has its corner there."""
    draw = ImageDraw.Draw(canvas)
    origin = np.array(corner)
    for mark in marks:
        match mark:
            case Line(points, color, width, opacity):
                across = max(1, round(width * SUPERSAMPLING))
                corners = (points - origin) * SUPERSAMPLING
                if opacity < 1:
                    low, high = corners.min(axis=0) - across, corners.max(axis=0) + across
                    left, top, right, bottom = _within(low, high, canvas.size)
                    if left < right and top < bottom:
                        mask = Image.new("L", (right - left, bottom - top))
                        _draw_line(ImageDraw.Draw(mask), corners - (left, top), across, round(255 * opacity))
                        canvas.paste(color, (left, top, right, bottom), mask)
                else:
                    _draw_line(draw, corners, across, color)
            case Area(points, color):
                draw.polygon([(float(x), float(y)) for x, y in (points - origin) * SUPERSAMPLING], fill=color)
            case Raster(pixels, left, top, right, bottom):
                low, high = np.round((np.array([[left, top], [right, bottom]]) - origin) * SUPERSAMPLING).astype(int)
                size = (int(high[0] - low[0]), int(high[1] - low[1]))
                image = Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST)
                canvas.paste(image, (int(low[0]), int(low[1])), image if image.mode == "RGBA" else None)
            case Dot(centre, radius, color, None):
                draw.circle(tuple((centre - origin) * SUPERSAMPLING), radius * SUPERSAMPLING, fill=color)
            case Dot(centre, radius, color, ring):
                across = max(1, round((ring or 1) * SUPERSAMPLING))
                place = tuple((centre - origin) * SUPERSAMPLING)
                draw.circle(place, radius * SUPERSAMPLING, outline=color, width=across)


def _draw_line(draw: ImageDraw.ImageDraw, corners: FloatArray, across: int, fill: Rgb | Rgba | int) -> None:
    """Draw a polyline (n, 2), round where it bends; a wide one has round ends, too.

    Pillow's own joints take longer than all else of a line, and most corners of a curve need none.
    """
    draw.line(corners.ravel().tolist(), fill=fill, width=across)
    ways = np.diff(corners, axis=0)
    lengths = np.linalg.norm(ways, axis=1)
    bends = np.einsum("ij,ij->i", ways[:-1], ways[1:]) < STRAIGHT * lengths[:-1] * lengths[1:]
    is_wide = across > 2 * SUPERSAMPLING
    for x, y in corners[np.concatenate([[is_wide], bends, [is_wide]])].tolist():
        draw.circle((x, y), across / 2, fill=fill)


def _stroke(canvas: Image.Image, strokes: Strokes, which: slice, corner: tuple[int, int]) -> None:
    """Paint some strokes, magnified."""
    draw = ImageDraw.Draw(canvas)
    width = max(1, round(strokes.width * SUPERSAMPLING))
    ends = ((strokes.ends[which] - np.array(corner)) * SUPERSAMPLING).reshape(-1, 4)
    for piece, (red, green, blue) in zip(ends.tolist(), strokes.colors[which].tolist(), strict=True):
        draw.line(piece, fill=(red, green, blue), width=width)
