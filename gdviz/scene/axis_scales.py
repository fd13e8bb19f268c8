"""What stands along an axis of a surface: round numbers, those that matter most first."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gdviz.picture.lettering import text_width
from gdviz.picture.plot import tick_text, ticks
from gdviz.terrain.landscape import LEAST_KNEE, PLINTH, Landscape, Relief

SLACK = 0.01  # of the height: a round number that is so little below the lowest value stands at the lowest place
FEWEST = 3  # numbers of a linear axis: if there would be fewer, about twice as many are asked for


@dataclass(frozen=True)
class Tick:
    """A number on an axis.

    Attributes
    ----------
    along
        Where it is: the scene's x, y or height.
    text, width
        What is written, and how wide that is in pixels.

    """

    along: float
    text: str
    width: float


@dataclass(frozen=True)
class Scale:
    """What stands along an axis.

    Attributes
    ----------
    name, name_width
        What the numbers are, and how wide that is in pixels when it is written.
    name_at_end
        Whether the name stands at the axis's upper end, and not beside its middle.
    low, high
        The scene's x, y or height at the axis's ends.
    ticks
        The one that matters most first.

    """

    name: str
    name_width: float
    name_at_end: bool
    low: float
    high: float
    ticks: tuple[Tick, ...]


def flat_scale(name: str, side: tuple[float, float], half: float, about: int, size: int) -> Scale:
    """Return the scale of x or y.

    Parameters
    ----------
    name
        What it is called.
    side
        The extent's lower and upper end.
    half
        Half the scene's extent along it.
    about
        How many numbers it has, more or less.
    size
        Of the letters, in pixels.

    """
    low, high = side
    numbers = ticks(low, high, about)
    places = [half * (2 * (number - low) / (high - low) - 1) for number in numbers]
    return Scale(name, text_width(name, size), False, -half, half, _ticks(numbers, places, size))


def height_scale(name: str, landscape: Landscape, about: int, size: int) -> Scale:
    """Return the scale of f, from the block's foot to the highest ground; parameters as for `flat_scale`."""
    numbers = height_ticks(landscape.relief, about)
    places = (landscape.height * landscape.relief(np.array(numbers))).tolist()
    return Scale(name, text_width(name, size), True, -PLINTH, landscape.height, _ticks(numbers, places, size))


def _ticks(numbers: list[float], places: list[float], size: int) -> tuple[Tick, ...]:
    texts = [tick_text(number) for number in numbers]
    return tuple(Tick(places[k], texts[k], text_width(texts[k], size)) for k in importance(numbers))


def height_ticks(relief: Relief, about: int) -> list[float]:
    """Return round values of f from the lowest to the highest ground, about so many, rising."""
    span = relief.highest - relief.lowest
    if span <= LEAST_KNEE:
        return [float(f"{relief.lowest:.3g}")]
    if math.isinf(relief.knee):
        low, high = relief.lowest - SLACK * span, relief.highest + SLACK * span
        numbers = ticks(low, high, about)
        return numbers if len(numbers) >= FEWEST else ticks(low, high, 2 * about)
    return _logarithmic(relief, about)


def _logarithmic(relief: Relief, about: int) -> list[float]:
    """Return the roundest numbers whose heights are apart.

    They are the lowest value, the multiples of powers of ten that come next above it, the last of the largest power,
    and the next multiples of 5 and 2 times these powers.
    """
    span, lowest = relief.highest - relief.lowest, relief.lowest
    finest = math.floor(math.log10(SLACK * relief.knee * math.log1p(span / relief.knee)))
    powers = [10.0**power for power in range(math.floor(math.log10(span)), finest, -1)]
    last = [math.floor(relief.highest / power) * power for power in powers[:1]]
    next_above = [
        [(math.floor(lowest / step + 1e-9) + 1) * step for step in (digit * power for power in powers)]
        for digit in (1, 5, 2)
    ]
    chosen = [_tidy(round(lowest / 10.0**finest) * 10.0**finest)]
    heights = [0.0]
    for number in map(_tidy, (*next_above[0], *last, *next_above[1], *next_above[2])):
        height = float(relief(np.array(number)))
        if number <= relief.highest and min(abs(height - other) for other in heights) >= 1 / about:
            chosen.append(number)
            heights.append(height)
    return sorted(chosen)


def _tidy(number: float) -> float:
    return float(f"{number:.12g}")


def importance(numbers: list[float]) -> list[int]:
    """Return the places of evenly spaced numbers, those that matter most first: 0, then every fourth, every second.

    Numbers that are not evenly spaced are taken in turn from the lowest.
    """
    steps = np.diff(numbers)
    even = len(steps) > 0 and bool(np.ptp(steps) < 1e-6 * abs(steps[0]))
    ranks = [round(number / steps[0]) for number in numbers] if even else list(range(len(numbers)))
    return sorted(range(len(numbers)), key=lambda place: -_twos(ranks[place]))


def _twos(number: int) -> float:
    """Return how often a whole number can be halved."""
    return math.inf if number == 0 else (number & -number).bit_length() - 1
