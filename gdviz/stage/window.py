"""A window on the screen: it shows a picture, and tells what happens to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkObject
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import vtkActor2D, vtkImageMapper, vtkRenderer
from vtkmodules.vtkRenderingOpenGL2 import vtkXOpenGLRenderWindow
from vtkmodules.vtkRenderingUI import vtkXRenderWindowInteractor

from gdviz.errors import RenderError
from gdviz.picture.themes import Rgb
from gdviz.player.events import Button, Close, Event, Key, Move, Press, Release, Wheel
from gdviz.runtime.signals import deferred_signals
from gdviz.stage.display import ignore_refusals


@contextmanager
def _warnings_off() -> Iterator[None]:
    """Keep VTK's warnings off stderr in the block."""
    vtkObject.GlobalWarningDisplayOff()
    try:
        yield
    finally:
        vtkObject.GlobalWarningDisplayOn()


class Window:
    """A window, whose size its user may change.

    The film is drawn elsewhere, without a display, and comes as a finished picture: it is the film's to the bit.
    """

    def __init__(self, title: str, background: Rgb) -> None:
        self._window = vtkXOpenGLRenderWindow()
        self._window.SetMultiSamples(0)
        self._window.SetWindowName(title)
        renderer = vtkRenderer()
        renderer.SetBackground(*(each / 255 for each in background))
        self._window.AddRenderer(renderer)
        self._image = vtkImageData()
        mapper = vtkImageMapper()
        mapper.SetInputData(self._image)
        mapper.SetColorWindow(255)
        mapper.SetColorLevel(127.5)
        actor = vtkActor2D()
        actor.SetMapper(mapper)
        renderer.AddActor(actor)
        self._interactor = vtkXRenderWindowInteractor()
        self._interactor.SetRenderWindow(self._window)
        self._interactor.SetInteractorStyle(None)  # type: ignore[arg-type]  # none: it would turn what is drawn
        self._events: list[Event] = []
        self._observe()

    @property
    def size(self) -> tuple[int, int]:
        """Its width and height in pixels."""
        width, height = self._window.GetSize()
        return width, height

    @property
    def screen(self) -> tuple[int, int]:
        """The screen's width and height in pixels."""
        width, height = self._window.GetScreenSize()
        return width, height

    def open(self, size: tuple[int, int]) -> None:
        """Open the window at a size in pixels.

        Raises
        ------
        RenderError
            If the display has too little of OpenGL, as over a network.

        """
        with deferred_signals(), _warnings_off():
            ignore_refusals()
            if not self._window.SupportsOpenGL():
                raise RenderError("no window can be opened: the display has no OpenGL 3.2, as often over a network")
            self._window.SetSize(*size)
            self._interactor.Initialize()
            self._window.ReleaseCurrent()

    def show(self, picture: Image.Image) -> None:
        """Show an RGB picture of the window's size."""
        with deferred_signals():
            rows = np.asarray(picture)[::-1].reshape(-1, 3)
            self._image.SetDimensions(*picture.size, 1)
            self._image.GetPointData().SetScalars(numpy_to_vtk(rows, deep=True))  # type: ignore[no-untyped-call]  # VTK has no types for it
            self._window.Render()
            self._window.ReleaseCurrent()

    def events(self) -> list[Event]:
        """Return what has happened since the last call."""
        with deferred_signals():  # the callbacks below are called by VTK, which would swallow an exception
            self._interactor.ProcessEvents()
            self._window.ReleaseCurrent()  # it draws again where it was covered
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Close the window."""
        with deferred_signals():
            self._interactor.SetRenderWindow(None)  # type: ignore[arg-type]  # VTK's types say that there must be one
            self._window.Finalize()

    def _observe(self) -> None:
        interactor = self._interactor

        def place() -> tuple[int, int]:
            x, y = interactor.GetEventPosition()
            return x, self.size[1] - 1 - y

        def tell(name: str, event: Callable[[], Event]) -> None:
            interactor.AddObserver(name, lambda *_: self._events.append(event()))  # type: ignore[arg-type]  # VTK's types know no names

        tell("KeyPressEvent", lambda: Key(interactor.GetKeySym() or "", bool(interactor.GetShiftKey())))
        tell("MouseMoveEvent", lambda: Move(place()))
        tell("LeftButtonPressEvent", lambda: Press(Button.LEFT, place()))
        tell("RightButtonPressEvent", lambda: Press(Button.RIGHT, place()))
        tell("LeftButtonReleaseEvent", lambda: Release(place()))
        tell("RightButtonReleaseEvent", lambda: Release(place()))
        tell("MouseWheelForwardEvent", lambda: Wheel(1))
        tell("MouseWheelBackwardEvent", lambda: Wheel(-1))
        tell("ExitEvent", Close)
