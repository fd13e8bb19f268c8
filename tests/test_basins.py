"""Where points end: in the basin of a minimum, on flat ground, or nowhere, whatever their status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.descent.basins import Basin, basins, label_basins, with_flat_ground
from gdviz.descent.engine import Descent, Status, descend
from gdviz.descent.history import History
from gdviz.description.animation import Animation
from gdviz.description.presets import presets
from gdviz.description.resolve import resolve
from gdviz.extent import Extent
from gdviz.functions import function
from gdviz.picture.caption import caption_marks
from gdviz.picture.colors import to_bytes
from gdviz.picture.themes import DARK
from gdviz.scene.build import build_scene
from gdviz.scene.run import Run, make_runs
from gdviz.stage.painter import write


def run_of(target: str, *starts: tuple[float, ...], **settings: Any) -> Run:
    given = {"starts": {"points": [list(start) for start in starts]}} if starts else {}
    return make_runs(resolve(Animation.from_data({"function": target, **given, **settings})), DARK)[0]


def basins_of(run: Run) -> list[Basin]:
    return basins(run.descent, run.labels)


def statuses(run: Run) -> dict[str, int]:
    every = run.counts(run.descent.steps, Extent((-1e99, 1e99) * run.descent.points.shape[2])).as_data()
    return {name: count for name, count in every.items() if count and name != "points"}


def test_a_grid_on_himmelblau_finds_its_four_minima():
    found = basins_of(run_of("himmelblau"))
    assert len(found) == 4
    for minimum in function("himmelblau").minima:
        nearest = min(np.linalg.norm(np.subtract(basin.location, minimum)) for basin in found)
        assert nearest < 1e-3
    assert sum(basin.points for basin in found) == 400
    assert [basin.points for basin in found] == sorted((basin.points for basin in found), reverse=True)


NO_MINIMUM: dict[str, list[Any]] = {
    "saddle": ["x^2 - y^2", (0, 0)],
    "monkey saddle": ["monkey-saddle", (0, 0)],
    "inflection": ["x^3", (0,)],
    "top": ["0-x^2-y^2", (0, 0)],
    "top amid minima": ["himmelblau", (-0.270844590667, -0.923038522)],
    "plateau": ["0*x + 0*y", (1, 2)],
    "plateau of noise": ["sin(3*x)^2 + cos(3*x)^2 + 0*y", (1, 2)],
    "high plateau": ["0*x + 3", (1,)],
    "step from above": ["sign(x)", (0.1,)],
    "step from below": ["sign(x) + 0*y", (-0.1, 0)],
    "floor below a slope": ["max(x, 0) + 0*y", (-0.1, 0)],
    "foot of a hill": ["exp(-x^2-y^2)", (3.9, 1)],
    "rim of a pit": ["0-exp(-x^2-y^2)", (3.5, 0)],
    "slope": ["1e-4*x", (1,)],
    "slope of a valley": ["x^2 + 1e-4*y", (0, 1)],
    "dent of no depth": ["1e-7*x^2 + 1e-7*y^2", (0, 0)],
}


@pytest.mark.parametrize("case", NO_MINIMUM)
def test_where_there_is_no_minimum_a_point_rests_on_flat_ground(case: str):
    run = run_of(NO_MINIMUM[case][0], NO_MINIMUM[case][1])
    assert statuses(run) == {"flat": 1}
    assert basins_of(run) == []


MINIMUM: dict[str, list[Any]] = {
    "bowl, from the start": ["x^2 + y^2", (0, 0)],
    "bowl": ["x^2 + y^2", (1, 1)],
    "bowl of one variable": ["x^2", (1,)],
    "bowl high up": ["1e6 + x^2 + y^2", (1, 1)],
    "flat bowl": ["x^4 + y^4", (0.06, 0.06)],
    "flatter bowl": ["x^6", (0.17,)],
    "valley": ["x^2 + 0*y", (1, 1)],
    "round valley": ["(x^2 + y^2 - 1)^2", (0.6, 0.8)],
    "narrow valley": ["1000*(y - x^2)^2 + 0*x", (1, 1)],
    "ripples": ["x^2/100 + cos(100*x)", (0.031,), 1e-4],
    "ripples as fine as the rings": ["cos(2*pi*x/0.0375)", (0.01875,), 1e-5],
    "ripples of two variables": ["cos(40*x) + cos(40*y)", (0.08, 0.08), 1e-3],
    "well with a hole around": ["x^2 + y^2 + sqrt(0.01 - x^2 - y^2)*0", (0, 0)],
    "edge of a step": ["max(abs(x) - 0.1, 0)*4 + x^2", (0,)],
}


@pytest.mark.parametrize("case", MINIMUM)
def test_where_there_is_one_a_point_has_converged(case: str):
    target, start, *rate = MINIMUM[case]
    run = run_of(target, start, learning_rate=rate[0] if rate else None)
    assert statuses(run) == {"converged": 1}
    assert len(basins_of(run)) == 1


@pytest.mark.parametrize("target", ["abs(x) + abs(y)", "sqrt(x^2 + y^2)", "ackley"])
def test_points_that_never_settle_around_a_minimum_belong_to_it(target: str):
    run = run_of(target, (0.5, 0.3), (-0.4, 0.2), learning_rate=0.01, max_iterations=300)
    assert statuses(run) == {"running": 2}
    assert run.labels.tolist() == [0, 0]


@pytest.mark.parametrize("target", ["rosenbrock", "bukin-n6", "1000*(y - x^2)^2 + 0.01*x"])
def test_points_on_their_way_through_a_valley_are_in_no_basin(target: str):
    run = run_of(target, (-1.2, 1.0) if target != "bukin-n6" else (-6.0, 1.0), learning_rate=2e-4, max_iterations=300)
    assert statuses(run) == {"running": 1}
    assert basins_of(run) == []


def test_a_minimum_without_a_gradient_is_a_basin_and_never_converged():
    run = run_of("sqrt(x)", (0.0,), (1e-4,), (3.0,), learning_rate=1e-8, max_iterations=3)
    assert statuses(run) == {"undefined": 1, "running": 2}
    assert run.labels.tolist() == [0, 0, -1]


def test_points_that_left_belong_to_no_basin_however_near_they_ended():
    run = run_of("x^2", (2.0,), learning_rate=0.49, domain=[1.0, 5.0], extent=[1.0, 5.0])
    assert statuses(run) == {"left": 1}
    assert abs(run.descent.ends[0, 0]) < 0.03 * 4
    assert run.labels.tolist() == [-1]


def test_points_that_diverged_belong_to_no_basin_however_near_they_ended():
    run = run_of("x^2 + 1e-9*sqrt(x + 0.01)", (-0.02,), (1.0,))
    assert statuses(run) == {"converged": 1, "diverged": 1}
    assert run.labels.tolist() == [-1, 0]


def test_of_two_basins_that_overlap_a_point_ended_in_the_lower_one():
    """The minima lie at -0.46 and 0.43, the radius is 0.6."""
    run = run_of("(x^2 - 0.2)^2 + 0.01*x", (0.44,), (-0.45,), (0.1,), extent=[-10, 10], max_iterations=0)
    assert run.labels.tolist() == [1, 0, 0]


def test_a_basin_is_where_its_lowest_point_ended():
    (basin,) = basins_of(run_of("x^2 + y^2", (0.2, 0), (0.02, 0), (0, 0.1), max_iterations=0))
    assert (basin.location, basin.points) == ((0.02, 0.0), 3)
    assert basin.value == pytest.approx(0.0004)


def test_a_known_minimum_is_a_basin_even_where_the_tolerance_is_too_coarse_to_tell():
    settings = {"tolerance": 10, "extent": [-2.2, 2.2]}
    assert statuses(run_of("parabola", (0.05,), **settings)) == {"converged": 1}
    assert statuses(run_of("x^2 + 0", (0.05,), **settings)) == {"flat": 1}


def test_points_that_still_run_along_a_valley_to_a_minimum_make_no_basins_of_their_own():
    run = run_of("zakharov", max_iterations=700)
    assert set(statuses(run)) == {"running"}
    assert 100 < (run.labels == 0).sum() < 400
    assert run.labels.max() == 0


def test_noise_makes_no_minimum_even_for_a_tolerance_of_nothing():
    run = run_of("sin(3*x)^2 + cos(3*x)^2 + 0*y", tolerance=0, max_iterations=1)
    assert run.labels.max() == -1


@pytest.mark.parametrize(("apart", "expected"), [(0.5, 1), (0.9, 2), (2.0, 2)])
def test_minima_nearer_than_a_thirtieth_of_the_view_share_a_basin(apart: float, expected: int):
    """The view is 20 wide, so the radius is 0.6."""
    half = apart / 2
    run = run_of(f"((x - 1)^2 - {half**2})^2", (1 + half,), (1 - half,), extent=[-10, 10], tolerance=1e-9)
    assert statuses(run) == {"converged": 2}
    assert len(basins_of(run)) == expected


@pytest.mark.parametrize(("share", "belongs"), [(0.02, True), (0.029, True), (0.031, False), (0.05, False)])
def test_a_point_belongs_to_a_minimum_within_the_radius(share: float, belongs: bool):
    starts = [(0.0, 0.0), (20 * share, 0.0), (0.0, 10 * share)]
    run = run_of("x^2 + y^2", *starts, extent=[-10, 10, -5, 5], max_iterations=0)
    assert run.labels.tolist() == ([0, 0, 0] if belongs else [0, -1, -1])


def test_points_far_away_and_many_runs_of_them_are_no_trouble():
    run = run_of("x^2 + y^2", (1e99, 0.0), (0.0, 0.0), (1e9, 1e9), max_iterations=0)
    assert run.labels.tolist() == [-1, 0, -1]


def shown(run: Run) -> np.ndarray:
    """Return the points' colours."""
    assert run.colors is not None
    return to_bytes(run.colors)


def test_on_easom_the_points_on_the_plain_and_on_the_rim_are_counted_apart_and_pale():
    scene = build_scene(resolve(Animation.load(presets()["easom"])))
    run, counts = scene.runs[0], scene.counts
    assert len(basins_of(run)) == 1
    at_minimum = np.linalg.norm(run.descent.ends - np.pi, axis=1) < 0.3
    assert counts.converged == at_minimum.sum() >= 20
    assert counts.flat == 400 - counts.converged
    pale = (shown(run) == DARK.neutral).all(axis=1)
    assert (pale == ~at_minimum).all()
    assert counts.in_words() == f"400 points: {counts.converged} converged, {counts.flat} resting on flat ground"


def test_pale_are_also_points_of_which_all_rest_on_flat_ground_but_not_those_that_still_run():
    assert (shown(run_of("0*x + 0*y", (1, 1), (2, 2))) == DARK.neutral).all()
    assert (shown(run_of("x^2 + y^2", (3, 3), max_iterations=1)) != DARK.neutral).any()
    assert min(DARK.neutral) > 180


def test_beside_those_in_a_basin_points_that_still_run_are_pale():
    colors = shown(run_of("x^2 + y^2", (3, 3), (0.1, 0), max_iterations=1))
    assert (colors == DARK.neutral).all(axis=1).tolist() == [True, False]


def test_what_ended_beside_the_part_that_is_drawn_has_left_it():
    run = run_of("himmelblau")
    assert run.counts(run.descent.steps, Extent((-6, 6, -6, 6))).left == 0
    half = run.counts(run.descent.steps, Extent((0, 6, -6, 6)))
    assert (half.left, half.converged) == (200, 200)


def test_a_descent_without_drawing_names_every_way_to_end(capfd: pytest.CaptureFixture[str]):
    arguments = ["sqrt(x) + 0*y", "--start=0,1", "--start=2,1", "--start=-1,1", "--domain=0.5,5,-5,5", "--lr=1"]
    printed = CliRunner().invoke(app, ["descend", *arguments]).stdout
    assert "3 points: 1 diverged, 1 left, 1 with no next step" in printed
    points = json.loads(CliRunner().invoke(app, ["descend", *arguments, "--json"]).stdout)["points"]
    assert list(points) == ["points", "converged", "running", "diverged", "left", "flat", "undefined", "recorded"]
    assert [points[name] for name in ("diverged", "left", "undefined")] == [1, 1, 1]
    ends = json.loads(CliRunner().invoke(app, ["descend", "0*x", "--json"]).stdout)["ends"]
    assert ends[0]["status"] == "flat"


def captions(data: dict[str, object]) -> list[dict[str, str]]:
    scene = build_scene(resolve(Animation.from_data(data)))
    return [
        {each.label: each.value for each in scene.caption(scene.timeline.state(k)).readouts}
        for k in (0, scene.timeline.frames - 1)
    ]


def test_a_caption_counts_flat_ground_and_no_next_step_only_where_there_is_any():
    first, last = captions({"function": "easom", "starts": {"grid": 6}})
    assert (first["converged"], last["converged"], last["flat ground"]) == ("0 / 36", "4 / 36", "32")
    assert "no next step" not in last
    first, last = captions({"function": "sqrt(x) + y^2", "extent": [0, 4, -2, 2], "max_iterations": 3,
                            "starts": {"points": [[0, 0], [0, 1], [3, 1]]}})  # fmt: skip
    assert (first["no next step"], last["no next step"]) == ("2", "2")
    assert "flat ground" not in last
    assert "flat ground" not in captions({"function": "sphere", "starts": {"grid": 3}})[1]
    assert captions({"function": "sign(x)", "starts": {"grid": 3}})[1]["flat ground"] == "3"


@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (320, 180), (480, 640)])
def test_the_longest_caption_stays_within_its_picture(size: tuple[int, int]):
    data = {"function": "sphere", "starts": {"grid": 20}, "size": list(size), "max_iterations": 1000}
    scene = build_scene(resolve(Animation.from_data(data)))
    counts = scene.counts
    for name in ("left", "diverged", "flat", "undefined"):
        object.__setattr__(counts, name, 400)
    caption = scene.caption(scene.timeline.state(scene.timeline.frames - 1))
    picture = Image.new("RGB", size, DARK.background)
    write(picture, caption_marks(caption, scene.layout, DARK))
    inked = np.flatnonzero((np.asarray(picture) != DARK.background).any(axis=(0, 2)))
    assert inked.min() > 0.01 * size[0]
    assert inked.max() < 0.99 * size[0]


def test_equal_basins_are_in_the_order_of_their_first_points():
    """A symmetric function's basins have the colours that they had, whatever rounding makes of their values."""
    run = run_of("griewank", starts={"grid": 26}, learning_rate=0.15)
    found = basins_of(run)
    firsts = [int(np.flatnonzero(run.labels == number)[0]) for number in range(len(found))]
    keys = [(-each.points, round(each.value, 9), first) for each, first in zip(found, firsts, strict=True)]
    assert keys == sorted(keys)
    assert len({key[:2] for key in keys}) < len(keys) / 2


def rested(points: Sequence[tuple[float, ...]], values: Sequence[float]) -> Descent:
    """Return a descent whose points have rested here, at once."""
    count = len(points)
    ends = np.array(points, dtype=float).reshape(1, count, -1)
    status = np.full(count, Status.CONVERGED, dtype=np.int8)
    return Descent(History.of(ends, np.array([values], dtype=float)), np.zeros(count, dtype=np.int64), status)


def test_a_minimum_near_another_shares_the_basin_of_that_and_of_no_third():
    """The radius is 0.6: minima stand 0.5 apart, and the last point lies too far from all but the highest of them."""
    wavy = function("cos(4*pi*x) + x/1000")
    ends = [(-5.75,), (2.75,), (3.25,), (3.4,)]
    labels = label_basins(rested(ends, [-1.3, -1.2, -1.1, -1.0]), wavy, Extent((-10.0, 10.0)), 1e-2)
    assert labels.tolist() == [1, 0, 0, 0]
    assert labels.dtype == np.int64


def test_without_points_there_is_no_basin():
    descent = descend(function("x^2 + y^2"), np.zeros((0, 2)), learning_rate=0.1, tolerance=1e-3, max_iterations=5)
    labels = label_basins(descent, function("x^2 + y^2"), Extent((-1.0, 1.0, -1.0, 1.0)), 1e-3)
    assert labels.tolist() == []
    assert basins(descent, labels) == []
    assert len(with_flat_ground(descent, labels).status) == 0


def test_only_what_converged_in_no_basin_is_on_flat_ground():
    descent = rested([(0.0,), (1.0,), (2.0,)], [0.0, 0.0, 0.0])
    descent.status[2] = Status.RUNNING
    flat = with_flat_ground(descent, np.array([0, -1, -1]))
    assert flat.status.tolist() == [Status.CONVERGED, Status.FLAT, Status.RUNNING]
    assert flat.status.dtype == np.int8
    assert descent.status[1] == Status.CONVERGED  # the given one stays as it was
