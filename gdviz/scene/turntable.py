"""The camera's move if none is described: a slow turn around a landscape."""

from __future__ import annotations

import math

import numpy as np

from gdviz.description.tables import CameraKey, Timing
from gdviz.terrain.landscape import Landscape

TURN = 50.0  # degrees that the camera turns over a square view; less over an oblong one


def slow_turn(landscape: Landscape, timing: Timing) -> tuple[CameraKey, ...]:
    """Return the camera's default move: down from above as the film opens, then slowly around the low side."""
    arrival = timing.approach / timing.total if timing.total > 0 else 0.0
    low_side, half_turn = _low_side(landscape), _half_turn(landscape)
    return (
        CameraKey(at=0.0, azimuth=low_side - 1.5 * half_turn, elevation=58.0, zoom=0.94),
        CameraKey(at=min(arrival + 0.15, 0.9), azimuth=low_side - 0.85 * half_turn, elevation=43.0),
        CameraKey(at=1.0, azimuth=low_side + half_turn, elevation=40.0),
    )


def closed_turn(landscape: Landscape) -> tuple[CameraKey, ...]:
    """Return the camera's default move in a loop: around the low side, and back to where it began."""
    low_side, half_turn = _low_side(landscape), _half_turn(landscape)
    first = CameraKey(at=0.0, azimuth=low_side - half_turn, elevation=50.0, zoom=0.96)
    turning = CameraKey(at=0.55, azimuth=low_side + 0.8 * half_turn, elevation=40.0)
    return first, turning, first.model_copy(update={"at": 1.0})


def _half_turn(landscape: Landscape) -> float:
    return TURN / 2 * min(landscape.half) / max(landscape.half)


def _low_side(landscape: Landscape) -> float:
    """Return an azimuth that looks along a diagonal, from the side where the ground is lower.

    An oblong view is looked at rather from one of its long sides.
    """
    width, depth = landscape.half
    skew = 40.0 * min(width, depth) / max(width, depth)
    first = -skew if width >= depth else skew - 90.0
    quarters = (0.0, 180.0) if min(width, depth) < 0.8 * max(width, depth) else (0.0, 90.0, 180.0, 270.0)
    heights = np.nan_to_num(landscape.heights - np.nanmean(landscape.heights))
    x, y = np.meshgrid(*landscape.axes)
    tilt = np.array([(heights * x).sum(), (heights * y).sum()])
    if np.linalg.norm(tilt) < 0.05 * np.abs(heights).sum():
        return first

    def height_of(azimuth: float) -> float:
        outward = np.array([math.sin(math.radians(azimuth)), -math.cos(math.radians(azimuth))])
        return float(outward @ tilt)

    return min((first + quarter for quarter in quarters), key=height_of)
