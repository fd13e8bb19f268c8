"""How panels share the room of a picture with the main view and with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from gdviz.description.choices import View

BESIDE = 0.36  # the panels' share of a wide picture's width
BESIDE_RACE = 0.41  # likewise in a race, whose legend and map show more
RACE_HEIGHTS: Mapping[View, float] = MappingProxyType({View.MAP: 1.2})  # of panels below each other; of others 1


@dataclass(frozen=True)
class Sharing:
    """How panels share the room with the main view and with each other.

    Attributes
    ----------
    beside
        Their share of a wide picture's width.
    heights
        How high each is, relative to the others, where they stand below each other; all the same if empty.
    to_bottom
        Whether they reach down to the edge of a wide picture, so that the numbers are below the main view alone.

    """

    beside: float = BESIDE
    heights: tuple[float, ...] = ()
    to_bottom: bool = False


EVEN = Sharing()


def race_sharing(panels: Sequence[View]) -> Sharing:
    """Return how the panels of a race share the room: they are as large as they can be."""
    return Sharing(BESIDE_RACE, tuple(RACE_HEIGHTS.get(panel, 1.0) for panel in panels), to_bottom=True)
