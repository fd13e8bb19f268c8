"""What colours mean on a page: rows that hide what they stand for, or a picture of the colours."""

from __future__ import annotations

import numpy as np
from PIL import Image

from gdviz.description.choices import PointColor
from gdviz.picture.colors import height_colors, place_colors, to_bytes
from gdviz.scene.build import Scene
from gdviz.scene.legend import MOST, Rows, color_legend
from gdviz.scene.subject import Subject
from gdviz.web.packed import Json, hexadecimal
from gdviz.web.views import png

COLORS = 48  # along each side of a picture of colours
TEXTS = 4  # numbers beside it


def legend_data(scene: Scene) -> Json:
    """Return a page's legend.

    `rows` are lines of text in `cells`, each with a `color`, and with the numbers of the `basins` that it hides or
    shows; None if it stands for something else. `bar` is the picture of the colours, if points have no few of them.
    """
    color = scene.resolved.point_color
    if color is PointColor.HEIGHT and scene.resolved.objective.dimension == 2:
        return {"rows": [], "bar": _heights(scene.subject)}
    if color is PointColor.START:
        return {"rows": [], "bar": _starts(scene.subject)}
    alone = sum(len(run.descent.status) for run in scene.runs) == 1 and not scene.resolved.arrows
    if alone or (scene.subject.is_race and color is not PointColor.BASIN):
        return {"rows": [], "bar": None}  # what the run is, or the table of the runs, says it
    told = color_legend(scene.subject)
    rows = told.rows if isinstance(told, Rows) else ()
    return {
        "rows": [
            {
                "color": None if row.color is None else hexadecimal(row.color),
                "cells": list(row.cells),
                "basins": _basins(number, row.color is None, scene) if color is PointColor.BASIN else None,
            }
            for number, row in enumerate(rows)
        ],
        "bar": None,
    }


def _basins(number: int, others: bool, scene: Scene) -> list[int] | None:
    """Return the basins that a row of the legend stands for: one, all that are not listed, or none, which is -1."""
    if scene.resolved.arrows:
        return None
    count = int(max((run.labels.max(initial=-1) for run in scene.runs), default=-1)) + 1
    if others:
        return list(range(MOST, count))
    return [number] if number < min(count, MOST) else [-1]


def _heights(subject: Subject) -> Json:
    colors = to_bytes(height_colors(np.linspace(0, 1, COLORS), subject.theme))[None]
    values = subject.landscape.relief.values_at(np.linspace(0, 1, TEXTS))
    return {"name": subject.words.f, "image": png(Image.fromarray(colors)), "texts": [f"{each:.3g}" for each in values]}


def _starts(subject: Subject) -> Json:
    extent = subject.resolved.extent
    colors = place_colors(extent.grid((COLORS,) * extent.dimension), extent, subject.theme)
    pixels = to_bytes(colors).reshape(-1, COLORS, 3)[::-1]
    names = (subject.words.x, subject.words.y)[: extent.dimension]
    return {"name": f"{subject.words.start} ({', '.join(names)})", "image": png(Image.fromarray(pixels)), "texts": []}
