from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from gdviz.descent.clock import by_evaluations
from gdviz.descent.engine import Descent, Status, descend, history_bytes
from gdviz.descent.optimizer import Optimizer
from gdviz.descent.optimizers import OPTIMIZERS
from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.functions import Function, function

STARTS = [[0.5, 0.5], [-4.0, 4.0], [2.9, 2.1], [3.0, 2.0]]
AT_F = {"newton_damped", "polyak", "steepest_armijo", "bfgs"}  # rules that use f where the points are


class Watched:
    """A function that counts the points at which it is evaluated."""

    def __init__(self, watched: Function) -> None:
        self.watched = watched
        self.points: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.watched, name)

    def value(self, *coordinates: ArrayLike) -> FloatArray:
        self.points["values"] += np.size(coordinates[0])
        return self.watched.value(*coordinates)

    def gradient(self, *coordinates: ArrayLike) -> FloatArray:
        self.points["gradients"] += np.size(coordinates[0])
        return self.watched.gradient(*coordinates)

    def value_and_gradient(self, *coordinates: ArrayLike) -> tuple[FloatArray, FloatArray]:
        self.points["both"] += np.size(coordinates[0])
        return self.watched.value_and_gradient(*coordinates)

    def hessian(self, *coordinates: ArrayLike) -> FloatArray:
        self.points["hessians"] += np.size(coordinates[0])
        return self.watched.hessian(*coordinates)


def run(name: str, target: Any = None, starts: ArrayLike = STARTS, **settings: Any) -> Descent:
    given: dict[str, Any] = {"learning_rate": 0.01, "tolerance": 1e-3, "max_iterations": 400} | settings
    return descend(target or function("himmelblau"), starts, optimizer=OPTIMIZERS[name], **given)


def rows(descent: Descent) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    made = descent.evaluations
    assert made is not None
    return made.values, made.gradients, made.hessians


@pytest.mark.parametrize("name", ["gd", "adam", *(each.name for each in OPTIMIZERS.values() if each.searches)])
def test_what_is_counted_is_what_the_function_was_asked_for(name: str):
    watched = Watched(function("himmelblau"))
    descent = run(name, watched, learning_rate=0.01 if name == "gd" else 0.1)
    assert (descent.status == Status.CONVERGED).all()
    assert descent.evaluations is not None
    values, gradients, hessians = (int(each.sum()) for each in descent.evaluations.last)
    seen = watched.points
    assert seen["both"] == (descent.iterations + 1).sum()
    assert gradients == seen["both"] + seen["gradients"]
    assert hessians == seen["hessians"]
    assert values == seen["values"] + (seen["both"] if name in AT_F else 0)


@pytest.mark.parametrize("name", ["gd", "newton", "bfgs", "cg_pr"])
def test_each_step_adds_what_it_took_and_a_point_that_rests_adds_nothing(name: str):
    descent = run(name)
    for row, last in zip(rows(descent), descent.evaluations.last, strict=True):  # type: ignore[union-attr]  # it has some
        assert row.shape == (descent.steps + 1, 4)
        np.testing.assert_array_equal(row[-1], last)
        for point, end in enumerate(descent.iterations):
            assert (np.diff(row[: end + 1, point]) >= 0).all()
            assert (row[end:, point] == last[point]).all()
    shorter = run(name, max_iterations=3)
    for long, short in zip(rows(descent), rows(shorter), strict=True):
        np.testing.assert_array_equal(long[:3, :2], short[:3, :2])


def test_plain_descent_evaluates_one_gradient_a_step_and_one_where_it_rests():
    descent = run("gd", function("saddle"), [[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]], max_iterations=2, learning_rate=0.5)
    values, gradients, hessians = rows(descent)
    assert gradients.tolist() == [[0, 1, 0], [2, 1, 1], [2, 1, 2]]
    assert not values.any()
    assert not hessians.any()


def test_a_point_that_ends_otherwise_has_the_gradients_from_which_it_stepped():
    def last(target: str, start: float, rate: float, **settings: Any) -> tuple[int, int]:
        descent = run("gd", function(target), [[start]], learning_rate=rate, **settings)
        assert descent.evaluations is not None
        return int(descent.status[0]), int(descent.evaluations.last.gradients[0])

    assert last("parabola", 1.0, 0.01, max_iterations=7) == (Status.RUNNING, 7)
    assert last("parabola", 1.0, 1e6, max_iterations=7) == (Status.DIVERGED, 1)
    assert last("log(x)", 1.0, 2.0) == (Status.DIVERGED, 1)
    assert last("log(x)", -1.0, 2.0) == (Status.DIVERGED, 0)
    assert last("sqrt(x)", 0.0, 0.1) == (Status.UNDEFINED, 1)


def test_newton_evaluates_a_gradient_and_a_hessian_a_step_and_in_all_as_many_as_a_hessian_has_rows():
    descent = run("newton")
    _, gradients, hessians = rows(descent)
    np.testing.assert_array_equal(gradients, hessians)
    assert descent.evaluations is not None
    np.testing.assert_array_equal(descent.evaluations.total, 3 * gradients)
    on_a_line = run("newton", function("x^4 - x"), [[2.0]])
    assert on_a_line.evaluations is not None
    np.testing.assert_array_equal(on_a_line.evaluations.total, 2 * on_a_line.evaluations.gradients)


def test_a_point_is_counted_as_it_would_be_alone():
    together = run("steepest_armijo")
    for point, start in enumerate(STARTS):
        alone = run("steepest_armijo", starts=[start])
        for many, one in zip(rows(together), rows(alone), strict=True):
            np.testing.assert_array_equal(many[: alone.steps + 1, point], one[:, 0])
    some = together.of(np.array([2, 0]))
    np.testing.assert_array_equal(some.points, together.points[:, [2, 0]])
    for whole, part in zip(rows(together), rows(some), strict=True):
        np.testing.assert_array_equal(part, whole[:, [2, 0]])


def test_an_optimizer_of_ones_own_is_counted_where_it_asks_the_evaluator():
    def rule(at: Any, state: Any) -> tuple[FloatArray, Any]:
        low = at.evaluator.value_at(at.position - 1, np.arange(len(at.position))) < at.evaluator.value
        return np.where(low[:, None], -1.0, 0.5), state

    descent = descend(function("x^2"), [[3.0], [2.0]], learning_rate=1.0, tolerance=0.0, max_iterations=2,
                      optimizer=Optimizer("own", lambda starts: (), rule))  # fmt: skip
    values, gradients, _ = rows(descent)
    assert values[:, 0].tolist() == [0, 2, 4]
    assert gradients[:, 0].tolist() == [0, 1, 2]


def test_counts_cost_no_memory_where_a_rule_evaluates_its_gradient_alone_and_what_was_said_elsewhere():
    for name in ("adam", "newton_damped", "steepest_exact"):
        descent = run(name, max_iterations=20)
        assert descent.evaluations is not None
        looks = sum(each.nbytes for each in descent.evaluations.looks.values())
        searches = OPTIMIZERS[name].searches
        assert (looks > 0) == searches
        taken = descent.points.nbytes + descent.values.nbytes + looks
        assert taken <= history_bytes(4, 2, descent.steps, searches=searches)


@pytest.mark.parametrize("name", ["newton", "steepest_armijo", "cg_pr"])
def test_on_the_clock_of_evaluations_a_point_is_at_each_iterate_when_it_has_been_paid_for(name: str):
    descent = run(name)
    clock = by_evaluations(descent, 10_000)
    assert descent.evaluations is not None
    total = descent.evaluations.total
    for point, last in enumerate(descent.iterations):
        paid = [*total[:last, point], clock.iterations[point]]
        np.testing.assert_array_equal(clock.points[paid, point], descent.points[: last + 1, point])
        np.testing.assert_array_equal(clock.values[paid, point], descent.values[: last + 1, point])
        assert (clock.points[clock.iterations[point] :, point] == descent.ends[point]).all()
        assert clock.iterations[point] < total[-1, point]  # there it looked once more, and found that it rests
    np.testing.assert_array_equal(clock.status, descent.status)
    assert clock.steps == clock.iterations.max()
    way = clock.points[: clock.iterations[1] + 1, 1]
    halfway = [row for row in range(1, len(way) - 1) if row not in total[:, 1]]
    assert halfway
    np.testing.assert_allclose(way[halfway] * 2, way[np.array(halfway) - 1] + way[np.array(halfway) + 1], rtol=1e-12)


def test_a_budget_of_evaluations_leaves_running_who_needs_more():
    descent = run("newton")
    budget = 7
    clock = by_evaluations(descent, budget)
    assert clock.points.shape == (8, 4, 2)
    assert clock.values.shape == (8, 4)
    assert clock.iterations.tolist() == [7, 7, 6, 0]
    assert clock.status.tolist() == [Status.RUNNING] * 2 + [Status.CONVERGED] * 2
    np.testing.assert_array_equal(clock.points[6], descent.points[2])
    np.testing.assert_allclose(clock.points[7], (2 * descent.points[2] + descent.points[3]) / 3, rtol=1e-12)
    exact = by_evaluations(descent, int(descent.iterations[1]) * 3)
    assert exact.status[1] == Status.CONVERGED
    assert by_evaluations(descent, int(descent.iterations[1]) * 3 - 1).status[1] == Status.RUNNING


def test_for_a_rule_of_one_gradient_a_step_both_clocks_are_one():
    descent = run("gd", max_iterations=30)
    for budget in (30, 500):
        clock = by_evaluations(descent, budget)
        for mine, theirs in zip(
            (clock.points, clock.values, clock.iterations, clock.status),
            (descent.points, descent.values, descent.iterations, descent.status),
            strict=True,
        ):
            np.testing.assert_array_equal(mine, theirs)
    assert by_evaluations(descent, 0).points.shape == (1, 4, 2)
    assert by_evaluations(run("bfgs", starts=np.zeros((0, 2))), 5).points.shape == (1, 0, 2)


def test_a_path_of_which_no_evaluations_are_known_has_no_such_clock():
    descent = run("gd", max_iterations=3)
    with pytest.raises(InputError, match="a recorded path has no evaluations to count; count iterations"):
        by_evaluations(Descent(descent.history, descent.iterations, descent.status), 3)
