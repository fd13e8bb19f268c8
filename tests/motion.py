"""How much a film changes from frame to frame, and where that jumps."""

from __future__ import annotations

import numpy as np

from gdviz.extent import FloatArray
from gdviz.scene.timeline import Timeline

MOST = 1.6  # times what its neighbours change by; a frame that changes by more or less jumps
UNSEEN = 0.025  # of the film's largest change: a smaller jump cannot be seen
SMALL = 0.05  # a jump as in a start from rest of a move of two seconds, at 15 frames a second


def worst_jump(moved: FloatArray) -> float:
    """Return the largest jump in what moves by `moved`, shape (frames - 1,), between the frames; 0 if there is none.

    A frame's change jumps if it and the mean of the changes just before and just after it differ by a factor of more
    than MOST, or in their sign. A jump's size is by how much they differ, as a share of the film's largest change.
    Before the film's first frame and after its last all is at rest.
    """
    largest = np.abs(moved).max(initial=0.0)
    if largest == 0:
        return 0.0
    padded = np.concatenate([[0.0], moved / largest, [0.0]])
    own, neighbours = padded[1:-1], (padded[:-2] + padded[2:]) / 2
    apart = np.abs(own - neighbours)
    jumps = apart > (MOST - 1) * np.minimum(np.abs(own), np.abs(neighbours))
    return float(apart[jumps].max(initial=0.0))


def camera_changes(timeline: Timeline) -> FloatArray:
    """Return by how much azimuth, elevation and the logarithm of the zoom change between frames, (frames - 1, 3)."""
    poses = [timeline.state(frame).pose for frame in range(timeline.frames)]
    places = np.array([(pose.azimuth, pose.elevation, np.log(pose.zoom)) for pose in poses])
    return np.diff(places, axis=0)


def point_changes(timeline: Timeline, points: FloatArray) -> FloatArray:
    """Return how far points (steps + 1, n, dimension) get between frames: the mean over them, shape (frames - 1,)."""
    positions = np.array([timeline.state(frame).position for frame in range(timeline.frames)])
    before = np.minimum(positions.astype(int), len(points) - 1)
    after = np.minimum(before + 1, len(points) - 1)
    share = (positions - before)[:, None, None]
    places = (1 - share) * points[before] + share * points[after]
    return np.asarray(np.linalg.norm(np.diff(places, axis=0), axis=2).mean(axis=1))
