"""The surface panel: a landscape with paths and points on it, seen by a camera on a turntable."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gdviz.description.choices import View
from gdviz.description.resolved import Resolved
from gdviz.description.tables import Pose
from gdviz.description.title import title_text
from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.picture.layout import CAPTION_WIDTH, Place, Region, caption_sizes
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Mark
from gdviz.picture.overlaps import Room
from gdviz.scene.arrivals import arrival_marks
from gdviz.scene.axes import SurfaceAxes, build_axes
from gdviz.scene.camera import Camera, Margin, eased_distances, fitting_distances, place_camera
from gdviz.scene.panel import Panel
from gdviz.scene.point_marks import ABOVE_GROUND, point_scale
from gdviz.scene.step_arrows import word_marks
from gdviz.scene.subject import Subject
from gdviz.scene.timeline import FrameState

MARGIN = Margin(sides=0.04, top=0.07, bottom=0.09)  # the caption's line stands in the bottom margin
ABOVE_OTHERS = 0.04  # the bottom margin of a surface that has a legend or panels below it
NEAREST = 0.2  # scene units before the camera: what is nearer has no mark
MOMENTS = 241  # of the film at which the camera's distance is computed
_MOMENTS = np.linspace(0, 1, MOMENTS)
EASE = 0.13  # share of the film over which the distance is eased, to both sides of a moment


@dataclass(frozen=True)
class SurfacePanel(Panel):
    """A landscape.

    Attributes
    ----------
    outline
        Scene points (n, 3) that must be in the region.
    margin
        What is left free around them.
    axes
        None if there are none.

    """

    outline: FloatArray
    margin: Margin = MARGIN
    axes: SurfaceAxes | None = None

    def picture_key(self, state: FrameState) -> Hashable:
        """Return all of a frame's state that the panel's picture depends on."""
        return state.position, state.slow, state.pose, self._distance(state), self.axes and self.axes.key(state.at)

    def overlay(self, state: FrameState, camera: Camera) -> list[Mark]:
        """Return what is painted over the landscape, seen through the frame's camera: axes, a part's word, arrivals."""
        axes = self.axes.marks(camera, state.at, self.theme) if self.axes else []
        return [*axes, *self._word(state, camera), *self._arrivals(state, camera)]

    def _word(self, state: FrameState, camera: Camera) -> list[Mark]:
        steps = self.subject.step_arrows
        newest = steps.newest(state) if steps is not None and self.subject.resolved.view is View.SURFACE else None
        if newest is None:
            return []
        ends = self.subject.landscape.drape(np.concatenate([newest.arrow.tails, newest.arrow.tips]))
        left, top, right, bottom = self.region.box
        places = camera.project(ends, (right - left, bottom - top)) + [left, top]
        return word_marks(newest, places, self.region, self.subject.words, self.theme)

    def _arrivals(self, state: FrameState, camera: Camera) -> list[Mark]:
        """Return the marks of those who have come to rest, or are out of a race, where the camera sees them."""
        subject, region = self.subject, self.region
        shown = subject.arrivals.at(state)
        radius = subject.sizes.diameter / 4 * region.unit * point_scale(region)
        if not shown:
            return []
        draped = subject.landscape.drape(np.array([arrival.place for arrival, _ in shown]))
        draped[:, 2] += ABOVE_GROUND * radius * camera.pixel_size(round(region.height))
        seen = np.isfinite(draped).all(axis=1) & (camera.depths(draped) > NEAREST)
        places = camera.project(draped[seen], (round(region.width), round(region.height)))
        some = [each for each, is_seen in zip(shown, seen, strict=True) if is_seen]
        corner, unit = [region.left, region.top], min(region.unit, subject.resolved.size[0] / CAPTION_WIDTH)
        return arrival_marks(some, places + corner, replace(region, unit=unit), radius, self.theme, numbers=True)

    def camera(self, state: FrameState) -> Camera:
        """Return the camera of a frame; at zoom 1 the landscape fills the region, and all of it is there."""
        return place_camera(state.pose, self.outline, self._aspect, self.margin, self._distance(state))

    @property
    def _aspect(self) -> float:
        return self.region.width / self.region.height

    def _distance(self, state: FrameState) -> float:
        """Return the distance at zoom 1, to a billionth: where nothing moves it is the same to the bit."""
        return round(float(np.interp(state.at, _MOMENTS, self._distances)), 9)

    @cached_property
    def _distances(self) -> FloatArray:
        distances = fitting_distances(_poses(self.subject), self.outline, self._aspect, self.margin)
        return eased_distances(distances, round(EASE * MOMENTS))


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
    outline = np.concatenate([subject.landscape.outline, subject.lifted_places])
    with_axes = subject.has_axes(View.SURFACE)
    margin = _margin(subject.resolved, place.region, with_axes=with_axes)
    if not with_axes:
        return SurfacePanel(subject, place, outline, margin)
    cameras = _bare_cameras(subject, place.region, margin)
    axes = build_axes(subject, place.region, _room(subject.resolved, place.region, margin), cameras)
    margin = axes.margin(margin, cameras, subject.theme)
    return SurfacePanel(subject, place, np.concatenate([outline, axes.tops]), margin, axes)


def _margin(resolved: Resolved, region: Region, *, with_axes: bool) -> Margin:
    """Return the margin of a surface, before there is room for the texts of its axes.

    A surface that has others below it is too wide for its region to stand beside the title, and begins below it. In a
    small picture the letters of the caption's line are not as small as the rest, and no text may be on it.
    """
    sizes = caption_sizes(resolved.size)
    if region.bottom <= resolved.size[1] - sizes.foot:
        title = (sizes.margin + sizes.title) * resolved.caption - region.top
        return replace(MARGIN, top=max(MARGIN.top, title / region.height), bottom=ABOVE_OTHERS)
    return replace(MARGIN, bottom=max(MARGIN.bottom, sizes.foot / region.height)) if with_axes else MARGIN


def _bare_cameras(subject: Subject, region: Region, margin: Margin) -> list[Camera]:
    """Return the cameras of a surface without axes, at MOMENTS moments of the film."""
    poses, aspect, some = _poses(subject), region.width / region.height, subject.landscape.outline[::8]
    some = np.concatenate([some, subject.lifted_places[::8]])
    distances = fitting_distances(poses, some, aspect, margin)
    return [place_camera(pose, some, aspect, margin, distance) for pose, distance in zip(poses, distances, strict=True)]


def _room(resolved: Resolved, region: Region, margin: Margin) -> Room:
    """Return where the texts of axes may be: above the caption's line, and not on the title."""
    bounds = np.array([region.left, region.top, region.right, region.bottom - margin.bottom * region.height])
    sizes = caption_sizes(resolved.size)
    width = text_width(title_text(resolved.title), sizes.title)
    corner = [sizes.margin + width, sizes.margin + sizes.title]
    return Room(bounds, np.array([[0.0, 0.0, *corner]] if resolved.caption else []).reshape(-1, 4))


def _poses(subject: Subject) -> list[Pose]:
    """Return where the camera is at MOMENTS moments of the film, zoom included."""
    return [subject.timeline.camera.pose(at) for at in _MOMENTS]
