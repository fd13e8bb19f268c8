"""Draws the surface panel: actors in an off-screen window, seen through a frame's camera."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from gdviz.description.choices import Quality
from gdviz.extent import FloatArray
from gdviz.scene.camera import Camera
from gdviz.scene.panel import Panel
from gdviz.scene.point_marks import point_scale
from gdviz.scene.surface import SurfacePanel
from gdviz.scene.timeline import FrameState
from gdviz.stage.actors import LIFT
from gdviz.stage.covered import box_corners, covered_parts
from gdviz.stage.drops import DropActor
from gdviz.stage.field import FieldActors
from gdviz.stage.ground import GroundActors
from gdviz.stage.offscreen import SUPERSAMPLING, Offscreen
from gdviz.stage.painter import paint_each
from gdviz.stage.pixels import Box
from gdviz.stage.runs import RunActors
from gdviz.stage.spots import SpotActor
from gdviz.stage.steps import StepActors

LINES = 12.0  # pixels of a picture 1440 pixels high: more than any line is wide
APART = 1 / 4  # of how far lines are from the ground: depths that must be told apart
NEAREST = 0.05  # scene units from the camera


class SurfaceStage:
    """Draws a surface panel on its part of the picture, its frames in any order."""

    def __init__(self, panel: SurfacePanel, picture: Image.Image) -> None:
        self._panel, self._picture = panel, picture
        left, top, right, bottom = panel.region.box
        quality = panel.subject.resolved.quality
        supersampling = SUPERSAMPLING[quality]
        self._window = Offscreen((right - left, bottom - top), panel.subject.background, supersampling)
        self._rows = (bottom - top) * supersampling
        plotter, unit = self._window.plotter, panel.region.unit * supersampling / 2
        self._ground = GroundActors(plotter, panel, unit)
        arrows = panel.subject.field
        self._field = None if arrows is None else FieldActors(plotter, panel, arrows, panel.region.unit)
        scale = point_scale(panel.region)
        self._spots = [SpotActor(plotter, panel, scale * unit)] if quality is not Quality.DRAFT else []
        steps = panel.subject.step_arrows
        self._steps = None if steps is None else StepActors(plotter, panel, steps, scale * panel.region.unit)
        runs, lifts = panel.subject.runs, panel.subject.lifts
        self._drops = [
            DropActor(plotter, panel, run, lifts[run.settings.label], scale * unit)
            for run in runs
            if run.settings.label in lifts
        ]
        self._runs = [RunActors(plotter, panel, number, scale * unit) for number in range(len(runs))]
        self._corners = np.concatenate([panel.subject.landscape.corners, box_corners(panel.subject.lifted_places)])
        # Contour lines are drawn half of `LIFT` above the ground, and on steep ground as much nearer to it.
        self._apart = APART * LIFT / 2 / math.hypot(1, panel.subject.landscape.steepest)
        self._around = (panel.subject.sizes.diameter + LINES) * panel.region.unit / 2

    def draw(self, state: FrameState) -> None:
        """Draw a frame's panel."""
        camera = self._panel.camera(state)
        self._ground.show(camera)
        if self._field is not None:
            self._field.show(camera, self._rows)
        if self._steps is not None:
            self._steps.show(state, camera, self._rows)
        for spots in self._spots:
            spots.show(state.position, camera, self._rows)
        for drops in self._drops:
            drops.show(state.position)
        for run in self._runs:
            run.show(state.position, camera, self._rows)
        depths = camera.depths(self._corners)
        around = 2 * self._around * camera.pixel_size(self._picture.height)
        near = max(NEAREST, float(depths.min()) - around)
        self._window.aim(camera, near, max(float(depths.max()) + around, 2 * NEAREST), self._apart)
        self._window.draw(self._picture, self._covered(camera, depths))
        paint_each(self._picture, self._panel.overlay(state, camera), self._panel.region.box[:2])

    def turn(self, panel: Panel) -> None:
        """Draw with the camera of another panel, which is the same but for its camera."""
        assert isinstance(panel, SurfacePanel)
        self._panel = panel

    def _covered(self, camera: Camera, depths: FloatArray) -> list[Box]:
        """Return the parts of the picture that the block and the points on it or above it cover, and a little more.

        `depths` are those of the corners of all of it.
        """
        if depths.min() < NEAREST:  # some are beside or behind the camera: all may be covered
            return [(0, 0, *self._picture.size)]
        places = camera.project(self._corners, self._picture.size)
        return covered_parts(places, self._around, self._picture.size)

    def close(self) -> None:
        """Give the window back."""
        self._window.close()
