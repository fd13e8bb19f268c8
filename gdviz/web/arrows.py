"""The arrows of a page: those of a gradient field, which stay, and the parts of a step, which go with the point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray
from gdviz.scene.step_arrows import StepArrows, part_color
from gdviz.scene.subject import Subject
from gdviz.terrain.field import Arrows, drape_pieces
from gdviz.terrain.landscape import Landscape
from gdviz.web.packed import Json, hexadecimal, packed

LIFT = 0.003  # of arrows above the ground, in scene units: a browser's depth buffer needs it
WIDTH = 2.6  # plotly.js's


def field_trace(subject: Subject) -> Json | None:
    """Return the arrows of a field on the landscape; None if there are none."""
    arrows = subject.field
    if arrows is None or not arrows.count:
        return None
    lines = draped_outlines(arrows, subject.landscape) + [0, 0, LIFT]
    return {
        "type": "scatter3d",
        "mode": "lines",
        **{name: packed(lines[:, k]) for k, name in enumerate("xyz")},
        "line": {"color": hexadecimal(subject.theme.field), "width": WIDTH},
        "connectgaps": False,
        "hoverinfo": "skip",
    }


def draped_outlines(arrows: Arrows, landscape: Landscape) -> FloatArray:
    """Return arrows as lines on the ground, scene points (n, 3), with one of NaN after each line."""
    parts = []
    for ends in arrows.outlines:
        lines = drape_pieces(ends, landscape)
        gaps = np.full((len(lines), 1, 3), np.nan)
        parts.append(np.concatenate([lines, gaps], axis=1).reshape(-1, 3))
    return np.concatenate(parts)


def flat_field(subject: Subject) -> Json | None:
    """Return the arrows of a field for a map: straight pieces, shape (n, 2, 2); None if there are none."""
    arrows = subject.field
    if arrows is None:
        return None
    return packed(np.concatenate(arrows.outlines))


def steps_data(steps: StepArrows | None, subject: Subject, moments: NDArray[np.int64]) -> Json | None:
    """Return the parts of the only point's step at each moment, in its coordinates, each of shape (k, 2).

    They are added up in this order, but for the whole step, which is `alone`.
    """
    if steps is None:
        return None
    return {
        "scale": steps.scale,
        "edge": hexadecimal(subject.theme.field_edge),
        "parts": [
            {
                "color": hexadecimal(part_color(part, subject.theme)),
                "alone": part.value == "step",
                "vectors": packed(np.nan_to_num(steps.vectors[part][np.minimum(moments, steps.run.descent.steps)])),
            }
            for part in steps.shown
        ],
    }
