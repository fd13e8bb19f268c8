"""The curve panel: a function of one variable, points that descend it, the slope and the step to come."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdviz.description.choices import View
from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.picture.background import mixed
from gdviz.picture.caption import Readout
from gdviz.picture.colors import height_colors, moving_or_resting, to_bytes
from gdviz.picture.layout import Place
from gdviz.picture.marks import Dot, Label, Mark
from gdviz.picture.plot import Plot, padded
from gdviz.picture.themes import Rgb, Rgba
from gdviz.scene.arrivals import arrival_marks
from gdviz.scene.panel import MarksPanel
from gdviz.scene.point_marks import Step, balls, footprints, legend, next_place, ride, rider_scale, step_scale
from gdviz.scene.run import Run, first_color, number_readout, step_readouts
from gdviz.scene.subject import Subject
from gdviz.scene.timeline import FrameState, Phase
from gdviz.terrain.shown_range import clipped, shown_values

SAMPLES = 481
RACER = 10.0  # units: the radius of a run's only point in a race
WAYS = (12.0, 4.0)  # units: how wide the ways of the first and of the last run of a race are
FAINT = 0.5  # of the curve's colour, where it is not drawn yet
WITH_AXES, BARE = (60, 42, 12, 52), (12, 12, 12, 12)  # units left free at the left, top, right and bottom of the plot


@dataclass(frozen=True)
class CurvePanel(MarksPanel):
    """A curve.

    Attributes
    ----------
    plot
        Where the curve is in the picture.
    x, y
        The curve, shape (SAMPLES,).

    """

    plot: Plot
    x: FloatArray
    y: FloatArray

    def picture_key(self, state: FrameState) -> Hashable:
        """Return all of a frame's state that its picture depends on."""
        return state.position, self._share_drawn(state)

    def ground(self) -> list[Mark]:
        """Return what is the same in every frame, from back to front."""
        followed = len(self._run.descent.status) == 1 and not self.subject.is_race
        words = self.subject.words
        shown = self.subject.has_axes(View.CURVE)
        axes = self.plot.axes(self.theme, words.x, words.f_of(words.x)) if shown else []
        return axes + (legend(self.place, self._scale, self.theme, words) if followed else [])

    def marks(self, state: FrameState) -> list[Mark]:
        """Return what a frame adds to the ground, from back to front."""
        run, drawn = self._run, self._share_drawn(state)
        shown = self.x <= self.plot.x[0] + drawn * (self.plot.x[1] - self.plot.x[0])
        marks = self.plot.curve(self.x, self.y, self._faint, 3.6) if drawn < 1 else []
        marks += self.plot.curve(self.x[shown], self.y[shown], self.theme.curve, 3.6)
        if drawn == 1:
            marks += self._minima()
        if self.subject.is_race_of_points:
            return marks + self._race(state)
        if len(run.descent.status) == 1:
            return marks + self._followed(run, state.position)
        return marks + [mark for each in self.subject.runs for mark in self._crowd(each, state.position)]

    def readouts(self, state: FrameState) -> list[Readout]:
        """Return the numbers of a frame."""
        run, words = self._run, self.subject.words
        if len(run.descent.status) != 1 or self.subject.is_race:
            return super().readouts(state)
        x = run.at(state.position)[0, 0]
        return [
            *step_readouts(run, state.position, words),
            number_readout(words.x, float(x), "-00.00", words, span=self.plot.x[1] - self.plot.x[0]),
            number_readout(words.f_of(words.x), float(self._value(x)), "-00.00", words),
            number_readout(words.dx, self._slope(x), "-00.00", words),
        ]

    @property
    def _run(self) -> Run:
        return self.subject.runs[0]

    @cached_property
    def _scale(self) -> int:
        return step_scale([self.plot], self._run.descent.points[:, 0])

    @property
    def _faint(self) -> Rgb | Rgba:
        """The colour of the curve where it is not drawn yet: no film begins with an empty plot."""
        return mixed(self.theme.curve, FAINT, self.subject.background)

    def _share_drawn(self, state: FrameState) -> float:
        """Return how much of the curve is drawn: it grows from left to right while the film approaches."""
        frames = self.subject.resolved.timing.approach * self.subject.resolved.fps
        return min(state.frame / frames, 1.0) if state.phase is Phase.APPROACH and frames > 0 else 1.0

    def _value(self, x: FloatArray) -> FloatArray:
        return self.subject.resolved.objective.value(x)

    def _slope(self, x: FloatArray) -> float:
        return float(self.subject.resolved.objective.gradient(x)[0])

    def _followed(self, run: Run, position: float) -> list[Mark]:
        """Return one point with its slope, the step to come, and the part of the curve that it has run through."""
        x = float(run.at(position)[0, 0])
        ahead = float(next_place(run, position, self._scale)[0])
        at, landing = (x, float(self._value(np.array(x)))), (ahead, float(self._value(np.array(ahead))))
        return [
            *self._way(run, position, self.theme.trail, 4.4),
            *self._footprints(run, position, self.theme.trail),
            *ride(self.plot, at, self._slope(np.array(x)), Step(landing, self._scale), self.theme),
        ]

    def _way(self, run: Run, position: float, color: Rgb, width: float) -> list[Mark]:
        """Return the part of the curve that a run's only point has run through."""
        x, been = float(run.at(position)[0, 0]), run.descent.points[: int(position) + 1, 0, 0]
        low, high = np.clip((min(x, been.min()), max(x, been.max())), *self.plot.x)
        way = np.concatenate([[low], self.x[(self.x > low) & (self.x < high)], [high]])
        return self.plot.curve(way, self._value(way), color, width)

    def _footprints(self, run: Run, position: float, color: Rgb) -> list[Mark]:
        been = run.descent.points[: int(position) + 1, 0, 0]
        return footprints(self.plot, np.stack([been, self._value(been)], axis=-1), color)

    def _race(self, state: FrameState) -> list[Mark]:
        """Return the single points of several runs: each one's way on the wider ones of those before."""
        runs, position, unit = self.subject.runs, state.position, self.plot.region.unit
        radius = RACER * rider_scale(self.plot.region) * unit
        marks: list[Mark] = []
        for run, width in zip(runs, np.linspace(*WAYS, len(runs)), strict=True):
            marks += self._way(run, position, first_color(run), float(width) * rider_scale(self.plot.region))
        for run in runs:
            marks += self._footprints(run, position, first_color(run))
        for run in runs:
            marks += self._crowd(run, position, radius)
        shown = self.subject.arrivals.at(state)
        x = np.array([arrival.place[0] for arrival, _ in shown])
        places = self.plot.place(x, np.clip(self._value(x), *self.plot.y)) if len(x) else np.zeros((0, 2))
        return marks + arrival_marks(shown, places, self.region, radius, self.theme, numbers=True)

    def _crowd(self, run: Run, position: float, size: float | None = None) -> list[Mark]:
        """Return many points; their radius in pixels is `size`, or less the more they are."""
        x = run.at(position)[:, 0]
        y = self._value(x)
        places, seen = self.plot.place(x, y), self.plot.shows(x, y)
        shares = (self.plot.region.bottom - places[:, 1]) / self.plot.region.height
        own = height_colors(shares, self.theme) if run.colors is None else run.colors
        colors = to_bytes(moving_or_resting(own, run.resting(position), self.theme))
        radius = float(np.clip(30 * max(len(x), 1) ** -0.35, 4.0, 11.0)) * self.plot.region.unit
        return balls(places[seen], size or radius, colors[seen])

    def _minima(self) -> list[Mark]:
        """Return the known minima: a ring around each, and where nothing descends, what they are."""
        marks: list[Mark] = []
        words = self.subject.words
        bare, u = not len(self._run.descent.status), self.plot.region.unit
        for (x,) in self.subject.resolved.objective.minima:
            if self.plot.x[0] <= x <= self.plot.x[1]:
                value = float(self._value(np.array(x)))
                place = self.plot.place(x, value)
                marks.append(Dot(place, 12 * u, self.theme.minimum, ring=2.4 * u))
                if bare:
                    text = f"{words.minimum}: {words.f_of(f'{x:g}')} = {value:g}"
                    marks.append(Dot(place, 5 * u, self.theme.minimum))
                    marks.append(Label(text, place - [0, 34 * u], self.plot.region.text_size(21), self.theme.ink, "ms"))
        return marks


def build_curve(subject: Subject, place: Place) -> CurvePanel:
    """Make the panel.

    Raises
    ------
    InputError
        If the function is not one of one variable, or has no finite value in the extent.

    """
    target, extent = subject.resolved.objective, subject.resolved.extent
    if target.dimension != 1:
        raise InputError(
            f"{target.name} is a function of x and y, and the curve view draws one of x alone; "
            "the surface, map, slices and loss views draw it"
        )
    (x,) = extent.axes((SAMPLES,))
    y = target.value(x)
    if not np.isfinite(y).any():
        raise InputError("the function has no finite value anywhere in the extent; choose another")
    heights = padded(clipped(y, shown_values(target, extent)), 0.06)
    sides = WITH_AXES if subject.has_axes(View.CURVE) else BARE
    return CurvePanel(subject, place, Plot(place.content.inset(*sides), extent.sides[0], heights), x, y)
