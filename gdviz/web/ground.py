"""The ground of a page: the landscape's heights, colours and contour lines as data, and the sides of its block."""

from __future__ import annotations

import math

import numpy as np

from gdviz.extent import FloatArray
from gdviz.picture.colors import to_bytes
from gdviz.scene.subject import Subject
from gdviz.terrain.ground import build_block, contour_colors, contour_levels
from gdviz.terrain.landscape import Landscape
from gdviz.web.packed import Json, hexadecimal, packed, packed_shares

LIFT = 0.0015  # of contour lines above the ground, in scene units: as far as a browser's depth buffer needs


def ground_data(subject: Subject) -> Json:
    """Return what the script needs to drape points on the landscape, and to tell f.

    `heights` (rows, columns) are shares of `height`; with `half`, it is in scene units. `cut` are whether f goes on
    below the lowest ground, and above the highest, as at a pole.
    """
    landscape, relief = subject.landscape, subject.landscape.relief
    return {
        "half": list(landscape.half),
        "height": landscape.height,
        "heights": packed_shares(landscape.heights / max(landscape.height, 1e-9)),
        "relief": {
            "lowest": relief.lowest,
            "highest": relief.highest,
            "knee": None if math.isinf(relief.knee) else relief.knee,
        },
        "cut": _cut(subject),
    }


def _cut(subject: Subject) -> list[bool]:
    landscape, relief = subject.landscape, subject.landscape.relief
    rows, columns = landscape.heights.shape
    values = subject.resolved.objective.value(*np.meshgrid(*landscape.extent.axes((columns, rows))))
    return [bool((values < relief.lowest).any()), bool((values > relief.highest).any())]


def surface_data(subject: Subject) -> Json:
    """Return the colours of the ground (rows, columns, 3), and its vertices that stand at the edges of holes.

    `edge` are the numbers of these (n,), row by row, and `edge_places` the scene points (n, 3) where they are.
    """
    landscape = subject.landscape
    moved = np.flatnonzero((np.isnan(landscape.heights) & np.isfinite(landscape.mesh[..., 2])).ravel())
    return {
        "colors": packed(to_bytes(subject.ground), "u1"),
        "edge": packed(moved, "i4"),
        "edge_places": packed(landscape.mesh.reshape(-1, 3)[moved]),
    }


def block_trace(subject: Subject) -> Json:
    """Return the sides of the block that carries the ground."""
    block = build_block(subject.landscape, subject.ground, subject.theme)
    return {
        "type": "mesh3d",
        **_columns(block.vertices, "xyz"),
        **{name: packed(block.triangles[:, k], "i4") for k, name in enumerate("ijk")},
        "vertexcolor": {"rgb": packed(to_bytes(block.colors), "u1")},
        **UNLIT,
    }


def contour_trace(subject: Subject) -> Json | None:
    """Return the contour lines, one after the other; None if there are none."""
    landscape = subject.landscape
    lines = contour_lines(landscape)
    if not len(lines):
        return None
    colors = contour_colors(landscape, subject.ramp, subject.ground, np.nan_to_num(lines))
    return {
        "type": "scatter3d",
        "mode": "lines",
        **_columns(lines + [0, 0, LIFT], "xyz"),
        "line": {"color": {"rgb": packed(to_bytes(colors), "u1")}, "width": 1.6},
        "connectgaps": False,
        "hoverinfo": "skip",
    }


def contour_lines(landscape: Landscape) -> FloatArray:
    """Return scene points on the ground (n, 3) along its contour lines, with a point of NaN after each line."""
    from contourpy import LineType, contour_generator  # only now: it takes time

    x, y = landscape.axes
    heights = np.ma.masked_invalid(landscape.heights)
    generator = contour_generator(x, y, heights, line_type=LineType.Separate)
    lines = [np.asarray(line) for level in contour_levels(landscape) for line in generator.lines(float(level))]
    gap = np.full((1, 2), np.nan)
    flat = np.concatenate([np.zeros((0, 2)), *(part for line in lines for part in (line, gap))])
    extent = landscape.extent
    places = landscape.drape(np.asarray(extent.low + landscape.shares(np.nan_to_num(flat)) * extent.span))
    places[np.isnan(flat[:, 0])] = np.nan
    return places


def rim_trace(subject: Subject) -> Json:
    """Return the edge of the block."""
    return {
        "type": "scatter3d",
        "mode": "lines",
        **_columns(subject.landscape.rim + [0, 0, LIFT], "xyz"),
        "line": {"color": hexadecimal(subject.theme.rim), "width": 2},
        "hoverinfo": "skip",
    }


UNLIT: Json = {
    "lighting": {"ambient": 1, "diffuse": 0, "specular": 0, "fresnel": 0, "roughness": 1},
    "flatshading": False,
    "hoverinfo": "skip",
}
"""How a mesh shows the colours of its vertices as they are."""


def _columns(points: FloatArray, names: str) -> Json:
    return {name: packed(points[:, k]) for k, name in enumerate(names)}
