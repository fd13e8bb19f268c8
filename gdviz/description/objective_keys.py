"""The keys that say what is descended: a function, or a landscape from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from gdviz.description.data_files import as_text, place_of_file
from gdviz.description.limits import MAX_PATH, MAX_TITLE
from gdviz.description.runs import RunKeys
from gdviz.description.tables import Sides, refusal, single_line
from gdviz.description.title import check_formulas
from gdviz.errors import InputError, shorten
from gdviz.extent import Extent
from gdviz.functions import function
from gdviz.functions.objective import Objective
from gdviz.landscapes.limits import MAX_SMOOTH

if TYPE_CHECKING:
    from gdviz.landscapes.reading import Landscape


@dataclass(frozen=True)
class LandscapeKeys:
    """The keys of a description that say which landscape from a file it is about.

    Attributes
    ----------
    landscape
        The absolute path of the file.
    landscape_key
        Which array or column of it; None for the usual one.
    smooth
        How far it is smoothed, in cells.

    """

    landscape: str
    landscape_key: str | None
    smooth: float


class ObjectiveKeys(RunKeys, defer_build=True):
    """What a description says about its function or landscape; it needs one of them."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["function"]}, {"required": ["landscape"]}]})

    function: str | None = Field(
        None, description="A catalogue name, or an expression in x and y; left out for a landscape."
    )
    landscape: str | None = Field(
        None,
        max_length=MAX_PATH,
        description="A file with values on a grid, in place of a function: .npz, .npy, .csv, .h5.",
    )
    landscape_key: str | None = Field(
        None, min_length=1, max_length=200, description="Which array or column of the file is drawn, if it has several."
    )
    smooth: float = Field(
        0.0,
        ge=0,
        le=MAX_SMOOTH,
        description="How far a landscape is smoothed: a Gaussian's standard deviation in cells.",
    )
    title: str | None = Field(None, max_length=MAX_TITLE, description="What the caption calls the function.")
    extent: Sides | None = Field(
        None,
        description="xmin, xmax[, ymin, ymax]: the part that is drawn; where a landscape without coordinates lies.",
    )

    @field_validator("function")
    @classmethod
    def _known_function(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                function(value)
        except InputError as error:
            raise refusal(str(error)) from error
        return value

    _as_text = field_validator("landscape", mode="before")(as_text)

    @field_validator("landscape")
    @classmethod
    def _absolute(cls, value: str | None, info: ValidationInfo) -> str | None:
        try:
            context = info.context or {}
            folder = None if value in context.get("typed", ()) else context.get("folder")
            return None if value is None else str(place_of_file(value, folder))
        except InputError as error:
            raise refusal(str(error)) from error

    @field_validator("title", mode="before")
    @classmethod
    def _can_be_written(cls, value: object) -> object:
        if isinstance(single_line(value), str):
            try:
                check_formulas(str(value))
            except InputError as error:
                raise refusal(
                    f"{error}; in {shorten(str(value))}, $ begins and ends a formula; write \\$ for a $"
                ) from error
        return value

    @model_validator(mode="after")
    def _has_one_objective(self) -> Self:
        if self.function is not None and self.landscape is not None:
            raise refusal("give either a function or a landscape, not both", "function", "landscape")
        if self.function is None and self.landscape is None:
            raise refusal("function must be given, or landscape, a file with values on a grid", "function")
        for key in ("landscape_key", "smooth"):
            if self.landscape is None and getattr(self, key):
                raise refusal(f"{key} is for a landscape from a file, and {shorten(str(self.function))} is none", key)
        try:
            file = self.landscape_file
        except InputError as error:
            raise refusal(str(error), "landscape", "landscape_key") from error
        if file is None or self.title is not None:
            return self
        try:
            check_formulas(file.sampled.title)
        except InputError as error:
            raise refusal(
                f"the title in {file.sampled.name}: {error}; choose another with title", "landscape"
            ) from error
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some keys changed, which works out anew what follows from them."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    @cached_property
    def target(self) -> Objective:
        """What is descended: the function, or the landscape from a file."""
        return function(self.function or "") if self.landscape_file is None else self.landscape_file.sampled

    @cached_property
    def landscape_file(self) -> Landscape | None:
        """The landscape from a file; None for a function."""
        if self.landscape is None:
            return None
        from gdviz.landscapes.reading import read_landscape  # a function needs none of it

        extent = Extent(self.extent) if self.extent is not None and len(self.extent) == 4 else None
        return read_landscape(self.landscape, key=self.landscape_key, smooth=self.smooth, extent=extent)

    @property
    def landscape_keys(self) -> LandscapeKeys | None:
        """The keys that say which landscape from a file it is; None for a function."""
        return None if self.landscape is None else LandscapeKeys(self.landscape, self.landscape_key, self.smooth)
