"""The surface view as numbers: a landscape, the paths on it, and a camera on a turntable."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gdviz.description.resolve import Resolved
from gdviz.description.tables import CameraKey
from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.picture.caption import Caption, Readout
from gdviz.picture.colors import height_colors, moving_or_resting
from gdviz.picture.layout import Layout, layout_of
from gdviz.scene.camera import Camera, Margin, fitting_distance, place, pose_at
from gdviz.scene.run import Run, StatusCounts, end_readouts, make_run
from gdviz.scene.timeline import FrameState, Timeline, pace
from gdviz.terrain.landscape import Landscape, build_landscape
from gdviz.terrain.trails import Trails, build_trails

MARGIN = Margin(sides=0.04, top=0.07, bottom=0.09)  # the caption's line stands in the bottom margin
TURN = 50.0  # degrees that the camera turns over a square view, if nothing else is asked for; less over an oblong one


@dataclass(frozen=True)
class SurfaceScene:
    """What a film of a landscape draws.

    Attributes
    ----------
    resolved
        The description.
    layout
        Where things stand in the picture.
    landscape
        The surface.
    runs
        The descents on it.
    trails
        Each run's paths.
    timeline
        Which moment each frame shows.

    """

    resolved: Resolved
    layout: Layout
    landscape: Landscape
    runs: tuple[Run, ...]
    trails: tuple[Trails, ...]
    timeline: Timeline

    @property
    def counts(self) -> StatusCounts:
        """How the points ended."""
        run = self.runs[0]
        return run.counts(run.descent.steps, self.landscape.extent)

    def picture_key(self, state: FrameState) -> Hashable:
        """Return all of a frame's state that its picture depends on."""
        return state.position, state.pose

    def camera(self, state: FrameState) -> Camera:
        """Return the camera of a frame; zoom 1 keeps the whole landscape in the picture for the whole film."""
        return place(state.pose, self._outline, self._aspect, MARGIN, self._distance)

    def visible_points(self, run: Run, position: float) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return a run's points on the drawn surface (n, 3), and which of them are in the view, on ground."""
        flat = run.at(position)
        draped = self.landscape.drape(flat)
        return draped, self.landscape.extent.contains(flat) & np.isfinite(draped).all(axis=1)

    def point_colors(self, run: Run, position: float, places: FloatArray) -> FloatArray:
        """Return linear RGB, shape (n, 3), of a run's points at `places` (n, 3): those that rest are darker."""
        own = height_colors(places[:, 2] / self.landscape.height) if run.colors is None else run.colors
        return moving_or_resting(own, run.resting(position))

    def trail_colors(self, run: Run, trails: Trails) -> FloatArray:
        """Return linear RGB of the vertices of a run's trails, shape (2 m, 3): darker where they began."""
        if run.colors is None:
            own = height_colors(trails.vertices[:, 2] / self.landscape.height)
        else:
            own = np.repeat(run.colors[trails.owners], 2, axis=0)
        return np.asarray(own * (0.25 + 0.6 * np.sqrt(trails.ages))[:, None])

    def caption(self, state: FrameState) -> Caption:
        """Return what is written on a frame."""
        run, last = self.runs[0], self.counts
        now = run.counts(state.position, self.landscape.extent)
        rate = f"{run.settings.learning_rate:g}"
        readouts = (
            Readout("learning rate", rate, rate),
            Readout("iteration", str(int(state.position)), str(run.descent.steps)),
            *end_readouts(now, last),
        )
        return Caption(self.resolved.title, readouts if now.points else ())

    @property
    def _aspect(self) -> float:
        width, height = self.resolved.size
        return width / height

    @cached_property
    def _outline(self) -> FloatArray:
        return self.landscape.outline

    @cached_property
    def _distance(self) -> float:
        poses = [pose_at(self.timeline.keyframes, at) for at in np.linspace(0, 1, 61)]
        return fitting_distance(poses, self._outline, self._aspect, MARGIN)


def build_surface(resolved: Resolved) -> SurfaceScene:
    """Make the scene of a resolved animation.

    Raises
    ------
    InputError
        If the function is not one of two variables, or has no finite value in the extent.

    """
    if resolved.objective.dimension != 2:
        raise InputError(
            f"{resolved.objective.name} is a function of x alone, and the surface view needs x and y; "
            "the curve view draws it"
        )
    landscape = build_landscape(resolved.objective, resolved.extent, resolved.height, max(resolved.size))
    run = make_run(resolved)
    keyframes = resolved.camera or slow_turn(landscape, resolved)
    schedule = pace(run.descent, resolved.extent)
    timeline = Timeline(resolved.frames, resolved.fps, resolved.timing, keyframes, schedule)
    layout = layout_of(resolved.size, resolved.view)
    return SurfaceScene(resolved, layout, landscape, (run,), (build_trails(run.descent, landscape),), timeline)


def slow_turn(landscape: Landscape, resolved: Resolved) -> tuple[CameraKey, ...]:
    """Return the camera's default move: down from above as the film opens, then slowly around the low side."""
    timing = resolved.timing
    arrival = timing.approach / timing.total if timing.total > 0 else 0.0
    low_side = _low_side(landscape)
    half_turn = TURN / 2 * min(landscape.half) / max(landscape.half)
    return (
        CameraKey(at=0.0, azimuth=low_side - 1.5 * half_turn, elevation=58.0, zoom=0.94),
        CameraKey(at=min(arrival + 0.15, 0.9), azimuth=low_side - 0.85 * half_turn, elevation=43.0),
        CameraKey(at=1.0, azimuth=low_side + half_turn, elevation=40.0),
    )


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
