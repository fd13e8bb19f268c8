"""Draws the curve and the slices view. No OpenGL is needed: they are a few hundred lines and discs."""

from __future__ import annotations

from functools import cached_property

from PIL import Image

from gdviz.picture.caption import caption_marks
from gdviz.scene.curve import CurveScene
from gdviz.scene.slices import SlicesScene
from gdviz.scene.timeline import FrameState
from gdviz.stage.painter import Ground


class PlotStage:
    """Draws the frames of a curve or of slices, in any order."""

    def __init__(self, scene: CurveScene | SlicesScene) -> None:
        self._scene = scene

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame, RGB, at the film's size."""
        scene = self._scene
        marks = scene.marks(state)
        if scene.resolved.caption:
            marks += caption_marks(scene.caption(state), scene.layout)
        return self._ground.with_marks(marks)

    def close(self) -> None:
        """Nothing is held open."""

    @cached_property
    def _ground(self) -> Ground:
        return Ground(self._scene.resolved.size, self._scene.ground())
