"""Smooth curves through given values that rise and fall only where the values do: monotone cubic interpolation.

Each piece is a cubic in Hermite's form, and two that meet have the same slope there.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from gdviz.extent import Flags, FloatArray

STEEPEST = 3  # a cubic whose slopes at its ends are at most so many times its chord's is monotone

Number = TypeVar("Number", float, FloatArray)


def local_slopes(lengths: FloatArray, rises: FloatArray) -> FloatArray:
    """Return slopes where two pieces meet that depend on these two alone.

    A slope is a harmonic mean of those of the two chords, and 0 where these do not both rise or both fall (F. N.
    Fritsch and J. Butland, SIAM Journal on Scientific and Statistical Computing 5(2), 1984, with K. W. Brodlie's
    weights): never more than STEEPEST times either.

    Parameters
    ----------
    lengths, rises
        How long each piece is, positive, and by how much the values change in it, both of shape (n,).

    Returns
    -------
    Slopes, shape (n - 1,).

    """
    before, after, alike = _chords(lengths, rises)
    share = (lengths[:-1] + 2 * lengths[1:]) / (3 * (lengths[:-1] + lengths[1:]))  # of the chord before, in the mean
    weighted = np.where(alike, share * after + (1 - share) * before, 1.0)
    return np.where(alike, before * (after / weighted), 0.0)


def spline_slopes(lengths: FloatArray, rises: FloatArray) -> FloatArray:
    """Return slopes where two pieces meet with which the slope itself changes as smoothly as it can; 0 at the ends.

    They are those of the cubic spline, at rest at both ends and where two chords do not both rise or both fall, kept
    where the curve is monotone (J. M. Hyman, SIAM Journal on Scientific and Statistical Computing 4(4), 1983): never
    more than STEEPEST times either chord's, nor less than the gentler one's.

    Parameters
    ----------
    lengths, rises
        How long each piece is, positive, and by how much the values change in it, both of shape (n,); n at least 1.

    Returns
    -------
    Slopes, shape (n + 1,).

    """
    before, after, alike = _chords(lengths, rises)
    inner = np.flatnonzero(alike)
    one, other = 1 / lengths[:-1][inner], 1 / lengths[1:][inner]
    equations, right = np.eye(len(lengths) + 1), np.zeros(len(lengths) + 1)
    equations[inner + 1, inner], equations[inner + 1, inner + 2] = one, other
    equations[inner + 1, inner + 1] = 2 * (one + other)
    right[inner + 1] = 3 * (before[inner] * one + after[inner] * other)
    slopes = np.asarray(np.linalg.solve(equations, right), dtype=np.float64)
    gentler = np.where(alike, np.minimum(np.abs(before), np.abs(after)), 0.0)
    slopes[1:-1] = np.sign(before) * np.clip(np.sign(before) * slopes[1:-1], gentler, STEEPEST * gentler)
    slopes[[0, -1]] = 0.0
    return slopes


def hermite(share: float, rise: Number, first: Number, last: Number) -> Number:
    """Return by how much a cubic has risen after a share of its length, from 0 (exactly 0) to 1 (`rise`).

    `first` and `last` are its slopes at both ends, per whole length.
    """
    rest = 1 - share
    return share * share * (3 - 2 * share) * rise + share * rest * (rest * first - share * last)


def _chords(lengths: FloatArray, rises: FloatArray) -> tuple[FloatArray, FloatArray, Flags]:
    """Return the slopes of the chords before and after each inner point, and whether both rise or both fall there."""
    chords = rises / lengths
    return chords[:-1], chords[1:], chords[:-1] * chords[1:] > 0
