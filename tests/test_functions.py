from __future__ import annotations

import numpy as np
import pytest

from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.errors import InputError
from gdviz.extent import Extent
from gdviz.functions import CATALOGUE, Function, function
from gdviz.functions.catalogue import normalise
from gdviz.picture.themes import DARK
from gdviz.scene.run import make_runs

every_function = pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.name)


def grid(extent: Extent, sides: int) -> np.ndarray:
    return extent.grid((sides,) * extent.dimension)


def test_the_catalogue_is_complete():
    assert len(CATALOGUE) == 39
    names = [normalise(name) for each in CATALOGUE for name in (each.name, *each.aliases)]
    assert len(names) == len(set(names))


@every_function
def test_value_and_gradient_agree_with_an_independent_check(each: Function):
    """Central differences at random places of the view, and at the stated minima the lowest value around."""
    rng = np.random.default_rng(7)
    low, high = each.extent.low, each.extent.high
    places = low + (high - low) * rng.random((400, each.dimension))
    step = 1e-6 * (high - low)
    gradient = each.gradient(*places.T)
    assert gradient.shape == (each.dimension, 400)
    for axis in range(each.dimension):
        offset = np.zeros(each.dimension)
        offset[axis] = step[axis]
        ahead, behind = each.value(*(places + offset).T), each.value(*(places - offset).T)
        estimate = (ahead - behind) / (2 * step[axis])
        close = np.isclose(gradient[axis], estimate, rtol=1e-4, atol=1e-6 * np.abs(gradient[axis]).max())
        assert close.mean() >= 0.99, f"axis {axis}: {np.flatnonzero(~close)}"  # creases may lie between two places

    within = grid(each.domain, 60)
    lowest = each.value(*within.T).min()
    values = [float(each.value(*minimum)) for minimum in each.minima]
    for minimum, value in zip(each.minima, values, strict=True):
        assert each.domain.contains(np.array(minimum))
        assert value <= lowest + 1e-9 * max(1.0, abs(lowest))
        assert value == pytest.approx(values[0], rel=1e-9, abs=1e-9)
        around = np.array(minimum) + 1e-3 * (high - low) * rng.uniform(-1, 1, (200, each.dimension))
        around = around[each.domain.contains(around)]
        assert (each.value(*around.T) >= value - 1e-9 * max(1.0, abs(value))).all()


NEVER_ARRIVE = ["easom", "schaffer-n2", "schaffer-n4", "bukin-n6", "saddle", "monkey-saddle"]


@every_function
def test_with_its_own_defaults_at_least_half_of_the_points_that_stay_in_the_view_converge(each: Function):
    animation = resolve(Animation.from_data({"function": each.name, "starts": {"grid": 20}}))
    (run_,) = make_runs(animation, DARK)
    counts = run_.counts(run_.descent.steps, animation.extent)
    assert counts.diverged == counts.undefined == 0
    if each.name in NEVER_ARRIVE:
        assert each.note.endswith(".")
        assert counts.converged < 0.5 * (counts.points - counts.left) or counts.left == counts.points
    else:
        assert counts.converged >= 0.5 * (counts.points - counts.left)
        assert counts.left < 0.5 * counts.points
        assert not each.note


@every_function
def test_every_formula_is_latex_in_its_variables(each: Function):
    assert "x" in each.formula
    assert each.formula.count("{") == each.formula.count("}")


@pytest.mark.parametrize("spelling", ["six-hump-camel", "Six Hump Camel", "six_hump_camel", "camel6", "SIX-HUMP"])
def test_a_name_resolves_however_it_is_spelt(spelling: str):
    assert function(spelling).name == "six-hump-camel"


def test_a_near_miss_is_answered_with_the_nearest_name():
    with pytest.raises(InputError, match=r"unknown function 'himelblau'; did you mean 'himmelblau'\?"):
        function("himelblau")


def test_griewank_is_the_product_form():
    assert function("griewank").value(np.pi, np.pi * np.sqrt(2)) == pytest.approx(3 * np.pi**2 / 4000, abs=1e-12)


@pytest.mark.parametrize(("name", "place"), [("drop-wave", (0.0, 0.0)), ("schwefel", (0.0, 3.0)), ("ackley", (0, 0))])
def test_where_a_derivative_is_zero_over_zero_it_is_zero(name: str, place: tuple[float, float]):
    gradient = function(name).gradient(*place)
    assert gradient[0] == 0
    assert np.isfinite(gradient).all()


def test_arrays_broadcast():
    himmelblau = function("himmelblau")
    x, y = np.linspace(-1, 1, 5), np.linspace(-2, 2, 3)[:, None]
    assert himmelblau.value(x, y).shape == (3, 5)
    assert himmelblau.gradient(x, y).shape == (2, 3, 5)


@every_function
def test_the_part_that_is_drawn_lies_in_the_domain_and_holds_the_minima(each: Function):
    assert each.domain.contains(each.extent.low)
    assert each.domain.contains(each.extent.high)
    assert all(each.extent.contains(np.array(minimum)) for minimum in each.minima)
