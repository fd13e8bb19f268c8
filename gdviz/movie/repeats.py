"""Which frames of an animated picture are stored: a picture that stays is stored once, and shown for longer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

LONGEST = 600  # seconds for which one stored frame is shown at most: a GIF can say 655
LARGEST = 2**16 - 1  # largest part of the fraction by which an APNG says how long a frame is shown
MOST_HOLDS = 200  # most pictures that are shown for longer: ffmpeg is told of each in one expression


@dataclass(frozen=True)
class Selection:
    """The frames of a film that are stored, each at its own time; the last one always is, so that the length is exact.

    Attributes
    ----------
    frames
        How many frames the film has.
    every
        Of how many frames one is stored, from the first on.
    holds
        The first and last of frames next to each other that are left out, because the one before them stays.

    """

    frames: int
    every: int = 1
    holds: tuple[tuple[int, int], ...] = ()

    @property
    def stored(self) -> list[int]:
        """The numbers of the frames that are stored."""
        held = {number for first, last in self.holds for number in range(first, last + 1)}
        return [number for number in _candidates(self.frames, self.every) if number not in held]

    @property
    def count(self) -> int:
        """How many frames are stored."""
        return len(self.stored)

    @property
    def filter(self) -> str:
        """The filter of ffmpeg that lets only these frames pass; empty if they are all."""
        thinned = f"(not(mod(n,{self.every}))+eq(n,{self.frames - 1}))" if self.every > 1 else "1"
        held = "+".join(f"between(n,{first},{last})" for first, last in self.holds)
        return f"select='{thinned}*not({held or 0})'" if self.every > 1 or held else ""


def select(pictures: Sequence[str], every: int, rate: Fraction) -> Selection:
    """Choose the frames of a film that are stored.

    Parameters
    ----------
    pictures
        For each frame of the film, a text that is equal for equal pictures.
    every
        Of how many frames one is stored at most.
    rate
        The film's frames a second.

    """
    most = min(int(LONGEST * rate), LARGEST // rate.denominator)  # frames that a picture is shown for
    candidates = _candidates(len(pictures), every)
    holds: list[tuple[int, int]] = []
    shown, holding = 0, False
    for number, following in itertools.pairwise(candidates[1:]):  # all but the first and the last
        if pictures[number] == pictures[shown] and following - shown <= most:
            holds.append((holds.pop()[0] if holding else number, number))
            holding = True
        else:
            shown, holding = number, False
    longest = sorted(holds, key=lambda hold: (hold[0] - hold[1], hold[0]))[:MOST_HOLDS]
    return Selection(len(pictures), every, tuple(sorted(longest)))


def _candidates(frames: int, every: int) -> list[int]:
    last = frames - 1
    return [*range(0, last, every), last]
