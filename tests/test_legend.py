"""The legend: it says of every colour what it means, and stands within the picture."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from gdviz.descent.basins import basins
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.picture.colors import height_colors, to_bytes
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Dot, Label, Raster
from gdviz.picture.themes import DARK
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.legend import MOST
from gdviz.stage import Stage

SIZES = [(320, 180), (640, 360), (1280, 720), (600, 600), (360, 640), (1080, 1920)]


def scene_of(function: str = "himmelblau", **more: Any) -> Scene:
    data = {"function": function, "size": [640, 360], "fps": 5, "starts": {"grid": 8}, "legend": True}
    return build_scene(resolve(Animation.from_data(data | more)))


def labels(scene: Scene) -> list[Label]:
    return [mark for mark in scene.legend() if isinstance(mark, Label)]


def lines(scene: Scene) -> dict[float, str]:
    """Return how high each line stands, and its text."""
    found: dict[float, list[str]] = {}
    for label in labels(scene):
        found.setdefault(float(label.place[1]), []).append(label.text)
    return {height: "   ".join(filter(None, texts)) for height, texts in found.items()}


def test_each_colour_is_that_of_the_points_which_ended_at_the_minimum_beside_it():
    scene = scene_of()
    run = scene.runs[0]
    dots = [mark for mark in scene.legend() if isinstance(mark, Dot)]
    assert run.colors is not None
    assert len(dots) == len(lines(scene)) == 4
    for number, (dot, (height, text), basin) in enumerate(
        zip(dots, lines(scene).items(), basins(run.descent, run.labels), strict=True)
    ):
        (own,) = {tuple(color) for color in to_bytes(run.colors[run.labels == number]).tolist()}
        assert dot.color == own
        assert dot.centre[1] == pytest.approx(height)
        assert text == f"({basin.location[0]:.2f}, {basin.location[1]:.2f})   f = 0.00   {basin.points} points"


def test_columns_stand_below_each_other():
    scene = scene_of()
    for column in range(3):
        assert len({label.place[0] for label in labels(scene)[column::3]}) == 1


def test_points_that_ended_at_no_minimum_are_told_from_the_others():
    scene = scene_of(max_iterations=12)
    run = scene.runs[0]
    elsewhere = int(np.count_nonzero(run.labels < 0))
    assert run.colors is not None
    assert 0 < elsewhere < len(run.labels)
    *_, dot = (mark for mark in scene.legend() if isinstance(mark, Dot))
    assert dot.color == tuple(to_bytes(run.colors[run.labels < 0][0]).tolist())
    *_, text = lines(scene).values()
    assert text == f"no minimum   {elsewhere} points"


def test_of_many_minima_the_first_are_listed_and_the_others_counted():
    scene = scene_of("eggholder")
    run = scene.runs[0]
    texts = list(lines(scene).values())
    assert len(texts) == MOST + 1 + (run.labels < 0).any()
    assert texts[MOST] == f"and {len(basins(run.descent, run.labels)) - MOST} more"


def test_where_colours_are_heights_there_is_a_bar_with_values_of_f():
    scene = scene_of(point_color="height", function="x^2 + y^2", extent=[-2, 2, -2, 2], height="log")
    (bar,) = (mark for mark in scene.legend() if isinstance(mark, Raster))
    assert bar.pixels[0, 0] == pytest.approx(to_bytes(height_colors(np.array([1.0]), DARK))[0])
    relief = scene.subject.landscape.relief
    for label in labels(scene):
        if label.anchor == "lm":
            share = (bar.bottom - label.place[1]) / (bar.bottom - bar.top)
            assert relief(np.array([float(label.text)]))[0] == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize(
    ("size", "panels"),
    [((360, 640), []), ((640, 360), ["map", "loss"]), ((320, 180), ["map"]), ((1080, 1920), ["map"])],
)
def test_a_bar_in_a_strip_lies_and_its_numbers_are_below_their_colours(size: tuple[int, int], panels: list[str]):
    scene = scene_of(point_color="height", height="log", size=size, panels=panels)
    (bar,) = (mark for mark in scene.legend() if isinstance(mark, Raster))
    assert bar.right - bar.left > 4 * (bar.bottom - bar.top)
    name, *numbers = labels(scene)
    assert name.place[0] + text_width(name.text, round(name.size)) <= bar.left
    assert len(numbers) >= 2
    ends = [(label.place[0], label.place[0] + text_width(label.text, round(label.size))) for label in numbers]
    assert all(end < begin for (_, end), (begin, _) in itertools.pairwise(ends))
    for label, between in zip(numbers, ends, strict=True):
        assert label.place[1] - label.size / 2 > bar.bottom
        share = (sum(between) / 2 - bar.left) / (bar.right - bar.left)
        assert scene.subject.landscape.relief(np.array([float(label.text)]))[0] == pytest.approx(share, abs=0.03)
        color = bar.pixels[0, round(share * (bar.pixels.shape[1] - 1))]
        assert color == pytest.approx(to_bytes(height_colors(np.array([share]), DARK))[0], abs=4)


def test_the_lowest_number_of_a_bar_is_0_if_the_ground_is_as_good_as_there():
    scene = scene_of(point_color="height", function="himmelblau", extent=[-6, 6.05, -6, 6.05])
    assert 0 < scene.subject.landscape.relief.lowest < 0.1
    assert next(label.text for label in labels(scene) if label.anchor == "lm") == "0"


def test_where_colours_are_starts_there_is_a_map_of_them():
    scene = scene_of(point_color="start", view="map")
    (colors,) = (mark for mark in scene.legend() if isinstance(mark, Raster))
    assert [label.text for label in labels(scene)] == ["start (x, y)"]
    starts, run = scene.resolved.extent.shares(scene.runs[0].descent.points[0]), scene.runs[0]
    assert run.colors is not None
    rows, columns = colors.pixels.shape[:2]
    for (x, y), own in zip(starts, to_bytes(run.colors), strict=True):
        there = colors.pixels[rows - 1 - int(y * rows), int(x * columns)]
        assert np.abs(there.astype(int) - own).max() < 8


def test_a_curves_starts_are_a_strip():
    scene = scene_of("x^2", point_color="start")
    (colors,) = (mark for mark in scene.legend() if isinstance(mark, Raster))
    assert colors.bottom - colors.top < (colors.right - colors.left) / 3


def test_one_colour_is_that_of_a_run_which_is_named_with_its_rate():
    scene = scene_of(point_color="one", learning_rate=0.004)
    (dot,) = (mark for mark in scene.legend() if isinstance(mark, Dot))
    run = scene.runs[0]
    assert run.colors is not None
    assert dot.color == tuple(to_bytes(run.colors[0]).tolist())
    assert list(lines(scene).values()) == ["gradient descent   learning rate 0.004"]


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({}, False),
        ({"panels": ["loss"]}, True),
        ({"panels": ["loss"], "point_color": "one"}, False),
        ({"panels": ["loss"], "legend": False}, False),
        ({"legend": True}, True),
    ],
)
def test_unless_told_there_is_a_legend_beside_panels(settings: dict[str, Any], shown: bool):
    animation = Animation.from_data({"function": "himmelblau", "size": [640, 360], "starts": {"grid": 3}} | settings)
    assert bool(build_scene(resolve(animation)).legend()) == shown


@pytest.mark.parametrize(
    "settings", [{"legend": False}, {"point_color": "height", "function": "x^2"}, {"starts": {"points": []}}]
)
def test_where_colours_tell_nothing_there_is_none(settings: dict[str, Any]):
    assert scene_of(**settings).legend() == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"panels": ["map", "loss"]},
        {"view": "map"},
        {"function": "eggholder"},
        {"point_color": "height"},
        {"point_color": "start"},
        {"point_color": "one", "panels": ["loss"]},
    ],
    ids=["surface", "panels", "map", "many minima", "heights", "starts", "one colour"],
)
def test_a_legend_stands_within_the_picture_and_on_no_panel(size: tuple[int, int], settings: dict[str, Any]):
    scene = scene_of(**settings, size=list(size))
    assert labels(scene)
    for label in labels(scene):
        assert label.place[0] >= 0
        assert label.place[0] + text_width(label.text, round(label.size)) <= size[0]
        assert label.place[1] - label.size / 2 >= 0
        assert label.place[1] + label.size / 2 <= size[1]
        if not scene.layout.legend_at_left and not scene.layout.panels:
            assert label.place[0] >= scene.layout.main.region.right
        for panel in scene.layout.panels:
            assert not panel.region.left < label.place[0] < panel.region.right or label.place[1] <= panel.region.top


def test_it_is_painted():
    with_legend, without = (scene_of(legend=each, view="map") for each in (True, False))
    picture, bare = (
        np.asarray(Stage(each).draw(each.timeline.state(0))).astype(int) for each in (with_legend, without)
    )
    for mark in with_legend.legend():
        if isinstance(mark, Dot):
            column, row = np.floor(mark.centre).astype(int)
            assert np.abs(picture[row, column] - mark.color).max() < 8
            assert np.abs(bare[row, column] - mark.color).max() > 60


def test_a_known_minimum_is_named_by_its_own_place_and_not_by_where_points_rest_near_it():
    scene = scene_of(function="rosenbrock", legend=True, tolerance=0.05)
    (basin,) = basins(scene.runs[0].descent, scene.runs[0].labels)
    assert np.abs(np.array(basin.location) - 1).max() > 0.006  # where the valley is level enough
    first = next(mark.text for mark in scene.legend() if isinstance(mark, Label))
    assert first == "(1.00, 1.00)"
