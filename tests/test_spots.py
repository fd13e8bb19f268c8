"""Where the spots lie that points throw on the ground."""

import numpy as np
import pytest

from gdviz.description.choices import HeightScale
from gdviz.extent import Extent
from gdviz.functions import function
from gdviz.terrain.landscape import Landscape, build_landscape
from gdviz.terrain.light import LIGHT
from gdviz.terrain.spots import lay_spots


def land(text: str) -> Landscape:
    return build_landscape(function(text), Extent((-1.0, 1.0, -1.0, 1.0)), HeightScale.LINEAR)


def test_a_spot_lies_on_the_ground_a_little_away_from_the_light():
    ground = land("x + 0*y")
    points = np.array([[0.0, 0.0], [0.5, -0.5]])
    middles, normals = lay_spots(ground, points, 0.05)
    shift = middles[:, :2] - ground.to_scene(points)
    assert shift == pytest.approx(np.tile(-0.025 * LIGHT[:2] / np.linalg.norm(LIGHT[:2]), (2, 1)))
    assert middles[:, 2] == pytest.approx(ground.height * (middles[:, 0] + 1) / 2)
    up = np.array([-ground.height / 2, 0, 1])
    assert normals == pytest.approx(np.tile(up / np.linalg.norm(up), (2, 1)))


def test_a_spot_beside_a_hole_lies_flat_under_its_point_and_a_point_in_the_hole_has_none():
    ground = land("sqrt(0.05 - x) + 0*y")
    points = np.array([[0.02, 0.3], [0.5, 0.3]])
    (edge, hole), normals = lay_spots(ground, points, 0.1)
    assert edge == pytest.approx(ground.drape(points)[0])
    assert np.isnan(hole).any()
    assert normals == pytest.approx(np.tile([0.0, 0.0, 1.0], (2, 1)))
