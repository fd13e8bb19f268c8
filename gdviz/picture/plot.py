"""Plots as numbers: a region with axes, and the marks in it, in pixels of the picture. Nothing is painted here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import HUGE, Extent, FloatArray
from gdviz.letters import RAISED
from gdviz.picture.layout import TEXT, Region
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Label, Line, Mark
from gdviz.picture.themes import Rgb, Rgba, Theme

FLAT = 1e-280  # a range of numbers that is smaller is taken for none
LEAST_RAISED = 12  # pixels: in smaller letters an exponent cannot be read, and 1e-4 is written in place of it
_DIGITS = (0.2, 0.5, 1, 2, 5, 10)
AT_RIGHT = 14.0  # units right of the plot where a number may end
AS_HIGH = 0.88  # of the letters' size: how far below a number's top a name below it begins, at least


@dataclass(frozen=True)
class _Tick:
    """A number of an axis: where the plot's edge has it, in pixels (2,), what is written, and whether it is 0.

    It is written so many pixels further left where it would not be wholly in the picture.
    """

    place: FloatArray
    text: str
    is_zero: bool
    further_left: float = 0.0

    def ink(self, theme: Theme) -> Rgb | Rgba:
        """Return the colour of the line at this number."""
        return theme.axis if self.is_zero else theme.grid


@dataclass(frozen=True)
class Plot:
    """A region of the picture with a range of numbers along each side.

    Attributes
    ----------
    region
        Where it is.
    x, y
        The numbers at the left and right, and at the bottom and top.

    """

    region: Region
    x: tuple[float, float]
    y: tuple[float, float]

    def place(self, x: FloatArray | float, y: FloatArray | float) -> FloatArray:
        """Return where numbers fall in the picture: pixels, shape (..., 2)."""
        across = (np.asarray(x) - self.x[0]) / (self.x[1] - self.x[0])
        up = (np.asarray(y) - self.y[0]) / (self.y[1] - self.y[0])
        places = np.broadcast_arrays(
            self.region.left + across * self.region.width, self.region.bottom - up * self.region.height
        )
        return np.stack(places, axis=-1)

    def shows(self, x: FloatArray | float, y: FloatArray | float) -> NDArray[np.bool_]:
        """Return whether places lie within the plot; one that is not a number does not."""
        return np.asarray((self.x[0] <= x) & (x <= self.x[1]) & (self.y[0] <= y) & (y <= self.y[1]))

    def axes(
        self, theme: Theme, x_name: str, y_name: str, *, logarithmic: bool = False, counts: bool = False
    ) -> list[Mark]:
        """Return a grid with its numbers, and the names of the axes.

        On a logarithmic axis y are the powers of ten of the numbers that are written. If x are `counts`, they are
        those of one more than the numbers: 0 stands at the left.
        """
        region, u = self.region, self.region.unit
        below, beside = self._counts() if counts else self._below(), self._beside(80, logarithmic=logarithmic)
        lines: list[Mark] = [
            *(Line(np.stack([each.place, [each.place[0], region.top]]), each.ink(theme), 1.2 * u) for each in below),
            *(Line(np.stack([each.place, [region.right, each.place[1]]]), each.ink(theme), 1.2 * u) for each in beside),
        ]
        name = self._name_of_x(theme, x_name, 14, 38, 19)
        return [*lines, *self._numbers(below, beside, theme, (14, 12)), name, self.name_of_y(theme, y_name)]

    def _name_of_x(self, theme: Theme, name: str, numbers: float, down: float, size: float) -> Label:
        """Return what x is, at the right, so many units below the plot, and below the numbers so many units below it.

        `size` are the units of its letters.
        """
        region, u = self.region, self.region.unit
        below = max(down * u, numbers * u + AS_HIGH * region.text_size(TEXT))
        place = np.array([region.right, region.bottom + below])
        return Label(name, place, region.text_size(size), theme.ink, "rt")

    def name_of_y(self, theme: Theme, name: str) -> Label:
        """Return what y is, above the plot at its left."""
        place = np.array([self.region.left, self.region.top - 16 * self.region.unit])
        return Label(name, place, self.region.text_size(19), theme.ink, "ls")

    def edge_axes(self, theme: Theme, x_name: str, y_name: str) -> list[Mark]:
        """Return a frame with ticks outside its lower and its left edge, their numbers, and the names of the axes."""
        region, u = self.region, self.region.unit
        left, top, right, bottom = region.left, region.top, region.right, region.bottom
        below, beside = self._below(), self._beside(75)
        frame = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])
        tips = [
            *(np.stack([each.place, each.place + [0, 6 * u]]) for each in below),
            *(np.stack([each.place, each.place - [6 * u, 0]]) for each in beside),
        ]
        size = round(region.text_size(TEXT))
        widths = [text_width(each.text, size) for each in beside if each.place[1] < top + 1.5 * size]
        beyond = 11 * u + max(widths, default=0.0) + size / 2  # the numbers that the name of y would be on
        return [
            *(Line(points, theme.axis, 1.2 * u) for points in (frame, *tips)),
            *self._numbers(below, beside, theme, (11, 11)),
            self._name_of_x(theme, x_name, 11, 32, 18),
            Label(y_name, np.array([left - max(34 * u, beyond), top]), region.text_size(18), theme.ink, "rt"),
        ]

    def _below(self) -> list[_Tick]:
        """Return the ticks at the lower edge."""
        about = max(2, int(self.region.width / (75 * self.region.unit)))
        return [_Tick(self.place(x, self.y[0]), tick_text(x), x == 0) for x in ticks(*self.x, about=about)]

    def _counts(self) -> list[_Tick]:
        """Return the ticks at the lower edge for 0, 1, 10 and so on, of which x are the powers of ten of one more."""
        found = []
        for number in (0, *(10**power for power in range(math.floor(self.x[1]) + 1))):
            place = self.place(math.log10(1 + number), self.y[0])
            text, right = tick_text(number), self.region.right + AT_RIGHT * self.region.unit
            over = place[0] + text_width(text, round(self.region.text_size(TEXT))) / 2 - right
            if place[0] <= self.region.right:
                found.append(_Tick(place, text, number == 0, max(0.0, float(over))))
        return found

    def _beside(self, apart: float, *, logarithmic: bool = False) -> list[_Tick]:
        """Return the ticks at the left edge, about so many units apart."""
        about = max(2, int(self.region.height / (apart * self.region.unit)))
        if not logarithmic:
            return [_Tick(self.place(self.x[0], y), tick_text(y), y == 0) for y in ticks(*self.y, about=about)]
        low, high = math.ceil(self.y[0]), math.floor(self.y[1])
        powers = range(low, high + 1, max(1, math.ceil((high - low) / about)))
        raised = self.region.text_size(TEXT) >= LEAST_RAISED
        texts = [f"10{str(power).translate(RAISED)}" if raised else f"1e{power}" for power in powers]
        places = [self.place(self.x[0], power) for power in powers]
        return [_Tick(place, text, False) for place, text in zip(places, texts, strict=True)]

    def _numbers(
        self, below: Sequence[_Tick], beside: Sequence[_Tick], theme: Theme, gaps: tuple[float, float]
    ) -> list[Label]:
        """Return the ticks' numbers, so many units below the plot and at its left."""
        (down, left), u, size = gaps, self.region.unit, self.region.text_size(TEXT)
        return [
            *(
                Label(each.text, each.place + [-each.further_left, down * u], size, theme.quiet_ink, "mt")
                for each in below
            ),
            *(Label(each.text, each.place - [left * u, 0], size, theme.quiet_ink, "rm") for each in beside),
        ]

    def curve(self, x: FloatArray, y: FloatArray, color: Rgb | Rgba, width: float) -> list[Mark]:
        """Return a curve, cut at the plot's lower and upper edge and where it has no value; `width` in units.

        Where it jumps from below the plot to above it, or back, it has a pole and is not joined.
        """
        y = np.clip(y, -HUGE, HUGE)
        side = np.select([y < self.y[0], y > self.y[1]], [-1, 1])
        jumps = np.flatnonzero(side[:-1] * side[1:] < 0) + 1
        points = np.insert(np.stack([x, y], axis=-1), jumps, np.nan, axis=0)
        return [
            Line(self.place(piece[:, 0], piece[:, 1]), color, width * self.region.unit)
            for piece in cut(points, *self.y)
        ]

    def segment(self, ends: FloatArray, color: Rgb, width: float, dash: float | None = None) -> list[Mark]:
        """Return a straight line between two numbers (2, 2), cut at the plot's edges; `width` and `dash` in units."""
        inside = [piece[:, ::-1] for part in cut(ends, *self.y) for piece in cut(part[:, ::-1], *self.x)]
        return [
            Line(np.stack(dash_ends), color, width * self.region.unit)
            for piece in inside
            for start, stop in [self.place(piece[:, 0], piece[:, 1])]
            for dash_ends in dashes(start, stop, None if dash is None else dash * self.region.unit)
        ]

    def arrow(self, ends: FloatArray, color: Rgb, width: float) -> list[Mark]:
        """Return an arrow between two numbers (2, 2), its head in pixels; none if it is too short to be seen.

        One that leads out of the plot ends at its edge.
        """
        start, stop = self.place(np.clip(ends[:, 0], *self.x), ends[:, 1])
        way = stop - start
        length = float(np.hypot(*way))
        head = min(11 * self.region.unit, 0.6 * length)
        if length < 1.5 * self.region.unit:
            return []
        along = way / length
        across = np.array([-along[1], along[0]])
        barbs = [stop - head * along + side * 0.55 * head * across for side in (1, -1)]
        shaft = Line(np.stack([start, stop]), color, width * self.region.unit)
        return [shaft, Line(np.stack([barbs[0], stop, barbs[1]]), color, width * self.region.unit)]


def ticks(low: float, high: float, about: int) -> list[float]:
    """Return round numbers from `low` to `high`, about so many: multiples of 1, 2 or 5 times a power of ten.

    They are at least two, since one number alone gives no scale.
    """
    raw = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    wanted = next(number for number, digit in enumerate(_DIGITS) if digit * power >= raw * (1 - 1e-9))
    for digit in _DIGITS[wanted::-1]:
        step = digit * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last > first:
            break
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def tick_text(number: float) -> str:
    """Return a tick's number as it is written; a long one with an exponent, if that makes it shorter."""
    plain = f"{number:.10g}"
    mantissa, _, exponent = f"{number:.9e}".partition("e")
    short = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return plain if len(plain) <= 7 and "e" not in plain else min(plain, short, key=len)


def cut(points: FloatArray, low: float, high: float) -> list[FloatArray]:
    """Return the pieces of a polyline (n, 2) whose second coordinate lies from `low` to `high`, cut exactly there.

    Points that are not finite break the line.
    """
    start, stop = points[:-1], points[1:]
    finite = np.asarray(np.isfinite(points).all(axis=1))
    whole = np.logical_and(finite[:-1], finite[1:])
    enter, leave = Extent((low, high)).clip(start[:, 1:], stop[:, 1:])
    pieces: list[list[FloatArray]] = [[]]
    for number in range(len(start)):
        if not (whole[number] and enter[number] < leave[number]):
            pieces.append([])
            continue
        way = stop[number] - start[number]
        if enter[number] > 0 or not pieces[-1]:
            pieces.append([start[number] + enter[number] * way])
        pieces[-1].append(start[number] + leave[number] * way)
        if leave[number] < 1:
            pieces.append([])
    return [np.array(piece) for piece in pieces if len(piece) > 1]


def dashes(start: FloatArray, stop: FloatArray, dash: float | None) -> list[tuple[FloatArray, FloatArray]]:
    """Return the dashes of a line, as long as the gaps between them; the whole line if `dash` is None."""
    length = float(np.hypot(*(stop - start)))
    if dash is None or length <= dash:
        return [(start, stop)]
    along = (stop - start) / length
    begins = np.arange(0.0, length, 2 * dash)
    return [(start + begin * along, start + min(begin + dash, length) * along) for begin in begins]


def padded(values: FloatArray, share: float) -> tuple[float, float]:
    """Return a range around finite values, wider by a share of it at each end; never empty."""
    finite = values[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    room = share * (high - low) if high - low > FLAT else max(1.0, abs(low)) * 0.5
    return low - room, high + room
