"""What the mouse does in a window: it turns the ground, comes nearer, drags the slider and plays. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gdviz.description.tables import Pose
from gdviz.player.arrangement import Arrangement, Box
from gdviz.player.events import Button, Move, Press, Release, Wheel
from gdviz.player.keys import Action
from gdviz.player.player import Player, done, drag_zoom, gone_to, turned, wheel_zoom, zoomed


class Held(StrEnum):
    """What is dragged."""

    GROUND = "ground"
    LENS = "lens"
    SLIDER = "slider"


@dataclass(frozen=True)
class Drag:
    """A drag: of what, where it began, and the camera's pose then."""

    held: Held
    place: tuple[int, int]
    pose: Pose


Mouse = Press | Move | Release | Wheel


def moused(player: Player, drag: Drag | None, event: Mouse, window: Arrangement) -> tuple[Player, Drag | None]:
    """Return what an event of the mouse makes of the player, and what is dragged from then on."""
    match event:
        case Press(button, place):
            return _pressed(player, button, place, window)
        case Move(place) if drag is not None:
            return _dragged(player, drag, place, window), drag
        case Release(place):  # VTK may have told of a later move before it: where it was released counts
            return (player if drag is None else _dragged(player, drag, place, window)), None
        case Wheel(notches):
            return zoomed(player, player.shown_pose, wheel_zoom(notches)), drag
        case _:
            return player, drag


def _pressed(player: Player, button: Button, place: tuple[int, int], window: Arrangement) -> tuple[Player, Drag | None]:
    if _inside(place, window.picture):
        held = Held.GROUND if button is Button.LEFT else Held.LENS
        return player, Drag(held, place, player.shown_pose)
    if button is Button.LEFT and _inside(place, window.play):
        return done(player, Action.PLAY)[0], None
    if button is Button.LEFT and _inside(place, window.slider):
        drag = Drag(Held.SLIDER, place, player.shown_pose)
        return _dragged(player, drag, place, window), drag
    return player, None


def _dragged(player: Player, drag: Drag, place: tuple[int, int], window: Arrangement) -> Player:
    """Return the player after something was dragged to a place."""
    if player.pose is None and place == drag.place and drag.held is not Held.SLIDER:
        return player  # a click turns nothing
    side = min(window.picture_size)
    right, down = ((now - then) / side for now, then in zip(place, drag.place, strict=True))
    if drag.held is Held.SLIDER:
        return gone_to(player, round(window.share_of(place[0]) * (player.film.frames - 1)))
    if drag.held is Held.LENS:
        return zoomed(player, drag.pose, drag_zoom(-down))
    return turned(player, drag.pose, right, down)


def _inside(place: tuple[int, int], box: Box) -> bool:
    left, top, right, bottom = box
    return left <= place[0] < right and top <= place[1] < bottom
