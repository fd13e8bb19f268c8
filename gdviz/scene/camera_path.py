"""The camera's way through its keyframes: one smooth move, at rest only where it begins and where it ends."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdviz.description.tables import CameraKey, Pose
from gdviz.extent import FloatArray
from gdviz.scene.monotone_cubic import hermite, spline_slopes

ABOVE = Pose(azimuth=0.0, elevation=90.0)  # where there is no keyframe
SHORTEST = 1e-9  # of the film: no frame is so short, and a speed over less may be no number


@dataclass(frozen=True)
class CameraPath:
    """A smooth way through keyframes.

    Azimuth, elevation and the logarithm of the zoom each follow a monotone cubic: what rises from one keyframe to the
    next rises all the way, and nothing goes beyond a keyframe and comes back.

    Attributes
    ----------
    keyframes
        Sorted by their moment.
    slopes
        How fast azimuth, elevation (degrees a film) and the logarithm of the zoom change at each, shape (n, 3).

    """

    keyframes: tuple[CameraKey, ...]
    slopes: FloatArray

    def pose(self, at: float) -> Pose:
        """Return the pose at a moment of the film (0 to 1); before the first keyframe and after the last it rests."""
        if not self.keyframes:
            return ABOVE
        number = bisect_right(self.keyframes, at, key=lambda key: key.at)
        if number in (0, len(self.keyframes)):
            return self.keyframes[max(number - 1, 0)].pose
        start, stop = self.keyframes[number - 1 : number + 1]
        length = stop.at - start.at
        slopes = self.slopes[number - 1 : number + 1] * length
        azimuth, elevation, zoom = hermite((at - start.at) / length, _place(stop) - _place(start), *slopes)
        return Pose(
            azimuth=_between(start.azimuth + azimuth, start.azimuth, stop.azimuth),
            elevation=_between(start.elevation + elevation, start.elevation, stop.elevation),
            zoom=_between(start.zoom * math.exp(zoom), start.zoom, stop.zoom),
        )


def camera_path(keyframes: Sequence[CameraKey]) -> CameraPath:
    """Return the way through keyframes, which must be sorted by their moment, no two at the same."""
    slopes = np.zeros((len(keyframes), 3))
    if len(keyframes) > 1:
        lengths = np.maximum(np.diff([key.at for key in keyframes]), SHORTEST)
        rises = np.diff([_place(key) for key in keyframes], axis=0)
        slopes = np.stack([spline_slopes(lengths, rise) for rise in rises.T], axis=1)
    return CameraPath(tuple(keyframes), slopes)


def _place(pose: Pose) -> FloatArray:
    """Return what is interpolated, shape (3,): angles, so that the camera keeps its distance on the way."""
    return np.array([pose.azimuth, pose.elevation, math.log(pose.zoom)])


def _between(value: float, one: float, other: float) -> float:
    """Return a value without what rounding adds to it beyond its two ends, which could be the last that is allowed."""
    return float(min(max(value, min(one, other)), max(one, other)))
