"""Which moment a frame shows."""

from __future__ import annotations

import numpy as np
import pytest

from gdviz.description.tables import CameraKey, Timing
from gdviz.scene.camera_path import camera_path
from gdviz.scene.pace import pace_of
from gdviz.scene.timeline import Phase, Timeline

EVEN = pace_of(np.ones(2), np.ones(2))


def test_every_phase_begins_at_its_moment():
    keys = (CameraKey(at=0.0, azimuth=0, elevation=50), CameraKey(at=1.0, azimuth=90, elevation=30))
    timing = Timing(approach=1.0, hold=0.5, descent=2.0, finish=0.5)
    timeline = Timeline(81, 20.0, timing, camera_path(keys), EVEN)
    states = [timeline.state(frame) for frame in range(81)]
    first = {phase: next(state.frame for state in states if state.phase is phase) for phase in Phase}
    assert first == {Phase.APPROACH: 0, Phase.HOLD: 20, Phase.DESCENT: 30, Phase.FINISH: 70}
    assert [state.position for state in states[:31]] == [0] * 31
    assert [states[k].position for k in (30, 50, 70, 80)] == pytest.approx([0, 1, 2, 2])
    assert 0 < states[31].position < states[32].position < 0.05
    assert 1.95 < states[68].position < states[69].position < 2


KEYS = (CameraKey(at=0.0, azimuth=0, elevation=50), CameraKey(at=1.0, azimuth=90, elevation=30))


def timeline_of(frames: int, **seconds: float) -> Timeline:
    timing = Timing(**{"approach": 1.0, "hold": 1.0, "descent": 2.0, "finish": 1.0} | seconds)
    return Timeline(frames, 1.0, timing, camera_path(KEYS), EVEN)


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


@pytest.mark.parametrize("fps", [7, 23.976, 30])
@pytest.mark.parametrize("lengths", [(0.1, 0.2, 0.3, 0), (1.1, 0.7, 1e-3, 0), (0, 0, 0.7, 0), (0.3, 0.1, 1e-9, 0)])
def test_the_last_frame_shows_the_last_iteration_even_without_a_finish(lengths: tuple[float, ...], fps: float):
    timing = Timing(**dict(zip(("approach", "hold", "descent", "finish"), lengths, strict=True)))
    timeline = Timeline(timing.frames(fps), fps, timing, camera_path(KEYS), EVEN)
    assert timeline.state(timeline.frames - 1).position == 2
    assert timeline.state(0).position == 0
