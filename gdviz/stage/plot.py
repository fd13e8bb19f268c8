"""Draws panels of marks, such as curves and maps. No OpenGL is needed."""

from __future__ import annotations

from functools import cached_property

from PIL import Image

from gdviz.scene.panel import MarksPanel, Panel
from gdviz.scene.timeline import FrameState
from gdviz.stage.painter import Canvas


class PlotStage:
    """Draws a panel of marks on its part of the picture, its frames in any order."""

    def __init__(self, panel: MarksPanel, picture: Image.Image) -> None:
        self._panel, self._picture = panel, picture

    def draw(self, state: FrameState) -> None:
        """Draw a frame's panel."""
        self._canvas.paint(self._picture, self._panel.stroke_count(state), self._panel.marks(state))

    def turn(self, panel: Panel) -> None:
        """Nothing changes: no camera looks at it."""

    def close(self) -> None:
        """Nothing is held open."""

    @cached_property
    def _canvas(self) -> Canvas:
        return Canvas(self._panel.region, self._panel.ground(), self._panel.strokes, self._panel.subject.background)
