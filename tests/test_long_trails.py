"""Lines in few pieces: what is left out was straight, and at every moment the same way is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from gdviz.descent.engine import descend
from gdviz.description.choices import HeightScale
from gdviz.extent import Extent, FloatArray
from gdviz.functions import function
from gdviz.terrain.landscape import build_landscape
from gdviz.terrain.long_trails import LongTrails, long_trails
from gdviz.terrain.straight import straightened
from gdviz.terrain.trails import Trails, build_trails

OFF = 5e-4
EXTENT = Extent((-5.0, 5.0, -5.0, 5.0))


def circle(count: int) -> tuple[FloatArray, np.ndarray]:
    """Return the points of a circle of radius 1, and its pieces, around once."""
    angles = 2 * np.pi * np.arange(count) / count
    points = np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    return points, np.stack([np.arange(count), (np.arange(count) + 1) % count], axis=1)


def far_from(pieces: FloatArray, places: FloatArray) -> float:
    """Return how far the farthest of places (n, 3) is from all straight pieces (m, 2, 3)."""
    begin, way = pieces[:, 0], pieces[:, 1] - pieces[:, 0]
    share = np.einsum("nmk,mk->nm", places[:, None] - begin, way) / np.einsum("mk,mk->m", way, way)
    nearest = begin + np.clip(share, 0, 1)[..., None] * way
    return float(np.linalg.norm(places[:, None] - nearest, axis=2).min(axis=1).max())


def test_a_finely_divided_circle_has_fewer_pieces_and_stays_one():
    points, pieces = circle(2_000)
    fewer = straightened(points, pieces, 1e-3, 6)
    assert len(fewer) < len(pieces) / 10
    assert far_from(points[fewer], points) < 2e-3
    assert (np.bincount(fewer.ravel(), minlength=len(points))[fewer] == 2).all()


def test_corners_ends_and_crossings_stay():
    bent = np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [2, 1, 0], [2, 2, 0], [1, -1, 0], [1, 1, 0]])
    pieces = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [5, 1], [1, 6]])
    left = straightened(bent, pieces, 1e-6, 6)
    assert {tuple(sorted(piece)) for piece in left.tolist()} == {(0, 1), (1, 2), (2, 4), (1, 5), (1, 6)}


def test_nothing_is_left_of_nothing():
    assert len(straightened(np.zeros((0, 3)), np.zeros((0, 2), dtype=np.int64), OFF, 6)) == 0


@pytest.fixture(scope="module")
def trails() -> Trails:
    """Return the trails of a grid of points."""
    himmelblau = function("himmelblau")
    starts = np.stack(np.meshgrid(*(np.linspace(-4.5, 4.5, 6),) * 2), axis=-1).reshape(-1, 2)
    descent = descend(himmelblau, starts, learning_rate=0.003, tolerance=1e-3, max_iterations=300)
    return build_trails(descent, build_landscape(himmelblau, EXTENT, HeightScale.AUTO))


@pytest.fixture(scope="module")
def long(trails: Trails) -> LongTrails:
    """Return them in long pieces."""
    return long_trails(trails, OFF)


@pytest.mark.parametrize("position", [0, 1, 2.5, 7, 20, 60, 300])
def test_at_every_moment_long_pieces_show_the_way_that_the_short_ones_do(
    trails: Trails, long: LongTrails, position: float
):
    short = trails.vertices[: 2 * trails.count_until(position)].reshape(-1, 2, 3)
    shown = trails.vertices[long.shown(position)].reshape(-1, 2, 3)
    assert len(shown) <= len(short)
    if len(short):
        assert far_from(shown, short.reshape(-1, 3)) < 4 * OFF
        assert far_from(short, shown.reshape(-1, 3)) < 1e-12
        # No way is shown twice.
        lengths = [float(np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1).sum()) for pieces in (short, shown)]
        assert lengths[1] == pytest.approx(lengths[0], rel=2e-3)


def test_trails_have_many_times_fewer_pieces_in_the_end(trails: Trails, long: LongTrails):
    assert 2 * len(trails.times) > 2.5 * len(long.shown(np.inf))


def test_no_long_piece_joins_the_trails_of_two_points(trails: Trails, long: LongTrails):
    owners = trails.owners[long.pieces // 2]
    assert (owners[:, 0] == owners[:, 1]).all()


def test_without_trails_there_are_no_pieces():
    none = Trails(np.zeros((0, 3)), np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0))
    assert long_trails(none, OFF).shown(5.0).tolist() == []
