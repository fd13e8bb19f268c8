"""Smoothing of samples by a Gaussian that takes missing ones, and what is beyond the edge, for nothing."""

from __future__ import annotations

import math

import numpy as np

from gdviz.extent import FloatArray

REACH = 4.0  # standard deviations at which the Gaussian ends


def smoothed(samples: FloatArray, deviation: float) -> FloatArray:
    """Return the samples, each the mean of those around it, weighted by a Gaussian; missing ones stay missing.

    Parameters
    ----------
    samples
        Numbers, shape (rows, columns); NaN where one is missing.
    deviation
        The Gaussian's standard deviation in cells; 0 leaves the samples as they are.

    """
    if deviation == 0:
        return samples
    there = np.isfinite(samples)
    reach = math.ceil(REACH * deviation)
    weights = np.exp(-0.5 * (np.arange(reach + 1) / deviation) ** 2)
    # The weights add up to 1 only after the division: at an edge and beside a hole there are fewer of them.
    total = _both_ways(np.where(there, samples, 0.0), weights)
    share = _both_ways(there.astype(np.float64), weights)
    return np.where(there, total / np.where(there, share, 1.0), np.nan)


def _both_ways(numbers: FloatArray, weights: FloatArray) -> FloatArray:
    return _down(np.ascontiguousarray(_down(numbers, weights).T), weights).T


def _down(numbers: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted sums down the columns."""
    found: FloatArray = weights[0] * numbers
    for far, weight in enumerate(weights[1 : len(numbers)], start=1):
        part = weight * numbers
        found[far:] += part[:-far]
        found[:-far] += part[far:]
    return found
