"""The camera's way through its keyframes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from motion import SMALL, camera_changes, worst_jump

from gdviz.description.tables import CameraKey, Pose, Timing
from gdviz.extent import FloatArray
from gdviz.scene.camera_path import camera_path
from gdviz.scene.pace import pace_of
from gdviz.scene.timeline import Timeline

FALL = (
    CameraKey(at=0, azimuth=-70, elevation=90, zoom=0.85),
    CameraKey(at=0.2, azimuth=-62, elevation=84, zoom=0.95),
    CameraKey(at=0.88, azimuth=24, elevation=24, zoom=1.45),
    CameraKey(at=1, azimuth=30, elevation=22, zoom=1.5),
)
MIDDLE = (
    CameraKey(at=0.2, azimuth=-40, elevation=20, zoom=1),
    CameraKey(at=0.4, azimuth=320, elevation=60, zoom=1),
    CameraKey(at=0.7, azimuth=500, elevation=60, zoom=4),
)
ROUND = tuple(CameraKey(at=k / 4, azimuth=110 * k, elevation=30 + 5 * (k % 2)) for k in range(5))
MADE_UP = {
    "none": (),
    "one": (CameraKey(at=0.5, azimuth=10, elevation=40),),
    "two": FALL[::3],
    "three, in the middle": MIDDLE,
    "four": FALL,
    "five, up and down": ROUND,
}


def places(keyframes: tuple[CameraKey, ...], moments: FloatArray) -> FloatArray:
    """Return azimuth, elevation and the logarithm of the zoom, shape (n, 3)."""
    path = camera_path(keyframes)
    poses = [path.pose(at) for at in moments.tolist()]
    return np.array([(pose.azimuth, pose.elevation, math.log(pose.zoom)) for pose in poses])


@pytest.mark.parametrize("keyframes", MADE_UP.values(), ids=list(MADE_UP))
def test_the_camera_is_where_a_keyframe_says_when_it_says(keyframes: tuple[CameraKey, ...]):
    path = camera_path(keyframes)
    assert [path.pose(key.at) for key in keyframes] == [key.pose for key in keyframes]


def test_before_the_first_keyframe_and_after_the_last_the_camera_rests():
    path = camera_path(MIDDLE)
    assert path.pose(0) == path.pose(0.19) == MIDDLE[0].pose
    assert path.pose(0.71) == path.pose(1) == MIDDLE[-1].pose


def test_a_camera_with_one_keyframe_never_moves():
    path = camera_path(MADE_UP["one"])
    assert {path.pose(at) for at in (0, 0.3, 0.5, 0.8, 1)} == {Pose(azimuth=10, elevation=40)}


def test_without_a_keyframe_the_camera_looks_straight_down():
    assert camera_path(()).pose(0.5) == Pose(azimuth=0, elevation=90)


def test_angles_are_interpolated_not_positions():
    keys = (CameraKey(at=0.0, azimuth=0, elevation=90, zoom=1), CameraKey(at=1.0, azimuth=180, elevation=0, zoom=4))
    middle = camera_path(keys).pose(0.5)
    assert (middle.azimuth, middle.elevation, middle.zoom) == pytest.approx((90, 45, 2))


def test_the_camera_starts_and_stops_gently():
    speed = np.diff(places(FALL[::3], np.linspace(0, 1, 101)), axis=0)
    assert (np.abs(speed[[0, -1]]) < 0.03 * np.abs(speed[50])).all()
    assert (np.sign(speed) == [1, -1, 1]).all()
    np.testing.assert_allclose(speed, speed[::-1], atol=1e-12)


@pytest.mark.parametrize("keyframes", [FALL, MIDDLE, ROUND], ids=["four", "three", "five"])
def test_the_camera_passes_a_keyframe_no_slower_than_it_goes_before_it_or_after_it(keyframes: tuple[CameraKey, ...]):
    moments = np.array([key.at for key in keyframes])
    mean = np.diff(places(keyframes, moments), axis=0) / np.diff(moments)[:, None]
    for number, at in enumerate(moments[1:-1].tolist()):
        near = places(keyframes, np.array([at - 1e-8, at, at + 1e-8]))
        before, after = np.diff(near, axis=0) / 1e-8
        np.testing.assert_allclose(before, after, atol=1e-2)  # no faster after it than before
        slower = np.abs(mean[number : number + 2]).min(axis=0)
        goes_on = mean[number] * mean[number + 1] > 0
        assert (np.abs(after)[goes_on] > slower[goes_on] - 1e-2).all()
        np.testing.assert_allclose(after[~goes_on], 0, atol=1e-2)  # it turns, or rests, there


@pytest.mark.parametrize("keyframes", [FALL, MIDDLE, ROUND], ids=["four", "three", "five"])
def test_what_rises_from_one_keyframe_to_the_next_rises_all_the_way(keyframes: tuple[CameraKey, ...]):
    for start, stop in itertools.pairwise(keyframes):
        along = places(keyframes, np.linspace(start.at, stop.at, 200))
        way = np.sign(along[-1] - along[0])
        assert (np.diff(along, axis=0) * way >= 0).all()
        assert (along[:, way == 0] == along[0, way == 0]).all()


def film(keyframes: tuple[CameraKey, ...], fps: float, seconds: float) -> Timeline:
    timing = Timing(approach=0, hold=0, descent=seconds, finish=0)
    return Timeline(timing.frames(fps), fps, timing, camera_path(keyframes), pace_of(np.ones(1), np.ones(1)))


@pytest.mark.parametrize("keyframes", MADE_UP.values(), ids=list(MADE_UP))
@pytest.mark.parametrize("fps", [15, 30, 60])
@pytest.mark.parametrize("seconds", [10, 20])
def test_the_camera_does_not_jump(keyframes: tuple[CameraKey, ...], fps: int, seconds: int):
    for moved in camera_changes(film(keyframes, fps, seconds)).T:
        assert worst_jump(moved) < SMALL


def test_a_sudden_start_is_a_far_larger_jump_than_a_gentle_one():
    moments = np.arange(100)
    gentle = np.clip(np.minimum(moments - 20, 80 - moments) / 10, 0, 1)
    turning = np.clip((moments - 50) / 10, -1, 1) * gentle
    halting = gentle * (moments != 50)
    sudden = (np.abs(moments - 50) < 20).astype(float)
    assert [worst_jump(each) for each in (gentle, turning)] == pytest.approx([0.05, 0.05])
    assert [worst_jump(each) for each in (halting, sudden)] == [1, 0.5]


def test_a_turn_of_even_speed_past_a_keyframe_gets_faster_once_and_then_slower():
    keys = tuple(CameraKey(at=at, azimuth=100 * at, elevation=30) for at in (0, 0.3, 1))
    speed = np.diff(places(keys, np.linspace(0, 1, 201))[:, 0])
    fastest = int(speed.argmax())
    assert (np.diff(speed[: fastest + 1]) > 0).all()
    assert (np.diff(speed[fastest:]) < 0).all()


ANGLE = st.floats(-36_000, 36_000)
MOMENTS = st.lists(st.floats(0, 1), min_size=1, max_size=5, unique=True).map(sorted)


@given(st.data(), MOMENTS, st.lists(st.floats(0, 1), max_size=5))
def test_any_keyframes_that_are_allowed_give_poses_that_are(data: st.DataObject, moments: list[float], at: list[float]):
    keys = tuple(
        CameraKey(
            at=moment,
            azimuth=data.draw(ANGLE),
            elevation=data.draw(st.sampled_from([-90, 0, 5e-324, 45, 90])),
            zoom=data.draw(st.sampled_from([0.1, 1, 20])),
        )
        for moment in moments
    )
    path = camera_path(keys)
    azimuths = [key.azimuth for key in keys]
    for moment in [*at, *(np.nextafter(each, 1) for each in moments)]:
        assert min(azimuths) <= path.pose(float(moment)).azimuth <= max(azimuths)
