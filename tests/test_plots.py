"""The curve and the slices: their geometry at every frame, and the pixels that are painted from it."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scenes import curve_of, marks_of, slices_of

from gdviz.description.animation import Animation
from gdviz.description.presets import presets
from gdviz.description.resolve import resolve
from gdviz.errors import InputError
from gdviz.picture.caption import fixed
from gdviz.picture.layout import Region
from gdviz.picture.lettering import font_for
from gdviz.picture.marks import Dot, Label, Line
from gdviz.picture.plot import Plot, cut, dashes, ticks
from gdviz.picture.themes import DARK
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.panel import MarksPanel
from gdviz.scene.slices import SlicesPanel
from gdviz.stage import Stage


def scene_of(preset: str, **changes: Any) -> Any:
    return build_scene(resolve(Animation.load(presets()[preset]).model_copy(update=changes)))


@pytest.fixture(scope="module")
def slices() -> Scene:
    return scene_of("himmelblau-slices", size=(640, 360), fps=10.0)


@pytest.fixture(scope="module")
def curve() -> Scene:
    return scene_of("parabola-descent", size=(640, 360), fps=10.0)


def distance_to_polyline(place: np.ndarray, points: np.ndarray) -> float:
    start, way = points[:-1], np.diff(points, axis=0)
    share = np.clip(((place - start) * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-12), 0, 1)
    return float(np.hypot(*(start + share[:, None] * way - place).T).min())


def test_the_point_is_on_both_slices_at_every_frame(slices: Scene):
    for frame in range(slices.timeline.frames):
        state = slices.timeline.state(frame)
        point = slices.runs[0].at(state.position)[0]
        value = slices.resolved.objective.value(*point)
        for axis, plot in enumerate(slices_of(slices).plots):
            along, heights = slices_of(slices).curve(axis, point)
            place = plot.place(point[axis], value)
            assert distance_to_polyline(place, plot.place(along, heights)) < 1e-6
            assert plot.region.left <= place[0] <= plot.region.right
            assert plot.region.top <= place[1] <= plot.region.bottom


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 1.0])
def test_the_slices_are_painted_where_they_are(slices: Scene, share: float):
    state = slices.timeline.state(round(share * (slices.timeline.frames - 1)))
    picture = np.asarray(Stage(slices).draw(state)).astype(int)
    point = slices.runs[0].at(state.position)[0]
    value = float(slices.resolved.objective.value(*point))
    for axis, plot in enumerate(slices_of(slices).plots):
        x, y = np.round(plot.place(point[axis], value)).astype(int)
        assert np.abs(picture[y, x] - DARK.point).max() < 40
        along, heights = slices_of(slices).curve(axis, point)
        inside = (heights > plot.y[0]) & (heights < plot.y[1]) & (np.abs(along - point[axis]) > 2.5)
        for column, row in np.round(plot.place(along[inside], heights[inside])).astype(int)[::20]:
            near = picture[max(row - 1, 0) : row + 2, column - 1 : column + 2].reshape(-1, 3)
            assert np.abs(near - DARK.curve).max(axis=1).min() < 90


def test_slices_and_point_end_at_the_same_minimum(slices: Scene):
    surface = scene_of("himmelblau-point")
    np.testing.assert_array_equal(slices.runs[0].descent.points, surface.runs[0].descent.points)
    last = slices.timeline.state(slices.timeline.frames - 1)
    np.testing.assert_allclose(slices.runs[0].at(last.position)[0], (-2.805118, 3.131313), atol=1e-3)
    readouts = {each.label: each.value for each in slices.caption(last).readouts}
    assert (readouts["x"], readouts["y"], readouts["f(x, y)"]) == ("-2.81", "3.13", "0.00")


def test_the_titles_say_where_the_slices_are_taken(slices: Scene):
    titles = [mark.text for mark in slices_of(slices).marks(slices.timeline.state(0)) if isinstance(mark, Label)]
    assert titles == ["f(x, y = -0.65)", "f(x = -0.40, y)"]


def test_the_parabola_ends_at_iteration_27_at_0_00(curve: Scene):
    first, last = (curve.caption(curve.timeline.state(k)).readouts for k in (0, curve.timeline.frames - 1))
    assert {each.label: each.value for each in first} == {
        "learning rate": "0.1", "iteration": "0", "x": "1.80", "f(x)": "3.24", "dx": "3.60",
    }  # fmt: skip
    assert {each.label: each.value for each in last} == {
        "learning rate": "0.1", "iteration": "27", "x": "0.00", "f(x)": "0.00", "dx": "0.01",
    }  # fmt: skip


def test_the_curve_is_drawn_while_the_film_approaches_and_the_point_rides_on_it(curve: Scene):
    stage = Stage(curve)
    column = round(curve_of(curve).plot.place(1.5, 0.0)[0])
    row = round(curve_of(curve).plot.place(1.5, 2.25)[1])
    frames = [np.asarray(stage.draw(curve.timeline.state(k))).astype(int) for k in (0, 14)]
    assert np.abs(frames[0][row - 2 : row + 3, column] - DARK.curve).max(axis=-1).min() > 60
    assert np.abs(frames[1][row - 2 : row + 3, column] - DARK.curve).max(axis=-1).min() < 60
    for frame in range(15, curve.timeline.frames, 9):
        state = curve.timeline.state(frame)
        x = curve.runs[0].at(state.position)[0, 0]
        across, down = np.round(curve_of(curve).plot.place(x, x * x)).astype(int)
        assert np.abs(np.asarray(stage.draw(state)).astype(int)[down, across] - DARK.point).max() < 40


def test_the_bare_parabola_marks_its_minimum():
    bare = scene_of("parabola", size=(640, 360), fps=10.0)
    last = bare.timeline.state(bare.timeline.frames - 1)
    assert [mark.text for mark in curve_of(bare).marks(last) if isinstance(mark, Label)] == ["minimum: f(0) = 0"]
    assert not bare.caption(last).readouts
    x, y = np.round(curve_of(bare).plot.place(0.0, 0.0)).astype(int)
    picture = np.asarray(Stage(bare).draw(last)).astype(int)
    assert np.abs(picture[y, x] - DARK.background).max() > 100


def test_lines_and_letters_are_as_large_as_they_are_told_to_be(curve: Scene):
    last = curve.timeline.state(curve.timeline.frames - 1)
    picture = np.asarray(Stage(curve).draw(last)).astype(float)
    ground = curve_of(curve).ground()
    levels = [mark for mark in ground if isinstance(mark, Line) and mark.points[0, 1] == mark.points[1, 1]]
    level = min(levels, key=lambda line: line.points[0, 1])  # the highest, which is far from the curve in the middle
    x, y = np.round(level.points.mean(axis=0) + [17, 0]).astype(int)
    share = (picture[y - 5 : y + 6, x] - DARK.background) / (np.array(level.color) - DARK.background)
    assert share.mean(axis=1).sum() == pytest.approx(level.width, abs=0.35)
    numbers = [mark for mark in ground if isinstance(mark, Label) and mark.anchor == "rm" and mark.text.isdigit()]
    assert len(numbers) >= 2
    for label in numbers:
        x, y = np.round(label.place).astype(int)
        around = picture[y - 14 : y + 15, x - 12 : x + 1]
        rows = np.flatnonzero((np.abs(around - DARK.background).max(axis=-1) > 60).any(axis=1))
        assert np.ptp(rows) + 1 == pytest.approx(0.73 * label.size, abs=1.5)  # digits of DejaVu Sans


def test_many_points_on_a_curve():
    crowd = build_scene(
        resolve(Animation.from_data({"function": "x^4 - 3*x^2 + x", "starts": {"grid": 30}, "size": [320, 180]}))
    )
    assert crowd.counts.points == 30
    picture = np.asarray(Stage(crowd).draw(crowd.timeline.state(crowd.timeline.frames - 1)))
    assert picture.std() > 10


def test_nothing_is_painted_outside_its_plot(slices: Scene):
    """Slices rise far above the plots; above them is only the title line."""
    picture = np.asarray(Stage(slices).draw(slices.timeline.state(0))).astype(int)
    top = int(slices_of(slices).plots[0].region.top)
    for plot in slices_of(slices).plots:
        above = picture[top - 8 : top - 2, round(plot.region.left) : round(plot.region.right)]
        assert np.abs(above - DARK.background).max() < 60


@pytest.mark.parametrize(
    ("preset", "view", "words"),
    [
        ("parabola", "surface", "function of x alone"),
        ("sphere", "curve", "function of x and y"),
        ("sphere", "slices", "follows one point"),
        ("parabola", "slices", "function of x alone"),
    ],
)
def test_a_view_that_does_not_fit_is_refused(preset: str, view: str, words: str):
    with pytest.raises(InputError, match=words):
        build_scene(resolve(Animation.from_data({"function": preset, "view": view, "starts": {"grid": 3}})))


def test_a_curve_with_gaps_and_poles_is_cut_where_it_has_no_value():
    gaps = build_scene(resolve(Animation.from_data({"function": "1/x + sqrt(x + 1)", "size": [320, 180]})))
    marks = curve_of(gaps).marks(gaps.timeline.state(gaps.timeline.frames - 1))
    assert marks


@pytest.mark.parametrize(
    ("low", "high", "about", "expected"),
    [
        (-2.2, 2.2, 5, [-2, -1, 0, 1, 2]),
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-6, 6, 3, [-5, 0, 5]),
        (-6, 6, 2, [-5, 0, 5]),  # and not 0 alone
        (0.3, 0.9, 1, [0.4, 0.6, 0.8]),
        (1e9, 1.4e9, 4, [1e9, 1.1e9, 1.2e9, 1.3e9, 1.4e9]),
        (0, 3e-9, 3, [0, 1e-9, 2e-9, 3e-9]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, about: int, expected: list[float]):
    assert ticks(low, high, about) == pytest.approx(expected, rel=1e-9)


def test_cutting_a_line_at_the_edges():
    zigzag = np.array([[0.0, 0.0], [1.0, 4.0], [2.0, -4.0], [3.0, np.nan], [4.0, 0.0], [5.0, 0.5]])
    pieces = cut(zigzag, -1.0, 1.0)
    assert [piece.tolist() for piece in pieces] == [
        [[0.0, 0.0], [0.25, 1.0]], [[1.375, 1.0], [1.625, -1.0]], [[4.0, 0.0], [5.0, 0.5]],
    ]  # fmt: skip


def test_dashes_cover_half_the_line():
    ends = dashes(np.zeros(2), np.array([100.0, 0.0]), 10.0)
    assert sum(stop[0] - start[0] for start, stop in ends) == pytest.approx(50)
    assert len(dashes(np.zeros(2), np.array([100.0, 0.0]), None)) == 1


def test_a_plot_places_numbers_upright():
    plot = Plot(Region(10, 20, 110, 220, 1.0), (0, 1), (-1, 1))
    assert plot.place(0, -1).tolist() == [10, 220]
    assert plot.place(1, 1).tolist() == [110, 20]


def test_numbers_are_written_without_a_negative_zero():
    assert [fixed(each, none="") for each in (-0.001, -1.5, 2)] == ["0.00", "-1.50", "2.00"]


def test_where_there_is_no_number_a_word_says_so():
    assert fixed(float("nan"), none="keine") == "keine"


def shafts(scene: Scene, frame: int) -> list[float]:
    """Return how far the arrows of the step to come reach, in numbers along the axes, in pixels of the picture."""
    lines = [mark for mark in marks_of(scene, scene.timeline.state(frame)) if isinstance(mark, Line)]
    arrows = [mark for mark in lines if mark.color == DARK.step and mark.points[0, 1] == mark.points[-1, 1]]
    return [float(mark.points[-1, 0] - mark.points[0, 0]) for mark in arrows]


def test_steps_too_small_to_be_seen_are_drawn_larger_and_the_picture_says_so(slices: Scene):
    words = [mark.text for mark in slices_of(slices).ground() if isinstance(mark, Label)]
    (scale,) = (int(text.rpartition(" ")[2]) for text in words if text.startswith("step to come"))
    plots, descent = slices_of(slices).plots, slices.runs[0].descent
    middle = next(f for f in range(slices.timeline.frames) if slices.timeline.state(f).position > 30)
    position = slices.timeline.state(middle).position
    steps = np.diff(descent.points[:, 0], axis=0)
    share = position - int(position)
    wanted = (1 - share) * steps[int(position)] + share * steps[int(position) + 1]
    pixels = [step * plot.region.width / (plot.x[1] - plot.x[0]) for step, plot in zip(wanted, plots, strict=True)]
    assert shafts(slices, middle) == pytest.approx([scale * each for each in pixels])
    assert max(map(abs, pixels)) < 5 < 25 < max(map(abs, shafts(slices, middle)))


def test_an_enlarged_step_does_not_shrink_while_the_point_goes_along_it(slices: Scene):
    frames = [f for f in range(slices.timeline.frames) if 20 < slices.timeline.state(f).position < 40]
    lengths = [max(map(abs, shafts(slices, frame))) for frame in frames]
    assert all(abs(one - other) < 0.2 * max(one, other) for one, other in itertools.pairwise(lengths))


def test_a_step_that_is_seen_is_drawn_as_it_is(curve: Scene):
    words = [mark.text for mark in curve_of(curve).ground() if isinstance(mark, Label)]
    assert "step to come" in words


def test_footprints_do_not_run_into_each_other(slices: Scene):
    marks = marks_of(slices, slices.timeline.state(slices.timeline.frames - 1))
    prints = [mark for mark in marks if isinstance(mark, Dot) and mark.color == DARK.trail]
    gaps = [float(np.hypot(*(one.centre - other.centre))) for one, other in itertools.pairwise(prints)]
    assert len(prints) > 10
    assert min(gaps) > 2.5 * prints[0].radius


@pytest.mark.parametrize("size", [(320, 180), (360, 640), (1280, 720)])
@pytest.mark.parametrize(("function", "view"), [("himmelblau", "map"), ("himmelblau", "loss"), ("parabola", "curve")])
def test_the_names_of_axes_are_not_on_numbers(function: str, view: str, size: tuple[int, int]):
    data = {
        "function": function,
        "view": view,
        "size": size,
        "starts": {"points": [[2.0, 1.0][: 1 + (view != "curve")]]},
    }
    main = build_scene(resolve(Animation.from_data(data))).main
    assert isinstance(main, MarksPanel)
    labels = [mark for mark in main.ground() if isinstance(mark, Label)]
    numbers = [label for label in labels if label.anchor in {"mt", "rm"}]
    assert len(numbers) > 4
    for name in (label for label in labels if label.anchor == "rt"):
        for number in numbers:
            assert not touch(ink(name), ink(number)), (name.text, number.text)


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (1080, 1080)])
def test_slices_in_a_panel_have_smaller_points_and_texts_that_are_clear_of_each_other(size: tuple[int, int]):
    data = {"function": "himmelblau", "size": size, "starts": {"points": [[-4, -3]]}, "panels": ["slices", "map"]}
    scene = build_scene(resolve(Animation.from_data(data)))
    panel = scene.panels[0]
    assert isinstance(panel, SlicesPanel)
    marks = [*panel.ground(), *panel.marks(scene.timeline.state(0))]
    unit = panel.region.unit
    assert 5 * unit < max(mark.radius for mark in marks if isinstance(mark, Dot)) < 10 * unit
    boxes = [ink(mark) for mark in marks if isinstance(mark, Label) and mark.text]
    assert len(boxes) > 8
    assert not any(touch(one, other) for one, other in itertools.combinations(boxes, 2))


@pytest.mark.parametrize("size", [(320, 180), (640, 360), (360, 640)])
def test_the_texts_of_panels_are_not_cut_off(size: tuple[int, int]):
    data = {"function": "himmelblau", "size": size, "starts": {"grid": 4}, "panels": ["map", "loss"]}
    for panel in build_scene(resolve(Animation.from_data(data))).panels:
        assert isinstance(panel, MarksPanel)
        left, top, right, bottom = panel.region.box
        for label in (mark for mark in panel.ground() if isinstance(mark, Label)):
            box = ink(label)
            assert left <= box[0] + 0.5, label.text
            assert top <= box[1] + 0.5, label.text
            assert box[2] <= right + 0.5, label.text
            assert box[3] <= bottom + 0.5, label.text


def ink(label: Label) -> list[float]:
    font = font_for(label.text, round(label.size))
    x, y = label.place
    left, top, right, bottom = font.getbbox(label.text, anchor=label.anchor)
    return [x + left, y + top, x + right, y + bottom]


def touch(one: list[float], other: list[float]) -> bool:
    """Return whether there is no pixel between two boxes."""
    return all(one[k] < other[k + 2] + 1 and other[k] < one[k + 2] + 1 for k in (0, 1))
