"""The surface through samples: exact where it must be, smooth in between, and nothing made up for what is missing."""

from __future__ import annotations

import numpy as np
import pytest

from gdviz.extent import FloatArray
from gdviz.functions import function
from gdviz.functions.spline import Spline, build_spline

UNEVEN = np.array([-2.0, -1.7, -0.9, 0.1, 0.2, 1.6, 2.0])
VALUE, IN_X, IN_Y, IN_XX, IN_XY, IN_YY = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
ALL = (VALUE, IN_X, IN_Y, IN_XX, IN_XY, IN_YY)


def cubic(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return a product of cubics and its derivatives up to the second, in the order of ALL."""
    p, dp, ddp = x**3 - 2 * x, 3 * x**2 - 2, 6 * x
    q, dq, ddq = y**3 + y**2 + 1, 3 * y**2 + 2 * y, 6 * y + 2
    return np.array([p * q, dp * q, p * dq, ddp * q, dp * dq, p * ddq])


def sampled(x: FloatArray = UNEVEN, y: FloatArray = UNEVEN[::-1] * -0.5) -> tuple[Spline, FloatArray]:
    samples = cubic(*np.meshgrid(x, y))[0]
    return build_spline(x, y, samples), samples


def places(spline: Spline, number: int = 500) -> tuple[FloatArray, FloatArray]:
    x, y = spline.x.nodes, spline.y.nodes
    share = np.random.default_rng(0).random((2, number))
    return x[0] + (x[-1] - x[0]) * share[0], y[0] + (y[-1] - y[0]) * share[1]


def test_a_product_of_cubics_is_met_with_all_derivatives_on_uneven_axes():
    spline, _ = sampled()
    x, y = places(spline)
    np.testing.assert_allclose(spline.derivatives(x, y, ALL), cubic(x, y), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("axis", [UNEVEN, np.linspace(-2, 2, 7), np.linspace(0.1, 0.7, 31)])
def test_at_a_sample_the_surface_is_that_sample_to_the_last_bit(axis: FloatArray):
    samples = np.random.default_rng(1).normal(size=(len(axis), len(axis))) * 10.0 ** np.arange(len(axis))
    spline = build_spline(axis, axis, samples)
    x, y = (each.ravel() for each in np.meshgrid(axis, axis))
    np.testing.assert_array_equal(spline.derivatives(x, y, [VALUE])[0], samples.ravel())


def test_between_samples_that_are_the_same_it_is_exactly_flat():
    samples = np.full((7, 7), 0.1)
    spline = build_spline(UNEVEN, UNEVEN, samples)
    x, y = places(spline)
    found = spline.derivatives(x, y, ALL)
    np.testing.assert_array_equal(found[0], 0.1)
    np.testing.assert_array_equal(found[1:], 0)


def test_second_derivatives_do_not_jump_between_cells():
    samples = np.random.default_rng(2).normal(size=(9, 8))
    x, y = np.linspace(0, 1, 8), np.linspace(0, 2, 9)
    spline = build_spline(x, y, samples)
    along = np.linspace(0.05, 1.95, 40)
    for derivative in (VALUE, IN_X, IN_Y, IN_XX, IN_XY, IN_YY):
        below, above = (
            spline.derivatives(np.repeat(x[1:-1], 40) + shift, np.tile(along, 6), [derivative])
            for shift in (-1e-9, 1e-9)
        )
        np.testing.assert_allclose(below, above, rtol=1e-5, atol=1e-5)


def test_the_gradient_of_himmelblau_is_met():
    x = np.linspace(-6, 6, 201)
    spline = build_spline(x, x, function("himmelblau").value(*np.meshgrid(x, x)))
    at = np.random.default_rng(0).uniform(-5.5, 5.5, (2, 5000))
    exact = function("himmelblau").gradient(*at)
    off = np.hypot(*(spline.derivatives(at[0], at[1], [IN_X, IN_Y]) - exact))
    assert off.max() < 1e-4 * np.median(np.hypot(*exact))


def test_beyond_the_samples_nothing_is_known():
    spline, _ = sampled()
    x = np.array([-2.0, -2.0000001, 2.0000001, 0.0, 0.0, np.nan, np.inf])
    y = np.array([0.0, 0.0, 0.0, 1.0000001, -1.0000001, 0.0, 0.0])
    np.testing.assert_array_equal(np.isfinite(spline.derivatives(x, y, ALL)).all(axis=0), [True, *[False] * 6])
    assert np.isnan(spline.derivatives(x[1:], y[1:], ALL)).all()


@pytest.mark.parametrize("count", [2, 3])
def test_with_fewer_than_four_samples_along_an_axis_it_is_linear_there(count: int):
    x, y = np.linspace(0, 1, count), UNEVEN
    samples = np.random.default_rng(3).normal(size=(len(y), count))
    spline = build_spline(x, y, samples)
    middle = np.full(len(y), (x[0] + x[1]) / 2)
    found = spline.derivatives(middle, y, [VALUE, IN_X, IN_XX])
    np.testing.assert_allclose(found[0], samples[:, :2].mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(found[1], np.diff(samples[:, :2])[:, 0] / x[1], rtol=1e-12)
    np.testing.assert_array_equal(found[2], 0)


def test_a_missing_sample_makes_a_hole_of_its_cells_and_changes_nothing_else():
    axis = np.sort(np.random.default_rng(4).uniform(-2, 2, 11))
    spline, samples = sampled(axis, axis)
    samples[5, 4] = np.nan
    holed = build_spline(axis, axis, samples)
    x, y = places(spline, 4000)
    inside = (x > axis[3]) & (x < axis[5]) & (y > axis[4]) & (y < axis[6])
    found = holed.derivatives(x, y, ALL)
    assert np.isnan(found[:, inside]).all()
    np.testing.assert_allclose(found[:, ~inside], cubic(x, y)[:, ~inside], rtol=1e-7, atol=1e-7)


def test_the_edge_of_a_hole_belongs_to_the_surface():
    samples = np.arange(36.0).reshape(6, 6)
    samples[3:, 3:] = np.nan
    axis = np.arange(6.0)
    spline = build_spline(axis, axis, samples)
    x, y = np.array([2.0, 2.0, 0.5, 2.0, 2.5, 2.0]), np.array([2.0, 4.5, 2.0, 5.0, 2.0, 2.5])
    np.testing.assert_allclose(spline.derivatives(x, y, [VALUE])[0], 6 * y + x, rtol=1e-12)
    assert np.isnan(spline.derivatives(np.array([2.01]), np.array([2.01]), [VALUE])).all()


def test_between_two_holes_two_samples_are_a_line_and_three_a_parabola():
    axis = np.arange(9.0)
    samples = np.tile(axis**2, (9, 1))
    samples[:, [0, 4, 7]] = np.nan  # columns 1 to 3 are a parabola, 5 and 6 a line, and 8 stands alone
    spline = build_spline(axis, axis, samples)
    x = np.array([1.25, 2.75, 5.25, 5.75, 7.5])
    found = spline.derivatives(x, np.full(5, 4.5), [VALUE])[0]
    np.testing.assert_allclose(found[:4], [1.25**2, 2.75**2, 27.75, 33.25], rtol=1e-12)
    assert np.isnan(found[4])


def test_what_is_found_does_not_depend_on_what_else_is_asked_for():
    spline, _ = sampled(np.linspace(-2, 2, 12), np.linspace(-1, 3, 15))
    x, y = places(spline, 10_000)
    together = spline.derivatives(x, y, ALL)
    for number, derivative in enumerate(ALL):
        np.testing.assert_array_equal(spline.derivatives(x[::-7], y[::-7], [derivative])[0], together[number, ::-7])
