"""The camera: poses on a turntable, and the projection that the stage draws with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gdviz.description.tables import Pose
from gdviz.extent import FloatArray

VIEW_ANGLE = 24.0  # degrees, vertical: long enough a lens that the far edge is not dwarfed


@dataclass(frozen=True)
class Margin:
    """What to leave free around the scene, as shares of the picture's width (at each side) and of its height."""

    sides: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Camera:
    """A perspective camera.

    Attributes
    ----------
    right, up, backward
        Its orthonormal axes in scene coordinates; `backward` points from the focal point to the camera.
    focal_point
        What lies in the middle of the picture.
    distance
        From the focal point, in scene units.

    """

    right: FloatArray
    up: FloatArray
    backward: FloatArray
    focal_point: FloatArray
    distance: float

    @property
    def position(self) -> FloatArray:
        """Where the camera stands, shape (3,)."""
        return self.focal_point + self.distance * self.backward

    def pixel_size(self, height: int) -> float:
        """Return the size in scene units of one pixel at the focal point, in a picture `height` pixels high."""
        return 2 * self.distance * math.tan(math.radians(VIEW_ANGLE / 2)) / height

    def project(self, points: FloatArray, size: tuple[int, int]) -> FloatArray:
        """Return where scene points (..., 3) fall in a picture: (..., 2), pixels right of and below its top left.

        `size` is the picture's (width, height).
        """
        width, height = size
        offset = points - self.focal_point
        scale = height / (2 * math.tan(math.radians(VIEW_ANGLE / 2)) * self.depths(points))
        return np.stack([width / 2 + offset @ self.right * scale, height / 2 - offset @ self.up * scale], axis=-1)

    def depths(self, points: FloatArray) -> FloatArray:
        """Return how far before the camera points (n, 3) are, in scene units, shape (n,)."""
        return np.asarray(self.distance - (points - self.focal_point) @ self.backward)


def fitting_distances(poses: Iterable[Pose], scene: FloatArray, aspect: float, margin: Margin) -> FloatArray:
    """Return the least distance in each pose at which, at zoom 1, the whole scene is in the picture, shape (n,).

    Parameters
    ----------
    poses
        Where the camera will be.
    scene
        Points (n, 3) that must be in the picture.
    aspect
        Width over height of the picture.
    margin
        What to leave free.

    """
    return np.array([_frame(pose, scene, aspect, margin)[2] for pose in poses])


def eased_distances(distances: FloatArray, reach: int) -> FloatArray:
    """Return distances that change gradually and are nowhere less: the scene stays in the picture, and nothing pumps.

    Each is a weighted mean over `reach` samples to both sides of the largest distance within `reach` samples.
    """
    around = np.pad(distances, 2 * reach, mode="edge")
    largest = np.lib.stride_tricks.sliding_window_view(around, 2 * reach + 1).max(axis=1)
    weights = np.hanning(2 * reach + 3)[1:-1]
    return np.convolve(largest, weights / weights.sum(), mode="valid")


def place_camera(pose: Pose, scene: FloatArray, aspect: float, margin: Margin, distance: float) -> Camera:
    """Return the camera in a pose, with the scene in the middle of what the margin leaves; `distance` is for zoom 1."""
    right, up, backward = _axes(pose)
    across, upward, _ = _frame(pose, scene, aspect, margin)
    return Camera(right, up, backward, across * right + upward * up, distance / pose.zoom)


def _axes(pose: Pose) -> tuple[FloatArray, FloatArray, FloatArray]:
    azimuth, elevation = math.radians(pose.azimuth), math.radians(pose.elevation)
    outward = np.array([math.sin(azimuth), -math.cos(azimuth), 0.0])
    right = np.array([math.cos(azimuth), math.sin(azimuth), 0.0])
    vertical = np.array([0.0, 0.0, 1.0])
    backward = math.cos(elevation) * outward + math.sin(elevation) * vertical
    up = -math.sin(elevation) * outward + math.cos(elevation) * vertical
    return right, up, backward


def _frame(pose: Pose, scene: FloatArray, aspect: float, margin: Margin) -> tuple[float, float, float]:
    """Return the focal point's coordinates along right and up, and the least distance, that frame the scene tightly.

    With the tangents `high` and `low` of the angles to the frame's upper and lower edge, a point at (u, b) along up and
    backward is inside if -low <= (u - shift) / (distance - b) <= high. Both bounds are linear in shift and distance,
    and the tightest frame is where the highest and the lowest point touch it; likewise from left to right.
    """
    right, up, backward = (scene @ axis for axis in _axes(pose))
    tangent = math.tan(math.radians(VIEW_ANGLE / 2))
    side = tangent * aspect * (1 - 2 * margin.sides)
    high, low = tangent * (1 - 2 * margin.top), tangent * (1 - 2 * margin.bottom)
    rightmost, leftmost = (right + side * backward).max(), (right - side * backward).min()
    highest, lowest = (up + high * backward).max(), (up - low * backward).min()
    distance = max((rightmost - leftmost) / (2 * side), (highest - lowest) / (high + low))
    middle = (highest - high * distance + lowest + low * distance) / 2
    return float((rightmost + leftmost) / 2), float(middle), float(distance)
