"""Which edges of a surface's block have the axes, through a whole film."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gdviz.scene.camera import Camera
from gdviz.scene.stays import Stay, kept, stay_at

SIDES = (-1, 1)  # of the block, in x or in y
CORNERS = ((-1, -1), (1, -1), (-1, 1), (1, 1))
TURNED = math.sin(math.radians(7.0))  # how far the camera has turned to another side when an axis goes there
HIDDEN = 0.1  # how far an upright edge may come before the land, as a share of half the block
LEFT = 0.01  # how much better a corner at the left is than one at the right
WORST = -2.0  # a corner behind the land, or the one that is nearest

Choices = tuple[tuple[Stay, ...], tuple[Stay, ...], tuple[Stay, ...]]


def choose_edges(half: tuple[float, float], cameras: Sequence[Camera]) -> Choices:
    """Return in which SIDES of y the x axis stands, in which of x the y axis, and at which of CORNERS the upright one.

    The two lie at the camera's sides, and the third where one wall is seen and the next is not, so that no land is
    behind it.

    Parameters
    ----------
    half
        Half the block's extent in x and y.
    cameras
        At evenly spaced moments of the film, from its beginning to its end.

    """
    moments = np.linspace(0, 1, len(cameras))
    toward = np.array([camera.backward[:2] for camera in cameras])
    toward = toward / np.maximum(np.hypot(*toward.T), 1e-9)[:, None]
    by_x, by_y = (kept(toward[:, axis, None] * SIDES, moments, 2 * TURNED) for axis in (0, 1))
    sides = [(SIDES[stay_at(by_x, at).choice], SIDES[stay_at(by_y, at).choice]) for at in moments.tolist()]
    scores = [_corner_scores(half, camera, *pair) for camera, pair in zip(cameras, sides, strict=True)]
    return by_y, by_x, kept(np.array(scores), moments, HIDDEN)


def _corner_scores(half: tuple[float, float], camera: Camera, x_side: int, y_side: int) -> list[float]:
    """Return how good each corner is for the upright axis, for a camera on these sides.

    Of the four, the ends of the lower axes away from the camera are good as long as the wall between them and the
    nearest corner is seen.
    """
    beyond = np.minimum(np.abs(camera.position[:2]) / half - 1, 0.0)
    good = {(-x_side, y_side): beyond[1], (x_side, -y_side): beyond[0]}
    return [
        float(good.get(corner, WORST)) - LEFT * float(camera.right[:2] @ np.multiply(corner, half))
        for corner in CORNERS
    ]
