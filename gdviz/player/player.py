"""The state of a window in which a film is played and turned, and what each key and each drag makes of it. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from gdviz.description.choices import Loop
from gdviz.description.limits import MAX_KEYFRAMES
from gdviz.description.loop import drawn_frame, film_frames
from gdviz.description.tables import CameraKey, Pose
from gdviz.player.keys import Action
from gdviz.scene.camera_path import camera_path

HALF_TURN = 180.0  # degrees that the camera turns as the mouse goes along the picture's shorter side
DIGITS, ZOOM_DIGITS = 1, 3  # of angles in degrees and of zooms that the mouse makes: what is seen is what is written
NOTCH = 1.1  # how much nearer the camera comes with a notch of the wheel
ZOOM_DRAG = 4.0  # likewise as the mouse goes along the picture's shorter side
FEW, MANY = 1, 10  # frames of a step
TURN = "The camera makes a slow turn of its own; drag to turn, K keeps what you see"


class Request(StrEnum):
    """What is asked of those who can write files."""

    SAVE = "save"
    STILL = "still"


@dataclass(frozen=True)
class Film:
    """What a player needs to know of a film.

    Attributes
    ----------
    frames
        How many are drawn.
    fps
        How many are shown in a second.
    loop
        How it leads back into its beginning.
    turns
        Whether it has a surface, which a camera looks at.
    slow_turn
        The camera's move where there is no keyframe.

    """

    frames: int
    fps: float
    loop: Loop
    turns: bool
    slow_turn: tuple[CameraKey, ...] = ()

    @property
    def length(self) -> int:
        """How many frames it has, those included in which it runs back."""
        return int(film_frames(self.frames, self.loop))

    def at(self, frame: int) -> float:
        """Return a frame's moment, from 0 to 1, in as few digits as place it."""
        if self.frames == 1:
            return 1.0
        return round(frame / (self.frames - 1), len(str(self.frames)) + 2)

    def frame_of(self, key: CameraKey) -> int:
        """Return the frame that is nearest to a keyframe."""
        return round(key.at * (self.frames - 1))


@dataclass(frozen=True)
class Player:
    """A film that is played and turned.

    Attributes
    ----------
    film
        What is played.
    moment
        How many frames of the film have passed; while it plays, a part of one too.
    keyframes, saved
        The camera's keyframes, and those that the file has.
    pose
        Where the mouse has put the camera; None if it is where the film has it.
    playing
        Whether time passes.
    asked
        Whether the user has been asked what becomes of unsaved keyframes.
    closed
        Whether the window is to be closed.
    helped
        Whether the line of help is shown.
    told
        What the last key did, in a sentence; empty if there is nothing to tell.

    """

    film: Film
    keyframes: tuple[CameraKey, ...] = ()
    saved: tuple[CameraKey, ...] = ()
    moment: float = 0.0
    pose: Pose | None = None
    playing: bool = False
    asked: bool = False
    closed: bool = False
    helped: bool = True
    told: str = ""

    @property
    def frame(self) -> int:
        """Which of the drawn frames is shown."""
        return drawn_frame(int(self.moment), self.film.frames)

    @property
    def film_pose(self) -> Pose:
        """Where the film has the camera."""
        at = self.frame / (self.film.frames - 1) if self.film.frames > 1 else 1.0
        return camera_path(self.keyframes or self.film.slow_turn).pose(at)

    @property
    def shown_pose(self) -> Pose:
        """Where the camera is."""
        return self.pose or self.film_pose

    @property
    def unsaved(self) -> bool:
        """Whether the keyframes are not those of the file."""
        return self.keyframes != self.saved

    @property
    def here(self) -> int | None:
        """The number of the first keyframe at the shown frame; None if there is none."""
        numbers = [number for number, key in enumerate(self.keyframes) if self.film.frame_of(key) == self.frame]
        return numbers[0] if numbers else None

    @property
    def camera(self) -> tuple[CameraKey, ...]:
        """The keyframes as they would be if what is seen were one; none for the slow turn."""
        return self.keyframes if self.pose is None else self._with(self.pose)

    def _with(self, pose: Pose) -> tuple[CameraKey, ...]:
        """Return the keyframes with one at the shown frame, in place of those that are there."""
        film = self.film
        others = [key for key in self.keyframes if film.frame_of(key) != self.frame]
        return tuple(sorted([*others, CameraKey(at=film.at(self.frame), **pose.model_dump())], key=lambda key: key.at))


def passed(player: Player, seconds: float) -> Player:
    """Return the player after some seconds: a film that leads back into its beginning begins again."""
    if not player.playing:
        return player
    moment, length = player.moment + seconds * player.film.fps, player.film.length
    if moment < length:
        return replace(player, moment=moment)
    if player.film.loop is Loop.NONE:
        return replace(player, moment=float(length - 1), playing=False)
    return replace(player, moment=moment % length)


def gone_to(player: Player, frame: int) -> Player:
    """Return the player at one of the drawn frames, or at the nearest that there is; the camera is the film's again."""
    frame = min(max(frame, 0), player.film.frames - 1)
    if frame == player.frame:
        return replace(player, playing=False)
    return replace(player, moment=float(frame), playing=False, pose=None, told="")


def turned(player: Player, start: Pose, right: float, down: float) -> Player:
    """Return the player after the ground was dragged from a pose, in shares of the picture's shorter side."""
    return _posed(player, start.azimuth - HALF_TURN * right, start.elevation + HALF_TURN * down, start.zoom)


def zoomed(player: Player, start: Pose, factor: float) -> Player:
    """Return the player after the camera came so much nearer from a pose."""
    return _posed(player, start.azimuth, start.elevation, start.zoom * factor)


def no_turn(player: Player) -> Player:
    """Return the player that tells why nothing turns."""
    return replace(player, told="There is no surface in this film, which a camera could turn around")


def _posed(player: Player, azimuth: float, elevation: float, zoom: float) -> Player:
    if not player.film.turns:
        return no_turn(player)
    return replace(player, pose=_rounded(azimuth, elevation, zoom), playing=False, told="")


def _rounded(azimuth: float, elevation: float, zoom: float) -> Pose:
    """Return a pose in the ranges and with the digits that are written."""
    return Pose(azimuth=_held("azimuth", azimuth), elevation=_held("elevation", elevation), zoom=_held("zoom", zoom))


def _held(name: str, value: float) -> float:
    """Return a value of a pose within its range, rounded."""
    bounds = {type(each).__name__: each for each in Pose.model_fields[name].metadata}
    rounded = round(value, ZOOM_DIGITS if name == "zoom" else DIGITS)
    return float(min(max(rounded, bounds["Ge"].ge), bounds["Le"].le))


def done(player: Player, action: Action) -> tuple[Player, Request | None]:
    """Return what an action makes of the player, and what is asked of those who can write files."""
    if action is Action.QUIT:
        return _quit(player), None
    player = replace(player, asked=False, told="")
    request = _REQUESTS.get(action)
    return (player, request) if request else (_DOING[action](player), None)


def close(player: Player) -> Player:
    """Return the player after its window was asked to close."""
    return _quit(player)


def saved(player: Player, told: str) -> Player:
    """Return the player whose keyframes are in the file now."""
    return replace(player, saved=player.keyframes, told=told)


def _quit(player: Player) -> Player:
    if player.unsaved and not player.asked:
        return replace(player, asked=True, playing=False, told="")
    return replace(player, closed=True)


def _play(player: Player) -> Player:
    if player.playing:
        return replace(player, moment=float(player.frame), playing=False)
    at_end = player.film.loop is Loop.NONE and player.frame == player.film.frames - 1
    return replace(player, moment=0.0 if at_end else player.moment, playing=True, pose=None)


def _set(player: Player) -> Player:
    if not player.film.turns:
        return no_turn(player)
    if player.pose is None and player.here is not None:
        return replace(player, told=f"{_name(player)} is here already; drag to turn, and K changes it")
    pose = player.shown_pose
    keyframes = player._with(_rounded(pose.azimuth, pose.elevation, pose.zoom))
    if len(keyframes) > MAX_KEYFRAMES:
        return replace(player, told=f"There are {MAX_KEYFRAMES} keyframes, and no more are accepted")
    after = replace(player, keyframes=keyframes, pose=None)
    if len(keyframes) == 1:
        return replace(after, told="The camera rests at this keyframe; set one at another moment, and it moves")
    return replace(after, told=f"{_name(after)} is set")


def _remove(player: Player) -> Player:
    if player.here is None:
        return replace(player, told="There is no keyframe at this moment; Tab goes to the next one")
    keyframes = tuple(key for key in player.keyframes if player.film.frame_of(key) != player.frame)
    told = f"{_name(player)} is removed" if keyframes else f"The last keyframe is removed. {TURN}"
    return replace(player, keyframes=keyframes, pose=None, told=told)


def counted(keyframes: Sequence[CameraKey]) -> str:
    """Return how many keyframes there are, in words."""
    return f"{len(keyframes)} keyframe{'s' * (len(keyframes) != 1)}"


def _name(player: Player) -> str:
    """Return what the keyframe at the shown frame is called."""
    return f"Keyframe {(player.here or 0) + 1} of {len(player.keyframes)}"


def _to_next(player: Player, way: int) -> Player:
    """Return the player at the next keyframe, or with a way of -1 at the one before; behind the last is the first."""
    frames = sorted({player.film.frame_of(key) for key in player.keyframes})
    if not frames:
        return replace(player, told="There are no keyframes; drag to turn, and K sets one")
    on_the_way = [frame for frame in frames[::way] if way * (frame - player.frame) > 0]
    return gone_to(player, (on_the_way or frames[::way])[0])


_REQUESTS: Mapping[Action, Request] = MappingProxyType({Action.SAVE: Request.SAVE, Action.STILL: Request.STILL})
_DOING: Mapping[Action, Callable[[Player], Player]] = MappingProxyType(
    {
        Action.PLAY: _play,
        Action.BACK: lambda player: gone_to(player, player.frame - FEW),
        Action.FORTH: lambda player: gone_to(player, player.frame + FEW),
        Action.BACK_TEN: lambda player: gone_to(player, player.frame - MANY),
        Action.FORTH_TEN: lambda player: gone_to(player, player.frame + MANY),
        Action.FIRST: lambda player: gone_to(player, 0),
        Action.LAST: lambda player: gone_to(player, player.film.frames - 1),
        Action.SET: _set,
        Action.REMOVE: _remove,
        Action.NEXT: lambda player: _to_next(player, 1),
        Action.PREVIOUS: lambda player: _to_next(player, -1),
        Action.HELP: lambda player: replace(player, helped=not player.helped),
    }
)


def drag_zoom(up: float) -> float:
    """Return how much nearer the camera comes as the mouse goes up, in shares of the picture's shorter side."""
    return math.pow(ZOOM_DRAG, up)


def wheel_zoom(notches: int) -> float:
    """Return how much nearer the camera comes with so many notches of the wheel."""
    return math.pow(NOTCH, notches)
