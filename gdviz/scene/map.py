"""The map panel: a function of two variables from straight above, as bands of height, with the paths on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gdviz.description.choices import View
from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.picture.colors import to_bytes
from gdviz.picture.layout import Place, Region
from gdviz.picture.marks import Dot, Mark, Raster, Strokes
from gdviz.picture.plot import Plot
from gdviz.scene.field_marks import field_marks
from gdviz.scene.panel import MarksPanel
from gdviz.scene.point_marks import balls, point_diameter, point_scale, trail_width
from gdviz.scene.run import Run
from gdviz.scene.step_arrows import arrow_marks
from gdviz.scene.subject import Subject
from gdviz.scene.timeline import FrameState
from gdviz.terrain.bands import banded

WITH_AXES, BARE = (58.0, 14.0, 16.0, 52.0), (16.0, 14.0, 16.0, 14.0)  # units left of, above, right of and below the map
BESIDE_TITLE = 26.0  # units above a map that stands beside the title
TITLE = 0.2  # the share of a picture's width that is left for a title beside a map
DETAILED = 1_000  # points: more are drawn without a light on each


@dataclass(frozen=True)
class MapPanel(MarksPanel):
    """A map.

    Attributes
    ----------
    plot
        Where the map is in the picture, and which x and y it covers.

    """

    plot: Plot

    def ground(self) -> list[Mark]:
        """Return what is the same in every frame: the bands, the field, the axes and the known minima."""
        left, top, right, bottom = self.plot.region.box
        resolved, words = self.subject.resolved, self.subject.words
        size = (right - left, bottom - top)
        pixels = banded(self.subject.landscape, resolved.objective, size, self.subject.ramp)
        rings = [
            Dot(self.plot.place(x, y), 6.5 * self._scale, self.theme.minimum, ring=1.6 * self._scale)
            for x, y in resolved.objective.minima
            if self.plot.shows(x, y)
        ]
        arrows, shown = self.subject.field, self.subject.has_axes(View.MAP)
        field = [] if arrows is None else field_marks(arrows, self.plot, self._scale, self.theme)
        axes = self.plot.edge_axes(self.theme, words.x, words.y) if shown else []
        return [Raster(pixels, left, top, right, bottom), *field, *axes, *rings]

    @cached_property
    def strokes(self) -> Strokes:
        """All trails, in the order of time."""
        landscape, width = self.subject.landscape, 0.0
        ends, colors, times = [], [], []
        for run, trails in zip(self.subject.runs, self.subject.trails, strict=True):
            places = landscape.extent.low + landscape.shares(trails.vertices) * landscape.extent.span
            ends.append(self.plot.place(places[:, 0], places[:, 1]).reshape(-1, 2, 2))
            colors.append(to_bytes(self.subject.trail_colors(run, trails))[1::2])
            times.append(trails.times)
            width = max(width, trail_width(len(run.descent.status)) / 2 * self._scale)
        order = np.argsort(np.concatenate(times), kind="stable")
        return Strokes(np.concatenate(ends)[order], np.concatenate(colors)[order], width)

    def stroke_count(self, state: FrameState) -> int:
        """Return how many pieces of trail a frame shows."""
        return sum(trails.count_until(state.position) for trails in self.subject.trails)

    def marks(self, state: FrameState) -> list[Mark]:
        """Return the points of a frame, and the parts of a step behind them."""
        steps, unit = self.subject.step_arrows, self._scale
        arrows = [] if steps is None else steps.at(state)
        parts = [mark for each in arrows for mark in arrow_marks(each, self.plot, unit, self.theme)]
        return parts + [mark for run in self.subject.runs for mark in self._points(run, state.position)]

    @property
    def _scale(self) -> float:
        """Pixels of a unit of points and lines: fewer on a small map, or they would hide it."""
        return self.plot.region.unit * point_scale(self.plot.region)

    def _points(self, run: Run, position: float) -> list[Mark]:
        points = run.at(position)
        draped, seen = self.subject.visible_points(run, position)
        colors = to_bytes(self.subject.point_colors(run, position, draped))
        radius = point_diameter(len(points)) / 4 * self._scale
        places: FloatArray = self.plot.place(points[seen, 0], points[seen, 1])
        return balls(places, radius, colors[seen], layers=3 if len(points) <= DETAILED else 2)


def build_map(subject: Subject, place: Place) -> MapPanel:
    """Make the panel.

    Raises
    ------
    InputError
        If the function is not one of two variables, or has no finite value in the extent.

    """
    objective = subject.resolved.objective
    if objective.dimension != 2:
        raise InputError(f"{objective.name} is a function of x alone, and a map needs x and y; the curve view draws it")
    half = subject.landscape.half
    x, y = subject.resolved.extent.sides
    sides = WITH_AXES if subject.has_axes(View.MAP) else BARE
    return MapPanel(subject, place, Plot(_region(place, half[0] / half[1], sides), x, y))


def _region(place: Place, aspect: float, sides: tuple[float, float, float, float]) -> Region:
    """Return where a map of so many heights' width is: beside the title if it is narrow enough, otherwise below it.

    `sides` are the units left free at its left, top, right and bottom.
    """
    unit, free = place.content.unit, place.content.top - place.region.top
    higher = replace(place.content, top=place.region.top + min(free, BESIDE_TITLE * unit))
    beside = higher.inset(*sides).fitted(aspect)
    far = beside.left - sides[0] * unit > place.region.left + TITLE * place.region.width
    return beside if far else place.content.inset(*sides).fitted(aspect)
