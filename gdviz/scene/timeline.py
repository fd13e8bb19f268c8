"""Frame number -> what is to be seen: the phase, the position along the descent, the camera's pose. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gdviz.description.choices import Loop
from gdviz.description.tables import Pose, Timing
from gdviz.scene.camera_path import CameraPath
from gdviz.scene.pace import Pace

DISSOLVE = 0.8  # seconds in which the end of a loop dissolves into its beginning
LONGEST_DISSOLVE = 0.25  # of the film
POSTER = 0.6  # of the descent: points are under way, and their trails are there


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
    at
        Its moment, from 0 at the film's start to 1 at its end.
    phase
        What is going on.
    position
        Iterations made so far; between two whole numbers the points glide from one iterate to the next.
    pose
        Where the camera is.
    dissolved
        How far it has dissolved into the film's first frame, from 0 to 1.

    """

    frame: int
    at: float
    phase: Phase
    position: float
    pose: Pose
    dissolved: float = 0.0


@dataclass(frozen=True)
class Timeline:
    """The plan of a film.

    Attributes
    ----------
    frames
        How many are drawn.
    fps
        How many are shown in a second.
    timing
        How long each phase lasts.
    camera
        How the camera moves.
    pace
        How far the descent has come at each share of its time.
    loop
        How the film leads back into its beginning.

    """

    frames: int
    fps: float
    timing: Timing
    camera: CameraPath
    pace: Pace
    loop: Loop = Loop.NONE

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
        descending = seconds - self.timing.approach - self.timing.hold
        position = self.pace.position(descending, self.timing.descent)
        return FrameState(frame, at, self._phase(seconds), position, self.camera.pose(at), self._dissolved(frame))

    def _dissolved(self, frame: int) -> float:
        """Return how far a frame has dissolved into the first, which the frame after the last would be wholly."""
        frames = int(min(DISSOLVE * self.fps, LONGEST_DISSOLVE * self.frames)) if self.loop is Loop.FADE else 0
        share = max(0.0, 1 - (self.frames - frame) / (frames + 1))
        return share * share * (3 - 2 * share)

    def _phase(self, seconds: float) -> Phase:
        begin = 0.0
        for phase in Phase:
            begin += getattr(self.timing, phase)
            if seconds < begin:
                return phase
        return Phase.FINISH


def poster_frame(timing: Timing, frames: int) -> int:
    """Return which of a film's frames stands for it where it is not played."""
    seconds = timing.approach + timing.hold + POSTER * timing.descent
    return round(seconds / timing.total * (frames - 1)) if timing.total > 0 else frames - 1
