"""A run's result in one line."""

from __future__ import annotations

from typing import Any

import pytest

from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.scene.build import build_scene

WITHOUT_PICTURE = {"panels": [], "view": "loss", "max_iterations": 40, "tolerance": 1e-3}


def lines(*runs: dict[str, Any], **keys: Any) -> list[str]:
    made = Animation.from_data({"function": "x^2 + y^2", **WITHOUT_PICTURE, "runs": runs, **keys})
    return [result.in_words() for result in build_scene(resolve(made)).results]


RATES = ({"learning_rate": 0.4, "label": "fast"}, {"learning_rate": 1e-3, "label": "slow"})


def test_of_one_point_it_is_how_it_ended_and_when():
    assert lines(*RATES, starts={"points": [[1, 1]]}) == [
        "fast: converged after 5 iterations, best f 2.048e-07",
        "slow: still running after 40 iterations, best f 1.70401",
    ]


def test_of_many_points_it_is_how_many_ended_how():
    fast, slow = lines(*RATES, starts={"points": [[1, 1], [0.1, 0], [0, 0]]})
    assert fast == "fast: 3 converged after 4 iterations (median), best f 0"
    assert slow == "slow: 1 converged after 0 iterations (median), 2 still running, best f 0"


def test_one_iteration_is_singular_and_no_point_is_none():
    assert lines(*RATES, starts={"points": [[1, 0]]}, max_iterations=1)[0].startswith(
        "fast: still running after 1 iteration, "
    )
    assert lines(*RATES, starts={"points": []}) == ["fast: 0 points", "slow: 0 points"]


@pytest.mark.parametrize(("clock", "unit"), [("iterations", "iterations"), ("evaluations", "evaluations")])
def test_it_is_told_by_the_films_clock(clock: str, unit: str):
    fast, newton = lines(RATES[0], {"optimizer": "newton"}, starts={"points": [[1, 1]]}, clock=clock)
    assert fast.startswith(f"fast: converged after 5 {unit}")
    assert newton.startswith(
        "Newton: converged after " + {"iterations": "1 iteration,", "evaluations": "3 evaluations,"}[clock]
    )


def test_a_point_that_diverged_in_a_race_has_not_left():
    _, wild = lines(RATES[0], {"learning_rate": 1e200, "label": "wild"}, starts={"points": [[1, 1]]})
    assert wild.startswith("wild: diverged after 1 iteration,")
