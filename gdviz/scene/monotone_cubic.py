"""Smooth curves through given values that rise and fall only where the values do: monotone cubic interpolation.

Each piece is a cubic in Hermite's form, and two that meet have the same slope there.
"""

from __future__ import annotations

import numpy as np

from gdviz.extent import FloatArray


def inner_slopes(lengths: FloatArray, rises: FloatArray) -> FloatArray:
    """Return the curve's slopes where two pieces meet.

    A slope is a harmonic mean of those of the two chords, and 0 where these do not both rise or both fall (F. N.
    Fritsch and J. Butland, SIAM Journal on Scientific and Statistical Computing 5(2), 1984, with K. W. Brodlie's
    weights): never more than three times either, which is what a cubic needs to be monotone.

    Parameters
    ----------
    lengths
        How long each piece is, shape (n,), positive.
    rises
        By how much the values change in each piece, shape (n,) or (n, m).

    Returns
    -------
    Slopes, shape (n - 1,) or (n - 1, m).

    """
    lengths = lengths.reshape(-1, *[1] * (rises.ndim - 1))
    before, after = (rises / lengths)[:-1], (rises / lengths)[1:]
    own, next_one = lengths[:-1], lengths[1:]
    share = (own + 2 * next_one) / (3 * (own + next_one))  # of the chord before, in the mean
    alike = before * after > 0
    weighted = np.where(alike, share * after + (1 - share) * before, 1.0)
    return np.asarray(np.where(alike, before * (after / weighted), 0.0))


def hermite(share: float, rise: FloatArray, first: FloatArray, last: FloatArray) -> FloatArray:
    """Return by how much a cubic has risen after a share of its length, from 0 (exactly 0) to 1 (`rise`).

    `first` and `last` are its slopes at both ends, per whole length.
    """
    rest = 1 - share
    return share * share * (3 - 2 * share) * rise + share * rest * (rest * first - share * last)
