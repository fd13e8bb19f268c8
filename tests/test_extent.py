"""An interval and a rectangle, and what lies in them."""

from __future__ import annotations

import numpy as np
import pytest

from gdviz.extent import STILL, Extent, crossed, in_all_axes, in_any_axis, median, quantile

INTERVAL = Extent((-1.0, 3.0))
RECTANGLE = Extent((-1.0, 3.0, 2.0, 12.0))


def test_its_ends_and_spans_are_along_x_and_along_y():
    assert (INTERVAL.dimension, RECTANGLE.dimension) == (1, 2)
    assert RECTANGLE.sides == ((-1.0, 3.0), (2.0, 12.0))
    assert RECTANGLE.low.tolist() == [-1, 2]
    assert RECTANGLE.high.tolist() == [3, 12]
    assert RECTANGLE.span.tolist() == [4, 10]
    assert INTERVAL.span.tolist() == [4]


def test_the_extent_around_points_is_the_least_that_contains_them():
    assert Extent.around(np.array([[1.0, 5.0], [-2.0, 4.0], [0.0, 9.0]])) == Extent((-2.0, 1.0, 4.0, 9.0))
    assert Extent.around(np.array([[1.0], [-2.0]])).numbers == (-2.0, 1.0)


def test_its_edge_belongs_to_it_and_nan_does_not():
    inside = [[-1, 2], [3, 12], [0, 5]]
    outside = [[-1.01, 5], [3.01, 5], [0, 1.99], [0, 12.01], [9, 99], [np.nan, 5], [0, np.nan]]
    assert RECTANGLE.contains(np.array(inside, dtype=float)).tolist() == [True] * 3
    assert RECTANGLE.contains(np.array(outside)).tolist() == [False] * 7
    assert RECTANGLE.contains(np.zeros((4, 5, 2))).shape == (4, 5)
    assert INTERVAL.contains(np.array([[3.0], [3.5]])).tolist() == [True, False]


def test_shares_run_from_0_at_the_lower_end_to_1_at_the_upper():
    points = np.array([[-1.0, 2.0], [3.0, 12.0], [0.0, 7.0], [7.0, -8.0]])
    assert RECTANGLE.shares(points).tolist() == [[0, 0], [1, 1], [0.25, 0.5], [2, -1]]


def test_what_lies_outside_is_moved_to_the_nearest_edge():
    points = np.array([[-5.0, 7.0], [0.0, 99.0], [4.0, -1.0], [1.0, 3.0]])
    assert RECTANGLE.clamp(points).tolist() == [[-1, 7], [0, 12], [3, 2], [1, 3]]


def test_numbers_along_the_axes_reach_from_end_to_end():
    x, y = RECTANGLE.axes((5, 3))
    assert x.tolist() == [-1, 0, 1, 2, 3]
    assert y.tolist() == [2, 7, 12]


def test_a_count_for_every_axis_is_needed():
    with pytest.raises(ValueError, match="zip"):
        RECTANGLE.axes((5,))


def test_a_grid_is_the_middles_of_equal_cells_and_x_varies_fastest():
    assert RECTANGLE.grid((2, 1)).tolist() == [[0, 7], [2, 7]]
    assert RECTANGLE.grid((1, 2)).tolist() == [[1, 4.5], [1, 9.5]]
    assert RECTANGLE.grid((2, 2))[1].tolist() == [2, 4.5]
    assert INTERVAL.grid((4,)).tolist() == [[-0.5], [0.5], [1.5], [2.5]]


def test_crossed_numbers_are_all_pairs_and_x_varies_fastest():
    assert crossed([np.array([1.0, 2.0]), np.array([5.0, 6.0])]).tolist() == [[1, 5], [2, 5], [1, 6], [2, 6]]


def test_a_hull_contains_both():
    assert RECTANGLE.hull(Extent((0.0, 4.0, -3.0, 5.0))) == Extent((-1.0, 4.0, -3.0, 12.0))
    assert Extent((0.0, 4.0, -3.0, 5.0)).hull(RECTANGLE) == Extent((-1.0, 4.0, -3.0, 12.0))


def test_widened_it_has_so_much_more_at_each_end():
    assert RECTANGLE.widened(0.5) == Extent((-3.0, 5.0, -3.0, 17.0))


def test_flags_are_joined_over_the_axes():
    flags = np.array([[True, True], [True, False], [False, True], [False, False]])
    assert in_all_axes(flags).tolist() == [True, False, False, False]
    assert in_any_axis(flags).tolist() == [True, True, True, False]
    assert in_all_axes(np.ones((3, 4, 2), dtype=bool)).shape == in_any_axis(np.ones((3, 4, 2), dtype=bool)).shape


@pytest.mark.parametrize(
    ("start", "stop", "shares"),
    [
        pytest.param((0, 5), (2, 9), (0, 1), id="inside"),
        pytest.param((-3, 5), (5, 5), (0.25, 0.75), id="through, along x"),
        pytest.param((5, 5), (-3, 5), (0.25, 0.75), id="through, backwards"),
        pytest.param((0, -8), (0, 22), (1 / 3, 2 / 3), id="through, along y"),
        pytest.param((0, 5), (6, 5), (0, 0.5), id="out of it"),
        pytest.param((-5, -3), (3, 12), (0.5, 1), id="into it, across a corner"),
        pytest.param((-1, 2), (-1, 12), (0, 1), id="along its edge"),
        pytest.param((3, 2), (-1, 2), (0, 1), id="along its lower edge"),
        pytest.param((1, 5), (1, 5), (0, 1), id="without a length"),
        pytest.param((1, 5), (1 + STILL, 5), (0, 1), id="all but without a length"),
        pytest.param((1, 12), (1 + 1e-270, 13), (0, 0), id="from its edge out"),
    ],
)
def test_a_piece_is_clipped_to_the_shares_of_its_way_inside(
    start: tuple[float, float], stop: tuple[float, float], shares: tuple[float, float]
):
    enter, leave = RECTANGLE.clip(np.array([start], dtype=float), np.array([stop], dtype=float))
    assert (enter[0], leave[0]) == pytest.approx(shares)


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        pytest.param((-3, 0), (5, 0), id="below"),
        pytest.param((-3, 13), (5, 13), id="above"),
        pytest.param((-2, 3), (-2, 9), id="to the left"),
        pytest.param((4, 3), (4, 9), id="to the right"),
        pytest.param((-5, 5), (-2, 6), id="ends before it"),
        pytest.param((4, 5), (7, 6), id="begins behind it"),
        pytest.param((-3, 3), (0, -3), id="past a corner"),
        pytest.param((9, 5), (9, 5), id="without a length"),
    ],
)
def test_a_piece_beside_it_has_no_part_inside(start: tuple[float, float], stop: tuple[float, float]):
    enter, leave = RECTANGLE.clip(np.array([start], dtype=float), np.array([stop], dtype=float))
    assert not enter[0] < leave[0]


def test_pieces_are_clipped_each_for_itself_in_either_dimension():
    start, stop = np.array([[-3.0], [0.0], [9.0]]), np.array([[1.0], [1.0], [9.5]])
    enter, leave = INTERVAL.clip(start, stop)
    assert enter[:2].tolist() == [0.5, 0]
    assert leave[:2].tolist() == [1, 1]
    assert not enter[2] < leave[2]


def test_a_way_beyond_the_largest_number_is_clipped_in_silence():
    enter, leave = RECTANGLE.clip(np.array([[0.0, 5.0]]), np.array([[1e308, 5.0]]))
    assert enter.tolist() == [0]
    assert leave[0] == pytest.approx(0, abs=1e-300)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 1000])
def test_a_median_and_a_quantile_are_numpys_to_the_last_bit(count: int):
    numbers = np.random.default_rng(count).normal(size=count) * 1e5
    assert median(numbers) == float(np.median(numbers))
    whole = np.round(numbers).astype(np.int64)
    assert median(whole) == float(np.median(whole))
    for share in (0, 0.1, 0.5, 0.75, 0.98, 1):
        assert quantile(numbers, share) == float(np.quantile(numbers, share))
