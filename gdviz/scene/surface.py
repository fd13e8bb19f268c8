"""The surface panel: a landscape with paths and points on it, seen by a camera on a turntable."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.picture.layout import Place
from gdviz.scene.camera import Camera, Margin, eased_distances, fitting_distances, place_camera
from gdviz.scene.panel import Panel
from gdviz.scene.subject import Subject
from gdviz.scene.timeline import FrameState

MARGIN = Margin(sides=0.04, top=0.07, bottom=0.09)  # the caption's line stands in the bottom margin
MOMENTS = 241  # of the film at which the camera's distance is computed
EASE = 0.13  # share of the film over which the distance is eased, to both sides of a moment


@dataclass(frozen=True)
class SurfacePanel(Panel):
    """A landscape.

    Attributes
    ----------
    outline
        Scene points (n, 3) that must be in the region.

    """

    outline: FloatArray

    def picture_key(self, state: FrameState) -> Hashable:
        """Return all of a frame's state that the panel's picture depends on."""
        return state.position, state.pose, self._distance(state)

    def camera(self, state: FrameState) -> Camera:
        """Return the camera of a frame; at zoom 1 the landscape fills the region, and all of it is there."""
        return place_camera(state.pose, self.outline, self._aspect, MARGIN, self._distance(state))

    @property
    def _aspect(self) -> float:
        return self.region.width / self.region.height

    def _distance(self, state: FrameState) -> float:
        """Return the distance at zoom 1, to a billionth: where nothing moves it is the same to the bit."""
        return round(float(np.interp(state.at, np.linspace(0, 1, MOMENTS), self._distances)), 9)

    @cached_property
    def _distances(self) -> FloatArray:
        poses = [self.subject.timeline.camera.pose(at) for at in np.linspace(0, 1, MOMENTS)]
        return eased_distances(fitting_distances(poses, self.outline, self._aspect, MARGIN), round(EASE * MOMENTS))


def build_surface(subject: Subject, place: Place) -> SurfacePanel:
    """Make the panel.

    Raises
    ------
    InputError
        If the function is not one of two variables, or has no finite value in the extent.

    """
    objective = subject.resolved.objective
    if objective.dimension != 2:
        raise InputError(
            f"{objective.name} is a function of x alone, and the surface view needs x and y; the curve view draws it"
        )
    return SurfacePanel(subject, place, subject.landscape.outline)
