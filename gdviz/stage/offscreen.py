"""A window that nobody sees: OpenGL without a display, and its pixels."""

from __future__ import annotations

import os

from gdviz.camera import VIEW_ANGLE, Camera
from gdviz.colours import BACKGROUND
from gdviz.stage.opengl import require_opengl

# VTK and Mesa read these when the first window opens: no X server is asked for, and drawing stays in one thread, since
# gdviz runs one process a core.
os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
os.environ.setdefault("LP_NUM_THREADS", "0")

import pyvista as pv
from PIL import Image
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

SUPERSAMPLING = 2


class Offscreen:
    """An off-screen window, drawn twice as large as asked for in each direction and averaged.

    That is cheaper than multisampling in software, and smoother.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        require_opengl()
        self.size = size
        self._drawn = (size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING)
        self.plotter = pv.Plotter(off_screen=True, window_size=list(self._drawn), lighting="none")
        self.plotter.set_background(BACKGROUND)  # type: ignore[arg-type]  # its decorator hides the signature
        assert self.plotter.render_window is not None
        self._window = self.plotter.render_window
        self._window.SetMultiSamples(0)
        self._window.SetSwapBuffers(False)  # nobody looks at the window
        self._pixels = vtkUnsignedCharArray()

    def aim(self, camera: Camera, near: float, far: float) -> None:
        """Look through `camera`; what is nearer or farther than the two distances is not drawn."""
        lens = self.plotter.camera
        lens.position = tuple(camera.position)
        lens.focal_point = tuple(camera.focal_point)
        lens.up = tuple(camera.up)
        lens.view_angle = VIEW_ANGLE
        lens.clipping_range = (near, far)

    def picture(self) -> Image.Image:
        """Draw, and return the picture at the size that was asked for."""
        width, height = self._drawn
        self._window.Render()
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels, 0)
        # Four bytes a pixel are what OpenGL keeps and what Pillow keeps: the large picture is not copied.
        large = Image.frombuffer("RGBX", self._drawn, vtk_to_numpy(self._pixels), "raw", "RGBX", 0, 1)  # type: ignore[no-untyped-call]
        return large.reduce(SUPERSAMPLING).transpose(Image.Transpose.FLIP_TOP_BOTTOM).convert("RGB")

    def close(self) -> None:
        """Give the window back."""
        self.plotter.close()
