"""What a film is about: the descents on a function, and the ground that they are seen on. All panels show the same."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.engine import Status
from gdviz.description.choices import Loop, Quality, View
from gdviz.description.resolved import Resolved
from gdviz.description.tables import CameraKey
from gdviz.description.words import Words
from gdviz.extent import FloatArray
from gdviz.picture.background import theme_on
from gdviz.picture.colors import Ramp, faded, ground_ramp, height_colors, moving_or_resting
from gdviz.picture.themes import Rgb, Theme
from gdviz.scene.arrivals import Arrivals, build_arrivals
from gdviz.scene.camera_path import camera_path
from gdviz.scene.pace import Pace, build_pace
from gdviz.scene.point_marks import PointSizes, point_sizes
from gdviz.scene.run import Run, make_runs
from gdviz.scene.step_arrows import StepArrows, build_step_arrows
from gdviz.scene.timeline import Timeline
from gdviz.scene.turntable import closed_turn, slow_turn
from gdviz.terrain.field import Arrows, lay_arrows
from gdviz.terrain.ground import at_nearest_vertex, ground_colors, with_large_triangles
from gdviz.terrain.landscape import Landscape, build_landscape
from gdviz.terrain.spots import lay_spots
from gdviz.terrain.trails import Trails, build_trails, coverage, lifted

TRAIL_PIXEL = 0.002  # scene units of a pixel of a picture 1440 pixels high, about
CROWDING = 0.7  # how much fainter trails are where they cover the ground once
HIGHEST_LIFT = 1.5  # of the landscape's height: a recorded loss that is above it is drawn there
FAINTEST = 0.35  # the least share of its own colour that a trail has
COARSER = 3  # how many times as coarse the ground of a draft is


@dataclass(frozen=True)
class Subject:
    """What a resolved animation is about, each part of it made when a panel first asks for it.

    Attributes
    ----------
    resolved
        The description.

    """

    resolved: Resolved

    def with_camera(self, camera: tuple[CameraKey, ...]) -> Subject:
        """Return the same subject with other keyframes, on which nothing that was made depends but the timeline."""
        return self._keeping(replace(self.resolved, camera=camera), vars(self).keys() - {"timeline"})

    def drawn_as(self, size: tuple[int, int], quality: Quality) -> Subject:
        """Return the same subject for pictures of another size or quality, in which the descents are the same."""
        return self._keeping(replace(self.resolved, size=size, quality=quality), {"runs", "pace"})

    def _keeping(self, resolved: Resolved, names: Set[str]) -> Subject:
        other = Subject(resolved)
        vars(other).update({name: value for name, value in vars(self).items() if name in names and name != "resolved"})
        return other

    @property
    def theme(self) -> Theme:
        """The picture's colours."""
        return theme_on(self.resolved.theme, self.resolved.background)

    @property
    def background(self) -> Rgb | None:
        """What is behind everything; None if the picture is transparent."""
        return None if self.resolved.transparent else self.theme.background

    @cached_property
    def ramp(self) -> Ramp:
        """The ground's colours."""
        return ground_ramp(self.resolved.palette, self.theme)

    @property
    def words(self) -> Words:
        """The words on the picture."""
        return self.resolved.words

    def has_axes(self, view: View) -> bool:
        """Return whether a kind of panel has axes."""
        return view in self.resolved.axes

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The descents; an InputError if the function has no finite value at any of the starts."""
        return make_runs(self.resolved, self.theme)

    @property
    def is_race(self) -> bool:
        """Whether there are several runs, or a recorded one."""
        return self.resolved.is_race

    @property
    def is_race_of_points(self) -> bool:
        """Whether there are several runs of one point each."""
        return self.is_race and len(self.runs[0].descent.status) == 1

    @cached_property
    def sizes(self) -> PointSizes:
        """How large points and trails are drawn."""
        return point_sizes([len(run.descent.status) for run in self.runs])

    @cached_property
    def landscape(self) -> Landscape:
        """The function's surface over the extent, as it is drawn; an InputError if it has no finite value there."""
        return with_large_triangles(self._sampled, self.ground, max(self.resolved.size))

    @cached_property
    def ground(self) -> FloatArray:
        """Linear RGB of the landscape's vertices, shape (rows, columns, 3)."""
        return ground_colors(self._sampled, self.ramp)

    @cached_property
    def _sampled(self) -> Landscape:
        """The function's surface at all vertices."""
        resolved = self.resolved
        coarser = COARSER if resolved.quality is Quality.DRAFT else 1
        return build_landscape(resolved.objective, resolved.extent, resolved.height, max(resolved.size), coarser)

    @cached_property
    def trails(self) -> tuple[Trails, ...]:
        """The paths of each run over the landscape."""
        return tuple(build_trails(run.descent, self.landscape, self.lifts.get(run.settings.label)) for run in self.runs)

    @cached_property
    def lifts(self) -> Mapping[str, FloatArray]:
        """The scene heights at which a run is drawn above the ground at each step, shape (steps + 1,), by its label."""
        if not self.resolved.lift:
            return MappingProxyType({})
        relief, height = self.landscape.relief, self.landscape.height
        return MappingProxyType(
            {
                run.settings.label: height * np.minimum(relief.unclipped(losses[:, 0]), HIGHEST_LIFT)
                for run in self.runs
                if (losses := run.descent.recorded_losses) is not None
            }
        )

    @cached_property
    def lifted_places(self) -> FloatArray:
        """Scene points of the paths that are drawn above the ground, shape (n, 3)."""
        lifted_ones = [
            trails.vertices[::2]
            for run, trails in zip(self.runs, self.trails, strict=True)
            if run.settings.label in self.lifts
        ]
        return np.concatenate([np.zeros((0, 3)), *lifted_ones])

    @cached_property
    def field(self) -> Arrows | None:
        """The arrows that show the gradient; None if there is no field."""
        resolved = self.resolved
        if resolved.field is None:
            return None
        return lay_arrows(resolved.field, resolved.objective, self.landscape)

    @cached_property
    def step_arrows(self) -> StepArrows | None:
        """The arrows that show the parts of each step; None if there are none."""
        return build_step_arrows(self.resolved, self.runs[0], self.landscape) if self.resolved.arrows else None

    @cached_property
    def timeline(self) -> Timeline:
        """Which moment each frame shows."""
        resolved = self.resolved
        turns = View.SURFACE in resolved.views
        keyframes = (resolved.camera or self.default_move) if turns else ()
        camera, pace, slow = camera_path(keyframes), self.pace, self.slow_steps
        return Timeline(resolved.drawn_frames, resolved.fps, resolved.timing, camera, pace, resolved.loop, slow)

    @cached_property
    def pace(self) -> Pace:
        """How far the descent has come at each share of its time."""
        return build_pace([run.descent for run in self.runs], self.resolved.extent, self.slow_steps)

    @property
    def slow_steps(self) -> int:
        """How many steps are shown slowly."""
        return min(self.resolved.timing.step_by_step, *(run.descent.steps for run in self.runs))

    @cached_property
    def arrivals(self) -> Arrivals:
        """Where and when the points of a race of single points come to rest or are out; none of others."""
        runs = self.runs if self.is_race_of_points else ()
        return build_arrivals(runs, self.resolved.extent, self.timeline)

    @property
    def default_move(self) -> tuple[CameraKey, ...]:
        """The camera's move if no keyframes are given."""
        resolved = self.resolved
        if resolved.loop is Loop.FADE:
            return closed_turn(self.landscape)
        return slow_turn(self.landscape, resolved.timing)

    def visible_points(self, run: Run, position: float) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return a run's points on the drawn surface (n, 3), and which of them are in the extent, on ground."""
        landscape, flat = self.landscape, run.at(position)
        draped = landscape.drape(flat)
        if (heights := self.lifts.get(run.settings.label)) is not None:
            draped[:, 2] = lifted(draped[:, 2], heights, np.array([position]))
        return draped, landscape.extent.contains(flat) & np.isfinite(draped).all(axis=1)

    def spots(self, run: Run, position: float, radius: float) -> tuple[FloatArray, FloatArray]:
        """Return the middles (n, 3) of the spots under a run's points, and the ground's normals there (n, 3).

        `radius` is that of the points, in scene units. The spot of a point that is not visible is at NaN.
        """
        landscape, flat = self.landscape, run.at(position)
        middles, normals = lay_spots(landscape, flat, radius)
        return np.where(landscape.extent.contains(flat)[:, None], middles, np.nan), normals

    def point_colors(self, run: Run, position: float, places: FloatArray) -> FloatArray:
        """Return linear RGB, shape (n, 3), of a run's points at `places` (n, 3): those that rest are darker.

        A recorded path ends somewhere; whether its point rests there is not known.
        """
        own = height_colors(places[:, 2] / self.landscape.height, self.theme) if run.colors is None else run.colors
        rests = run.resting(position) & (run.descent.status != Status.RECORDED)
        return moving_or_resting(own, rests, self.theme)

    @cached_property
    def trail_colors(self) -> tuple[FloatArray, ...]:
        """Linear RGB of the vertices of each run's trails, shape (2 m, 3).

        They are fainter where they began, and where they are so crowded that they would hide the ground. In a race of
        single points they are what is looked at, and are not.
        """
        return tuple(
            self._trail_colors(run, trails, width)
            for run, trails, width in zip(self.runs, self.trails, self.sizes.trails, strict=True)
        )

    def _trail_colors(self, run: Run, trails: Trails, width: float) -> FloatArray:
        if run.colors is None:
            own = height_colors(trails.vertices[:, 2] / self.landscape.height, self.theme)
        else:
            own = np.repeat(run.colors[trails.owners], 2, axis=0)
        if self.is_race_of_points:
            return own
        own = faded(own, np.sqrt(trails.ages), self.theme)
        covered = coverage(trails, self.landscape, width * TRAIL_PIXEL)
        strength = np.maximum(1 / (1 + CROWDING * covered), FAINTEST)[:, None]
        ground = at_nearest_vertex(self.landscape, self.ground, trails.vertices)
        return np.asarray(strength * own + (1 - strength) * ground)
