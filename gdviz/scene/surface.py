"""The surface panel: a landscape with paths and points on it, seen by a camera on a turntable."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.picture.caption import Readout
from gdviz.picture.layout import Place, Region
from gdviz.scene.camera import Camera, Margin, eased, fitting_distances, place_camera
from gdviz.scene.run import run_readouts
from gdviz.scene.subject import Subject
from gdviz.scene.timeline import FrameState

MARGIN = Margin(sides=0.04, top=0.07, bottom=0.09)  # the caption's line stands in the bottom margin

MOMENTS = 241  # of the film at which the camera's distance is computed
EASE = 0.13  # share of the film over which the distance is eased, to both sides of a moment


@dataclass(frozen=True)
class SurfacePanel:
    """What a landscape in a region of the picture shows.

    Attributes
    ----------
    subject
        The landscape, and the descents on it.
    region
        Where it is in the picture.

    """

    subject: Subject
    region: Region

    def picture_key(self, state: FrameState) -> Hashable:
        """Return all of a frame's state that the panel's picture depends on."""
        return state.position, state.pose, self._distance(state)

    def camera(self, state: FrameState) -> Camera:
        """Return the camera of a frame; at zoom 1 the landscape fills the region, and all of it is there."""
        return place_camera(state.pose, self._outline, self._aspect, MARGIN, self._distance(state))

    def readouts(self, state: FrameState) -> list[Readout]:
        """Return the numbers of a frame."""
        return run_readouts(self.subject.runs[0], state.position, self.subject.resolved.extent)

    @property
    def _aspect(self) -> float:
        return self.region.width / self.region.height

    @cached_property
    def _outline(self) -> FloatArray:
        return self.subject.landscape.outline

    def _distance(self, state: FrameState) -> float:
        """Return the distance at zoom 1, to a billionth: where nothing moves it is the same to the bit."""
        share = state.frame / max(self.subject.timeline.frames - 1, 1)
        return round(float(np.interp(share, np.linspace(0, 1, MOMENTS), self._distances)), 9)

    @cached_property
    def _distances(self) -> FloatArray:
        poses = [self.subject.timeline.camera.pose(at) for at in np.linspace(0, 1, MOMENTS)]
        return eased(fitting_distances(poses, self._outline, self._aspect, MARGIN), round(EASE * MOMENTS))


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
    assert subject.landscape  # made now, so that a function without values is refused before anything is drawn
    return SurfacePanel(subject, place.region)
