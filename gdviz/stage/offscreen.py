"""A window that nobody sees: OpenGL without a display, and its pixels."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from types import MappingProxyType

from gdviz.description.choices import Quality
from gdviz.picture.themes import Rgb
from gdviz.scene.camera import VIEW_ANGLE, Camera
from gdviz.stage.alpha import blank
from gdviz.stage.opengl import GL_BLEND, require_opengl

# VTK and Mesa read these when the first window opens: no X server is asked for, and drawing stays in one thread, since
# gdviz runs one process a core.
os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
os.environ.setdefault("LP_NUM_THREADS", "0")

from PIL import Image
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLRenderWindow

from gdviz.stage.vista import Plotter

# How many times as large a picture is drawn in each direction. Averaging is cheaper than multisampling in software, and
# smoother.
SUPERSAMPLING: Mapping[Quality, int] = MappingProxyType({Quality.DRAFT: 1, Quality.STANDARD: 2, Quality.HIGH: 3})
# Pixels of a window, which take some 24 bytes each. A larger picture is drawn in bands, or 4K would take 0.8 GB.
LARGEST = 17_000_000
# Of bands, as a share of the picture's height: more than a point's radius, since OpenGL leaves out a point whose middle
# is outside the window.
OVERLAP = 0.025

SMALL = 16  # pixels: the side of a window when it is opened

Box = tuple[int, int, int, int]


class Offscreen:
    """An off-screen window, drawn `supersampling` times as large as asked for in each direction and averaged."""

    def __init__(
        self, size: tuple[int, int], background: Rgb | None, supersampling: int = 2, largest: int = LARGEST
    ) -> None:
        require_opengl()
        self._supersampling = supersampling
        self._size = width, height = size
        bands = math.ceil(width * height * supersampling**2 / largest)
        self._step = math.ceil(height / bands)
        self._margin = math.ceil(OVERLAP * height) if bands > 1 else 0
        self._rows = self._step + 2 * self._margin
        self.plotter = Plotter((SMALL, SMALL))
        self._background = background
        # Nothing is black and, since VTK clears alpha to 0, transparent.
        self.plotter.set_background(background or (0, 0, 0))  # type: ignore[arg-type]  # its decorator hides the signature
        self._window = self.plotter.window
        self.plotter.renderer.SetUseOIT(False)  # what is translucent is drawn in the order in which it was added
        # What is opaque is not mixed with what is behind it, which takes a tenth less time.
        state = self._window.GetState()
        self.plotter.renderer.AddObserver("StartEvent", lambda *_: state.vtkglDisable(GL_BLEND))
        self.plotter.renderer.AddObserver("EndEvent", lambda *_: state.vtkglEnable(GL_BLEND))
        _enlarge(self._window, width * supersampling, self._rows * supersampling)
        self._pixels = vtkUnsignedCharArray()

    def aim(self, camera: Camera, near: float, far: float) -> None:
        """Look through `camera`; what is nearer or farther than the two distances is not drawn."""
        lens = self.plotter.camera  # PyVista's own properties take 2 ms, in which they find the bounds of everything
        lens.SetPosition(*camera.position)
        lens.SetFocalPoint(*camera.focal_point)
        lens.SetViewUp(*camera.up)
        lens.SetClippingRange(near, far)

    def picture(self, within: Box | None = None) -> Image.Image:
        """Draw, and return the picture at the size that was asked for.

        `within` is the left, top, right and bottom of the part in which there is something, by default of all.
        """
        width, height = self._size
        left, top, right, bottom = within or (0, 0, width, height)
        whole = blank(self._size, self._background)
        if not self._margin:
            whole.paste(self._band(0, (left, height - bottom, right, height - top)), (left, top))
            self._window.ReleaseCurrent()  # so that a window of another kind can draw in this thread
            return whole
        for low in range(0, height, self._step):
            rows = (left, self._margin, right, self._margin + self._step)
            whole.paste(self._band(low - self._margin, rows), (left, height - low - self._step))
        self._window.ReleaseCurrent()
        return whole

    def _band(self, bottom: int, part: Box) -> Image.Image:
        """Draw as many of the picture's rows as the window has, from `bottom` upwards, and return a part of them.

        `part` is its left, bottom, right and top, counted from the band's lower left corner.
        """
        lens, share = self.plotter.camera, self._rows / self._size[1]
        lens.view_angle = 2 * math.degrees(math.atan(share * math.tan(math.radians(VIEW_ANGLE / 2))))
        lens.SetWindowCenter(0, (2 * bottom + self._rows - self._size[1]) / self._rows)
        self._window.Render()
        left, low, right, high = (each * self._supersampling for each in part)
        self._window.GetRGBACharPixelData(left, low, right - 1, high - 1, 0, self._pixels, 0)
        # Four bytes a pixel are what OpenGL keeps and what Pillow keeps: the large picture is not copied.
        large = Image.frombuffer("RGBX", (right - left, high - low), vtk_to_numpy(self._pixels), "raw", "RGBX", 0, 1)  # type: ignore[no-untyped-call]  # VTK has no types for it
        small = large.reduce(self._supersampling).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        # What was blended on transparent black is premultiplied.
        return small if self._background is None else small.convert("RGB")

    def close(self) -> None:
        """Give the window back."""
        self.plotter.close()


def _enlarge(window: vtkOpenGLRenderWindow, width: int, height: int) -> None:
    """Open a small window, and make as large only what of it is drawn on, which is half of what VTK would.

    What is left out are the pictures that a screen would show, the second eye's and a depth that nobody reads.
    """
    window.Render()
    shown = window.GetDisplayFramebuffer()
    shown.RemoveColorAttachment(1)
    shown.RemoveDepthAttachment()
    vtkOpenGLRenderWindow.SetSize(window, width, height)  # its own class's would enlarge the screen's pictures, too
