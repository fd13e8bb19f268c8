"""Where things stand in a window: the film's picture, and below it the slider and two or more lines of text."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gdviz.picture.lettering import text_width
from gdviz.player.keys import BINDINGS

LARGE = 1400  # pixels of the height of a window in which a unit is two pixels; in others it is one
MARGIN, TEXT, LINE = 14, 13, 22  # units: around everything, the size of letters, and how far apart lines of them are
SLIDER = 34  # units: the height of the slider's line
BUTTON = 26  # units: the width of the button that plays
TIME = 232  # units: the room for the text beside the slider, where there is enough
NARROW = 560  # units of a window that has none
BETWEEN = "   "  # words of the line of help
MOST = 0.5  # of a window's height that is below the picture; in a low window there is less help
SMALLEST = 2  # pixels of a picture's side

Box = tuple[int, int, int, int]  # left, top, right and bottom, in pixels


@dataclass(frozen=True)
class Arrangement:
    """A window's parts.

    Attributes
    ----------
    size
        The window's width and height in pixels.
    unit
        In pixels.
    picture
        Where the film's picture is.
    bar
        Where the slider and the texts are, below the picture.
    play
        The button that plays.
    track
        The slider's left and right end, and how far down it is.
    has_time
        Whether there is room for the time beside the slider.
    lines
        How far down the middle of each line of text is: that on the camera, then those of help.
    help
        The lines of help.

    """

    size: tuple[int, int]
    unit: int
    picture: Box
    bar: Box
    play: Box
    track: tuple[int, int, int]
    has_time: bool
    lines: tuple[int, ...]
    help: tuple[str, ...]

    @property
    def picture_size(self) -> tuple[int, int]:
        """The width and height of the film's picture in pixels."""
        left, top, right, bottom = self.picture
        return right - left, bottom - top

    @property
    def slider(self) -> Box:
        """Where the slider is taken hold of."""
        left, right, middle = self.track
        half = SLIDER * self.unit // 2
        return left - half, middle - half, right + half, middle + half

    @property
    def text_size(self) -> int:
        """The size of letters in pixels."""
        return TEXT * self.unit

    def share_of(self, x: float) -> float:
        """Return how far along the slider a place is, from 0 to 1."""
        left, right, _ = self.track
        return min(max((x - left) / max(right - left, 1), 0.0), 1.0)

    def place_of(self, share: float) -> float:
        """Return how far right a share of the slider is, in pixels."""
        left, right, _ = self.track
        return left + share * (right - left)


def arrange(size: tuple[int, int], film: tuple[int, int], *, turns: bool = True) -> Arrangement:
    """Return the arrangement of a window of (width, height) pixels around a picture with the film's proportions.

    `turns` tells whether the film has a camera, for the lines of help.
    """
    width, height = size
    unit = _unit(height)
    lines = _help_lines(width, unit, turns=turns)
    while lines and _bar_height(len(lines), unit) > MOST * height:
        lines = lines[:-1]
    top = max(height - _bar_height(len(lines), unit), SMALLEST)
    picture = fitted(film, (width, top))
    left, above = (width - picture[0]) // 2, (top - picture[1]) // 2
    margin, half = MARGIN * unit, BUTTON * unit // 2
    middle = top + (MARGIN + SLIDER) * unit // 2
    has_time = width >= NARROW * unit
    first = top + MARGIN * unit // 2 + SLIDER * unit + LINE * unit // 2
    return Arrangement(
        size,
        unit,
        (left, above, left + picture[0], above + picture[1]),
        (0, top, width, height),
        (margin, middle - half, margin + 2 * half, middle + half),
        (margin + (BUTTON + MARGIN) * unit, width - margin - has_time * TIME * unit, middle),
        has_time,
        tuple(first + number * LINE * unit for number in range(1 + len(lines))),
        lines,
    )


def first_size(film: tuple[int, int], screen: tuple[int, int], *, turns: bool = True) -> tuple[int, int]:
    """Return the size of a window that shows a film's picture at its own size, or as large as the screen allows."""
    for unit in (1, 2):
        width, height, bar = *film, 0
        for _ in range(3):  # a narrower window has more lines of help
            bar = _bar_height(len(_help_lines(max(width, NARROW * unit), unit, turns=turns)), unit)
            width, height = fitted(film, (min(film[0], screen[0]), min(film[1], screen[1] - bar)))
        if _unit(height + bar) == unit:
            break
    return max(width, min(NARROW * unit, screen[0])), max(height + bar, math.ceil(bar / MOST))


def fitted(film: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size with a film's proportions that fits into a room, in whole pixels."""
    scale = min(room[0] / film[0], room[1] / film[1])
    return max(round(film[0] * scale), SMALLEST), max(round(film[1] * scale), SMALLEST)


def _unit(height: int) -> int:
    return 2 if height >= LARGE else 1


def _bar_height(lines: int, unit: int) -> int:
    return (MARGIN + SLIDER + (1 + lines) * LINE) * unit


def _help_lines(width: int, unit: int, *, turns: bool) -> tuple[str, ...]:
    """Return what the keys do, in as many lines as a window's width takes."""
    room, size = width - 2 * MARGIN * unit, TEXT * unit
    lines = [""]
    for binding in BINDINGS:
        if binding.of_camera and not turns:
            continue
        words = f"{binding.shown}: {binding.does}"
        longer = f"{lines[-1]}{BETWEEN}{words}" if lines[-1] else words
        if lines[-1] and text_width(longer, size) > room:
            lines.append(words)
        else:
            lines[-1] = longer
    return tuple(lines)
