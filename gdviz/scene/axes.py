"""The axes of a surface: ticks with numbers along two lower edges of its block and one upright edge, as marks."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdviz.extent import FloatArray
from gdviz.picture.layout import CAPTION_WIDTH, TEXT, Region
from gdviz.picture.marks import Label, Line, Mark
from gdviz.picture.overlaps import FAINTEST, Room, Text, boxes_of, clear_labels, smooth_step
from gdviz.picture.themes import Theme
from gdviz.scene.axis_edges import CORNERS, SIDES, Choices, choose_edges
from gdviz.scene.axis_scales import Scale, flat_scale, height_scale
from gdviz.scene.camera import Camera, Margin
from gdviz.scene.stays import stay_at
from gdviz.scene.subject import Subject
from gdviz.terrain.landscape import PLINTH

TICK, GAP = 6.0, 5.0  # units: a tick's length, and its number's distance
BEFORE_NAME, ABOVE = 9.0, 9.0  # units: a name's distance from the numbers, and from the end of an axis
CAPITALS = 0.74  # how high a digit is, as a share of its letters' size
NAME = 1.15  # how much larger than a number a name is
LEANING = 0.8  # the most that a tick leans along its edge
SHORT, LONG = 14.0, 28.0  # units: an edge that is shorter in the picture has no axis, and a longer one has
NEAR = 6.0  # units between two texts, or between a text and the edge of its room, from which on it is seen
NEAREST = 0.2  # scene units before the camera: what is nearer has no axis
SMALLEST = 9.0  # pixels of letters
APART, APART_UPWARDS = 62.0, 24.0  # units between numbers where an axis is longest in the film
MOST = 40  # numbers of an axis
SPARSE = 8  # of so many moments, one is looked at for how large things are
FADE = 0.4  # seconds in which an axis comes or goes


@dataclass(frozen=True)
class Edge:
    """An edge of the block with its axis.

    Attributes
    ----------
    scale
        What stands along it.
    base, direction
        Scene points on it are `base` + along * `direction`, each of shape (3,).
    outward
        Where ticks lead to, a direction in the scene, shape (3,).
    opacity
        How much of it is seen.

    """

    scale: Scale
    base: FloatArray
    direction: FloatArray
    outward: FloatArray
    opacity: float

    def at(self, along: FloatArray) -> FloatArray:
        """Return scene points (n, 3)."""
        return np.asarray(self.base + along[:, None] * self.direction)


@dataclass(frozen=True)
class Placed:
    """An edge in the picture.

    Attributes
    ----------
    scale
        What stands along it.
    ends, feet
        Of the edge (2, 2), and of its ticks (n, 2), in pixels of the picture.
    along
        From its first end to its second, a direction in the picture, shape (2,).
    outward
        Where each tick leads to, and before them the ends, directions in the picture, shape (2 + n, 2).
    opacity
        How much of it is seen.

    """

    scale: Scale
    ends: FloatArray
    feet: FloatArray
    along: FloatArray
    outward: FloatArray
    opacity: float


@dataclass(frozen=True)
class SurfaceAxes:
    """The axes of a surface through a whole film.

    Attributes
    ----------
    half
        Half the block's extent in x and y.
    outline
        Scene points (n, 3) that no axis may cover.
    scales
        Of x, y and f.
    stays
        Where the axes of x, y and f stand: which of SIDES of y, which of SIDES of x, and which of CORNERS.
    fade
        How long an axis takes to come or go, as a share of the film.
    region
        Where it is in the picture.
    room
        Where its texts may be.
    size
        Of the numbers' letters, in pixels.
    unit
        In pixels.

    """

    half: tuple[float, float]
    outline: FloatArray
    scales: tuple[Scale, Scale, Scale]
    stays: Choices
    fade: float
    region: Region
    room: Room
    size: int
    unit: float

    @property
    def tops(self) -> FloatArray:
        """The upper ends of all edges that are the upright axis at some moment, shape (n, 3)."""
        corners = sorted({CORNERS[stay.choice] for stay in self.stays[2]})
        return np.array([[*np.multiply(corner, self.half), self.scales[2].high] for corner in corners])

    def margin(self, bare: Margin, cameras: Sequence[Camera], theme: Theme) -> Margin:
        """Return the margin of a surface with room for its texts, from that of one without axes.

        `cameras` are those without axes, at evenly spaced moments of the film from its beginning to its end.
        """
        cameras = cameras[::SPARSE]
        beyond = [np.zeros(4)]
        for camera, at in zip(cameras, np.linspace(0, 1, len(cameras)).tolist(), strict=True):
            if texts := self._texts(self._placed(camera, at), theme):
                land, taken = self._land(camera), boxes_of(texts)
                low = land.min(axis=0) - taken[:, :2].min(axis=0)
                beyond.append(np.concatenate([low, taken[:, 2:].max(axis=0) - land.max(axis=0)]))
        left, top, right, bottom = (np.max(beyond, axis=0) + NEAR * self.unit).tolist()
        width, height = self.region.width, self.region.height
        return Margin(
            sides=max(bare.sides, bare.sides / 2 + max(left, right) / width),
            top=max(bare.top, top / height),
            bottom=bare.bottom + bottom / height,
        )

    def key(self, at: float) -> tuple[float, ...]:
        """Return what the marks depend on besides the camera, at a moment of the film from 0 to 1."""
        now = [stay_at(stays, at) for stays in self.stays]
        return tuple(part for stay in now for part in (stay.choice, stay.opacity(at, self.fade)))

    def marks(self, camera: Camera, at: float, theme: Theme) -> list[Mark]:
        """Return the marks of a frame, from back to front, in pixels of the picture."""
        placed = self._placed(camera, at)
        lines = [line for each in placed for line in self._lines(each, theme)]
        return [*lines, *clear_labels(self._texts(placed, theme), self.room, NEAR * self.unit)]

    def _placed(self, camera: Camera, at: float) -> list[Placed]:
        """Return the axes of a frame, those of x and y first."""
        land = self._land(camera)
        return [placed for edge in self._edges(camera, at) if (placed := self._place(camera, edge, land))]

    def _land(self, camera: Camera) -> FloatArray:
        """Return where the outline is in the picture, as far as the camera sees it, shape (n, 2)."""
        return self._project(camera, self.outline[camera.depths(self.outline) > NEAREST])

    def _texts(self, placed: Sequence[Placed], theme: Theme) -> list[Text]:
        """Return the texts of axes, the most important first: the names, then numbers of all of them in turn."""
        names = [self._name(each, theme) for each in placed]
        numbers = itertools.zip_longest(*(self._numbers(each, theme) for each in placed))
        return [*names, *(text for rank in numbers for text in rank if text)]

    def _edges(self, camera: Camera, at: float) -> list[Edge]:
        """Return the edges that have the axes of x, y and f at a moment."""
        x, y, up = np.eye(3)
        stays = [stay_at(each, at) for each in self.stays]
        x_axis_at, y_axis_at = (SIDES[stay.choice] for stay in stays[:2])
        corner = np.array([*np.multiply(CORNERS[stays[2].choice], self.half), 0.0])
        bases = (self.half[1] * x_axis_at * y - PLINTH * up, self.half[0] * y_axis_at * x - PLINTH * up, corner)
        outward = (x_axis_at * y, y_axis_at * x, camera.right * (1 if camera.right @ corner > 0 else -1))
        return [
            Edge(scale, base, direction, out, stay.opacity(at, self.fade))
            for scale, base, direction, out, stay in zip(self.scales, bases, (x, y, up), outward, stays, strict=True)
        ]

    def _project(self, camera: Camera, points: FloatArray) -> FloatArray:
        left, top, right, bottom = self.region.box
        return camera.project(points, (right - left, bottom - top)) + [left, top]

    def _place(self, camera: Camera, edge: Edge, land: FloatArray) -> Placed | None:
        """Return an edge in the picture; none if it cannot be seen, or would not be read."""
        scale = edge.scale
        points = edge.at(np.array([scale.low, scale.high, *(tick.along for tick in scale.ticks)]))
        if camera.depths(points).min() < NEAREST:
            return None
        places = self._project(camera, points)
        way = places[1] - places[0]
        length = float(np.hypot(*way))
        opacity = edge.opacity * float(smooth_step(np.array((length / self.unit - SHORT) / (LONG - SHORT))))
        if opacity < FAINTEST:
            return None
        along = way / length
        away = np.array([-along[1], along[0]])
        middle = self._project(camera, np.array([0.0, 0.0, points[0, 2]]))
        away *= 1.0 if away @ (places[0] - middle) >= 0 else -1.0
        outward = self._project(camera, points + 0.02 * edge.outward) - places
        leaning = np.clip(outward @ along / np.hypot(*outward.T), -LEANING, LEANING)[:, None]
        outward = leaning * along + np.sqrt(1 - leaning**2) * away
        # Where land hides the edge, the axis stands beside the land.
        hidden = max(0.0, float((land @ away).max(initial=-np.inf) - places[0] @ away))
        places = places + outward * (hidden / (outward @ away))[:, None]
        return Placed(scale, places[:2], places[2:], along, outward, opacity)

    def _lines(self, placed: Placed, theme: Theme) -> list[Line]:
        """Return an axis's line and its ticks: pieces up to each tick and out along it, as each covers little."""
        order = np.argsort(placed.feet @ placed.along)
        feet = placed.feet[order]
        tips = feet + TICK * self.unit * placed.outward[2:][order]
        bends = np.stack([np.concatenate([placed.ends[:1], feet[:-1]]), feet, tips], axis=1)
        last = np.stack([feet[-1], placed.ends[1]])
        return [Line(points, theme.axis, 1.2 * self.unit, placed.opacity) for points in (*bends, last)]

    def _numbers(self, placed: Placed, theme: Theme) -> list[Text]:
        """Return an axis's numbers, the one that matters most first."""
        outward = placed.outward[2:]
        extents = self._extents([tick.width for tick in placed.scale.ticks], 1.0)
        middles = placed.feet + outward * ((TICK + GAP) * self.unit + _reaches(outward, extents) / 2)
        return [
            Text(Label(tick.text, middle, self.size, theme.quiet_ink, opacity=placed.opacity), extent)
            for tick, middle, extent in zip(placed.scale.ticks, middles, extents, strict=True)
        ]

    def _name(self, placed: Placed, theme: Theme) -> Text:
        """Return an axis's name, at its upper end, or beside its middle beyond the numbers."""
        scale = placed.scale
        if scale.name_at_end:
            outward, start, gap = placed.along, placed.ends[1], ABOVE * self.unit
        else:
            outward, start = placed.outward[:2].mean(axis=0), placed.ends.mean(axis=0)
            numbers = self._extents([tick.width for tick in scale.ticks], 1.0)
            gap = (TICK + GAP + BEFORE_NAME) * self.unit + _reaches(outward, numbers).max()
        (extent,) = self._extents([scale.name_width], NAME)
        middle = start + outward * (gap + _reaches(outward, extent) / 2)
        return Text(Label(scale.name, middle, NAME * self.size, theme.ink, opacity=placed.opacity), extent)

    def _extents(self, widths: Sequence[float], larger: float) -> FloatArray:
        """Return the widths and heights of texts (n, 2) in letters that are so much larger than numbers."""
        return np.array([[larger * width, larger * CAPITALS * self.size] for width in widths])


def _reaches(outward: FloatArray, extents: FloatArray) -> FloatArray:
    """Return how far texts (..., 2) reach along directions (..., 2), shape (..., 1)."""
    return np.asarray((np.abs(outward) * extents).sum(axis=-1, keepdims=True))


def build_axes(
    subject: Subject,
    region: Region,
    room: Room,
    cameras: Sequence[Camera],
) -> SurfaceAxes:
    """Return the axes of a surface.

    Parameters
    ----------
    subject
        What is shown.
    region, room
        Where it is in the picture, and where its texts may be.
    cameras
        Those that the film would have without axes, at evenly spaced moments from its beginning to its end.

    """
    resolved, landscape = subject.resolved, subject.landscape
    unit = min(region.unit, resolved.size[0] / CAPTION_WIDTH)
    size = round(max(SMALLEST, TEXT * unit))
    unit = size / TEXT
    (width, depth), height = landscape.half, landscape.height
    across, upward = (int(apart * unit) for apart in (APART, APART_UPWARDS))
    corner = np.array([width, depth, 0.0])
    about = [
        int(np.clip(max(_length(camera, region, edge) for camera in cameras[::SPARSE]) / apart, 2, MOST))
        for edge, apart in (
            (corner * [[-1, 1, 1], [1, 1, 1]], across),
            (corner * [[1, -1, 1], [1, 1, 1]], across),
            (corner + [[0, 0, 0], [0, 0, height]], upward),
        )
    ]
    return SurfaceAxes(
        half=landscape.half,
        outline=landscape.outline[::4],
        scales=(
            flat_scale(subject.words.x, resolved.extent.sides[0], width, about[0], size),
            flat_scale(subject.words.y, resolved.extent.sides[1], depth, about[1], size),
            height_scale(subject.words.f, landscape, about[2], size),
        ),
        stays=choose_edges(landscape.half, cameras),
        fade=FADE / max(resolved.timing.total, FADE),
        region=region,
        room=room,
        size=size,
        unit=unit,
    )


def _length(camera: Camera, region: Region, ends: FloatArray) -> float:
    """Return how long a line between scene points (2, 3) is in the picture, in pixels; 0 if not all of it is seen."""
    if camera.depths(ends).min() < NEAREST:
        return 0.0
    one, other = camera.project(ends, (round(region.width), round(region.height)))
    return float(np.hypot(*(other - one)))
