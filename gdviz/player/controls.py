"""What is painted below the film's picture in a window, as marks: a slider with the keyframes, and lines of text."""

from __future__ import annotations

import numpy as np

from gdviz.extent import FloatArray
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Area, Dot, Label, Line, Mark
from gdviz.picture.themes import Rgb, Theme
from gdviz.player.arrangement import MARGIN, Arrangement
from gdviz.player.player import TURN, Player, counted

QUESTION = "The keyframes are not saved: press S to save, Q again to close"
HELP = "H: help"
WIDTH = 3.0  # units: the slider's line
KNOB, HOLDING = 7.0, 11.0  # units: half of its knob, and of one that holds a keyframe's mark
KEYFRAME, AROUND = 6.0, 2.0  # units: half of a keyframe's mark, and what is free around it
CUT = "..."


def controls(player: Player, window: Arrangement, theme: Theme) -> list[Mark]:
    """Return the marks below the picture."""
    return [
        *_edge(window, theme),
        *_button(player, window, theme),
        *_slider(player, window, theme),
        *_texts(player, window, theme),
    ]


def _edge(window: Arrangement, theme: Theme) -> list[Mark]:
    left, top, right, _ = window.bar
    return [Line(np.array([[left, top + 0.5], [right, top + 0.5]], dtype=np.float64), theme.grid, 1.0)]


def _button(player: Player, window: Arrangement, theme: Theme) -> list[Mark]:
    """Return a triangle that plays, or the two bars that stop."""
    left, top, right, bottom = window.play
    x, y = (left + right) / 2, (top + bottom) / 2
    shape = np.array([[-5.0, -7], [-5, 7], [8, 0]])
    bars = [np.array([[at, -7.0], [at, 7], [at + 4, 7], [at + 4, -7]]) for at in (-5, 3)]
    return [Area(each * window.unit + [x, y], theme.ink) for each in (bars if player.playing else [shape])]


def _slider(player: Player, window: Arrangement, theme: Theme) -> list[Mark]:
    film, unit = player.film, window.unit
    left, right, y = window.track
    last = max(film.frames - 1, 1)
    now = window.place_of(player.frame / last)
    knob = HOLDING if player.here is not None else KNOB
    marks: list[Mark] = [
        Line(np.array([[left, y], [right, y]], dtype=np.float64), theme.axis, WIDTH * unit),
        Line(np.array([[left, y], [now, y]]), theme.quiet_ink, WIDTH * unit),
        Dot(np.array([now, y]), knob * unit, theme.ink),
    ]
    for frame in sorted({film.frame_of(key) for key in player.keyframes}):
        middle = np.array([window.place_of(frame / last), y])
        marks.append(Area(_diamond(middle, (KEYFRAME + AROUND) * unit), theme.background))
        marks.append(Area(_diamond(middle, KEYFRAME * unit), theme.point))
    return marks


def _diamond(middle: FloatArray, half: float) -> FloatArray:
    return np.asarray(middle + half * np.array([[-1.0, 0], [0, -1], [1, 0], [0, 1]]))


def _texts(player: Player, window: Arrangement, theme: Theme) -> list[Mark]:
    margin, right = MARGIN * window.unit, window.size[0] - MARGIN * window.unit
    first, *rest = window.lines
    told, color = _told(player, theme)
    pose, room = _pose(player), right - margin
    beside = room - margin - _width(window, pose)
    if _width(window, told) > beside and (player.asked or player.told or player.pose is not None):
        pose, beside = "", room  # what has just happened is more important
    marks = _label(window, pose, (right, first), theme.quiet_ink, "rm")
    marks += _label(window, _cut(window, told, beside), (margin, first), color)
    if window.has_time:
        marks += _label(window, _time(player), (right, window.track[2]), theme.ink, "rm")
    for y, line in zip(rest, window.help if player.helped else (HELP,), strict=False):
        marks += _label(window, _cut(window, line, right - margin), (margin, y), theme.quiet_ink)
    return marks


def _told(player: Player, theme: Theme) -> tuple[str, Rgb]:
    """Return a sentence on what is seen or was done, and its colour."""
    if player.asked:
        return QUESTION, theme.slope
    if player.told:
        return player.told, theme.ink
    if player.pose is not None:
        return "Not kept yet: K sets a keyframe here", theme.point
    if not player.film.turns or player.playing:
        return "", theme.ink
    unsaved = ", not saved" if player.unsaved else ""
    if player.here is not None:
        return f"Keyframe {player.here + 1} of {len(player.keyframes)}{unsaved}", theme.ink
    return (f"{counted(player.keyframes)}{unsaved}" if player.keyframes else TURN), theme.quiet_ink


def _pose(player: Player) -> str:
    if not player.film.turns:
        return ""
    pose = player.shown_pose
    return f"azimuth {pose.azimuth:.1f}°  elevation {pose.elevation:.1f}°  zoom {pose.zoom:.2f}"


def _time(player: Player) -> str:
    film = player.film
    seconds, total = int(player.moment) / film.fps, film.length / film.fps
    return f"{seconds:.2f} of {total:.2f} s   frame {player.frame} of {film.frames}"


def _label(window: Arrangement, text: str, place: tuple[float, float], color: Rgb, anchor: str = "lm") -> list[Mark]:
    return [Label(text, np.array(place, dtype=np.float64), window.text_size, color, anchor)] if text else []


def _cut(window: Arrangement, text: str, room: float) -> str:
    """Return a text, cut at its end where there is not enough room."""
    if _width(window, text) <= room:
        return text
    while text and _width(window, text + CUT) > room:
        text = text[:-1]
    return text.rstrip() + CUT if text else ""


def _width(window: Arrangement, text: str) -> float:
    return text_width(text, window.text_size) if text else 0.0
