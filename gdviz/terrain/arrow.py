"""An arrow from one place to another on the ground."""

from __future__ import annotations

import numpy as np

from gdviz.extent import FloatArray
from gdviz.terrain.field import BROAD, Arrows
from gdviz.terrain.landscape import Landscape

HEAD = 0.075  # scene units: the length of a head
MOST_HEAD = 0.5  # of its arrow, that a head may take
SHORTEST = 0.01  # scene units: a shorter arrow is none


def scene_lengths(ways: FloatArray, landscape: Landscape) -> FloatArray:
    """Return how long ways (..., 2) in the function's coordinates are in the scene's ground plane."""
    return np.asarray(np.hypot.reduce(ways * _to_scene(landscape), axis=-1))


def _to_scene(landscape: Landscape) -> FloatArray:
    """Return what lengths along the axes are multiplied by, shape (2,)."""
    return np.asarray(2 * np.array(landscape.half) / landscape.extent.span)


def lay_arrow(tail: FloatArray, tip: FloatArray, landscape: Landscape) -> Arrows | None:
    """Return an arrow between two places of the extent, each (2,); None if it is too short to be seen, or outside.

    One that leads out of the extent ends at its edge, without a head.
    """
    if not (np.isfinite(tip).all() and landscape.extent.contains(tail)):
        return None
    way = tip - tail
    (_,), (leave,) = landscape.extent.clip(tail[None], tip[None])
    length = float(scene_lengths(way, landscape)) * max(float(leave), 0.0)
    if length < SHORTEST:
        return None
    end = tail + leave * way
    to_scene = _to_scene(landscape)
    along = way * to_scene / np.hypot.reduce(way * to_scene)
    head = min(HEAD, MOST_HEAD * length) if leave == 1 else 0.0
    across = BROAD * head * np.array([-along[1], along[0]])
    neck = end - head * along / to_scene
    corners = (tail, end, neck, neck + across / to_scene, neck - across / to_scene)
    return Arrows(*(landscape.extent.clamp(corner)[None] for corner in corners))
