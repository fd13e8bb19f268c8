"""What balls in the light look like, and which hides which."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from gdviz.scene.camera import Camera
from gdviz.stage.balls import AMBIENT, DIFFUSE, LIGHT, SHINE, BallActor
from gdviz.stage.offscreen import Offscreen

SIDE, DIAMETER, DISTANCE = 200, 80.0, 6.0
RIGHT, UP, BACKWARD = np.eye(3)
CAMERA = Camera(RIGHT, UP, BACKWARD, np.zeros(3), DISTANCE)  # looks down on x to the right and y upwards
RADIUS = DIAMETER / 2 * CAMERA.pixel_size(SIDE)
X, Y = np.arange(SIDE) + 0.5 - SIDE / 2, SIDE / 2 - np.arange(SIDE)[:, None] - 0.5


def drawn(places: list[list[float]], colors: list[tuple[int, int, int]]) -> np.ndarray:
    """Return the picture of balls at places, in units of their radius."""
    window, picture = Offscreen((SIDE, SIDE), (0, 0, 0), supersampling=1), Image.new("RGBX", (SIDE, SIDE))
    balls = BallActor(window.plotter, len(places), DIAMETER)
    balls.show(RADIUS * np.array(places), np.array(colors, dtype=np.uint8), CAMERA, RADIUS)
    window.aim(CAMERA, DISTANCE - 1, DISTANCE + 1)
    window.draw(picture)
    window.close()
    return np.asarray(picture)[..., :3].astype(float)


def test_a_ball_has_the_ambient_the_diffuse_and_the_reflected_light_of_a_sphere():
    across, up = X / (DIAMETER / 2) + 0 * Y, Y / (DIAMETER / 2) + 0 * X
    inside = np.hypot(across, up) < 1 - 2 / DIAMETER
    normals = np.stack([across, up, np.sqrt(np.maximum(1 - across**2 - up**2, 0))], axis=-1)
    light = LIGHT / np.linalg.norm(LIGHT)
    lit = normals @ light
    reflected = 2 * lit[..., None] * normals - light
    shine = np.where(lit > 0, np.maximum(reflected[..., 2], 0), 0)[..., None] ** 24 * SHINE
    color = np.array([200, 120, 40])
    expected = 255 * np.clip(color / 255 * (AMBIENT + DIFFUSE * np.maximum(lit, 0))[..., None] + shine, 0, 1)
    picture = drawn([[0, 0, 0]], [(200, 120, 40)])
    assert np.abs(picture - expected)[inside].max() < 3
    assert (picture[np.hypot(across, up) > 1 + 2 / DIAMETER] == 0).all()
    assert picture[inside][:, 2].max() > 90
    assert picture[inside][:, 2].min() < 20


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_balls_that_touch_each_other_the_nearer_half_is_seen_of_each(order: int):
    places, colors = [[-0.5, 0, 0.3], [0.5, 0, -0.3]], [(200, 0, 0), (0, 0, 200)]
    picture = drawn(places[::order], colors[::order])
    across, up = X / (DIAMETER / 2) + 0 * Y, Y / (DIAMETER / 2) + 0 * X
    heights = []
    for x, y, z in places:
        rest = 1 - (across - x) ** 2 - (up - y) ** 2
        heights.append(np.where(rest > 0.05, z + np.sqrt(np.maximum(rest, 0)), np.nan))
    both = np.isfinite(heights).all(axis=0)
    assert both.sum() > 500
    difference = heights[0] - heights[1]
    is_first = picture[..., 0] > picture[..., 2]
    assert is_first[both & (difference > 0.1)].all()
    assert not is_first[both & (difference < -0.1)].any()
    assert 0 < (both & is_first).sum() < both.sum()
