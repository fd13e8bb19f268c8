"""The map: what is painted stands where x and y say, in the colours of the function's values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.errors import InputError
from gdviz.picture.marks import Dot, Label, Line
from gdviz.picture.themes import DARK
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.map import MapPanel
from gdviz.stage import Stage


def scene_of(function: str, **more: Any) -> Scene:
    data = {"function": function, "view": "map", "size": [320, 240], "fps": 10, "starts": {"grid": 4}}
    return build_scene(resolve(Animation.from_data(data | more)))


def map_of(scene: Scene) -> MapPanel:
    assert isinstance(scene.main, MapPanel)
    return scene.main


def drawn(scene: Scene, frame: int = 0) -> np.ndarray:
    return np.asarray(Stage(scene).draw(scene.timeline.state(frame))).astype(int)


def at(picture: np.ndarray, panel: MapPanel, x: float, y: float) -> np.ndarray:
    column, row = np.floor(panel.plot.place(x, y)).astype(int)
    return np.asarray(picture[row - 1 : row + 2, column - 1 : column + 2].reshape(-1, 3).mean(axis=0))


def test_higher_ground_is_paler():
    scene = scene_of("x + 0*y", starts={"points": []}, extent=[-2, 2, -2, 2])
    picture, panel = drawn(scene), map_of(scene)
    brightness = [at(picture, panel, x, 0.5).sum() for x in (-1.9, -1, 0, 1, 1.9)]
    assert (np.diff(brightness) > 15).all()
    assert at(picture, panel, 1.0, -1.5) == pytest.approx(at(picture, panel, 1.0, 1.5), abs=4)


def test_y_grows_upwards():
    scene = scene_of("0*x + y", starts={"points": []}, extent=[-2, 2, -2, 2])
    assert at(drawn(scene), map_of(scene), 0, 1.8).sum() > at(drawn(scene), map_of(scene), 0, -1.8).sum() + 60


def test_a_contour_line_is_a_circle_around_a_bowls_minimum():
    """Bands change where f passes a multiple of a nineteenth of its range."""
    scene = scene_of("x^2 + y^2", starts={"points": []}, extent=[-2, 2, -2, 2], size=[640, 480], height="linear")
    picture, panel = drawn(scene), map_of(scene)
    middle = panel.plot.place(0.0, 0.0)
    brightness = picture.sum(axis=2)
    row, start = int(middle[1]), int(middle[0])
    stop = int(panel.plot.place(1.9, 0.0)[0])
    line = brightness[row, start:stop].astype(float)
    pixels_of_one = panel.plot.place(1.0, 0.0)[0] - middle[0]
    for level in range(2, 9):
        radius = np.sqrt(8 * level / 19) * pixels_of_one
        before, after = line[int(radius) - 4], line[int(radius) + 4]
        assert after > before


@pytest.mark.parametrize(
    ("function", "inside", "outside"),
    [("log(x) + log(y)", (2, 2), (-2, 2)), ("sqrt(4 - x^2 - y^2)", (0.5, 0.5), (2.5, 2.5))],
)
def test_holes_are_left_out(function: str, inside: tuple[float, float], outside: tuple[float, float]):
    scene = scene_of(function, starts={"points": []}, extent=[-3, 3, -3, 3])
    picture, panel = drawn(scene), map_of(scene)
    assert np.abs(at(picture, panel, *outside) - DARK.background).max() < 3
    assert np.abs(at(picture, panel, *inside) - DARK.background).max() > 30


def test_a_pole_is_cut_off_and_the_ground_beside_it_has_many_colours():
    scene = scene_of("1/(x*y)", starts={"points": []}, extent=[-3, 3, -3, 3])
    picture, panel = drawn(scene), map_of(scene)
    colors = {tuple(np.round(at(picture, panel, x, 1.3) / 12)) for x in np.linspace(-2.8, 2.8, 40)}
    assert len(colors) > 5


def test_points_stand_where_they_are_and_trails_lead_to_them():
    one: dict[str, Any] = {"starts": {"points": [[1.5, 1.0]]}, "learning_rate": 0.02}
    scene = scene_of("x^2 + 3*y^2", extent=[-2, 2, -2, 2], size=[640, 480], **one)
    panel, last = map_of(scene), scene.timeline.frames - 1
    state = scene.timeline.state(last // 2)
    stage = Stage(scene)
    first, now = (np.asarray(stage.draw(each)).astype(int) for each in (scene.timeline.state(0), state))
    x, y = scene.runs[0].at(state.position)[0]
    assert np.abs(at(now, panel, x, y) - at(first, panel, x, y)).max() > 60
    for been in scene.runs[0].descent.points[3 : int(state.position) - 3, 0]:
        assert np.abs(at(now, panel, *been) - at(first, panel, *been)).max() > 20


def test_a_frame_is_the_same_whatever_was_drawn_before():
    scene = scene_of("himmelblau", starts={"grid": 5}, max_iterations=40)
    one, other = Stage(scene), Stage(scene)
    frames = [3, 30, 12, scene.timeline.frames - 1, 12]
    pictures = [one.draw(scene.timeline.state(frame)).tobytes() for frame in frames]
    assert [other.draw(scene.timeline.state(frame)).tobytes() for frame in sorted(frames)] == [
        picture for _, picture in sorted(zip(frames, pictures, strict=True))
    ]


def test_the_known_minima_have_rings_and_ticks_stand_where_their_numbers_say():
    panel = map_of(scene_of("himmelblau"))
    ground = panel.ground()
    rings = [mark for mark in ground if isinstance(mark, Dot)]
    assert {mark.color for mark in rings} == {DARK.minimum}
    assert len(rings) == 4
    assert np.linalg.norm(rings[0].centre - panel.plot.place(3.0, 2.0)) < 1e-9
    labels = [mark for mark in ground if isinstance(mark, Label) and mark.anchor == "mt"]
    assert len(labels) >= 3
    for label in labels:
        assert label.place[0] == pytest.approx(panel.plot.place(float(label.text), 0.0)[0])
    assert {mark.text for mark in ground if isinstance(mark, Label)} >= {"x", "y"}


@pytest.mark.parametrize("size", [[320, 180], [640, 360], [360, 640], [600, 600], [1920, 1080]])
@pytest.mark.parametrize("extent", [[-2, 2, -2, 2], [0, 10, 0, 1], [0, 1, 0, 10]])
def test_a_map_keeps_its_shape_and_stays_in_the_picture(size: list[int], extent: list[float]):
    scene = scene_of("x^2 + y^2", starts={"points": []}, size=size, extent=extent)
    region = map_of(scene).plot.region
    half = scene.subject.landscape.half
    assert region.width / region.height == pytest.approx(half[0] / half[1], rel=0.05)
    assert region.width > 20
    for mark in map_of(scene).ground():
        if isinstance(mark, Line):
            assert (mark.points >= 0).all()
            assert (mark.points <= size).all()


def test_a_function_of_x_alone_has_no_map():
    with pytest.raises(InputError, match=r"function of x alone, and a map needs x and y"):
        scene_of("x^2", starts={"points": []})


def test_a_map_fills_a_panel_beside_the_surface():
    scene = scene_of("sphere", view="surface", panels=["map"], size=[640, 360])
    (panel,) = scene.panels
    assert isinstance(panel, MapPanel)
    assert panel.region.left >= scene.layout.main.region.right
    picture = np.asarray(Stage(scene).draw(scene.timeline.state(0))).astype(int)
    assert np.abs(at(picture, panel, 3.0, 3.0) - DARK.background).max() > 30
