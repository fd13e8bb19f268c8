"""A point that rides on a curve: the slope where it is, the step to come, and where it was."""

from __future__ import annotations

import math

import numpy as np

from gdviz.extent import FloatArray
from gdviz.picture.colors import POINT, SLOPE, STEP, TRAIL, Rgb
from gdviz.picture.marks import Dot, Label, Mark, Panel

TANGENT = 130.0  # half the tangent's length, in units


def ride(panel: Panel, at: tuple[float, float], slope: float, ahead: tuple[float, float]) -> list[Mark]:
    """Return the marks of a point at numbers `at`, from back to front; none if it is outside the panel.

    Parameters
    ----------
    panel
        Where the curve is.
    at
        The point: (t, f(t)).
    slope
        f'(t).
    ahead
        Where the step to come leads: (t', f(t')).

    """
    if not panel.shows(*at):
        return []
    here, u = np.array(at), panel.unit
    across = (panel.right - panel.left) / (panel.x[1] - panel.x[0])
    up = panel.height / (panel.y[1] - panel.y[0])
    reach = TANGENT * u / math.hypot(across, up * slope)
    tangent = np.stack([here - [reach, reach * slope], here + [reach, reach * slope]])
    level = np.array([ahead[0], at[1]])
    return [
        *panel.segment(tangent, SLOPE, 2.6),
        *panel.segment(np.stack([level, np.array(ahead)]), STEP, 1.6, dash=5.0),
        *panel.arrow(np.stack([here, level]), STEP, 2.4),
        *ball(panel.place(*at), 11 * u, POINT),
    ]


def legend(picture_width: float, margin: float, unit: float) -> list[Mark]:
    """Return what the colours of a rider's marks mean, at the right of the picture's first line."""
    size = max(19 * unit, 8.0)
    return [
        Label("step to come", np.array([picture_width - margin, margin]), size, STEP, "rt"),
        Label("slope", np.array([picture_width - margin - 8 * size, margin]), size, SLOPE, "rt"),
    ]


def ball(centre: FloatArray, radius: float, color: Rgb) -> list[Mark]:
    """Return a disc with a dark edge and a light, so that it stands out from what it lies on."""
    dark = (color[0] // 4, color[1] // 4, color[2] // 4)
    light = (128 + color[0] // 2, 128 + color[1] // 2, 128 + color[2] // 2)
    return [
        Dot(centre, 1.16 * radius, dark),
        Dot(centre, radius, color),
        Dot(centre - 0.3 * radius, 0.3 * radius, light),
    ]


def footprints(panel: Panel, places: FloatArray) -> list[Mark]:
    """Return small dots at numbers (n, 2) where a point has been; those outside the panel are left out."""
    within = panel.shows(places[:, 0], places[:, 1])
    return [Dot(place, 3.6 * panel.unit, TRAIL) for place in panel.place(places[within, 0], places[within, 1])]
