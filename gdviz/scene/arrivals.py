"""Where and when the single points of a race come to rest, or leave the picture for good, and the marks of that."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdviz.descent.basins import RADIUS
from gdviz.descent.engine import Status
from gdviz.extent import Extent, FloatArray
from gdviz.picture.layout import Region, clear_text_size
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Dot, Label, Mark
from gdviz.picture.overlaps import Room, Text, clear_labels
from gdviz.picture.themes import Theme
from gdviz.scene.point_marks import cross
from gdviz.scene.run import Run, exit_step, first_color
from gdviz.scene.timeline import FrameState, Timeline

SETTLES = 0.6  # seconds in which a mark comes to its size
LARGER, CROSS_LARGER = 2.5, 0.8  # how much larger than that a ring and a cross begin, in their own size
RINGS = (1.5, 0.5)  # radii of the point: the innermost ring's radius, and how much larger each next one is
MOST = 2.4  # radii of the point: how far all rings reach beyond the innermost, at most
RING, EDGE = 0.45, 0.9  # of the distance between two: how wide a ring is, and the edge that sets it off from the ground
CROSS = 0.75  # of the point's radius
APART = 1.15  # of the letters' size: how far apart the lines of numbers are
DIGIT = 0.74  # of the letters' size: how high a digit is
BESIDE = 5.0  # units between the rings and the numbers
NEAR = 0.25  # of the letters' size: a number that is nearer to another, which is more important, fades


@dataclass(frozen=True)
class Arrival:
    """The end of a single point's way in the picture.

    Attributes
    ----------
    run
        Whose it is.
    place
        Where, in the function's coordinates, shape (dimension,).
    step
        The step after which it rests or is out of the picture, which need not be a whole one.
    rests
        Whether it rests there; if not, it is out.
    frame
        The first frame that shows it.
    before, of
        How many have come to rest there before it, and how many will.

    """

    run: Run
    place: FloatArray
    step: float
    rests: bool
    frame: int
    before: int = 0
    of: int = 1


@dataclass(frozen=True)
class Arrivals:
    """The arrivals of a film, in the order of time, and how many frames a mark takes to settle."""

    all: tuple[Arrival, ...]
    frames: float

    def at(self, state: FrameState) -> list[tuple[Arrival, float]]:
        """Return the arrivals that a frame shows, and how far each one's mark has settled, from 0 to 1."""
        shown = [each for each in self.all if each.frame <= state.frame]
        return [(each, min(1.0, (state.frame - each.frame) / max(self.frames, 1.0))) for each in shown]

    def key(self, state: FrameState) -> tuple[float, ...]:
        """Return all that the marks depend on."""
        return tuple(share for _, share in self.at(state))


def build_arrivals(runs: Sequence[Run], extent: Extent, timeline: Timeline) -> Arrivals:
    """Return the arrivals of a race of single points."""
    found: list[Arrival] = []
    ends = [end for run in runs for end in _end(run, extent)]
    for place, step, rests, run in sorted(ends, key=lambda end: end[1]):
        frame = bisect_left(range(timeline.frames), step, key=lambda number: timeline.state(number).position)
        if frame < timeline.frames:
            there = [each for each in found if each.rests and _near(each.place, place, extent)] if rests else []
            found.append(Arrival(run, place, step, rests, frame, len(there)))
    counted = [
        replace(each, of=sum(other.rests and _near(other.place, each.place, extent) for other in found))
        for each in found
    ]
    return Arrivals(tuple(counted), SETTLES * timeline.fps)


def _near(one: FloatArray, other: FloatArray, extent: Extent) -> bool:
    return bool(np.linalg.norm((one - other) / extent.span) <= RADIUS)


def _end(run: Run, extent: Extent) -> list[tuple[FloatArray, float, bool, Run]]:
    """Return where and when a run's only point ends in the extent, and whether it rests there; nothing if it goes on.

    One that ends outside has left where it was last inside.
    """
    status, leaves = run.descent.status[0], exit_step(run, extent)
    if leaves < 0:
        return []
    if leaves < run.descent.steps:
        return [(run.at(leaves)[0], leaves, False, run)]
    if status in (Status.RUNNING, Status.RECORDED):
        return []
    rests = status not in (Status.DIVERGED, Status.LEFT)
    return [(run.descent.ends[0], float(run.descent.iterations[0]), rests, run)]


def arrival_marks(
    shown: Sequence[tuple[Arrival, float]],
    places: FloatArray,
    region: Region,
    radius: float,
    theme: Theme,
    *,
    numbers: bool,
) -> list[Mark]:
    """Return the marks of arrivals: a ring around each and its step beside it, and a cross for those that are out.

    Rings around one place are in each other, and their numbers below each other.

    Parameters
    ----------
    shown
        The arrivals, and how far their marks have settled.
    places
        Where they are in the picture, in pixels, shape (n, 2).
    region
        Where the marks may be, with the unit of the numbers.
    radius
        Of the points, in pixels.
    theme
        The picture's colours.
    numbers
        Whether there are numbers: a panel has none that the main view has.

    """
    marks: list[Mark] = []
    texts: list[Text] = []
    unit, size = region.unit, clear_text_size(region)
    for (arrival, settled), place in zip(shown, places, strict=True):
        unsettled, color = (1 - settled) ** 3, first_color(arrival.run)
        if not arrival.rests:
            marks += cross(place, (1 + CROSS_LARGER * unsettled) * CROSS * radius, color, theme)
            continue
        apart = radius * min(RINGS[1], MOST / arrival.of)
        ring = (1 + LARGER * unsettled) * (radius * RINGS[0] + apart * arrival.before)
        layers = ((theme.background, EDGE * apart), (color, RING * apart))
        marks += [Dot(place, ring + width / 2, each, ring=width) for each, width in layers]
        if not numbers:
            continue
        text = str(math.ceil(arrival.step))
        width, (line, lines) = text_width(text, size), (arrival.before, arrival.of)
        aside = radius * RINGS[0] + apart * arrival.of + BESIDE * unit + width / 2
        aside = aside if place[0] + aside + width / 2 <= region.right else -aside
        middle = place + [aside, (line - (lines - 1) / 2) * APART * size]
        label = Label(text, middle, size, color, halo=theme.background, opacity=settled)
        texts.append(Text(label, np.array([width, DIGIT * size])))
    bounds = np.array([region.left, region.top, region.right, region.bottom])
    return [*marks, *clear_labels(texts, Room(bounds, np.zeros((0, 4))), NEAR * size)]
