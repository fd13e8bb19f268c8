"""What a picture is painted with: lines, dots and texts, in pixels of the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray
from gdviz.picture.themes import Rgb, Rgba


@dataclass(frozen=True)
class Line:
    """A polyline (n, 2), with its width; over what is there, `opacity` (0 to 1) of it is seen."""

    points: FloatArray
    color: Rgb | Rgba
    width: float
    opacity: float = 1.0


@dataclass(frozen=True)
class Dot:
    """A disc, or with `ring` the edge of one."""

    centre: FloatArray
    radius: float
    color: Rgb
    ring: float | None = None


@dataclass(frozen=True)
class Area:
    """A filled polygon (n, 2)."""

    points: FloatArray
    color: Rgb | Rgba


@dataclass(frozen=True)
class Raster:
    """An image.

    Attributes
    ----------
    pixels
        sRGB, shape (rows, columns, 3), from the top down; with a fourth channel, 0 where nothing is painted, else 255.
    left, top, right, bottom
        Where its edges are.

    """

    pixels: NDArray[np.uint8]
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Strokes:
    """Straight pieces, each of its own colour, of which a moment of the film shows the first so many.

    Attributes
    ----------
    ends
        Shape (n, 2, 2): both ends of each.
    colors
        sRGB, shape (n, 3).
    width
        Of all of them.

    """

    ends: FloatArray
    colors: NDArray[np.uint8]
    width: float


@dataclass(frozen=True)
class Label:
    """A short text.

    Attributes
    ----------
    text
        In one font, or nothing.
    place, anchor
        Where it stands, and which of its points that is, as Pillow has it: l, m or r, then t, m, s or b.
    size
        Of its letters; whole pixels are drawn.
    color
        Of its ink.
    font_of
        The text whose font it has; None for its own.
    opacity
        From 0, which is not seen, to 1.
    halo
        The colour of an edge that sets it off from what it lies on; None for none.

    """

    text: str
    place: FloatArray
    size: float
    color: Rgb
    anchor: str = "mm"
    font_of: str | None = None
    opacity: float = 1.0
    halo: Rgb | None = None


@dataclass(frozen=True)
class Title:
    """A line of text, exponents, emoji and mathematics.

    Attributes
    ----------
    text
        As `gdviz.description.title` reads it.
    place
        Its beginning on its baseline.
    size
        Of its letters.
    color
        Of its ink.
    room
        How wide and how high it may be; if it is not, it is made smaller.
    highest
        Where it may begin: if it is high, its baseline is moved down.

    """

    text: str
    place: tuple[int, int]
    size: int
    color: Rgb
    room: tuple[int, int]
    highest: int


Mark = Line | Dot | Area | Raster | Label | Title
