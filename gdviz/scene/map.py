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
from gdviz.picture.marks import Dot, Line, Mark, Raster, Strokes
from gdviz.picture.plot import Plot
from gdviz.scene.arrivals import arrival_marks
from gdviz.scene.field_marks import field_marks
from gdviz.scene.panel import MarksPanel
from gdviz.scene.point_marks import balls, point_scale
from gdviz.scene.run import Run, first_color
from gdviz.scene.step_arrows import arrow_marks, word_marks
from gdviz.scene.subject import Subject
from gdviz.scene.timeline import FrameState
from gdviz.terrain.bands import banded

WITH_AXES, BARE = (58.0, 14.0, 16.0, 52.0), (16.0, 14.0, 16.0, 14.0)  # units left of, above, right of and below the map
BESIDE_TITLE = 26.0  # units above a map that stands beside the title
TITLE = 0.2  # the share of a picture's width that is left for a title beside a map
CLEAR = 0.7  # how large the points and trails of a race of single points are at least, as a share of their full size
TOUCHING = 1e-6  # pixels
THINNED = 1.0  # pixels between the corners of their trails
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
    def strokes(self) -> Strokes | None:
        """All trails, in the order of time; None in a race of single points."""
        if self.subject.is_race_of_points:
            return None
        colors = [to_bytes(colors)[1::2] for colors in self.subject.trail_colors]
        order = np.argsort(np.concatenate([trails.times for trails in self.subject.trails]), kind="stable")
        ends, width = np.concatenate(self._pieces), self.subject.sizes.trails[0] / 2 * self._scale
        return Strokes(ends[order], np.concatenate(colors)[order], width)

    def stroke_count(self, state: FrameState) -> int:
        """Return how many pieces of trail a frame shows."""
        return sum(trails.count_until(state.position) for trails in self.subject.trails)

    def marks(self, state: FrameState) -> list[Mark]:
        """Return the points of a frame, and behind them the parts of a step; in a race of single points also trails.

        Each run's trail is on those of the runs before.
        """
        steps, unit = self.subject.step_arrows, self._scale
        arrows = [] if steps is None else steps.at(state)
        parts = [mark for each in arrows for mark in arrow_marks(each, self.plot, unit, self.theme)]
        newest = steps.newest(state) if steps is not None and self.subject.resolved.view is View.MAP else None
        if newest is not None:
            ends = self.plot.place(*np.concatenate([newest.arrow.tails, newest.arrow.tips]).T)
            parts += word_marks(newest, ends, self.plot.region, self.subject.words, self.theme)
        trails = self._trails(state.position) if self.subject.is_race_of_points else []
        points = [mark for run in self.subject.runs for mark in self._points(run, state.position)]
        return [*parts, *trails, *points, *self._arrivals(state)]

    def _arrivals(self, state: FrameState) -> list[Mark]:
        """Return the marks of those who have come to rest, or are out of a race."""
        shown = self.subject.arrivals.at(state)
        places = [self.plot.place(*arrival.place) for arrival, _ in shown]
        radius = self.subject.sizes.diameter / 4 * self._racers_scale
        numbers = View.SURFACE not in self.subject.resolved.views
        return arrival_marks(shown, np.array(places).reshape(-1, 2), self.region, radius, self.theme, numbers=numbers)

    @cached_property
    def _pieces(self) -> tuple[FloatArray, ...]:
        """Each run's pieces of trail in the picture, shape (m, 2, 2)."""
        landscape, pieces = self.subject.landscape, []
        for trails in self.subject.trails:
            places = landscape.extent.low + landscape.shares(trails.vertices) * landscape.extent.span
            pieces.append(self.plot.place(places[:, 0], places[:, 1]).reshape(-1, 2, 2))
        return tuple(pieces)

    def _trails(self, position: float) -> list[Mark]:
        """Return the trails of single points up to a position."""
        marks: list[Mark] = []
        subject = self.subject
        for run, trails, width, pieces in zip(
            subject.runs, subject.trails, subject.sizes.trails, self._pieces, strict=True
        ):
            ways = joined(pieces[: trails.count_until(position)], THINNED)
            marks += [Line(way, first_color(run), width / 2 * self._racers_scale) for way in ways]
        return marks

    @property
    def _scale(self) -> float:
        """Pixels of a unit of points and lines: fewer on a small map, or they would hide it."""
        return self.plot.region.unit * point_scale(self.plot.region)

    @property
    def _racers_scale(self) -> float:
        """Pixels of a unit of points and trails: in a race of single points, all of them are seen on a small map."""
        unit, least = self.plot.region.unit, CLEAR if self.subject.is_race_of_points else 0.0
        return unit * max(point_scale(self.plot.region), least)

    def _points(self, run: Run, position: float) -> list[Mark]:
        points = run.at(position)
        draped, seen = self.subject.visible_points(run, position)
        colors = to_bytes(self.subject.point_colors(run, position, draped))
        radius = self.subject.sizes.diameter / 4 * self._racers_scale
        places: FloatArray = self.plot.place(points[seen, 0], points[seen, 1])
        return balls(places, radius, colors[seen], layers=3 if len(points) <= DETAILED else 2)


def joined(pieces: FloatArray, apart: float) -> list[FloatArray]:
    """Return straight pieces (m, 2, 2), most of which begin where the one before ends, as polylines (n, 2).

    Corners that are nearer to each other than so many pixels, along the way, are left out.
    """
    if not len(pieces):
        return []
    breaks = np.flatnonzero(np.abs(pieces[1:, 0] - pieces[:-1, 1]).max(axis=1) > TOUCHING) + 1
    ways = []
    for part in np.split(pieces, breaks):
        way = np.concatenate([part[:, 0], part[-1:, 1]])
        passed = np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1)) // apart
        kept = np.diff(passed, prepend=0.0) > 0
        kept[-1] = True
        ways.append(np.concatenate([way[:1], way[1:][kept]]))
    return ways


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
