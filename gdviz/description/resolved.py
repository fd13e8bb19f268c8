"""Resolved: an animation with every default filled in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from gdviz.descent.anatomy import StepPart
from gdviz.description.choices import (
    Clock,
    HeightScale,
    Loop,
    LossScale,
    NamedBackground,
    Palette,
    PointColor,
    Quality,
    Shown,
    ThemeName,
    View,
    WebBundle,
)
from gdviz.description.limits import excess_of_frames
from gdviz.description.loop import film_frames
from gdviz.description.objective_keys import LandscapeKeys
from gdviz.description.run_settings import AnyRun, RecordedRun, RunSettings
from gdviz.description.tables import CameraKey, GradientField, Starts, Timing
from gdviz.description.title import title_text
from gdviz.description.words import Words
from gdviz.errors import InputError
from gdviz.extent import Extent
from gdviz.functions.objective import Objective

RENDERING_VERSION = 8  # raised with every change to a picture or its encoding, so that older films become stale

# In JSON: what the files of a landscape and of recorded paths held.
DIGEST, PATH_DIGESTS = "landscape_digest", "path_digests"


@dataclass(frozen=True)
class Resolved:
    """Everything that a film depends on.

    Attributes
    ----------
    objective
        What is descended.
    landscape
        The file that it is from; None for a function.
    title
        The objective's name in the caption.
    view, panels
        What the main view and the panels beside it show.
    extent
        The part that is drawn.
    domain
        A point that leaves it stops.
    starts
        Where the points begin.
    tolerance, max_iterations
        The slope at which a point rests, and the most steps that a point takes.
    runs
        The settings of each run.
    clock
        What the runs have made equally many of at each moment.
    size
        The picture's width and height in pixels.
    fps
        Frames a second.
    timing
        The length of each phase.
    loop
        How the film leads back into its beginning.
    camera
        Keyframes; none for a slow turn.
    height, loss_scale
        How values become heights on a surface and on the axis of a loss panel.
    field
        Arrows that show the gradient, with their extent; None for none.
    lift
        Whether recorded paths are drawn at their recorded losses.
    arrows
        The parts of each step that are shown as arrows at the only point; none if there are no such arrows.
    point_color
        What a point's colour tells.
    theme, palette
        The picture's colours, and the ground's.
    background
        What is behind everything: '#rrggbb', or a name.
    caption
        Whether the title and the numbers are written on the picture.
    legend
        Whether a legend says what colours mean.
    formula
        Whether the function's formula is written under the title.
    words
        The words on the picture.
    axes
        The views that have axes.
    max_size
        The most bytes that a film's file may have; None for no limit. The pictures do not depend on it.
    web_bundle
        Where a page has its library from. Nothing else depends on it.
    quality
        How finely the film is drawn and encoded; `size` and `fps` are already those of a draft.

    """

    objective: Objective
    landscape: LandscapeKeys | None
    title: str
    view: View
    panels: tuple[View, ...]
    extent: Extent
    domain: Extent
    starts: Starts
    tolerance: float
    max_iterations: int
    runs: tuple[AnyRun, ...]
    clock: Clock
    size: tuple[int, int]
    fps: float
    timing: Timing
    loop: Loop
    camera: tuple[CameraKey, ...]
    height: HeightScale
    loss_scale: LossScale
    field: GradientField | None
    lift: bool
    arrows: tuple[StepPart, ...]
    point_color: PointColor
    theme: ThemeName
    palette: str
    background: str
    caption: bool
    legend: bool
    formula: bool
    words: Words
    axes: tuple[View, ...]
    max_size: int | None
    web_bundle: WebBundle
    quality: Quality

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return int(film_frames(self.drawn_frames, self.loop))

    @property
    def drawn_frames(self) -> int:
        """How many frames are drawn: those of the film, unless it shows them again as it runs back."""
        return self.timing.frames(self.fps)

    @property
    def transparent(self) -> bool:
        """Whether there is nothing behind everything."""
        return self.background == NamedBackground.TRANSPARENT

    @property
    def views(self) -> tuple[View, ...]:
        """All views in the picture, the main one first."""
        return (self.view, *self.panels)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts on the picture that may be in any script."""
        on_lines = self.is_race and View.LOSS in self.views and self.point_color is not PointColor.RUN
        labels = [run.label for run in self.runs] if self.legend or on_lines else []
        return (*((title_text(self.title),) if self.caption else ()), *labels, *self.words.changed)

    @property
    def is_race(self) -> bool:
        """Whether there are several runs, or a recorded one: they have colours of their own, and a legend."""
        return len(self.runs) > 1 or isinstance(self.runs[0], RecordedRun)

    @property
    def path_digests(self) -> dict[str, str]:
        """Digests of the recorded paths, by what `[[runs]]` calls them: they tell whether a file has changed."""
        return {run.source: run.path.identity for run in self.runs if isinstance(run, RecordedRun)}

    @property
    def canonical_json(self) -> str:
        """A description and its quality as JSON, but for what only files depend on; equal values have equal JSON."""
        settings = {**self._settings, PATH_DIGESTS: self.path_digests}
        if self.landscape is None:
            return _canonical({"function": self.objective.name, **settings})
        return _canonical({**asdict(self.landscape), DIGEST: self.objective.identity, **settings})

    @property
    def fingerprint(self) -> str:
        """A SHA-256, in hexadecimal, of everything that the pictures depend on: equal for equal ones.

        Of a function, what it computes counts, and not how it was written; of matplotlib's colormaps, their colours.
        """
        known = {"rendering": RENDERING_VERSION, "function": self.objective.identity, "minima": self.objective.minima}
        known |= {"runs": [_without_place(run) for run in self.runs]}
        return hashlib.sha256(_canonical(self._settings | known | self._colormap).encode()).hexdigest()

    def at_rate(self, fps: float) -> Resolved:
        """Return the same value at another frame rate.

        Raises
        ------
        InputError
            If the film would have too many frames.

        """
        if excess := excess_of_frames(film_frames(self.timing.total * fps, self.loop), self.size):
            raise InputError(excess)
        return replace(self, fps=fps)

    @property
    def _colormap(self) -> dict[str, Any]:
        """The colours of a palette of matplotlib's, which another version may change; nothing if it is gdviz's own."""
        if self.palette in list(Palette):
            return {}
        from gdviz.colormaps import colormap_colors  # only now: it imports matplotlib

        return {"colormap": np.round(255 * colormap_colors(self.palette)).astype(int).tolist()}

    @property
    def _settings(self) -> dict[str, Any]:
        """All that the picture depends on without the function: keys of a description, and the quality."""
        return {
            "title": self.title,
            "view": self.view,
            "panels": self.panels,
            "extent": self.extent.numbers,
            "domain": self.domain.numbers,
            "starts": self.starts.model_dump(mode="json"),
            "tolerance": self.tolerance,
            "max_iterations": self.max_iterations,
            "runs": [run.as_data() for run in self.runs],
            "noise_seed": max((run.noise.seed for run in self.runs if isinstance(run, RunSettings)), default=0),
            "clock": self.clock,
            "size": self.size,
            "fps": self.fps,
            "timing": self.timing.model_dump(mode="json"),
            "loop": self.loop,
            "camera": [key.model_dump(mode="json") for key in self.camera],
            "height": self.height,
            "loss_scale": self.loss_scale,
            "field": None if self.field is None else self.field.model_dump(mode="json"),
            "lift": self.lift,
            "arrows": self.arrows,
            "point_color": self.point_color,
            "theme": self.theme,
            "palette": self.palette,
            "background": self.background,
            "caption": self.caption,
            "legend": self.legend,
            "formula": self.formula,
            "labels": self.words.model_dump(exclude_defaults=True),
            "axes": {len(self.views): Shown.TRUE, 0: Shown.FALSE}.get(len(self.axes), Shown.AUTO),
            "quality": self.quality,
        }


def _without_place(run: AnyRun) -> dict[str, Any]:
    """Return what the pictures of a run depend on: of a recorded one, not where it was read from."""
    return {"label": run.label, "path": run.path.identity} if isinstance(run, RecordedRun) else run.as_data()


def _canonical(data: Mapping[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"))
