"""The picture of ladders: steps until settled over the learning rate, a line for each optimizer."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from gdviz.descent.trials import Ending
from gdviz.descent.tuning import Ladder, Reason, Rung
from gdviz.extent import FloatArray
from gdviz.picture.caption import title_mark
from gdviz.picture.colors import run_hue
from gdviz.picture.layout import Region, caption_sizes, line_height, text_region
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Dot, Label, Line, Mark
from gdviz.picture.plot import Plot, tick_text
from gdviz.picture.themes import Rgb, Theme

STEPS, NOTHING = "steps until settled", "no point settles at any rate"
LETTERS = 19  # units: their size
MARGIN = 10  # rungs of the ladder that are shown beside those at which a point settles: a decade
ROOM = (66, 44)  # units left of and below the plot, for its numbers and names
AROUND = 18  # units
HIGHEST_LANES = 0.3  # of the picture's height, for all lanes together
DOT, LINE, BAND = 7, 3, 5  # units: the radius of a chosen rate, and the width of a curve and of a lane

SHORT: Mapping[Ending, str] = MappingProxyType(
    {
        Ending.SETTLES: "few settle",
        Ending.DIVERGES: "diverges",
        Ending.UNDEFINED: "no next step",
        Ending.LEAVES: "leaves",
        Ending.LEAPS: "leaps",
        Ending.PASSES: "does not stay",
        Ending.RUNNING: "still running",
    }
)
"""How points end, in the few words for which a lane has room."""


@dataclass(frozen=True)
class Climb:
    """A ladder and what its optimizer is called."""

    label: str
    ladder: Ladder

    @property
    def rated(self) -> bool:
        """Whether it has rates to be shown."""
        return len(self.ladder.rungs) > 1

    @property
    def chosen(self) -> Rung | None:
        """What happens at the rate that was chosen; None if it was not tried."""
        return next((rung for rung in self.ladder.rungs if rung.rate == self.ladder.rate), None)

    def shows(self, rung: Rung) -> bool:
        """Return whether a rung is on the curve: at least half of its starts settle, or as many as at the best rate."""
        best = max(each.settled for each in self.ladder.rungs)
        return rung.settled >= max(1, min(best, math.ceil(len(rung.steps) / 2)))


def ladder_marks(
    title: str, climbs: Sequence[Climb], size: tuple[int, int], theme: Theme, learning_rate: str
) -> list[Mark]:
    """Return what a picture of (width, height) pixels is painted with.

    Above the plot, a lane for each optimizer says what happens at rates at which it does not settle.
    """
    caption, whole = caption_sizes(size), text_region(size)
    letters = round(whole.text_size(LETTERS))
    line = max(line_height(whole), 1.35 * letters)
    left, right = caption.margin, size[0] - caption.margin
    top = 1.5 * caption.margin + caption.title
    entries, rows = _legend(climbs, Region(left, top, right, size[1], whole.unit), theme, letters)
    top += rows * line + AROUND * whole.unit
    rated = [climb for climb in climbs if climb.rated]
    lane = min(line, HIGHEST_LANES * size[1] / max(1, len(rated)))
    above = top + len(rated) * lane + (AROUND + LETTERS + AROUND) * whole.unit
    room = [max(units * whole.unit, 2.4 * letters) for units in ROOM]
    region = Region(left + room[0] - caption.margin / 2, above, right, size[1] - caption.margin - room[1], whole.unit)
    if not rated or region.height < 2 * letters or region.width < 2 * letters:
        return [title_mark(title, caption, right, theme.ink), *entries]
    plot = _plot(rated, region)
    hues = {climb.label: run_hue(number, theme) for number, climb in enumerate(climbs)}
    marks = [
        title_mark(title, caption, right, theme.ink),
        *entries,
        *_axes(plot, theme, letters, learning_rate),
    ]
    for number, climb in enumerate(rated):
        marks += _lane(plot, climb, top + (number + 0.5) * lane, lane, color=hues[climb.label], letters=letters)
        marks += _curve(plot, climb, hues[climb.label])
    if not any(climb.shows(rung) for climb in rated for rung in climb.ladder.rungs):
        middle = np.array([(region.left + region.right) / 2, (region.top + region.bottom) / 2])
        marks.append(Label(NOTHING, middle, letters, theme.quiet_ink))
    lanes = [top + (number + 0.5) * lane for number in range(len(rated))]
    return [*marks, *_chosen(plot, rated, hues, lanes, letters=letters, theme=theme)]


def _plot(climbs: Sequence[Climb], region: Region) -> Plot:
    """Return the plot with the rates at which something settles, a decade more at each side, and their steps."""
    rungs = [(number, rung) for climb in climbs for number, rung in enumerate(climb.ladder.rungs) if climb.shows(rung)]
    rates = [rung.rate for rung in climbs[0].ladder.rungs]
    shown = [number for number, _ in rungs]
    shown += [rates.index(climb.ladder.rate) for climb in climbs if climb.ladder.rate in rates]
    low, high = (max(0, min(shown) - MARGIN), max(shown) + MARGIN) if shown else (0, len(rates) - 1)
    powers = [_power(rung) for _, rung in rungs] or [0.0, 3.0]
    margin = 0.08 * max(max(powers) - min(powers), 0.5)
    x = (math.log10(rates[low]), math.log10(rates[min(high, len(rates) - 1)]))
    return Plot(region, x, (min(powers) - 2 * margin, max(powers) + margin))


def _power(rung: Rung) -> float:
    return math.log10(max(rung.median or 0, 1))


def _legend(climbs: Sequence[Climb], region: Region, theme: Theme, letters: int) -> tuple[list[Mark], int]:
    """Return the names of the optimizers with their rates, in rows that are as wide as the region, and how many."""
    marks: list[Mark] = []
    gap, line = 8 * region.unit, max(line_height(region), 1.35 * letters)
    x, row = region.left, 0
    for number, climb in enumerate(climbs):
        ladder = climb.ladder
        told = ladder.reason.value if ladder.reason is Reason.SEARCHES else f"{ladder.rate:.3g}"
        widths = [text_width(text, letters) for text in (climb.label, told)]
        width = 3 * gap + sum(widths)
        if x > region.left and x + width > region.right:
            x, row = region.left, row + 1
        middle = region.top + (row + 0.5) * line
        marks += [
            Dot(np.array([x + gap / 2, middle]), gap / 2, run_hue(number, theme)),
            Label(climb.label, np.array([x + 2 * gap, middle]), letters, theme.ink, "lm"),
            Label(told, np.array([x + 3 * gap + widths[0], middle]), letters, theme.quiet_ink, "lm"),
        ]
        x += width + 3 * gap
    return marks, row + 1


def _axes(plot: Plot, theme: Theme, letters: int, learning_rate: str) -> list[Mark]:
    """Return a grid at powers of ten, or between them if these are few, with its numbers, and the axes' names."""
    region, u = plot.region, plot.region.unit
    below = [
        (power, tick_text(float(f"1e{power}"))) for power in range(math.ceil(plot.x[0]), math.floor(plot.x[1]) + 1)
    ]
    across = max((text_width(text, letters) for _, text in below), default=0) + letters
    every = max(1, math.ceil(across * len(below) / region.width))
    beside = _numbers_beside(plot, letters)
    marks: list[Mark] = []
    for power, text in below:
        foot = plot.place(power, plot.y[0])
        marks.append(Line(np.array([foot, [foot[0], region.top]]), theme.grid, 1.2 * u))
        if power % every == 0:
            marks.append(Label(text, foot + [0, 10 * u], letters, theme.quiet_ink, "mt"))
    for number in beside:
        edge = plot.place(plot.x[0], math.log10(number))
        marks.append(Line(np.array([edge, [region.right, edge[1]]]), theme.grid, 1.2 * u))
        marks.append(Label(f"{number:g}", edge - [10 * u, 0], letters, theme.quiet_ink, "rm"))
    frame = np.array([[region.left, region.top], [region.left, region.bottom], [region.right, region.bottom]])
    name = np.array([region.right, region.bottom + 16 * u + letters])
    return [
        *marks,
        Line(frame, theme.axis, 1.2 * u),
        Label(learning_rate, name, letters, theme.ink, "rt"),
        Label(STEPS, np.array([region.left, region.top - 10 * u]), letters, theme.ink, "ls"),
    ]


def _numbers_beside(plot: Plot, letters: int) -> list[int]:
    """Return the steps at the left: 1, 2 and 5 times powers of ten if there is room, or powers of ten."""
    for digits in ((1, 2, 5), (1, 3), (1,)):
        numbers = [digit * 10**power for power in range(7) for digit in digits]
        shown = [number for number in numbers if plot.y[0] <= math.log10(number) <= plot.y[1]]
        if len(shown) * 2 * letters <= plot.region.height:
            break
    return shown


def _lane(plot: Plot, climb: Climb, middle: float, height: float, *, color: Rgb, letters: int) -> list[Mark]:
    """Return a band over the rates at which an optimizer does not settle, with how it ends there."""
    marks: list[Mark] = []
    rungs = climb.ladder.rungs
    half = 0.5 * (math.log10(rungs[1].rate) - math.log10(rungs[0].rate))
    ended = itertools.groupby(rungs, key=lambda rung: None if climb.shows(rung) else rung.ending)
    for ending, group in ended:
        same = list(group)
        low = max(plot.x[0], math.log10(same[0].rate) - half)
        high = min(plot.x[1], math.log10(same[-1].rate) + half)
        if ending is None or low >= high:
            continue
        (left, _), (right, _) = plot.place(np.array([low, high]), plot.y[0])
        u = plot.region.unit
        left, right = float(left) + 2 * u, float(right) - 2 * u
        text = SHORT[ending]
        width = text_width(text, letters)
        start, stop = _longer_part(left, right, float(plot.place(math.log10(climb.ladder.rate), 0.0)[0]))
        fits = width + 0.6 * letters < stop - start and letters <= height
        middle_of = (start + stop) / 2
        pieces = [(left, middle_of - width / 2 - 5 * u), (middle_of + width / 2 + 5 * u, right)]
        marks += [
            Line(np.array([[begin, middle], [end, middle]]), color, BAND * u, opacity=0.55)
            for begin, end in (pieces if fits else [(left, right)])
            if end > begin
        ]
        if fits:
            marks.append(Label(text, np.array([middle_of, middle]), letters, color))
    return marks


def _longer_part(left: float, right: float, dot: float) -> tuple[float, float]:
    """Return the longer part of a band at one side of a dot, or all of it if the dot is not on it."""
    if not left < dot < right:
        return left, right
    return (left, dot) if dot - left > right - dot else (dot, right)


def _curve(plot: Plot, climb: Climb, color: Rgb) -> list[Mark]:
    """Return the steps over the rates at which points settle; a rate alone is a dot."""
    marks: list[Mark] = []
    for shown, group in itertools.groupby(climb.ladder.rungs, key=climb.shows):
        rungs = list(group) if shown else []
        places = [plot.place(math.log10(rung.rate), _power(rung)) for rung in rungs]
        if len(places) == 1:
            marks.append(Dot(places[0], LINE * plot.region.unit, color))
        elif places:
            marks.append(Line(np.array(places), color, LINE * plot.region.unit))
    return marks


def _chosen(
    plot: Plot, climbs: Sequence[Climb], hues: Mapping[str, Rgb], lanes: Sequence[float], *, letters: int, theme: Theme
) -> list[Mark]:
    """Return a dot at each chosen rate, in the lane if it does not settle, and beside it the rate, if there is room."""
    u = plot.region.unit
    marks: list[Mark] = []
    taken: list[FloatArray] = []
    for climb, lane in zip(climbs, lanes, strict=True):
        rung = climb.chosen
        settled = rung is not None and climb.shows(rung)
        place = plot.place(math.log10(climb.ladder.rate), _power(rung) if rung else plot.y[0])
        place = place if settled else np.array([place[0], lane])
        marks += [Dot(place, (DOT + 3) * u, theme.background), Dot(place, DOT * u, hues[climb.label])]
        taken.append(np.array([*(place - DOT * u), *(place + DOT * u)]))
    for climb, dot in zip(climbs, list(taken), strict=True):
        middle = (dot[:2] + dot[2:]) / 2
        if middle[1] < plot.region.top:
            continue
        text = f"{climb.ladder.rate:.3g}"
        half = np.array([text_width(text, letters), letters]) / 2
        apart = half + (DOT + 4) * u
        for way in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            at = middle + np.array(way) * apart
            box = np.array([*(at - half), *(at + half)])
            if box[3] < plot.region.bottom and all(_apart(box, other) for other in taken if other is not dot):
                taken.append(box)
                marks.append(Label(text, at, letters, hues[climb.label]))
                break
    return marks


def _apart(one: FloatArray, other: FloatArray) -> bool:
    return bool((one[:2] > other[2:]).any() or (one[2:] < other[:2]).any())
