"""Which key does what in a window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType

from gdviz.player.events import Key


class Action(StrEnum):
    """What a key does."""

    PLAY = auto()
    BACK = auto()
    FORTH = auto()
    BACK_TEN = auto()
    FORTH_TEN = auto()
    FIRST = auto()
    LAST = auto()
    SET = auto()
    REMOVE = auto()
    NEXT = auto()
    PREVIOUS = auto()
    SAVE = auto()
    STILL = auto()
    HELP = auto()
    QUIT = auto()


@dataclass(frozen=True)
class Binding:
    """What some keys do, or the mouse.

    Attributes
    ----------
    shown
        Their names for people.
    does
        What they do, in a few words.
    of_camera
        Whether it is about the camera, which a film without a surface does not have.
    keys
        X11's names of them in small letters, `shift` before them where that matters; none for the mouse.

    """

    shown: str
    does: str
    of_camera: bool
    keys: Mapping[str, Action]


BINDINGS = (
    Binding("Drag", "turn", True, {}),
    Binding("Wheel, right drag", "zoom", True, {}),
    Binding("Space", "play", False, {"space": Action.PLAY}),
    Binding(
        "Left, Right",
        "a frame (Shift: ten)",
        False,
        {
            "left": Action.BACK,
            "right": Action.FORTH,
            "shift left": Action.BACK_TEN,
            "shift right": Action.FORTH_TEN,
        },
    ),
    Binding("Home, End", "first, last", False, {"home": Action.FIRST, "end": Action.LAST}),
    Binding("K", "set keyframe", True, {"k": Action.SET}),
    Binding("Delete", "remove it", True, {"delete": Action.REMOVE}),
    Binding(
        "Tab",
        "next keyframe (Shift: previous)",
        True,
        {"tab": Action.NEXT, "shift tab": Action.PREVIOUS, "iso_left_tab": Action.PREVIOUS},
    ),
    Binding("S", "save", True, {"s": Action.SAVE}),
    Binding("P", "picture", False, {"p": Action.STILL}),
    Binding("Q", "close", False, {"q": Action.QUIT, "escape": Action.QUIT}),
    Binding("H", "help", False, {"h": Action.HELP}),
)

_ACTIONS: Mapping[str, Action] = MappingProxyType(
    {name: action for binding in BINDINGS for name, action in binding.keys.items()}
)


def action_of(key: Key) -> Action | None:
    """Return what a key, or its like on the number pad, does; None if nothing."""
    name = key.name.lower().removeprefix("kp_")
    return (_ACTIONS.get(f"shift {name}") if key.shift else None) or _ACTIONS.get(name)
