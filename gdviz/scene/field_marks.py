"""The arrows of a gradient field on a map."""

from __future__ import annotations

import numpy as np

from gdviz.extent import FloatArray
from gdviz.picture.marks import Area, Line, Mark
from gdviz.picture.plot import Plot
from gdviz.picture.themes import Theme
from gdviz.terrain.field import Arrows

WIDTH, EDGE = 1.8, 1.0  # units: of an arrow's lines, and of the dark edge to both sides of them
THINNEST = 1.0, 0.55  # pixels: the least of each


def field_widths(unit: float) -> tuple[float, float]:
    """Return how wide an arrow's lines are, without and with their edge, in pixels; a unit is so many pixels."""
    width = max(WIDTH * unit, THINNEST[0])
    return width, width + 2 * max(EDGE * unit, THINNEST[1])


def field_marks(arrows: Arrows, plot: Plot, scale: float, theme: Theme) -> list[Mark]:
    """Return what arrows are painted with, all edges behind all arrows; `scale` is how many pixels a unit has."""
    width, edge = field_widths(scale)
    shafts = _placed(np.stack([arrows.tails, arrows.necks], axis=1), plot)
    heads = _placed(np.stack([arrows.left, arrows.tips, arrows.right, arrows.left], axis=1), plot)
    edges = [Line(line, theme.field_edge, edge) for line in (*shafts, *heads)]
    fills = [Area(head, theme.field) for head in heads]
    return [*edges, *fills, *(Line(line, theme.field, width) for line in (*shafts, *heads))]


def _placed(points: FloatArray, plot: Plot) -> FloatArray:
    return plot.place(points[..., 0], points[..., 1])
