"""The surface panel: a landscape with paths and points on it, seen by a camera on a turntable."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.picture.caption import Readout
from gdviz.picture.colors import height_colors, moving_or_resting
from gdviz.picture.layout import Place, Region
from gdviz.scene.camera import Camera, Margin, eased, fitting_distances, place_camera
from gdviz.scene.run import Run, run_readouts
from gdviz.scene.subject import Subject
from gdviz.scene.timeline import FrameState
from gdviz.terrain.spots import lay_spots

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

    def visible_points(self, run: Run, position: float) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return a run's points on the drawn surface (n, 3), and which of them are in the extent, on ground."""
        landscape, flat = self.subject.landscape, run.at(position)
        draped = landscape.drape(flat)
        return draped, landscape.extent.contains(flat) & np.isfinite(draped).all(axis=1)

    def spots(self, run: Run, position: float, radius: float) -> tuple[FloatArray, FloatArray]:
        """Return the middles (n, 3) of the spots under a run's points, and the ground's normals there (n, 3).

        `radius` is that of the points, in scene units. The spot of a point that is not visible is at NaN.
        """
        landscape, flat = self.subject.landscape, run.at(position)
        middles, normals = lay_spots(landscape, flat, radius)
        return np.where(landscape.extent.contains(flat)[:, None], middles, np.nan), normals

    def point_colors(self, run: Run, position: float, places: FloatArray) -> FloatArray:
        """Return linear RGB, shape (n, 3), of a run's points at `places` (n, 3): those that rest are darker."""
        own = height_colors(places[:, 2] / self.subject.landscape.height) if run.colors is None else run.colors
        return moving_or_resting(own, run.resting(position))

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
