"""An animation -> its scene, in the view that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gdviz.description.animation import Animation, View
from gdviz.scene.curve import CurveScene, build_curve
from gdviz.scene.slices import SlicesScene, build_slices
from gdviz.scene.surface import SurfaceScene, build_surface

Scene = SurfaceScene | CurveScene | SlicesScene

_BUILDERS: Mapping[View, Callable[[Animation], Scene]] = MappingProxyType(
    {View.SURFACE: build_surface, View.CURVE: build_curve, View.SLICES: build_slices}
)


def build_scene(animation: Animation) -> Scene:
    """Make a scene from an animation, in the view that it asks for.

    Raises
    ------
    InputError
        If the function cannot be drawn in that view.

    """
    resolved = animation.resolved()
    assert resolved.view is not None
    return _BUILDERS[resolved.view](resolved)
