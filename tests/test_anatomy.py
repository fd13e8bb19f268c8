from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from gdviz.descent.anatomy import StepPart, dissected_path, parts_of, recording
from gdviz.descent.engine import Descent, descend
from gdviz.descent.noise import Noise
from gdviz.descent.optimizer import Optimizer
from gdviz.descent.optimizers import OPTIMIZERS, optimizer
from gdviz.descent.schedules import schedule
from gdviz.extent import FloatArray
from gdviz.functions import function

ROSENBROCK = function("rosenbrock")
SPAN = ROSENBROCK.extent.span
RATES = {"gd": 1e-3, "momentum": 3e-4, "nesterov": 3e-4, "radam": 1e-4}
ADDED = (StepPart.GRADIENT, StepPart.MOMENTUM, StepPart.SCALE, StepPart.DECAY)


def descent_of(by: Optimizer, steps: int = 30) -> Descent:
    rate = RATES.get(by.name, 0.05)
    return descend(ROSENBROCK, [[-1.2, 1.8]], learning_rate=rate, tolerance=0, max_iterations=steps, optimizer=by)


def anatomy_of(by: Optimizer, steps: int = 30) -> tuple[Descent, Mapping[StepPart, FloatArray]]:
    recorder, records = recording(by)
    descent = descent_of(recorder, steps)
    return descent, dissected_path(by, records, descent.steps, SPAN)


EVERY = pytest.mark.parametrize("by", OPTIMIZERS.values(), ids=OPTIMIZERS)


@EVERY
def test_a_recorded_descent_is_the_same_to_the_bit(by: Optimizer):
    np.testing.assert_array_equal(anatomy_of(by)[0].points, descent_of(by).points)


@EVERY
def test_the_parts_of_every_step_add_up_to_it(by: Optimizer):
    descent, parts = anatomy_of(by)
    np.testing.assert_allclose(descent.points[:-1, 0] + parts[StepPart.STEP][:-1], descent.points[1:, 0], rtol=1e-12)
    np.testing.assert_allclose(sum(parts[part] for part in ADDED), parts[StepPart.STEP], atol=1e-9)


@EVERY
def test_an_optimizer_has_just_the_parts_that_are_not_nothing(by: Optimizer):
    _, parts = anatomy_of(by)
    assert parts_of(by) == tuple(part for part in StepPart if np.abs(parts[part]).max() > 1e-9)


@EVERY
def test_the_part_of_the_gradient_leads_against_it(by: Optimizer):
    descent, parts = anatomy_of(by)
    gradients, arrows = ROSENBROCK.gradient(*descent.points[:-1, 0].T).T, parts[StepPart.GRADIENT][:-1]
    long = np.linalg.norm(arrows, axis=1) > 1e-12
    cosines = (gradients * arrows).sum(axis=1)[long] / np.prod(
        [np.linalg.norm(each[long], axis=1) for each in (gradients, arrows)], axis=0
    )
    np.testing.assert_allclose(cosines, -1)


def test_a_weight_decay_is_a_part_where_there_is_one():
    for name in ("lion", "adan"):
        by = optimizer(name, weight_decay=0.1)
        descent, parts = anatomy_of(by)
        assert StepPart.DECAY in parts_of(by)
        assert StepPart.DECAY not in parts_of(optimizer(name))
        np.testing.assert_allclose(sum(parts[part] for part in ADDED), parts[StepPart.STEP], atol=1e-9)
        towards_zero = (parts[StepPart.DECAY] * descent.points[:, 0]).sum(axis=1)[:-1]
        assert (towards_zero < 0).all()


def test_with_a_schedule_and_noise_the_parts_are_those_of_the_steps_that_are_made():
    rule = optimizer("momentum")
    recorder, records = recording(rule)
    made, again = (
        descend(
            ROSENBROCK,
            [[-1.2, 1.8]],
            learning_rate=3e-4,
            tolerance=0,
            max_iterations=20,
            optimizer=each,
            schedule=schedule("exponential", {"factor": 0.9}, warmup=5),
            noise=Noise(10.0, seed=3),
        )
        for each in (rule, recorder)
    )
    np.testing.assert_array_equal(again.points, made.points)
    parts = dissected_path(rule, records, again.steps, SPAN)
    added = parts[StepPart.GRADIENT] + parts[StepPart.MOMENTUM]
    np.testing.assert_allclose(added[:-1], np.diff(made.points[:, 0], axis=0), atol=1e-12)
    np.testing.assert_allclose(parts[StepPart.GRADIENT][0], -3e-4 / 5 * records[0].at.gradient[0])


def test_momentum_adds_a_share_of_the_step_before():
    _, parts = anatomy_of(optimizer("momentum", momentum=0.8))
    np.testing.assert_allclose(parts[StepPart.MOMENTUM][0], 0)
    np.testing.assert_allclose(parts[StepPart.MOMENTUM][1:-1], 0.8 * parts[StepPart.STEP][:-2], rtol=1e-9)


def test_the_parts_of_adam_are_shares_of_its_mean_and_what_its_root_bends():
    """By hand, as the paper has it: of the second step, m = 0.1 (0.9 g1 + g2) / 0.19, and v likewise."""
    descent, parts = anatomy_of(optimizer("adam"))
    one, two = ROSENBROCK.gradient(*descent.points[:2, 0].T).T
    mean = (0.9 * one + two) / 1.9
    root = np.sqrt((0.999 * one**2 + two**2) / 1.999) + 1e-8
    common = np.sqrt((root**2 / SPAN**2).sum() / (1 / SPAN**2).sum())
    np.testing.assert_allclose(parts[StepPart.GRADIENT][1], -0.05 * two / 1.9 / common, rtol=1e-6)
    np.testing.assert_allclose(parts[StepPart.MOMENTUM][1], -0.05 * 0.9 * one / 1.9 / common, rtol=1e-6)
    np.testing.assert_allclose(parts[StepPart.SCALE][1], -0.05 * mean * (1 / root - 1 / common), rtol=1e-6)


def test_at_the_end_of_the_path_there_is_no_step():
    descent, parts = anatomy_of(optimizer("adam"), steps=4)
    assert all(part.shape == (descent.steps + 1, 2) for part in parts.values())
    assert all((part[-1] == 0).all() for part in parts.values())
