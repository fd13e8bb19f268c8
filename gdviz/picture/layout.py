"""Where things stand in a picture, and how large they are: the one place that turns its size into pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gdviz.description.choices import View

HEIGHT = 720  # of the picture in which one unit is one pixel
CAPTION_WIDTH = 900  # in units: in a narrower picture everything is smaller
VIEW_WIDTHS: Mapping[View, float] = MappingProxyType({View.SURFACE: 0, View.CURVE: 900, View.SLICES: 1100})
SMALLEST_TEXT = 7  # pixels


@dataclass(frozen=True)
class Region:
    """A rectangle of the picture.

    Attributes
    ----------
    left, top, right, bottom
        In pixels of the picture, right of and below its top left corner.
    unit
        Pixels for one of a picture 720 pixels high: how large everything in the region is.

    """

    left: float
    top: float
    right: float
    bottom: float
    unit: float

    @property
    def width(self) -> float:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """In pixels."""
        return self.bottom - self.top

    def text_size(self, units: float) -> float:
        """Return the size in pixels of letters of so many units, or of the smallest that can be read."""
        return max(SMALLEST_TEXT, units * self.unit)

    def inset(self, left: float, top: float, right: float, bottom: float) -> Region:
        """Return what is left inside if so many units are left free along each side."""
        u = self.unit
        return Region(self.left + left * u, self.top + top * u, self.right - right * u, self.bottom - bottom * u, u)

    def halves(self) -> tuple[Region, Region]:
        """Return its left and its right half."""
        middle = (self.left + self.right) / 2
        return (
            Region(self.left, self.top, middle, self.bottom, self.unit),
            Region(middle, self.top, self.right, self.bottom, self.unit),
        )


@dataclass(frozen=True)
class CaptionSizes:
    """How a caption is set, in whole pixels: letters are sharpest so.

    Attributes
    ----------
    margin
        Around the picture.
    title, text
        The letters' sizes.
    gap, column
        Between a label and its number, and between one number and the next label.

    """

    margin: int
    title: int
    text: int
    gap: int
    column: int


@dataclass(frozen=True)
class Layout:
    """A picture's regions.

    Attributes
    ----------
    size
        The picture's width and height in pixels.
    main
        What the view fills: the whole picture, with the unit of that view.
    caption
        How the caption is set.

    """

    size: tuple[int, int]
    main: Region
    caption: CaptionSizes


def layout_of(size: tuple[int, int], view: View) -> Layout:
    """Return the layout of a picture of (width, height) pixels that shows a view."""
    unit = _unit(size, CAPTION_WIDTH)
    caption = CaptionSizes(
        margin=round(36 * unit),
        title=max(11, round(30 * unit)),
        text=max(9, round(19 * unit)),
        gap=round(8 * unit),
        column=round(34 * unit),
    )
    return Layout(size, Region(0, 0, *size, _unit(size, VIEW_WIDTHS[view])), caption)


def _unit(size: tuple[int, int], narrowest: float) -> float:
    """Return the pixels of a unit: fewer in a picture that is narrower than so many units."""
    width, height = size
    return min(height / HEIGHT, width / narrowest) if narrowest else height / HEIGHT
