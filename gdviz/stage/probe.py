"""Draws once, and says what it was drawn with. Where OpenGL is broken this can end the process: do it in a child."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PIL import Image

from gdviz.errors import RenderError
from gdviz.picture.themes import DARK
from gdviz.stage.opengl import opengl_fault

SIZE = (64, 64)


@dataclass(frozen=True)
class Drawing:
    """What draws on this machine.

    Attributes
    ----------
    version, vendor, renderer
        What OpenGL says of itself.
    window
        The name of VTK's class for a window.

    """

    version: str
    vendor: str
    renderer: str
    window: str


def draw_once() -> Drawing:
    """Draw an empty picture, and return what it was drawn with.

    Raises
    ------
    RenderError
        If there is no OpenGL, or the picture is not what was drawn.

    """
    fault = opengl_fault()
    if fault:
        raise RenderError(fault)
    from gdviz.stage.offscreen import Offscreen  # only now: it imports VTK

    screen = Offscreen(SIZE, DARK.background)
    picture = Image.new("RGB", SIZE)
    screen.draw(picture)
    colors = picture.getcolors()
    window = screen.plotter.render_window
    assert window is not None
    told = dict(re.findall(r"^OpenGL (\w+) string:\s*(.*?)\s*$", window.ReportCapabilities(), flags=re.MULTILINE))
    version, vendor, renderer = (told.get(key, "unknown") for key in ("version", "vendor", "renderer"))
    drawing = Drawing(version, vendor, renderer, window.GetClassName())
    screen.close()
    if colors != [(SIZE[0] * SIZE[1], DARK.background)]:
        raise RenderError(f"an empty picture by {renderer} in a {drawing.window} is not of one colour")
    return drawing
