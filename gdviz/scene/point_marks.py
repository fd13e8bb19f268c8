"""A point that rides on a curve: the slope where it is, the step to come, and where it was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdviz.description.words import Words
from gdviz.extent import FloatArray
from gdviz.picture.layout import Place, Region
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Dot, Label, Line, Mark
from gdviz.picture.plot import Plot
from gdviz.picture.themes import Rgb, Theme
from gdviz.scene.run import Run

RACER = 44.0  # pixels of a picture 1440 pixels high: the point of a run that has only one, in a race
RACERS_TRAILS = (15.0, 5.0)  # likewise: how wide the trails of the first and of the last run are
ABOVE_GROUND = 0.6  # radii: how far a point's middle is above the ground
FULL = 560.0  # units of a region's shorter side from which on points have their full size
ROOMY = 240.0  # units of a plot's shorter side from which on the point on its curve has its full size
TANGENT = 130.0  # half the tangent's length, in units
SEEN = 80.0  # units: the longest arrow of a film is no shorter, or the steps are drawn larger than they are
SCALES = (1, 2, 5, 10, 20, 50, 100)  # by which they may be drawn larger
APART = 12.0  # units between footprints that are drawn; those nearer would run into a thick line


@dataclass(frozen=True)
class Step:
    """The step to come, along the curve's axis.

    Attributes
    ----------
    to
        Where it leads: (t', f(t')).
    scale
        How many times as long as it is its arrow is drawn.

    """

    to: tuple[float, float]
    scale: int


def ride(plot: Plot, at: tuple[float, float], slope: float, step: Step, theme: Theme) -> list[Mark]:
    """Return the marks of a point at numbers `at`, from back to front; none if it is outside the plot.

    Parameters
    ----------
    plot
        Where the curve is.
    at
        The point: (t, f(t)).
    slope
        f'(t).
    step
        The step to come.
    theme
        The colours.

    """
    if not plot.shows(*at):
        return []
    here, u, scale = np.array(at), plot.region.unit, rider_scale(plot.region)
    across = plot.region.width / (plot.x[1] - plot.x[0])
    up = plot.region.height / (plot.y[1] - plot.y[0])
    reach = scale * TANGENT * u / math.hypot(across, up * slope)
    tangent = np.stack([here - [reach, reach * slope], here + [reach, reach * slope]])
    landing = np.array(step.to)
    level = np.array([at[0] + step.scale * (landing[0] - at[0]), at[1]])
    drop = plot.segment(np.stack([level, landing]), theme.step, 1.6, dash=5.0) if step.scale == 1 else []
    return [
        *plot.segment(tangent, theme.slope, 2.6),
        *drop,
        *plot.arrow(np.stack([here, level]), theme.step, 2.4),
        *ball(plot.place(*at), scale * 11 * u, theme.point),
    ]


def next_place(run: Run, position: float, scale: int) -> FloatArray:
    """Return where the step to come leads a run's only point, shape (dimension,).

    Drawn as long as it is, the step shrinks while the point goes along it. Drawn larger it would flicker so: then it is
    the step that would begin here, between those of the iterates before and after.
    """
    points, before = run.descent.points[:, 0], int(position)
    here, after, beyond = points[np.minimum(np.arange(before, before + 3), len(points) - 1)]
    if scale == 1:
        return np.asarray(after)
    share = position - before
    return np.asarray(run.at(position)[0] + (1 - share) * (after - here) + share * (beyond - after))


def step_scale(plots: Sequence[Plot], points: FloatArray) -> int:
    """Return how many times as long as they are the steps of a point are drawn, so that the longest are seen.

    Parameters
    ----------
    plots
        Where they are drawn, one for each coordinate.
    points
        The iterates, shape (steps + 1, dimension).

    """
    if len(points) < 2:
        return 1
    spans = np.array([plot.x[1] - plot.x[0] for plot in plots])
    widths = np.array([plot.region.width / plot.region.unit for plot in plots])
    longest = float(np.nan_to_num(np.abs(np.diff(points, axis=0)) / spans * widths).max())
    return next((scale for scale in SCALES if scale * longest >= SEEN), SCALES[-1])


def legend(place: Place, scale: int, theme: Theme, words: Words) -> list[Mark]:
    """Return what the colours of a point's marks mean, at the right, above the content as far as there is room.

    `scale` is that of the step's arrow.
    """
    content, unit = place.content, place.content.unit
    size = max(min(19 * unit, content.width / 30), 8.0)
    right, top = content.right, max(place.region.top + 8 * unit, content.top - 50 * unit)
    step = words.step_to_come + (f" \u00d7 {scale}" if scale > 1 else "")
    left = right - text_width(step, round(size)) - 2 * size
    return [
        Label(step, np.array([right, top]), size, theme.step, "rt"),
        Label(words.slope, np.array([left, top]), size, theme.slope, "rt"),
    ]


def point_diameter(count: int) -> float:
    """Return how large points are drawn, in pixels of a picture 1440 pixels high: a few large, many small."""
    return float(np.clip(92 * max(count, 1) ** -0.27, 4.0, 34.0))


def trail_width(count: int) -> float:
    """Return how wide the trails of so many points are drawn, in pixels of a picture 1440 pixels high."""
    return max(2.4, point_diameter(count) / 6)


@dataclass(frozen=True)
class PointSizes:
    """How large the points and how wide the trails of all runs are drawn, in pixels of a picture 1440 pixels high.

    Attributes
    ----------
    diameter
        Of every point.
    trails
        The trails' width by the run's number. In a race of single points each is narrower than the one before, which it
        does not hide where both went the same way.

    """

    diameter: float
    trails: tuple[float, ...]


def point_sizes(counts: Sequence[int]) -> PointSizes:
    """Return the sizes of runs of so many points each."""
    if len(counts) > 1 and max(counts) == 1:
        return PointSizes(RACER, tuple(np.linspace(*RACERS_TRAILS, len(counts)).tolist()))
    total = sum(counts)
    return PointSizes(point_diameter(total), (trail_width(total),) * len(counts))


def point_scale(region: Region) -> float:
    """Return how large points and trails are in a region: smaller in a small one, or they would hide the ground."""
    return _scale(region, FULL, 0.45)


def rider_scale(region: Region) -> float:
    """Return how large a point that rides on a curve is in a plot's region: smaller in one as small as a panel."""
    return _scale(region, ROOMY, 0.55)


def _scale(region: Region, full: float, least: float) -> float:
    """Return the share of a region's shorter side in so many units, from the least to 1."""
    return float(np.clip(min(region.width, region.height) / (full * region.unit), least, 1.0))


def ball(centre: FloatArray, radius: float, color: Rgb) -> list[Mark]:
    """Return a disc with a dark edge and a light, so that it stands out from what it lies on."""
    dark = (color[0] // 4, color[1] // 4, color[2] // 4)
    light = (128 + color[0] // 2, 128 + color[1] // 2, 128 + color[2] // 2)
    return [
        Dot(centre, 1.16 * radius, dark),
        Dot(centre, radius, color),
        Dot(centre - 0.3 * radius, 0.3 * radius, light),
    ]


def cross(centre: FloatArray, radius: float, color: Rgb, theme: Theme) -> list[Mark]:
    """Return a cross with an edge in the background's colour: here a point is out of the race."""
    strokes = [centre + radius * np.array([[-1.0, side], [1.0, -side]]) for side in (1.0, -1.0)]
    return [
        *(Line(ends, theme.background, 0.95 * radius) for ends in strokes),
        *(Line(ends, color, 0.45 * radius) for ends in strokes),
    ]


def balls(places: FloatArray, radius: float, colors: NDArray[np.uint8], layers: int = 3) -> list[Mark]:
    """Return balls at places (n, 2), sRGB (n, 3), each of so many layers: first its dark edge, last its light."""
    return [
        mark
        for place, (red, green, blue) in zip(places, colors.tolist(), strict=True)
        for mark in ball(place, radius, (red, green, blue))[:layers]
    ]


def footprints(plot: Plot, places: FloatArray, color: Rgb) -> list[Mark]:
    """Return small dots at numbers (n, 2) where a point has been, from its start on.

    Those outside the plot are left out, and those that are too near to the last one that is drawn.
    """
    dots: list[Mark] = []
    unit = plot.region.unit * rider_scale(plot.region)
    last = np.array([-np.inf, -np.inf])
    for place, seen in zip(plot.place(places[:, 0], places[:, 1]), plot.shows(places[:, 0], places[:, 1]), strict=True):
        if seen and float(np.hypot(*(place - last))) >= APART * unit:
            dots.append(Dot(place, 3.6 * unit, color))
            last = place
    return dots
