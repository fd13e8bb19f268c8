"""The tuned rates of named functions are those that an independent search found, which no code is shared with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gdviz.descent.engine import Status, descend
from gdviz.descent.optimizers import OPTIMIZERS, optimizer
from gdviz.descent.trials import Ending
from gdviz.descent.tuning import RATES, TRIED, Ladder, Reason, ladder, usual_rate
from gdviz.extent import Extent
from gdviz.functions import function


def climbed(target: str, rule: str, starts: Any, extent: Extent | None = None, **settings: Any) -> Ladder:
    objective = function(target)
    view = extent or objective.extent
    given: dict[str, Any] = {
        "tolerance": objective.tolerance,
        "max_iterations": 1000,
        "domain": objective.domain.hull(view),
    }
    return ladder(objective, optimizer(rule), np.array(starts, dtype=np.float64), view, **given | settings)


def steps_at(found: Ladder, rate: float) -> int | None:
    (rung,) = [rung for rung in found.rungs if rung.rate == rate]
    return rung.steps[0]


def test_a_ladder_has_ten_rates_a_decade_that_can_be_typed():
    assert (RATES[0], RATES[-1], len(RATES)) == (1e-6, 1000.0, 91)
    assert {1e-6, 0.001, 0.1, 1.0, 10.0} <= set(RATES)
    assert all(float(f"{rate:.6g}") == rate for rate in RATES)


@pytest.mark.parametrize(
    ("target", "start", "rule", "rate", "steps"),
    [
        ("himmelblau", (-0.4, -0.65), "gd", 0.0158489, 13),
        ("himmelblau", (-0.4, -0.65), "adam", 1.25893, 108),
        ("himmelblau", (0, 0), "adagrad", 1.99526, 6),
        ("rosenbrock", (-1.5, 2), "momentum", 0.00199526, 100),
        ("booth", (-8, 8), "nesterov", 0.0398107, 59),
        ("three_hump_camel", (-2, -1.5), "amsgrad", 0.398107, 76),
        ("easom", (1.6, 1.8), "rmsprop", 0.00501187, 141),
        ("rastrigin", (0.3, -0.4), "lion", 0.00158489, 495),
        ("six_hump_camel", (0.6, -0.1), "nadam", 0.0794328, 25),
    ],
)
def test_the_rate_is_the_one_with_which_a_point_settles_soonest(
    target: str, start: tuple[float, float], rule: str, rate: float, steps: int
):
    found = climbed(target, rule, [start])
    assert (found.rate, found.reason) == (rate, Reason.SETTLES)
    assert steps_at(found, rate) == steps
    assert min(each.steps[0] for each in found.rungs if each.steps[0] is not None) == steps


def test_a_film_at_a_tuned_rate_stays_in_the_view_without_leaps():
    objective, start = function("booth"), [(-8.0, 8.0)]
    found = climbed("booth", "nadam", start)
    film = descend(
        objective,
        start,
        learning_rate=found.rate,
        tolerance=objective.tolerance,
        max_iterations=1000,
        optimizer=found.optimizer,
    )
    assert film.status.tolist() == [Status.CONVERGED]
    assert objective.extent.contains(film.points).all()
    assert np.hypot.reduce(np.diff(film.points, axis=0), axis=2).max() <= np.hypot(20, 20) / 4


def test_a_ladder_tells_how_each_rate_ends():
    found = climbed("rosenbrock", "momentum", [(-1.5, 2)])
    ends = {rung.rate: rung.ending for rung in found.rungs}
    assert ends[1e-6] is Ending.RUNNING
    assert ends[found.rate] is Ending.SETTLES
    assert ends[1000.0] is Ending.DIVERGES
    assert Ending.LEAVES in {rung.ending for rung in climbed("rosenbrock", "adam", [(-1.5, 2)]).rungs}
    to_and_fro = climbed("x^2 + y^2", "gd", [(4, 1)])
    assert {rung.rate: rung.ending for rung in to_and_fro.rungs}[0.794328] is Ending.LEAPS
    assert all((rung.steps[0] is None) == (rung.ending is not Ending.SETTLES) for rung in found.rungs)


def test_where_no_rate_reaches_the_known_minimum_a_point_settles_in_the_one_that_it_comes_to():
    found = climbed("six_hump_camel", "gd", [(-1.5, 0.8)])
    assert (found.rate, found.reason, steps_at(found, found.rate)) == (0.0630957, Reason.SETTLES, 3)


def test_where_no_minimum_is_known_a_point_settles_where_it_rests():
    """Plain descent on a parabola is at its minimum after one step at a rate of 1/2, and ten times as near at 0.4."""
    found = climbed("x^2 + y^2 + 3", "gd", [(3, 1)])
    assert found.rate == 0.501187
    assert steps_at(found, found.rate) == 1


def test_flat_ground_is_no_minimum():
    found = climbed("exp(-x^2 - y^2)", "gd", [(0.1, 0.1)])
    assert found.reason is not Reason.SETTLES


def test_where_f_falls_without_end_a_point_leaves_the_view_soonest_without_a_leap():
    found = climbed("saddle", "gd", [(1, 0.001)])
    assert (found.rate, found.reason) == (0.630957, Reason.LEAVES)


def test_where_no_rate_settles_it_is_the_one_that_comes_lowest():
    found = climbed("rosenbrock", "gd", [(-1.5, 2)])
    assert (found.rate, found.reason) == (0.00158489, Reason.LOWEST)


def test_where_no_rate_stays_it_is_the_one_that_comes_there_soonest():
    view = Extent((-4.5, 4.5, -4.5, 4.5))
    found = climbed("beale", "lion", [(1, 1.5)], view)
    assert (found.rate, found.reason) == (0.1, Reason.PASSES)


def test_where_no_rate_suits_it_is_the_usual_one():
    """Every step of this leads out of the view at once."""
    found = climbed("1e12*x + y", "gd", [(0, 0)], Extent((-1e-3, 1e-3, -1e-3, 1e-3)))
    assert (found.rate, found.reason) == (usual_rate(OPTIMIZERS["gd"]), Reason.USUAL)
    nowhere = climbed("log(x) + y", "adam", [(-1, 0)])
    assert (nowhere.rungs, nowhere.reason) == ((), Reason.USUAL)


def test_an_optimizer_that_searches_needs_no_rate():
    found = climbed("himmelblau", "newton_damped", [(0, 0)])
    assert found.reason is Reason.SEARCHES
    assert [rung.steps for rung in found.rungs] == [(steps,) for steps in [found.rungs[0].steps[0]] if steps]


def test_of_several_starts_most_settle_and_half_of_them_by_the_median():
    starts = [(3.1, 2), (0, 0), (-4, -4)]
    found = climbed("himmelblau", "gd", starts)
    best = max(rung.settled for rung in found.rungs)
    (chosen,) = [rung for rung in found.rungs if rung.rate == found.rate]
    assert chosen.settled == best == 3
    assert chosen.median == min(rung.median or 0 for rung in found.rungs if rung.settled == best)
    assert climbed("himmelblau", "gd", starts[::-1]).rate == found.rate


def test_of_a_grid_some_starts_are_tried_from_all_over_it():
    found = climbed("himmelblau", "gd", Extent((-6.0, 6.0, -6.0, 6.0)).grid((20, 20)))
    assert len(found.starts) == TRIED
    assert {tuple(np.sign(np.round(each / 4))) for each in found.starts} == {
        (x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)
    }


def test_starts_without_a_value_do_not_count():
    with_hole = climbed("log(x)^2 + y^2", "gd", [(-1, 0), (2, 1)])
    assert with_hole.rate == climbed("log(x)^2 + y^2", "gd", [(2, 1)]).rate


def test_an_expensive_function_is_tried_for_fewer_steps():
    terms = " + ".join(f"sin({number}*x)*exp(-{number}*y^2)" for number in range(1, 14))
    few, many = climbed(terms, "gd", [(0.2, 0.1)]), climbed("x^2 + y^2", "adam", [(0.2, 0.1)])
    assert few.steps < many.steps == 1000
    assert climbed("himmelblau", "gd", [(0, 0)], max_iterations=20).steps == 20


def test_a_rate_does_not_depend_on_the_tolerance_where_the_minimum_is_known():
    rates = {climbed("booth", "rmsprop", [(-8, 8)], tolerance=tolerance).rate for tolerance in (1e-6, 1e-3, 0.1)}
    assert len(rates) == 1


@pytest.mark.parametrize(
    "rule", [each for each in OPTIMIZERS.values() if not each.searches], ids=lambda rule: rule.name
)
def test_every_optimizer_settles_at_its_tuned_rate(rule: Any):
    objective, starts = function("sphere"), np.array([(-2.0, 1.0)])
    domain = objective.domain
    rate = ladder(objective, rule, starts, domain, tolerance=1e-3, max_iterations=1000, domain=domain).rate
    end = descend(objective, starts, learning_rate=rate, tolerance=1e-3, max_iterations=1000, optimizer=rule).ends
    assert np.abs(end).max() < 0.05
