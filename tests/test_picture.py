"""What a picture of a surface shows: contour lines, walls, lit points, colours; and how the camera frames and moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scenes import surface_of, with_parts

from gdviz.description.animation import Animation
from gdviz.description.choices import Palette
from gdviz.description.resolve import resolve
from gdviz.picture.colors import ground_ramp, moving_or_resting, rgb, to_bytes
from gdviz.picture.themes import DARK, THEMES, Theme
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.point_marks import point_diameter
from gdviz.stage import Stage
from gdviz.terrain.ground import CONTOURS, at_nearest_vertex
from gdviz.terrain.landscape import PLINTH
from gdviz.terrain.light import LIGHT
from gdviz.terrain.trails import Trails

SIZE = (480, 270)
NO_TRAILS = Trails(np.empty((0, 3)), np.empty(0), np.empty(0, dtype=np.int64), np.empty(0))
FROM_ABOVE = {"azimuth": 0, "elevation": 90}
SLANTING = {"azimuth": 20, "elevation": 40}
EXTENTS = {"himmelblau": [-5, 5, -5, 5], "eggholder": [-512, 512, -512, 512]}
ONE_SECOND = {"approach": 0, "hold": 0, "descent": 1, "finish": 0}


def scene_of(function: str, pose: Mapping[str, float], **more: Any) -> Scene:
    data = {"function": function, "size": SIZE, "extent": [-2, 2, -2, 2], "camera": [{"at": 0, **pose}]}
    defaults = {"starts": {"points": [[0, 0]]}, "max_iterations": 0, "learning_rate": 0.1, "caption": False}
    return build_scene(resolve(Animation.from_data(data | defaults | more)))


def drawn(scene: Scene, frame: int = 0) -> np.ndarray:
    return np.asarray(Stage(scene).draw(scene.timeline.state(frame))).astype(int)


def bare(scene: Scene, frame: int = 0) -> np.ndarray:
    return drawn(with_parts(scene, runs=(), trails=()), frame)


def brightness(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(float) @ (0.299, 0.587, 0.114)


def at(picture: np.ndarray, scene: Scene, places: np.ndarray) -> np.ndarray:
    """Return the pixels at scene points, (n, 3)."""
    columns, rows = surface_of(scene).camera(scene.timeline.state(0)).project(places, SIZE).astype(int).T
    return picture[rows, columns]


def test_contour_lines_are_even_steps_of_height_and_a_little_brighter_than_the_ground():
    scene = scene_of("x + 0*y", FROM_ABOVE)
    line = brightness(bare(scene)[SIZE[1] // 2])
    heights = np.arange(1, CONTOURS + 1) / (CONTOURS + 1)
    places = np.stack([2 * heights - 1, 0 * heights, heights * scene.subject.landscape.height], axis=-1)
    columns = surface_of(scene).camera(scene.timeline.state(0)).project(places, SIZE)[:, 0]
    above = line - np.minimum(np.roll(line, 2), np.roll(line, -2))  # the ground's own brightness
    peaks = (line > np.roll(line, 1)) & (line >= np.roll(line, -1))
    lines = np.flatnonzero(peaks & (above > 3) & (above < 40)) + 0.5  # the rim is brighter still
    assert len(lines) == CONTOURS
    assert np.abs(lines - columns).max() < 1


def test_walls_darken_towards_their_foot_and_the_rim_is_pale():
    scene = scene_of("x**2 + y**2", SLANTING)
    picture = bare(scene)
    rim = scene.subject.landscape.rim
    near = rim[(rim[:, 1] == rim[:, 1].min()) & (np.abs(rim[:, 0]) < 0.8)]
    foot = near * [1, 1, 0] - [0, 0, PLINTH]
    tops, middles, feet = (brightness(at(picture, scene, near + share * (foot - near))) for share in (0.1, 0.5, 0.9))
    assert (tops > 1.15 * middles).all()
    assert (middles > 1.15 * feet).all()
    assert (feet > brightness(np.array(DARK.background)) + 4).all()
    shifts = [(across, down) for across in (-1, 0, 1) for down in (-1, 0, 1)]
    edge = np.max([brightness(at(np.roll(picture, shift, (0, 1)), scene, near)) for shift in shifts], axis=0)
    assert (edge > tops + 60).all()


@pytest.mark.parametrize("function", ["x**2 + y**2", "log(x) + log(y)", "sin(3*x) * cos(3*y)"])
@pytest.mark.parametrize("elevation", [40, 3, -3, -40])
def test_no_side_is_left_out_that_would_be_seen(function: str, elevation: float, monkeypatch: pytest.MonkeyPatch):
    scene = scene_of(function, {"azimuth": 20, "elevation": elevation}, starts={"points": [[1, 1]]})
    picture = bare(scene)
    monkeypatch.setattr("gdviz.stage.ground.GroundActors.show", lambda *_: None)  # draws both sides of everything
    differs = np.abs(picture - bare(scene)).max(axis=-1) > 8
    assert differs.sum() <= 4  # pixels, at an edge
    assert picture.std() > 10


@pytest.mark.parametrize(
    ("function", "elevation", "zoom"),
    [("x**2 + y**2", 40, 1), ("x**2 + y**2", 5, 8), ("himmelblau", 15, 1), ("1/(x*y)", 4, 1), ("eggholder", 30, 1)],
)
def test_depths_are_as_fine_as_lines_near_the_ground_need(
    function: str, elevation: float, zoom: float, monkeypatch: pytest.MonkeyPatch
):
    pose = {"azimuth": 30, "elevation": elevation, "zoom": zoom}
    scene = scene_of(function, pose, starts={"points": [[1, 1]]}, extent=EXTENTS.get(function, [-2, 2, -2, 2]))
    picture = bare(scene)
    monkeypatch.setattr("gdviz.stage.surface.APART", 0.0)  # depths are as fine as they can be
    differs = np.abs(picture - bare(scene)).max(axis=-1) > 8
    assert differs.mean() < 0.0005
    assert picture.std() > 10


def test_ground_that_reaches_behind_the_camera_is_drawn_to_the_edge_of_the_picture():
    scene = scene_of("x**2 + y**2", {"azimuth": 30, "elevation": 20, "zoom": 4})
    landscape, camera = scene.subject.landscape, surface_of(scene).camera(scene.timeline.state(0))
    assert camera.depths(landscape.rim).min() < 0 < camera.depths(landscape.rim).max()
    picture = bare(scene)
    assert picture[..., 2].min() > 2 * DARK.background[2]
    assert np.abs(np.diff(picture, axis=1)).max() < 60


def test_points_are_lit_from_the_upper_left():
    scene = scene_of("0*x*y", FROM_ABOVE, starts={"points": [[0, 0], [1, 1], [-1, 0.5]]})
    columns, rows = np.indices(SIZE[::-1])[::-1] + 0.5
    picture = brightness(drawn(scene))
    places, _ = scene.subject.visible_points(scene.runs[0], 0.0)
    for x, y in surface_of(scene).camera(scene.timeline.state(0)).project(places, SIZE):
        inside = np.hypot(columns - x, rows - y) < 2.5
        upper_left = inside & (columns + rows < x + y - 1)
        lower_right = inside & (columns + rows > x + y + 1)
        assert picture[upper_left].mean() > picture[lower_right].mean() + 15


@pytest.mark.parametrize("zoom", [1.0, 3.0])
def test_a_point_darkens_the_ground_beside_it_away_from_the_light_and_not_farther_off(zoom: float):
    scene = scene_of("0*x*y", {**FROM_ABOVE, "zoom": zoom}, starts={"points": [[0, 0]]})
    ground, picture = brightness(bare(scene)), brightness(drawn(scene))
    places, _ = scene.subject.visible_points(scene.runs[0], 0.0)
    ((x, y),) = surface_of(scene).camera(scene.timeline.state(0)).project(places, SIZE)
    radius = point_diameter(1) / 2 * SIZE[1] / 1440
    right, down = 1.4 * radius * LIGHT[:2] / np.linalg.norm(LIGHT[:2]) * (-1, 1)
    shade = picture[round(y + down - 0.5), round(x + right - 0.5)]
    sunny = picture[round(y - down - 0.5), round(x - right - 0.5)]
    assert shade < 0.8 * sunny
    columns, rows = np.indices(SIZE[::-1])[::-1] + 0.5
    farther = np.hypot(columns - x, rows - y) > 2.5 * radius
    assert np.array_equal(picture[farther], ground[farther])


def test_a_spot_at_the_edge_darkens_nothing_beyond_the_ground():
    scene = scene_of("0*x*y", FROM_ABOVE, starts={"points": [[2, 0]]})
    ground, picture = brightness(bare(scene)), brightness(drawn(scene))
    places, _ = scene.subject.visible_points(scene.runs[0], 0.0)
    ((x, y),) = surface_of(scene).camera(scene.timeline.state(0)).project(places, SIZE)
    radius = point_diameter(1) / 2 * SIZE[1] / 1440
    columns, rows = np.indices(SIZE[::-1])[::-1] + 0.5
    beyond = (columns > x + 2) & (np.hypot(columns - x, rows - y) > 1.2 * radius)
    assert np.array_equal(picture[beyond], ground[beyond])
    before = (columns < x - 1) & (rows > y) & (np.hypot(columns - x, rows - y) > 1.2 * radius)
    assert (picture[before] < ground[before]).any()


def test_a_spot_darkens_no_other_point():
    near = np.array([[0.0, 0.0], [0.07, -0.07]])
    scene = scene_of("0*x*y", FROM_ABOVE, starts={"points": near.tolist()})
    places, _ = scene.subject.visible_points(scene.runs[0], 0.0)
    middles = surface_of(scene).camera(scene.timeline.state(0)).project(places, SIZE)
    radius = point_diameter(2) / 2 * SIZE[1] / 1440
    assert 1.2 * radius < np.hypot(*(middles[1] - middles[0])) < 2.5 * radius
    columns, rows = np.indices(SIZE[::-1])[::-1] + 0.5
    first, second = (np.hypot(columns - x, rows - y) for x, y in middles)
    picture = drawn(scene)
    for own, other, start in ((first, second, near[0]), (second, first, near[1])):
        alone = drawn(scene_of("0*x*y", FROM_ABOVE, starts={"points": [start.tolist(), [1.5, 1.5]]}))
        inner = (own < 0.7 * radius) & (other > 1.2 * radius)
        assert inner.any()
        assert np.array_equal(picture[inner], alone[inner])


def test_a_nearer_point_hides_a_farther_one_whichever_comes_first():
    points = [[0.0, 0.0], [0.02, 0.07]]
    one, other = (drawn(scene_of("0*x*y", SLANTING, starts={"points": each})) for each in (points, points[::-1]))
    assert np.abs(one - other).max() <= 2


def test_points_that_have_left_the_view_are_not_drawn():
    scene = scene_of(
        "x**2 - y**2", SLANTING, starts={"points": [[0.3, 0.5], [0.5, -0.5]]}, max_iterations=8
    )  # just out
    last = scene.timeline.frames - 1
    scene = with_parts(scene, trails=(NO_TRAILS,))
    assert not scene.subject.visible_points(scene.runs[0], scene.timeline.state(last).position)[1].any()
    assert np.array_equal(drawn(scene, last), bare(scene, last))
    assert not np.array_equal(drawn(scene), bare(scene))


def test_trails_are_darker_where_they_began():
    scene = scene_of(
        "x**2 + y**2", SLANTING, max_iterations=100, starts={"points": [[0.9, 0.2], [-0.8, 0.5], [0.1, -0.9]]}
    )
    (colors,) = scene.subject.trail_colors
    (trails,) = scene.subject.trails
    for owner in range(3):
        mine = np.flatnonzero(np.repeat(trails.owners, 2) == owner)
        light = colors[mine].sum(axis=1)
        order = np.argsort(trails.ages[mine], kind="stable")
        assert light[order[0]] < 0.6 * light[order[len(order) * 3 // 4]]


def test_where_trails_are_crowded_the_ground_is_seen_through_them():
    scene = scene_of("x**2 + y**2", SLANTING, max_iterations=100, starts={"grid": 20})
    (trails,) = scene.subject.trails
    (colors,) = scene.subject.trail_colors
    ground = at_nearest_vertex(scene.subject.landscape, scene.subject.ground, trails.vertices)
    radius = np.hypot(*trails.vertices[:, :2].T)
    late = trails.ages > 0.1  # where they are no longer faint
    away = np.abs(colors - ground).sum(axis=1)
    assert away[late & (radius < 0.2)].mean() < 0.8 * away[late & (radius > 0.5)].mean()


def test_what_rests_is_darker_than_what_moves():
    colors = np.array([[0.2, 0.5, 0.8], [0.2, 0.5, 0.8]])
    moves, rests = moving_or_resting(colors, np.array([False, True]), DARK)
    assert (rests < 0.75 * moves).all()


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("palette", Palette)
def test_a_palette_goes_from_its_first_colour_on_low_ground_to_its_last_on_high(palette: Palette, theme: Theme):
    shown = to_bytes(ground_ramp(palette, theme).colors(np.array([0.0, 0.5, 1.0])))
    stops = [theme.palettes[palette][k] for k in (0, 3, 6)]
    assert np.abs(shown - np.array([255 * rgb(stop) for stop in stops])).max() <= 1


def test_light_becomes_srgb():
    """IEC 61966-2-1: half of the light that 255 stands for is 188, and a fifth 124."""
    assert to_bytes(np.array([0.0, 0.001, 0.2, 0.5, 1.0])).tolist() == [0, 3, 124, 188, 255]


@pytest.mark.parametrize("tilt", ["x + 0*y", "0*y - x", "y", "-y", "x + 2*y"])
def test_the_camera_looks_from_the_lower_side(tilt: str):
    tilted = build_scene(
        resolve(Animation.from_data({"function": tilt, "extent": [-2, 2, -2, 2], "starts": {"grid": 2}}))
    )
    for frame in (0, tilted.timeline.frames - 1):
        towards = surface_of(tilted).camera(tilted.timeline.state(frame)).backward[:2]
        mesh = tilted.subject.landscape.mesh.reshape(-1, 3)
        near = mesh[:, :2] @ towards > 0
        assert mesh[near, 2].mean() < mesh[~near, 2].mean()


@pytest.mark.parametrize("size", [(640, 360), (360, 360), (360, 640)])
def test_the_land_fills_the_picture_as_far_as_the_caption_allows(size: tuple[int, int]):
    framed = scene_of("x**2 + y**2", SLANTING, size=size)
    places = surface_of(framed).camera(framed.timeline.state(0)).project(framed.subject.landscape.outline, size)
    filled = np.ptp(places, axis=0) / size
    assert 0.82 < max(filled[1], filled[0] - 0.06) < 0.94


@pytest.mark.parametrize("size", [(640, 360), (360, 360), (360, 640)])
@pytest.mark.parametrize("function", ["himmelblau", "six-hump-camel"])
def test_the_land_fills_its_region_from_the_films_beginning_to_its_end(function: str, size: tuple[int, int]):
    data = {"function": function, "size": size, "fps": 10, "starts": {"points": [[0, 0]]}, "max_iterations": 5}
    scene = build_scene(resolve(Animation.from_data(data)))
    for frame in range(0, scene.timeline.frames, 6):
        state = scene.timeline.state(frame)
        places = surface_of(scene).camera(state).project(scene.subject.landscape.outline, size)
        assert (places > 0).all()
        assert (places < size).all()
        filled = np.ptp(places, axis=0) / size * max(1.0, 1 / state.pose.zoom)
        assert max(filled[0] / 0.92, filled[1] / 0.84) > 0.86


def test_the_land_stays_in_the_picture_between_keyframes():
    """A square is widest when one looks at its corner, which is between two keyframes that look at its sides."""
    keys = [{"at": 0, "azimuth": 0, "elevation": 30}, {"at": 1, "azimuth": 90, "elevation": 30}]
    turned = scene_of("x**2 + y**2", SLANTING, camera=keys, size=(300, 300), fps=10)
    for frame in range(0, turned.timeline.frames, 5):
        places = (
            surface_of(turned)
            .camera(turned.timeline.state(frame))
            .project(turned.subject.landscape.outline, (300, 300))
        )
        assert places.min() >= 0.03 * 300
        assert places.max() <= 0.97 * 300


def test_a_picture_follows_a_camera_that_moves_while_the_points_stand_still():
    camera = [{"at": 0, "azimuth": 0, "elevation": 40}, {"at": 1, "azimuth": 60, "elevation": 40}]
    turning = scene_of("x**2 + y**2/2", SLANTING, camera=camera, fps=5)
    moments = {turning.picture_key(turning.timeline.state(frame)) for frame in range(turning.timeline.frames)}
    assert len(moments) == turning.timeline.frames


def test_the_land_fills_a_film_of_one_frame_too():
    keys = [{"at": 0, "azimuth": 0, "elevation": 90}, {"at": 1, "azimuth": 45, "elevation": 15}]
    scene = scene_of(
        "x**2 + y**2",
        SLANTING,
        camera=keys,
        size=(300, 300),
        fps=1,
        timing=ONE_SECOND,
    )
    assert scene.timeline.frames == 1
    camera = surface_of(scene).camera(scene.timeline.state(0))
    places = camera.project(scene.subject.landscape.outline, (300, 300))
    assert places.min() >= 0.03 * 300
    assert places.max() <= 0.97 * 300
    assert max(np.ptp(places, axis=0)) > 0.85 * 300
