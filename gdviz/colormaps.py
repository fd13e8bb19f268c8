"""Matplotlib's colormaps by name; matplotlib is imported when one is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdviz.errors import nearest
from gdviz.extent import FloatArray
from gdviz.runtime.library_defaults import importing_matplotlib

SAMPLES = 256  # as many as most colormaps have


def find_colormap(text: str) -> str | None:
    """Return a colormap's name as matplotlib spells it, in whichever case it is written; None if there is none."""
    known = _colormaps()
    return text if text in known else next((name for name in known if name.lower() == text.lower()), None)


def nearest_colormap(text: str) -> str | None:
    """Return the colormap whose name `text` is most likely a misspelling of; None if none is near."""
    spelled = {name.lower(): name for name in _colormaps()}
    close = nearest(text.lower(), spelled)
    return spelled[close] if close else None


def is_ordered(name: str) -> bool:
    """Return whether a colormap has a colour for every height, unlike a list of colours that only differ."""
    return int(_colormaps()[name].N) >= SAMPLES


def ordered_colormaps() -> list[str]:
    """Return the names of all colormaps that are ordered, but for those that are another one reversed."""
    return sorted((name for name in _colormaps() if is_ordered(name) and not name.endswith("_r")), key=str.lower)


def colormap_colors(name: str) -> FloatArray:
    """Return a colormap's colours from low to high: sRGB from 0 to 1, shape (SAMPLES, 3)."""
    return np.asarray(_colormaps()[name](np.linspace(0, 1, SAMPLES)), dtype=np.float64)[:, :3]


def _colormaps() -> Mapping[str, Any]:
    """Return those that come with matplotlib: the processes that draw do not know what a program has registered."""
    with importing_matplotlib():
        from matplotlib import colormaps
    built_in = getattr(colormaps, "_builtin_cmaps", tuple(colormaps))
    return {name: colormaps[name] for name in built_in}
