"""The light on a relief, as numbers."""

import numpy as np
import pytest

from gdviz.extent import FloatArray
from gdviz.terrain.landscape import RESOLUTIONS
from gdviz.terrain.light import LIGHT, ground_light, occlusion, prominence, shadow, slope_light

COUNT = 81
SPACING = (2 / (COUNT - 1), 2 / (COUNT - 1))
X, Y = np.meshgrid(np.linspace(-1, 1, COUNT), np.linspace(-1, 1, COUNT))
ALONG = (X * LIGHT[0] + Y * LIGHT[1]) / np.hypot(*LIGHT[:2])  # towards the light
RIDGE = 0.4 * np.exp(-((ALONG / 0.2) ** 2))
HOLLOW = -0.4 * np.exp(-((X / 0.3) ** 2) - (Y / 0.3) ** 2)
MIDDLE = (COUNT // 2, COUNT // 2)


@pytest.mark.parametrize("height", [0.0, 0.37])
def test_flat_ground_is_lit_by_exactly_one(height: float):
    assert (ground_light(0 * X + height, SPACING) == 1).all()


def test_the_light_comes_from_the_upper_left():
    faces, turned_away = slope_light(0.3 * (X - Y), SPACING), slope_light(0.3 * (Y - X), SPACING)
    assert (faces > 1.05).all()
    assert (turned_away < 0.85).all()


def test_a_slope_is_lit_as_the_ground_is_and_not_as_the_mesh_is():
    """A cell twice as long across as deep: the same plane has the same light."""
    x, y = np.meshgrid(np.linspace(0, 1, 11), np.linspace(0, 1, 21))
    coarse_x, coarse_y = np.meshgrid(np.linspace(0, 1, 6), np.linspace(0, 1, 6))
    fine, coarse = (
        ground_light(0.3 * a + 0.2 * b, steps)
        for a, b, steps in ((x, y, (0.1, 0.05)), (coarse_x, coarse_y, (0.2, 0.2)))
    )
    assert fine == pytest.approx(np.full_like(fine, coarse.mean()))


@pytest.mark.parametrize("tilt", [(0.0, 0.0), (0.5, 0.0), (-0.3, 0.8), (0.1, -1.2)])
def test_a_plane_has_no_dark_or_bright_frame_along_its_rim(tilt: tuple[float, float]):
    plane = tilt[0] * X + tilt[1] * Y
    assert occlusion(plane, SPACING) == pytest.approx(np.zeros_like(plane), abs=1e-5)
    assert prominence(plane, SPACING) == pytest.approx(np.zeros_like(plane), abs=1e-9)
    light = ground_light(plane, SPACING)
    assert np.ptp(light) < 1e-4


def test_a_hollow_is_darker_than_the_plain_and_a_ridge_brighter():
    light = ground_light(HOLLOW, SPACING)
    assert light[MIDDLE] < 0.9
    assert light[0, 0] == pytest.approx(1, abs=0.02)
    assert ground_light(-HOLLOW, SPACING)[MIDDLE] > 1.05


def test_a_ridge_darkens_its_lee_side_more_than_the_slope_alone():
    lee, sunny = (ALONG < -0.1) & (ALONG > -0.5), (ALONG > 0.1) & (ALONG < 0.5)
    inner = np.hypot(X, Y) < 0.8
    light, slope = ground_light(RIDGE, SPACING), slope_light(RIDGE, SPACING)
    assert light[lee & inner].mean() / slope[lee & inner].mean() < 0.9 * (
        light[sunny & inner].mean() / slope[sunny & inner].mean()
    )
    dark = shadow(RIDGE, SPACING)
    assert dark[lee & inner].mean() > dark[sunny & inner].mean() + 0.2


def test_height_alone_changes_nothing():
    assert ground_light(HOLLOW + 5, SPACING) == pytest.approx(ground_light(HOLLOW, SPACING), abs=1e-5)


def test_the_same_relief_has_the_same_light_to_the_byte():
    assert ground_light(HOLLOW + RIDGE, SPACING).tobytes() == ground_light(HOLLOW + RIDGE, SPACING).tobytes()


@pytest.mark.parametrize("axis", [0, 1])
def test_mirrored_ground_has_mirrored_hollows(axis: int):
    relief = HOLLOW + RIDGE + 0.1 * np.sin(5 * X) * Y
    mirrored = occlusion(np.flip(relief, axis), SPACING)
    assert mirrored == pytest.approx(np.flip(occlusion(relief, SPACING), axis), abs=1e-5)


def test_the_darkest_gorge_still_has_some_light():
    gorge = np.where(np.abs(X) < 0.1, -3.0, 0.0)
    assert 0.16 <= ground_light(gorge, SPACING).min() < 0.4


def test_a_fine_mesh_is_lit_as_a_coarse_one_is():
    def light_of(count: int) -> FloatArray:
        x, y = np.meshgrid(np.linspace(-1, 1, count), np.linspace(-1, 1, count))
        steps = 2 / (count - 1)
        return ground_light(-0.4 * np.exp(-((x / 0.3) ** 2) - (y / 0.3) ** 2), (steps, steps))

    fine, coarse = light_of(RESOLUTIONS[-1] + 1), light_of(RESOLUTIONS[0] + 1)
    ends = (
        np.round(np.linspace(0, RESOLUTIONS[-1], 9)).astype(int),
        np.round(np.linspace(0, RESOLUTIONS[0], 9)).astype(int),
    )
    assert np.abs(fine[np.ix_(ends[0], ends[0])] - coarse[np.ix_(ends[1], ends[1])]).max() < 0.05
