"""What stands in a plotter's scene: the ground with its contour lines and block, trails and points, and the light."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonCore import vtkCommand, vtkInformation
from vtkmodules.vtkCommonDataModel import vtkCellArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLActor

from gdviz.picture.colors import to_bytes
from gdviz.scene.camera import Camera
from gdviz.scene.point_marks import ABOVE_GROUND
from gdviz.scene.surface import SurfacePanel
from gdviz.stage.opengl import GL_BLEND
from gdviz.stage.vista import Plotter, pv
from gdviz.terrain.ground import PICTURE, Mesh, build_block, build_ground, contour_colors, contour_levels
from gdviz.terrain.long_trails import long_trails
from gdviz.terrain.straight import straightened

Bytes = NDArray[np.uint8]

LIFT = 0.0025  # of lines above the ground, in scene units: as far as the depth buffer needs
RACERS_LIFT = 0.012  # likewise of wide trails, half of which a steep slope would hide
HIGHLIGHT = (173 / 255, 216 / 255, 230 / 255)  # RGB of what shines on a ball
STRAIGHT = 0.25  # pixels of the picture by which contour lines and trails may be off where vertices are left out
PASSES = 6  # in which vertices of contour lines are left out
UNLIT = "  gl_FragData[0] = vec4(diffuseColor, 1.0);\n"  # a shader's last step


def add_ground(plotter: Plotter, panel: SurfacePanel, unit: float) -> None:
    """Add the ground, its contour lines, the block's sides and the rim's edge.

    `unit` is how many pixels of the window stand for one of a window 1440 pixels high.
    """
    landscape = panel.subject.landscape
    ramp = panel.subject.ramp
    colors = panel.subject.ground
    add_opaque(plotter, _triangles_actor(build_ground(landscape, colors)))
    mesh = pv.PolyData.from_regular_faces(np.nan_to_num(landscape.mesh).reshape(-1, 3), landscape.triangles())
    mesh["height"] = np.nan_to_num(landscape.contoured).ravel()
    lines = mesh.contour(contour_levels(landscape), scalars="height")
    if lines.n_points:
        pieces = straightened(lines.points, lines.lines.reshape(-1, 3)[:, 1:], _nearly_straight(panel), PASSES)
        lines.SetLines(cells_of(pieces.ravel(), 2))
        line_colors = contour_colors(landscape, ramp, colors, lines.points)
        lines.points[:, 2] += LIFT / 2
        add_opaque(plotter, lines_actor(lines, to_bytes(line_colors), 1.6 * unit))

    add_opaque(plotter, _triangles_actor(build_block(landscape, colors, panel.theme)))
    edge = pv.lines_from_points(landscape.rim + [0, 0, LIFT])
    rim = np.full((edge.n_points, 3), panel.theme.rim, dtype=np.uint8)
    add_opaque(plotter, lines_actor(edge, rim, 1.8 * unit))


def add_light(plotter: Plotter) -> None:
    """Add the light on the points, which comes from beside the camera."""
    plotter.add_light(pv.Light(light_type="camera light", position=(-0.4, 0.5, 1.0)))


class RunActors:
    """A run's trails and points, by its number; `unit` as for the ground."""

    def __init__(self, plotter: Plotter, panel: SurfacePanel, number: int, unit: float) -> None:
        subject = panel.subject
        self._panel, self._run = panel, subject.runs[number]
        count, trails, width = len(self._run.descent.status), subject.trails[number], subject.sizes.trails[number]
        self._diameter = subject.sizes.diameter * unit
        self._long = long_trails(trails, _nearly_straight(panel))
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
        self._points = pv.PolyData(np.zeros((count, 3)))
        if count:  # on the spots and the arrows of a field, which lie on the ground
            balls = _ball_actor(self._points, np.zeros((count, 3), dtype=np.uint8), self._diameter)
            add_mixed(plotter, balls, hides=True)

    def show(self, position: float, camera: Camera, rows: int) -> None:
        """Put the points where they are at a position along the descent, with the trails behind them.

        `rows` is the height of the picture that is drawn, in pixels.
        """
        places, visible = self._panel.subject.visible_points(self._run, position)
        if not len(places):
            return
        self._points["color"] = to_bytes(self._panel.subject.point_colors(self._run, position, places))
        radius = self._diameter / 2 * camera.pixel_size(rows)
        places[:, 2] += ABOVE_GROUND * radius
        places[~visible] = camera.position + camera.backward  # behind the camera, where nothing is drawn
        self._points.points = places
        shown = self._long.shown(position)
        self._lines.SetLines(cells_of(shown, 2))
        if self._joints.n_points:
            self._joints.SetVerts(cells_of(shown, 1))


def _nearly_straight(panel: SurfacePanel) -> float:
    """Return how many scene units a line may be off; never so many that it would touch the ground."""
    return min(STRAIGHT * PICTURE / max(panel.subject.resolved.size), LIFT / 4)


def lying_actor(mesh: pv.PolyData) -> vtkActor:
    """Return what draws a mesh that lies on the ground, without light, with shaders that see scene coordinates."""
    actor, mapper = _actor(mesh)
    mapper.SetVBOShiftScaleMethod(0)  # or the shaders would not always see them
    actor.GetProperty().SetLighting(False)
    return actor


def unlit_actor(mesh: pv.PolyData, colors: Bytes, last_step: str = UNLIT) -> vtkActor:
    """Return what draws a mesh in colours of its own, one for each vertex, that no light changes.

    VTK computes materials and light for every pixel even where there is none: its shader's last step is replaced.
    """
    actor = _colored_actor(mesh, colors)
    actor.GetProperty().SetLighting(False)
    actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", True, last_step, False)
    return actor


def _disc_actor(mesh: pv.PolyData, colors: Bytes, diameter: float) -> vtkActor:
    """Return what draws discs at a mesh's points, `diameter` pixels wide: they make the corners of wide lines round."""
    actor = unlit_actor(mesh, colors, "  if (distance(gl_PointCoord, vec2(0.5)) > 0.5) discard;\n" + UNLIT)
    actor.GetProperty().SetRepresentationToPoints()
    actor.GetProperty().SetPointSize(diameter)
    return actor


def _ball_actor(mesh: pv.PolyData, colors: Bytes, diameter: float) -> vtkActor:
    """Return what draws balls in the light at a mesh's points, `diameter` pixels wide."""
    actor = _colored_actor(mesh, colors)
    look = actor.GetProperty()
    look.SetRenderPointsAsSpheres(True)
    look.SetPointSize(diameter)
    look.SetAmbient(0.4)
    look.SetDiffuse(0.72)
    look.SetSpecular(0.3)
    look.SetSpecularPower(24)
    look.SetSpecularColor(HIGHLIGHT)
    return actor


def _colored_actor(mesh: pv.PolyData, colors: Bytes) -> vtkActor:
    mesh["color"] = colors
    actor, mapper = _actor(mesh)
    mapper.SetScalarModeToUsePointFieldData()
    mapper.SelectColorArray("color")
    mapper.SetColorModeToDirectScalars()
    return actor


def cells_of(numbers: NDArray[np.int64], size: int) -> vtkCellArray:
    """Return cells of so many points each, by the points' numbers, one cell after the other."""
    cells = vtkCellArray()
    cells.SetData(size, numpy_to_vtkIdTypeArray(numbers, deep=True))  # type: ignore[no-untyped-call]  # VTK has no types for it
    return cells


def _actor(mesh: pv.PolyData) -> tuple[vtkActor, vtkPolyDataMapper]:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(mesh)
    actor = vtkActor()
    actor.SetMapper(mapper)
    return actor, mapper


def _triangles_actor(mesh: Mesh) -> vtkActor:
    return unlit_actor(pv.PolyData.from_regular_faces(mesh.vertices, mesh.triangles), to_bytes(mesh.colors))


def lines_actor(mesh: pv.PolyData, colors: Bytes, width: float) -> vtkActor:
    """Return what draws a mesh's lines, `width` pixels wide."""
    actor = unlit_actor(mesh, colors)
    actor.GetProperty().SetLineWidth(width)
    return actor


def add_opaque(plotter: Plotter, actor: vtkActor) -> None:
    """Have an actor drawn that hides what is behind it, before all that are mixed."""
    plotter.add_actor(actor, reset_camera=False, render=False)  # type: ignore[arg-type]  # it says BasePlotter


def add_mixed(plotter: Plotter, actor: vtkActor, *, hides: bool = False) -> None:
    """Have an actor drawn after what is opaque and what was added before, and mixed with it.

    What is drawn later is drawn on it, unless it hides what is behind it.
    """
    actor.ForceTranslucentOn()
    if hides:
        hiding = vtkInformation()
        hiding.Set(vtkOpenGLActor.GLDepthMaskOverride(), 1)
        actor.SetPropertyKeys(hiding)
    mix = partial(plotter.window.GetState().vtkglEnable, GL_BLEND)
    actor.GetMapper().AddObserver(vtkCommand.UpdateShaderEvent, lambda *_: mix())
    plotter.add_actor(actor, reset_camera=False, render=False)  # type: ignore[arg-type]  # it says BasePlotter
