"""Which moment a frame shows."""

from __future__ import annotations

import numpy as np
import pytest
from descents import descent_through

from gdviz.descent.engine import Descent, descend
from gdviz.description.tables import CameraKey, Timing
from gdviz.extent import Extent
from gdviz.functions import function
from gdviz.scene.camera_path import camera_path
from gdviz.scene.timeline import Phase, Timeline, pace

VIEW = Extent((-5.0, 5.0, -5.0, 5.0))


def test_every_phase_begins_at_its_moment():
    keys = (CameraKey(at=0.0, azimuth=0, elevation=50), CameraKey(at=1.0, azimuth=90, elevation=30))
    timeline = Timeline(
        81, 20.0, Timing(approach=1.0, hold=0.5, descent=2.0, finish=0.5), camera_path(keys), np.array([0.0, 0.25, 1.0])
    )
    states = [timeline.state(frame) for frame in range(81)]
    first = {phase: next(state.frame for state in states if state.phase is phase) for phase in Phase}
    assert first == {Phase.APPROACH: 0, Phase.HOLD: 20, Phase.DESCENT: 30, Phase.FINISH: 70}
    assert [state.position for state in states[:31]] == [0] * 31
    assert [states[k].position for k in (35, 40, 55, 70, 80)] == pytest.approx([0.5, 1, 1.5, 2, 2])


def test_a_step_has_time_in_proportion_to_a_power_of_how_far_it_goes():
    schedule = pace(descent_through([(-4, 0), (0, 0), (2, 0), (3, 0), (3, 0)]), VIEW)
    moved = np.array([0.4, 0.3, 0.15, 0.05])  # of the view; from the second on the mean of two steps
    weights = moved**0.65 + 0.02 * (moved**0.65).mean()
    np.testing.assert_allclose(np.diff(schedule), weights / weights.sum(), rtol=1e-12)


def test_a_step_out_of_sight_has_hardly_any_time():
    schedule = pace(descent_through([(4, 0), (5, 0), (500, 0), (5000, 0), (50_000, 0)]), VIEW)
    assert schedule[2] > 0.9


def test_all_points_count_for_the_pace():
    early, late = [(-4, 0), (4, 0), (4, 0), (4, 0), (4, 0)], [(-4, 1), (-4, 1), (-4, 1), (-4, 1), (4, 1)]
    steps = np.diff(pace(descent_through(early, late), VIEW))
    assert steps[0] > 3 * steps[2]
    assert steps[3] > 3 * steps[2]


def test_a_pace_that_is_looked_at_in_parts_is_the_same(monkeypatch: pytest.MonkeyPatch):
    starts = np.random.default_rng(5).uniform(-4.75, 4.75, (49, 2))
    descent = descend(function("himmelblau"), starts, learning_rate=0.005, tolerance=1e-3, max_iterations=1000)
    schedule = pace(descent, VIEW)
    for at_once in (1, 49 * 3, 49 * 7 + 1):
        monkeypatch.setattr("gdviz.scene.timeline.AT_ONCE", at_once)
        np.testing.assert_allclose(pace(descent, VIEW), schedule, rtol=1e-12)


KEYS = (CameraKey(at=0.0, azimuth=0, elevation=50), CameraKey(at=1.0, azimuth=90, elevation=30))


def timeline_of(frames: int, **seconds: float) -> Timeline:
    timing = Timing(**{"approach": 1.0, "hold": 1.0, "descent": 2.0, "finish": 1.0} | seconds)
    return Timeline(frames, 1.0, timing, camera_path(KEYS), np.array([0.0, 0.5, 1.0]))


def test_the_first_frame_is_the_films_start_and_the_last_its_end():
    timeline = timeline_of(6)
    first, last = timeline.state(0), timeline.state(5)
    assert (first.frame, last.frame) == (0, 5)
    assert (first.phase, last.phase) == (Phase.APPROACH, Phase.FINISH)
    assert (first.position, last.position) == (0, 2)
    assert (first.pose.azimuth, first.pose.elevation) == (0, 50)
    assert (last.pose.azimuth, last.pose.elevation) == (90, 30)


@pytest.mark.parametrize(("frames", "frame"), [(6, -1), (6, 6), (6, 7), (1, 1)])
def test_there_is_no_frame_before_the_first_or_after_the_last(frames: int, frame: int):
    with pytest.raises(IndexError) as missing:
        timeline_of(frames).state(frame)
    assert str(missing.value) == f"frame {frame} of a film of {frames}"


def test_the_only_frame_of_a_film_shows_its_end():
    only = timeline_of(1).state(0)
    assert (only.phase, only.position, only.pose.azimuth) == (Phase.FINISH, 2, 90)


def test_a_film_of_two_frames_shows_its_start_and_its_end():
    assert [timeline_of(2).state(frame).position for frame in (0, 1)] == [0, 2]


def test_a_descent_of_no_duration_is_made_at_once_after_the_hold():
    timeline = timeline_of(4, descent=0.0)  # a second each
    assert [timeline.state(frame).position for frame in range(4)] == [0, 0, 2, 2]
    assert [timeline.state(frame).phase for frame in range(4)] == [
        Phase.APPROACH, Phase.HOLD, Phase.FINISH, Phase.FINISH,
    ]  # fmt: skip


def test_a_descent_without_a_step_has_a_pace_of_one_moment():
    assert pace(descent_through([(1, 1)]), VIEW).tolist() == [0]


def test_a_step_in_which_nothing_moves_has_no_less_time_than_the_others_like_it():
    schedule = pace(descent_through([(1, 1), (1, 1), (1, 1), (1, 1), (1, 1)]), VIEW)
    assert schedule == pytest.approx([0, 0.25, 0.5, 0.75, 1])


def test_a_point_that_bounces_to_and_fro_does_not_hold_up_the_film():
    bouncing = [(2 * (-1) ** step, 0) for step in range(20)]
    going = [(-4 + 0.1 * step, 2) for step in range(20)]
    steps = np.diff(pace(descent_through(bouncing, going), VIEW))
    assert steps[1:].max() < 2 * steps[1:].min()
    assert steps[0] > 5 * steps[5]


def test_a_film_of_a_single_step_has_all_its_time_for_it():
    assert pace(descent_through([(1, 1), (2, 2)]), VIEW).tolist() == [0, 1]


def test_the_pace_is_the_same_with_or_without_more_points_that_do_the_same():
    path = [(-4.0, 0.0), (0.0, 1.0), (2.0, 0.0), (3.0, 0.0)]
    one, many = pace(descent_through(path), VIEW), pace(descent_through(*[path] * 2500), VIEW)
    np.testing.assert_allclose(one, many, rtol=1e-12)


def test_of_very_many_points_the_pace_is_that_of_two_thousand():
    starts = np.random.default_rng(5).uniform(-4.75, 4.75, (2500, 2))
    descent = descend(function("himmelblau"), starts, learning_rate=0.005, tolerance=1e-3, max_iterations=30)
    chosen = descent.sample(2000)
    few = Descent(descent.points[:, chosen], descent.values[:, chosen], descent.iterations[chosen],
                  descent.status[chosen])  # fmt: skip
    np.testing.assert_allclose(pace(descent, VIEW), pace(few, VIEW), rtol=1e-12)
    np.testing.assert_allclose(pace(few, VIEW)[[0, -1]], [0, 1])
