"""Scene: everything that a film draws, as numbers, made once from an animation."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gdviz.animation import Animation
from gdviz.basins import label_basins
from gdviz.camera import Camera, Keyframe, Margin, Pose, fitting_distance, place, pose_at
from gdviz.colours import basin_colours
from gdviz.descent import Descent, Status, descend, inside
from gdviz.errors import InputError
from gdviz.landscape import Landscape, build_landscape
from gdviz.timeline import FrameState, Timeline, pace
from gdviz.trails import Trails, build_trails

FloatArray = NDArray[np.float64]

MARGIN = Margin(sides=0.04, top=0.07, bottom=0.09)  # the caption's line stands in the bottom margin
TURN = 50.0  # degrees that the camera turns over a square view, if nothing else is asked for; less over an oblong one


@dataclass(frozen=True)
class Tally:
    """How many points there are, and how they ended; a point outside the view has left, however it ended."""

    points: int
    converged: int
    running: int
    diverged: int
    left: int

    def as_data(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)

    def in_words(self) -> str:
        """Return one line for people."""
        counts = {
            "converged": self.converged,
            "still running": self.running,
            "diverged": self.diverged,
            "left": self.left,
        }
        ends = ", ".join(f"{count} {how}" for how, count in counts.items() if count)
        return f"{self.points} {'point' if self.points == 1 else 'points'}: {ends}"


@dataclass(frozen=True)
class Run:
    """One descent in a scene.

    Attributes
    ----------
    descent
        Where the points were at each step.
    trails
        Their paths on the landscape.
    colours
        Linear RGB of each point, shape (n, 3).

    """

    descent: Descent
    trails: Trails
    colours: FloatArray

    def at(self, position: float) -> FloatArray:
        """Return the points between two iterates, shape (n, dimension); `position` counts iterations."""
        before = min(int(position), self.descent.steps)
        after = min(before + 1, self.descent.steps)
        share = position - before
        points = self.descent.points
        return np.asarray((1 - share) * points[before] + share * points[after])

    def tally(self, position: float, view: tuple[float, ...]) -> Tally:
        """Return how the points have ended so far."""
        done = self.descent.iterations <= position
        status = np.where(done, self.descent.status, np.int8(Status.RUNNING))
        status[~inside(self.at(position), view)] = Status.LEFT
        return count(status)


@dataclass(frozen=True)
class Scene:
    """What a film draws.

    Attributes
    ----------
    animation
        The resolved description.
    landscape
        The surface.
    runs
        The descents on it.
    timeline
        Which moment each frame shows.

    """

    animation: Animation
    landscape: Landscape
    runs: tuple[Run, ...]
    timeline: Timeline

    @property
    def _aspect(self) -> float:
        width, height = self.animation.size
        return width / height

    @cached_property
    def _outline(self) -> FloatArray:
        return self.landscape.outline

    @cached_property
    def _distance(self) -> float:
        poses = [pose_at(self.timeline.keyframes, at) for at in np.linspace(0, 1, 61)]
        return fitting_distance(poses, self._outline, self._aspect, MARGIN)

    def camera(self, state: FrameState) -> Camera:
        """Return the camera of a frame; zoom 1 keeps the whole landscape in the picture for the whole film."""
        return place(state.pose, self._outline, self._aspect, MARGIN, self._distance)

    def seen(self, run: Run, position: float) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return a run's points on the drawn surface (n, 3), and which of them are in the view, on ground."""
        flat = run.at(position)
        draped = self.landscape.drape(flat)
        return draped, inside(flat, self.landscape.view) & np.isfinite(draped).all(axis=1)


def count(status: NDArray[np.int8]) -> Tally:
    """Return how many points have each status."""
    return Tally(len(status), *(int(number) for number in np.bincount(status, minlength=len(Status))))


def run_descent(animation: Animation) -> Descent:
    """Descend as a resolved animation says."""
    assert animation.learning_rate is not None
    assert animation.view is not None
    return descend(
        animation.target,
        animation.starts.positions(animation.view),
        learning_rate=animation.learning_rate,
        tolerance=animation.tolerance,
        max_iterations=animation.max_iterations,
        domain=animation.domain,
    )


def build_scene(animation: Animation) -> Scene:
    """Make a scene from an animation.

    Raises
    ------
    InputError
        If the function cannot be drawn as a surface.

    """
    resolved = animation.resolved()
    if resolved.target.dimension != 2:
        raise InputError(
            f"{resolved.target.name} is a function of x alone, and a surface needs x and y; "
            f"'gdviz descend' descends it without drawing"
        )
    assert resolved.view is not None
    landscape = build_landscape(resolved.target, resolved.view, resolved.height)
    descent = run_descent(resolved)
    run = Run(descent, build_trails(descent, landscape), basin_colours(label_basins(descent, resolved.view)))
    keyframes = tuple(key.keyframe for key in resolved.camera) or slow_turn(landscape, resolved)
    timeline = Timeline(
        resolved.frames, resolved.fps, resolved.timing.durations, keyframes, pace(descent, resolved.view)
    )
    return Scene(resolved, landscape, (run,), timeline)


def slow_turn(landscape: Landscape, animation: Animation) -> tuple[Keyframe, ...]:
    """Return the camera's default move: down from above as the film opens, then slowly around the low side."""
    durations = animation.timing.durations
    arrival = durations.approach / durations.total if durations.total > 0 else 0.0
    low_side = _low_side(landscape)
    half_turn = TURN / 2 * min(landscape.half) / max(landscape.half)
    return (
        Keyframe(0.0, Pose(low_side - 1.5 * half_turn, 58.0, 0.94)),
        Keyframe(min(arrival + 0.15, 0.9), Pose(low_side - 0.85 * half_turn, 43.0)),
        Keyframe(1.0, Pose(low_side + half_turn, 40.0)),
    )


def _low_side(landscape: Landscape) -> float:
    """Return an azimuth that looks along a diagonal, from the side where the ground is lower.

    An oblong view is looked at rather from one of its long sides.
    """
    width, depth = landscape.half
    skew = 40.0 * min(width, depth) / max(width, depth)
    first = -skew if width >= depth else skew - 90.0
    candidates = (first, first + 180.0) if min(width, depth) < 0.8 * max(width, depth) else (
        first, first + 90.0, first + 180.0, first + 270.0
    )  # fmt: skip
    heights = np.nan_to_num(landscape.heights - np.nanmean(landscape.heights))
    x, y = np.meshgrid(*landscape.axes)
    tilt = np.array([(heights * x).sum(), (heights * y).sum()])
    if np.linalg.norm(tilt) < 0.05 * np.abs(heights).sum():
        return first

    def height_of(azimuth: float) -> float:
        outward = np.array([math.sin(math.radians(azimuth)), -math.cos(math.radians(azimuth))])
        return float(outward @ tilt)

    return min(candidates, key=height_of)
