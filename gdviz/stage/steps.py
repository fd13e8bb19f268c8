"""The parts of a step as arrows on the ground."""

from __future__ import annotations

from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from gdviz.descent.anatomy import StepPart
from gdviz.scene.camera import Camera
from gdviz.scene.step_arrows import StepArrow, StepArrows, part_color, widths
from gdviz.scene.surface import SurfacePanel
from gdviz.scene.timeline import FrameState
from gdviz.stage.actors import add_mixed
from gdviz.stage.field import draw_nearer, ground_actor, polylines
from gdviz.stage.offscreen import SUPERSAMPLING
from gdviz.stage.vista import Plotter, pv
from gdviz.terrain.field import drape_heads, drape_pieces


class StepActors:
    """The arrows of all parts, the step's behind the others; `unit` is how many pixels of the picture a unit has."""

    def __init__(self, plotter: Plotter, panel: SurfacePanel, arrows: StepArrows, unit: float) -> None:
        self._arrows = arrows
        supersampling = SUPERSAMPLING[panel.subject.resolved.quality]
        self._parts: dict[StepPart, tuple[float, list[vtkActor]]] = {}
        for part in sorted(arrows.shown, key=lambda each: each is not StepPart.STEP):
            width, edge = (supersampling * each for each in widths(part, unit))
            color = part_color(part, panel.theme)
            looks = ((panel.theme.field_edge, edge), (color, width), (color, width))
            actors = [ground_actor(pv.PolyData(), *look) for look in looks]
            for actor in actors:
                add_mixed(plotter, actor)
            self._parts[part] = edge, actors

    def show(self, state: FrameState, camera: Camera, rows: int) -> None:
        """Draw a frame's arrows as a camera sees them; `rows` is the height of the picture drawn, in pixels."""
        shown = {each.part: each for each in self._arrows.at(state)}
        for part, (edge, actors) in self._parts.items():
            meshes = self._meshes(shown[part]) if part in shown else []
            for number, actor in enumerate(actors):
                visible = number < len(meshes)
                actor.SetVisibility(visible)
                if visible:
                    mapper = actor.GetMapper()
                    assert isinstance(mapper, vtkPolyDataMapper)
                    mapper.SetInputData(meshes[number])
                    draw_nearer(actor, edge, camera, rows)

    def _meshes(self, each: StepArrow) -> list[pv.PolyData]:
        """Return an arrow's lines, for its edge and again, and the face of its head."""
        arrow, landscape = each.arrow, self._arrows.landscape
        pieces = arrow.outlines if arrow.has_heads else arrow.outlines[:1]
        lines = polylines([drape_pieces(ends, landscape) for ends in pieces])
        if not arrow.has_heads:
            return [lines, lines]
        vertices, triangles = drape_heads(arrow, landscape)
        return [lines, lines, pv.PolyData.from_regular_faces(vertices, triangles.astype(int))]
