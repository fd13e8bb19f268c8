"""The loss panel: f over the iterations, on the axis that suits it, up to the moment only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gdviz.descent.engine import Status
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Area, Dot, Label, Line
from gdviz.picture.themes import DARK
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.loss import LossPanel
from gdviz.stage import Stage

ONE = {"points": [[2.0, 1.0]]}


def scene_of(function: str = "x^2 + y^2", **more: Any) -> Scene:
    data: dict[str, Any] = {
        "function": function,
        "view": "loss",
        "size": [320, 240],
        "fps": 10,
        "starts": ONE,
        "learning_rate": 0.1,
    }
    return build_scene(resolve(Animation.from_data(data | more)))


def loss_of(scene: Scene) -> LossPanel:
    assert isinstance(scene.main, LossPanel)
    return scene.main


def last(scene: Scene) -> Any:
    return scene.timeline.state(scene.timeline.frames - 1)


def lines(scene: Scene, state: Any) -> list[Line]:
    return [mark for mark in loss_of(scene).marks(state) if isinstance(mark, Line)]


def test_one_point_has_one_line_through_the_values_of_f():
    scene = scene_of(loss_scale="linear")
    panel = loss_of(scene)
    (line,) = lines(scene, last(scene))
    values = scene.runs[0].descent.values[:, 0]
    x, y = np.append(np.arange(len(values)), len(values) - 1.0), np.append(values, values[-1])
    assert line.points == pytest.approx(panel.plot.place(x, y))


def test_nothing_is_drawn_beyond_the_moment():
    scene = scene_of()
    panel, state = loss_of(scene), scene.timeline.state(scene.timeline.frames // 2)
    now = panel.plot.place(state.position, 0.0)[0]
    assert 0 < state.position < scene.runs[0].descent.steps
    assert max(mark.points[:, 0].max() for mark in lines(scene, state)) == pytest.approx(now)
    picture = np.asarray(Stage(scene).draw(state)).astype(int)
    region = panel.plot.region
    later = picture[round(region.top) + 2 : round(region.bottom) - 2, round(now) + 12 : round(region.right)]
    assert np.abs(later - DARK.background).max() < 60  # the grid alone


@pytest.mark.parametrize(
    ("function", "scale", "logarithmic"),
    [
        ("x^2 + y^2", "auto", True),
        ("x^2 + y^2", "linear", False),
        ("x + y", "auto", False),
        ("x + y", "log", True),
        ("100 + 0.1*x^2 + 0.1*y^2", "auto", False),
    ],
)
def test_the_axis_is_logarithmic_where_the_loss_spans_two_decades(function: str, scale: str, logarithmic: bool):
    scene = scene_of(function, loss_scale=scale, max_iterations=20)
    assert loss_of(scene).logarithmic is logarithmic
    names = [mark.text for mark in loss_of(scene).ground() if isinstance(mark, Label)]
    assert ("f – min f" in names) is logarithmic
    assert "iteration" in names


@pytest.mark.parametrize(("size", "begins"), [((1280, 720), "10"), ((320, 180), "1e")])
def test_a_geometric_decay_is_a_straight_line_on_a_logarithmic_axis_whose_ticks_are_powers_of_ten(
    size: tuple[int, int], begins: str
):
    scene = scene_of("sphere", starts=ONE, size=size)
    panel = loss_of(scene)
    (line,) = lines(scene, last(scene))
    slopes = np.diff(line.points[:-1, 1]) / np.diff(line.points[:-1, 0])
    assert slopes == pytest.approx(slopes[0], rel=1e-6)
    ticks = [
        mark for mark in panel.ground() if isinstance(mark, Label) and mark.text[:2] == begins and mark.anchor == "rm"
    ]
    assert len(ticks) >= 2
    back = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    for tick in ticks:
        assert tick.place[1] == pytest.approx(panel.plot.place(0.0, float(tick.text[2:].translate(back)))[1])


def test_many_points_have_a_median_its_band_and_the_best():
    scene = scene_of(starts={"grid": 9}, loss_scale="linear", max_iterations=8)
    panel, values = loss_of(scene), scene.runs[0].descent.values
    traces = {trace.name: trace for trace in panel.traces}
    assert traces["median"].values == pytest.approx(np.median(values, axis=1))
    assert traces["best"].values == pytest.approx(values.min(axis=1))
    assert traces["median"].lower == pytest.approx(np.percentile(values, 10, axis=1))
    assert traces["median"].upper == pytest.approx(np.percentile(values, 90, axis=1))
    assert sum(isinstance(mark, Area) for mark in panel.marks(last(scene))) == 1
    colors = {mark.text: mark.color for mark in panel.ground() if isinstance(mark, Label)}
    assert (colors["median"], colors["best"]) == (DARK.curve, DARK.point)


@pytest.mark.parametrize(
    "more",
    [
        {"function": "log(x) + log(y)", "starts": {"grid": 3}},  # points without a value, and some that lose theirs
        {"function": "x^4 + y^4", "learning_rate": 5.0},  # diverges
        {"function": "0*x*y"},
        {"function": "-x^2 - y^2", "starts": {"grid": 3}},
        {"function": "sphere", "starts": {"points": []}},
        {"function": "sphere", "max_iterations": 0},
        {"function": "1e90*(x^2 + y^2)^50", "learning_rate": 1e-92},
        {"function": "x^2", "starts": {"points": [[1.0]]}, "panels": ["curve"]},
    ],
)
def test_whatever_the_values_are_the_picture_is_drawn_within_its_plot(more: dict[str, Any]):
    settings: dict[str, Any] = {"function": "sphere", "max_iterations": 30} | more
    scene = scene_of(**settings)
    stage, panel = Stage(scene), loss_of(scene)
    for share in (0.0, 0.5, 1.0):
        state = scene.timeline.state(round(share * (scene.timeline.frames - 1)))
        assert stage.draw(state).size == (320, 240)
        for mark in panel.marks(state):
            if isinstance(mark, Line | Area):
                assert np.isfinite(mark.points).all()
                assert mark.points[:, 1].min() >= panel.plot.region.top - 1e-6
                assert mark.points[:, 1].max() <= panel.plot.region.bottom + 1e-6


RACE: dict[str, Any] = {
    "function": "x^2 + 4*y^2",
    "extent": [-4, 4, -3, 3],
    "starts": {"points": [[-3.0, 1.0]]},
    "max_iterations": 400,
    "runs": [
        {"label": "fast", "learning_rate": 0.1},
        {"label": "slow", "learning_rate": 0.01},
        {"label": "out", "learning_rate": 0.6},
    ],
}


def race_of(**more: Any) -> Scene:
    animation = Animation.from_data({**RACE, "view": "loss", "size": [320, 240], "fps": 10} | more)
    return build_scene(resolve(animation))


def test_a_race_has_a_line_for_each_run_in_its_colour_and_names_are_in_the_legend():
    scene = race_of()
    panel = loss_of(scene)
    assert [trace.color for trace in panel.traces] == [run.hue for run in scene.runs]
    texts = {mark.text for mark in panel.ground() if isinstance(mark, Label)}
    assert not texts & {"fast", "slow", "out", "median", "best"}


def test_a_run_that_diverges_does_not_flatten_the_others_and_is_marked_where_it_is_lost():
    scene, without = race_of(), race_of(runs=RACE["runs"][:2])
    one, other = loss_of(scene).plot, loss_of(without).plot
    assert scene.runs[2].descent.values.max() > 1e6
    assert one.y[1] - one.y[0] < 1.5 * (other.y[1] - other.y[0])
    trace = loss_of(scene).traces[2]
    assert trace.exit is not None
    assert one.shows(*trace.exit)
    begins = next(
        frame for frame in range(scene.timeline.frames) if scene.timeline.state(frame).position >= trace.exit[0]
    )
    crosses = [
        [mark for mark in lines(scene, scene.timeline.state(frame)) if mark.color == DARK.background]
        for frame in (begins - 1, begins)
    ]
    assert [len(each) for each in crosses] == [0, 2]


def test_a_run_that_has_arrived_goes_on_level_to_the_end_of_the_clock():
    scene = race_of(runs=[{"learning_rate": 0.1}, {"learning_rate": 0.02}])
    panel, (fast, slow) = loss_of(scene), scene.runs
    assert fast.descent.steps < slow.descent.steps
    own = [line for line in lines(scene, last(scene)) if line.color == fast.hue]
    ends = max(own, key=lambda line: float(line.points[-1, 0]))
    assert ends.points[-1, 0] == pytest.approx(panel.plot.region.right)
    assert ends.points[0, 1] == pytest.approx(ends.points[-1, 1])
    ring = next(mark for mark in panel.marks(last(scene)) if isinstance(mark, Dot) and mark.ring)
    assert ring.centre[0] == pytest.approx(panel.plot.place(fast.descent.iterations[0], 0.0)[0])


def test_a_race_with_a_much_longer_run_is_drawn_over_powers_of_ten_of_its_iterations():
    runs = [{"learning_rate": 0.1}, {"learning_rate": 0.0002}]
    scene = race_of(runs=runs, max_iterations=12_000)
    panel, (fast, slow) = loss_of(scene), scene.runs
    assert slow.descent.steps > 10 * fast.descent.steps
    texts = [mark for mark in panel.ground() if isinstance(mark, Label)]
    places = {mark.text: float(mark.place[0]) for mark in texts}
    apart = np.diff([places[text] for text in ("10", "100", "1000")])
    assert apart[0] == pytest.approx(apart[1], rel=0.1)
    assert places["0"] == pytest.approx(panel.plot.region.left)
    for mark in texts:
        if mark.anchor == "mt":
            assert mark.place[0] + text_width(mark.text, round(mark.size)) / 2 <= panel.place.region.right
    ring = next(mark for mark in panel.marks(last(scene)) if isinstance(mark, Dot) and mark.ring)
    steps = np.array([0, fast.descent.iterations[0], slow.descent.steps])
    share = np.log(1 + steps[1]) / np.log(1 + steps[2])
    assert ring.centre[0] == pytest.approx(panel.plot.region.left + share * panel.plot.region.width)
    for line in lines(scene, last(scene)):
        assert line.points[:, 0].max() <= panel.plot.region.right + 1e-6


def test_a_race_of_many_points_shows_the_median_of_each_run():
    scene = race_of(starts={"grid": 3}, loss_scale="linear", runs=RACE["runs"][:2], max_iterations=20)
    for trace, run in zip(loss_of(scene).traces, scene.runs, strict=True):
        assert trace.values == pytest.approx(np.median(run.descent.values, axis=1))
        assert trace.lower is None


@pytest.mark.parametrize("clock", ["iterations", "evaluations"])
def test_the_clock_of_a_race_is_named_below_it_and_with_its_budget(clock: str):
    scene = race_of(clock=clock)
    texts = [mark.text for mark in loss_of(scene).ground() if isinstance(mark, Label)]
    assert clock.removesuffix("s") in texts
    first, *others = scene.caption(scene.timeline.state(0)).readouts
    assert (first.label, first.value) == (clock.removesuffix("s"), "0 / 400")
    assert [(each.label, each.value) for each in others] == [("converged", "0 / 3")]
    arrived = [run for run in scene.runs if run.descent.status[0] == Status.CONVERGED]
    assert arrived
    assert scene.caption(last(scene)).readouts[1].value == f"{len(arrived)} / 3"
