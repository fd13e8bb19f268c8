"""Draws panels of marks, such as curves. No OpenGL is needed: they are a few hundred lines and discs."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from PIL import Image

from gdviz.picture.layout import Region
from gdviz.picture.marks import Mark
from gdviz.scene.timeline import FrameState
from gdviz.stage.painter import Ground


class MarksPanel(Protocol):
    """A panel that consists of marks."""

    @property
    def region(self) -> Region:
        """Where it is in the picture."""

    def ground(self) -> list[Mark]:
        """Return what is the same in every frame, from back to front."""

    def marks(self, state: FrameState) -> list[Mark]:
        """Return what a frame adds to the ground, from back to front."""


class PlotStage:
    """Draws a panel of marks, its frames in any order."""

    def __init__(self, panel: MarksPanel) -> None:
        self._panel = panel

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame, RGB, at the region's size."""
        return self._ground.with_marks(self._panel.marks(state))

    def close(self) -> None:
        """Nothing is held open."""

    @cached_property
    def _ground(self) -> Ground:
        return Ground(self._panel.region, self._panel.ground())
