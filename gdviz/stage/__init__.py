"""Drawing. Only here is PyVista imported, and only when there is something in space to draw."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Protocol

from PIL import Image

from gdviz.picture.caption import caption_marks
from gdviz.scene.build import Scene
from gdviz.scene.panel import MarksPanel, Panel
from gdviz.scene.surface import SurfacePanel
from gdviz.scene.timeline import FrameState
from gdviz.stage.painter import paint_over
from gdviz.stage.pixels import Pixels
from gdviz.stage.plot import PlotStage

_IMPORTING = threading.Lock()


class PanelStage(Protocol):
    """Draws the frames of one panel on its part of the picture, in any order."""

    def draw(self, state: FrameState) -> None:
        """Draw a frame's panel where there is nothing but the background."""

    def turn(self, panel: Panel) -> None:
        """Draw with the camera of another panel, which is the same but for its camera."""

    def close(self) -> None:
        """Give back what is held open."""


class Stage:
    """Draws the frames of a scene, in any order.

    Raises
    ------
    RenderError
        If there is no OpenGL to draw a surface with.

    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._overlay = scene.overlay()
        self._pixels = Pixels(scene.layout.size, scene.subject.background)
        self._whole = self._pixels.part((0, 0, *scene.layout.size))
        self._panels = [
            _open_panel(panel, self._pixels.part(panel.region.box)) for panel in (scene.main, *scene.panels)
        ]

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame at the film's size: RGB, or premultiplied if it is transparent."""
        self._draw(state)
        return self._whole.copy() if self._scene.subject.background is None else self._whole.convert("RGB")

    def pixels(self, state: FrameState) -> memoryview:
        """Return the picture's bytes, as files have them if it is transparent; with the next frame they change."""
        self._draw(state)
        return self._pixels.data if self._scene.subject.background is not None else self._pixels.straight()

    def _draw(self, state: FrameState) -> None:
        scene = self._scene
        first = self._first if state.dissolved else None
        self._draw_views(state)
        if first is not None:
            self._whole.paste(Image.blend(self._whole, first, state.dissolved))
        # Two numbers that dissolve into each other are none that can be read: they change half-way.
        told = scene.timeline.state(0) if state.dissolved > 0.5 else state
        caption = (
            caption_marks(scene.caption(told), scene.layout, scene.subject.theme) if scene.resolved.caption else []
        )
        paint_over(self._whole, [*self._overlay, *scene.standings(told), *caption])

    @cached_property
    def _first(self) -> Image.Image:
        """What the end of a loop dissolves into."""
        self._draw_views(self._scene.timeline.state(0))
        return self._whole.copy()

    def _draw_views(self, state: FrameState) -> None:
        """Draw a frame without what is written on it."""
        self._pixels.clear()
        for panel in self._panels:
            panel.draw(state)

    def turn(self, scene: Scene) -> None:
        """Draw with the camera of another scene, which is the same but for its camera."""
        self._scene = scene
        vars(self).pop("_first", None)
        for stage, panel in zip(self._panels, (scene.main, *scene.panels), strict=True):
            stage.turn(panel)

    def close(self) -> None:
        """Give back what is held open."""
        for panel in self._panels:
            panel.close()


def _open_panel(panel: Panel, picture: Image.Image) -> PanelStage:
    if isinstance(panel, SurfacePanel):
        with _IMPORTING:  # PyVista's modules import each other, and a second thread would find the half of them
            from gdviz.stage.surface import SurfaceStage

        return SurfaceStage(panel, picture)
    assert isinstance(panel, MarksPanel)  # there is no third kind
    return PlotStage(panel, picture)
