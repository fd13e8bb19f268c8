"""Frame number -> what is to be seen: the phase, the position along the descent, the camera's pose. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gdviz.descent.engine import Descent
from gdviz.description.tables import Pose, Timing
from gdviz.extent import Extent, FloatArray
from gdviz.scene.camera_path import CameraPath

SAMPLED = 2_000  # points that the pace is computed from, if there are more
AT_ONCE = 4_000_000  # positions that are processed at a time, which limits the memory used
PACE = 0.65  # 0 gives every iteration the same time, 1 time in proportion to the distance covered


class Phase(StrEnum):
    """What happens in a part of the film."""

    APPROACH = "approach"
    HOLD = "hold"
    DESCENT = "descent"
    FINISH = "finish"


@dataclass(frozen=True)
class FrameState:
    """All that decides what a frame looks like.

    Attributes
    ----------
    frame
        The frame's number, from 0.
    phase
        What is going on.
    position
        Iterations made so far; between two whole numbers the points glide from one iterate to the next.
    pose
        Where the camera is.

    """

    frame: int
    phase: Phase
    position: float
    pose: Pose


@dataclass(frozen=True)
class Timeline:
    """The plan of a film.

    Attributes
    ----------
    frames
        How many there are.
    fps
        How many are shown in a second.
    timing
        How long each phase lasts.
    camera
        How the camera moves.
    schedule
        The share of the descent's time at which each iteration is reached, from 0 to 1, shape (steps + 1,).

    """

    frames: int
    fps: float
    timing: Timing
    camera: CameraPath
    schedule: FloatArray

    def state(self, frame: int) -> FrameState:
        """Return what frame number `frame` shows; the first frame is the film's start, the last its end.

        Raises
        ------
        IndexError
            If there is no such frame.

        """
        if not 0 <= frame < self.frames:
            raise IndexError(f"frame {frame} of a film of {self.frames}")
        at = frame / (self.frames - 1) if self.frames > 1 else 1.0
        seconds = at * self.timing.total
        return FrameState(frame, self._phase(seconds), self._position(seconds), self.camera.pose(at))

    def _phase(self, seconds: float) -> Phase:
        begin = 0.0
        for phase in Phase:
            begin += getattr(self.timing, phase)
            if seconds < begin:
                return phase
        return Phase.FINISH

    def _position(self, seconds: float) -> float:
        elapsed = seconds - self.timing.approach - self.timing.hold
        share = elapsed / self.timing.descent if self.timing.descent > 0 else float(elapsed >= 0)
        return float(np.interp(share, self.schedule, np.arange(len(self.schedule))))


def pace(descent: Descent, extent: Extent) -> FloatArray:
    """Return the share of the descent's time at which each iteration is reached, shape (steps + 1,).

    The time of a step is proportional to d**PACE, where d is how far the points get in it: the root of their mean
    squared distance, in spans of the extent. Long first steps last long enough to be seen, the long tail of small ones
    passes quickly, and a step in which hardly anything moves still takes a little time. The distance is half of that
    covered in two steps, so that a point that jumps to and fro across a crease does not hold up the film.
    """
    if descent.steps == 0:
        return np.zeros(1)
    chosen = descent.sample(SAMPLED)
    together = max(1, AT_ONCE // max(len(chosen), 1))
    parts = [
        _moved(descent.points[max(first - 1, 0) : first + together + 1, chosen], extent, begins=first == 0)
        for first in range(0, descent.steps, together)
    ]
    moved = np.concatenate(parts)
    weights = moved**PACE
    weights += max(0.02 * float(weights.mean()), 1e-12)
    return np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])


def _moved(points: FloatArray, extent: Extent, *, begins: bool) -> FloatArray:
    """Return how far points (k, n, dimension) get in each step but the first, unless the descent begins with it."""
    shares = extent.shares(extent.clamp(points))
    first = [shares[1:2] - shares[0:1]] if begins else []
    ahead = np.concatenate([*first, (shares[2:] - shares[:-2]) / 2])
    return np.asarray(np.sqrt((ahead**2).sum(axis=2).mean(axis=1)))
