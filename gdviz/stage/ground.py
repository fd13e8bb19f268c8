"""The ground in a plotter's scene: its surface, its contour lines, and the block that carries it."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from gdviz.picture.colors import to_bytes
from gdviz.scene.camera import Camera
from gdviz.scene.surface import SurfacePanel
from gdviz.stage.actors import LIFT, add_opaque, cells_of, lines_actor, nearly_straight, unlit_actor
from gdviz.stage.vista import Plotter, pv
from gdviz.terrain.ground import Mesh, build_block, build_ground, contour_colors, contour_levels
from gdviz.terrain.straight import straightened

PASSES = 6  # in which vertices of contour lines are left out


class GroundActors:
    """The ground, its contour lines, the block's sides and the rim's edge.

    `unit` is how many pixels of the window stand for one of a window 1440 pixels high.
    """

    def __init__(self, plotter: Plotter, panel: SurfacePanel, unit: float) -> None:
        landscape, ramp, colors = panel.subject.landscape, panel.subject.ramp, panel.subject.ground
        surface = _triangles_actor(build_ground(landscape, colors))
        add_opaque(plotter, surface)
        mesh = pv.PolyData.from_regular_faces(np.nan_to_num(landscape.mesh).reshape(-1, 3), landscape.triangles())
        mesh["height"] = np.nan_to_num(landscape.contoured).ravel()
        lines = mesh.contour(contour_levels(landscape), scalars="height")
        if lines.n_points:
            pieces = straightened(lines.points, lines.lines.reshape(-1, 3)[:, 1:], nearly_straight(panel), PASSES)
            lines.SetLines(cells_of(pieces.ravel(), 2))
            line_colors = contour_colors(landscape, ramp, colors, lines.points)
            lines.points[:, 2] += LIFT / 2
            add_opaque(plotter, lines_actor(lines, to_bytes(line_colors), 1.6 * unit))
        sides = _triangles_actor(build_block(landscape, colors, panel.theme))
        add_opaque(plotter, sides)
        edge = pv.lines_from_points(landscape.rim + [0, 0, LIFT])
        rim = np.full((edge.n_points, 3), panel.theme.rim, dtype=np.uint8)
        add_opaque(plotter, lines_actor(edge, rim, 1.8 * unit))
        self._closed = [surface, sides] if np.isfinite(landscape.heights).all() else []
        self._foot = float(landscape.foot[0, 2])

    def show(self, camera: Camera) -> None:
        """Leave out what shows a camera its back, where that is hidden: from above, if the ground has no holes."""
        for actor in self._closed:
            actor.GetProperty().SetBackfaceCulling(float(camera.position[2]) > self._foot)


def _triangles_actor(mesh: Mesh) -> vtkActor:
    return unlit_actor(pv.PolyData.from_regular_faces(mesh.vertices, mesh.triangles), to_bytes(mesh.colors))
