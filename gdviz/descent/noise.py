"""Noise that is added to the gradient."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Noise:
    """Gaussian noise in every component of the gradient: its standard deviation, and its seed."""

    deviation: float = 0.0
    seed: int = 0


NO_NOISE = Noise()
