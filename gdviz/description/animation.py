"""Animation: the frozen, validated description of a film, with TOML in and out."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from gdviz.descent.engine import suggest_learning_rate
from gdviz.description.messages import explain
from gdviz.description.toml import read_toml
from gdviz.errors import InputError, shorten
from gdviz.functions import Function, function
from gdviz.functions.function import Extent
from gdviz.picture.caption import check_formulas, title_text
from gdviz.picture.colors import Palette
from gdviz.picture.letters import what_is_unwritable
from gdviz.scene.camera import Keyframe, Pose
from gdviz.scene.timeline import Durations
from gdviz.terrain.landscape import HeightScale

MAX_POINTS = 250_000
MAX_POINT_STEPS = 2_000_000_000
MAX_ITERATIONS = 100_000
MAX_FRAMES = 36_000
MAX_TITLE = 80  # letters
MAX_SIDE = 7680
MIN_SIDE = 64
MAX_PIXELS = 7680 * 4320
MAX_FILM_PIXELS = MAX_FRAMES * 3840 * 2160
MAX_COORDINATE = 1e100  # far enough from what a float64 can hold that squares and products of spans can be taken
NARROWEST = 1e-9  # of an extent, as a share of its coordinates: less, and the numbers in it could not be told apart

RENDERING_VERSION = 2  # raised with every change that alters a picture or its encoding: older films become stale


Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]  # as in TOML; others take long to print


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


def _refuse(reason: str, *keys: str) -> PydanticCustomError:
    """Return what a validator raises; `keys` below the one that is validated take part, or it alone."""
    return PydanticCustomError("gdviz", "{reason}", {"reason": reason, "keys": keys})


def _near(value: float) -> float:
    if abs(value) > MAX_COORDINATE:
        raise _refuse(f"a coordinate must lie between {-MAX_COORDINATE:g} and {MAX_COORDINATE:g}, not be {value:g}")
    return value


Coordinate = Annotated[float, AfterValidator(_near)]
# The first item that is wrong is the one that is told; to describe each of many would take 1 kB for each.
Coordinates = Annotated[tuple[Coordinate, ...], Field(fail_fast=True)]


class View(StrEnum):
    """What kind of picture a film shows."""

    SURFACE = "surface"
    CURVE = "curve"
    SLICES = "slices"


class PointColor(StrEnum):
    """What the colour of a point tells."""

    BASIN = "basin"
    START = "start"
    HEIGHT = "height"
    ONE = "one"


class Starts(_Model):
    """Where the points begin: given ones, a grid over the view, or a random choice from the view."""

    points: tuple[Coordinates, ...] | None = Field(
        None, fail_fast=True, description="The starts, [[x, y], ...]; [] for none."
    )
    grid: tuple[Whole, Whole] | None = Field(None, description="A grid over the view: N, or [columns, rows].")
    random: Whole | None = Field(None, ge=1, description="So many starts, drawn evenly from the view.")
    seed: int = Field(0, ge=0, lt=2**63, description="Which random starts: the same seed gives the same ones.")

    @field_validator("grid", mode="before")
    @classmethod
    def _one_number_is_a_square(cls, value: object) -> object:
        return (value, value) if isinstance(value, int) and not isinstance(value, bool) else value

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in ("points", "grid", "random") if getattr(self, name) is not None]
        if len(given) != 1:
            raise _refuse(f"give exactly one of points, grid and random, not {' and '.join(given) or 'none'}", *given)
        if self.grid is not None and min(self.grid) < 1:
            raise _refuse(f"a grid needs at least 1 point a side, not {_times(self.grid)}", "grid")
        if self.count > MAX_POINTS:
            raise _refuse(f"{self.count:,} points are too many; at most {MAX_POINTS:,} are accepted", *given)
        return self

    @property
    def count(self) -> int:
        """How many points there are, for a function of two variables."""
        if self.grid is not None:
            return math.prod(self.grid)
        return self.random if self.random is not None else len(self.points or ())

    def positions(self, view: Extent) -> NDArray[np.float64]:
        """Return the starts, shape (n, dimension); a grid's points stand in the middle of the view's cells."""
        low, high = np.array(view[::2]), np.array(view[1::2])
        if self.points is not None:
            return np.array(self.points, dtype=np.float64).reshape(-1, len(low))
        if self.random is not None:
            drawn: NDArray[np.float64] = np.random.default_rng(self.seed).random((self.random, len(low)))
            return np.asarray(low + (high - low) * drawn)
        assert self.grid is not None
        sides = [low[k] + (high[k] - low[k]) * (np.arange(n) + 0.5) / n for k, n in enumerate(self.grid[: len(low)])]
        return np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, len(low))


class Timing(_Model):
    """The length of each phase in seconds."""

    approach: float = Field(1.0, ge=0, description="The camera moves in, the points stand at their starts.")
    hold: float = Field(0.4, ge=0, description="A moment longer, to take in the starts.")
    descent: float = Field(6.0, ge=0, description="The points descend.")
    finish: float = Field(1.6, ge=0, description="They have arrived.")

    @property
    def durations(self) -> Durations:
        """The phases as the timeline wants them."""
        return Durations(self.approach, self.hold, self.descent, self.finish)


class CameraKey(_Model):
    """A pose of the camera at a moment of the film."""

    at: float = Field(ge=0, le=1, description="The moment: 0 is the first frame, 1 the last.")
    azimuth: float = Field(ge=-36_000, le=36_000, description="Degrees, counter-clockwise from the -y axis.")
    elevation: float = Field(ge=-90, le=90, description="Degrees above the ground.")
    zoom: float = Field(1.0, ge=0.1, le=20, description="1 frames the whole scene, 2 comes twice as near.")

    @property
    def keyframe(self) -> Keyframe:
        """The same as the camera wants it."""
        return Keyframe(self.at, Pose(self.azimuth, self.elevation, self.zoom))


class Animation(_Model):
    """The whole description of a film; every key but `function` has a default."""

    function: str = Field(description="A catalogue name, or an expression in x and y.")
    title: str | None = Field(None, max_length=MAX_TITLE, description="What the caption calls the function.")
    description: str = Field("", max_length=200, description="What the film shows, in a line.")
    view: View | None = Field(None, description="What kind of picture; a curve for one variable, a surface for two.")
    starts: Starts | None = Field(None, description="Where the points begin; a grid of 20x20, or one point of a curve.")
    learning_rate: float | None = Field(None, description="The share of the gradient that is stepped; tuned if absent.")
    tolerance: float | None = Field(
        None, ge=0, description="A point rests where no component of its gradient is larger; the function's if absent."
    )
    max_iterations: int | None = Field(
        None,
        ge=0,
        le=MAX_ITERATIONS,
        description="Steps after which the descent ends in any case; the function's if absent.",
    )
    domain: Coordinates | None = Field(None, description="xmin, xmax[, ymin, ymax]; who leaves it is done.")
    extent: Coordinates | None = Field(None, description="xmin, xmax[, ymin, ymax]: the part that is drawn.")
    size: tuple[Whole, Whole] = Field((1280, 720), description="The picture's width and height in pixels, both even.")
    fps: float = Field(30.0, description="Frames a second.")
    timing: Timing = Field(Timing(), description="The length of each phase.")
    camera: tuple[CameraKey, ...] = Field(
        (), max_length=100, fail_fast=True, description="Keyframes; a slow turn if absent."
    )
    height: HeightScale = Field(
        HeightScale.AUTO, description="How values become heights: as they are, by their logarithm, or as suits them."
    )
    point_color: PointColor = Field(
        PointColor.BASIN,
        description="What the colour of a point tells: where it ends, where it began, how high it is, nothing.",
    )
    palette: Palette = Field(Palette.DEEP, description="The surface's colours.")
    caption: bool = Field(True, description="Whether the title and the numbers are written on the picture.")
    output: tuple[str, ...] = Field(
        (),
        max_length=20,
        fail_fast=True,
        description="The files to write, in the folder that the user names; the file's name.mp4.",
    )

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a TOML file.

        Raises
        ------
        InputError
            With the file, the key and what would be right.

        """
        return cls.from_data(read_toml(Path(path)), source=str(path))

    @classmethod
    def from_data(
        cls, data: Mapping[str, Any], source: str = "", flags: Mapping[str, str] = MappingProxyType({})
    ) -> Self:
        """Validate a description.

        Parameters
        ----------
        data
            The description, as TOML or JSON would have it.
        source
            Where it comes from, to be named in messages.
        flags
            Dotted keys whose values come from elsewhere -> what is to be named for these instead.

        Raises
        ------
        InputError
            With the source, the key and what would be right.

        """
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise InputError(explain(cls, error, source, flags)) from error

    @field_validator("function")
    @classmethod
    def _known_function(cls, value: str) -> str:
        try:
            function(value)
        except InputError as error:
            raise _refuse(str(error)) from error
        return value

    @field_validator("title", mode="before")
    @classmethod
    def _can_be_written(cls, value: object) -> object:
        if isinstance(value, str):
            if unwritable := what_is_unwritable(value):
                raise _refuse(f"must be one line without {unwritable}, not {shorten(value)}")
            try:
                check_formulas(value)
            except InputError as error:
                raise _refuse(
                    f"{error}; in {shorten(value)}, $ begins and ends a formula, and \\$ is a dollar"
                ) from error
        return value

    @field_validator("learning_rate")
    @classmethod
    def _positive_rate(cls, value: float | None) -> float | None:
        if value is not None and value <= 0:
            raise _refuse(f"the learning rate must be a positive number, not {value:g}")
        return value

    @field_validator("fps")
    @classmethod
    def _showable_rate(cls, value: float) -> float:
        if not 1 <= value <= 120:
            raise _refuse(f"frames a second must lie between 1 and 120, not be {value:g}")
        return value

    @field_validator("size")
    @classmethod
    def _even_sides(cls, value: tuple[int, int]) -> tuple[int, int]:
        if any(not MIN_SIDE <= side <= MAX_SIDE for side in value):
            raise _refuse(f"both sides must lie between {MIN_SIDE} and {MAX_SIDE} pixels, not be {_times(value)}")
        if any(side % 2 for side in value):
            even = (value[0] - value[0] % 2, value[1] - value[1] % 2)
            raise _refuse(f"both sides must be even for video, not {_times(value)}; {_times(even)} would do")
        if math.prod(value) > MAX_PIXELS:
            raise _refuse(
                f"{_times(value)} are {math.prod(value):,} pixels; at most {MAX_PIXELS:,} are accepted, as in 7680x4320"
            )
        return value

    @field_validator("domain", "extent")
    @classmethod
    def _has_extent(cls, value: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if value is not None:
            for low, high in zip(value[::2], value[1::2], strict=False):
                if not low < high:
                    raise _refuse(
                        f"each lower end must lie below its upper end, but {low:g} does not lie below {high:g}"
                    )
                if high - low < NARROWEST * max(abs(low), abs(high)) or high - low < 1 / MAX_COORDINATE:
                    raise _refuse(
                        f"from {low!r} to {high!r} is too narrow; at least {NARROWEST:g} of the numbers' size, "
                        f"and {1 / MAX_COORDINATE:g}, is needed"
                    )
        return value

    @field_validator("output")
    @classmethod
    def _stays_inside(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if what_is_unwritable(name) or Path(name).is_absolute() or ".." in Path(name).parts or not Path(name).name:
                raise _refuse(f"must be names of files, relative and without '..', not {shorten(name)}")
        return value

    @field_validator("camera")
    @classmethod
    def _in_order(cls, value: tuple[CameraKey, ...]) -> tuple[CameraKey, ...]:
        for number, (earlier, later) in enumerate(itertools.pairwise(value)):
            if later.at <= earlier.at:
                raise _refuse(
                    "keyframes must be in the order of their moments, no two at the same",
                    f"{number}.at",
                    f"{number + 1}.at",
                )
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        dimension = self.target.dimension
        for name in ("domain", "extent"):
            extent = getattr(self, name)
            if extent is not None and len(extent) != 2 * dimension:
                wanted = ("xmin,xmax", "xmin,xmax,ymin,ymax")[dimension - 1]
                raise _refuse(f"the {name} of this function is {wanted}, not {len(extent)} numbers", name, "function")
        for point in (self.starts.points if self.starts else None) or ():
            if len(point) != dimension:
                raise _refuse(
                    f"a start of this function has {dimension} coordinate(s), not {len(point)}",
                    "starts.points",
                    "function",
                )
        if fault := self._too_much():
            raise _refuse(*fault)
        return self

    def _too_much(self) -> tuple[str, ...]:
        """Return which limit on the work the animation exceeds, and the keys that take part; nothing if none."""
        steps = (self.starts.count if self.starts else 0) * self._iterations
        if self.starts and steps > MAX_POINT_STEPS:
            return (
                f"{self.starts.count:,} points over {self._iterations:,} iterations are too many steps; "
                f"at most {MAX_POINT_STEPS:,} are accepted",
                "starts",
                "max_iterations",
            )
        if fault := _too_long(self.timing.durations.total * self.fps):
            return fault, "timing", "fps", "size"
        pixels = math.prod(self.size)
        if self.frames * pixels > MAX_FILM_PIXELS:
            return (
                f"{self.frames:,} frames of {_times(self.size)} pixels are too many; "
                f"at most {MAX_FILM_PIXELS // pixels:,} of this size are accepted",
                "timing",
                "fps",
                "size",
            )
        return ()

    @property
    def _iterations(self) -> int:
        """The steps after which the descent ends: the animation's own or its function's."""
        return self.max_iterations if self.max_iterations is not None else self.target.max_iterations

    @cached_property
    def target(self) -> Function:
        """The function to descend."""
        return function(self.function)

    @property
    def texts(self) -> tuple[str, ...]:
        """The words on the picture that may be in any script."""
        return (title_text(self.title or ""),) if self.caption else ()

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return max(1, round(self.timing.durations.total * self.fps))

    def lasting(self, seconds: float) -> Self:
        """Return the same animation, its phases stretched or squeezed to `seconds` in all.

        Raises
        ------
        InputError
            If that is not a length that a film can have.

        """
        total = self.timing.durations.total
        if total == 0:
            raise InputError("no phase of this film has a length, so that none can be stretched; give 'timing' instead")
        if not (math.isfinite(seconds) and seconds > 0):
            raise InputError(f"the film's length must be a positive number of seconds, not {seconds:g}")
        if fault := _too_long(seconds * self.fps):
            raise InputError(fault)
        phases = {name: length * seconds / total for name, length in self.timing.model_dump().items()}
        return self._changed(timing=Timing(**phases))

    def at_rate(self, fps: float) -> Self:
        """Return the same animation at another frame rate.

        Raises
        ------
        InputError
            If it has too many frames then.

        """
        return self._changed(fps=fps)

    def _changed(self, **changes: Any) -> Self:
        """Return a copy with other values, each right in itself, after a look at the limits on the whole."""
        changed = self.model_copy(update=changes)
        if fault := changed._too_much():
            raise InputError(fault[0])
        return changed

    def resolved(self) -> Self:
        """Return the same animation with every default that depends on the function filled in.

        That of one that is resolved already is the same again; no learning rate is looked for a second time.

        Raises
        ------
        InputError
            If the points are too many for so many iterations.

        """
        target = self.target
        view = self.view or (View.CURVE, View.SURFACE)[target.dimension - 1]
        extent = self.extent or target.view
        filled = {
            "title": self.title if self.title is not None else _shortened(target.title),
            "view": view,
            "starts": self.starts or _default_starts(view, extent, target),
            "extent": extent,
            "domain": self.domain or _hull(target.domain, extent),
            "learning_rate": self.learning_rate or target.learning_rate or suggest_learning_rate(target, extent),
            "tolerance": self.tolerance if self.tolerance is not None else target.tolerance,
            "max_iterations": self._iterations,
        }
        return self._changed(**filled)

    def fingerprint(self) -> str:
        """Return a SHA-256, in hexadecimal, of all that the film depends on: the same for two ways of saying the same.

        What is left out has its default, and of a function only what it computes counts, not how it was spelt.
        """
        resolved = self.resolved()
        said = resolved.model_dump(mode="json", exclude={"description", "function", "output"})
        target = resolved.target
        known = {"rendering": RENDERING_VERSION, "function": target.expression, "minima": target.minima}
        return hashlib.sha256(_canonical(said | known).encode()).hexdigest()


def _too_long(frames: float) -> str | None:
    """Return what is wrong with a film of so many frames, not yet rounded, if anything is."""
    if frames > MAX_FRAMES + 0.5:
        return f"a film of {frames:,.0f} frames is too long; at most {MAX_FRAMES:,} are accepted"
    return None


def _default_starts(view: View, extent: Extent, target: Function) -> Starts:
    """Return a grid for a surface; one point, off the middle and on no axis of symmetry, where one is followed.

    Where the function has no value at that point, it is one amid those of a grid that have.
    """
    if view is View.SURFACE:
        return Starts(grid=(20, 20))
    shares = (0.09, 0.31)
    sides = zip(extent[::2], extent[1::2], shares, strict=False)
    point = [low + share * (high - low) for low, high, share in sides]
    places = Starts(grid=(25, 25)).positions(extent)
    defined = places[np.isfinite(target.value(*places.T))]
    if len(defined) and not np.isfinite(target.value(*point)):
        point = defined[int(shares[1] * len(defined))].tolist()
    return Starts(points=(tuple(point),))


def _shortened(title: str) -> str:
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 3]}..."


def _hull(one: Extent, other: Extent) -> Extent:
    return tuple((min, max)[k % 2](a, b) for k, (a, b) in enumerate(zip(one, other, strict=True)))


def _times(pair: tuple[int, ...]) -> str:
    return "x".join(map(str, pair))


def canonical_json(animation: Animation) -> str:
    """Return the animation as JSON that is the same for equal animations."""
    return _canonical(animation.model_dump(mode="json"))


def _canonical(data: Mapping[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"))
