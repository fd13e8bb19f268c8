"""The rules of optimizers that look at f or its second derivatives where they choose how far to go.

They are called as those of `gdviz.descent.rules`, and need no learning rate. Each point has a search of its own, and
all searches are made at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.rules import Moment, State, Step
from gdviz.extent import FloatArray

HALVINGS = 60  # of a step that does not lower f enough; after as many it is not taken
FIRST_LOOK = 0.125  # of the way to where a parabola would be lowest: how far the first look along a ray is
FURTHER = 1.25  # how much longer each look is than the one before
LOOKS = 120  # along a ray, after which f is taken to fall without end
BISECTIONS = 200  # at most, of the way between two looks


def newton(at: Moment, state: State) -> Step:
    """Go to where the parabola with this gradient and curvature is level, be that a minimum or not."""
    return -_solved(at.evaluator.hessian, at.gradient), state


def newton_damped(at: Moment, state: State, *, delta: float, c: float, beta: float) -> Step:
    """Bend the parabola until it has a minimum, and go towards that as far as f falls."""
    hessians = at.evaluator.hessian
    known = np.isfinite(hessians).all(axis=(1, 2))
    lowest = np.full(len(at.position), np.nan)
    lowest[known] = np.linalg.eigvalsh(hessians[known])[:, 0]
    bent = hessians + np.maximum(0, delta - lowest)[:, None, None] * np.eye(at.position.shape[1])
    direction = -_solved(bent, at.gradient)
    return _armijo(at, direction, 1.0, c, beta) * direction, state


def polyak(at: Moment, state: State, *, f_star: float) -> Step:
    """Step to where f would be `f_star` if it went on falling as it does."""
    value, square = at.evaluator.value[:, None], _square(at.gradient)
    return np.asarray(-_ratio(value - f_star, square) * at.gradient), state


def steepest_armijo(at: Moment, state: State, *, t0: float, c: float, beta: float) -> Step:
    """Step against the gradient, shortened until f falls by a share of what the slope promises."""
    return -_armijo(at, -at.gradient, t0, c, beta) * at.gradient, state


def steepest_exact(at: Moment, state: State) -> Step:
    """Step against the gradient to the first place where f falls no further."""
    return -_first_level(at, -at.gradient) * at.gradient, state


def bfgs_start(starts: FloatArray) -> State:
    """Return the estimates of the inverse Hessians, and the places and gradients before."""
    count, dimension = starts.shape
    return np.tile(np.eye(dimension), (count, 1, 1)), np.zeros_like(starts), np.zeros_like(starts)


def bfgs(at: Moment, state: State, *, t0: float, c: float, beta: float) -> Step:
    """Do as Newton's method with curvatures that are learnt from the gradients on the way."""
    inverse, before, gradient_before = state
    if at.step > 1:
        inverse = _learnt(inverse, at.position - before, at.gradient - gradient_before)
    direction = -_times(inverse, at.gradient)
    change = _armijo(at, direction, t0, c, beta) * direction
    return change, (inverse, at.position, at.gradient)


def cg_fr(at: Moment, state: State) -> Step:
    """Keep as much of the direction before as the gradient's squared length has grown (Fletcher and Reeves)."""
    return _conjugate(at, state, _ratio(_square(at.gradient), _square(state[1])))


def cg_pr(at: Moment, state: State) -> Step:
    """Keep as much of the direction before as the gradient has changed along itself, and never less than nothing."""
    turned = (at.gradient * (at.gradient - state[1])).sum(axis=1, keepdims=True)
    return _conjugate(at, state, np.maximum(0, _ratio(turned, _square(state[1]))))


def _conjugate(at: Moment, state: State, share: FloatArray) -> Step:
    """Step along the gradient and a share (n, 1) of the direction before, as far as f falls; uphill is no direction."""
    before, _ = state
    direction = -at.gradient + share * before
    rises = (direction * at.gradient).sum(axis=1, keepdims=True) >= 0
    direction = np.where(rises, -at.gradient, direction)
    return _first_level(at, direction) * direction, (direction, at.gradient)


def _ratio(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return quotients, 0 where they would be of nothing."""
    return np.divide(one, other, out=np.zeros_like(one), where=other > 0)


def _square(vectors: FloatArray) -> FloatArray:
    """Return squared lengths, shape (n, 1)."""
    return np.asarray((vectors**2).sum(axis=1, keepdims=True))


def _times(matrices: FloatArray, vectors: FloatArray) -> FloatArray:
    """Return matrices (n, d, d) times vectors (n, d); a sum in one order, whatever stands beside it."""
    return np.asarray((matrices * vectors[:, None, :]).sum(axis=2))


def _solved(matrices: FloatArray, vectors: FloatArray) -> FloatArray:
    """Return what matrices (n, d, d) must be multiplied with to give vectors (n, d); NaN where there is none."""
    solution = np.full_like(vectors, np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        regular = np.isfinite(matrices).all(axis=(1, 2)) & (np.linalg.det(matrices) != 0)
    solution[regular] = np.linalg.solve(matrices[regular], vectors[regular, :, None])[..., 0]
    return solution


def _learnt(inverse: FloatArray, moved: FloatArray, turned: FloatArray) -> FloatArray:
    """Return the estimates (n, d, d) after steps (n, d) in which the gradients have changed by `turned` (n, d)."""
    inner = (moved * turned).sum(axis=1)
    convex = inner > 1e-14 * np.sqrt(_square(moved) * _square(turned))[:, 0]
    s, y, b = moved[convex], turned[convex], inverse[convex]
    kept = np.eye(moved.shape[1]) - s[:, :, None] * y[:, None, :] / inner[convex, None, None]
    new = inverse.copy()
    along = s[:, :, None] * s[:, None, :] / inner[convex, None, None]
    new[convex] = kept @ b @ np.swapaxes(kept, 1, 2) + along
    return new


def _armijo(at: Moment, direction: FloatArray, longest: float, c: float, beta: float) -> FloatArray:
    """Return how much of a direction to go, shape (n, 1): `longest`, times `beta` until f falls enough, or none."""
    value, slope = at.evaluator.value, (at.gradient * direction).sum(axis=1)
    lengths = np.full(len(at.position), longest)
    missing = np.arange(len(at.position))
    for _ in range(HALVINGS + 1):
        there = at.position[missing] + lengths[missing, None] * direction[missing]
        enough = at.evaluator.value_at(there, missing) <= value[missing] + c * lengths[missing] * slope[missing]
        missing = missing[~enough]
        if not len(missing):
            break
        lengths[missing] *= beta
    lengths[missing] = 0.0
    return lengths[:, None]


def _first_level(at: Moment, direction: FloatArray) -> FloatArray:
    """Return how much of a direction leads to the first place where f no longer falls, shape (n, 1).

    Looks go further and further; between the last two, the place is found to the last digit. Where f falls without end
    it is where the last look was.
    """
    slope = (at.gradient * direction).sum(axis=1)
    bend = (direction * _times(at.evaluator.hessian, direction)).sum(axis=1)
    with np.errstate(all="ignore"):
        parabola = -slope / bend
        span = np.abs(at.objective.extent.span).max() / np.sqrt(_square(direction)[:, 0])
        look = FIRST_LOOK * np.where((parabola > 0) & (parabola < span), parabola, span / 8)
    low, high = np.zeros(len(at.position)), look.copy()

    def falls(which: NDArray[np.intp], lengths: FloatArray) -> NDArray[np.bool_]:
        there = at.position[which] + lengths[:, None] * direction[which]
        return np.asarray((at.evaluator.gradient_at(there, which) * direction[which]).sum(axis=1) < 0)

    searching = np.arange(len(at.position))
    for _ in range(LOOKS):
        searching = searching[falls(searching, high[searching])]
        if not len(searching):
            break
        low[searching], look[searching] = high[searching], FURTHER * look[searching]
        high[searching] += look[searching]
    between = np.setdiff1d(np.arange(len(at.position)), searching)
    for _ in range(BISECTIONS):
        middle = (low[between] + high[between]) / 2
        inside = (low[between] < middle) & (middle < high[between])
        between, middle = between[inside], middle[inside]
        if not len(between):
            break
        lower = falls(between, middle)
        low[between] = np.where(lower, middle, low[between])
        high[between] = np.where(lower, high[between], middle)
    return np.where(slope < 0, high, 0.0)[:, None]
