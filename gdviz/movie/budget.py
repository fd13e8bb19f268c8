"""A film within a limit of bytes: the choices that there are, and the search for the best that meets it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

MOST_TRIALS = 6  # encodings of one film, the one without any loss included
NEAR = 0.85  # of the limit: a film this large is good enough, and no better choice is tried
SMALLEST_SIDE = 90  # pixels; no picture is made smaller


@dataclass(frozen=True)
class Step:
    """How a film of a format may be reduced.

    Attributes
    ----------
    quality
        The format's own measure: the colours of a GIF, the quality of a WebP, the CRF of an mp4; 0 for none.
    fps
        So many frames a second are enough; a film with twice as many or more leaves some out.
    scale
        The share of its width and height that a picture keeps.
    share
        About the share of the bytes that this quality leaves; it only saves trials.

    """

    quality: int
    fps: float = math.inf
    scale: float = 1.0
    share: float = 1.0


@dataclass(frozen=True)
class Choice:
    """How a film is encoded.

    Attributes
    ----------
    size
        Width and height in pixels.
    every
        Of how many frames one is stored.
    quality
        The format's own measure.
    share
        About the share of the bytes that this quality leaves.

    """

    size: tuple[int, int]
    every: int
    quality: int
    share: float = 1.0

    @property
    def weight(self) -> float:
        """A number with which the film's bytes grow, about in proportion."""
        return float(math.prod(self.size) ** 0.85 / self.every**0.85 * self.share)


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes
    ----------
    choice
        The best choice that meets the limit; None if none does.
    bytes
        The film's size with that choice, or else the smallest there is.
    trials
        How many encodings were made.

    """

    choice: Choice | None
    bytes: int
    trials: int


def choices(steps: Sequence[Step], size: tuple[int, int], rate: Fraction) -> list[Choice]:
    """Return the choices that a film has, the best first, and without loss the first of all.

    Parameters
    ----------
    steps
        How a film of its format may be reduced; what leaves more bytes than a step before it is passed over.
    size, rate
        The picture's width and height in pixels, and the frames a second.

    """
    found: list[Choice] = []
    least = min(1.0, SMALLEST_SIDE / min(size))
    for step in steps:
        width, height = (2 * round(side * max(step.scale, least) / 2) for side in size)
        choice = Choice((width, height), max(1, int(rate / step.fps)), step.quality, step.share)
        if not found or choice.weight < found[-1].weight:
            found.append(choice)
    return found


def search(
    tried: Sequence[Choice],
    limit: int,
    encode: Callable[[Choice], int],
    trying: Callable[[int], None] = lambda _: None,
) -> Found:
    """Find the first of the choices with which a film has at most `limit` bytes.

    Parameters
    ----------
    tried
        The choices, each for fewer bytes than the one before.
    limit
        The most bytes.
    encode
        Encodes a film, and returns its size in bytes. Of the encodings that meet the limit, the last one is that of the
        choice returned.
    trying
        Called before each encoding, with its number from 1.

    """
    sizes: dict[int, int] = {}
    above, fits = -1, len(tried)  # the last choice that is too large, and the first that is not
    while fits - above > 1 and len(sizes) < MOST_TRIALS and sizes.get(fits, 0) < NEAR * limit:
        number = _next(tried, sizes, above, fits, limit)
        trying(len(sizes) + 1)
        sizes[number] = encode(tried[number])
        above, fits = (above, number) if sizes[number] <= limit else (number, fits)
    if fits < len(tried):
        return Found(tried[fits], sizes[fits], len(sizes))
    return Found(None, sizes[len(tried) - 1], len(sizes))


def _next(tried: Sequence[Choice], sizes: dict[int, int], above: int, fits: int, limit: int) -> int:
    """Return the number of the choice to try, between one that is too large and one that fits."""
    if above < 0:
        return 0
    if len(sizes) == MOST_TRIALS - 1 and fits == len(tried):
        return fits - 1  # nothing has fitted so far
    slope = 1.0
    if fits < len(tried):
        slope = math.log(sizes[above] / sizes[fits]) / math.log(tried[above].weight / tried[fits].weight)
    between = range(above + 1, fits)
    meets = (n for n in between if sizes[above] * (tried[n].weight / tried[above].weight) ** slope <= limit)
    return next(meets, between[-1])
