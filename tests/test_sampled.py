"""Samples as an objective: what descends on them ends where it would on the function that they are of."""

from __future__ import annotations

import numpy as np
import pytest

from gdviz.descent.defaults import descend
from gdviz.descent.engine import Status
from gdviz.descent.learning_rate import learning_rate_of
from gdviz.extent import FloatArray
from gdviz.functions import function
from gdviz.functions.objective import Objective
from gdviz.functions.sampled import Sampled

AXIS = np.linspace(-6, 6, 201)
X, Y = np.meshgrid(AXIS, AXIS)
HIMMELBLAU = function("himmelblau")


def sampled(samples: FloatArray, smooth: float = 0.0, axis: FloatArray = AXIS) -> Sampled:
    return Sampled("some.npz", "some", axis, axis, samples, smooth)


def test_descents_on_samples_of_himmelblau_end_in_its_four_minima():
    landscape: Objective = sampled(HIMMELBLAU.value(X, Y))
    descent = descend(landscape, landscape.extent.grid((6, 6)))
    off = np.linalg.norm(descent.ends[:, None] - np.array(HIMMELBLAU.minima), axis=2)
    assert (descent.status == Status.CONVERGED).all()
    assert off.min(axis=1).max() < 1e-3
    assert set(off.argmin(axis=1)) == {0, 1, 2, 3}


def test_numbers_have_the_shapes_of_the_coordinates():
    landscape = sampled(X**2 + 3 * Y**2)
    assert landscape.value(1.0, 2.0) == pytest.approx(13)
    assert landscape.value([[1.0], [2.0]], [0.0, 1.0, 2.0]).shape == (2, 3)
    np.testing.assert_allclose(landscape.gradient(1.0, [2.0, 0.5]), [[2, 2], [12, 3]])
    np.testing.assert_allclose(landscape.hessian(1.0, 2.0), [[2, 0], [0, 6]], atol=1e-9)
    value, gradient = landscape.value_and_gradient(X[::7], Y[::7])
    np.testing.assert_array_equal(value, landscape.value(X[::7], Y[::7]))
    np.testing.assert_array_equal(gradient, landscape.gradient(X[::7], Y[::7]))


def test_a_point_that_steps_over_the_edge_has_left_and_stands_on_it():
    landscape = sampled(X + 0.25 * Y)
    descent = descend(landscape, [[-5.0, 0.0], [5.0, -5.9]], learning_rate=0.3)
    assert (descent.status == Status.LEFT).all()
    np.testing.assert_allclose(descent.ends[0], [-6, -0.25])
    np.testing.assert_allclose(descent.ends[1], [4.6, -6])
    np.testing.assert_allclose(descent.values[-1], descent.ends @ [1, 0.25])


def test_holes_do_not_make_the_learning_rate_small():
    samples = X**2 + 3 * Y**2
    holed = samples.copy()
    holed[95:105, 120:140] = np.nan
    whole, rate = sampled(samples), sampled(holed).learning_rate
    assert whole.learning_rate is None
    assert rate is not None
    assert rate >= learning_rate_of(whole, whole.extent) / 2
    descent = descend(sampled(holed), sampled(holed).extent.grid((10, 10)))
    assert Status.DIVERGED in descent.status  # they fell into the hole
    assert (descent.status == Status.CONVERGED).mean() > 0.5


def test_a_flat_landscape_with_a_hole_has_no_slope_and_all_points_rest():
    samples = np.full_like(X, 3.0)
    samples[0, 0] = np.nan
    landscape = sampled(samples)
    np.testing.assert_array_equal(landscape.gradient([0.1, 2.0], [0.3, -1.0]), 0)
    assert (descend(landscape, [[0.1, 0.3]]).status == Status.CONVERGED).all()


def test_the_tolerance_follows_the_slopes_of_the_samples():
    small, large = sampled(1e-6 * (X**2 + Y**2)), sampled(1e6 * (X**2 + Y**2))
    assert large.tolerance == pytest.approx(1e12 * small.tolerance)


def test_the_identity_is_that_of_the_numbers():
    samples = X**2 + Y
    one = sampled(samples)
    assert one.identity == Sampled("other.csv", "Other", AXIS, AXIS, samples.copy(order="F"), notes=("x",)).identity
    changed = samples.copy()
    changed[3, 4] = np.nextafter(changed[3, 4], 9)
    others = [sampled(changed), sampled(samples, 1.5), Sampled("some.npz", "some", AXIS, AXIS + 1, samples)]
    assert len({one.identity, *(each.identity for each in others)}) == 4


def test_smoothing_takes_the_noise_and_leaves_the_shape():
    noise = np.random.default_rng(0).normal(size=X.shape)
    bowl = X**2 + Y**2
    smooth = sampled(bowl + noise, 3.0).values
    inner = slice(15, -15)
    assert np.abs(smooth - bowl)[inner, inner].max() < 0.6
    assert np.abs((smooth - bowl)[inner, inner]).std() < 0.15
    np.testing.assert_array_equal(sampled(bowl).values, bowl)


def test_smoothing_looks_past_holes_and_fills_none():
    samples = np.full((30, 30), 7.0)
    samples[10:14, 3:9] = np.nan
    smooth = sampled(samples, 2.0, np.arange(30.0)).values
    np.testing.assert_array_equal(np.isnan(smooth), np.isnan(samples))
    np.testing.assert_allclose(smooth[~np.isnan(smooth)], 7.0)


def test_smoothing_is_as_wide_as_it_says():
    samples = np.zeros((81, 81))
    samples[40, 40] = 1.0
    spread = sampled(samples, 2.5, np.arange(81.0)).values
    assert spread.sum() == pytest.approx(1)
    away = np.arange(81) - 40
    assert (spread.sum(axis=0) * away**2).sum() == pytest.approx(2.5**2, rel=0.01)
    np.testing.assert_allclose(spread, spread.T)
