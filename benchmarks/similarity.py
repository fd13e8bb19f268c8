"""Structural similarity of two pictures, as Wang et al. (2004) define it: of brightness, in a Gaussian window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Picture = NDArray[np.uint8]

SIGMA, RADIUS = 1.5, 5  # of the window, in pixels
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
WINDOW = np.exp(-(np.arange(-RADIUS, RADIUS + 1) ** 2) / (2 * SIGMA**2))


def similarity(one: Picture, other: Picture) -> float:
    """Return the mean structural similarity, at most 1, of two pictures (height, width, 3) of at least 11x11 pixels."""
    a, b = _brightness(one), _brightness(other)
    mean_a, mean_b = _blurred(a), _blurred(b)
    spread = _blurred(a * a) - mean_a**2 + _blurred(b * b) - mean_b**2
    together = _blurred(a * b) - mean_a * mean_b
    above = (2 * mean_a * mean_b + C1) * (2 * together + C2)
    return float(np.mean(above / ((mean_a**2 + mean_b**2 + C1) * (spread + C2))))


def _brightness(picture: Picture) -> FloatArray:
    """Return the luma of sRGB, (height, width), 0 to 255."""
    return picture @ np.array([0.299, 0.587, 0.114])


def _blurred(values: FloatArray) -> FloatArray:
    """Return the mean in the window around each pixel whose window lies in the picture."""
    weights = WINDOW / WINDOW.sum()
    for _ in range(2):  # along one axis, then along the other
        length = len(values) - 2 * RADIUS
        values = sum((weight * values[k : k + length] for k, weight in enumerate(weights)), np.zeros(1)).T
    return values
