"""Paints the marks of a plot: smooth lines and discs, then texts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from PIL import Image, ImageDraw

from gdviz.picture.colors import BACKGROUND
from gdviz.picture.marks import Dot, Label, Line, Mark
from gdviz.scene.curve import CurveScene
from gdviz.scene.slices import SlicesScene
from gdviz.scene.timeline import FrameState
from gdviz.stage.lettering import font_for
from gdviz.stage.overlay import write_caption

SUPERSAMPLING = 3


class PlotStage:
    """Draws the frames of a curve or of slices, in any order.

    No OpenGL is needed: a few hundred lines and discs are painted three times as large in each direction and averaged.
    """

    def __init__(self, scene: CurveScene | SlicesScene) -> None:
        self._scene = scene

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame, RGB, at the film's size."""
        scene = self._scene
        marks = scene.marks(state)
        canvas = self._ground.copy()
        _paint(canvas, marks)
        picture = canvas.reduce(SUPERSAMPLING)
        _write(picture, [*scene.ground(), *marks])
        if scene.resolved.caption:
            write_caption(picture, scene.caption(state))
        return picture

    def close(self) -> None:
        """Nothing is held open."""

    @cached_property
    def _ground(self) -> Image.Image:
        width, height = self._scene.resolved.size
        canvas = Image.new("RGB", (width * SUPERSAMPLING, height * SUPERSAMPLING), BACKGROUND)
        _paint(canvas, self._scene.ground())
        return canvas


def _paint(canvas: Image.Image, marks: Sequence[Mark]) -> None:
    """Paint lines and discs, magnified."""
    draw = ImageDraw.Draw(canvas)
    for mark in marks:
        match mark:
            case Line(points, color, width):
                across = max(1, round(width * SUPERSAMPLING))
                corners = [(float(x), float(y)) for x, y in points * SUPERSAMPLING]
                draw.line(corners, fill=color, width=across, joint="curve")
                if across > 2 * SUPERSAMPLING:
                    for x, y in (corners[0], corners[-1]):  # round ends
                        draw.circle((x, y), across / 2, fill=color)
            case Dot(centre, radius, color, None):
                draw.circle(tuple(centre * SUPERSAMPLING), radius * SUPERSAMPLING, fill=color)
            case Dot(centre, radius, color, ring):
                across = max(1, round((ring or 1) * SUPERSAMPLING))
                draw.circle(tuple(centre * SUPERSAMPLING), radius * SUPERSAMPLING, outline=color, width=across)


def _write(picture: Image.Image, marks: Sequence[Mark]) -> None:
    """Write the labels, at the picture's own size."""
    draw = ImageDraw.Draw(picture)
    for mark in marks:
        if isinstance(mark, Label) and mark.text:
            font = font_for(mark.text, max(7, round(mark.size)))
            draw.text(tuple(mark.place), mark.text, font=font, fill=mark.color, anchor=mark.anchor)
