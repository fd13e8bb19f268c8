from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike

from gdviz.descent.engine import Descent, Status, descend
from gdviz.descent.evaluations import Evaluator
from gdviz.descent.optimizer import MEANINGS, RANGES, SYMBOLS, Optimizer, Range, meaning
from gdviz.descent.optimizers import GRADIENT_DESCENT, OPTIMIZERS, optimizer
from gdviz.descent.rules import Moment, State
from gdviz.descent.schedules import CONSTANT, Schedule, schedule
from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.formula.draw import width
from gdviz.functions import function


def push(at: Moment, state: State, *, momentum: float) -> tuple[FloatArray, State]:
    change = momentum * state[0] - at.learning_rate * at.gradient
    return change, (change,)


HIMMELBLAU = function("himmelblau")
COOLING = schedule("inverse-time", {"decay": 0.1}, warmup=3)
HEAVY_BALL = Optimizer("heavy-ball", lambda starts: (np.zeros_like(starts),), push, {"momentum": 0.9})


def test_plain_descent_steps_by_each_points_own_rate_against_its_gradient():
    gradient, rates = np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([[0.1], [2.0]])
    change, state = GRADIENT_DESCENT.update(gradient, np.zeros((2, 2)), (), 1, rates, objective=HIMMELBLAU)
    np.testing.assert_array_equal(change, [[-0.1, 0.2], [-6.0, -1.0]])
    assert state == ()


def path_of(
    by: Optimizer,
    starts: ArrayLike,
    target: str = "himmelblau",
    *,
    rate: float = 1.0,
    tolerance: float = 0.0,
    steps: int,
    schedule: Schedule = CONSTANT,
) -> Descent:
    return descend(
        function(target),
        starts,
        learning_rate=rate,
        tolerance=tolerance,
        max_iterations=steps,
        optimizer=by,
        schedule=schedule,
    )


@pytest.mark.parametrize("each", [*OPTIMIZERS.values(), HEAVY_BALL], ids=lambda each: each.name)
def test_an_update_changes_nothing_that_it_is_given_and_repeats_itself(each: Optimizer):
    rng = np.random.default_rng(2)
    gradient, position, rates = rng.normal(size=(5, 2)), rng.normal(size=(5, 2)), rng.uniform(0.01, 1, (5, 1))
    state = each.init(position)
    given = [part.copy() for part in (gradient, position, rates, *state)]
    first, second = (each.update(gradient, position, state, 1, rates, objective=HIMMELBLAU) for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    for part, before in zip((gradient, position, rates, *state), given, strict=True):
        np.testing.assert_array_equal(part, before)


@pytest.mark.parametrize("each", [*OPTIMIZERS.values(), HEAVY_BALL], ids=lambda each: each.name)
def test_what_one_point_does_depends_on_no_other(each: Optimizer):
    starts = np.random.default_rng(4).uniform(-3, 3, (20, 2))
    together, alone = (path_of(each, some, rate=0.005, tolerance=1e-6, steps=40) for some in (starts, starts[7:8]))
    np.testing.assert_array_equal(together.points[: alone.steps + 1, 7], alone.points[:, 0])


def test_every_optimizer_is_listed_by_its_own_name():
    assert OPTIMIZERS["gd"] is GRADIENT_DESCENT
    assert all(each.name == name for name, each in OPTIMIZERS.items())


@pytest.mark.parametrize("name", ["steepest_armijo", "bfgs", "newton_damped"])
def test_a_whole_number_is_a_hyperparameter_as_any_other(name: str):
    key = "delta" if name == "newton_damped" else "t0"
    whole, other = (
        descend(function("beale"), [[1.5, 2.0]], learning_rate=1.0, tolerance=0.0, max_iterations=5, optimizer=rule)
        for rule in (optimizer(name, **{key: 2}), optimizer(name, **{key: 2.0}))
    )
    np.testing.assert_array_equal(whole.points, other.points)


def test_a_changed_hyperparameter_takes_effect_and_leaves_the_default_alone():
    def second_step(by: Optimizer) -> float:
        descent = descend(function("x"), [[0.0]], learning_rate=1.0, tolerance=0.0, max_iterations=2, optimizer=by)
        return float(descent.points[2, 0, 0] - descent.points[1, 0, 0])

    gentle = HEAVY_BALL.with_hyperparameters({"momentum": 0.5})
    assert second_step(gentle) == -1.5
    assert second_step(HEAVY_BALL) == -1.9


@pytest.mark.parametrize(
    ("changed", "given", "words"),
    [
        (HEAVY_BALL, {"momentun": 0.5}, "heavy-ball has no hyper-parameter 'momentun'; it has momentum"),
        (GRADIENT_DESCENT, {"momentum": 0.5}, "gd has no hyper-parameter 'momentum'; it has none"),
        (HEAVY_BALL, {"momentum": float("nan")}, "momentum of heavy-ball must be a finite number, not nan"),
        (OPTIMIZERS["polyak"], {"f_star": 10**400}, "f_star of polyak must be a finite number, not inf"),
        (HEAVY_BALL, {"momentum": -1}, "momentum of heavy-ball must be at least 0 and less than 1, not -1"),
        (OPTIMIZERS["adam"], {"beta1": 1.5}, "beta1 of adam must be at least 0 and less than 1, not 1.5"),
        (OPTIMIZERS["adam"], {"beta2": 1}, "beta2 of adam must be at least 0 and less than 1, not 1"),
        (OPTIMIZERS["rprop"], {"etaplus": 1}, "etaplus of rprop must be more than 1, not 1"),
    ],
)
def test_a_hyperparameter_that_cannot_be_is_refused(changed: Optimizer, given: dict[str, float], words: str):
    with pytest.raises(InputError, match=words):
        changed.with_hyperparameters(given)


def test_every_hyperparameter_has_a_range_and_is_explained_in_a_sentence():
    assert set(MEANINGS) == set(RANGES) == {name for each in OPTIMIZERS.values() for name in each.hyperparameters}
    said = [
        *MEANINGS.values(),
        *(meaning(each.name, name) for each in OPTIMIZERS.values() for name in each.hyperparameters),
    ]
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in said)
    assert "gradients" in meaning("adam", "beta2")
    assert meaning("lion", "beta2") == meaning("adam", "beta1")
    assert meaning("adan", "beta3") == meaning("adam", "beta2")


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        (Range(0, 1), "at least 0 and less than 1"),
        (Range(0, 1, closed=False), "more than 0 and less than 1"),
        (Range(0, float("inf")), "at least 0"),
        (Range(-float("inf"), float("inf"), closed=False), "any number"),
        (Range(-float("inf"), 2, closed=False), "less than 2"),
    ],
)
def test_a_range_says_which_numbers_there_are(allowed: Range, words: str):
    assert allowed.bounds() == words
    assert allowed.in_words() == f"be {words}"


def test_a_rule_is_told_all_that_there_is_to_know_of_a_step():
    told: list[object] = []

    def rule(at: Moment, state: State, **hyperparameters: float) -> tuple[FloatArray, State]:
        told.extend([at, state, hyperparameters])
        return np.zeros((1, 1)), ()

    gradient, position, rate = np.array([[1.0]]), np.array([[2.0]]), np.array([[0.1]])
    told_of = Optimizer("told", lambda starts: (), rule, {"momentum": 0.9})
    evaluator = Evaluator(HIMMELBLAU, position)
    told_of.update(gradient, position, (), 7, rate, objective=HIMMELBLAU, evaluator=evaluator)
    assert told == [Moment(gradient, position, 7, rate, HIMMELBLAU, evaluator), (), {"momentum": 0.9}]


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


PATHS = json.loads((Path(__file__).parent / "data" / "optimizers.json").read_text(encoding="utf-8"))


def test_every_rule_of_the_table_is_compared_with_another_implementation():
    assert set(PATHS) == set(OPTIMIZERS)


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("which", [0, 1])
def test_positions_are_those_of_other_implementations(name: str, which: int):
    """PyTorch, Optax, the authors' own code, or arithmetic in 50 digits, as far as 64 bits can follow."""
    case = PATHS[name][which]
    by, start = OPTIMIZERS[name], [case["start"]]
    path = path_of(by, start, case["function"], rate=case["learning_rate"], steps=60).points[:, 0]
    for step, wanted in case["path"].items():
        reached = path[min(int(step), len(path) - 1)]
        assert np.abs(reached - wanted).max() <= 1e-12 * np.linalg.norm(wanted)


@pytest.mark.parametrize(
    ("each", "by"),
    [(each, by) for each in OPTIMIZERS.values() for by in (CONSTANT, COOLING) if by is CONSTANT or not each.searches],
    ids=lambda part: part.name,
)
def test_the_order_of_points_and_their_company_change_nothing(each: Optimizer, by: Schedule):
    starts = np.random.default_rng(5).uniform(-4, 4, (33, 2))  # some rest earlier than others
    order = np.random.default_rng(6).permutation(33)
    whole, mixed, *halves = (
        path_of(each, some, rate=0.01, tolerance=0.5, steps=40, schedule=by)
        for some in (starts, starts[order], starts[:10], starts[10:], starts[20:21])
    )
    np.testing.assert_array_equal(whole.points[:, order], mixed.points)
    np.testing.assert_array_equal(whole.iterations[order], mixed.iterations)
    for half, mine in zip(halves, (slice(0, 10), slice(10, 33), slice(20, 21)), strict=True):
        np.testing.assert_array_equal(whole.points[: half.steps + 1, mine], half.points)
        np.testing.assert_array_equal(whole.status[mine], half.status)


def test_an_optimizer_is_found_by_any_of_its_names():
    assert optimizer("Adam") is not None
    assert optimizer("heavy_ball").name == optimizer("heavy-ball").name == "momentum"
    assert optimizer("sgd").name == "gd"
    assert optimizer("newton_damped") == optimizer("newton-damped") == OPTIMIZERS["newton_damped"]
    names = [name for each in OPTIMIZERS.values() for name in (each.name, *each.aliases)]
    assert len(set(names)) == len(names)
    assert dict(optimizer("adam", beta1=0.8).hyperparameters) == {"beta1": 0.8, "beta2": 0.999, "eps": 1e-8}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("adem", "there is no optimizer 'adem'; did you mean adam?"),
        ("x", "there is no optimizer 'x'; there are gd, momentum"),
    ],
)
def test_an_unknown_optimizer_is_refused(name: str, words: str):
    with pytest.raises(InputError) as refused:
        optimizer(name)
    assert str(refused.value).startswith(words)


@pytest.mark.parametrize("each", OPTIMIZERS.values(), ids=lambda each: each.name)
def test_every_optimizer_says_what_it_is(each: Optimizer):
    assert each.title
    assert each.source
    for name in each.hyperparameters:
        assert RANGES[name].contains(each.hyperparameters[name])
    for equation in each.equations:
        assert width(equation) > 0
    assert any(re.match(r"x_t = \(?x_{t-1}", equation) for equation in each.equations)
    assert each.summary.endswith(".")
    assert not each.note or each.note.endswith(".")
    for name in each.hyperparameters:
        assert any(SYMBOLS[name] in equation for equation in each.equations)


def test_a_search_has_no_learning_rate_and_so_no_use_for_a_schedule():
    with_one, without = (
        path_of(OPTIMIZERS["bfgs"], [[0.5, 0.5]], steps=10, schedule=each) for each in (COOLING, CONSTANT)
    )
    np.testing.assert_array_equal(with_one.points, without.points)


@pytest.mark.parametrize("name", [each.name for each in OPTIMIZERS.values() if each.searches])
def test_a_search_rests_at_a_minimum_and_goes_on_where_f_falls_without_end(name: str):
    rests = path_of(OPTIMIZERS[name], [[3.0, 2.0]], steps=30)
    assert rests.status.tolist() == [Status.CONVERGED]
    with np.errstate(all="raise"):
        endless = path_of(OPTIMIZERS[name], [[1.0, 1.0]], "x + 0*y", steps=30)
    assert np.isfinite(endless.points).all()
    assert endless.values[-1, 0] <= 1


def test_polyaks_step_leads_to_where_f_would_have_the_value_that_is_told():
    polyak = optimizer("polyak", f_star=5)
    path = descend(
        function("x^2 + y^2 + 5"), [[2.0, 0.0]], learning_rate=1, tolerance=0, max_iterations=1, optimizer=polyak
    )
    assert path.points[1, 0].tolist() == [1, 0]
