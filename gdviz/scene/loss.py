"""The loss panel: the function's value over the iterations, drawn up to the moment of the film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdviz.description.choices import LossScale, View
from gdviz.extent import FloatArray
from gdviz.picture.layout import TEXT, Place
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Area, Label, Mark
from gdviz.picture.plot import Plot, padded
from gdviz.picture.themes import Rgb
from gdviz.scene.panel import MarksPanel
from gdviz.scene.point_marks import ball
from gdviz.scene.run import Run, first_color
from gdviz.scene.subject import Subject
from gdviz.scene.timeline import FrameState

MOMENTS = 600  # iterations that are looked at; of more, evenly spaced ones
SAMPLED = 2_000  # points that are looked at, if there are more
DECADES = 2.0  # that the loss must span to be drawn on a logarithmic axis
DEEPEST = 12.0  # decades of a logarithmic axis at most
WITH_AXES, BARE = (64, 42, 14, 60), (14, 42, 14, 14)  # units left free at the left, top, right and bottom of the plot
BAND = (10.0, 90.0)  # percentiles


@dataclass(frozen=True)
class Trace:
    """A line of the plot, or with `lower` and `upper` the band around it.

    Attributes
    ----------
    name
        What it is; empty for a single point.
    values
        The loss at the iterations looked at, shape (k,).
    lower, upper
        The band's edges, shape (k,), or None.
    color
        Of the line.

    """

    name: str
    values: FloatArray
    lower: FloatArray | None
    upper: FloatArray | None
    color: Rgb


@dataclass(frozen=True)
class LossPanel(MarksPanel):
    """A loss curve.

    Attributes
    ----------
    plot
        Where the curve is; on a logarithmic axis its y are powers of ten.
    iterations
        The iterations looked at, shape (k,).
    traces
        What is drawn over them.
    logarithmic
        Whether what is drawn are the powers of ten of the distance to the least value.

    """

    plot: Plot
    iterations: FloatArray
    traces: tuple[Trace, ...]
    logarithmic: bool

    def ground(self) -> list[Mark]:
        """Return what is the same in every frame: the axes, and what the lines are."""
        words = self.subject.words
        name = words.distance_to_minimum if self.logarithmic else words.f
        marks: list[Mark] = [self.plot.name_of_y(self.theme, name)]
        if self.subject.has_axes(View.LOSS):
            marks = self.plot.axes(self.theme, words.iteration, name, logarithmic=self.logarithmic)
        size, right, top = self.plot.region.text_size(TEXT), self.plot.region.right, self.place.content.top
        named = [trace for trace in self.traces if trace.name]
        for trace in reversed(named):
            marks.append(Label(trace.name, np.array([right, top]), size, trace.color, "rt"))
            right -= text_width(trace.name, round(size)) + 1.6 * size
        return marks

    def marks(self, state: FrameState) -> list[Mark]:
        """Return the curves up to a moment."""
        bands = [mark for trace in self.traces for mark in self._band(trace, state.position)]
        return bands + [mark for trace in self.traces for mark in self._line(trace, state.position)]

    def _until(self, position: float, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the iterations up to a position, which is the last, and the values there."""
        past = self.iterations <= position
        now = np.interp(position, self.iterations, values)
        return np.append(self.iterations[past], position), np.append(values[past], now)

    def _line(self, trace: Trace, position: float) -> list[Mark]:
        x, y = self._until(position, trace.values)
        line = self.plot.curve(x, y, trace.color, 2.6)
        here = self.plot.shows(x[-1], y[-1])
        return [*line, *(ball(self.plot.place(x[-1], y[-1]), 6 * self.plot.region.unit, trace.color) if here else [])]

    def _band(self, trace: Trace, position: float) -> list[Mark]:
        if trace.lower is None or trace.upper is None:
            return []
        x, lower = self._until(position, trace.lower)
        _, upper = self._until(position, trace.upper)
        known = np.isfinite(lower) & np.isfinite(upper)
        edge = self.plot.place(x[known], np.clip(lower[known], *self.plot.y))
        other = self.plot.place(x[known], np.clip(upper[known], *self.plot.y))
        return [Area(np.concatenate([edge, other[::-1]]), self.theme.spread)] if known.sum() > 1 else []


def build_loss(subject: Subject, place: Place) -> LossPanel:
    """Make the panel."""
    resolved = subject.resolved
    steps = max(run.descent.steps for run in subject.runs)
    iterations = np.unique(np.round(np.linspace(0, steps, min(steps + 1, MOMENTS))))
    traces = [trace for run in subject.runs for trace in _traces(run, iterations, subject)]
    lowest = _lowest(subject)
    powers = [_in_powers(trace, lowest) for trace in traces]
    logarithmic = _is_logarithmic(resolved.loss_scale, powers)
    shown = powers if logarithmic else traces
    heights = _range(shown, logarithmic=logarithmic)
    sides = WITH_AXES if subject.has_axes(View.LOSS) else BARE
    plot = Plot(place.content.inset(*sides), (0.0, float(max(steps, 1))), heights)
    return LossPanel(subject, place, plot, iterations, tuple(shown), logarithmic)


def _traces(run: Run, iterations: FloatArray, subject: Subject) -> list[Trace]:
    """Return a run's lines: the point's own, or of many points the median with its band, and the best."""
    descent = run.descent
    count, theme, words = len(descent.status), subject.theme, subject.words
    if not count:
        return []
    values = descent.values[np.minimum(iterations.astype(np.intp), descent.steps)][:, descent.sample(SAMPLED)]
    if count == 1:
        return [Trace("", values[:, 0], None, None, first_color(run) if run.colors is not None else theme.point)]
    finite = np.where(np.isfinite(values), values, np.nan)
    finite[:, np.isnan(finite).all(axis=0)] = np.inf  # of points that never had a value
    with np.errstate(invalid="ignore"):
        lower, median, upper = np.nanpercentile(finite, [BAND[0], 50.0, BAND[1]], axis=1)
        best = np.nanmin(finite, axis=1)
    return [Trace(words.median, median, lower, upper, theme.curve), Trace(words.best, best, None, None, theme.point)]


def _lowest(subject: Subject) -> float:
    """Return the least value known or seen: that of a known minimum, or what a point has reached."""
    objective = subject.resolved.objective
    known = [float(objective.value(*minimum)) for minimum in objective.minima]
    seen = [run.descent.values[np.isfinite(run.descent.values)] for run in subject.runs]
    return min([*known, *(float(values.min()) for values in seen if values.size)], default=0.0)


def _in_powers(trace: Trace, lowest: float) -> Trace:
    """Return a trace as the powers of ten of its distance to the least value."""
    lower, upper = (None if edge is None else _powers(edge - lowest) for edge in (trace.lower, trace.upper))
    return replace(trace, values=_powers(trace.values - lowest), lower=lower, upper=upper)


def _powers(distances: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.log10(np.maximum(distances, 0.0))


def _is_logarithmic(scale: LossScale, powers: Sequence[Trace]) -> bool:
    """Return whether the axis is logarithmic: as told, or if the lines span enough decades."""
    if scale is not LossScale.AUTO:
        return scale is LossScale.LOG
    spans = [np.ptp(values) for values in (each.values[np.isfinite(each.values)] for each in powers) if values.size]
    return bool(spans) and float(max(spans)) >= DECADES


def _range(traces: Sequence[Trace], *, logarithmic: bool) -> tuple[float, float]:
    upper = [trace.upper for trace in traces if trace.upper is not None]
    values = np.concatenate([np.zeros(0), *(trace.values for trace in traces), *upper])
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    low, high = padded(values, 0.06)
    return (max(low, high - DEEPEST), high) if logarithmic else (low, high)
