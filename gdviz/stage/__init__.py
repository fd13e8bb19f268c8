"""Drawing. Only here is PyVista imported, and only when there is something in space to draw."""

from __future__ import annotations

import threading
from typing import Protocol

from PIL import Image

from gdviz.scene.build import Scene
from gdviz.scene.surface import SurfaceScene
from gdviz.scene.timeline import FrameState

_IMPORTING = threading.Lock()


class Stage(Protocol):
    """Draws the frames of one scene, in any order."""

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame, RGB, at the film's size."""

    def close(self) -> None:
        """Give back what is held open."""


def open_stage(scene: Scene) -> Stage:
    """Return what draws a scene.

    Raises
    ------
    RenderError
        If there is no OpenGL to draw a surface with.

    """
    if isinstance(scene, SurfaceScene):
        with _IMPORTING:  # PyVista's modules import each other, and a second thread would find the half of them
            from gdviz.stage.surface import SurfaceStage

        return SurfaceStage(scene)
    from gdviz.stage.plot import PlotStage

    return PlotStage(scene)
