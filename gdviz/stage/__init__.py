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
from gdviz.stage.alpha import blank
from gdviz.stage.painter import paint_over
from gdviz.stage.plot import PlotStage

_IMPORTING = threading.Lock()


class PanelStage(Protocol):
    """Draws the frames of one panel, in any order."""

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame at the size of the panel's region: RGB, or premultiplied if transparent."""

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
        self._main = _open_panel(scene.main)
        self._panels = [_open_panel(panel) for panel in scene.panels]

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame at the film's size: RGB, or premultiplied if it is transparent."""
        scene = self._scene
        picture = self._views(state)
        if state.dissolved:
            picture = Image.blend(picture, self._first, state.dissolved)
        # Two numbers that dissolve into each other are none that can be read: they change half-way.
        told = scene.timeline.state(0) if state.dissolved > 0.5 else state
        caption = (
            caption_marks(scene.caption(told), scene.layout, scene.subject.theme) if scene.resolved.caption else []
        )
        paint_over(picture, [*self._overlay, *scene.standings(told), *caption])
        return picture

    @cached_property
    def _first(self) -> Image.Image:
        """What the end of a loop dissolves into."""
        return self._views(self._scene.timeline.state(0))

    def _views(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame without what is written on it."""
        scene = self._scene
        picture = self._main.draw(state)
        if picture.size == scene.layout.size:
            return picture
        whole = blank(scene.layout.size, scene.subject.background)
        whole.paste(picture, scene.layout.main.region.box)
        for panel, place in zip(self._panels, scene.layout.panels, strict=True):
            whole.paste(panel.draw(state), place.region.box)
        return whole

    def turn(self, scene: Scene) -> None:
        """Draw with the camera of another scene, which is the same but for its camera."""
        self._scene = scene
        vars(self).pop("_first", None)
        for stage, panel in zip((self._main, *self._panels), (scene.main, *scene.panels), strict=True):
            stage.turn(panel)

    def close(self) -> None:
        """Give back what is held open."""
        for panel in (self._main, *self._panels):
            panel.close()


def _open_panel(panel: Panel) -> PanelStage:
    if isinstance(panel, SurfacePanel):
        with _IMPORTING:  # PyVista's modules import each other, and a second thread would find the half of them
            from gdviz.stage.surface import SurfaceStage

        return SurfaceStage(panel)
    assert isinstance(panel, MarksPanel)  # there is no third kind
    return PlotStage(panel)
