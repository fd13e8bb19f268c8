"""Where the spots lie that points throw on the ground."""

from __future__ import annotations

import numpy as np

from gdviz.extent import FloatArray
from gdviz.terrain.landscape import Landscape
from gdviz.terrain.light import LIGHT

ASIDE = 0.5  # how far a spot's middle is from its point, away from the light, in radii of the point


def lay_spots(landscape: Landscape, points: FloatArray, radius: float) -> tuple[FloatArray, FloatArray]:
    """Return the middles of the spots of points, and how the ground under them is tilted.

    A spot lies in the plane through the ground at its point and at two places beyond, a little more than a radius away.

    Parameters
    ----------
    landscape
        The ground.
    points
        In the function's coordinates, shape (n, 2).
    radius
        Of the points, in scene units.

    Returns
    -------
    middles
        Scene points, shape (n, 3); NaN where a point is not on ground.
    normals
        Of the planes, shape (n, 3), of length 1; straight up beside a hole.

    """
    scale = landscape.extent.span / (2 * np.array(landscape.half))  # from scene units to the function's
    away = -LIGHT[:2] / np.linalg.norm(LIGHT[:2])
    across = np.array([-away[1], away[0]])
    ways = radius * np.array([0 * away, away - across, away + across])
    here, right, left = landscape.drape(points + scale * ways[:, None])
    middles = here + ASIDE * ((right + left) / 2 - here)
    normals = np.cross(right - here, left - here)
    known = np.isfinite(normals).all(axis=1, keepdims=True)
    normals = np.where(known, normals, [0.0, 0.0, 1.0])
    return np.where(known, middles, here), normals / np.linalg.norm(normals, axis=1, keepdims=True)
