"""How a descent's time is shared out among its iterations, and how points go from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdviz.descent.engine import Descent
from gdviz.extent import Extent, FloatArray
from gdviz.scene.monotone_cubic import hermite, local_slopes

SAMPLED = 2_000  # points that the pace is computed from, if there are more
AT_ONCE = 500_000  # positions that are processed at a time, which limits the memory used
POWER = 0.65  # 0 gives every iteration the same time, 1 time in proportion to the distance covered
UNSEEN = 1e-12  # spans of the extent: a step has as much added, so that none has no length and no time
RAMP = 0.5  # seconds in which points come to the greatest speed of a film from rest, or from it to rest
LONGEST_RAMP = 1 / 3  # of the descent


@dataclass(frozen=True)
class Pace:
    """How far a descent has come at each share of its time.

    The distance covered is a monotone cubic of the time, so that points do not change their speed from one moment to
    the next, however unlike two steps are.

    Attributes
    ----------
    reached
        The share of the time at which each iteration is reached, from 0 to 1, shape (steps + 1,).
    first, last
        How fast points go as each step begins and as it ends; 1 is the step's mean speed. Shape (steps,).
    ramps
        The seconds in which the points come to their speed at the beginning, and to rest at the end.

    """

    reached: FloatArray
    first: FloatArray
    last: FloatArray
    ramps: tuple[float, float]

    def position(self, seconds: float, length: float) -> float:
        """Return the iterations made by a moment of a descent that takes `length`, both in seconds.

        Before its beginning it is 0, and from its end on exactly all of them; also a hair before it, where rounding
        may put a film's last frame.
        """
        steps = len(self.first)
        if seconds >= length or not steps:
            return float(steps)
        if seconds <= 0:
            return 0.0
        share = eased(seconds / length, *(min(ramp / length, LONGEST_RAMP) for ramp in self.ramps))
        step = min(int(np.searchsorted(self.reached, share, side="right")), steps) - 1
        begin, end = self.reached[step : step + 2].tolist()
        risen = hermite((share - begin) / (end - begin), 1.0, float(self.first[step]), float(self.last[step]))
        return step + min(max(risen, 0.0), 1.0)


def build_pace(descents: Sequence[Descent], extent: Extent, begins: int = 0) -> Pace:
    """Return the pace of descents on one clock, seen in an extent, from the iteration on with which it `begins`.

    The time of a step is proportional to d**POWER, where d is how far the points get in it: the root of their mean
    squared distance, in spans of the extent. Long first steps last long enough to be seen, the long tail of small ones
    passes quickly, and a step in which hardly anything moves still takes a little time. The distance counts up to half
    of that covered together with the step before, so that a point that jumps to and fro across a crease does not hold
    up the film.
    """
    steps = max(descent.steps for descent in descents) - begins
    if steps == 0:
        return pace_of(np.zeros(0), np.zeros(0))
    chosen = [descent.sample(SAMPLED // len(descents)) for descent in descents]
    together = max(1, AT_ONCE // max(sum(map(len, chosen)), 1))
    parts = []
    for first in range(0, steps, together):
        some = begins + np.arange(max(first - 1, 0), min(first + together, steps) + 1)
        each = [
            descent.history.positions_of(points, np.minimum(some, descent.steps))
            for descent, points in zip(descents, chosen, strict=True)
        ]
        parts.append(_moved(np.concatenate(each, axis=1), extent, begins=first == 0))
    moved, in_two = np.concatenate(parts, axis=1)
    weights = np.minimum(moved, in_two / 2) ** POWER
    weights += max(0.02 * float(weights.mean()), UNSEEN)
    return pace_of(weights, moved + UNSEEN)


def pace_of(weights: FloatArray, distances: FloatArray) -> Pace:
    """Return a pace from the relative time of each step and how far the points get in it, both (steps,), positive.

    A ramp is the shorter the slower the points begin or end, so that the long tail is not made longer.
    """
    so_far = np.cumsum(weights)
    reached = np.concatenate([[0.0], so_far / so_far[-1:]])  # exactly 1 at last, which the sum need not give
    speeds = distances / weights
    passed = np.concatenate([speeds[:1], local_slopes(weights, distances), speeds[-1:]])
    ramps = RAMP * np.sqrt(passed[[0, -1]] / passed.max()) if len(speeds) else np.zeros(2)
    first, last = ramps.tolist()
    return Pace(reached, passed[:-1] / speeds, passed[1:] / speeds, (first, last))


def eased(share: float, first: float, last: float) -> float:
    """Return how much is done after a share of the time, if all starts and ends gently; 0 -> 0 and 1 -> 1, exactly.

    The speed grows with the square of the time in the share `first` of it, is then steady, and falls likewise to 0 in
    the share `last`. Neither may be above a half.
    """
    speed = 1 / (1 - 2 / 3 * (first + last))
    if share < first:
        return speed * first * (share / first) ** 3 / 3
    if share > 1 - last:
        return 1 - speed * last * ((1 - share) / last) ** 3 / 3
    return speed * (share - 2 / 3 * first)


def _moved(points: FloatArray, extent: Extent, *, begins: bool) -> FloatArray:
    """Return how far points (k, n, dimension) get in each step but the first, unless the descent begins with it.

    First how far in that step, then how far in it and the one before it, or in twice the first; shape (2, steps).
    """
    steps = np.diff(extent.shares(extent.clamp(points)), axis=0)
    before = np.concatenate([steps[:1], steps[:-1]])
    moved = np.stack([steps, before + steps])
    return np.asarray(np.sqrt((moved**2).sum(axis=3).mean(axis=2)))[:, 0 if begins else 1 :]
