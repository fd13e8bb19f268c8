"""The rules of first-order optimizers: how gradients become a step, for all points at once and each by itself.

Each pair of functions is `init`, which returns the first state for starts (n, dimension), and the rule, which returns
the change of the position, shape (n, dimension), and the next state. Where PyTorch has the rule, its conventions are
followed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gdviz.descent.evaluations import Evaluator
from gdviz.extent import FloatArray
from gdviz.functions.objective import Objective

State = tuple[FloatArray, ...]
Step = tuple[FloatArray, State]


@dataclass(frozen=True)
class Moment:
    """What a rule is told of a step.

    Attributes
    ----------
    gradient, position
        Shape (n, dimension).
    step
        The number of the step, from 1.
    learning_rate
        The learning rate of each point, shape (n, 1), or that of all, shape (1, 1).
    objective
        What is descended.
    evaluator
        Evaluates the objective where a rule wants to look itself, and counts how often.

    """

    gradient: FloatArray
    position: FloatArray
    step: int
    learning_rate: FloatArray
    objective: Objective
    evaluator: Evaluator


def zeros(count: int) -> Callable[[FloatArray], State]:
    """Return an `init` of so many arrays of zeros, each of the starts' shape."""
    return lambda starts: tuple(np.zeros_like(starts) for _ in range(count))


def gd(at: Moment, state: State) -> Step:
    """Step against the gradient."""
    return -at.learning_rate * at.gradient, state


def signsgd(at: Moment, state: State) -> Step:
    """Step by the learning rate along each axis, against the gradient."""
    return -at.learning_rate * np.sign(at.gradient), state


def momentum(at: Moment, state: State, *, momentum: float) -> Step:
    """Step along a velocity that gathers gradients."""
    (velocity,) = state
    velocity = momentum * velocity + at.gradient
    return -at.learning_rate * velocity, (velocity,)


def nesterov(at: Moment, state: State, *, momentum: float) -> Step:
    """Step along the velocity that there would be after one more step."""
    (velocity,) = state
    velocity = momentum * velocity + at.gradient
    return -at.learning_rate * (at.gradient + momentum * velocity), (velocity,)


def adagrad(at: Moment, state: State, *, eps: float) -> Step:
    """Divide each axis by the root of the sum of its squared gradients."""
    (total,) = state
    total = total + at.gradient**2
    return -at.learning_rate * at.gradient / (np.sqrt(total) + eps), (total,)


def rmsprop(at: Moment, state: State, *, alpha: float, eps: float) -> Step:
    """Divide each axis by the root of a fading mean of its squared gradients."""
    (square,) = state
    square = alpha * square + (1 - alpha) * at.gradient**2
    return -at.learning_rate * at.gradient / (np.sqrt(square) + eps), (square,)


def adadelta(at: Moment, state: State, *, rho: float, eps: float) -> Step:
    """Give the step the unit of the position: by the ratio of two fading means, of steps and of gradients."""
    square, moved = state
    square = rho * square + (1 - rho) * at.gradient**2
    way = np.sqrt(moved + eps) / np.sqrt(square + eps) * at.gradient
    return -at.learning_rate * way, (square, rho * moved + (1 - rho) * way**2)


def _means(gradient: FloatArray, state: State, beta1: float, beta2: float) -> tuple[FloatArray, FloatArray]:
    """Return the fading means of the gradient and of its square; sums in place are faster, and the same to the bit."""
    mean, square = beta1 * state[0], beta2 * state[1]
    mean += (1 - beta1) * gradient
    square += (1 - beta2) * gradient**2
    return mean, square


def adam(at: Moment, state: State, *, beta1: float, beta2: float, eps: float) -> Step:
    """Divide a fading mean of the gradient by the root of that of its square, both corrected for their start at 0."""
    mean, square = _means(at.gradient, state, beta1, beta2)
    root = square / (1 - beta2**at.step)
    np.sqrt(root, out=root)
    root += eps
    change = -at.learning_rate * (mean / (1 - beta1**at.step))
    change /= root
    return change, (mean, square)


def amsgrad(at: Moment, state: State, *, beta1: float, beta2: float, eps: float) -> Step:
    """Do as Adam with the largest mean square so far, taken before the correction."""
    mean, square = _means(at.gradient, state, beta1, beta2)
    largest = np.maximum(state[2], square)
    root = np.sqrt(largest / (1 - beta2**at.step)) + eps
    return -at.learning_rate * (mean / (1 - beta1**at.step)) / root, (mean, square, largest)


def adamax(at: Moment, state: State, *, beta1: float, beta2: float, eps: float) -> Step:
    """Do as Adam with a fading maximum in place of the root."""
    mean, largest = state
    mean = beta1 * mean + (1 - beta1) * at.gradient
    largest = np.maximum(beta2 * largest, np.abs(at.gradient) + eps)
    return -at.learning_rate / (1 - beta1**at.step) * mean / largest, (mean, largest)


def nadam_start(starts: FloatArray) -> State:
    """Return two means and, for each point, the product of the momenta so far."""
    return np.zeros_like(starts), np.zeros_like(starts), np.ones((len(starts), 1))


def nadam(at: Moment, state: State, *, beta1: float, beta2: float, eps: float, momentum_decay: float) -> Step:
    """Do as Adam with Nesterov's momentum, which grows by Dozat's schedule."""
    mean, square = _means(at.gradient, state, beta1, beta2)
    now, later = (beta1 * (1 - 0.5 * 0.96 ** (number * momentum_decay)) for number in (at.step, at.step + 1))
    product = state[2] * now
    root = np.sqrt(square / (1 - beta2**at.step)) + eps
    way = (1 - now) / (1 - product) * at.gradient + later / (1 - product * later) * mean
    return -at.learning_rate * way / root, (mean, square, product)


def radam(at: Moment, state: State, *, beta1: float, beta2: float, eps: float) -> Step:
    """Do as Adam, but with the mean alone while too few gradients are known to trust the root."""
    mean, square = _means(at.gradient, state, beta1, beta2)
    corrected = mean / (1 - beta1**at.step)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * at.step * beta2**at.step / (1 - beta2**at.step)
    if length <= 5:
        return -at.learning_rate * corrected, (mean, square)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    root = math.sqrt(1 - beta2**at.step) / (np.sqrt(square) + eps)
    return -at.learning_rate * corrected * math.sqrt(share) * root, (mean, square)


def adamw(at: Moment, state: State, *, beta1: float, beta2: float, eps: float, weight_decay: float) -> Step:
    """Do as Adam, and shrink the position towards the origin."""
    change, state = adam(at, state, beta1=beta1, beta2=beta2, eps=eps)
    return change - at.learning_rate * weight_decay * at.position, state


def lion(at: Moment, state: State, *, beta1: float, beta2: float, weight_decay: float) -> Step:
    """Step by the learning rate along each axis, by the sign of two fading means of the gradient."""
    (mean,) = state
    way = np.sign(beta1 * mean + (1 - beta1) * at.gradient)
    change = -at.learning_rate * weight_decay * at.position - at.learning_rate * way
    return change, (beta2 * mean + (1 - beta2) * at.gradient,)


def adabelief(at: Moment, state: State, *, beta1: float, beta2: float, eps: float, eps_root: float) -> Step:
    """Do as Adam with the squared distance of the gradient from its mean in place of its square."""
    mean, spread = state
    mean = beta1 * mean + (1 - beta1) * at.gradient
    spread = beta2 * spread + (1 - beta2) * (at.gradient - mean) ** 2 + eps_root
    root = np.sqrt(spread / (1 - beta2**at.step)) + eps
    return -at.learning_rate * (mean / (1 - beta1**at.step)) / root, (mean, spread)


def yogi_start(starts: FloatArray) -> State:
    """Return two means that begin at a millionth, as in Optax."""
    return np.full_like(starts, 1e-6), np.full_like(starts, 1e-6)


def yogi(at: Moment, state: State, *, beta1: float, beta2: float, eps: float) -> Step:
    """Do as Adam with a mean square that grows no faster than the squared gradient lets it."""
    mean, square = state
    mean = beta1 * mean + (1 - beta1) * at.gradient
    square = square - (1 - beta2) * np.sign(square - at.gradient**2) * at.gradient**2
    root = np.sqrt(square / (1 - beta2**at.step)) + eps
    return -at.learning_rate * (mean / (1 - beta1**at.step)) / root, (mean, square)


def rprop(at: Moment, state: State, *, etaminus: float, etaplus: float, step_min: float, step_max: float) -> Step:
    """Step by a length of each axis's own, which grows while the gradient keeps its sign and shrinks where it turns."""
    before, length = state
    length = np.broadcast_to(at.learning_rate, at.gradient.shape) if at.step == 1 else length
    kept = np.sign(at.gradient * before)
    length = np.clip(length * np.where(kept > 0, etaplus, np.where(kept < 0, etaminus, 1.0)), step_min, step_max)
    gradient = np.where(kept < 0, 0.0, at.gradient)
    return -np.sign(gradient) * length, (gradient, length)


def adan(
    at: Moment, state: State, *, beta1: float, beta2: float, beta3: float, eps: float, weight_decay: float
) -> Step:
    """Do as Adam with a mean of the gradient's differences beside that of the gradient."""
    mean, turn, square, before = state
    difference = np.zeros_like(at.gradient) if at.step == 1 else at.gradient - before
    mean = beta1 * mean + (1 - beta1) * at.gradient
    turn = beta2 * turn + (1 - beta2) * difference
    square = beta3 * square + (1 - beta3) * (at.gradient + beta2 * difference) ** 2
    way = mean / (1 - beta1**at.step) + beta2 * turn / (1 - beta2**at.step)
    change = -at.learning_rate * way / (np.sqrt(square) / math.sqrt(1 - beta3**at.step) + eps)
    decayed = (at.position + change) / (1 + at.learning_rate * weight_decay) - at.position
    return np.where(weight_decay > 0, decayed, change), (mean, turn, square, at.gradient)
