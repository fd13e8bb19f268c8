"""The legend: which colour is which minimum, or which height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdviz.descent.basins import basins
from gdviz.description.choices import PointColor
from gdviz.extent import Extent
from gdviz.picture.caption import fixed
from gdviz.picture.colors import basin_hue, height_colors, to_bytes
from gdviz.picture.layout import LINE, TEXT, Layout, line_height
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Dot, Label, Mark, Raster
from gdviz.picture.plot import tick_text
from gdviz.picture.themes import Rgb, Theme
from gdviz.scene.run import points_in_words
from gdviz.scene.subject import Subject
from gdviz.terrain.landscape import Relief

MOST = 6  # minima that are listed; more are counted
SWATCH, GAP = 5.5, 12.0  # units: a dot's radius, and how far it stands before the text
BAR = (14.0, 150.0)  # units: width and height of a colour bar
NOTHING = 1e-4  # values of f that are nearer to 0 are written as 0
TICKS = 4  # numbers beside a colour bar


@dataclass(frozen=True)
class Row:
    """A line of the legend: a colour, or None, and what it means."""

    color: Rgb | None
    text: str


@dataclass(frozen=True)
class Rows:
    """A legend of lines below each other, as wide as the longest; nothing if there are none."""

    rows: tuple[Row, ...] = ()

    @property
    def lines(self) -> float:
        """How high it is, in lines of text."""
        return len(self.rows)

    def marks(self, layout: Layout, theme: Theme) -> list[Mark]:
        """Return what it is painted with."""
        if not self.rows:
            return []
        region, unit = layout.legend, layout.legend.unit
        size = round(region.text_size(TEXT))
        left = region.right - max(text_width(row.text, size) for row in self.rows)
        left = region.left + (GAP + SWATCH) * unit if layout.legend_at_left else left
        marks: list[Mark] = []
        fitting = int(region.height / line_height(region) + 0.01)
        for number, row in enumerate(self.rows[:fitting]):
            middle = region.top + (number + 0.5) * line_height(region)
            ink = theme.quiet_ink if row.color is None else theme.ink
            if row.color is not None:
                marks.append(Dot(np.array([left - GAP * unit, middle]), SWATCH * unit, row.color))
            marks.append(Label(row.text, np.array([left, middle]), size, ink, "lm"))
        return marks


@dataclass(frozen=True)
class ColorBar:
    """A legend of the points' colours from the lowest to the highest ground, with values of f beside it."""

    relief: Relief

    @property
    def lines(self) -> float:
        """How high it is, in lines of text."""
        return (TEXT + BAR[1] + TEXT) / LINE

    def marks(self, layout: Layout, theme: Theme) -> list[Mark]:
        """Return what it is painted with."""
        region, unit = layout.legend, layout.legend.unit
        size = region.text_size(TEXT)
        shares = np.linspace(0, 1, TICKS)
        texts = [tick_text(float(f"{value:.3g}")) for value in self.relief.values_at(shares)]
        right = region.right - max(text_width(text, round(size)) for text in texts) - 8 * unit
        left, top, bottom = right - BAR[0] * unit, region.top + TEXT * unit, region.top + (TEXT + BAR[1]) * unit
        pixels = to_bytes(height_colors(np.linspace(1, 0, 128), theme))[:, None, :]
        marks: list[Mark] = [
            Raster(pixels, left, top, right, bottom),
            Label("f", np.array([left, top - 6 * unit]), size, theme.ink, "ls"),
        ]
        for share, text in zip(shares, texts, strict=True):
            place = np.array([right + 8 * unit, bottom + share * (top - bottom)])
            marks.append(Label(text, place, size, theme.quiet_ink, "lm"))
        return marks


Legend = Rows | ColorBar


def build_legend(subject: Subject) -> Legend:
    """Return what the points' colours mean; no rows if they tell neither minima nor heights, or nobody asks."""
    resolved = subject.resolved
    if resolved.legend and resolved.point_color is PointColor.HEIGHT and resolved.objective.dimension == 2:
        return ColorBar(subject.landscape.relief)
    return Rows(_minima(subject) if resolved.legend and resolved.point_color is PointColor.BASIN else ())


def _minima(subject: Subject) -> tuple[Row, ...]:
    """Return a line for each minimum that points ended at, with its value and how many they are."""
    (run,) = subject.runs
    found = basins(run.descent, run.labels)
    rows = [
        Row(
            basin_hue(number, subject.theme),
            f"{_place(each.location, subject.resolved.extent)}   f = {_value(each.value)}   "
            f"{points_in_words(each.points)}",
        )
        for number, each in enumerate(found[:MOST])
    ]
    return (*rows, *([Row(None, f"and {len(found) - MOST} more")] if len(found) > MOST else []))


def _place(location: Sequence[float], extent: Extent) -> str:
    numbers = [fixed(number, float(span)) for number, span in zip(location, extent.span, strict=True)]
    return f"({', '.join(numbers)})" if len(numbers) > 1 else f"x = {numbers[0]}"


def _value(value: float) -> str:
    return fixed(value) if abs(value) < 1e4 and (abs(value) >= 0.005 or abs(value) < NOTHING) else f"{value:.2g}"
