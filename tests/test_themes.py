"""Themes: the page's colour, texts and lines that can be read on it, and hues that are told apart."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from gdviz.description.animation import Animation
from gdviz.description.choices import Palette, ThemeName
from gdviz.description.limits import MAX_RUNS
from gdviz.description.resolve import resolve
from gdviz.extent import FloatArray
from gdviz.picture.caption import caption_marks
from gdviz.picture.colors import contrast, faded, ground_ramp, rgb, rgb_bytes, to_linear, to_oklab
from gdviz.picture.marks import Label, Line, Mark, Title
from gdviz.picture.themes import THEMES, Theme
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.panel import MarksPanel
from gdviz.stage import Stage

ONE = {"starts": {"points": [[-1.5, 0.7]]}, "max_iterations": 30}
VIEWS: dict[str, dict[str, Any]] = {
    "surface": {"function": "himmelblau", "starts": {"grid": 3}, "legend": True, "formula": True},
    "heights": {"function": "himmelblau", "starts": {"grid": 3}, "legend": True, "point_color": "height"},
    "map": {"function": "eggholder", "view": "map", "starts": {"grid": 9}, "legend": True},
    "curve": {"function": "x^4 - x^2"},
    "bare curve": {"function": "parabola", "starts": {"points": []}},
    "slices": {"function": "himmelblau", "view": "slices", **ONE},
    "loss of one": {"function": "himmelblau", "view": "loss", **ONE},
    "loss of many": {"function": "himmelblau", "view": "loss", "starts": {"grid": 3}},
}
# G. Machado and others, "A physiologically-based model for simulation of color vision deficiency", 2009: linear RGB as
# those see it who have no cones for green.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def scene_of(theme: ThemeName, **more: Any) -> Scene:
    return build_scene(resolve(Animation.from_data({"size": [160, 90], "fps": 5, "theme": theme, **more})))


def marks_of(scene: Scene) -> list[Mark]:
    """Return all marks at the middle and at the end of a film."""
    marks = scene.legend()
    states = [scene.timeline.state(frame) for frame in (scene.timeline.frames // 2, scene.timeline.frames - 1)]
    for state in states:
        marks = [*marks, *caption_marks(scene.caption(state), scene.layout, scene.subject.theme)]
        if isinstance(scene.main, MarksPanel):
            marks += [*scene.main.ground(), *scene.main.marks(state)]
    return marks


def hues(theme: Theme) -> FloatArray:
    return to_linear(np.array([rgb(hue) for hue in theme.basins]))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ThemeName)
def test_every_text_and_every_line_but_the_grid_can_be_read_on_the_page(name: ThemeName, view: str):
    scene = scene_of(name, **VIEWS[view])
    theme, marks = scene.subject.theme, marks_of(scene)
    texts = [mark for mark in marks if isinstance(mark, Label | Title)]
    assert len(texts) > 5
    for text in texts:
        assert contrast(text.color, theme.background) >= 4.5, text
    for line in marks:
        if isinstance(line, Line) and line.color != theme.grid:
            assert contrast(line.color[:3], theme.background) >= 3, line


@pytest.mark.parametrize("view", ["surface", "map", "curve"])
@pytest.mark.parametrize("name", ThemeName)
def test_the_corners_of_a_picture_are_the_pages(name: ThemeName, view: str):
    scene = scene_of(name, **VIEWS[view], caption=False)
    picture = np.asarray(Stage(scene).draw(scene.timeline.state(0)))
    assert picture[[0, 0, -1, -1], [0, -1, 0, -1]].tolist() == [list(THEMES[name].background)] * 4


def test_a_page_is_dark_or_white():
    assert contrast(THEMES[ThemeName.LIGHT].background, (255, 255, 255)) == 1
    assert contrast(THEMES[ThemeName.DARK].background, (255, 255, 255)) > 17


def test_contrast_is_that_of_wcag():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == contrast((255, 255, 255), (119, 119, 119))
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)


@themes
@pytest.mark.parametrize(("seen", "least"), [(np.eye(3), 0.12), (DEUTERANOPIA, 0.05)], ids=["all", "deuteranopia"])
def test_the_first_six_basins_are_told_apart_by_those_too_who_do_not_tell_red_from_green(
    theme: Theme, seen: FloatArray, least: float
):
    lab = to_oklab(np.clip(hues(theme)[:6] @ seen.T, 0, 1))
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(lab, 2)) > least


# The same of those who have no cones for red, and of those who have none for blue.
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
TRITANOPIA = np.array(
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
)


@themes
@pytest.mark.parametrize("eyes", [np.eye(3), PROTANOPIA, DEUTERANOPIA, TRITANOPIA], ids=["all", "p", "d", "t"])
def test_everybody_tells_all_runs_of_a_race_apart_and_the_first_three_best(theme: Theme, eyes: FloatArray):
    assert len(theme.runs) == MAX_RUNS
    seen = to_oklab(np.clip(to_linear(np.array([rgb(hue) for hue in theme.runs])) @ eyes.T, 0, 1))
    apart = [np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)]
    assert min(apart) > 0.08
    first = [np.linalg.norm(one - other) for one, other in itertools.combinations(seen[:3], 2)]
    assert min(first) > 0.12


@themes
@pytest.mark.parametrize("palette", Palette)
def test_runs_stand_out_on_low_ground_and_numbers_in_their_colours_can_be_read(theme: Theme, palette: Palette):
    low = to_oklab(ground_ramp(palette, theme).colors(np.linspace(0, 0.5, 10)))
    for hue in theme.runs:
        assert contrast(rgb_bytes(hue), theme.background) >= 4.5
        assert np.linalg.norm(low - to_oklab(to_linear(rgb(hue))), axis=-1).min() > 0.15


@themes
def test_points_of_all_basins_stand_out_on_the_page(theme: Theme):
    background = to_linear(np.array(theme.background) / 255)
    for hue in hues(theme):
        assert np.linalg.norm(to_oklab(hue) - to_oklab(background)) > 0.35
    for hue in theme.basins:
        red, green, blue = np.round(255 * rgb(hue)).astype(int).tolist()
        assert contrast((red, green, blue), theme.background) >= 3


@themes
@pytest.mark.parametrize("palette", Palette)
def test_points_of_all_basins_stand_out_on_low_ground_where_they_end(theme: Theme, palette: Palette):
    low = to_oklab(ground_ramp(palette, theme).colors(np.linspace(0, 0.3, 10)))
    for hue in to_oklab(hues(theme)):
        assert np.linalg.norm(low - hue, axis=-1).min() > 0.15


@themes
def test_a_trail_begins_nearer_to_the_page_than_it_ends(theme: Theme):
    page = to_oklab(to_linear(np.array(theme.background) / 255))
    for hue in hues(theme):
        old, new = to_oklab(faded(np.stack([hue, hue]), np.array([0.0, 1.0]), theme))
        assert np.linalg.norm(new - to_oklab(hue)) < 0.06
        assert np.linalg.norm(old - page) < 0.85 * np.linalg.norm(new - page)


def test_a_heap_of_points_throws_no_black_blot_on_pale_ground():
    heap: dict[str, Any] = {"starts": {"points": [[0.0, 0.0]] * 60}, "max_iterations": 0, "size": [480, 270]}
    scene = scene_of(ThemeName.LIGHT, function="x^2 + y^2", caption=False, **heap)
    picture = np.asarray(Stage(scene).draw(scene.timeline.state(0))).astype(int)
    none = scene_of(ThemeName.LIGHT, function="x^2 + y^2", caption=False, **heap | {"starts": {"points": []}})
    bare = np.asarray(Stage(none).draw(none.timeline.state(0))).astype(int)
    bluish = picture[..., 2] > picture[..., 0]  # the ground and the spot, but no point
    darker = bluish & (picture.sum(axis=2) < 0.8 * bare.sum(axis=2))
    assert darker.sum() > 10
    assert picture[darker].sum(axis=1).min() > 200
