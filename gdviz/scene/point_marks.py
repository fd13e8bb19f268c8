"""A point that rides on a curve: the slope where it is, the step to come, and where it was."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray
from gdviz.picture.layout import Place
from gdviz.picture.marks import Dot, Label, Mark
from gdviz.picture.plot import Plot
from gdviz.picture.themes import Rgb, Theme

TANGENT = 130.0  # half the tangent's length, in units


def ride(plot: Plot, at: tuple[float, float], slope: float, ahead: tuple[float, float], theme: Theme) -> list[Mark]:
    """Return the marks of a point at numbers `at`, from back to front; none if it is outside the plot.

    Parameters
    ----------
    plot
        Where the curve is.
    at
        The point: (t, f(t)).
    slope
        f'(t).
    ahead
        Where the step to come leads: (t', f(t')).
    theme
        The colours.

    """
    if not plot.shows(*at):
        return []
    here, u = np.array(at), plot.region.unit
    across = plot.region.width / (plot.x[1] - plot.x[0])
    up = plot.region.height / (plot.y[1] - plot.y[0])
    reach = TANGENT * u / math.hypot(across, up * slope)
    tangent = np.stack([here - [reach, reach * slope], here + [reach, reach * slope]])
    level = np.array([ahead[0], at[1]])
    return [
        *plot.segment(tangent, theme.slope, 2.6),
        *plot.segment(np.stack([level, np.array(ahead)]), theme.step, 1.6, dash=5.0),
        *plot.arrow(np.stack([here, level]), theme.step, 2.4),
        *ball(plot.place(*at), 11 * u, theme.point),
    ]


def legend(place: Place, theme: Theme) -> list[Mark]:
    """Return what the colours of a point's marks mean, at the right, above the content as far as there is room."""
    content, unit = place.content, place.content.unit
    size = max(19 * unit, 8.0)
    right, top = content.right, max(place.region.top + 8 * unit, content.top - 50 * unit)
    return [
        Label("step to come", np.array([right, top]), size, theme.step, "rt"),
        Label("slope", np.array([right - 8 * size, top]), size, theme.slope, "rt"),
    ]


def point_diameter(count: int) -> float:
    """Return how large points are drawn, in pixels of a picture 1440 pixels high: a few large, many small."""
    return float(np.clip(92 * max(count, 1) ** -0.27, 4.0, 34.0))


def trail_width(count: int) -> float:
    """Return how wide the trails of so many points are drawn, in pixels of a picture 1440 pixels high."""
    return max(2.4, point_diameter(count) / 6)


def ball(centre: FloatArray, radius: float, color: Rgb) -> list[Mark]:
    """Return a disc with a dark edge and a light, so that it stands out from what it lies on."""
    dark = (color[0] // 4, color[1] // 4, color[2] // 4)
    light = (128 + color[0] // 2, 128 + color[1] // 2, 128 + color[2] // 2)
    return [
        Dot(centre, 1.16 * radius, dark),
        Dot(centre, radius, color),
        Dot(centre - 0.3 * radius, 0.3 * radius, light),
    ]


def balls(places: FloatArray, radius: float, colors: NDArray[np.uint8], layers: int = 3) -> list[Mark]:
    """Return balls at places (n, 2), sRGB (n, 3), each of so many layers: first its dark edge, last its light."""
    return [
        mark
        for place, (red, green, blue) in zip(places, colors.tolist(), strict=True)
        for mark in ball(place, radius, (red, green, blue))[:layers]
    ]


def footprints(plot: Plot, places: FloatArray, theme: Theme) -> list[Mark]:
    """Return small dots at numbers (n, 2) where a point has been; those outside the plot are left out."""
    within = plot.shows(places[:, 0], places[:, 1])
    return [
        Dot(place, 3.6 * plot.region.unit, theme.trail) for place in plot.place(places[within, 0], places[within, 1])
    ]
