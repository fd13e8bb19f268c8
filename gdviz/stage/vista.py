"""PyVista, imported with what gdviz uses of it; import it from here, since that is the longest part of a start."""

from __future__ import annotations

import os

from gdviz.runtime.library_defaults import importing_pyvista

# PyVista need not open a window to see whether one opens: `require_opengl` looks.
os.environ.setdefault("ALLOW_PLOTTING", "true")

with importing_pyvista():
    import pyvista as pv
    from pyvista.plotting.plotter import BasePlotter
    from vtkmodules.vtkRenderingCore import vtkRenderWindow
    from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLRenderWindow

__all__ = ["Plotter", "pv"]


class Plotter(BasePlotter):
    """PyVista's plotter with a window that nobody sees: without what follows the mouse and the keys.

    Attributes
    ----------
    window
        The window, of `size` pixels. Nothing lights what is in it.

    """

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__(lighting="none")
        window = vtkRenderWindow()
        assert isinstance(window, vtkOpenGLRenderWindow)  # there is no other kind
        self.window = self.ren_win = window
        self.window.SetOffScreenRendering(True)
        self.window.SetMultiSamples(0)
        self.window.SetSwapBuffers(False)  # nobody looks at it
        self.window.SetSize(*size)
        for renderer in self.renderers:
            self.window.AddRenderer(renderer)
