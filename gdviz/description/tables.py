"""The tables in a description: starts, timing, the camera and the field."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from gdviz.description.choices import SIZES, FieldDirection, FieldLength, NamedBackground, NamedSize, Shown
from gdviz.description.limits import (
    MAX_COORDINATE,
    MAX_FIELD,
    MAX_ITERATIONS,
    MAX_PIXELS,
    MAX_POINTS,
    MAX_SIDE,
    MIN_SIDE,
    NARROWEST,
    times,
)
from gdviz.errors import nearest, quoted, shorten
from gdviz.extent import Extent, FloatArray
from gdviz.letters import what_is_unwritable

Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]  # TOML's range; larger numbers take long to print


class Table(BaseModel):
    """A table of a description: frozen, without unknown keys, infinities or NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


@dataclass(frozen=True)
class OneOf:
    """The words that a value may be, for lists of what there is."""

    words: tuple[str, ...]


def refusal(reason: str, *keys: str) -> PydanticCustomError:
    """Return the error that a validator raises; `keys`, relative to the validated key, are those concerned."""
    return PydanticCustomError("gdviz", "{reason}", {"reason": reason, "keys": keys})


def single_line(value: object) -> object:
    """Return a value, which if it is a text must be one line of letters that can be written."""
    if isinstance(value, str) and (unwritable := what_is_unwritable(value)):
        raise refusal(f"must be one line without {unwritable}, not {shorten(value)}")
    return value


def no_truth(value: object) -> object:
    """Return a value, which must not be true or false: Python has these as the numbers 1 and 0."""
    if isinstance(value, bool):
        raise refusal(f"must be a number, not {quoted(value)}")
    return value


Number = Annotated[float, BeforeValidator(no_truth)]
WholeNumber = Annotated[int, BeforeValidator(no_truth)]


def _near(value: float) -> float:
    if abs(value) > MAX_COORDINATE:
        raise refusal(f"a coordinate must lie between {-MAX_COORDINATE:g} and {MAX_COORDINATE:g}, not be {value:g}")
    return value


Coordinate = Annotated[float, AfterValidator(_near)]
# Validation ends at the first wrong item: each error takes 1 kB, and only the first is shown.
Coordinates = Annotated[tuple[Coordinate, ...], Field(fail_fast=True)]


def _ascending(numbers: tuple[float, ...]) -> tuple[float, ...]:
    for low, high in zip(numbers[::2], numbers[1::2], strict=False):
        if not low < high:
            raise refusal(f"each lower end must lie below its upper end, but {low:g} does not lie below {high:g}")
        if high - low < NARROWEST * max(abs(low), abs(high)) or high - low < 1 / MAX_COORDINATE:
            raise refusal(f"from {low!r} to {high!r} is too narrow; choose ends that are further apart")
    return numbers


Sides = Annotated[Coordinates, AfterValidator(_ascending)]  # the lower and upper ends of an extent


def _pixels(value: object) -> object:
    """Return the width and height that a name, `WxH`, or `N` for NxN means; what is none of these is passed on."""
    if not isinstance(value, str | int):
        return value
    text = str(value).strip().lower()
    if text in list(NamedSize):
        return SIZES[NamedSize(text)]
    if re.fullmatch(r"-?\d{1,9}(x-?\d{1,9})?", text, flags=re.ASCII):
        sides = [int(side) for side in text.split("x")]
        return sides * 2 if len(sides) == 1 else sides
    close = nearest(text, NamedSize)
    raise refusal(
        f"a size is WxH in pixels, such as 1280x720, or one of {', '.join(NamedSize)}, not {shorten(str(value))}"
        + (f"; did you mean {close}?" if close else "")
    )


def _even_sides(value: tuple[int, int]) -> tuple[int, int]:
    """Return a width and a height, which a video must be able to have."""
    if any(not MIN_SIDE <= side <= MAX_SIDE for side in value):
        raise refusal(f"both sides must lie between {MIN_SIDE} and {MAX_SIDE} pixels, not be {times(value)}")
    if any(side % 2 for side in value):
        even = (value[0] - value[0] % 2, value[1] - value[1] % 2)
        raise refusal(f"both sides must be even for video, not {times(value)}; {times(even)} would do")
    if (pixels := math.prod(value)) > MAX_PIXELS:
        raise refusal(f"{times(value)} are {pixels:,} pixels; at most {MAX_PIXELS:,} (7680x4320) are accepted")
    return value


Pixels = Annotated[
    tuple[Whole, Whole],
    AfterValidator(_even_sides),
    BeforeValidator(_pixels, json_schema_input_type=tuple[Whole, Whole] | NamedSize | str | Whole),
    NamedSize,  # the words that it may be, for lists of what there is
]


def _true_or_false(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


Switch = Annotated[Shown, BeforeValidator(_true_or_false, json_schema_input_type=Shown | bool)]


def _square(value: object) -> object:
    """Return (N, N) for N; what is no list is refused."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value, value
    if isinstance(value, str | float | bool):
        raise refusal(f"must be a whole number, or [columns, rows], not {quoted(value)}")
    return value


Counts = Annotated[  # columns and rows
    tuple[Whole, Whole], BeforeValidator(_square, json_schema_input_type=tuple[Whole, Whole] | Whole)
]


def _background(value: object) -> str:
    """Return a colour as #rrggbb in small letters, or the name that stands for one."""
    text = value.strip().lower() if isinstance(value, str) else ""
    if text in list(NamedBackground) or re.fullmatch("#[0-9a-f]{6}", text):
        return text
    if re.fullmatch("#[0-9a-f]{3}", text):
        return "#" + "".join(2 * digit for digit in text[1:])
    close = nearest(text, NamedBackground)
    raise refusal(
        f"a background is a colour such as #fff or #0d1017, or one of {', '.join(NamedBackground)}, "
        f"not {shorten(str(value))}" + (f"; did you mean {close}?" if close else "")
    )


Background = Annotated[str, BeforeValidator(_background, json_schema_input_type=NamedBackground | str), NamedBackground]


class Starts(Table):
    """Where the points begin: given ones, a grid over the extent, or a random choice from it."""

    points: tuple[Coordinates, ...] | None = Field(
        None, fail_fast=True, description="The starts, [[x, y], ...]; [] for none."
    )
    grid: Counts | None = Field(None, description="A grid over the extent: N, or [columns, rows].")
    random: Whole | None = Field(None, ge=1, description="The number of random starts, drawn from the extent.")
    seed: int = Field(0, ge=0, lt=2**63, description="The seed of random starts; the same seed gives the same ones.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in ("points", "grid", "random") if getattr(self, name) is not None]
        if len(given) != 1:
            raise refusal(f"give exactly one of points, grid and random, not {' and '.join(given) or 'none'}", *given)
        if self.grid is not None and min(self.grid) < 1:
            raise refusal(f"a grid needs at least 1 point a side, not {times(self.grid)}", "grid")
        if self.count > MAX_POINTS:
            raise refusal(f"{self.count:,} points are too many; at most {MAX_POINTS:,} are accepted", *given)
        return self

    @property
    def count(self) -> int:
        """How many points there are for a function of two variables."""
        if self.grid is not None:
            return math.prod(self.grid)
        return self.random if self.random is not None else len(self.points or ())

    def positions(self, extent: Extent) -> FloatArray:
        """Return the starts, shape (n, dimension); a grid's points are the centres of the extent's cells."""
        if self.points is not None:
            return np.array(self.points, dtype=np.float64).reshape(-1, extent.dimension)
        if self.random is not None:
            drawn = np.random.default_rng(self.seed).random((self.random, extent.dimension))
            return np.asarray(extent.low + extent.span * drawn)
        assert self.grid is not None  # since exactly one of the three is given
        return extent.grid(self.grid[: extent.dimension])


class Timing(Table):
    """The length of each phase in seconds."""

    approach: float = Field(1.0, ge=0, description="The camera moves in; the points are at their starts.")
    hold: float = Field(0.4, ge=0, description="The picture rests, to show the starts.")
    descent: float = Field(6.0, ge=0, description="The points descend.")
    finish: float = Field(1.6, ge=0, description="The points are at their ends.")
    step_by_step: int = Field(
        0, ge=0, le=MAX_ITERATIONS, description="How many steps are shown slowly before the descent, part by part."
    )
    slow_step: float = Field(3.0, ge=0, description="How long each of them takes.")

    @property
    def slow(self) -> float:
        """How long the steps that are shown slowly take, in seconds."""
        return self.step_by_step * self.slow_step

    @property
    def total(self) -> float:
        """The length of the film in seconds."""
        return self.approach + self.hold + self.slow + self.descent + self.finish

    def scaled(self, factor: float) -> Timing:
        """Return the same phases, each so many times as long."""
        lengths = self.model_dump(exclude={"step_by_step"})
        return Timing(step_by_step=self.step_by_step, **{name: factor * each for name, each in lengths.items()})

    def frames(self, fps: float) -> int:
        """Return how many frames the film has at a frame rate."""
        return max(1, round(self.total * fps))


class Pose(Table):
    """A position of the camera on its turntable."""

    azimuth: float = Field(ge=-36_000, le=36_000, description="Degrees, counter-clockwise from the -y axis.")
    elevation: float = Field(ge=-90, le=90, description="Degrees above the ground.")
    zoom: float = Field(1.0, ge=0.1, le=20, description="1 frames the whole scene, 2 comes twice as near.")


class CameraKey(Pose):
    """A pose of the camera at a moment of the film."""

    at: float = Field(ge=0, le=1, description="The moment: 0 is the first frame, 1 the last.")

    @property
    def pose(self) -> Pose:
        """The pose alone."""
        return Pose(azimuth=self.azimuth, elevation=self.elevation, zoom=self.zoom)


class GradientField(Table):
    """Arrows on the ground that show the gradient."""

    grid: Counts = Field((20, 20), description="How many arrows: N, or [columns, rows].")
    shows: FieldDirection = Field(FieldDirection.GRADIENT, description="Whether arrows point up or down the slope.")
    length: FieldLength = Field(FieldLength.LOG, description="How an arrow's length follows from the gradient's.")
    extent: Sides | None = Field(None, description="xmin, xmax, ymin, ymax: where they stand; all that is drawn.")

    @field_validator("grid")
    @classmethod
    def _not_too_many(cls, value: tuple[int, int]) -> tuple[int, int]:
        if not all(1 <= side <= MAX_FIELD for side in value):
            raise refusal(f"a field has 1 to {MAX_FIELD} arrows a side, not {times(value)}")
        return value

    @field_validator("extent")
    @classmethod
    def _two_sides(cls, value: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if value is not None and len(value) != 4:
            raise refusal(f"the extent of a field is xmin,xmax,ymin,ymax, not {len(value)} numbers")
        return value
