"""A window that nobody sees: OpenGL without a display, and its pixels."""

from __future__ import annotations

import math
import os

from gdviz.picture.themes import Rgb
from gdviz.runtime.library_defaults import importing_matplotlib
from gdviz.scene.camera import VIEW_ANGLE, Camera
from gdviz.stage.opengl import require_opengl

# VTK and Mesa read these when the first window opens: no X server is asked for, and drawing stays in one thread, since
# gdviz runs one process a core.
os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
os.environ.setdefault("LP_NUM_THREADS", "0")

from PIL import Image
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

with importing_matplotlib():  # which the plotter imports
    from pyvista.plotting.plotter import Plotter

SUPERSAMPLING = 2
# Pixels of a window, which take some 40 bytes each. A larger picture is drawn in bands, or 4K would take 1.4 GB.
LARGEST = 17_000_000
# Of bands, as a share of the picture's height: more than a point's radius, since OpenGL leaves out a point whose middle
# is outside the window.
OVERLAP = 0.025


class Offscreen:
    """An off-screen window, drawn twice as large as asked for in each direction and averaged.

    That is cheaper than multisampling in software, and smoother.
    """

    def __init__(self, size: tuple[int, int], background: Rgb, largest: int = LARGEST) -> None:
        require_opengl()
        self._size = width, height = size
        bands = math.ceil(width * height * SUPERSAMPLING**2 / largest)
        self._step = math.ceil(height / bands)
        self._margin = math.ceil(OVERLAP * height) if bands > 1 else 0
        self._rows = self._step + 2 * self._margin
        self._drawn = (width * SUPERSAMPLING, self._rows * SUPERSAMPLING)
        self.plotter = Plotter(off_screen=True, window_size=list(self._drawn), lighting="none")
        self.plotter.set_background(background)  # type: ignore[arg-type]  # its decorator hides the signature
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
        lens.clipping_range = (near, far)

    def picture(self) -> Image.Image:
        """Draw, and return the picture at the size that was asked for."""
        width, height = self._size
        if not self._margin:
            return self._band(0)
        whole = Image.new("RGB", self._size)
        for low in range(0, height, self._step):
            band = self._band(low - self._margin).crop((0, self._margin, width, self._rows - self._margin))
            whole.paste(band, (0, height - low - self._step))
        return whole

    def _band(self, bottom: int) -> Image.Image:
        """Draw as many of the picture's rows as the window has, from `bottom` upwards."""
        width, height = self._drawn
        lens, share = self.plotter.camera, self._rows / self._size[1]
        lens.view_angle = 2 * math.degrees(math.atan(share * math.tan(math.radians(VIEW_ANGLE / 2))))
        lens.SetWindowCenter(0, (2 * bottom + self._rows - self._size[1]) / self._rows)
        self._window.Render()
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels, 0)
        # Four bytes a pixel are what OpenGL keeps and what Pillow keeps: the large picture is not copied.
        large = Image.frombuffer("RGBX", self._drawn, vtk_to_numpy(self._pixels), "raw", "RGBX", 0, 1)  # type: ignore[no-untyped-call]  # VTK has no types for it
        return large.reduce(SUPERSAMPLING).transpose(Image.Transpose.FLIP_TOP_BOTTOM).convert("RGB")

    def close(self) -> None:
        """Give the window back."""
        self.plotter.close()
