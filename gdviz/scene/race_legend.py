"""The legend of a race: a table of its runs, with the rate of each, f now, and when it converged."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from gdviz.descent.engine import Status
from gdviz.description.words import Words
from gdviz.extent import FloatArray
from gdviz.picture.layout import SMALLEST_TEXT, Layout, LegendSize, Region, clear_text_size, line_height
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Dot, Label, Mark
from gdviz.picture.themes import Theme
from gdviz.scene.run import Run, exit_step, first_color
from gdviz.scene.subject import Subject

SWATCH, GAP = 5.5, 12.0  # units: a dot's radius, and how far it stands before the name
BETWEEN = 0.9  # of the letters' size, between columns
LONGEST = 15.0  # of the letters' size: a longer name may be shortened before the letters are made smaller
ELLIPSIS, NO_RATE = "…", "–"
PLAIN = (0.1, 1e4)  # values of this size are written without an exponent


@dataclass(frozen=True)
class _Column:
    """A column of numbers: its name, and the longest texts that the film will show in it."""

    name: str
    longest: tuple[str, ...]

    def width(self, size: int) -> float:
        """Return how wide it is in pixels."""
        return max(text_width(text, size) for text in (self.name, *self.longest))


@dataclass(frozen=True)
class _Table:
    """Where things stand: the letters' size, the names' left edge and width, and the columns' right edges."""

    size: int
    left: float
    names: float
    edges: tuple[float, ...]


@dataclass(frozen=True)
class RaceLegend:
    """A line for each run below a line with the columns' names. What a film changes in it are its numbers."""

    subject: Subject

    def size(self, region: Region) -> LegendSize:
        """Return the room that it needs in a region."""
        size, lines = clear_text_size(region), 1 + len(self.subject.runs)
        names = min(self._names(size), LONGEST * size)
        high = lines * max(1.0, 1.35 * size / line_height(region))
        return LegendSize(high, self._before(region) + names + sum(self._widths(size)), strip=high)

    def marks(self, layout: Layout, theme: Theme) -> list[Mark]:
        """Return what is the same in every frame: the colours, the names, the rates, and the columns' names."""
        table, unit = self._table(layout), layout.legend.unit
        top, *middles = self._middles(layout)
        marks: list[Mark] = [
            Label(column.name, np.array([edge, top]), table.size, theme.quiet_ink, "rm")
            for column, edge in zip(self._columns, table.edges, strict=True)
        ]
        for run, middle in zip(self.subject.runs, middles, strict=False):
            name = shortened(run.settings.label, table.size, table.names)
            marks.append(Dot(np.array([table.left - GAP * unit, middle]), SWATCH * unit, first_color(run)))
            marks.append(Label(name, np.array([table.left, middle]), table.size, theme.ink, "lm"))
            if self._tells_rates:
                rate = _rate(run)
                marks.append(Label(rate, np.array([table.edges[0], middle]), table.size, theme.quiet_ink, "rm"))
        return marks

    def numbers(self, layout: Layout, theme: Theme, position: float) -> list[Mark]:
        """Return what a moment shows: f, and who has converged or is out of the race."""
        table = self._table(layout)
        edges = table.edges[self._tells_rates :]
        _, *middles = self._middles(layout)
        return [
            Label(text, np.array([edge, middle]), table.size, theme.ink, "rm")
            for run, middle in zip(self.subject.runs, middles, strict=False)
            for text, edge in zip(self._now(run, position), edges, strict=True)
        ]

    def _now(self, run: Run, position: float) -> tuple[str, ...]:
        """Return a run's numbers at a moment, by column."""
        words, extent = self.subject.words, self.subject.resolved.extent
        if not self.subject.is_race_of_points:
            counts = run.counts(position, extent)
            return (f"{counts.converged} / {counts.points}",)
        value = float(run.descent.losses[min(int(position), run.descent.steps), 0])
        told = standing(run, position, self._leave[run.settings.label], words)
        return ("", told) if told in self._ends else (value_text(value, words), told)

    @cached_property
    def _tells_rates(self) -> bool:
        """Whether there is a column of rates: not if there is none, or each is in the run's name."""
        settings = [run.settings for run in self.subject.runs]
        rated = [each for each in settings if each.learning_rate is not None]
        return bool(rated) and not all(each in rated and f"{each.learning_rate:g}" in each.label for each in settings)

    @cached_property
    def _columns(self) -> tuple[_Column, ...]:
        words, runs = self.subject.words, self.subject.runs
        rates = _Column(words.learning_rate, tuple(_rate(run) for run in runs))
        before = (rates,) if self._tells_rates else ()
        if not self.subject.is_race_of_points:
            return (*before, _Column(words.converged, tuple(f"{len(run.labels)} / {len(run.labels)}" for run in runs)))
        values = tuple(text for run in runs for text in longest_values(run.descent.losses[:, 0], words))
        steps = tuple(str(run.descent.iterations[0]) for run in runs)
        told = tuple(recorded_word(run, words) for run in runs if run.is_recorded)
        arrive = any(Status.CONVERGED in run.descent.status for run in runs)  # or the column has no name
        return (*before, _Column(words.f, values), _Column(words.converged if arrive else "", (*steps, *told)))

    @cached_property
    def _leave(self) -> Mapping[str, float]:
        """From which step on each run's only point is out of the picture, by the run's label."""
        extent = self.subject.resolved.extent
        return MappingProxyType({run.settings.label: exit_step(run, extent) for run in self.subject.runs})

    @cached_property
    def _ends(self) -> tuple[str, ...]:
        """The words that the film will show in place of f and of when a single point converged."""
        words = self.subject.words
        if not self.subject.is_race_of_points:
            return ()
        runs, leave = self.subject.runs, self._leave
        last = [standing(run, run.descent.steps, leave[run.settings.label], words) for run in runs]
        outside = any(leave[run.settings.label] < run.descent.steps for run in runs)
        known = (words.left_the_view, words.diverged, words.flat_ground, words.no_next_step)
        return tuple(word for word in known if word in last or (outside and word == words.left_the_view))

    def _widths(self, size: int) -> list[float]:
        """Return how wide the columns of numbers are, with what is before each."""
        widths = [column.width(size) + BETWEEN * size for column in self._columns]
        words = max((text_width(word, size) + BETWEEN * size for word in self._ends), default=0.0)
        return [*widths[:-1], max(widths[-1], words - sum(widths[-2:-1]))]

    def _names(self, size: int) -> float:
        """Return how wide the names are."""
        return max(text_width(run.settings.label, size) for run in self.subject.runs)

    def _before(self, region: Region) -> float:
        """Return how much of a region's width its dots take."""
        return (GAP + SWATCH) * region.unit

    def _table(self, layout: Layout) -> _Table:
        region, size = layout.legend, clear_text_size(layout.legend)
        room = region.width - self._before(region)
        while size > SMALLEST_TEXT and min(self._names(size), LONGEST * size) + sum(self._widths(size)) > room:
            size -= 1
        names = max(min(self._names(size), room - sum(self._widths(size))), size)
        left = region.left + self._before(region)
        left = left if layout.legend_at_left else max(left, region.right - names - sum(self._widths(size)))
        edges = itertools.accumulate(self._widths(size), initial=left + names)
        return _Table(size, left, names, tuple(edges)[1:])

    def _middles(self, layout: Layout) -> list[float]:
        """Return how high the lines stand that there is room for; nearer to each other if all fit so."""
        region, count = layout.legend, 1 + len(self.subject.runs)
        line = max(min(line_height(region), region.height / count), 1.15 * SMALLEST_TEXT)
        fitting = min(count, max(1, int(region.height / line + 0.01)))
        return [region.top + (number + 0.5) * line for number in range(fitting)]


def _rate(run: Run) -> str:
    rate = run.settings.learning_rate
    return NO_RATE if rate is None else f"{rate:.3g}"


def standing(run: Run, position: float, leaves: float, words: Words) -> str:
    """Return what became of a run's only point: the step at which it converged, or a word; nothing if it goes on.

    It is out of the picture from the step `leaves` on. Of a recorded path that is in it, a word tells what it is.
    """
    ended, status = bool(run.resting(position)[0]), Status(run.descent.status[0])
    if ended and status is Status.DIVERGED:
        return words.diverged
    if position >= leaves or (ended and status is Status.LEFT):
        return words.left_the_view
    if run.is_recorded:
        return recorded_word(run, words)
    told = {
        Status.CONVERGED: str(run.descent.iterations[0]),
        Status.FLAT: words.flat_ground,
        Status.UNDEFINED: words.no_next_step,
    }
    return told.get(status, "") if ended else ""


def recorded_word(run: Run, words: Words) -> str:
    """Return what a recorded path is: one with losses of its own is not where it seems to be, but projected."""
    return words.recorded if run.descent.recorded_losses is None else words.projected


def shortened(text: str, size: int, room: float) -> str:
    """Return as much of a text as is no wider than so many pixels, with an ellipsis if that is not all."""
    if text_width(text, size) <= room:
        return text
    few, many = 0, len(text)
    while many - few > 1:
        middle = (few + many) // 2
        if text_width(f"{text[:middle].rstrip()}{ELLIPSIS}", size) <= room:
            few = middle
        else:
            many = middle
    return f"{text[:few].rstrip()}{ELLIPSIS}"


def value_text(value: float, words: Words) -> str:
    """Return a value in few letters: two decimals, or two digits with an exponent; and no more for 0."""
    if not np.isfinite(value):
        return words.none
    if value == 0:
        return "0"
    if PLAIN[0] <= abs(value) < PLAIN[1]:
        return f"{value:.2f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def longest_values(values: FloatArray, words: Words) -> tuple[str, ...]:
    """Return texts of which one is at least as long as that of any of the values, shape (k,)."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    plain = (sizes >= PLAIN[0]) & (sizes < PLAIN[1])
    signs = ("-",) if (values < 0).any() else ("",)
    ends = [end for part in (sizes[plain], sizes[~plain]) if part.size for end in (part.min(), part.max())]
    texts = [value_text(float(end), words) for end in ends]
    widest = str.maketrans("123456789", "0" * 9)
    none = (words.none,) if not np.isfinite(values).all() else ()
    return ("0", *none, *(f"{sign}{text.translate(widest)}" for sign in signs for text in texts))
