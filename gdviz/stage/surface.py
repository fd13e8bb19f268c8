"""Draws the surface view: actors in an off-screen window, seen through a frame's camera."""

from __future__ import annotations

from PIL import Image

from gdviz.picture.caption import caption_marks
from gdviz.scene.surface import SurfaceScene
from gdviz.scene.timeline import FrameState
from gdviz.stage.actors import RunActors, add_ground, add_light
from gdviz.stage.offscreen import SUPERSAMPLING, Offscreen
from gdviz.stage.painter import write

DEPTH = 3.0  # scene units before and behind the focal point, within which all of the scene lies
NEAREST = 0.05  # scene units from the camera


class SurfaceStage:
    """Draws the frames of a scene, in any order."""

    def __init__(self, scene: SurfaceScene) -> None:
        self._scene = scene
        self._window = Offscreen(scene.resolved.size)
        self._rows = scene.resolved.size[1] * SUPERSAMPLING
        unit = scene.layout.main.unit
        plotter = self._window.plotter
        add_ground(plotter, scene, unit)
        self._runs = [
            RunActors(plotter, scene, run, trails, unit) for run, trails in zip(scene.runs, scene.trails, strict=True)
        ]
        add_light(plotter)

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame, RGB, at the film's size."""
        camera = self._scene.camera(state)
        for run in self._runs:
            run.show(state.position, camera, self._rows)
        self._window.aim(camera, near=max(NEAREST, camera.distance - DEPTH), far=camera.distance + DEPTH)
        picture = self._window.picture()
        if self._scene.resolved.caption:
            write(picture, caption_marks(self._scene.caption(state), self._scene.layout))
        return picture

    def close(self) -> None:
        """Give the window back."""
        self._window.close()
