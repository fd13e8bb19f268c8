from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gdviz
from gdviz.descent.engine import Descent, Status, descend
from gdviz.descent.noise import NO_NOISE, Noise
from gdviz.descent.optimizers import GRADIENT_DESCENT, OPTIMIZERS
from gdviz.errors import InputError
from gdviz.functions import function

STARTS = np.random.default_rng(7).uniform(-4, 4, (30, 2))


def run(noise: Noise, starts: Any = STARTS, **settings: Any) -> Descent:
    given: dict[str, Any] = {"learning_rate": 0.01, "tolerance": 1.0, "max_iterations": 30} | settings
    return descend(function("himmelblau"), starts, noise=noise, **given)


def test_every_gradient_has_noise_of_the_deviation_that_is_told():
    noise = Noise(0.5, seed=3)
    descent = run(noise, tolerance=0.0, max_iterations=400, starts=[[3.0, 2.0]])
    seen = (descent.points[:-1] - descent.points[1:]) / 0.01
    added = seen[:, 0] - function("himmelblau").gradient(*descent.points[:-1, 0].T).T
    assert np.abs(added.mean(axis=0)).max() < 0.1
    assert added.std(axis=0) == pytest.approx([0.5, 0.5], rel=0.1)
    assert abs((added[:, 0] * added[:, 1]).mean()) < 0.05
    assert abs((added[1:] * added[:-1]).mean()) < 0.05
    np.testing.assert_allclose(added[6], noise.draw(7, 1, 2)[0], atol=1e-9)


def test_noise_is_the_same_each_time_and_another_for_another_seed_step_and_point():
    drawn = Noise(1.0, seed=3).draw(5, 4, 2)
    np.testing.assert_array_equal(drawn, Noise(1.0, seed=3).draw(5, 4, 2))
    others = [Noise(1.0, seed=4).draw(5, 4, 2), Noise(1.0, seed=3).draw(6, 4, 2)]
    assert len(np.unique([drawn, *others])) == 3 * 8
    np.testing.assert_array_equal(Noise(0.25, seed=3).draw(5, 4, 2), drawn / 4)
    assert drawn[:2] == pytest.approx(
        np.array([[-0.9939992699859099, -0.18633897732536348], [1.2160865262868819, -0.27235079035132026]]), rel=1e-14
    )


def test_fewer_points_have_the_noise_that_they_have_among_more():
    many = run(Noise(2.0, seed=1))
    assert len(set(many.iterations.tolist())) > 3  # some rest before others
    for count in (1, 2, 17):
        few = run(Noise(2.0, seed=1), STARTS[:count])
        np.testing.assert_array_equal(many.points[: few.steps + 1, :count], few.points)
        np.testing.assert_array_equal(many.status[:count], few.status)


def test_a_points_noise_is_its_own_whoever_rests_beside_it():
    some_rest, none_rests = run(Noise(2.0, seed=1)), run(Noise(2.0, seed=1), tolerance=0.0)
    assert some_rest.iterations[0] > some_rest.iterations.min()
    for point, last in enumerate(some_rest.iterations):
        np.testing.assert_array_equal(some_rest.points[: last + 1, point], none_rests.points[: last + 1, point])


def test_all_runs_of_a_race_have_the_same_noise():
    """On level ground, plain descent's step is the noise, and sign descent's is its sign."""
    plain, sign = (
        descend(function("0*x + 0*y"), STARTS, learning_rate=1.0, tolerance=0.0, max_iterations=5, noise=Noise(1e-2, 9),
                optimizer=OPTIMIZERS[name])
        for name in ("gd", "signsgd")
    )  # fmt: skip
    np.testing.assert_array_equal(np.sign(np.diff(plain.points, axis=0)), np.sign(np.diff(sign.points, axis=0)))


def test_the_gradient_that_is_seen_decides_who_rests():
    calm = run(NO_NOISE, [[3.0, 2.0]], tolerance=0.1)
    noisy = run(Noise(5.0), [[3.0, 2.0]], tolerance=0.1)
    assert calm.status.tolist() == [Status.CONVERGED]
    assert noisy.status.tolist() == [Status.RUNNING]


def test_a_number_is_the_deviation_of_noise():
    of_number, of_noise = (
        gdviz.descend("himmelblau", [[0.0, 0.0]], learning_rate=0.01, max_iterations=5, noise=noise)
        for noise in (0.5, Noise(0.5))
    )
    np.testing.assert_array_equal(of_number.points, of_noise.points)


def test_a_deviation_of_nothing_changes_nothing_even_for_a_search():
    np.testing.assert_array_equal(run(Noise(0.0, 5)).points, run(NO_NOISE).points)
    bfgs = OPTIMIZERS["bfgs"]
    np.testing.assert_array_equal(run(Noise(0.0, 5), optimizer=bfgs).points, run(NO_NOISE, optimizer=bfgs).points)


@pytest.mark.parametrize("name", [each.name for each in OPTIMIZERS.values() if each.searches])
def test_what_looks_at_f_itself_cannot_have_noise(name: str):
    with pytest.raises(InputError, match=f"{name} cannot have noise: .* momentum"):
        run(Noise(0.5), optimizer=OPTIMIZERS[name])


@pytest.mark.parametrize(
    "each", [each for each in OPTIMIZERS.values() if not each.searches], ids=lambda each: each.name
)
def test_every_other_rule_descends_with_noise(each: Any):
    descent = run(Noise(1.0), optimizer=each, learning_rate=0.02, max_iterations=60, tolerance=0.0)
    assert np.isfinite(descent.points).all()
    still = run(NO_NOISE, optimizer=each, learning_rate=0.02, max_iterations=60, tolerance=0.0)
    assert not np.array_equal(descent.points, still.points)


@pytest.mark.parametrize(
    ("deviation", "seed", "words"),
    [
        (-0.5, 0, "the noise must be a number that is not negative, not -0.5"),
        (math.nan, 0, "the noise must be a number that is not negative, not nan"),
        (math.inf, 0, "the noise must be a number that is not negative, not inf"),
        (0.5, -1, "the seed of the noise must be a whole number that is not negative, not -1"),
        (0.5, 1.5, "the seed of the noise must be a whole number that is not negative, not 1.5"),
        (0.5, math.nan, "the seed of the noise must be a whole number that is not negative, not nan"),
    ],
)
def test_what_no_noise_can_be_is_refused(deviation: float, seed: Any, words: str):
    with pytest.raises(InputError) as refused:
        Noise(deviation, seed)
    assert str(refused.value) == words


def test_where_there_is_no_gradient_noise_makes_none():
    descent = descend(function("sqrt(x)"), [[0.0], [4.0]], learning_rate=0.1, tolerance=0.0, max_iterations=3,
                      optimizer=GRADIENT_DESCENT, noise=Noise(0.1))  # fmt: skip
    assert descent.status.tolist() == [Status.UNDEFINED, Status.RUNNING]
