"""Draws panels of marks, such as curves and maps. No OpenGL is needed."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from PIL import Image

from gdviz.picture.layout import Region
from gdviz.picture.marks import Mark, Strokes
from gdviz.scene.timeline import FrameState
from gdviz.stage.painter import Canvas


class MarksPanel(Protocol):
    """A panel that consists of marks, from back to front: its ground, strokes that grow with the film, and the rest."""

    @property
    def region(self) -> Region:
        """What the panel fills."""

    @property
    def strokes(self) -> Strokes | None:
        """All strokes that the film will ever show, in the order of time."""

    def ground(self) -> list[Mark]:
        """Return what is the same in every frame."""

    def stroke_count(self, state: FrameState) -> int:
        """Return how many of the strokes a frame shows."""

    def marks(self, state: FrameState) -> list[Mark]:
        """Return what else a frame shows."""


class PlotStage:
    """Draws a panel of marks, its frames in any order."""

    def __init__(self, panel: MarksPanel) -> None:
        self._panel = panel

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame, RGB, at the region's size."""
        return self._canvas.picture(self._panel.stroke_count(state), self._panel.marks(state))

    def close(self) -> None:
        """Nothing is held open."""

    @cached_property
    def _canvas(self) -> Canvas:
        return Canvas(self._panel.region, self._panel.ground(), self._panel.strokes)
