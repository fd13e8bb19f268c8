"""The proportions and the light of a landscape, as numbers."""

from __future__ import annotations

import numpy as np
import pytest

from gdviz.description.choices import HeightScale
from gdviz.extent import Extent
from gdviz.functions import function
from gdviz.picture.colors import moving_or_resting
from gdviz.picture.themes import DARK
from gdviz.terrain.landscape import Landscape, build_landscape


def land(target: str, numbers: tuple[float, ...]) -> Landscape:
    return build_landscape(function(target), Extent(numbers), HeightScale.LINEAR)


def test_gentle_ground_is_three_tenths_as_high_as_wide_and_its_block_reaches_a_little_below():
    ground = land("x^2 + y^2", (-1.0, 1.0, -1.0, 1.0))
    assert ground.half == (1.0, 1.0)
    assert ground.height == pytest.approx(0.6)
    assert ground.mesh[..., 2].max() == pytest.approx(0.6)
    assert ground.outline[:, 2].min() == pytest.approx(-0.06)


def test_rough_ground_is_drawn_lower_so_that_one_sees_into_it_but_no_lower_than_half():
    some = land("cos(2*x) + cos(2*y)", (-5.0, 5.0, -5.0, 5.0)).height
    most = land("cos(9*x) + cos(9*y)", (-5.0, 5.0, -5.0, 5.0)).height
    assert 0.3 < some < 0.55
    assert most == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("view", "half"), [((0, 2, 0, 1), (1, 0.5)), ((0, 100, 0, 1), (1, 0.4)), ((0, 1, 0, 100), (0.4, 1))]
)
def test_an_oblong_view_is_drawn_oblong_but_not_as_a_ribbon(view: tuple[float, ...], half: tuple[float, float]):
    assert land("x + y", view).half == pytest.approx(half)


def test_what_rests_is_darker():
    moving, resting = moving_or_resting(np.full((2, 3), 0.5), np.array([False, True]), DARK)
    assert (moving > 0.5).all()
    assert resting == pytest.approx(0.3)


def test_the_edge_of_a_hole_is_where_the_function_ends():
    dome = build_landscape(function("sqrt(16-x^2-y^2)"), Extent((-5.0, 5.0, -5.0, 5.0)), HeightScale.LINEAR)
    corners = dome.mesh.reshape(-1, 3)[dome.triangles()]
    radius = 5 * np.hypot(corners[..., 0], corners[..., 1])
    assert radius.max() == pytest.approx(4, abs=1e-4)
    on_edge = corners[radius > 3.999]
    angles = np.unique(np.round(np.degrees(np.arctan2(on_edge[:, 1], on_edge[:, 0]))))
    assert len(angles) > 350  # all around
    assert np.isfinite(corners).all()
