"""What a film is about: the descents on a function, and the ground that they are seen on. All panels show the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gdviz.description.choices import View
from gdviz.description.resolve import Resolved
from gdviz.scene.camera_path import camera_path
from gdviz.scene.pace import build_pace
from gdviz.scene.run import Run, StatusCounts, make_run
from gdviz.scene.timeline import Timeline
from gdviz.scene.turntable import slow_turn
from gdviz.terrain.landscape import Landscape, build_landscape
from gdviz.terrain.trails import Trails, build_trails


@dataclass(frozen=True)
class Subject:
    """What a resolved animation is about, each part of it made when a panel first asks for it.

    Attributes
    ----------
    resolved
        The description.

    """

    resolved: Resolved

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The descents; an InputError if the function has no finite value at any of the starts."""
        return (make_run(self.resolved),)

    @cached_property
    def landscape(self) -> Landscape:
        """The function's surface over the extent; an InputError if it has no finite value there."""
        resolved = self.resolved
        return build_landscape(resolved.objective, resolved.extent, resolved.height, max(resolved.size))

    @cached_property
    def trails(self) -> tuple[Trails, ...]:
        """The paths of each run over the landscape."""
        return tuple(build_trails(run.descent, self.landscape) for run in self.runs)

    @cached_property
    def timeline(self) -> Timeline:
        """Which moment each frame shows."""
        resolved = self.resolved
        turns = View.SURFACE in (resolved.view, *resolved.panels)
        keyframes = (resolved.camera or slow_turn(self.landscape, resolved.timing)) if turns else ()
        pace = build_pace(self.runs[0].descent, resolved.extent)
        return Timeline(resolved.frames, resolved.fps, resolved.timing, camera_path(keyframes), pace)

    @property
    def counts(self) -> StatusCounts:
        """How the points ended."""
        run = self.runs[0]
        return run.counts(run.descent.steps, self.resolved.extent)
