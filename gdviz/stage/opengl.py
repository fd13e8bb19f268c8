"""Is there an OpenGL to draw with? Asked before VTK does, which ends the whole process where there is none."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from gdviz.errors import RenderError

PACKAGES = "libegl1 libgl1-mesa-dri"
REMEDY = f"on Debian or Ubuntu, type: sudo apt-get update && sudo apt-get install {PACKAGES}"

GL_BLEND = 0x0BE2  # OpenGL's word for mixing what is drawn with what is there
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
    fault = opengl_fault()
    if fault:
        raise RenderError(f"no OpenGL to draw with: {fault}; {REMEDY}")


def opengl_fault() -> str | None:
    """Return what stands in the way of drawing without a display; None if nothing does."""
    os.environ.setdefault("EGL_LOG_LEVEL", "fatal")  # what Mesa would say, the answer says
    if not _has_a_cache():
        os.environ.setdefault("MESA_SHADER_CACHE_DISABLE", "true")  # or Mesa would say so in every process
    try:
        egl = ctypes.CDLL(_LIBRARY)
    except OSError:
        return f"{_LIBRARY} is missing"
    if not any(_initialises(egl, display) for display in _displays(egl)):
        return f"{_LIBRARY} finds no driver"
    return None


def _has_a_cache() -> bool:
    """Return whether there is a folder in which Mesa can keep shaders; it is made if it can be, as Mesa would."""
    named = os.environ.get("MESA_SHADER_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    folder = Path(named) if named else Path(os.environ.get("HOME") or Path.home()) / ".cache"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


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
