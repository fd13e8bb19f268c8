"""Run: one descent in a scene, with how its points are coloured and how they end."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.basins import label_together, with_flat_ground
from gdviz.descent.clock import by_evaluations
from gdviz.descent.engine import Descent, Status, descend
from gdviz.descent.recorded import recorded_descent
from gdviz.description.choices import Clock, PointColor
from gdviz.description.resolved import Resolved
from gdviz.description.run_settings import AnyRun, RecordedRun
from gdviz.description.words import Words
from gdviz.errors import InputError
from gdviz.extent import Extent, FloatArray
from gdviz.picture.caption import Readout, fixed
from gdviz.picture.colors import basin_colors, basin_hue, place_colors, run_hue, same_colors, to_bytes
from gdviz.picture.themes import Rgb, Theme


@dataclass(frozen=True)
class StatusCounts:
    """How many points there are, and how they ended; a point outside the extent drawn has left, however it ended.

    After `points` come the counts of each `Status`, in its order.
    """

    points: int
    converged: int
    running: int
    diverged: int
    left: int
    flat: int
    undefined: int
    recorded: int

    def as_data(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)

    @property
    def ends(self) -> dict[str, int]:
        """How many points ended how, in words; without those in which none did."""
        counts = {
            "converged": self.converged,
            "still running": self.running,
            "diverged": self.diverged,
            "left": self.left,
            "resting on flat ground": self.flat,
            "with no next step": self.undefined,
            "recorded": self.recorded,
        }
        return {how: count for how, count in counts.items() if count}

    def in_words(self) -> str:
        """Return one line for people."""
        ends = ", ".join(f"{count} {how}" for how, count in self.ends.items())
        return f"{Words().points_in_words(self.points)}{': ' if ends else ''}{ends}"


def all_counts(counts: Sequence[StatusCounts]) -> StatusCounts:
    """Return how many points of all runs there are, and how they ended."""
    return StatusCounts(*(sum(numbers) for numbers in zip(*map(astuple, counts), strict=True)))


def count(status: NDArray[np.int8]) -> StatusCounts:
    """Return how many points have each status."""
    return StatusCounts(len(status), *(int(number) for number in np.bincount(status, minlength=len(Status))))


@dataclass(frozen=True)
class Run:
    """One descent in a scene.

    Attributes
    ----------
    settings
        How it was done.
    descent
        Where the points were at each step.
    labels
        The basin that each ended in, shape (n,), as `gdviz.descent.basins` has it.
    hue
        sRGB of the run: one of a race has its own.
    colors
        Linear RGB of each point, shape (n, 3); None if a point has the colour of the height that it is at.

    """

    settings: AnyRun
    descent: Descent
    labels: NDArray[np.int64]
    hue: Rgb
    colors: FloatArray | None

    @property
    def is_recorded(self) -> bool:
        """Whether it was recorded elsewhere."""
        return isinstance(self.settings, RecordedRun)

    def at(self, position: float) -> FloatArray:
        """Return the points between two iterates, shape (n, dimension), read-only; `position` counts iterations."""
        for known, places in self._recent:  # a frame asks several times
            if known == position:
                return places
        places = self._between(position)
        places.flags.writeable = False
        self._recent[:] = [(position, places), *self._recent[:1]]
        return places

    @cached_property
    def _recent(self) -> list[tuple[float, FloatArray]]:
        """Where the points are at the last two positions that were asked for."""
        return []

    def _between(self, position: float) -> FloatArray:
        before = min(int(position), self.descent.steps)
        after = min(before + 1, self.descent.steps)
        share = min(position, self.descent.steps) - before
        history = self.descent.history
        return np.asarray((1 - share) * history.at(before) + share * history.at(after))

    def resting(self, position: float) -> NDArray[np.bool_]:
        """Return which points have come to rest, shape (n,)."""
        ended = self.descent.status != Status.RUNNING
        return np.asarray(ended & (self.descent.iterations <= position))

    def counts(self, position: float, extent: Extent) -> StatusCounts:
        """Return how the points have ended so far."""
        status = np.where(self.resting(position), self.descent.status, np.int8(Status.RUNNING))
        status[~extent.contains(self.at(position))] = Status.LEFT
        return count(status)


def first_color(run: Run) -> Rgb:
    """Return the sRGB of a run's first point, or of the run if a point has the colour of its height."""
    if run.colors is None or not len(run.colors):
        return run.hue
    red, green, blue = to_bytes(run.colors[0]).tolist()
    return red, green, blue


def exit_step(run: Run, extent: Extent) -> float:
    """Return the step, which need not be a whole one, from which on a run's only point is outside an extent for good.

    It is infinite if the point ends inside, and -1 if it never was there. Where a step between two places outside
    crosses the extent, the point is not inside.
    """
    points = run.descent.points[:, 0]
    inside = np.flatnonzero(extent.contains(points))
    if not len(inside):
        return -1.0
    last = int(inside[-1])
    if last == run.descent.steps:
        return math.inf
    _, leave = extent.clip(points[last : last + 1], points[last + 1 : last + 2])
    return last + float(np.clip(leave[0], 0.0, 1.0))


def run_readouts(run: Run, position: float, extent: Extent, words: Words) -> list[Readout]:
    """Return the numbers of a run at a position along its descent; none if it has no points."""
    now, last = run.counts(position, extent), run.counts(run.descent.steps, extent)
    return [*step_readouts(run, position, words), *end_readouts(now, last, words)] if now.points else []


def step_readouts(run: Run, position: float, words: Words) -> list[Readout]:
    """Return a run's rate, and how many iterations it has made."""
    rate = run.settings.learning_rate
    return [
        *([] if rate is None else [Readout(words.learning_rate, f"{rate:g}", f"{rate:g}")]),
        Readout(words.iteration, str(int(position)), str(run.descent.steps)),
    ]


def clock_word(clock: Clock, words: Words) -> str:
    """Return what is counted on a clock."""
    return words.evaluation if clock is Clock.EVALUATIONS else words.iteration


def race_readouts(runs: Sequence[Run], position: float, resolved: Resolved) -> list[Readout]:
    """Return the numbers of a race: how much of the budget is used, and how the points of all runs have ended.

    What became of a single point is told by the legend; how many of these have converged, or if none will, have ended
    otherwise, is told here too.
    """
    words, budget = resolved.words, f" / {resolved.max_iterations}"
    now, last = (
        all_counts([run.counts(min(at, run.descent.steps), resolved.extent) for run in runs])
        for at in (position, math.inf)
    )
    steps = max(run.descent.steps for run in runs)
    clock = Readout(clock_word(resolved.clock, words), f"{int(position)}{budget}", f"{steps}{budget}")
    ends = end_readouts(now, last, words)
    told = ends if now.points > len(runs) else ends[:1] if last.converged else ends[-1:]
    return [clock, *told]


def number_readout(label: str, number: float, widest: str, words: Words, *, span: float = 1.0) -> Readout:
    """Return a labelled number of a `span`, which may be none; `widest` is the longest text that it usually has."""
    return Readout(label, fixed(number, span, none=words.none), max(widest, words.none, key=len))


def end_readouts(now: StatusCounts, last: StatusCounts, words: Words) -> list[Readout]:
    """Return how many points have ended how: those that converged, and of the others what the film will show any of.

    Recorded ones are not among them: it is not known whether they converged.

    Parameters
    ----------
    now, last
        How they have ended at this moment, and at the film's end.
    words
        The words on the picture.

    """
    of_all, descending = f" / {now.points - last.recorded}", now.points - last.recorded
    others = (
        (words.left_the_view, now.left, last.left),
        (words.diverged, now.diverged, last.diverged),
        (words.flat_ground, now.flat, last.flat),
        (words.no_next_step, now.undefined, last.undefined),
    )
    return [
        *([Readout(words.converged, f"{now.converged}{of_all}", f"{descending}{of_all}")] if descending else []),
        *(Readout(label, str(number), str(now.points)) for label, number, at_last in others if at_last),
    ]


def make_runs(resolved: Resolved, theme: Theme) -> tuple[Run, ...]:
    """Descend, tell the basins of all runs apart together, and colour the points, as a resolved animation says.

    Raises
    ------
    InputError
        If the function has no finite value at any of the starts.

    """
    descents = [descended(resolved, settings) for settings in resolved.runs]
    made = [each for each, run in zip(descents, resolved.runs, strict=True) if not isinstance(run, RecordedRun)]
    if made and len(made[0].status) and not np.isfinite(made[0].history.start_values).any():
        raise InputError("the function has no finite value at any of the starts; choose others")
    labels = label_together(descents, resolved.objective, resolved.extent, resolved.tolerance)
    color = _COLORINGS[resolved.point_color]
    runs = []
    for number, (settings, own) in enumerate(zip(resolved.runs, labels, strict=True)):
        descent = with_flat_ground(descents[number], own)
        hue = run_hue(number, theme) if resolved.is_race else basin_hue(0, theme)
        runs.append(Run(settings, descent, own, hue, color(hue, descent, own, resolved.extent, theme)))
    return tuple(runs)


def descended(resolved: Resolved, settings: AnyRun) -> Descent:
    """Descend once, from the starts of a resolved animation; or take what was recorded."""
    if isinstance(settings, RecordedRun):
        return recorded_descent(resolved.objective, settings.path, resolved.max_iterations)
    descent = descend(
        resolved.objective,
        resolved.starts.positions(resolved.extent),
        learning_rate=settings.rate,
        tolerance=resolved.tolerance,
        max_iterations=resolved.max_iterations,
        domain=resolved.domain,
        optimizer=settings.optimizer,
        schedule=settings.schedule,
        noise=settings.noise,
    )
    return by_evaluations(descent, resolved.max_iterations) if resolved.clock is Clock.EVALUATIONS else descent


def _basin_colors(_: Rgb, descent: Descent, labels: NDArray[np.int64], __: Extent, theme: Theme) -> FloatArray:
    nowhere = (descent.status == Status.FLAT) | (descent.status == Status.UNDEFINED)
    return basin_colors(labels, nowhere, theme)


_Coloring = Callable[[Rgb, Descent, NDArray[np.int64], Extent, Theme], FloatArray | None]
_COLORINGS: Mapping[PointColor, _Coloring] = MappingProxyType(
    {
        PointColor.RUN: lambda hue, descent, *_: same_colors(hue, len(descent.status)),
        PointColor.BASIN: _basin_colors,
        PointColor.START: lambda _, descent, __, extent, theme: place_colors(descent.history.at(0), extent, theme),
        PointColor.ONE: lambda _, descent, __, ___, theme: same_colors(basin_hue(0, theme), len(descent.status)),
        PointColor.HEIGHT: lambda *_: None,
    }
)
