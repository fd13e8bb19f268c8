"""Animation: the frozen, validated description of a film, as TOML or JSON has it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from pydantic import model_validator

from gdviz.descent.anatomy import StepPart
from gdviz.description.arrows import shown_parts
from gdviz.description.choices import NamedBackground, View
from gdviz.description.data_files import typed_files
from gdviz.description.film_keys import FilmKeys
from gdviz.description.limits import excess_of_frames, excess_of_steps
from gdviz.description.loop import film_frames, one_way
from gdviz.description.messages import explained
from gdviz.description.replays import check_paths, notes_on_landscape, notes_on_paths, read_paths, runs_in_file
from gdviz.description.runs import RunKeys, RunTable, check_runs
from gdviz.description.tables import refusal
from gdviz.description.toml import read_toml
from gdviz.errors import GdvizWarning, InputError
from gdviz.landscapes.paths import RecordedPath


class Animation(FilmKeys, defer_build=False):
    """The description of a film; every key has a default, but for `function` or `landscape`, of which it needs one."""

    if not TYPE_CHECKING:  # for type checkers, pydantic makes a better one

        def __init__(self, **data: Any) -> None:
            """Validate a description; an InputError says what is not right."""
            with explained(type(self), data):
                super().__init__(**data)

        __init__.__pydantic_base_init__ = True  # a description that is read is validated without it

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a TOML file.

        Raises
        ------
        InputError
            If the file cannot be read or is not right; the message names the file, the line and the key.

        """
        data, text = read_toml(Path(path))
        return cls.from_data(data, source=str(path), text=text)

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to know about the files that it names, such as that samples are missing, a sentence each."""
        return (
            *notes_on_landscape(self.landscape_file, drawn=self._is_silent),
            *notes_on_paths(self.all_runs, self.recorded_paths, self.target),
        )

    @classmethod
    def from_data(
        cls, data: Mapping[str, Any], source: str = "", flags: Mapping[str, str] = MappingProxyType({}), text: str = ""
    ) -> Self:
        """Validate a description.

        Parameters
        ----------
        data
            The description, as TOML or JSON gives it.
        source
            The file that the description comes from, which messages name, and in whose folder the file of a landscape
            must lie; empty if there is none, and it may lie anywhere.
        flags
            Dotted keys that command-line flags set -> the flag, which messages name instead of the source.
        text
            The TOML that the data was read from, so that messages name the line; empty if there is none.

        Raises
        ------
        InputError
            If the description is not right; the message names the source, the key and what would be right.

        """
        # A path on the command line may lead anywhere; one in a file stays in the file's folder.
        folder = Path(source).parent if source else None
        with explained(cls, data, source, flags, text):
            animation = cls.model_validate(data, context={"folder": folder, "typed": typed_files(data, flags)})
        for told in animation.notes:
            warnings.warn(told, GdvizWarning, stacklevel=2)
        return animation

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        from gdviz.notebook import settings_table

        return settings_table(self)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        dimension = self.target.dimension
        views, number = self.views, len(self.all_runs)
        if View.SLICES in views and number > 1:
            raise refusal(f"the slices view follows one point, and there are {number} runs", "view", "panels", "runs")
        for view in views[1:]:
            if views.count(view) > 1:
                shown = "the main view" if view is self.main_view else "a panel already"
                raise refusal(f"{view} is {shown}; a picture shows each view once", "panels")
        if self.field is not None and dimension != 2:
            raise refusal(
                f"a field needs x and y, and {self.target.name} is a function of x alone", "field", "function"
            )
        if self.field is not None and not {View.SURFACE, View.MAP} & set(views):
            raise refusal("a field lies on a surface or a map; choose one of them as view or panel", "field", "view")
        _ = self.step_parts
        for name in ("domain", "extent"):
            extent = getattr(self, name)
            if extent is not None and len(extent) != 2 * dimension:
                wanted = ("xmin,xmax", "xmin,xmax,ymin,ymax")[dimension - 1]
                raise refusal(f"the {name} of this function is {wanted}, not {len(extent)} numbers", name, "function")
        for point in (self.starts.points if self.starts else None) or ():
            if len(point) != dimension:
                raise refusal(
                    f"a start of this function has {dimension} coordinate(s), not {len(point)}",
                    "starts.points",
                    "function",
                )
        check_paths(
            self.recorded_paths,
            target=self.target,
            views=views,
            starts=self.starts,
            clock=self.clock,
            lift=self.lift,
        )
        if excess := self._excess():
            raise refusal(*excess)
        return self

    def _excess(self) -> tuple[str, ...]:
        """Return a sentence on a limit that the animation exceeds, and the keys concerned; empty if none."""
        if self.starts and (steps := excess_of_steps(self.starts.count, self.iterations, len(self.all_runs))):
            return steps, "starts", "max_iterations", "runs"
        if frames := excess_of_frames(film_frames(self.timing.total * self.fps, self.loop), self.size):
            return frames, "timing", "fps", "size", "loop"
        return ()

    @property
    def iterations(self) -> int:
        """The most steps of a point: the animation's own, or those of its longest recorded path, or the function's."""
        if self.max_iterations is not None:
            return self.max_iterations
        recorded = [path.steps for path in self.recorded_paths if path is not None]
        return max(recorded, default=self.target.max_iterations)

    @property
    def main_view(self) -> View:
        """The main view: the animation's own, or what suits its function."""
        return self.view or (View.CURVE, View.SURFACE)[self.target.dimension - 1]

    @cached_property
    def all_runs(self) -> tuple[RunTable, ...]:
        """The runs, each with what the description says for all.

        Without tables of runs they are the recorded paths in the landscape's file, unless the description says how or
        from where to descend; and without these, one.
        """
        return check_runs(self, self.runs or (runs_in_file(self.landscape_file) if self._is_silent else ()))

    @property
    def _is_silent(self) -> bool:
        """Whether the description says nothing of how and from where to descend."""
        return not self.runs and self.starts is None and all(getattr(self, key) is None for key in RunKeys.model_fields)

    @cached_property
    def recorded_paths(self) -> tuple[RecordedPath | None, ...]:
        """The recorded path of each run; None for those that descend."""
        return read_paths(self.all_runs, self.landscape_file, named=bool(self.runs))

    @property
    def is_race(self) -> bool:
        """Whether there are several runs, or a recorded one: they have colours of their own, and a legend."""
        return len(self.all_runs) > 1 or any(run.path is not None for run in self.all_runs)

    @cached_property
    def step_parts(self) -> tuple[StepPart, ...]:
        """The parts of each step that are shown as arrows."""
        return shown_parts(
            self.arrows,
            timing=self.timing,
            target=self.target,
            views=self.views,
            starts=self.starts,
            runs=self.all_runs,
            clock=self.clock,
        )

    @property
    def views(self) -> tuple[View, ...]:
        """All views in the picture, the main one first."""
        main = self.main_view
        if self.panels is not None:
            return (main, *self.panels)
        race = (View.LOSS, View.MAP)[: self.target.dimension] if self.is_race else ()
        return (main, *(view for view in race if view is not main))

    @property
    def transparent(self) -> bool:
        """Whether there is nothing behind everything."""
        return self.background == NamedBackground.TRANSPARENT

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return int(film_frames(self.drawn_frames, self.loop))

    @property
    def drawn_frames(self) -> int:
        """How many frames are drawn: those of the film, unless it shows them again as it runs back."""
        return self.timing.frames(self.fps)

    def lasting(self, seconds: float) -> Self:
        """Return the same animation with a length of `seconds`; its phases keep their proportions.

        Raises
        ------
        InputError
            If a film cannot have this length.

        """
        total = self.timing.total
        if total == 0:
            raise InputError("no phase of this film has a length that could be changed; set 'timing' instead")
        if not (math.isfinite(seconds) and seconds > 0):
            raise InputError(f"the film's length must be a positive number of seconds, not {seconds:g}")
        if excess := excess_of_frames(seconds * self.fps, self.size):
            raise InputError(excess)
        drawn = one_way(seconds, self.fps, self.loop)
        return self.model_copy(update={"timing": self.timing.scaled(drawn / total)})
