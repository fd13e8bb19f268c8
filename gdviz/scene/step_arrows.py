"""The parts of a step, as arrows at the point that makes it: head to tail, and beside them the step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gdviz.descent.anatomy import StepPart, dissected_path, recording
from gdviz.description.resolved import Resolved
from gdviz.description.run_settings import RunSettings
from gdviz.description.words import Words
from gdviz.extent import FloatArray
from gdviz.picture.layout import Region
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Area, Label, Line, Mark
from gdviz.picture.plot import Plot
from gdviz.picture.themes import Rgb, Theme
from gdviz.scene.run import Run, descended
from gdviz.scene.timeline import SETS_OFF, FrameState
from gdviz.terrain.arrow import lay_arrow, scene_lengths
from gdviz.terrain.field import Arrows
from gdviz.terrain.landscape import Landscape

SEEN = 0.4  # scene units: the longest arrow is no shorter, or all are drawn larger than they are
SCALES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # how many times as long
GROWS = 0.5  # of the time that a slow step gives to a part, in which its arrow grows
WIDTH, STEP_WIDTH, EDGE = 3.2, 5.2, 1.3  # units: of a part's line, of the step's, and of the edge to both sides
WORD, BEFORE_TIP, SMALLEST_WORD = 22.0, 10.0, 11  # units, units, and pixels: a part's word, and how far from its tip
THINNEST = 1.6, 2.6, 0.7  # pixels: the least of each


@dataclass(frozen=True)
class StepArrow:
    """One part of a step as it lies on the ground."""

    part: StepPart
    arrow: Arrows


@dataclass(frozen=True)
class StepArrows:
    """The arrows of a film.

    Attributes
    ----------
    shown
        The parts that are shown, in the order in which they are added up.
    run
        Of one point.
    vectors
        Each part at every step, in the function's coordinates, shape (steps + 1, 2); at the end there is none.
    landscape
        The ground.
    slow_steps
        How many steps are shown slowly.

    """

    shown: tuple[StepPart, ...]
    run: Run
    vectors: Mapping[StepPart, FloatArray]
    landscape: Landscape
    slow_steps: int

    @cached_property
    def scale(self) -> int:
        """How many times as long as they are all arrows are drawn, so that the longest of those explained is seen."""
        steps = slice(0, self.slow_steps or None)
        each = [scene_lengths(self.vectors[part][steps], self.landscape) for part in self.shown]
        longest = float(np.nan_to_num(np.concatenate(each), posinf=0.0).max(initial=0.0))
        return next((scale for scale in SCALES if scale * longest >= SEEN), SCALES[-1] if longest else 1)

    def newest(self, state: FrameState) -> StepArrow | None:
        """Return the arrow that has grown last in a step that is shown slowly, until the point sets off."""
        if state.slow is None or state.slow.share >= SETS_OFF:
            return None
        part = self.shown[int(state.slow.share / SETS_OFF * len(self.shown))]
        return next((each for each in self.at(state) if each.part is part), None)

    def at(self, state: FrameState) -> list[StepArrow]:
        """Return what a frame shows, the step first, since the others are drawn over it.

        While a step is shown slowly its parts grow one after the other where the step begins. Otherwise all are at the
        point, and between two iterates they are between those of both.
        """
        position = min(state.position, float(self.run.descent.steps))
        grown = dict.fromkeys(self.shown, 1.0)
        if state.slow is not None:
            position = float(state.slow.step)
            grown = dict(zip(self.shown, _grown(state.slow.share, len(self.shown)), strict=True))
        before, share = int(position), position % 1
        after = min(before + 1, self.run.descent.steps)
        tail = here = self.run.at(position)[0]
        arrows = []
        for part in self.shown:
            with np.errstate(all="ignore"):  # a step may be infinitely long: then there is no arrow
                vector = self.scale * ((1 - share) * self.vectors[part][before] + share * self.vectors[part][after])
                start, tail = (here if part is StepPart.STEP else tail), tail + vector
                arrow = lay_arrow(start, start + grown[part] * vector, self.landscape)
            if arrow is not None:
                arrows.append(StepArrow(part, arrow))
        return sorted(arrows, key=lambda each: each.part is not StepPart.STEP)


def _grown(share: float, count: int) -> list[float]:
    """Return how much has grown of each of so many arrows after a share of a slow step's time."""
    passed = share / SETS_OFF * count - np.arange(count)
    ease = np.clip(passed / GROWS, 0, 1)
    return [float(each) for each in ease * ease * (3 - 2 * ease)]


def build_step_arrows(resolved: Resolved, run: Run, landscape: Landscape) -> StepArrows:
    """Return the arrows of a run of one point, which descends once more for that."""
    (settings,) = (each for each in resolved.runs if isinstance(each, RunSettings))
    optimizer, records = recording(settings.optimizer)
    again = descended(resolved, replace(settings, optimizer=optimizer))
    vectors = dissected_path(settings.optimizer, records, again.steps, resolved.extent.span)
    return StepArrows(resolved.arrows, run, vectors, landscape, resolved.timing.step_by_step)


def part_color(part: StepPart, theme: Theme) -> Rgb:
    """Return the colour of a part's arrow."""
    return theme.parts[list(StepPart).index(part)]


def part_word(part: StepPart, words: Words) -> str:
    """Return what a part is called on the picture."""
    return str(getattr(words, part))


def widths(part: StepPart, unit: float) -> tuple[float, float]:
    """Return how wide an arrow's lines are, without and with their edge, in pixels; a unit is so many pixels."""
    width = max(STEP_WIDTH * unit, THINNEST[1]) if part is StepPart.STEP else max(WIDTH * unit, THINNEST[0])
    return width, width + 2 * max(EDGE * unit, THINNEST[2])


def arrow_marks(each: StepArrow, plot: Plot, unit: float, theme: Theme) -> list[Mark]:
    """Return what an arrow is painted with on a map; `unit` is how many pixels a unit has."""
    arrow, color, (width, edge) = each.arrow, part_color(each.part, theme), widths(each.part, unit)
    shaft = _placed(np.concatenate([arrow.tails, arrow.necks]), plot)
    head = _placed(np.concatenate([arrow.left, arrow.tips, arrow.right, arrow.left]), plot)
    lines = (shaft, head) if arrow.has_heads else (shaft,)
    fill = [Area(head, color)] if arrow.has_heads else []
    return [
        *(Line(line, theme.field_edge, edge) for line in lines),
        *fill,
        *(Line(line, color, width) for line in lines),
    ]


def word_marks(each: StepArrow, ends: FloatArray, region: Region, words: Words, theme: Theme) -> list[Mark]:
    """Return the word of an arrow in front of its tip, inside a region; the arrow's tail and tip, in pixels, (2, 2).

    It is set off from the ground by an edge, as the arrow is.
    """
    text, size = part_word(each.part, words), max(round(WORD * region.unit), SMALLEST_WORD)
    way = ends[1] - ends[0]
    along = way / max(float(np.hypot(*way)), 1e-9)
    half = np.array([text_width(text, size), size]) / 2
    reach = BEFORE_TIP * region.unit + abs(along[0]) * half[0] + abs(along[1]) * half[1]
    low, high = np.array([region.left, region.top]), np.array([region.right, region.bottom])
    place = np.clip(ends[1] + reach * along, low + half, high - half)
    edge = max(1.0, region.unit)
    turns = np.arange(8) * np.pi / 4
    around = edge * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return [
        *(Label(text, place + shift, size, theme.field_edge) for shift in around),
        Label(text, place, size, part_color(each.part, theme)),
    ]


def _placed(points: FloatArray, plot: Plot) -> FloatArray:
    return plot.place(points[:, 0], points[:, 1])
