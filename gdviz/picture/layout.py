"""Where things stand in a picture, and how large they are: the one place that turns its size into pixels."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from gdviz.description.choices import View
from gdviz.picture.sharing import EVEN, Sharing

HEIGHT = 720  # of the picture in which one unit is one pixel
CAPTION_WIDTH = 900  # in units: in a narrower picture everything is smaller
VIEW_WIDTHS: Mapping[View, float] = MappingProxyType(
    {View.SURFACE: 0, View.MAP: 900, View.CURVE: 900, View.SLICES: 1100, View.LOSS: 900}
)
AROUND_MAIN = (36, 86, 36, 86)  # units left free at the left, top, right and bottom, for the title and the numbers
ABOVE_OTHERS = (36, 86, 36, 22)  # the same for a main view that has a legend or panels below it, and no numbers
ABOVE_MAIN = 30  # units of the main view's region that are above the end of the heading, where nothing is drawn
HIGHER = 0.05  # of the main view's height, that these are at most
GUTTER = (8, 8, 8, 8)  # units left free around a panel
TEXT, LINE = 16, 24  # units: the size of the letters of legends and axes, and how far apart lines of them are
MOST_LEGEND = (0.42, 0.35)  # of the picture's width beside the main view, or of its height below it, for a legend
WIDE = 1.2  # width over height of a picture that has its panels beside the main view
BELOW = (0.42, 0.52)  # the panels' share of a tall picture's height: of one, and of more
ASPECT = 1.3  # width over height that suits a panel best
SMALLEST_TEXT = 7  # pixels
CLEAR_TEXT = 9  # pixels: what small letters in a race are not smaller than, where there is room
LEAST_HEIGHT = 8  # pixels that the main view keeps, whatever stands above it


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
        return replace(self, right=middle), replace(self, left=middle)

    def fitted(self, aspect: float) -> Region:
        """Return the largest part in its middle with a width of so many heights, its edges on whole pixels."""
        width = max(1, round(min(self.width, self.height * aspect)))
        height = max(1, round(min(self.height, self.width / aspect)))
        left, top = round((self.left + self.right - width) / 2), round((self.top + self.bottom - height) / 2)
        return Region(left, top, left + width, top + height, self.unit)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in whole pixels."""
        return round(self.left), round(self.top), round(self.right), round(self.bottom)


@dataclass(frozen=True)
class Place:
    """Where a panel is.

    Attributes
    ----------
    region
        What it fills.
    content
        The part of it in which nothing else is written, such as the title.

    """

    region: Region
    content: Region


@dataclass(frozen=True)
class CaptionSizes:
    """How a caption is set, in whole pixels: letters are sharpest so.

    Attributes
    ----------
    margin
        Around the picture.
    title, formula, text
        The letters' sizes.
    gap, column
        Between a label and its number, and between one number and the next label.

    """

    margin: int
    title: int
    formula: int
    text: int
    gap: int
    column: int

    @property
    def foot(self) -> int:
        """How much of the picture's height the line of numbers takes, with what is left free below and above it."""
        return self.margin + self.text + self.gap


@dataclass(frozen=True)
class LegendSize:
    """What room a legend needs.

    Attributes
    ----------
    lines
        Its height in lines of text, where it stands beside the main view.
    width
        In pixels, there.
    strip
        Its height in lines of text where it lies in a strip, as wide as the panels or the picture.

    """

    lines: float
    width: float
    strip: float


@dataclass(frozen=True)
class Layout:
    """A picture's regions.

    Attributes
    ----------
    size
        The picture's width and height in pixels.
    main
        What the main view fills.
    panels
        What the panels fill: beside the main view in a wide picture, below it in a tall one.
    caption
        How the caption is set.
    legend
        Where the legend stands: its first line at the top, its lines at the left in a strip below the main view, and at
        the right where they stand beside it.
    legend_in_strip
        Whether it has a strip: below the main view, or above the panels beside it.
    legend_at_left
        Whether its lines stand at the left.
    numbers_end, title_end
        How far right the line of numbers and the title may reach, in pixels.

    """

    size: tuple[int, int]
    main: Place
    panels: tuple[Place, ...]
    caption: CaptionSizes
    legend: Region
    legend_in_strip: bool
    legend_at_left: bool
    numbers_end: float
    title_end: int


def text_region(size: tuple[int, int]) -> Region:
    """Return a whole picture of (width, height) pixels, with the unit of its texts."""
    return Region(0, 0, *size, _unit(size, CAPTION_WIDTH))


def caption_sizes(size: tuple[int, int]) -> CaptionSizes:
    """Return how the caption of a picture of (width, height) pixels is set."""
    unit = _unit(size, CAPTION_WIDTH)
    return CaptionSizes(
        margin=round(36 * unit),
        title=max(11, round(30 * unit)),
        formula=max(10, round(22 * unit)),
        text=max(9, round(19 * unit)),
        gap=round(8 * unit),
        column=round(34 * unit),
    )


def main_width(size: tuple[int, int], panels: int, sharing: Sharing = EVEN) -> int:
    """Return the width in pixels of the main view: in a wide picture, so many panels stand beside it."""
    return round(size[0] * (1 - sharing.beside * (bool(panels) and _is_wide(size))))


def title_end(size: tuple[int, int], panels: int, sharing: Sharing = EVEN) -> int:
    """Return how far right a title may reach, in pixels: in a wide picture with panels not into these."""
    edge = main_width(size, panels, sharing)
    return edge if edge < size[0] else size[0] - caption_sizes(size).margin


def layout_of(
    size: tuple[int, int],
    view: View,
    panels: int = 0,
    legend: LegendSize | None = None,
    heading: float = 0,
    *,
    sharing: Sharing = EVEN,
) -> Layout:
    """Return the layout of a picture of (width, height) pixels.

    Parameters
    ----------
    size
        Of the picture.
    view
        The main view.
    panels
        How many panels it has.
    legend
        What room its legend needs, if it has one.
    heading
        How far down a formula under the title reaches, in pixels; 0 without one.
    sharing
        How its panels share the room.

    """
    unit, caption = _unit(size, CAPTION_WIDTH), caption_sizes(size)
    width, height = size
    main = Region(0, 0, width, height, _unit(size, VIEW_WIDTHS[view]))
    bottom = height - caption.foot  # the line of numbers is below all panels
    lines = line_height(text_region(size))
    strip = math.ceil(min(legend.strip * lines + caption.gap, MOST_LEGEND[1] * height)) if legend else 0
    wide = _is_wide(size)
    numbers_end = float(width - caption.margin)
    below = height * (1 - (BELOW[min(panels, len(BELOW)) - 1] if panels else 0.0))  # where panels under the view begin
    flat = bool(panels) and not wide and width > WIDE * below  # there is more room beside the view than below it
    beside = flat or (wide and not panels)  # the legend
    column = math.ceil(caption.margin + min(legend.width, MOST_LEGEND[0] * width)) if legend and beside else 0
    if wide:
        edge = main_width(size, panels, sharing)
        main = replace(main, right=edge - column)
        low = height - caption.margin // 2 if sharing.to_bottom else bottom
        numbers_end = edge - caption.margin / 2 if panels and sharing.to_bottom else numbers_end
        rest = Region(edge, caption.margin // 2, width - caption.margin // 2, low, unit)
    else:
        strip = 0 if flat else strip
        edge = round(min(below, bottom - 2 * caption.gap if strip else height) - strip)
        main = replace(main, right=width - column, bottom=edge)
        rest = Region(caption.margin // 2, edge, width - caption.margin // 2, bottom, unit)
    above = min(ABOVE_MAIN * main.unit, HIGHER * (main.bottom - heading))
    around = AROUND_MAIN if main.bottom == height else ABOVE_OTHERS
    lowest = main.bottom - (around[1] + around[3]) * main.unit - LEAST_HEIGHT
    main = replace(main, top=max(0, round(min(heading - above, lowest))))
    place = Place(main, main.inset(*around))
    words = replace(rest, left=rest.left + caption.margin / 2, right=width - caption.margin, bottom=rest.top + strip)
    rest = replace(rest, top=rest.top + strip)
    places = tuple(Place(region, region.inset(*GUTTER)) for region in _divided(rest, panels, sharing)) if panels else ()
    if beside:
        end = place.content.bottom if wide else main.bottom - caption.gap  # in a tall picture no numbers are there
        words = Region(main.right, place.content.top, width - caption.margin, end, unit)
    return Layout(
        size,
        place,
        places,
        caption,
        words,
        not beside,
        not (wide or beside),
        numbers_end,
        title_end(size, panels, sharing),
    )


def _is_wide(size: tuple[int, int]) -> bool:
    return size[0] > WIDE * size[1]


def clear_text_size(region: Region) -> int:
    """Return the size of letters that can be read in a small picture too, in pixels."""
    return max(CLEAR_TEXT, round(region.text_size(TEXT)))


def line_height(region: Region) -> float:
    """Return how far apart lines of text are in a region, in pixels."""
    return max(LINE * region.unit, 1.35 * region.text_size(TEXT))


def _divided(region: Region, count: int, sharing: Sharing) -> tuple[Region, ...]:
    """Return a region's parts, beside or below each other, whichever makes them more like a picture."""
    beside, below = region.width / count / region.height, region.width / (region.height / count)
    across = abs(math.log(beside / ASPECT)) < abs(math.log(below / ASPECT))
    low, high = (region.left, region.right) if across else (region.top, region.bottom)
    parts = (not across and sharing.heights) or (1.0,) * count
    cuts = [round(low + (high - low) * so_far / sum(parts)) for so_far in (0.0, *itertools.accumulate(parts))]
    return tuple(
        replace(region, left=one, right=two) if across else replace(region, top=one, bottom=two)
        for one, two in itertools.pairwise(cuts)
    )


def _unit(size: tuple[int, int], narrowest: float) -> float:
    """Return the pixels of a unit: fewer in a picture that is narrower than so many units."""
    width, height = size
    return min(height / HEIGHT, width / narrowest) if narrowest else height / HEIGHT
