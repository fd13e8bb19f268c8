"""The tools that a part's bytes depend on: parts of different ones are not joined to a film."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import gdviz
from gdviz.description.choices import View
from gdviz.description.resolved import RENDERING_VERSION, Resolved
from gdviz.movie.capabilities import version_of
from gdviz.movie.encoder import executable
from gdviz.picture.fonts import identity
from gdviz.versions import versions_of

PACKAGES = ("numpy", "vtk", "pyvista", "pillow", "matplotlib", "imageio-ffmpeg")

Tools = Mapping[str, str]
"""A tool's name -> its version, or what tells it from others."""


def tools_here(resolved: Resolved) -> str:
    """Return what tells the tools of this machine from earlier ones, without asking any of them."""
    versions = [version or "" for version in _packages().values()]
    return " ".join([*versions, executable(), identity(resolved.texts)])


def versions_here() -> dict[str, str]:
    """Return the versions of what makes any part on this machine."""
    return {
        "gdviz": f"{gdviz.__version__} with rendering version {RENDERING_VERSION}",
        **{name: version or "(none)" for name, version in _packages().items()},
        "ffmpeg": _ffmpeg_version(),
    }


def fonts_of(resolved: Resolved) -> dict[str, str]:
    """Return the fonts of this machine that an animation's texts are written in."""
    return {"fonts": identity(resolved.texts) or "of gdviz itself"}


def opengl_of(resolved: Resolved) -> dict[str, str]:
    """Return the OpenGL of this machine that draws an animation; nothing if none does.

    Raises
    ------
    RenderError
        If there is none.

    """
    return {"OpenGL": _opengl_version()} if View.SURFACE in resolved.views else {}


def difference(theirs: Tools, ours: Tools) -> tuple[str, str] | None:
    """Return the first tool that differs, as it is there and as it is here; None if all that both have are equal."""
    for name in ours:
        if theirs.get(name, ours[name]) != ours[name]:
            return f"{name} {theirs[name]}", f"{name} {ours[name]}"
    return None


@lru_cache(maxsize=1)  # to read six versions takes 0.02 s, which is much of a small film
def _packages() -> Mapping[str, str | None]:
    return versions_of(PACKAGES)


@lru_cache(maxsize=1)
def _ffmpeg_version() -> str:
    return version_of(executable())


@lru_cache(maxsize=1)
def _opengl_version() -> str:
    from gdviz.stage.probe import draw_once

    return draw_once().version
