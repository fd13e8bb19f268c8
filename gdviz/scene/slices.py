"""The slices panel: a point of a function of two variables, each variable in a plot of its own.

The left plot shows f over x at the y where the point now is, the right one f over y at its x: as one variable moves,
the other's curve changes shape, and the point rides on both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdviz.description.choices import View
from gdviz.errors import InputError
from gdviz.extent import Extent, FloatArray
from gdviz.functions.objective import Objective
from gdviz.picture.caption import Readout, fixed
from gdviz.picture.layout import Place
from gdviz.picture.marks import Label, Line, Mark
from gdviz.picture.plot import Plot, dashes, padded
from gdviz.scene.panel import MarksPanel
from gdviz.scene.point_marks import Step, footprints, legend, next_place, ride, rider_scale, step_scale
from gdviz.scene.run import Run, number_readout, step_readouts
from gdviz.scene.subject import Subject
from gdviz.scene.timeline import FrameState
from gdviz.terrain.shown_range import clipped, shown_values

SAMPLES = 361
# Units left free at the left, top, right and bottom of both plots.
WITH_AXES, BARE = ((56, 64, 26, 52), (74, 64, 8, 52)), ((8, 64, 26, 8), (26, 64, 8, 8))


@dataclass(frozen=True)
class SlicesPanel(MarksPanel):
    """Two slices, and on both the one point that is followed.

    Attributes
    ----------
    plots
        Where the slices over x and over y are in the picture.

    """

    plots: tuple[Plot, Plot]

    def ground(self) -> list[Mark]:
        """Return what is the same in every frame, from back to front."""
        words = self.subject.words
        names = zip(self.plots, (words.x, words.y), strict=True) if self.subject.has_axes(View.SLICES) else ()
        axes = [mark for plot, name in names for mark in plot.axes(self.theme, name, "")]
        return axes + legend(self.place, self._scale, self.theme, words)

    def curve(self, axis: int, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the slice through `point` (2,) along an axis: numbers along it and f there, each (SAMPLES + 1,).

        The point itself, if it is in the plot, is among them, so that it lies on the drawn curve.
        """
        low, high = self.plots[axis].x
        along = np.sort(np.append(np.linspace(low, high, SAMPLES), np.clip(point[axis], low, high)))
        x_y = [along, np.full_like(along, point[1 - axis])]
        return along, self._objective.value(*(x_y if axis == 0 else x_y[::-1]))

    def marks(self, state: FrameState) -> list[Mark]:
        """Return what a frame adds to the ground, from back to front."""
        descent, target = self._run.descent, self._objective
        point = self._run.at(state.position)[0]
        value = float(target.value(*point))
        gradient = target.gradient(*point)
        ahead = next_place(self._run, state.position, self._scale)
        marks = self._level(point, value)
        for axis, plot in enumerate(self.plots):
            been = slice(0, int(state.position) + 1)
            landing = point.copy()
            landing[axis] = ahead[axis]
            marks += plot.curve(*self.curve(axis, point), self.theme.curve, 3.4)
            way = np.stack([descent.points[been, 0, axis], descent.values[been, 0]], axis=-1)
            here = (float(point[axis]), value)
            been_x, been_f = np.concatenate([way, [here]]).T
            marks += plot.curve(been_x, been_f, self.theme.trail, 2.2)
            marks += footprints(plot, way, self.theme.trail)
            step = Step((float(ahead[axis]), float(target.value(*landing))), self._scale)
            marks += ride(plot, here, float(gradient[axis]), step, self.theme)
            marks.append(self._title(axis, point))
        return marks

    def readouts(self, state: FrameState) -> list[Readout]:
        """Return the numbers of a frame."""
        run, target = self._run, self._objective
        point = run.at(state.position)[0]
        gradient = target.gradient(*point)
        x, y, words = float(point[0]), float(point[1]), self.subject.words
        (left, right), (low, high) = (plot.x for plot in self.plots)
        return [
            *step_readouts(run, state.position, words),
            number_readout(words.x, x, "-0.00", words, span=right - left),
            number_readout(words.y, y, "-0.00", words, span=high - low),
            number_readout(words.f_of(words.x, words.y), float(target.value(x, y)), "0000.00", words),
            number_readout(words.dx, float(gradient[0]), "-000.00", words),
            number_readout(words.dy, float(gradient[1]), "-000.00", words),
        ]

    @property
    def _run(self) -> Run:
        return self.subject.runs[0]

    @property
    def _objective(self) -> Objective:
        return self.subject.resolved.objective

    @cached_property
    def _scale(self) -> int:
        return step_scale(self.plots, self._run.descent.points[:, 0])

    def _title(self, axis: int, point: FloatArray) -> Mark:
        words, (low, high) = self.subject.words, self.plots[1 - axis].x
        held = fixed(float(point[1 - axis]), high - low, none=words.none)
        text = (words.f_of(words.x, f"{words.y} = {held}"), words.f_of(f"{words.x} = {held}", words.y))[axis]
        region = self.plots[axis].region
        place = np.array([(region.left + region.right) / 2, region.top - 22 * region.unit])
        letters = region.text_size(max(17, 23 * rider_scale(region)))
        return Label(text, place, letters, self.theme.ink, "ms")

    def _level(self, point: FloatArray, value: float) -> list[Mark]:
        """Return a faint line from the point in one plot to the same point in the other, at the same height."""
        if not all(plot.shows(point[axis], value) for axis, plot in enumerate(self.plots)):
            return []
        left, right = (plot.place(point[axis], value) for axis, plot in enumerate(self.plots))
        unit = self.region.unit
        return [Line(np.stack(ends), self.theme.level, 1.4 * unit) for ends in dashes(left, right, 4 * unit)]


def build_slices(subject: Subject, place: Place) -> SlicesPanel:
    """Make the panel.

    Raises
    ------
    InputError
        If the function is not one of two variables, if not exactly one point descends, or f has no value at its start.

    """
    target, extent = subject.resolved.objective, subject.resolved.extent
    if target.dimension != 2:
        raise InputError(f"{target.name} is a function of x alone, and the slices view needs x and y")
    (run,) = subject.runs
    if len(run.descent.status) != 1:
        raise InputError(f"the slices view follows one point, not {len(run.descent.status)}; give one start")
    left, right = place.content.halves()
    heights = _range_of_heights(run, extent, target)
    sides = WITH_AXES if subject.has_axes(View.SLICES) else BARE
    plots = (
        Plot(left.inset(*sides[0]), extent.sides[0], heights),
        Plot(right.inset(*sides[1]), extent.sides[1], heights),
    )
    return SlicesPanel(subject, place, plots)


def _range_of_heights(run: Run, extent: Extent, target: Objective) -> tuple[float, float]:
    """Return the heights that both plots show: from below all that the slices reach to well above the start."""
    x, y = (axis[:, None] for axis in extent.axes((SAMPLES, SAMPLES)))
    places = run.descent.points[:: max(1, run.descent.steps // 100), 0]
    places = places[extent.contains(places) | (np.arange(len(places)) == 0)]
    values = np.concatenate([target.value(x, places[:, 1]).ravel(), target.value(places[:, 0], y).ravel()])
    shown = shown_values(target, extent)
    start = float(np.clip(run.descent.values[0, 0], *shown))
    finite = clipped(np.append(values[np.isfinite(values)], start), shown)
    lowest, highest = float(finite.min()), float(finite.max())
    top = min(highest, lowest + 2.0 * max(start - lowest, 0.1 * (highest - lowest)))
    return padded(np.array([lowest, top]), 0.06)
