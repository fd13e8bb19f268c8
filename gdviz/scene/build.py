"""A resolved animation -> its scene: the panels of its picture, and what they show."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from gdviz.descent.engine import Status
from gdviz.description.choices import View
from gdviz.description.resolved import Resolved
from gdviz.description.tables import CameraKey
from gdviz.picture.caption import Caption, Readout
from gdviz.picture.layout import Layout, Place, layout_of, text_region
from gdviz.picture.marks import Mark
from gdviz.scene.curve import build_curve
from gdviz.scene.formula_line import FormulaLine, build_formula_line, panel_sharing
from gdviz.scene.legend import Legend, build_legend
from gdviz.scene.loss import build_loss
from gdviz.scene.map import build_map
from gdviz.scene.panel import Panel
from gdviz.scene.race_legend import RaceLegend
from gdviz.scene.run import Run, StatusCounts, all_counts, count
from gdviz.scene.run_result import RunResult, run_result
from gdviz.scene.slices import build_slices
from gdviz.scene.subject import Subject
from gdviz.scene.surface import SurfacePanel, build_surface
from gdviz.scene.timeline import FrameState, Timeline

_BUILDERS: Mapping[View, Callable[[Subject, Place], Panel]] = MappingProxyType(
    {
        View.SURFACE: build_surface,
        View.MAP: build_map,
        View.CURVE: build_curve,
        View.SLICES: build_slices,
        View.LOSS: build_loss,
    }
)


@dataclass(frozen=True)
class Scene:
    """All that a film shows.

    Attributes
    ----------
    subject
        What it is about.
    layout
        Where things stand in the picture.
    meanings
        What colours mean.
    formula
        The formula under the title.
    main, panels
        The main view, and the panels beside it.

    """

    subject: Subject
    layout: Layout
    meanings: Legend
    formula: FormulaLine
    main: Panel
    panels: tuple[Panel, ...]

    @property
    def resolved(self) -> Resolved:
        """The description."""
        return self.subject.resolved

    @property
    def runs(self) -> tuple[Run, ...]:
        """The descents."""
        return self.subject.runs

    @property
    def timeline(self) -> Timeline:
        """Which moment each frame shows."""
        return self.subject.timeline

    @property
    def counts(self) -> StatusCounts:
        """How the points of all runs ended."""
        return all_counts([result.counts for result in self.results])

    @cached_property
    def results(self) -> tuple[RunResult, ...]:
        """How each run ended; a point that is outside the extent at its end has left.

        In a race of points, one that diverged has diverged wherever it is, as the legend says.
        """
        extent, clock, race = self.resolved.extent, self.resolved.clock, self.resolved.is_race
        results = []
        for run in self.runs:
            status = run.descent.status
            alone = race and status.tolist() == [Status.DIVERGED]
            counts = count(status) if alone else run.counts(run.descent.steps, extent)
            results.append(run_result(run, counts, clock))
        return tuple(results)

    def with_camera(self, camera: tuple[CameraKey, ...], *, bare: bool = False) -> Scene:
        """Return the same scene with other keyframes: what a camera sees is made anew.

        If `bare`, surfaces have no axes, which take longer to place than all else; everything else is where it was.
        """
        subject = self.subject.with_camera(camera)

        def seen(panel: Panel) -> Panel:
            if not isinstance(panel, SurfacePanel):
                return panel
            return replace(panel, subject=subject, axes=None) if bare else build_surface(subject, panel.place)

        main, *panels = map(seen, (self.main, *self.panels))
        return replace(self, subject=subject, main=main, panels=tuple(panels))

    def legend(self) -> list[Mark]:
        """Return what says which colour is what: nothing, unless it is asked for."""
        return self.meanings.marks(self.layout, self.subject.theme)

    def standings(self, state: FrameState) -> list[Mark]:
        """Return what the legend tells of a frame: in a race, f of each run now, and who has arrived."""
        if not isinstance(self.meanings, RaceLegend):
            return []
        return self.meanings.numbers(self.layout, self.subject.theme, state.position)

    def overlay(self) -> list[Mark]:
        """Return what is written over the panels of every frame: the legend and the formula, if they are asked for."""
        return [*self.legend(), *self.formula.marks(self.subject.theme)]

    def picture_key(self, state: FrameState) -> Hashable:
        """Return all of a frame's state that its picture depends on."""
        arrivals = self.subject.arrivals.key(state)
        return (state.dissolved, arrivals, *(panel.picture_key(state) for panel in (self.main, *self.panels)))

    def caption(self, state: FrameState) -> Caption:
        """Return what is written on a frame."""
        return Caption(self.resolved.title, (*self.main.readouts(state), *self._smoothing()))

    def _smoothing(self) -> list[Readout]:
        """Return how far a landscape is smoothed, which its picture must not hide."""
        landscape = self.resolved.landscape
        if landscape is None or not landscape.smooth:
            return []
        return [Readout(self.resolved.words.smoothed, f"{landscape.smooth:g}", f"{landscape.smooth:g}")]


def build_scene(resolved: Resolved) -> Scene:
    """Make the scene of a resolved animation.

    Raises
    ------
    InputError
        If the function cannot be drawn in one of the panels that are asked for.

    """
    return scene_about(Subject(resolved))


def scene_about(subject: Subject) -> Scene:
    """Do the same for a subject of which some parts may be made already."""
    resolved = subject.resolved
    meanings = build_legend(subject)
    formula = build_formula_line(resolved)
    room = meanings.size(text_region(resolved.size))
    number, sharing = len(resolved.panels), panel_sharing(resolved)
    layout = layout_of(resolved.size, resolved.view, number, room, formula.bottom, sharing=sharing)
    main = _BUILDERS[resolved.view](subject, layout.main)
    places = zip(resolved.panels, layout.panels, strict=True)
    panels = tuple(_BUILDERS[view](subject, place) for view, place in places)
    return Scene(subject, layout, meanings, formula, main, panels)
