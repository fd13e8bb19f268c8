"""How the paths up to a moment are cut into pieces that lie on the ground."""

from __future__ import annotations

import numpy as np
import pytest
from descents import descent_through

from gdviz.descent.engine import Descent, descend
from gdviz.description.choices import HeightScale
from gdviz.extent import Extent
from gdviz.functions import function
from gdviz.terrain.landscape import build_landscape
from gdviz.terrain.trails import Trails, build_trails, coverage

VIEW = Extent((-5.0, 5.0, -5.0, 5.0))


@pytest.fixture(scope="module")
def himmelblau() -> Descent:
    side = np.linspace(-4.75, 4.75, 7)
    starts = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    return descend(function("himmelblau"), starts, learning_rate=0.005, tolerance=1e-3, max_iterations=1000)


def trails_of(descent: Descent) -> tuple[Trails, np.ndarray, np.ndarray]:
    """Return the trails of a descent of Himmelblau's function, the cell, and the pieces' ends in cells."""
    landscape = build_landscape(function("himmelblau"), VIEW, HeightScale.AUTO)
    trails = build_trails(descent, landscape)
    cell = np.array(landscape.cell)
    places = trails.vertices[:, :2] * 5 / cell  # the scene is 2 wide, the view 10
    return trails, cell, places.reshape(-1, 2, 2)


def test_pieces_are_as_long_as_a_cell_at_the_most_and_not_needlessly_short(himmelblau: Descent):
    _, _, pieces = trails_of(himmelblau)
    lengths = np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1)
    assert lengths.max() <= 1 + 1e-9
    assert np.median(lengths) > 0.4
    assert len(pieces) < himmelblau.iterations.sum()


def test_many_short_steps_become_pieces_of_half_a_cell():
    slow = descent_through([(-4 + 0.001 * step, 0.003) for step in range(2000)])
    _, _, pieces = trails_of(slow)
    lengths = np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1)
    assert 0.4 < np.median(lengths) < 0.6
    assert lengths.max() < 0.65


def test_pieces_follow_the_path_closely(himmelblau: Descent):
    trails, cell, pieces = trails_of(himmelblau)
    for owner in (0, 24, 48):
        path = himmelblau.points[: himmelblau.iterations[owner] + 1, owner] / cell
        path = path[(np.abs(path * cell) <= 5).all(axis=1)]
        mine = pieces[trails.owners == owner]
        distance = np.linalg.norm(path[:, None] - mine.mean(axis=1), axis=2).min(axis=1)
        assert distance.max() < 0.8


def test_a_path_reaches_from_its_start_to_its_end_and_its_age_from_0_to_1(himmelblau: Descent):
    trails, cell, pieces = trails_of(himmelblau)
    ages = trails.ages.reshape(-1, 2)
    for owner in range(49):
        mine = np.flatnonzero(trails.owners == owner)
        assert (ages[mine[0], 0], ages[mine[-1], 1]) == (0, 1)
        assert (ages[mine, 0] < ages[mine, 1]).all()
        np.testing.assert_allclose(pieces[mine[0], 0], himmelblau.points[0, owner] / cell, atol=1e-9)
        np.testing.assert_allclose(pieces[mine[-1], 1], himmelblau.ends[owner] / cell, atol=1e-9)
        assert trails.times[mine[-1]] == himmelblau.iterations[owner]


def test_a_piece_is_there_from_the_moment_at_which_it_is_complete(himmelblau: Descent):
    trails, *_ = trails_of(himmelblau)
    middle = len(trails.times) // 2
    moment = trails.times[middle]
    assert trails.count_until(moment) == (trails.times <= moment).sum() > middle
    assert trails.count_until(moment - 1e-9) == (trails.times < moment).sum() <= middle


def test_paths_beside_the_view_are_left_out_and_others_cut_at_its_edge():
    beside, through, along = [(-9, 6), (9, 6)], [(-9, 0), (9, 0)], [(-9, 5), (9, 5)]
    trails, cell, pieces = trails_of(descent_through(beside, through, along))
    assert set(trails.owners) == {1, 2}
    for owner in (1, 2):
        mine = pieces[trails.owners == owner] * cell
        assert (mine[0, 0, 0], mine[-1, 1, 0]) == pytest.approx((-5, 5))
        assert trails.times[trails.owners == owner][-1] == pytest.approx(14 / 18)


def test_of_many_points_two_thousand_leave_a_trail():
    starts = np.random.default_rng(1).uniform(-4, 4, (2500, 2))
    moved = descend(function("himmelblau"), starts, learning_rate=1e-3, tolerance=0, max_iterations=3)
    trails, *_ = trails_of(moved)
    assert len(np.unique(trails.owners)) == 2000


def test_what_is_looked_at_in_parts_is_the_same(himmelblau: Descent, monkeypatch: pytest.MonkeyPatch):
    trails = trails_of(himmelblau)[0]
    for at_once in (20, 49 * 60, 49 * 140 + 20):
        monkeypatch.setattr("gdviz.terrain.trails.AT_ONCE", at_once)
        again = trails_of(himmelblau)[0]
        for name in ("vertices", "times", "owners", "ages"):
            np.testing.assert_array_equal(getattr(again, name), getattr(trails, name))


def test_the_pieces_of_a_path_follow_one_another_in_place_and_in_age(himmelblau: Descent):
    trails, _, pieces = trails_of(himmelblau)
    ages = trails.ages.reshape(-1, 2)
    for owner in range(49):
        mine = np.flatnonzero(trails.owners == owner)
        np.testing.assert_allclose(pieces[mine[1:], 0], pieces[mine[:-1], 1], atol=1e-9)
        np.testing.assert_allclose(ages[mine[1:], 0], ages[mine[:-1], 1], atol=1e-12)


def test_a_long_step_is_as_old_along_its_way_as_it_is_far():
    trails, cell, pieces = trails_of(descent_through([(-4, 0), (4, 0)], [(-9, 1), (1, 1)]))
    for owner, start, length in ((0, -4, 8), (1, -9, 10)):
        mine = trails.owners == owner
        places = pieces[mine][..., 0] * cell[0]
        np.testing.assert_allclose(trails.ages.reshape(-1, 2)[mine], (places - start) / length, atol=1e-9)
        np.testing.assert_allclose(trails.times[mine], (places[:, 1] - start) / length, atol=1e-9)


def test_a_point_that_rests_at_once_leaves_no_trail_and_no_trouble():
    trails, *_ = trails_of(descent_through([(1, 1), (1, 1)], [(0, 0), (3, 0)]))
    assert set(trails.owners) == {1}
    alone, *_ = trails_of(descent_through([(1, 1)]))
    assert len(alone.times) == 0
    assert alone.vertices.shape == (0, 3)


def test_without_points_there_is_no_trail():
    nothing = descend(function("himmelblau"), np.zeros((0, 2)), learning_rate=0.1, tolerance=0, max_iterations=3)
    trails, *_ = trails_of(nothing)
    assert len(trails.times) == len(trails.vertices) == 0


def test_pieces_that_are_complete_at_the_same_moment_are_in_the_order_of_their_points():
    paths = [[(-4, y / 10), (-4 + 0.04, y / 10)] for y in range(30)]
    trails, *_ = trails_of(descent_through(*paths))
    assert trails.owners.tolist() == list(range(30))


def test_the_more_trails_there_are_around_a_vertex_the_more_ground_is_covered():
    bowl = build_landscape(function("x^2 + y^2"), Extent((-1.0, 1.0, -1.0, 1.0)), HeightScale.LINEAR)
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    starts = 0.9 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    descents = [
        descend(function("x^2 + y^2"), some, learning_rate=0.05, tolerance=1e-6, max_iterations=100)
        for some in (starts, starts[:1])
    ]
    many, one = (build_trails(descent, bowl) for descent in descents)
    covered, alone = coverage(many, bowl, 0.005), coverage(one, bowl, 0.005)
    radius = np.hypot(*many.vertices[:, :2].T)
    assert covered[radius < 0.1].mean() > 4 * covered[radius > 0.6].mean()
    assert covered.shape == (len(many.vertices),)
    assert alone.max() < 0.15  # a line of this width through a square, and a little of its neighbours'
    assert coverage(many, bowl, 0.01) == pytest.approx(2 * covered)
