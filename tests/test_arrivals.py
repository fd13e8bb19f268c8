"""Who arrives in a race is marked at that moment, with its step; who is out, where it left."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scenes import surface_of

from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.picture.marks import Dot, Label, Line, Mark
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.curve import CurvePanel
from gdviz.scene.map import MapPanel, joined
from gdviz.stage import Stage
from gdviz.stage.runs import RACERS_LIFT

RUNS: list[dict[str, Any]] = [
    {"label": "fast", "learning_rate": 0.1},
    {"label": "slow", "learning_rate": 0.05},
    {"label": "out", "learning_rate": 0.27},
]


def scene_of(**more: Any) -> Scene:
    data: dict[str, Any] = {
        "function": "x^2 + 4*y^2",
        "extent": [-4, 4, -3, 3],
        "view": "map",
        "panels": [],
        "size": [320, 240],
        "fps": 10,
        "starts": {"points": [[-3.0, 1.0]]},
        "max_iterations": 400,
        "runs": RUNS,
    }
    return build_scene(resolve(Animation.from_data(data | more)))


def map_of(scene: Scene) -> MapPanel:
    assert isinstance(scene.main, MapPanel)
    return scene.main


def marks(scene: Scene, frame: int) -> list[Mark]:
    return map_of(scene).marks(scene.timeline.state(frame))


def numbers(found: list[Mark]) -> list[str]:
    return [mark.text for mark in found if isinstance(mark, Label)]


def test_each_who_arrives_is_marked_from_that_frame_on_and_named_by_its_step():
    scene = scene_of()
    fast, slow = scene.runs[:2]
    steps = [int(run.descent.iterations[0]) for run in (fast, slow)]
    assert steps[0] < steps[1]
    first, second = (each for each in scene.subject.arrivals.all if each.rests)
    assert (first.run, second.run) == (fast, slow)
    assert scene.timeline.state(first.frame).position >= steps[0] > scene.timeline.state(first.frame - 1).position
    assert numbers(marks(scene, first.frame - 1)) == []
    assert numbers(marks(scene, first.frame + 3)) == [str(steps[0])]
    assert numbers(marks(scene, scene.timeline.frames - 1)) == [str(step) for step in steps]
    rings = [mark for mark in marks(scene, scene.timeline.frames - 1) if isinstance(mark, Dot) and mark.ring]
    assert {fast.hue, slow.hue} < {ring.color for ring in rings}
    assert len({ring.radius for ring in rings if ring.color in (fast.hue, slow.hue)}) == 2


def test_numbers_of_the_same_place_do_not_overlap():
    scene = scene_of(runs=[{"learning_rate": 0.1 + 0.01 * number} for number in range(8)], size=[640, 480])
    labels = [mark for mark in marks(scene, scene.timeline.frames - 1) if isinstance(mark, Label)]
    assert len(labels) == 8
    heights = sorted(float(label.place[1]) for label in labels)
    assert np.diff(heights).min() >= labels[0].size


def test_a_mark_draws_attention_and_then_settles():
    scene = scene_of()
    (arrival, *_) = (each for each in scene.subject.arrivals.all if each.rests)

    def radius(frame: int) -> float:
        rings = [mark for mark in marks(scene, frame) if isinstance(mark, Dot) and mark.ring]
        return next(ring.radius for ring in rings if ring.color == arrival.run.hue)

    radii = [radius(arrival.frame + number) for number in range(12)]
    assert radii[0] > 2 * radii[-1]
    assert radii == sorted(radii, reverse=True)
    assert radii[-1] == radii[-2]
    states = [scene.timeline.state(arrival.frame + number) for number in (0, 1)]
    keys = [scene.subject.arrivals.key(state) for state in states]
    assert keys[0] != keys[1]


def test_who_is_out_is_marked_where_it_left():
    scene = scene_of()
    (out,) = (each for each in scene.subject.arrivals.all if not each.rests)
    assert out.run is scene.runs[2]
    extent = scene.resolved.extent
    assert (np.isclose(out.place, extent.low) | np.isclose(out.place, extent.high)).any()
    cross = [mark for mark in marks(scene, scene.timeline.frames - 1) if isinstance(mark, Line)][-2:]
    for line in cross:
        assert line.points.mean(axis=0) == pytest.approx(map_of(scene).plot.place(*out.place))


def test_a_race_of_many_points_and_a_single_run_have_no_marks():
    assert scene_of(starts={"grid": 3}).subject.arrivals.all == ()
    assert scene_of(runs=RUNS[:1]).subject.arrivals.all == ()


def test_marks_are_painted_on_the_surface_around_the_point():
    scene = scene_of(view="surface", axes=False, legend=False, caption=False, size=[640, 480])
    arrival = next(each for each in scene.subject.arrivals.all if each.rests)
    panel, state = surface_of(scene), scene.timeline.state(arrival.frame + 6)
    ring = next(
        mark
        for mark in panel.overlay(state, panel.camera(state))
        if isinstance(mark, Dot) and mark.color == arrival.run.hue
    )
    assert ring.ring is not None
    picture = np.asarray(Stage(scene).draw(state)).astype(int)
    way = ring.radius - ring.ring / 2
    around = [ring.centre + way * np.array([np.cos(angle), np.sin(angle)]) for angle in np.linspace(0, 6, 12)]
    shown = np.array([picture[int(y), int(x)] for x, y in around])
    assert np.median(np.abs(shown - arrival.run.hue).max(axis=1)) < 80
    assert marks_before(scene, arrival.frame - 1) == []


def marks_before(scene: Scene, frame: int) -> list[Mark]:
    panel, state = surface_of(scene), scene.timeline.state(frame)
    return [mark for mark in panel.overlay(state, panel.camera(state)) if isinstance(mark, Dot)]


@pytest.mark.parametrize("color", ["run", "basin", "start", "height", "one"])
@pytest.mark.parametrize("starts", [{"points": [[-3.0, 1.0]]}, {"grid": 3}])
def test_points_may_have_other_colours_than_their_runs(color: str, starts: dict[str, Any]):
    scene = scene_of(point_color=color, starts=starts, panels=["loss"], legend=True)
    stage = Stage(scene)
    for frame in (0, scene.timeline.frames - 1):
        assert stage.draw(scene.timeline.state(frame)).size == (320, 240)


def test_trails_on_a_map_are_continuous_and_show_beneath_each_other():
    scene = scene_of(runs=RUNS[:2])
    lines = [mark for mark in marks(scene, scene.timeline.frames - 1) if isinstance(mark, Line)]
    assert [line.color for line in lines] == [run.hue for run in scene.runs]
    assert lines[0].width > lines[1].width
    plot, starts = map_of(scene).plot, scene.runs[0].descent.points[0, 0]
    for line, run in zip(lines, scene.runs, strict=True):
        assert line.points[0] == pytest.approx(plot.place(*starts))
        assert np.abs(line.points[-1] - plot.place(*run.descent.ends[0])).max() < 1.5


def test_on_a_surface_a_trail_lies_on_those_of_the_runs_before_without_gaps():
    scene = scene_of(
        function="x^2 + y^2", view="surface", axes=False, legend=False, caption=False, size=[640, 480],
        runs=[{"learning_rate": rate} for rate in (0.02, 0.013, 0.017)],
    )  # fmt: skip
    panel, state = surface_of(scene), scene.timeline.state(scene.timeline.frames - 1)
    picture = np.asarray(Stage(scene).draw(state)).astype(int)
    way = scene.subject.landscape.drape(np.linspace([-2.9, 2.9 / 3], [-0.6, 0.2], 200)) + [0, 0, RACERS_LIFT]
    at = panel.camera(state).project(way, (640, 480)).round().astype(int)
    shown = np.array([picture[y - 1 : y + 2, x - 1 : x + 2].reshape(9, 3) for x, y in at])
    assert np.abs(shown - scene.runs[2].hue).max(axis=2).min(axis=1).max() < 60  # smoothing blends it a little


def test_pieces_are_joined_unless_they_are_apart():
    pieces = np.array([[[0.0, 0.0], [3.0, 0.0]], [[3.0, 0.0], [3.1, 0.0]], [[9.0, 0.0], [9.0, 5.0]]])
    assert [way.tolist() for way in joined(pieces, 1.0)] == [[[0, 0], [3, 0], [3.1, 0]], [[9, 0], [9, 5]]]
    assert joined(np.zeros((0, 2, 2)), 1.0) == []


def test_a_curve_shows_every_run():
    scene = build_scene(
        resolve(
            Animation.from_data(
                {
                    "function": "x^2",
                    "extent": [-4, 4],
                    "size": [320, 240],
                    "panels": [],
                    "starts": {"points": [[3.0]]},
                    "runs": RUNS[:2],
                    "max_iterations": 200,
                }
            )
        )
    )
    assert isinstance(scene.main, CurvePanel)
    last = scene.main.marks(scene.timeline.state(scene.timeline.frames - 1))
    for run in scene.runs:
        assert any(isinstance(mark, Line) and mark.color == run.hue for mark in last)
        assert str(run.descent.iterations[0]) in numbers(last)
