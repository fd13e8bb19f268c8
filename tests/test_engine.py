from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from gdviz.descent.engine import FAR, Descent, Status, descend, history_bytes
from gdviz.descent.optimizer import Optimizer
from gdviz.descent.optimizers import OPTIMIZERS
from gdviz.descent.rules import Moment, State
from gdviz.errors import InputError
from gdviz.extent import Extent
from gdviz.functions import function


def run(target: str, starts: Any, **settings: Any) -> Descent:
    given: dict[str, Any] = {"learning_rate": 0.1, "tolerance": 0.01, "max_iterations": 1000} | settings
    return descend(function(target), starts, **given)


@pytest.mark.parametrize("start", [1.8, -1.8])
def test_the_parabola_takes_27_iterations_from_either_side(start: float):
    descent = run("parabola", [[start]])
    assert descent.iterations.tolist() == [27]
    assert descent.status.tolist() == [Status.CONVERGED]
    assert abs(descent.ends[0, 0]) < 0.005
    assert function("parabola").gradient(start)[0] == pytest.approx(2 * start)


def test_each_step_subtracts_the_rate_times_the_gradient():
    descent = run("himmelblau", [[-0.4, -0.65]], learning_rate=0.01)
    before, after = descent.points[:-1, 0], descent.points[1:, 0]
    gradient = function("himmelblau").gradient(*before.T).T
    np.testing.assert_array_equal(after, before - 0.01 * gradient)
    np.testing.assert_array_equal(descent.values[:, 0], function("himmelblau").value(*descent.points[:, 0].T))


def test_a_point_rests_while_the_others_go_on():
    descent = run("sphere", [[0.0, 0.0], [0.001, 0.0], [4.0, 3.0]])
    assert descent.iterations[0] == descent.iterations[1] == 0
    assert descent.steps == descent.iterations[2] > 10
    assert (descent.points[:, 1] == [0.001, 0.0]).all()


def test_the_numbers_are_those_of_last_time_to_the_bit():
    """Sums and products are the same on every machine, and a polynomial consists of nothing else."""
    side = np.linspace(-4.75, 4.75, 20)
    starts = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    descent = run("himmelblau", starts, learning_rate=0.01, tolerance=1e-3, max_iterations=1000)
    digest = hashlib.sha256(b"".join(part.tobytes() for part in (descent.points, descent.values, descent.iterations)))
    assert digest.hexdigest() == "5cf9849613b8c32fd93ab882af1c5c90a5f6a86206578249f74f7d1cfd78d4b0"


def test_many_points_end_where_each_would_alone():
    starts = np.random.default_rng(3).uniform(-5, 5, (50, 2))
    together = run("himmelblau", starts, learning_rate=0.005)
    for number in (0, 17, 49):
        alone = run("himmelblau", starts[number : number + 1], learning_rate=0.005)
        np.testing.assert_array_equal(together.ends[number], alone.ends[0])
        assert together.iterations[number] == alone.iterations[0]


def test_too_large_a_rate_diverges_and_keeps_the_last_finite_position():
    descent = run("himmelblau", [[-4.0, 4.0], [3.0, 2.0]], learning_rate=1.0)
    assert descent.status.tolist() == [Status.DIVERGED, Status.CONVERGED]
    assert np.isfinite(descent.points).all()
    assert np.isfinite(descent.values).all()


def test_a_start_without_a_value_has_diverged_at_once():
    descent = run("log(x) + y**2", [[-1.0, 0.0], [2.0, 0.5]], max_iterations=5)
    assert descent.status[0] == Status.DIVERGED
    assert descent.iterations[0] == 0


def test_a_start_without_a_gradient_rests_where_it_is():
    descent = run("sqrt(x) + y**2", [[0.0, 0.5], [4.0, 0.5]], max_iterations=5)
    assert descent.status.tolist() == [Status.UNDEFINED, Status.RUNNING]
    assert descent.iterations.tolist() == [0, 5]
    assert (descent.points[:, 0] == [0.0, 0.5]).all()


def test_where_there_is_no_step_a_point_rests_and_is_not_called_diverged():
    """The Hessian of abs(x) + abs(y) is 0 everywhere, and has no inverse; at the tip there is no slope."""
    newton = OPTIMIZERS["newton"]
    descent = run("abs(x) + abs(y)", [[1.0, 0.5], [0.0, 0.0]], optimizer=newton)
    assert descent.status.tolist() == [Status.UNDEFINED, Status.CONVERGED]
    assert descent.iterations.tolist() == [0, 0]
    assert descent.ends.tolist() == [[1.0, 0.5], [0.0, 0.0]]
    later = run("x^2*(1 - x)^2 + y^2", [[3.0, 1.0], [0.1, 1.0]], optimizer=newton, max_iterations=60)
    assert later.status.tolist() == [Status.CONVERGED] * 2


def test_a_step_without_end_is_still_divergence():
    def rule(at: Moment, state: State) -> tuple[np.ndarray, State]:
        return np.full_like(at.gradient, np.inf), state

    endless = run("x^2", [[1.0]], optimizer=Optimizer("endless", lambda starts: (), rule))
    assert endless.status.tolist() == [Status.DIVERGED]
    assert endless.ends.tolist() == [[1.0]]


def test_as_many_rates_as_starts_are_wanted():
    with pytest.raises(InputError, match="one learning rate, or one for each of the 2 starts, not 3"):
        run("sphere", [[1.0, 1.0], [2.0, 1.0]], learning_rate=[0.1, 0.2, 0.3])


def test_a_point_that_descends_out_of_the_domain_has_left():
    descent = run("saddle", [[0.5, 0.5], [0.5, -0.5]], domain=Extent((-2, 2, -2, 2)))
    assert descent.status.tolist() == [Status.LEFT, Status.LEFT]
    assert descent.ends[0, 1] > 2
    assert descent.iterations.tolist() == [descent.steps] * 2
    assert (np.abs(descent.points[-2, :, 1]) <= 2).all()


@pytest.mark.parametrize(("spans", "status"), [(500, Status.RUNNING), (2000, Status.DIVERGED)])
def test_a_thousand_domains_away_a_point_is_lost(spans: int, status: Status):
    """The parabola's domain is 20 wide, and one step from 1 with a rate r ends at 1 - 2r."""
    descent = run("parabola", [[1.0]], learning_rate=spans * 10.0, max_iterations=1)
    assert descent.status.tolist() == [status]
    assert descent.iterations.tolist() == [1]
    assert -20_500 < descent.ends[0, 0] < -9000


def test_a_gradient_of_just_the_tolerance_is_small_enough():
    assert run("sphere", [[0.5, 0.0]], tolerance=1.0).iterations.tolist() == [0]
    assert run("sphere", [[0.5, 0.0]], tolerance=0.999, max_iterations=0).status.tolist() == [Status.RUNNING]


def test_a_point_that_comes_from_outside_the_domain_has_not_left():
    descent = run("sphere", [[9.0, 0.0]], domain=Extent((-5, 5, -5, 5)))
    assert descent.status.tolist() == [Status.CONVERGED]


def test_an_overshoot_over_the_edge_has_not_left():
    """From 1.9, a rate of 1.05 jumps to -2.09, uphill, and on: that is divergence, not leaving."""
    descent = run("parabola", [[1.9]], learning_rate=1.05, domain=Extent((-2, 2)), max_iterations=10)
    assert descent.status.tolist() == [Status.RUNNING]
    assert descent.steps == 10


@pytest.mark.parametrize(("iterations", "steps"), [(0, 0), (1, 1)])
def test_few_iterations(iterations: int, steps: int):
    descent = run("sphere", [[1.0, 1.0]], max_iterations=iterations)
    assert descent.steps == steps
    assert descent.status.tolist() == [Status.RUNNING]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"learning_rate": 0.0}, "the learning rate must be a positive number, not 0.0"),
        ({"learning_rate": [0.1, -2.0]}, "the learning rate must be a positive number, not -2.0"),
        ({"learning_rate": float("nan")}, "the learning rate must be a positive number, not nan"),
        ({"learning_rate": float("inf")}, "the learning rate must be a positive number, not inf"),
        ({"tolerance": -1.0}, "the tolerance must be a number that is not negative, not -1.0"),
        ({"tolerance": float("inf")}, "the tolerance must be a number that is not negative, not inf"),
        ({"max_iterations": -1}, "the iterations must not be negative, not -1"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, Any], sentence: str):
    with pytest.raises(InputError) as refused:
        run("sphere", [[1.0, 1.0], [2.0, 1.0]], **settings)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("starts", "sentence"),
    [
        ([[1.0]], "the starts of sphere must have the shape (n, 2), not (1, 1)"),
        ([[[1.0, 1.0]]], "the starts of sphere must have the shape (n, 2), not (1, 1, 2)"),
        ([[np.nan, 1.0]], "every start must be a finite number"),
    ],
)
def test_bad_starts_are_refused(starts: object, sentence: str):
    with pytest.raises(InputError) as refused:
        run("sphere", starts)
    assert str(refused.value) == sentence


def test_a_single_start_may_be_whole_numbers_without_a_list_around_it():
    np.testing.assert_array_equal(run("sphere", [3, 1]).points, run("sphere", [[3.0, 1.0]]).points)


def test_without_starts_there_is_nothing_to_do():
    descent = run("sphere", np.zeros((0, 2)))
    assert descent.points.shape == (1, 0, 2)
    assert len(descent.status) == 0


def test_each_point_may_have_a_rate_of_its_own():
    descent = run("x^2", [[1.0], [1.0]], learning_rate=np.array([0.1, 0.25]), max_iterations=1)
    np.testing.assert_array_equal(descent.ends, [[0.8], [0.5]])


def test_a_history_says_its_numbers_in_the_types_that_it_promises():
    descent = run("x^2", [[1], [2]], learning_rate=np.array([1, 1]), max_iterations=2)
    parts = (descent.points, descent.values, descent.iterations, descent.status)
    assert [part.dtype for part in parts] == [np.float64, np.float64, np.int64, np.int8]


def test_what_would_not_fit_in_memory_is_refused_with_the_amount(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gdviz.descent.engine.machine_bytes", lambda: 4 * 2**30)
    with pytest.raises(InputError) as refused:
        run("sphere", np.ones((1_000_000, 2)), max_iterations=1000)
    assert str(refused.value) == (
        "1,000,000 points over 1,000 iterations need up to 22.4 GiB of memory; this machine allows 2.0 GiB now, so ask "
        "for fewer points or iterations"
    )


def test_what_just_fits_in_half_of_the_memory_is_computed(monkeypatch: pytest.MonkeyPatch):
    for spare, fits in ((0, True), (-2, False)):
        monkeypatch.setattr("gdviz.descent.engine.machine_bytes", lambda s=spare: 2 * history_bytes(3, 2, 7) + s)
        if fits:
            assert run("sphere", np.ones((3, 2)), max_iterations=7).steps == 7
        else:
            with pytest.raises(InputError, match="memory"):
                run("sphere", np.ones((3, 2)), max_iterations=7)


def test_a_history_takes_no_more_than_was_said_and_what_was_not_needed_is_given_back():
    descent = run("himmelblau", np.random.default_rng(1).uniform(-5, 5, (1000, 2)), learning_rate=0.01)
    history, kept = descent.history, int((descent.iterations + 1).sum())
    assert kept < 0.7 * 1000 * (descent.steps + 1)
    assert history.positions.nbytes + history.values.nbytes == kept * history_bytes(1, 2, 0)
    assert history.positions.base is None
    assert history.values.base is None
    whole = run("sphere", [[3.0, 1.0], [1.0, 0.0]], tolerance=0.0, max_iterations=20).history
    assert whole.positions.nbytes + whole.values.nbytes == history_bytes(2, 2, 20)


def heavy_ball(friction: float) -> Optimizer:
    def rule(at: Moment, state: State) -> tuple[np.ndarray, State]:
        change = friction * state[0] - at.learning_rate * at.gradient
        return change, (change,)

    return Optimizer("heavy-ball", lambda starts: (np.zeros_like(starts),), rule)


def test_another_optimizer_takes_the_place_of_plain_descent():
    plain = run("sphere", [[2.0, 1.0], [0.001, 0.0], [4.0, 4.0]], learning_rate=0.02)
    ball = run("sphere", [[2.0, 1.0], [0.001, 0.0], [4.0, 4.0]], learning_rate=0.02, optimizer=heavy_ball(0.5))
    assert ball.steps < plain.steps
    assert (ball.status == Status.CONVERGED).all()


def test_a_point_that_rushes_through_a_minimum_has_not_arrived():
    """At its second step it stands in the very minimum, where there is no slope, and is thrown on by its momentum."""
    starts, rate, friction = [[1.0]], (3 - 5**0.5) / 4, 1.0
    ball = run("x^2", starts, learning_rate=rate, optimizer=heavy_ball(friction), max_iterations=50)
    at_minimum = np.flatnonzero(np.abs(ball.points[:, 0, 0]) < 0.005)
    assert len(at_minimum)
    assert ball.iterations[0] == 50 > at_minimum[0]
    assert ball.status.tolist() == [Status.RUNNING]
    slowed = run("x^2", starts, learning_rate=rate, optimizer=heavy_ball(0.9), max_iterations=500)
    assert slowed.status.tolist() == [Status.CONVERGED]
    last, rest = slowed.points[-2:, 0, 0]
    assert abs(rest) <= 0.005
    assert abs(rest - last) < 0.05


@pytest.mark.parametrize(("speed", "iterations"), [(0.0099, 0), (0.0101, 50)])
def test_momentum_of_a_thousandth_of_the_extent_is_all_but_spent(speed: float, iterations: int):
    """The ground is level, and the extent is 10 long."""
    rolling = Optimizer(
        "rolling",
        lambda starts: (np.full_like(starts, speed),),
        lambda at, state: (state[0], state),
    )
    descent = run("0*x", [[-1.0]], optimizer=rolling, max_iterations=50)
    assert descent.iterations.tolist() == [iterations]


@pytest.mark.parametrize(("rate", "tolerance"), [(1e300, 1e10), (1e-300, 1e10)])
def test_a_tolerance_beyond_the_slope_is_met_whatever_the_rate(rate: float, tolerance: float):
    descent = run("x^2", [[1.0]], learning_rate=rate, tolerance=tolerance)
    assert descent.status.tolist() == [Status.CONVERGED]
    assert descent.steps == 0


def test_an_optimizer_is_told_the_position_and_which_step_it_is():
    told = []

    def rule(at: Moment, state: State) -> tuple[np.ndarray, State]:
        told.append((at.step, at.position.tolist()))
        return -at.learning_rate * at.gradient, state

    descent = run("x^2", [[1.0]], optimizer=Optimizer("gd", lambda starts: (), rule), max_iterations=3)
    assert told == [(step + 1, descent.points[step].tolist()) for step in range(3)]


def test_a_last_step_into_the_far_distance_is_cut_there_and_keeps_its_direction():
    descent = descend(
        function("x^2 + 3*y^2"),
        [[1.0, 2.0]],
        learning_rate=1e200,
        tolerance=0.0,
        max_iterations=9,
        domain=Extent((-5, 5, -5, 5)),
    )
    assert descent.status.tolist() == [Status.DIVERGED]
    (x, y), (dx, dy) = descent.ends[0], descent.ends[0] - (1.0, 2.0)
    assert max(abs(x), abs(y)) == pytest.approx(5 + FAR * 10, rel=1e-6)
    assert dy / dx == pytest.approx(6, rel=1e-6)


def test_far_from_the_domain_a_point_may_start_and_descend():
    descent = run("x^2", [[1e9]])
    assert descent.status.tolist() == [Status.CONVERGED]


def test_where_f_is_level_without_end_a_step_to_infinity_has_diverged_and_ends_where_it_began():
    descent = run("3*exp(0 - x^2)", [[-0.9], [0.5]], learning_rate=np.array([1.7e308, 1.0]), max_iterations=2)
    assert descent.status[0] == Status.DIVERGED
    assert descent.ends[0, 0] == -0.9
    assert np.isfinite(descent.points).all()


def test_a_bounce_over_the_edge_to_the_same_height_has_not_left():
    descent = run("parabola", [[1.0]], learning_rate=1.0, domain=Extent((-0.5, 2.0)), max_iterations=4)
    assert descent.status.tolist() == [Status.RUNNING]
    assert descent.points[:, 0, 0].tolist() == [1, -1, 1, -1, 1]


def test_a_step_too_small_for_a_float_leaves_a_point_where_it_is_while_others_go_on():
    descent = run("sphere", [[1.0, 1.0], [2.0, 1.0]], learning_rate=np.array([1e-30, 0.1]), tolerance=0.0,
                  max_iterations=5)  # fmt: skip
    assert (descent.points[:, 0] == 1.0).all()
    assert (descent.values[:, 0] == 2.0).all()
    assert descent.status.tolist() == [Status.RUNNING] * 2
    np.testing.assert_allclose(descent.points[:, 1, 0], 2 * 0.8 ** np.arange(6))


def test_a_sample_is_all_of_few_points_and_of_many_always_the_same():
    descent = run("sphere", np.ones((50, 2)), max_iterations=0)
    for most in (50, 51):
        np.testing.assert_array_equal(descent.sample(most), np.arange(50))
    some = descent.sample(20)
    np.testing.assert_array_equal(some, np.unique(some))
    assert len(some) == 20
    assert some.max() < 50
    np.testing.assert_array_equal(descent.sample(20), some)
    assert not np.array_equal(some, np.arange(20))
