"""What is drawn stands where the camera says: points, trails and the block of land, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scenes import surface_of, with_parts

from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.picture.themes import DARK
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.camera import Camera
from gdviz.scene.point_marks import point_diameter, point_scale
from gdviz.scene.timeline import FrameState
from gdviz.stage import Stage
from gdviz.stage.offscreen import Offscreen
from gdviz.terrain.landscape import PLINTH, Landscape
from gdviz.terrain.trails import Trails

pytestmark = pytest.mark.xdist_group("projection")  # one process draws the pictures that its tests share

# A bowl with no side like another, all of whose ground is seen from these poses.
LAND = {
    "function": "x**2 + y**2/2 + x*y/2 + x/2",
    "extent": [-2, 2, -2, 2],
    "learning_rate": 0.05,
    "max_iterations": 12,
    "fps": 10,
    "timing": {"approach": 0, "hold": 0, "descent": 2, "finish": 0},
    "camera": [
        {"at": 0, "azimuth": 25, "elevation": 55},
        {"at": 0.5, "azimuth": -130, "elevation": 75, "zoom": 0.9},
        {"at": 1, "azimuth": 200, "elevation": 48, "zoom": 1.2},
    ],
    "point_color": "one",
    "caption": False,
}
STARTS = [[-1.7, 0.2], [1.7, -0.3], [-1.5, -0.9], [1.4, 0.3], [-0.6, 0.1]]
FRAMES = (0, 10, 19)


@dataclass(frozen=True)
class Shown:
    """A frame, drawn three times, (height, width, 3): the land alone, with points on it, and with trails as well."""

    scene: Scene
    state: FrameState
    bare: np.ndarray
    pointed: np.ndarray
    whole: np.ndarray

    @property
    def camera(self) -> Camera:
        return surface_of(self.scene).camera(self.state)

    @property
    def size(self) -> tuple[int, int]:
        return self.scene.resolved.size

    @property
    def scale(self) -> float:
        return point_scale(surface_of(self.scene).region)

    @property
    def radius(self) -> float:
        """A point's, in pixels."""
        return self.scale * point_diameter(len(STARTS)) / 2 * self.size[1] / 1440

    def points(self) -> np.ndarray:
        """Return where the middles of the points are to be seen: a little above the ground, (n, 2)."""
        places, visible = self.scene.subject.visible_points(self.scene.runs[0], self.state.position)
        assert visible.all()
        places[:, 2] += 0.6 * self.radius * self.camera.pixel_size(self.size[1])
        return self.camera.project(places, self.size)

    def trails(self) -> np.ndarray:
        """Return places along the trails, several to a pixel, (n, 2)."""
        (trails,) = self.scene.subject.trails
        vertices = trails.vertices[: 2 * trails.count_until(self.state.position)]
        ends = self.camera.project(vertices, self.size).reshape(-1, 2, 2)
        shares = np.linspace(0, 1, 12)[None, :, None]
        return (ends[:, :1] + shares * (ends[:, 1:] - ends[:, :1])).reshape(-1, 2)


@pytest.fixture(scope="module", params=["wide", "tall", "in bands"])
def shown(request: pytest.FixtureRequest) -> list[Shown]:
    size = {"wide": (480, 270), "tall": (240, 360), "in bands": (320, 270)}[request.param]
    scene = build_scene(resolve(Animation.from_data(LAND | {"size": size, "starts": {"points": STARTS}})))
    no_trails = Trails(np.empty((0, 3)), np.empty(0), np.empty(0, dtype=np.int64), np.empty(0))
    scenes = [with_parts(scene, runs=(), trails=()), with_parts(scene, trails=(no_trails,)), scene]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gdviz.stage.spots.DARKEST", 0.0)  # whose spots would be taken for parts of the points
        if request.param == "in bands":
            patch.setattr("gdviz.stage.surface.Offscreen", partial(Offscreen, largest=size[0] * size[1] * 4 // 3))
        stages = [Stage(each) for each in scenes]
    states = [scene.timeline.state(frame) for frame in FRAMES]
    return [Shown(scene, state, *(np.asarray(stage.draw(state)).astype(int) for stage in stages)) for state in states]


def pixel_middles(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.indices(shape[:2]) + 0.5
    return columns, rows


def distances(places: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """Return how far each pixel, given as (row, column), is from the nearest place."""
    middles = pixels[:, None, ::-1] + 0.5
    return np.hypot(*(middles - places).transpose(2, 0, 1)).min(axis=1)


def covered(landscape: Landscape, camera: Camera, size: tuple[int, int]) -> np.ndarray:
    """Return how much of each pixel the block of land covers, by its projected triangles; from 0 to 1."""
    finer = 4
    rim = landscape.rim
    foot = rim * [1, 1, 0] - [0, 0, PLINTH]
    walls = np.stack([rim[:-1], rim[1:], foot[1:], foot[:-1]], axis=1)
    ground = landscape.mesh.reshape(-1, 3)[landscape.triangles()]
    mask = Image.new("L", (size[0] * finer, size[1] * finer))
    draw = ImageDraw.Draw(mask)
    for faces in (ground, walls, foot[None]):
        for face in camera.project(faces, size) * finer - 0.5:
            draw.polygon(face.ravel().tolist(), fill=255)
    return np.asarray(mask.reduce(finer)) / 255


def test_points_are_drawn_where_they_are_projected(shown: list[Shown]):
    for frame in shown:
        changed = np.abs(frame.pointed - frame.bare).max(axis=-1)
        columns, rows = pixel_middles(changed.shape)
        for x, y in frame.points():
            weight = np.where(np.hypot(columns - x, rows - y) < frame.radius + 2, np.minimum(changed, 60), 0)
            middle = np.array([(columns * weight).sum(), (rows * weight).sum()]) / weight.sum()
            assert np.abs(middle - (x, y)).max() < 0.25
            assert weight.sum() / 60 == pytest.approx(1.1 * np.pi * frame.radius**2, rel=0.1)


def test_the_land_is_drawn_where_it_is_projected(shown: list[Shown]):
    for frame in shown:
        land = np.abs(frame.bare - DARK.background).max(axis=-1) > 2
        told = covered(frame.scene.subject.landscape, frame.camera, frame.size) > 0.05
        for axis in pixel_middles(land.shape):
            assert abs(axis[land].mean() - axis[told].mean()) < 0.25
        assert land.sum() / told.sum() == pytest.approx(1, abs=0.006)
        assert (land != told).sum() < 0.007 * land.sum()


def test_trails_are_drawn_where_they_are_projected(shown: list[Shown]):
    for frame in shown[1:]:
        trails = frame.trails()
        changed = np.argwhere(np.abs(frame.whole - frame.pointed).max(axis=-1) > 24)
        half = frame.scale * point_diameter(len(STARTS)) / 6 / 2 * frame.size[1] / 1440
        assert distances(trails, changed).max() < half + 0.75
        # Where a point does not hide them, there is a pixel at every place of the trails.
        seen = trails[np.hypot(*(trails[:, None] - frame.points()).transpose(2, 0, 1)).min(axis=1) > frame.radius + 1]
        assert distances(changed[:, ::-1] + 0.5, seen[:, ::-1] - 0.5).max() < 1.25  # a pixel, and the end of a line
