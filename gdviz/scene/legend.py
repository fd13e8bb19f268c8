"""The legend: which colour is which minimum, run or height, or where points with it began."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.basins import RADIUS, Basin, basins_together
from gdviz.description.choices import PointColor
from gdviz.description.words import Words
from gdviz.extent import Extent
from gdviz.picture.caption import fixed
from gdviz.picture.colors import basin_hue, height_colors, place_colors, to_bytes
from gdviz.picture.layout import LINE, SMALLEST_TEXT, TEXT, Layout, LegendSize, Region, line_height
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Dot, Label, Mark, Raster
from gdviz.picture.plot import tick_text
from gdviz.picture.themes import Rgb, Theme
from gdviz.scene.race_legend import GAP, SWATCH, RaceLegend
from gdviz.scene.step_arrows import part_color, part_word
from gdviz.scene.subject import Subject
from gdviz.terrain.landscape import Relief

MOST = 6  # minima that are listed; more are counted
BAR = (14.0, 150.0)  # units: width and height of a colour bar
LYING = 240.0  # units: how long a colour bar in a strip is, at least
BESIDE_BAR = 8.0  # units between a colour bar and its numbers
MAP = (84.0, 84.0)  # units: width and height of a map of colours; of one variable, it is as high as a bar is wide
NOTHING = 1e-4  # values of f that are nearer to 0 are written as 0
COLORS = 42  # along each side of a map of colours
BETWEEN = 0.8  # of the letters' size, between columns
TICKS = 4  # numbers beside a colour bar
NO_SHARE = 1e-3  # of the least step between them: a number that is nearer to 0 is written as 0


@dataclass(frozen=True)
class Row:
    """A line of the legend: a colour, or None, and what it means, in columns."""

    color: Rgb | None
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """A legend of lines below each other, in columns; nothing if there are none."""

    rows: tuple[Row, ...] = ()

    def size(self, region: Region) -> LegendSize | None:
        """Return the room that it needs in a region; None if there is nothing to be shown."""
        if not self.rows:
            return None
        width = self._columns(round(region.text_size(TEXT)))[-1] + self._beside(region)
        return LegendSize(len(self.rows), width, strip=len(self.rows))

    def _beside(self, region: Region) -> float:
        """Return how much of a region's width its dots take."""
        return 2 * (GAP + SWATCH) * region.unit

    def _columns(self, size: int) -> list[float]:
        """Return where each column begins, from 0, and where the last one ends; a line of one cell takes no column."""
        cells = [row.cells for row in self.rows if len(row.cells) > 1]
        widths = [
            max(text_width(cell, size) for cell in column) for column in itertools.zip_longest(*cells, fillvalue="")
        ]
        starts = [0.0, *itertools.accumulate(width + BETWEEN * size for width in widths)]
        end = max(starts[-1] - BETWEEN * size, *(text_width(row.cells[0], size) for row in self.rows))
        return [*starts[:-1], end]

    def _letters(self, region: Region) -> int:
        """Return the size of its letters in pixels: smaller if it would be wider than its region."""
        room = region.width - self._beside(region)
        size = round(region.text_size(TEXT))
        while size > SMALLEST_TEXT and self._columns(size)[-1] > room:
            size -= 1
        return size

    def marks(self, layout: Layout, theme: Theme) -> list[Mark]:
        """Return what it is painted with."""
        if not self.rows:
            return []
        region, unit = layout.legend, layout.legend.unit
        size = self._letters(region)
        *columns, end = self._columns(size)
        left = region.right - end
        left = region.left + (GAP + SWATCH) * unit if layout.legend_at_left else left
        marks: list[Mark] = []
        fitting = int(region.height / line_height(region) + 0.01)
        for number, row in enumerate(self.rows[:fitting]):
            middle = region.top + (number + 0.5) * line_height(region)
            ink = theme.quiet_ink if row.color is None else theme.ink
            if row.color is not None:
                marks.append(Dot(np.array([left - GAP * unit, middle]), SWATCH * unit, row.color))
            marks += [
                Label(cell, np.array([left + start, middle]), size, ink, "lm")
                for cell, start in zip(row.cells, columns or [0.0], strict=False)
            ]
        return marks


@dataclass(frozen=True)
class ColorBar:
    """A legend of the points' colours from the lowest to the highest ground, with values of f, its name.

    It stands upright beside the main view, and lies in a strip.
    """

    relief: Relief
    name: str

    def size(self, region: Region) -> LegendSize:
        """Return the room that it needs in a region."""
        width = (BAR[0] + BESIDE_BAR) * region.unit + self._widest(region)
        return LegendSize((TEXT + BAR[1] + TEXT) / LINE, width, strip=2)

    def _widest(self, region: Region) -> float:
        """Return how wide the numbers are."""
        return max(text_width(text, round(region.text_size(TEXT))) for text in self._texts(TICKS))

    def _texts(self, count: int) -> list[str]:
        values = self.relief.values_at(np.linspace(0, 1, count))
        values[np.abs(values) < NO_SHARE * np.diff(values).min()] = 0.0
        return [tick_text(float(f"{value:.3g}")) for value in values]

    def marks(self, layout: Layout, theme: Theme) -> list[Mark]:
        """Return what it is painted with."""
        return self._lying(layout, theme) if layout.legend_in_strip else self._upright(layout.legend, theme)

    def _upright(self, region: Region, theme: Theme) -> list[Mark]:
        unit, size = region.unit, region.text_size(TEXT)
        right = region.right - self._widest(region) - BESIDE_BAR * unit
        left, top, bottom = right - BAR[0] * unit, region.top + TEXT * unit, region.top + (TEXT + BAR[1]) * unit
        marks: list[Mark] = [
            Raster(self._pixels(theme)[::-1, None], left, top, right, bottom),
            Label(self.name, np.array([left, top - 6 * unit]), size, theme.ink, "ls"),
        ]
        for share, text in zip(np.linspace(0, 1, TICKS), self._texts(TICKS), strict=True):
            place = np.array([right + BESIDE_BAR * unit, bottom + share * (top - bottom)])
            marks.append(Label(text, place, size, theme.quiet_ink, "lm"))
        return marks

    def _lying(self, layout: Layout, theme: Theme) -> list[Mark]:
        """Return it with its name at its left, and the numbers in a line below it: fewer if there is no room."""
        region, unit, size = layout.legend, layout.legend.unit, layout.legend.text_size(TEXT)
        line, widest = line_height(region), self._widest(region)
        named = text_width(self.name, round(size)) + BESIDE_BAR * unit
        before = max(named, widest / 2)
        apart = widest + size
        room = region.width - before - widest / 2
        length = min(max(LYING * unit, (TICKS - 1) * apart), room)
        count = TICKS if length >= (TICKS - 1) * apart else 2
        left = region.left + before if layout.legend_at_left else region.right - widest / 2 - length
        middle, below = region.top + line / 2, region.top + 1.5 * line
        top, bottom = middle - BAR[0] / 2 * unit, middle + BAR[0] / 2 * unit
        marks: list[Mark] = [
            Raster(self._pixels(theme)[None], left, top, left + length, bottom),
            Label(self.name, np.array([left - named, middle]), size, theme.ink, "lm"),
        ]
        for share, text in zip(np.linspace(0, 1, count), self._texts(count), strict=True):
            place = np.array([left + share * length - text_width(text, round(size)) / 2, below])
            marks.append(Label(text, place, size, theme.quiet_ink, "lm"))
        return marks

    def _pixels(self, theme: Theme) -> NDArray[np.uint8]:
        """Return the colours from the lowest to the highest ground, sRGB (n, 3)."""
        return to_bytes(height_colors(np.linspace(0, 1, 128), theme))


@dataclass(frozen=True)
class ColorMap:
    """A legend of the points' colours by where they began: a small map of the extent, below its name."""

    extent: Extent
    name: str

    def size(self, region: Region) -> LegendSize:
        """Return the room that it needs in a region."""
        lines = 1 + self._sides[1] / LINE
        return LegendSize(lines, self._width(region), strip=lines)

    def _width(self, region: Region) -> float:
        return max(self._sides[0] * region.unit, text_width(self.name, round(region.text_size(TEXT))))

    @property
    def _sides(self) -> tuple[float, float]:
        """Its width and height, in units."""
        return MAP if self.extent.dimension == 2 else (MAP[0], BAR[0])

    def marks(self, layout: Layout, theme: Theme) -> list[Mark]:
        """Return what it is painted with."""
        region, unit = layout.legend, layout.legend.unit
        size = round(region.text_size(TEXT))
        width, height = (side * unit for side in self._sides)
        top = region.top + line_height(region)
        height = min(height, region.bottom - top)
        left = region.left if layout.legend_at_left else region.right - self._width(region)
        places = self.extent.grid((COLORS, COLORS)[: self.extent.dimension])
        pixels = to_bytes(place_colors(places, self.extent, theme)).reshape(-1, COLORS, 3)[::-1]
        return [
            Label(self.name, np.array([left, region.top + line_height(region) / 2]), size, theme.ink, "lm"),
            Raster(pixels, left, top, left + width, top + height),
        ]


Legend = Rows | ColorBar | ColorMap | RaceLegend


def build_legend(subject: Subject) -> Legend:
    """Return what the points' colours mean; no rows if there are no points, or nobody asks."""
    return color_legend(subject) if subject.resolved.legend else Rows()


def color_legend(subject: Subject) -> Legend:
    """Return what the points' colours mean, whether the description asks or not; no rows if there are no points."""
    resolved = subject.resolved
    if not resolved.starts.count:
        return Rows()
    return _parts(subject) if resolved.arrows else _LEGENDS[resolved.point_color](subject)


def _heights(subject: Subject) -> Legend:
    """Return a colour bar; nothing for a curve, beside whose axis it would say the same."""
    two = subject.resolved.objective.dimension == 2
    return ColorBar(subject.landscape.relief, subject.words.f) if two else Rows()


def _starts(subject: Subject) -> Legend:
    words, extent = subject.words, subject.resolved.extent
    names = (words.x, words.y)[: extent.dimension]
    return ColorMap(extent, f"{words.start} ({', '.join(names)})")


def _runs(subject: Subject) -> Legend:
    """Return the table of a race, or a line for a single run with its rate."""
    if subject.is_race:
        return RaceLegend(subject)
    (run,) = subject.runs
    return Rows((Row(run.hue, (run.settings.label, *_rate(run.settings.learning_rate, subject.words))),))


def _parts(subject: Subject) -> Legend:
    """Return a line for the run, and one for each part of its steps, with how much larger than they are all are."""
    steps, (run,), words = subject.step_arrows, subject.runs, subject.words
    assert steps is not None
    point = to_bytes(subject.point_colors(run, 0.0, subject.visible_points(run, 0.0)[0]))[0].tolist()
    red, green, blue = point
    larger = (f"\u00d7 {steps.scale}",) if steps.scale > 1 else ()
    parts = [
        Row(part_color(part, subject.theme), (part_word(part, words), *larger)) for part in subject.resolved.arrows
    ]
    name = (run.settings.label, *_rate(run.settings.learning_rate, words))
    return Rows((Row((red, green, blue), name), *parts))


def _rate(rate: float | None, words: Words) -> tuple[str, ...]:
    return () if rate is None else (f"{words.learning_rate} {rate:g}",)


def _minima(subject: Subject) -> Rows:
    """Return a line for each minimum that points ended at, with its value and how many they are, and for the others."""
    words = subject.words
    labels = [run.labels for run in subject.runs]
    found = basins_together([run.descent for run in subject.runs], labels)
    rows = []
    for number, each in enumerate(found[:MOST]):
        location, value = _minimum_of(each, subject)
        told = (_place(location, subject), f"{words.f} = {_value(value, words)}", words.points_in_words(each.points))
        rows.append(Row(basin_hue(number, subject.theme), told))
    if len(found) > MOST:
        rows.append(Row(None, (words.and_more(len(found) - MOST),)))
    elsewhere = int(np.count_nonzero(np.concatenate(labels) < 0))
    if rows and elsewhere:
        rows.append(Row(subject.theme.neutral, (words.no_minimum, "", words.points_in_words(elsewhere))))
    return Rows(tuple(rows))


_LEGENDS: Mapping[PointColor, Callable[[Subject], Legend]] = MappingProxyType(
    {
        PointColor.BASIN: _minima,
        PointColor.START: _starts,
        PointColor.RUN: _runs,
        PointColor.ONE: _runs,
        PointColor.HEIGHT: _heights,
    }
)


def _minimum_of(basin: Basin, subject: Subject) -> tuple[Sequence[float], float]:
    """Return where a basin's minimum is, and f there: the known one, or else the lowest place that a point reached."""
    objective, extent = subject.resolved.objective, subject.resolved.extent
    for known in objective.minima:
        if np.linalg.norm((np.array(known) - basin.location) / extent.span) <= RADIUS:
            return known, float(objective.value(*known))
    return basin.location, basin.value


def _place(location: Sequence[float], subject: Subject) -> str:
    extent, words = subject.resolved.extent, subject.words
    numbers = [fixed(number, float(span), none=words.none) for number, span in zip(location, extent.span, strict=True)]
    return f"({', '.join(numbers)})" if len(numbers) > 1 else f"{words.x} = {numbers[0]}"


def _value(value: float, words: Words) -> str:
    return (
        fixed(value, none=words.none)
        if abs(value) < 1e4 and (abs(value) >= 0.005 or abs(value) < NOTHING)
        else f"{value:.2g}"
    )
