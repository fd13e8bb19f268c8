from __future__ import annotations

import numpy as np
import pytest

from gdviz.descent.engine import descend
from gdviz.descent.optimizers import GRADIENT_DESCENT, OPTIMIZERS, Optimizer, State
from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.functions import function


def push(
    gradient: FloatArray, position: FloatArray, state: State, step: int, learning_rate: FloatArray, *, momentum: float
) -> tuple[FloatArray, State]:
    change = momentum * state[0] - learning_rate * gradient
    return change, (change,)


HEAVY_BALL = Optimizer("heavy-ball", lambda starts: (np.zeros_like(starts),), push, {"momentum": 0.9})


def test_plain_descent_steps_by_each_points_own_rate_against_its_gradient():
    gradient, rates = np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([[0.1], [2.0]])
    change, state = GRADIENT_DESCENT.update(gradient, np.zeros((2, 2)), (), 1, rates)
    np.testing.assert_array_equal(change, [[-0.1, 0.2], [-6.0, -1.0]])
    assert state == ()


@pytest.mark.parametrize("each", [*OPTIMIZERS.values(), HEAVY_BALL], ids=lambda each: each.name)
def test_an_update_changes_nothing_that_it_is_given_and_repeats_itself(each: Optimizer):
    rng = np.random.default_rng(2)
    gradient, position, rates = rng.normal(size=(5, 2)), rng.normal(size=(5, 2)), rng.uniform(0.01, 1, (5, 1))
    state = each.init(position)
    given = [part.copy() for part in (gradient, position, rates, *state)]
    first, second = (each.update(gradient, position, state, 1, rates) for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    for part, before in zip((gradient, position, rates, *state), given, strict=True):
        np.testing.assert_array_equal(part, before)


@pytest.mark.parametrize("each", [*OPTIMIZERS.values(), HEAVY_BALL], ids=lambda each: each.name)
def test_what_one_point_does_depends_on_no_other(each: Optimizer):
    starts = np.random.default_rng(4).uniform(-3, 3, (20, 2))
    given = {"tolerance": 1e-6, "max_iterations": 40}
    together = descend(function("himmelblau"), starts, learning_rate=0.005, optimizer=each, **given)  # type: ignore[arg-type]
    alone = descend(function("himmelblau"), starts[7:8], learning_rate=0.005, optimizer=each, **given)  # type: ignore[arg-type]
    np.testing.assert_array_equal(together.points[: alone.steps + 1, 7], alone.points[:, 0])


def test_every_optimizer_is_listed_by_its_own_name():
    assert OPTIMIZERS["gd"] is GRADIENT_DESCENT
    assert all(each.name == name for name, each in OPTIMIZERS.items())


def test_a_changed_hyperparameter_takes_effect_and_leaves_the_default_alone():
    def second_step(optimizer: Optimizer) -> float:
        descent = descend(
            function("x"), [[0.0]], learning_rate=1.0, tolerance=0.0, max_iterations=2, optimizer=optimizer
        )
        return float(descent.points[2, 0, 0] - descent.points[1, 0, 0])

    gentle = HEAVY_BALL.with_hyperparameters({"momentum": 0.5})
    assert second_step(gentle) == -1.5
    assert second_step(HEAVY_BALL) == -1.9


@pytest.mark.parametrize(
    ("optimizer", "given", "words"),
    [
        (HEAVY_BALL, {"momentun": 0.5}, "heavy-ball has no hyper-parameter 'momentun'; it has momentum"),
        (GRADIENT_DESCENT, {"momentum": 0.5}, "gd has no hyper-parameter 'momentum'; it has none"),
        (HEAVY_BALL, {"momentum": float("nan")}, "momentum of heavy-ball must be a finite number, not nan"),
    ],
)
def test_a_hyperparameter_that_cannot_be_is_refused(optimizer: Optimizer, given: dict[str, float], words: str):
    with pytest.raises(InputError, match=words):
        optimizer.with_hyperparameters(given)


def test_a_rule_is_told_all_that_there_is_to_know_of_a_step():
    told: list[object] = []

    def rule(*given: object, **hyperparameters: float) -> tuple[FloatArray, State]:
        told.extend([*given, hyperparameters])
        return np.zeros((1, 1)), ()

    gradient, position, rate = np.array([[1.0]]), np.array([[2.0]]), np.array([[0.1]])
    told_of = Optimizer("told", lambda starts: (), rule, {"momentum": 0.9})
    told_of.update(gradient, position, (), 7, rate)
    assert told == [gradient, position, (), 7, rate, {"momentum": 0.9}]


def test_of_an_optimizer_with_several_hyperparameters_all_are_named():
    several = Optimizer("several", HEAVY_BALL.init, push, {"beta1": 0.9, "beta2": 0.999})
    with pytest.raises(InputError) as refused:
        several.with_hyperparameters({"beta3": 0.5})
    assert str(refused.value) == "several has no hyper-parameter 'beta3'; it has beta1, beta2"
    changed = several.with_hyperparameters({"beta2": 0.5})
    assert dict(changed.hyperparameters) == {"beta1": 0.9, "beta2": 0.5}
    assert changed.name == "several"


def test_the_hyperparameters_of_an_optimizer_cannot_be_changed_in_place():
    for each in (GRADIENT_DESCENT, HEAVY_BALL.with_hyperparameters({"momentum": 0.5})):
        with pytest.raises(TypeError):
            each.hyperparameters["momentum"] = 2.0  # type: ignore[index]  # it must fail
