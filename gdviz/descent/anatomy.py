"""The anatomy of steps: the parts that each step of a rule is made of, which add up to it.

A rule follows a direction: the gradient, or with momentum a mean of gradients, which is a share of the newest one and
what it remembers of those before. Many rules then scale it, each axis by a rate of its own. Drawn head to tail, from
the point on, are

- the gradient's and the momentum's parts of the direction, as long as they are with one rate for all axes;
- the scale: how the step is bent by each axis having its own rate, and not that one;
- what draws points to the origin, in rules with a weight decay;

and they end where the step ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from gdviz.descent.optimizer import Optimizer
from gdviz.descent.rules import Moment, State, Step
from gdviz.extent import FloatArray

Numbers = Mapping[str, float]


class StepPart(StrEnum):
    """A part of a step, in the order in which they are added up; the step is all of them."""

    GRADIENT = "gradient"
    MOMENTUM = "momentum"
    SCALE = "scale"
    DECAY = "decay"
    STEP = "step"


@dataclass(frozen=True)
class StepRecord:
    """One call of a rule: what it was told, the state before and after it, and the change of the position."""

    at: Moment
    before: State
    after: State
    change: FloatArray


def recording(optimizer: Optimizer) -> tuple[Optimizer, list[StepRecord]]:
    """Return an optimizer that makes the same steps, and the list to which it adds a record of each."""
    records: list[StepRecord] = []

    def rule(at: Moment, state: State, **hyperparameters: float) -> Step:
        change, after = optimizer.rule(at, state, **hyperparameters)
        records.append(StepRecord(at, state, after, change))
        return change, after

    return replace(optimizer, rule=rule), records


def parts_of(optimizer: Optimizer) -> tuple[StepPart, ...]:
    """Return the parts that an optimizer's steps have, in the order in which they are added up."""
    anatomy = _ANATOMIES.get(optimizer.name, _PLAIN)
    has = {
        StepPart.GRADIENT: True,
        StepPart.MOMENTUM: anatomy.remembers,
        StepPart.SCALE: anatomy.scales is not None,
        StepPart.DECAY: optimizer.hyperparameters.get("weight_decay", 0) > 0,
        StepPart.STEP: True,
    }
    return tuple(part for part in StepPart if has[part])


def dissected(optimizer: Optimizer, record: StepRecord, span: FloatArray) -> Mapping[StepPart, FloatArray]:
    """Return the parts of a recorded step, each of shape (n, dimension); those that the optimizer lacks are 0.

    Parameters
    ----------
    optimizer
        The one that made the step.
    record
        The step.
    span
        In which lengths along different axes are compared, shape (dimension,): usually that of the extent.

    """
    anatomy, numbers = _ANATOMIES.get(optimizer.name, _PLAIN), optimizer.hyperparameters
    with np.errstate(all="ignore"):
        decay = _decay(optimizer.name, record, numbers.get("weight_decay", 0.0))
        pull = record.change - decay
        gradient, memory = anatomy.direction(record, numbers)
        if anatomy.rated:
            rate = record.at.learning_rate
        else:
            rate = (anatomy.scales or _by_length)(pull, gradient + memory, span)
        parts = {StepPart.GRADIENT: -rate * gradient, StepPart.MOMENTUM: -rate * memory}
        scale = pull + rate * (gradient + memory) if anatomy.scales else np.zeros_like(pull)
    return MappingProxyType(parts | {StepPart.SCALE: scale, StepPart.DECAY: decay, StepPart.STEP: record.change})


def dissected_path(
    optimizer: Optimizer, records: Sequence[StepRecord], steps: int, span: FloatArray
) -> Mapping[StepPart, FloatArray]:
    """Return the parts of all steps of one point, shape (steps + 1, dimension); at its end they are 0."""
    each = [dissected(optimizer, record, span) for record in records[:steps]]
    end = np.zeros((1, len(span)))
    return MappingProxyType({part: np.concatenate([*(parts[part] for parts in each), end]) for part in StepPart})


_Direction = tuple[FloatArray, FloatArray]  # shares of the newest gradient, and of what is remembered, (n, dimension)
_Rate = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True)
class _Anatomy:
    """What one rule's steps are made of.

    Attributes
    ----------
    direction
        What is followed, from a record and the hyper-parameters.
    remembers
        Whether some of that comes from gradients before.
    rated
        Whether the step is the direction times the learning rate.
    scales
        How the one rate is found that stands for those of all axes; None if there is but one.

    """

    direction: Callable[[StepRecord, Numbers], _Direction]
    remembers: bool = False
    rated: bool = False
    scales: _Rate | None = None


def _length(vectors: FloatArray, span: FloatArray) -> FloatArray:
    """Return lengths in spans, shape (n, 1)."""
    return np.asarray(np.hypot.reduce(vectors / span, axis=1, keepdims=True))


def _quotient(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return quotients, 0 where they would be of nothing."""
    return np.divide(one, other, out=np.zeros_like(one), where=other != 0)


def _by_length(pull: FloatArray, direction: FloatArray, span: FloatArray) -> FloatArray:
    """Return the rate (n, 1) with which the direction is as long as the step."""
    return _quotient(_length(pull, span), _length(direction, span))


def _by_axis(pull: FloatArray, direction: FloatArray, span: FloatArray) -> FloatArray:
    """Return the rate (n, 1) whose inverse is the root of the mean square of the inverses of the axes' rates.

    In Adam and its kin these are roots of mean squared gradients, over the learning rate. While the direction is as
    large as they are, it is so as long as the step; it does not grow where a point turns and the direction is short.
    """
    inverse = _quotient(np.abs(direction), np.abs(pull))
    weight = np.where((inverse > 0) & np.isfinite(inverse), 1 / span**2, 0.0)
    squares = (weight * inverse**2).sum(axis=1, keepdims=True)
    return np.sqrt(_quotient(weight.sum(axis=1, keepdims=True), squares))


def _gradient_alone(record: StepRecord, _: Numbers) -> _Direction:
    return record.at.gradient, np.zeros_like(record.at.gradient)


def _velocity(record: StepRecord, numbers: Numbers) -> _Direction:
    (velocity,) = record.before
    return record.at.gradient, numbers["momentum"] * velocity


def _next_velocity(record: StepRecord, numbers: Numbers) -> _Direction:
    (velocity,) = record.after
    return record.at.gradient, numbers["momentum"] * velocity


def _mean(record: StepRecord, numbers: Numbers) -> _Direction:
    """Return a fading mean of gradients, corrected for its start at 0."""
    kept, known = numbers["beta1"], 1 - numbers["beta1"] ** record.at.step
    return (1 - kept) * record.at.gradient / known, kept * record.before[0] / known


def _sign(record: StepRecord, numbers: Numbers) -> _Direction:
    kept = numbers["beta1"]
    return (1 - kept) * record.at.gradient, kept * record.before[0]


def _ahead(record: StepRecord, numbers: Numbers) -> _Direction:
    """Return what NAdam follows: the gradient, and the mean with the momentum of the step after."""
    step, decay = record.at.step, numbers["momentum_decay"]
    now, later = (numbers["beta1"] * (1 - 0.5 * 0.96 ** (number * decay)) for number in (step, step + 1))
    mean, _, product = record.after
    return (1 - now) / (1 - product) * record.at.gradient, later / (1 - product * later) * mean


def _differences(record: StepRecord, numbers: Numbers) -> _Direction:
    """Return what Adan follows: a mean of gradients, and that of their differences, which it counts as remembered."""
    gradient, memory = _mean(record, numbers)
    return gradient, memory + numbers["beta2"] * record.after[1] / (1 - numbers["beta2"] ** record.at.step)


def _conjugate(record: StepRecord, _: Numbers) -> _Direction:
    return record.at.gradient, -record.after[0] - record.at.gradient


def _decay(name: str, record: StepRecord, weight_decay: float) -> FloatArray:
    """Return what draws points to the origin."""
    if weight_decay == 0:
        return np.zeros_like(record.change)
    strength = record.at.learning_rate * weight_decay
    if name == "adan":  # it divides where the others subtract
        return -strength * (record.at.position + record.change)
    return -strength * record.at.position


_PLAIN = _Anatomy(_gradient_alone)
_SCALED = _Anatomy(_gradient_alone, scales=_by_axis)
_MEAN = _Anatomy(_mean, remembers=True, scales=_by_axis)
_BENT = _Anatomy(_gradient_alone, scales=_by_length)

_ANATOMIES: Mapping[str, _Anatomy] = MappingProxyType(
    {
        "gd": _Anatomy(_gradient_alone, rated=True),
        "momentum": _Anatomy(_velocity, remembers=True, rated=True),
        "nesterov": _Anatomy(_next_velocity, remembers=True, rated=True),
        **dict.fromkeys(("adagrad", "rmsprop", "adadelta", "rprop", "signsgd"), _SCALED),
        **dict.fromkeys(("adam", "amsgrad", "adamax", "radam", "adamw", "adabelief", "yogi"), _MEAN),
        "nadam": _Anatomy(_ahead, remembers=True, scales=_by_axis),
        "lion": _Anatomy(_sign, remembers=True, scales=_by_axis),
        "adan": _Anatomy(_differences, remembers=True, scales=_by_axis),
        **dict.fromkeys(("polyak", "steepest_armijo", "steepest_exact"), _PLAIN),
        **dict.fromkeys(("newton", "newton_damped", "bfgs"), _BENT),
        **dict.fromkeys(("cg_fr", "cg_pr"), _Anatomy(_conjugate, remembers=True)),
    }
)
"""By the optimizer's name. Of others, the gradient and the step are known."""
