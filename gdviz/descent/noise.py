"""Noise: what is added to gradients, so that a descent is a stochastic one."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np

from gdviz.errors import InputError
from gdviz.extent import FloatArray


@dataclass(frozen=True)
class Noise:
    """Gaussian noise that depends on the seed, the step and the point's number alone.

    Attributes
    ----------
    deviation
        Its standard deviation, along each axis; 0 for none.
    seed
        A whole number, not negative: the same seed gives the same noise.

    Raises
    ------
    InputError
        If the deviation or the seed is out of range.

    """

    deviation: float
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not 0 <= self.deviation <= sys.float_info.max:
            raise InputError(f"the noise must be a number that is not negative, not {self.deviation}")
        if not 0 <= self.seed < math.inf or self.seed != int(self.seed):
            raise InputError(f"the seed of the noise must be a whole number that is not negative, not {self.seed}")

    def draw(self, step: int, count: int, dimension: int) -> FloatArray:
        """Return what is added to the gradients of the first `count` points at a step, shape (count, dimension)."""
        source = np.random.PCG64(np.random.SeedSequence(int(self.seed), spawn_key=(step,)))
        return np.asarray(self.deviation * np.random.Generator(source).standard_normal((count, dimension)))


NO_NOISE = Noise(0.0)
