"""The arrows of a gradient field on the ground."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from gdviz.extent import FloatArray
from gdviz.picture.themes import Rgb
from gdviz.scene.camera import Camera
from gdviz.scene.field_marks import field_widths
from gdviz.scene.surface import SurfacePanel
from gdviz.stage.actors import LIFT, add_mixed, lying_actor
from gdviz.stage.offscreen import SUPERSAMPLING
from gdviz.stage.vista import Plotter, pv
from gdviz.terrain.field import Arrows, drape_heads, drape_pieces

NEARER = 2.5  # half widths, with the edge, by which arrows are drawn nearer to the camera than they are

# A line is as wide on steep ground as on level ground, so that a half of it would lie below ground that is tilted along
# it. What is drawn nearer is not covered by that.
_VERTEX = """//VTK::PositionVC::Impl
  vec4 nearer = MCDCMatrix * (vertexMC + vec4(reach * backward, 0.0));
  gl_Position.z = nearer.z / nearer.w * gl_Position.w;
"""


class FieldActors:
    """Arrows with their edges; `unit` is how many pixels of the picture a unit has."""

    def __init__(self, plotter: Plotter, panel: SurfacePanel, arrows: Arrows, unit: float) -> None:
        supersampling = SUPERSAMPLING[panel.subject.resolved.quality]
        width, self._edge = (supersampling * each for each in field_widths(unit))
        self._actors: list[vtkActor] = []
        if not arrows.count:
            return
        landscape, theme = panel.subject.landscape, panel.theme
        lines = polylines([drape_pieces(ends, landscape) for ends in arrows.outlines])
        vertices, triangles = drape_heads(arrows, landscape)
        heads = pv.PolyData.from_regular_faces(vertices, triangles.astype(int))
        drawn = [(lines, theme.field_edge, self._edge), (heads, theme.field, width), (lines, theme.field, width)]
        self._actors = [ground_actor(*each) for each in drawn]
        for actor in self._actors:
            add_mixed(plotter, actor)

    def show(self, camera: Camera, rows: int) -> None:
        """Draw them as a camera sees them; `rows` is the height of the picture that is drawn, in pixels."""
        for actor in self._actors:
            draw_nearer(actor, self._edge, camera, rows)


def draw_nearer(actor: vtkActor, width: float, camera: Camera, rows: int) -> None:
    """Draw a `ground_actor` a little nearer to the camera than it is, by the width of its widest lines, in pixels."""
    uniforms = actor.GetShaderProperty().GetVertexCustomUniforms()
    uniforms.SetUniformf("reach", NEARER * width / 2 * camera.pixel_size(rows))
    uniforms.SetUniform3f("backward", tuple(camera.backward))


def polylines(each: Sequence[FloatArray]) -> pv.PolyData:
    """Return polylines, arrays of shape (n, k, 3), as one mesh."""
    mesh, cells, first = pv.PolyData(), [], 0
    for lines in each:
        count, corners = lines.shape[:2]
        numbers = first + np.arange(count * corners).reshape(count, corners)
        cells.append(np.insert(numbers, 0, corners, axis=1).ravel())
        first += count * corners
    mesh.points = np.concatenate([lines.reshape(-1, 3) for lines in each])
    mesh.lines = np.concatenate(cells)
    return mesh


def ground_actor(mesh: pv.PolyData, color: Rgb, width: float) -> vtkActor:
    """Return what draws a mesh in one color, a little above the ground."""
    actor = lying_actor(mesh)
    actor.SetPosition(0, 0, LIFT)
    actor.GetProperty().SetColor([channel / 255 for channel in color])
    actor.GetProperty().SetLineWidth(width)
    actor.GetShaderProperty().AddVertexShaderReplacement("//VTK::PositionVC::Impl", True, _VERTEX, False)
    return actor
