"""How the time of a descent is shared out among its iterations."""

from __future__ import annotations

import numpy as np
import pytest
from descents import descent_through
from motion import SMALL, UNSEEN, point_changes, worst_jump

from gdviz.descent.engine import Descent, descend
from gdviz.description.tables import Timing
from gdviz.extent import Extent, FloatArray
from gdviz.functions import function
from gdviz.scene.camera_path import camera_path
from gdviz.scene.pace import Pace, build_pace, pace_of
from gdviz.scene.timeline import Timeline

VIEW = Extent((-5.0, 5.0, -5.0, 5.0))


def schedule(descent: Descent) -> FloatArray:
    return build_pace([descent], VIEW).reached


def test_a_step_has_time_in_proportion_to_a_power_of_how_far_it_goes():
    reached = schedule(descent_through([(-4, 0), (0, 0), (2, 0), (-1, 0), (-1, 0), (3, 0)]))
    moved = np.array([0.4, 0.2, 0.05, 0, 0.2])  # of the view; half of two steps where that is less
    weights = moved**0.65 + 0.02 * (moved**0.65).mean()
    np.testing.assert_allclose(np.diff(reached), weights / weights.sum(), rtol=1e-12)


def test_a_step_out_of_sight_has_hardly_any_time():
    reached = schedule(descent_through([(4, 0), (5, 0), (500, 0), (5000, 0), (50_000, 0)]))
    assert reached[2] > 0.9


def test_all_points_count_for_the_pace():
    early, late = [(-4, 0), (4, 0), (4, 0), (4, 0), (4, 0)], [(-4, 1), (-4, 1), (-4, 1), (-4, 1), (4, 1)]
    steps = np.diff(schedule(descent_through(early, late)))
    assert steps[0] > 3 * steps[2]
    assert steps[3] > 3 * steps[2]


def test_a_pace_that_is_looked_at_in_parts_is_the_same(monkeypatch: pytest.MonkeyPatch):
    starts = np.random.default_rng(5).uniform(-4.75, 4.75, (49, 2))
    descent = descend(function("himmelblau"), starts, learning_rate=0.005, tolerance=1e-3, max_iterations=1000)
    whole = build_pace([descent], VIEW)
    for at_once in (1, 49 * 3, 49 * 7 + 1):
        monkeypatch.setattr("gdviz.scene.pace.AT_ONCE", at_once)
        part = build_pace([descent], VIEW)
        np.testing.assert_allclose(part.reached, whole.reached, rtol=1e-12)
        np.testing.assert_allclose(part.first, whole.first, rtol=1e-9)
        np.testing.assert_allclose(part.last, whole.last, rtol=1e-9)


def test_a_descent_without_a_step_has_a_pace_of_one_moment():
    assert schedule(descent_through([(1, 1)])).tolist() == [0]


def test_a_step_in_which_nothing_moves_has_no_less_time_than_the_others_like_it():
    reached = schedule(descent_through([(1, 1), (1, 1), (1, 1), (1, 1), (1, 1)]))
    assert reached == pytest.approx([0, 0.25, 0.5, 0.75, 1])


def test_a_point_that_bounces_to_and_fro_does_not_hold_up_the_film():
    bouncing = [(2 * (-1) ** step, 0) for step in range(20)]
    going = [(-4 + 0.1 * step, 2) for step in range(20)]
    steps = np.diff(schedule(descent_through(bouncing, going)))
    assert steps[1:].max() < 2 * steps[1:].min()
    assert steps[0] > 5 * steps[5]


def test_a_film_of_a_single_step_has_all_its_time_for_it():
    assert schedule(descent_through([(1, 1), (2, 2)])).tolist() == [0, 1]


def test_the_pace_is_the_same_with_or_without_more_points_that_do_the_same():
    path = [(-4.0, 0.0), (0.0, 1.0), (2.0, 0.0), (3.0, 0.0)]
    one, many = schedule(descent_through(path)), schedule(descent_through(*[path] * 2500))
    np.testing.assert_allclose(one, many, rtol=1e-12)


def test_of_very_many_points_the_pace_is_that_of_two_thousand():
    starts = np.random.default_rng(5).uniform(-4.75, 4.75, (2500, 2))
    descent = descend(function("himmelblau"), starts, learning_rate=0.005, tolerance=1e-3, max_iterations=30)
    chosen = descent.sample(2000)
    few = descent.of(chosen)
    np.testing.assert_allclose(schedule(descent), schedule(few), rtol=1e-12)
    np.testing.assert_allclose(schedule(few)[[0, -1]], [0, 1])


def decay(rate: float, steps: int) -> Descent:
    return descent_through([(4 * rate**step, -3 * rate**step) for step in range(steps + 1)])


def straight(steps: int) -> Descent:
    return descent_through([(-4 + 8 * step / steps, 1.0) for step in range(steps + 1)])


GRID = [[(x * 0.7**step, y * 0.9**step) for step in range(60)] for x in (-4, -2, 1, 3) for y in (-3, 2, 4)]
DESCENTS = {
    "one step": straight(1),
    "two steps": straight(2),
    "straight on": straight(30),
    "straight on, slowly": straight(400),
    "fast": decay(0.1, 6),
    "halving": decay(0.5, 14),
    "slow": decay(0.95, 200),
    "very slow": decay(0.999, 5000),
    "a grid": descent_through(*GRID),
}


@pytest.mark.parametrize("descent", DESCENTS.values(), ids=list(DESCENTS))
@pytest.mark.parametrize("fps", [15, 30, 60])
@pytest.mark.parametrize(
    ("timing", "most"),
    [
        (Timing(), UNSEEN),
        (Timing(approach=0.33, hold=0.21, descent=12, finish=0.1), UNSEEN),
        (Timing(approach=0, hold=0, descent=3, finish=0), SMALL),
        (Timing(approach=1, hold=0, descent=3.3, finish=0.5), SMALL),
    ],
    ids=["usual", "long", "bare", "without a hold"],
)
def test_points_that_change_their_speed_smoothly_do_so_in_the_film(
    descent: Descent, fps: int, timing: Timing, most: float
):
    timeline = Timeline(timing.frames(fps), fps, timing, camera_path(()), build_pace([descent], VIEW))
    assert worst_jump(point_changes(timeline, descent.points)) < most


@pytest.mark.parametrize("descent", DESCENTS.values(), ids=list(DESCENTS))
def test_a_descent_goes_from_its_first_iteration_to_its_last_and_never_back(descent: Descent):
    pace = build_pace([descent], VIEW)
    positions = [pace.position(seconds, 6.0) for seconds in np.linspace(0, 6, 2001).tolist()]
    assert positions[0] == 0
    assert positions[-1] == descent.steps
    assert positions == sorted(positions)


def at_once(pace: Pace, length: float, share: float) -> float:
    """Return how fast a descent goes at a share of its time, in iterations a whole descent."""
    return (pace.position((share + 1e-7) * length, length) - pace.position((share - 1e-7) * length, length)) / 2e-7


def test_points_start_and_stop_gently_within_half_a_second():
    even = pace_of(np.ones(10), np.ones(10))
    speed = [at_once(even, 10.0, share) for share in (0.001, 0.025, 0.049, 0.051, 0.5, 0.949, 0.951, 0.999)]
    steady = 10 / (1 - 1 / 15)
    expected = [0.0004, 0.25, 0.9604, 1, 1, 1, 0.9604, 0.0004]
    np.testing.assert_allclose(speed, steady * np.array(expected), rtol=1e-3)


def test_in_a_short_descent_a_third_of_the_time_is_for_the_start_and_a_third_for_the_stop():
    even = pace_of(np.ones(10), np.ones(10))
    speed = [at_once(even, 0.2, share) for share in (1 / 6, 0.34, 0.5, 0.66, 5 / 6)]
    np.testing.assert_allclose(speed, 18 * np.array([0.25, 1, 1, 1, 0.25]), rtol=1e-3)


def test_points_that_hardly_move_at_the_end_are_not_held_up_there():
    """The start takes a third of a second longer than at full speed; the end must not take as much again."""
    descent = decay(0.9, 100)
    pace = build_pace([descent], VIEW)
    nearly_there = float(pace.reached[44])  # 99 % of the way
    assert pace.position(6 * nearly_there - 0.05, 6.0) < 44 < pace.position(6 * nearly_there + 0.2, 6.0)


def test_points_go_as_fast_at_the_end_of_a_step_as_when_the_next_begins():
    descent = decay(0.5, 12)
    pace = build_pace([descent], VIEW)
    ways = np.linalg.norm(np.diff(descent.points[:, 0], axis=0), axis=1)
    ends = ways / np.diff(pace.reached)
    np.testing.assert_allclose((ends * pace.last)[:-1], (ends * pace.first)[1:], rtol=1e-6)
    assert (np.diff(ends * pace.last) < 0).all()


def test_a_descent_without_a_step_stays_where_it_is():
    pace = build_pace([descent_through([(1, 1)])], VIEW)
    assert [pace.position(seconds, 5.0) for seconds in (-1, 0, 2, 5, 6)] == [0] * 5


def test_before_a_descent_begins_nothing_is_done_and_after_its_end_all():
    pace = pace_of(np.ones(3), np.ones(3))
    assert [pace.position(seconds, 2.0) for seconds in (-1, 0, 2, 3)] == [0, 0, 3, 3]
    assert [pace.position(seconds, 0.0) for seconds in (-1e-9, 0, 1)] == [0, 3, 3]


@pytest.mark.parametrize("descent", DESCENTS.values(), ids=list(DESCENTS))
def test_rounding_does_not_keep_the_last_iteration_from_being_reached(descent: Descent):
    pace = build_pace([descent], VIEW)
    assert pace.reached[-1] == 1
    assert pace.position(6.0 - 1e-14, 6.0) == descent.steps
