"""What happens to a window. Places are in pixels right of and below its top left corner."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Button(StrEnum):
    """A button of the mouse."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class Key:
    """A key was pressed: its name as X11 has it, such as `Left` or `k`, and whether Shift was down."""

    name: str
    shift: bool = False


@dataclass(frozen=True)
class Press:
    """A button of the mouse went down."""

    button: Button
    place: tuple[int, int]


@dataclass(frozen=True)
class Move:
    """The mouse moved."""

    place: tuple[int, int]


@dataclass(frozen=True)
class Release:
    """The button that was down went up."""

    place: tuple[int, int]


@dataclass(frozen=True)
class Wheel:
    """The wheel was turned by so many notches, away from the user if positive."""

    notches: int


@dataclass(frozen=True)
class Tick:
    """So many seconds passed."""

    seconds: float


@dataclass(frozen=True)
class Close:
    """The window's own button for closing was pressed."""


Event = Key | Press | Move | Release | Wheel | Tick | Close


def latest_moves(events: Sequence[Event]) -> list[Event]:
    """Return events without the moves that another move follows at once: only the last place of the mouse counts."""
    return [
        event
        for event, after in itertools.pairwise([*events, None])
        if event is not None and not (isinstance(event, Move) and isinstance(after, Move))
    ]
