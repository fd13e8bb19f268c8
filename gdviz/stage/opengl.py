"""Is there an OpenGL to draw with? Asked before VTK does, which ends the whole process where there is none."""

from __future__ import annotations

import ctypes
import os
import sys

from gdviz.errors import RenderError

PACKAGES = "libegl1 libgl1-mesa-dri"

_SURFACELESS_MESA = 0x31DD
_DEVICE_EXT = 0x313F
_LIBRARY = "libEGL.so.1"


def require_opengl() -> None:
    """Check that drawing without a display can work.

    Raises
    ------
    RenderError
        Naming the packages that bring what is missing.

    """
    os.environ.setdefault("EGL_LOG_LEVEL", "fatal")  # what Mesa would say, the message below says
    try:
        egl = ctypes.CDLL(_LIBRARY)
    except OSError:
        raise RenderError(_remedy(f"{_LIBRARY} is missing")) from None
    if not any(_initialises(egl, display) for display in _displays(egl)):
        raise RenderError(_remedy(f"{_LIBRARY} finds no driver"))


def _remedy(fault: str) -> str:
    command = f"sudo apt-get update && sudo apt-get install {PACKAGES}"
    return f"no OpenGL to draw with: {fault}; on Debian or Ubuntu, type: {command}"


def _displays(egl: ctypes.CDLL) -> list[int | None]:
    egl.eglGetDisplay.restype = ctypes.c_void_p
    egl.eglGetDisplay.argtypes = [ctypes.c_void_p]
    egl.eglGetPlatformDisplay.restype = ctypes.c_void_p
    egl.eglGetPlatformDisplay.argtypes = [ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p]
    platforms = (_SURFACELESS_MESA, _DEVICE_EXT)
    return [egl.eglGetDisplay(None), *(egl.eglGetPlatformDisplay(platform, None, None) for platform in platforms)]


def _initialises(egl: ctypes.CDLL, display: int | None) -> bool:
    egl.eglInitialize.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    return display is not None and bool(egl.eglInitialize(display, None, None))


if __name__ == "__main__":  # so that a Makefile can ask
    try:
        require_opengl()
    except RenderError as error:
        sys.exit(str(error))
