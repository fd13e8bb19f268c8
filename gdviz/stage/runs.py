"""A run in a plotter's scene: its trails, and its points with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor

from gdviz.picture.colors import to_bytes
from gdviz.scene.camera import Camera
from gdviz.scene.point_marks import ABOVE_GROUND
from gdviz.scene.surface import SurfacePanel
from gdviz.stage.actors import LIFT, UNLIT, add_mixed, add_opaque, cells_of, lines_actor, nearly_straight, unlit_actor
from gdviz.stage.balls import BallActor
from gdviz.stage.vista import Plotter, pv
from gdviz.terrain.long_trails import long_trails

RACERS_LIFT = 0.012  # as `LIFT`, of wide trails, half of which a steep slope would hide


class RunActors:
    """A run's trails and points, by its number; `unit` as for the ground."""

    def __init__(self, plotter: Plotter, panel: SurfacePanel, number: int, unit: float) -> None:
        subject = panel.subject
        self._panel, self._run = panel, subject.runs[number]
        count, trails, width = len(self._run.descent.status), subject.trails[number], subject.sizes.trails[number]
        self._diameter = subject.sizes.diameter * unit
        self._long = long_trails(trails, nearly_straight(panel))
        self._lines = pv.PolyData()
        self._lines.points = trails.vertices + [0, 0, RACERS_LIFT if subject.is_race_of_points else LIFT]
        self._joints = pv.PolyData()
        if len(trails.vertices):
            colors = to_bytes(subject.trail_colors[number])
            lines = lines_actor(self._lines, colors, width * unit)
            if subject.is_race_of_points:  # in the runs' order, each on those before, which hide nothing of it
                self._joints.points = self._lines.points
                add_mixed(plotter, lines)
                add_mixed(plotter, _disc_actor(self._joints, colors, width * unit))
            elif subject.field is not None:  # on the arrows
                add_mixed(plotter, lines, hides=True)
            else:
                add_opaque(plotter, lines)
        self._balls = BallActor(plotter, count, self._diameter)  # on the spots and the arrows, which lie on the ground

    def show(self, position: float, camera: Camera, rows: int) -> None:
        """Put the points where they are at a position along the descent, with the trails behind them.

        `rows` is the height of the picture that is drawn, in pixels.
        """
        places, visible = self._panel.subject.visible_points(self._run, position)
        if not len(places):
            return
        colors = to_bytes(self._panel.subject.point_colors(self._run, position, places))
        radius = self._diameter / 2 * camera.pixel_size(rows)
        places[:, 2] += ABOVE_GROUND * radius
        places[~visible] = camera.position + camera.backward  # behind the camera, where nothing is drawn
        self._balls.show(places, colors, camera, radius)
        shown = self._long.shown(position)
        self._lines.SetLines(cells_of(shown, 2))
        if self._joints.n_points:
            self._joints.SetVerts(cells_of(shown, 1))


def _disc_actor(mesh: pv.PolyData, colors: NDArray[np.uint8], diameter: float) -> vtkActor:
    """Return what draws discs at a mesh's points, `diameter` pixels wide: they make the corners of wide lines round."""
    actor = unlit_actor(mesh, colors, "  if (distance(gl_PointCoord, vec2(0.5)) > 0.5) discard;\n" + UNLIT)
    actor.GetProperty().SetRepresentationToPoints()
    actor.GetProperty().SetPointSize(diameter)
    return actor
