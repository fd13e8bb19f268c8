"""A resolved animation -> its scene, in the view that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gdviz.description.choices import View
from gdviz.description.resolve import Resolved
from gdviz.scene.curve import CurveScene, build_curve
from gdviz.scene.slices import SlicesScene, build_slices
from gdviz.scene.surface import SurfaceScene, build_surface

Scene = SurfaceScene | CurveScene | SlicesScene

_BUILDERS: Mapping[View, Callable[[Resolved], Scene]] = MappingProxyType(
    {View.SURFACE: build_surface, View.CURVE: build_curve, View.SLICES: build_slices}
)


def build_scene(resolved: Resolved) -> Scene:
    """Make the scene of a resolved animation, in the view that it asks for.

    Raises
    ------
    InputError
        If the function cannot be drawn in that view.

    """
    return _BUILDERS[resolved.view](resolved)
