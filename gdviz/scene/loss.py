"""The loss panel: the function's value over the iterations, drawn up to the moment of the film."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.engine import Descent, Status
from gdviz.description.choices import LossScale, PointColor, View
from gdviz.extent import FloatArray
from gdviz.picture.layout import TEXT, Place
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Area, Dot, Label, Mark
from gdviz.picture.plot import Plot, padded
from gdviz.picture.themes import Rgb
from gdviz.scene.panel import MarksPanel
from gdviz.scene.point_marks import ball, cross
from gdviz.scene.run import Run, clock_word, first_color
from gdviz.scene.subject import Subject
from gdviz.scene.timeline import FrameState

MOMENTS = 600  # iterations that are looked at; of more, evenly spaced ones
SAMPLED = 2_000  # points that are looked at, if there are more
WIDTH = 2.6  # units: of a line
RACERS = (3.8, 2.2)  # likewise of the first and of the last run of a race
ON = 0.5  # of its own width: a line that goes on level
DECADES = 2.0  # that the loss must span to be drawn on a logarithmic axis
FAR = 10.0  # times as many steps as another run: a race that has so long a one is drawn over their powers of ten
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
    width
        Of the line, in units.
    arrival
        The iteration at which a single point of a race has come to rest, from which on the line goes on level.
    end
        The iteration at which a recorded path ends, and the line with it.
    out
        Whether a single point of a race has diverged or left when its line ends.
    exit
        Where such a line ends or leaves the plot for good, as numbers of the plot, shape (2,); None if it does not.

    """

    name: str
    values: FloatArray
    lower: FloatArray | None
    upper: FloatArray | None
    color: Rgb
    width: float = WIDTH
    arrival: float = math.inf
    end: float = math.inf
    out: bool = False
    exit: FloatArray | None = None


@dataclass(frozen=True)
class LossPanel(MarksPanel):
    """A loss curve.

    Attributes
    ----------
    plot
        Where the curve is; on a logarithmic axis its y are powers of ten, and likewise its x, of one iteration more.
    iterations
        The iterations looked at, shape (k,).
    traces
        What is drawn over them.
    logarithmic
        Whether what is drawn are powers of ten.
    compressed
        Whether it is drawn over the powers of ten of the iterations, which begin with 1: short runs are seen beside
        a long one.
    distances
        Whether the powers of ten are those of the distance to the least value, and not of the values.

    """

    plot: Plot
    iterations: FloatArray
    traces: tuple[Trace, ...]
    logarithmic: bool
    compressed: bool = False
    distances: bool = True

    @property
    def name(self) -> str:
        """What the lines show: f, or how far it is from its least value."""
        words = self.subject.words
        return words.distance_to_minimum if self.logarithmic and self.distances else words.f

    def ground(self) -> list[Mark]:
        """Return what is the same in every frame: the axes, and what the lines are."""
        name = self.name
        marks: list[Mark] = [self.plot.name_of_y(self.theme, name)]
        if self.subject.has_axes(View.LOSS):
            clock = clock_word(self.subject.resolved.clock, self.subject.words)
            marks = self.plot.axes(self.theme, clock, name, logarithmic=self.logarithmic, counts=self.compressed)
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

    def _across(self, iterations: FloatArray) -> FloatArray:
        """Return where iterations are along the plot, as its numbers."""
        return np.log10(1 + iterations) if self.compressed else iterations

    def _until(self, position: float, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the iterations up to a position, which is the last, and the values there."""
        past = self.iterations <= position
        now = np.interp(position, self.iterations, values)
        return np.append(self.iterations[past], position), np.append(values[past], now)

    def _line(self, trace: Trace, position: float) -> list[Mark]:
        x, y = self._until(min(position, trace.arrival, trace.end), trace.values)
        x = self._across(x)
        line, unit = self.plot.curve(x, y, trace.color, trace.width), self.plot.region.unit
        here, place = self.plot.shows(x[-1], y[-1]), self.plot.place(x[-1], y[-1])
        marks = [*line, *(ball(place, 6 * unit, trace.color) if here else [])]
        if position >= trace.arrival:
            since = self._across(np.array([trace.arrival, position]))
            on = self.plot.curve(since, y[[-1, -1]], trace.color, ON * trace.width)
            marks = [*on, *marks, Dot(place, 10 * unit, trace.color, ring=1.8 * unit)]
        if trace.exit is not None and position >= trace.exit[0]:
            place = self.plot.place(self._across(trace.exit[0]), trace.exit[1])
            marks += cross(place, 6 * unit, trace.color, self.theme)
        return marks

    def _band(self, trace: Trace, position: float) -> list[Mark]:
        if trace.lower is None or trace.upper is None:
            return []
        x, lower = self._until(position, trace.lower)
        _, upper = self._until(position, trace.upper)
        x, known = self._across(x), np.isfinite(lower) & np.isfinite(upper)
        edge = self.plot.place(x[known], np.clip(lower[known], *self.plot.y))
        other = self.plot.place(x[known], np.clip(upper[known], *self.plot.y))
        return [Area(np.concatenate([edge, other[::-1]]), self.theme.spread)] if known.sum() > 1 else []


def build_loss(subject: Subject, place: Place) -> LossPanel:
    """Make the panel."""
    resolved = subject.resolved
    steps = max(run.descent.steps for run in subject.runs)
    moments = np.round(np.linspace(0, steps, min(steps + 1, MOMENTS)))
    compressed = subject.is_race and _are_unlike(subject.runs)
    if compressed:
        moments = np.concatenate([moments, np.round(np.geomspace(1, steps, min(steps, MOMENTS)))])
    if subject.is_race_of_points:
        moments = np.concatenate([moments, *(run.descent.iterations for run in subject.runs)])
    iterations = np.unique(moments)
    if subject.is_race:
        traces, highest = _race_traces(subject, iterations), _highest_in_view(subject)
    else:
        traces, highest = _traces(subject.runs[0], iterations, subject), math.inf
    distances = not _are_recorded_and_positive(subject.runs)
    lowest = _lowest(subject, highest) if distances else 0.0
    powers = [_in_powers(trace, lowest) for trace in traces]
    logarithmic = _is_logarithmic(resolved.loss_scale, powers)
    shown = powers if logarithmic else traces
    top = float(_powers(np.array([highest - lowest]))[0]) if logarithmic else highest
    heights = _range(shown, top, logarithmic=logarithmic)
    sides = WITH_AXES if subject.has_axes(View.LOSS) else BARE
    end = math.log10(1 + steps) if compressed else float(max(steps, 1))
    plot = Plot(place.content.inset(*sides), (0.0, end), heights)
    if subject.is_race:
        shown = [_within(trace, iterations, heights) for trace in shown]
    return LossPanel(subject, place, plot, iterations, tuple(shown), logarithmic, compressed, distances)


def _are_recorded_and_positive(runs: Sequence[Run]) -> bool:
    """Return whether losses were recorded, and all are above 0: as of networks, whose minimum is not known."""
    if all(run.descent.recorded_losses is None for run in runs):
        return False
    return not any((run.descent.loss_history.values <= 0).any() for run in runs)


def _are_unlike(runs: Sequence[Run]) -> bool:
    """Return whether one of the runs, without those whose points are all lost, takes FAR times as long as another."""
    lost = (Status.DIVERGED, Status.LEFT)
    steps = [run.descent.steps for run in runs if not np.isin(run.descent.status, lost).all()]
    return bool(steps) and max(steps) > FAR * min(steps)


def _steps(descent: Descent, iterations: FloatArray) -> NDArray[np.int64]:
    """Return the steps of a descent at these iterations; one that has ended before stays at its last."""
    return np.minimum(iterations.astype(np.int64), descent.steps)


def _race_traces(subject: Subject, iterations: FloatArray) -> list[Trace]:
    """Return a line for each run: its only point's own, or the median of its points."""
    traces, named = [], subject.resolved.point_color is not PointColor.RUN
    for number, run in enumerate(subject.runs):
        descent, count = run.descent, len(run.descent.status)
        if not count:
            continue
        values = descent.loss_history.values_of(descent.sample(SAMPLED), _steps(descent, iterations))
        arrival, last, out = math.inf, math.inf, False
        if count == 1:
            shown, end, status = values[:, 0].copy(), float(descent.iterations[0]), descent.status[0]
            out = status in (Status.DIVERGED, Status.LEFT)
            if status == Status.RECORDED:
                last = end
            elif out:
                shown[iterations > end] = np.nan
            elif status != Status.RUNNING:
                arrival = end
        else:
            shown = np.median(np.where(np.isfinite(values), values, np.inf), axis=1)
        width = float(np.linspace(*RACERS, len(subject.runs))[number])
        name = run.settings.label if named else ""
        traces.append(Trace(name, shown, None, None, run.hue, width, arrival, last, out))
    return traces


def _highest_in_view(subject: Subject) -> float:
    """Return the highest value of f that a point has in the extent: a run that leaves it is not followed up."""
    extent, highest = subject.resolved.extent, -math.inf
    for run in subject.runs:
        some, history = run.descent.sample(SAMPLED // len(subject.runs)), run.descent.loss_history
        losses = history.values_of(some)
        inside = extent.contains(history.positions_of(some)) & np.isfinite(losses)
        highest = max(highest, float(losses.max(initial=-math.inf, where=inside)))
    return highest if math.isfinite(highest) else math.inf


def _within(trace: Trace, iterations: FloatArray, heights: tuple[float, float]) -> Trace:
    """Return a line of a race that runs along the plot's lower edge where it is lower, and where it leaves the plot."""
    low, high = heights
    values = np.where(trace.values < low, low, trace.values)
    known = np.flatnonzero(~np.isnan(values))
    inside = np.flatnonzero(values <= high)
    if not len(inside) or math.isfinite(trace.arrival):
        return replace(trace, values=values)
    last = int(inside[-1])
    if last == known[-1]:
        end = np.array([iterations[last], values[last]]) if trace.out else None
        return replace(trace, values=values, exit=end)
    share = (high - values[last]) / (values[last + 1] - values[last])
    at = iterations[last] + share * (iterations[last + 1] - iterations[last])
    return replace(trace, values=values, exit=np.array([at, high]))


def _traces(run: Run, iterations: FloatArray, subject: Subject) -> list[Trace]:
    """Return a run's lines: the point's own, or of many points the median with its band, and the best."""
    descent = run.descent
    count, theme, words = len(descent.status), subject.theme, subject.words
    if not count:
        return []
    values = descent.history.values_of(descent.sample(SAMPLED), _steps(descent, iterations))
    if count == 1:
        return [Trace("", values[:, 0], None, None, first_color(run) if run.colors is not None else theme.point)]
    finite = np.where(np.isfinite(values), values, np.nan)
    finite[:, np.isnan(finite).all(axis=0)] = np.inf  # of points that never had a value
    with np.errstate(invalid="ignore"):
        lower, median, upper = np.nanpercentile(finite, [BAND[0], 50.0, BAND[1]], axis=1)
        best = np.nanmin(finite, axis=1)
    return [Trace(words.median, median, lower, upper, theme.curve), Trace(words.best, best, None, None, theme.point)]


def _lowest(subject: Subject, highest: float) -> float:
    """Return the least value known or seen: that of a known minimum, or what a point has reached.

    In a race, what points reach outside the extent does not count, unless all of them are there.
    """
    objective = subject.resolved.objective
    known = [float(objective.value(*minimum)) for minimum in objective.minima]
    seen = []
    for run in subject.runs:
        extent = subject.resolved.extent if subject.is_race and math.isfinite(highest) else None
        if least := run.descent.loss_history.least(extent):
            seen.append(least.value)
    return min([*known, *seen], default=0.0)


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


def _range(traces: Sequence[Trace], top: float, *, logarithmic: bool) -> tuple[float, float]:
    upper = [trace.upper for trace in traces if trace.upper is not None]
    values = np.concatenate([np.zeros(0), *(trace.values for trace in traces), *upper])
    values = values[np.isfinite(values) & (values <= top)]
    if not values.size:
        return 0.0, 1.0
    low, high = padded(values, 0.06)
    return (max(low, high - DEEPEST), high) if logarithmic else (low, high)
