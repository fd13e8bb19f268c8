"""Choices that a film keeps until another is clearly better, so that nothing moves to and fro."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gdviz.extent import FloatArray
from gdviz.picture.overlaps import smooth_step


@dataclass(frozen=True)
class Stay:
    """A part of a film through which a choice is kept.

    Attributes
    ----------
    choice
        Its number.
    begin, end
        From when to when, as shares of the film; without bounds at the film's beginning and end.

    """

    choice: int
    begin: float
    end: float

    def opacity(self, at: float, fade: float) -> float:
        """Return how much is seen at a moment of what stands for this choice: it comes and goes within `fade`."""
        nearest = min(at - self.begin, self.end - at)
        return 1.0 if nearest >= fade else float(smooth_step(np.array(nearest / fade)))


def kept(scores: FloatArray, moments: FloatArray, clearly: float) -> tuple[Stay, ...]:
    """Return the stays of a film, from its beginning to its end.

    The film begins with the choice that is the first to be clearly the best.

    Parameters
    ----------
    scores
        How good each choice is at each moment, shape (n, choices).
    moments
        Shares of the film, rising, shape (n,).
    clearly
        How much better another must be.

    """
    ranked = np.sort(scores, axis=1)
    clear = np.flatnonzero(ranked[:, -1] - ranked[:, -2] > clearly)
    choice = int((scores[clear[0]] if clear.size else scores.sum(axis=0)).argmax())
    changes = [(choice, -math.inf)]
    for moment, row in zip(moments.tolist(), scores, strict=True):
        if row.max() - row[choice] > clearly:
            choice = int(row.argmax())
            changes.append((choice, moment))
    ends = [*(begin for _, begin in changes[1:]), math.inf]
    return tuple(Stay(choice, begin, end) for (choice, begin), end in zip(changes, ends, strict=True))


def stay_at(stays: tuple[Stay, ...], at: float) -> Stay:
    """Return the stay to which a moment of the film belongs."""
    return next(stay for stay in stays if at < stay.end)
