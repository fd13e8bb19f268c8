"""A history keeps nothing twice, and tells the same as if it did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdviz.cli.descents import descents_data
from gdviz.descent.engine import Descent, descend
from gdviz.descent.history import History
from gdviz.descent.trajectories import trajectory_writer
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.extent import Extent
from gdviz.functions import function
from gdviz.hints import hint
from gdviz.scene.build import build_scene

STARTS = np.random.default_rng(3).uniform(-4, 4, (40, 2))
SETTINGS: dict[str, Any] = {"tolerance": 1e-3, "max_iterations": 60}
HIMMELBLAU = function("himmelblau")
DESCENTS = {
    "some rest, some leave": lambda: descend(
        HIMMELBLAU, STARTS, learning_rate=0.01, domain=Extent((-3, 3, -3, 3)), **SETTINGS
    ),
    "diverging": lambda: descend(function("x^4 + y^2"), 3 * STARTS, learning_rate=0.1, **SETTINGS),
    "at once": lambda: descend(function("x^2 + y^2"), STARTS, learning_rate=0.5, **SETTINGS),
    "never": lambda: descend(function("x^2"), STARTS[:, :1], learning_rate=1e-9, tolerance=0.0, max_iterations=5),
    "lost in the last step": lambda: descend(function("exp(x^2)"), [[30.0]], learning_rate=1.0, **SETTINGS),
    "holes": lambda: descend(function("log(x) + y^2"), STARTS, learning_rate=0.1, **SETTINGS),
    "no points": lambda: descend(function("x^2 + y^2"), STARTS[:0], learning_rate=0.5, **SETTINGS),
}
every_descent = pytest.mark.parametrize("descent", DESCENTS.values(), ids=DESCENTS)


@every_descent
def test_a_history_tells_the_same_as_arrays_of_all_points_at_all_steps(descent: Callable[[], Descent]):
    made = descent()
    points, values, history = made.points, made.values, made.history
    steps, count, _ = points.shape
    assert (steps, values.shape) == (made.steps + 1, (steps, count))
    for point, last in enumerate(made.iterations):
        assert (points[last:, point] == points[last, point]).all()
    for step in range(steps):
        np.testing.assert_array_equal(history.at(step), points[step])
    np.testing.assert_array_equal(history.start_values, values[0])
    np.testing.assert_array_equal(history.ends, points[-1])
    np.testing.assert_array_equal(history.end_values, values[-1])
    some, few = np.arange(count)[::-3], np.array([0, steps // 2, steps // 2, steps - 1])
    np.testing.assert_array_equal(history.positions_of(some), points[:, some])
    np.testing.assert_array_equal(history.positions_of(some, few), points[few][:, some])
    np.testing.assert_array_equal(history.values_of(slice(1, 7), few), values[few, 1:7])
    for (way, heights), point, last in zip(history.paths(), range(count), made.iterations, strict=True):
        np.testing.assert_array_equal(way, points[: last + 1, point])
        np.testing.assert_array_equal(heights, values[: last + 1, point])


@every_descent
def test_a_history_that_is_cut_or_put_together_of_paths_tells_the_same(descent: Callable[[], Descent]):
    made = descent()
    history = made.history
    again = History.of_paths(history.paths(), history.lasts, history.ends.shape[1])
    np.testing.assert_array_equal(again.positions, history.positions)
    np.testing.assert_array_equal(again.values, history.values)
    dense = History.of(made.points, made.values)
    for until in (0, made.steps // 2, made.steps, made.steps + 5):
        cut = history.until(until)
        np.testing.assert_array_equal(cut.positions_of(slice(None)), made.points[: until + 1])
        np.testing.assert_array_equal(cut.values_of(slice(None)), made.values[: until + 1])
        np.testing.assert_array_equal(dense.at(min(until, dense.steps)), history.at(min(until, history.steps)))


def test_the_least_value_is_the_first_of_equal_ones_and_finite(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gdviz.descent.history.AT_ONCE", 4)  # so that it is looked for part by part
    values = np.array([[5.0, np.nan, 2.0], [1.0, -np.inf, 2.0], [1.0, -np.inf, 1.0]])
    points = np.arange(18.0).reshape(3, 3, 2)
    assert History.of(points, values).least() == (1.0, 1, 0)
    assert History.of(points, values).least(Extent((0, 5, 0, 5))) == (2.0, 0, 2)
    assert History.of(points, values).least(Extent((50, 51, 50, 51))) is None
    assert History.of(points, np.full((3, 3), np.nan)).least() is None
    assert History.of(points[:, :0], values[:, :0]).least() is None


def test_the_least_value_is_found_where_some_points_rest():
    descent = descend(HIMMELBLAU, STARTS, learning_rate=0.01, **SETTINGS)
    least = descent.history.least()
    assert least is not None
    assert descent.values.argmin() == least.step * len(STARTS) + least.point
    assert len(set(descent.iterations.tolist())) > 10


def test_nothing_that_is_drawn_or_told_of_many_points_repeats_those_that_rest():
    panels = {"panels": ["loss", "map"], "legend": True, "point_color": "start", "size": (320, 180)}
    scene = build_scene(resolve(Animation(function="himmelblau", starts={"grid": 7}, **panels)))
    for frame in (0, 130, 269):
        state = scene.timeline.state(frame)
        assert scene.caption(state).readouts
        scene.subject.visible_points(scene.runs[0], state.position)
    descent = scene.runs[0].descent
    assert (scene.subject.trails[0].times > 0).all()
    assert descents_data(scene.resolved, scene.runs, hint(scene.resolved, [descent]))["ends"]
    assert vars(descent).keys().isdisjoint({"points", "values"})


@pytest.mark.parametrize("name", ["ways.npz", "ways.csv"])
def test_trajectories_are_written_without_what_is_repeated(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gdviz.descent.trajectories.AT_ONCE", 100)  # so that they are written part by part
    longer, shorter = DESCENTS["some rest, some leave"](), DESCENTS["at once"]()
    trajectory_writer(tmp_path / name)({"longer": longer, "shorter": shorter}, tmp_path / name)
    assert not {"points", "values"} & (vars(longer).keys() | vars(shorter).keys())
    if name.endswith("npz"):
        with np.load(tmp_path / name) as arrays:
            lasting = np.minimum(np.arange(longer.steps + 1), shorter.steps)
            np.testing.assert_array_equal(arrays["points"], [longer.points, shorter.points[lasting]])
            np.testing.assert_array_equal(arrays["values"], [longer.values, shorter.values[lasting]])
