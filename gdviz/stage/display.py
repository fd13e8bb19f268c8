"""Is there a display to open a window on? Asked before VTK does, which ends the whole process where there is none."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping

from gdviz.errors import RenderError, printable

X11 = "libX11.so.6"
PACKAGES = "libx11-6 libgl1 libgl1-mesa-dri"

_REFUSED = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: 0)  # X11 calls it: it must stay


def ignore_refusals() -> None:
    """Go on where the display refuses something; X11 would end the process. What was refused is asked for again."""
    ctypes.CDLL(X11).XSetErrorHandler(_REFUSED)


def require_display(environment: Mapping[str, str]) -> None:
    """Check that a window can be opened.

    Raises
    ------
    RenderError
        Saying what is missing.

    """
    fault = _fault(environment)
    if fault:
        raise RenderError(f"no window can be opened: {fault}")


def _fault(environment: Mapping[str, str]) -> str | None:
    name = environment.get("DISPLAY")
    if not name:
        wayland = "; of Wayland, Xwayland is needed" if environment.get("WAYLAND_DISPLAY") else ""
        return f"there is no display (DISPLAY is not set){wayland}"
    try:
        x11, opengl = ctypes.CDLL(X11), ctypes.CDLL("libGL.so.1")
    except OSError as error:
        library = str(error).partition(":")[0]
        return f"{library} is missing; on Debian or Ubuntu, type: sudo apt-get install {PACKAGES}"
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return f"the display {printable(name)} does not answer"
    pointer = ctypes.POINTER(ctypes.c_int)
    opengl.glXQueryExtension.argtypes = [ctypes.c_void_p, pointer, pointer]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    draws = opengl.glXQueryExtension(display, ctypes.c_int(), ctypes.c_int())
    x11.XCloseDisplay(display)
    return None if draws else f"the display {printable(name)} has no OpenGL (its GLX extension is missing)"
