from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gdviz
from gdviz.descent.engine import Descent, Status, descend
from gdviz.descent.schedules import CONSTANT, RANGES, SCHEDULES, Schedule, schedule
from gdviz.errors import InputError
from gdviz.formula.draw import width
from gdviz.functions import function


@pytest.mark.parametrize(
    ("name", "parameters", "shares"),
    [
        ("constant", {}, {1: 1, 2: 1, 10_000: 1}),
        ("exponential", {}, {1: 1, 2: 0.99, 3: 0.9801, 101: 0.99**100, 1_000_000: 0}),
        ("exponential", {"factor": 0.5}, {1: 1, 2: 0.5, 5: 0.0625}),
        ("exponential", {"factor": 1}, {1: 1, 99: 1}),
        ("step", {}, {1: 1, 100: 1, 101: 0.5, 200: 0.5, 201: 0.25}),
        ("step", {"every": 1, "factor": 0.1}, {1: 1, 2: 0.1, 3: 0.01}),
        ("cosine", {}, {1: 1, 501: 0.5, 1001: 0, 5000: 0}),
        ("cosine", {"length": 4, "floor": 0.2}, {1: 1, 2: 0.6 + 0.4 * math.sqrt(0.5), 3: 0.6, 5: 0.2, 6: 0.2}),
        ("cosine", {"length": 1, "floor": 1}, {1: 1, 2: 1}),
        ("inverse-time", {}, {1: 1, 101: 0.5, 301: 0.25}),
        ("inverse-time", {"decay": 1}, {1: 1, 2: 1 / 2, 3: 1 / 3}),
        ("inverse-time", {"decay": 0}, {1: 1, 9: 1}),
    ],
)
def test_the_share_of_a_step_is_as_the_formula_says(name: str, parameters: dict[str, float], shares: dict[int, float]):
    found = schedule(name, parameters)
    assert {step: found.share(step) for step in shares} == pytest.approx(shares, rel=1e-14, abs=1e-16)


def test_in_a_warmup_the_share_rises_evenly_and_then_all_is_as_without():
    warm = [schedule("constant", warmup=4).share(step) for step in range(1, 7)]
    assert warm == [0.25, 0.5, 0.75, 1, 1, 1]
    both, alone = schedule("exponential", {"factor": 0.5}, 2), schedule("exponential", {"factor": 0.5})
    assert both.share(1) == 0.5
    assert all(both.share(step) == alone.share(step) for step in (2, 3, 50))


def test_the_table_has_every_schedule_by_its_own_name_and_the_first_is_the_default():
    assert list(SCHEDULES) == ["constant", "exponential", "step", "cosine", "inverse-time"]
    assert SCHEDULES["constant"] is CONSTANT
    for name, each in SCHEDULES.items():
        assert each.name == name
        assert each.title
        assert each.warmup == 0
        assert each.formula.startswith(r"\eta_t = ")
        assert width(each.formula) > 0
        assert all(RANGES[parameter].contains(number) for parameter, number in each.parameters.items())


def test_a_changed_parameter_leaves_the_default_alone():
    changed = schedule("cosine", {"length": 10}, 3)
    assert dict(changed.parameters) == {"length": 10, "floor": 0}
    assert changed.warmup == 3
    assert dict(SCHEDULES["cosine"].parameters) == {"length": 1000, "floor": 0}
    assert schedule("Inverse_Time") == SCHEDULES["inverse-time"]
    with pytest.raises(TypeError):
        changed.parameters["length"] = 5  # type: ignore[index]  # it must fail


@pytest.mark.parametrize(
    ("name", "parameters", "warmup", "sentence"),
    [
        ("cosin", {}, 0, "there is no schedule 'cosin'; did you mean cosine?"),
        ("x", {}, 0, "there is no schedule 'x'; there are constant, exponential, step, cosine, inverse-time"),
        ("step", {"length": 5}, 0, "the schedule step has no parameter 'length'; it has every, factor"),
        ("constant", {"factor": 1}, 0, "the schedule constant has no parameter 'factor'; it has none"),
        ("exponential", {"factor": 0}, 0, "factor of exponential must be more than 0 and at most 1, not 0"),
        ("exponential", {"factor": 1.5}, 0, "factor of exponential must be more than 0 and at most 1, not 1.5"),
        ("step", {"every": 0}, 0, "every of step must be a whole number, at least 1, not 0"),
        ("step", {"every": 2.5}, 0, "every of step must be a whole number, at least 1, not 2.5"),
        ("cosine", {"length": math.inf}, 0, "length of cosine must be a finite number, not inf"),
        ("cosine", {"floor": 1.1}, 0, "floor of cosine must be at least 0 and at most 1, not 1.1"),
        ("inverse-time", {"decay": math.nan}, 0, "decay of inverse-time must be a finite number, not nan"),
        ("inverse-time", {"decay": -1}, 0, "decay of inverse-time must be at least 0, not -1"),
        ("constant", {}, -1, "the warmup must be a whole number, at least 0, not -1"),
        ("constant", {}, 2.5, "the warmup must be a whole number, at least 0, not 2.5"),
        ("step", {"every": 10**400}, 0, "every of step must be a finite number, not inf"),
        ("constant", {}, math.inf, "the warmup must be a finite number, not inf"),
    ],
)
def test_what_no_schedule_can_be_is_refused(name: str, parameters: dict[str, float], warmup: int, sentence: str):
    with pytest.raises(InputError) as refused:
        schedule(name, parameters, warmup)
    assert str(refused.value) == sentence


def run(target: str, start: float, shares: Schedule, **settings: Any) -> Descent:
    given: dict[str, Any] = {"learning_rate": 0.1, "tolerance": 0.0, "max_iterations": 5} | settings
    return descend(function(target), [[start]], schedule=shares, **given)


@pytest.mark.parametrize("rates", [0.1, np.array([0.1])])
def test_each_step_of_a_descent_has_its_share_of_the_rate(rates: Any):
    shares = schedule("step", {"every": 2, "factor": 0.5}, 2)
    steps = np.diff(run("x", 0.0, shares, learning_rate=rates).points[:, 0, 0])
    np.testing.assert_allclose(steps, [-0.05, -0.1, -0.05, -0.05, -0.025], rtol=1e-12)


def test_with_a_share_of_1_nothing_changes_to_the_bit():
    constant = schedule("inverse-time", {"decay": 0})
    np.testing.assert_array_equal(run("x^4 + x", 1.3, constant).points, run("x^4 + x", 1.3, CONSTANT).points)


def test_a_point_whose_rate_is_spent_has_not_arrived():
    """From the sixth step on the rate is 0; the slope there is still 10 times the tolerance."""
    spent = schedule("cosine", {"length": 5})
    descent = run("x^2", 1.0, spent, tolerance=0.05, max_iterations=40)
    assert descent.status.tolist() == [Status.RUNNING]
    assert descent.iterations.tolist() == [40]
    assert (descent.points[6:] == descent.points[5]).all()
    slowed = schedule("exponential", {"factor": 0.1})
    assert run("x^2", 1.0, slowed, tolerance=0.05, max_iterations=500).status.tolist() == [Status.RUNNING]
    assert run("x^2", 1.0, CONSTANT, tolerance=0.05, max_iterations=40).status.tolist() == [Status.CONVERGED]


def test_a_descent_may_name_its_schedule():
    named = gdviz.descend("x^2", [[1.0]], schedule="exponential", max_iterations=5)
    given = gdviz.descend("x^2", [[1.0]], schedule=gdviz.schedule("exponential"), max_iterations=5)
    np.testing.assert_array_equal(named.points, given.points)
    assert not np.array_equal(named.points, gdviz.descend("x^2", [[1.0]], max_iterations=5).points)
    with pytest.raises(InputError, match="did you mean cosine"):
        gdviz.descend("x^2", [[1.0]], schedule="cosin")
