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
SETS_OFF = 0.72  # of the time of a step that is shown slowly: all of its parts are there, and the point begins to go
POSTER = 0.6  # of the descent: points are under way, and their trails are there


class Phase(StrEnum):
    """What happens in a part of the film."""

    APPROACH = "approach"
    HOLD = "hold"
    DESCENT = "descent"
    FINISH = "finish"


@dataclass(frozen=True)
class SlowStep:
    """A step that is shown slowly: its number, from 0, and how much of its time has passed, from 0 to 1."""

    step: int
    share: float


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
    slow
        The step that is shown slowly, or the first of such steps before it begins; None if there is none.

    """

    frame: int
    at: float
    phase: Phase
    position: float
    pose: Pose
    dissolved: float = 0.0
    slow: SlowStep | None = None


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
        How far the descent has come at each share of its time, after the steps that are shown slowly.
    loop
        How the film leads back into its beginning.
    slow_steps
        How many steps are shown slowly: no more than the descent has.

    """

    frames: int
    fps: float
    timing: Timing
    camera: CameraPath
    pace: Pace
    loop: Loop = Loop.NONE
    slow_steps: int = 0

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
        slow = self._slow(descending)
        position = self._position(descending, slow)
        pose, phase = self.camera.pose(at), self._phase(seconds)
        return FrameState(frame, at, phase, position, pose, self._dissolved(frame), slow)

    def _slow(self, descending: float) -> SlowStep | None:
        """Return the step that is shown slowly so many seconds after the points could set off."""
        if descending >= self.slow_steps * self.timing.slow_step:
            return None
        steps = max(descending, 0.0) / self.timing.slow_step
        return SlowStep(int(steps), steps % 1)

    def _position(self, descending: float, slow: SlowStep | None) -> float:
        if slow is None:
            return self.slow_steps + self.pace.position(descending - self.timing.slow, self.timing.descent)
        gone = max(0.0, (slow.share - SETS_OFF) / (1 - SETS_OFF))
        return slow.step + gone**3 * (10 - 15 * gone + 6 * gone**2)

    def _dissolved(self, frame: int) -> float:
        """Return how far a frame has dissolved into the first, which the frame after the last would be wholly."""
        frames = int(min(DISSOLVE * self.fps, LONGEST_DISSOLVE * self.frames)) if self.loop is Loop.FADE else 0
        share = max(0.0, 1 - (self.frames - frame) / (frames + 1))
        return share * share * (3 - 2 * share)

    def _phase(self, seconds: float) -> Phase:
        begin = 0.0
        for phase in Phase:
            begin += getattr(self.timing, phase) + (self.timing.slow if phase is Phase.DESCENT else 0.0)
            if seconds < begin:
                return phase
        return Phase.FINISH


def poster_frame(timing: Timing, frames: int) -> int:
    """Return which of a film's frames stands for it where it is not played."""
    seconds = timing.approach + timing.hold + timing.slow + POSTER * timing.descent
    return round(seconds / timing.total * (frames - 1)) if timing.total > 0 else frames - 1
