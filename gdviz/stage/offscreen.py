"""A window that nobody sees: OpenGL without a display, and its pixels."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from gdviz.description.choices import Quality
from gdviz.picture.themes import Rgb
from gdviz.runtime.allocation import return_large_blocks
from gdviz.scene.camera import VIEW_ANGLE, Camera
from gdviz.stage.opengl import GL_BLEND, require_opengl
from gdviz.stage.pixels import Box

# VTK and Mesa read these when the first window opens: no X server is asked for, and drawing stays in one thread, since
# gdviz runs one process a core.
os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
os.environ.setdefault("LP_NUM_THREADS", "0")

import numpy as np
from PIL import Image
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLRenderWindow, vtkTextureObject

from gdviz.stage.vista import Plotter

# How many times as large a picture is drawn in each direction. Averaging is cheaper than multisampling in software, and
# smoother.
SUPERSAMPLING: Mapping[Quality, int] = MappingProxyType({Quality.DRAFT: 1, Quality.STANDARD: 2, Quality.HIGH: 3})
# The window is as large as the part of the picture in which there is something, in steps of so many a side: whatever of
# it stays empty is cleared all the same, but a window takes nearly a frame's time to change its size.
STEPS = 8
# Pixels of a window, which take some 24 bytes each. A larger picture is drawn in bands, or 4K would take 0.8 GB.
LARGEST = 17_000_000
# Of bands, as a share of the picture's height: more than a point's radius, since OpenGL leaves out a point whose middle
# is outside the window.
OVERLAP = 0.025
SMALL = 16  # pixels: the side of a window when it is opened


class Offscreen:
    """An off-screen window, drawn `supersampling` times as large as asked for in each direction and averaged."""

    def __init__(
        self, size: tuple[int, int], background: Rgb | None, supersampling: int = 2, largest: int = LARGEST
    ) -> None:
        require_opengl()
        return_large_blocks()
        self._supersampling = supersampling
        self._size, self._largest = size, largest
        self.plotter = Plotter((SMALL, SMALL))
        # Nothing is black and, since VTK clears alpha to 0, transparent.
        self.plotter.set_background(background or (0, 0, 0))  # type: ignore[arg-type]  # its decorator hides the signature
        self._window = self.plotter.window
        self.plotter.renderer.SetUseOIT(False)  # what is translucent is drawn in the order in which it was added
        # What is opaque is not mixed with what is behind it, which takes a tenth less time.
        state = self._window.GetState()
        self.plotter.renderer.AddObserver("StartEvent", lambda *_: state.vtkglDisable(GL_BLEND))
        self.plotter.renderer.AddObserver("EndEvent", lambda *_: state.vtkglEnable(GL_BLEND))
        _open(self._window)
        self._depths = -1
        self._pixels = vtkUnsignedCharArray()

    def aim(self, camera: Camera, near: float, far: float, apart: float = 0.0) -> None:
        """Look through `camera`; what is nearer or farther than the two distances is not drawn.

        Depths are told apart at least that are so far `apart` everywhere, in scene units; by default much finer ones.
        """
        coarsest = far * (far - near) / near / 2**16  # in two bytes, at the farthest depth
        self._keep_depths(vtkTextureObject.Fixed16 if coarsest <= apart else vtkTextureObject.Fixed24)
        lens = self.plotter.camera  # PyVista's own properties take 2 ms, in which they find the bounds of everything
        lens.SetPosition(*camera.position)
        lens.SetFocalPoint(*camera.focal_point)
        lens.SetViewUp(*camera.up)
        lens.SetClippingRange(near, far)

    def _keep_depths(self, numbers: int) -> None:
        """Have depths kept as numbers of a kind: two bytes are cleared and compared sooner than four."""
        if numbers != self._depths:
            depths, framebuffer = vtkTextureObject(), self._window.GetRenderFramebuffer()
            self._window.MakeCurrent()
            depths.SetContext(self._window)
            depths.AllocateDepth(*self._window.GetSize(), numbers)
            framebuffer.RemoveDepthAttachment()
            framebuffer.AddDepthAttachment(depths)
            self._depths = numbers

    def draw(self, on: Image.Image, parts: Sequence[Box] | None = None) -> None:
        """Draw, and paste the picture at the size that was asked for on another of that size.

        `parts` are those in which there is something, by default all of it.
        """
        width, height = self._size
        parts = [(0, 0, width, height)] if parts is None else parts
        if not parts:
            return
        (left, top), (right, bottom) = np.min(parts, axis=0)[:2].tolist(), np.max(parts, axis=0)[2:].tolist()
        columns, rows = _stepped(right - left, width), _stepped(bottom - top, height)
        left, top = min(left, width - columns), min(top, height - rows)
        bands = math.ceil(columns * rows * self._supersampling**2 / self._largest)
        step, margin = math.ceil(rows / bands), math.ceil(OVERLAP * height) if bands > 1 else 0
        for first in range(top, top + rows, step):
            place = left, first - margin, left + columns, first + step + margin
            self._render(place)
            for part in parts:
                highest, lowest = max(part[1], first), min(part[3], first + step)
                if highest < lowest:
                    on.paste(self._part((part[0], highest, part[2], lowest), place), (part[0], highest))
        self._window.ReleaseCurrent()  # so that a window of another kind can draw in this thread

    def _render(self, place: Box) -> None:
        """Draw what is at a place of the picture, which may reach beyond it, in a window of the same size."""
        (width, height), (left, top, right, bottom) = self._size, place
        columns, rows = right - left, bottom - top
        drawn = columns * self._supersampling, rows * self._supersampling
        if self._window.GetSize() != drawn:
            # Its own class's would make the pictures as large that a screen would show.
            vtkOpenGLRenderWindow.SetSize(self._window, *drawn)
        lens = self.plotter.camera
        lens.view_angle = 2 * math.degrees(math.atan(rows / height * math.tan(math.radians(VIEW_ANGLE / 2))))
        lens.SetWindowCenter((left + right - width) / columns, (height - top - bottom) / rows)
        self._window.Render()

    def _part(self, part: Box, place: Box) -> Image.Image:
        """Return a part of what is drawn of a place; what was blended on transparent black is premultiplied."""
        left, right = (self._supersampling * (each - place[0]) for each in (part[0], part[2]))
        low, high = (self._supersampling * (place[3] - each) for each in (part[3], part[1]))
        self._window.GetRGBACharPixelData(left, low, right - 1, high - 1, 0, self._pixels, 0)
        pixels = vtk_to_numpy(self._pixels)  # type: ignore[no-untyped-call]  # VTK has no types for it
        # Four bytes a pixel are what OpenGL keeps and what Pillow keeps: the large picture is not copied, only read
        # from its last row, since OpenGL's first row is the lowest.
        large = Image.frombuffer("RGBX", (right - left, high - low), pixels, "raw", "RGBX", 0, -1)
        return large.reduce(self._supersampling)

    def close(self) -> None:
        """Give the window back."""
        self.plotter.close()


def _open(window: vtkOpenGLRenderWindow) -> None:
    """Open a small window, and keep only what of it is drawn on, which is half of what VTK would.

    What is left out are the second eye's picture on a screen and a depth that nobody reads.
    """
    window.Render()
    shown = window.GetDisplayFramebuffer()
    shown.RemoveColorAttachment(1)
    shown.RemoveDepthAttachment()
    window.ReleaseCurrent()  # so that a window of another kind can open in this thread


def _stepped(length: int, whole: int) -> int:
    """Return a length, of at most the whole, as the steps of a window have it."""
    step = math.ceil(whole / STEPS)
    return min(whole, step * math.ceil(length / step))
