from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gdviz
from gdviz.descent.engine import Descent, Status, descend
from gdviz.descent.learning_rate import descend_at_rates, suggest_learning_rate
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.extent import Extent
from gdviz.functions import Function, function
from gdviz.picture.themes import DARK
from gdviz.scene.run import make_runs


def run(target: str, starts: Any, **settings: Any) -> Descent:
    given: dict[str, Any] = {"learning_rate": 0.1, "tolerance": 0.01, "max_iterations": 1000} | settings
    return descend(function(target), starts, **given)


def test_a_rate_for_each_point_is_a_descent_for_each_rate():
    target, starts = function("x^4 - 3*x^2*y + exp(y)"), np.random.default_rng(5).uniform(-2, 2, (30, 2))
    rates = [0.5, 0.01, 1e-4, 1e-30]  # too large, good, slow, and so small that nothing moves
    given: dict[str, Any] = {"tolerance": 1e-3, "max_iterations": 300, "domain": Extent((-3.0, 3.0, -3.0, 3.0))}
    for rate, trial in zip(rates, descend_at_rates(target, starts, rates, **given), strict=True):
        alone = descend(target, starts, learning_rate=rate, **given)
        np.testing.assert_array_equal(trial.points[: alone.steps + 1], alone.points)
        np.testing.assert_array_equal(trial.values[: alone.steps + 1], alone.values)
        np.testing.assert_array_equal(trial.iterations, alone.iterations)
        np.testing.assert_array_equal(trial.status, alone.status)
    assert (alone.points == starts).all()


@pytest.mark.parametrize("text", ["x**2 + 3*y**2", "sin(x)*cos(y)", "(1-x)**2 + 100*(y-x**2)**2", "1e6*x^2 + y"])
def test_a_suggested_rate_descends_without_diverging(text: str):
    target: Function = function(text)
    rate = suggest_learning_rate(target, target.extent)
    side = np.linspace(-4.9, 4.9, 9)
    starts = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    descent = run(text, starts, learning_rate=rate, max_iterations=200)
    assert not (descent.status == Status.DIVERGED).any()
    assert (descent.values[-1] < descent.values[0]).mean() > 0.9


@pytest.mark.parametrize("text", ["x^2 + 3*y^2", "sin(x)*cos(y)", "exp(x) + y^2"])
def test_a_suggested_rate_is_the_largest_whose_first_steps_are_short(text: str):
    """Nine of ten are shorter than 3 % of the view's diagonal, which is 14.1 long; no larger rate of the ladder is."""
    target = function(text)
    rate = suggest_learning_rate(target, target.extent)
    places = np.linspace(-5, 5, 14)[1:-1]
    slopes = np.hypot(*target.gradient(*np.meshgrid(places, places))).ravel()
    longest = 0.03 * 200**0.5 / np.quantile(slopes, 0.9)
    ladder = [float(f"{digit}e{power}") for power in range(-9, 3) for digit in (1, 2, 5)]
    assert rate == max(step for step in ladder if step <= longest)


def test_a_suggested_rate_is_smaller_where_points_would_bounce():
    """A step of 0.2 is short in this view, but leads to and fro across the crease, which is 0.01 wide."""
    rate = suggest_learning_rate(function("sqrt(x^2 + 0.0001) + 0*y"), Extent((-5.0, 5.0, -5.0, 5.0)))
    assert 0.005 <= rate <= 0.05


def test_what_python_leaves_out_is_as_on_the_command_line():
    starts = [[-1.5, 2.0], [3.0, 3.0], [0.1, 0.2]]
    for name in ("himmelblau", "x^2 + 3*y^2", "saddle"):
        objective = function(name)
        resolved = resolve(Animation.from_data({"function": name, "starts": {"points": starts}}))
        typed, called = make_runs(resolved, DARK)[0].descent, gdviz.descend(objective, starts)
        np.testing.assert_array_equal(called.points, typed.points)
        np.testing.assert_array_equal(called.iterations, typed.iterations)
