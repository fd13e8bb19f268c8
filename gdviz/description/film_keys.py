"""The keys of a description that say what its film shows, and how."""

from __future__ import annotations

import itertools
from pathlib import Path

from pydantic import Field, field_validator

from gdviz.descent.anatomy import StepPart
from gdviz.description.choices import (
    Clock,
    HeightScale,
    Loop,
    LossScale,
    NamedBackground,
    Palette,
    PointColor,
    Shown,
    ThemeName,
    View,
    WebBundle,
)
from gdviz.description.file_size import FileSize
from gdviz.description.limits import MAX_ITERATIONS, MAX_KEYFRAMES, MAX_RUNS
from gdviz.description.objective_keys import ObjectiveKeys
from gdviz.description.palettes import PaletteName
from gdviz.description.runs import RunTable
from gdviz.description.tables import (
    Background,
    CameraKey,
    GradientField,
    Pixels,
    Sides,
    Starts,
    Switch,
    Timing,
    refusal,
)
from gdviz.description.words import Words
from gdviz.errors import shorten
from gdviz.letters import what_is_unwritable


class FilmKeys(ObjectiveKeys, defer_build=True):
    """What a description says about its film; every key has a default."""

    description: str = Field("", max_length=200, description="What the film shows, in one line.")
    view: View | None = Field(None, description="What kind of picture; a curve for one variable, a surface for two.")
    panels: tuple[View, ...] | None = Field(
        None,
        max_length=len(View),
        description="Views beside the main one, in a tall picture below it; for several runs loss and map if absent.",
    )
    starts: Starts | None = Field(None, description="Where the points begin; a grid of 20x20, or one point of a curve.")
    runs: tuple[RunTable, ...] = Field(
        (),
        max_length=MAX_RUNS,
        description="Several descents from the same starts: a race; one, as the keys at the top say, if absent.",
    )
    clock: Clock = Field(
        Clock.ITERATIONS, description="What the runs of a race are shown over: as many steps, or as many evaluations."
    )
    noise_seed: int = Field(0, ge=0, lt=2**63, description="The seed of noise; the same seed gives the same noise.")
    tolerance: float | None = Field(
        None, ge=0, description="A point rests where no part of its gradient is larger; the function's if absent."
    )
    max_iterations: int | None = Field(
        None, ge=0, le=MAX_ITERATIONS, description="The most steps that a point takes; the function's if absent."
    )
    domain: Sides | None = Field(None, description="xmin, xmax[, ymin, ymax]; a point that leaves it stops.")
    size: Pixels = Field(
        (1280, 720), description='The picture\'s width and height in pixels, both even, as [W, H] or "WxH"; or a name.'
    )
    fps: float = Field(30.0, description="Frames a second.")
    timing: Timing = Field(Timing(), description="The length of each phase.")
    loop: Loop = Field(
        Loop.NONE,
        description="How the film leads back into its start: it does not, the end dissolves into it, or it runs back.",
    )
    camera: tuple[CameraKey, ...] = Field(
        (),
        max_length=MAX_KEYFRAMES,
        fail_fast=True,
        description="Keyframes, passed in one smooth move; a slow turn if absent.",
    )
    height: HeightScale = Field(
        HeightScale.AUTO, description="How values become heights: as they are, by their logarithm, or as suits them."
    )
    point_color: PointColor | None = Field(
        None,
        description="What the colour of a point tells: its run, where it ends, where it began, how high it is, or "
        "nothing; the run in a race and the end otherwise, if absent.",
    )
    lift: bool = Field(
        False,
        description="Whether recorded paths are drawn at their recorded losses, above the ground.",
    )
    loss_scale: LossScale = Field(
        LossScale.AUTO,
        description="The loss panel's axis; auto: logarithmic where it spans two decades.",
    )
    field: GradientField | None = Field(None, description="Arrows that show the gradient, on a surface or a map.")
    arrows: tuple[StepPart, ...] | None = Field(
        None,
        max_length=len(StepPart),
        description="The parts of each step of the only point, as arrows; all in a film with step_by_step if absent.",
    )
    theme: ThemeName | None = Field(
        None,
        description="The colours of the picture: bright on dark, or dark on white; dark if absent, or what suits the "
        "background.",
    )
    palette: PaletteName = Field(
        Palette.DEEP.value,
        description="The ground's colours from low to high: gdviz's own, or any colormap of matplotlib by its name.",
    )
    background: Background = Field(
        NamedBackground.THEME,
        description="What is behind everything: a colour as #rrggbb, the theme's own, or nothing.",
    )
    caption: bool = Field(True, description="Whether the title and the numbers are written on the picture.")
    legend: Switch = Field(
        Shown.AUTO,
        description="Whether a legend says what colours mean; auto: for several runs or arrows, or beside panels.",
    )
    formula: bool = Field(False, description="Whether the function's formula is written under the title.")
    labels: Words = Field(Words(), description="The words on the picture, in another language.")
    max_size: FileSize | None = Field(
        None, description="The most bytes that a film may have, such as 8MB; without a limit if absent."
    )
    web_bundle: WebBundle = Field(
        WebBundle.INLINE,
        description="Where a page (.html) has the library from that draws it: in the file, or from a server (cdn).",
    )
    axes: Switch = Field(
        Shown.AUTO,
        description="Whether axes have numbers and names; auto: in all views, but on a surface only for several runs.",
    )
    output: tuple[str, ...] = Field(
        (),
        max_length=20,
        fail_fast=True,
        description="The files to write, in the folder that the user names; the file's name.mp4.",
    )

    @field_validator("fps")
    @classmethod
    def _showable_rate(cls, value: float) -> float:
        if not 1 <= value <= 120:
            raise refusal(f"frames a second must lie between 1 and 120, not be {value:g}")
        return value

    @field_validator("output")
    @classmethod
    def _stays_inside(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if what_is_unwritable(name) or Path(name).is_absolute() or ".." in Path(name).parts or not Path(name).name:
                raise refusal(f"must be relative names of files, without '..', not {shorten(name)}")
        return value

    @field_validator("camera")
    @classmethod
    def _in_order(cls, value: tuple[CameraKey, ...]) -> tuple[CameraKey, ...]:
        for number, (earlier, later) in enumerate(itertools.pairwise(value)):
            if later.at <= earlier.at:
                raise refusal(
                    "keyframes must be in the order of 'at', no two at the same",
                    f"{number + 1}.at",
                    f"{number}.at",
                )
        return value
