"""What stands in a plotter's scene: the ground with its contour lines and block, trails and points, and the light."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonCore import vtkInformation
from vtkmodules.vtkCommonDataModel import vtkCellArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLActor

from gdviz.picture.colors import to_bytes
from gdviz.scene.camera import Camera
from gdviz.scene.point_marks import ABOVE_GROUND
from gdviz.scene.surface import SurfacePanel
from gdviz.terrain.ground import build_block, contour_colors, contour_levels

Bytes = NDArray[np.uint8]

LIFT = 0.0025  # of lines above the ground, in scene units: as far as the depth buffer needs
RACERS_LIFT = 0.012  # likewise of wide trails, half of which a steep slope would hide
UNLIT = "  gl_FragData[0] = vec4(diffuseColor, 1.0);\n"  # a shader's last step


def add_ground(plotter: pv.Plotter, panel: SurfacePanel, unit: float) -> None:
    """Add the ground, its contour lines, the block's sides and the rim's edge.

    `unit` is how many pixels of the window stand for one of a window 1440 pixels high.
    """
    landscape = panel.subject.landscape
    ramp = panel.subject.ramp
    colors = panel.subject.ground
    vertices = np.nan_to_num(landscape.mesh).reshape(-1, 3)
    mesh = pv.PolyData.from_regular_faces(vertices, landscape.triangles())
    add_mesh(plotter, mesh, to_bytes(colors).reshape(-1, 3))

    mesh["height"] = vertices[:, 2]
    lines = mesh.contour(contour_levels(landscape), scalars="height")
    if lines.n_points:
        line_colors = contour_colors(landscape, ramp, colors, lines.points)
        lines.points[:, 2] += LIFT / 2
        add_mesh(plotter, lines, to_bytes(line_colors), line_width=1.6 * unit)

    block = build_block(landscape, colors, panel.theme)
    add_mesh(plotter, pv.PolyData.from_regular_faces(block.vertices, block.triangles), to_bytes(block.colors))
    edge = pv.lines_from_points(landscape.rim + [0, 0, LIFT])
    add_mesh(plotter, edge, np.full((edge.n_points, 3), panel.theme.rim, dtype=np.uint8), line_width=1.8 * unit)


def add_light(plotter: pv.Plotter) -> None:
    """Add the light on the points, which comes from beside the camera."""
    plotter.add_light(pv.Light(light_type="camera light", position=(-0.4, 0.5, 1.0)))


class RunActors:
    """A run's trails and points, by its number; `unit` as for the ground."""

    def __init__(self, plotter: pv.Plotter, panel: SurfacePanel, number: int, unit: float) -> None:
        subject = panel.subject
        self._panel, self._run, self._trails = panel, subject.runs[number], subject.trails[number]
        count, trails, width = len(self._run.descent.status), self._trails, subject.sizes.trails[number]
        self._diameter = subject.sizes.diameter * unit
        self._connectivity = np.arange(len(trails.vertices), dtype=np.int64)
        self._lines = pv.PolyData()
        self._lines.points = trails.vertices + [0, 0, RACERS_LIFT if subject.is_race_of_points else LIFT]
        self._joints = pv.PolyData()
        if len(trails.vertices):
            colors = to_bytes(subject.trail_colors[number])
            trail = [add_mesh(plotter, self._lines, colors, line_width=width * unit)]
            if subject.is_race_of_points:
                self._joints.points = self._lines.points
                trail.append(_add_discs(plotter, self._joints, colors, width * unit))
                for actor in trail:  # in the runs' order, each on those before, which hide nothing of it
                    actor.ForceTranslucentOn()
            elif subject.field is not None:
                _draw_last(trail[0])  # on the arrows
        self._points = pv.PolyData(np.zeros((count, 3)))
        if not count:
            return
        points = add_mesh(
            plotter,
            self._points,
            np.zeros((count, 3), dtype=np.uint8),
            point_size=self._diameter,
            render_points_as_spheres=True,
            lighting=True,
            ambient=0.4,
            diffuse=0.72,
            specular=0.3,
            specular_power=24,
        )
        _draw_last(points)

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
        shown = self._connectivity[: 2 * self._trails.count_until(position)]
        cells = vtkCellArray()
        cells.SetData(2, numpy_to_vtkIdTypeArray(shown))  # type: ignore[no-untyped-call]  # VTK has no types for it
        self._lines.SetLines(cells)
        if self._joints.n_points:
            discs = vtkCellArray()
            discs.SetData(1, numpy_to_vtkIdTypeArray(shown))  # type: ignore[no-untyped-call]  # likewise
            self._joints.SetVerts(discs)


def lying_actor(mesh: pv.PolyData) -> vtkActor:
    """Return what draws a mesh that lies on the ground, without light, with shaders that see scene coordinates."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(mesh)
    mapper.SetVBOShiftScaleMethod(0)  # or the shaders would not always see them
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.ForceTranslucentOn()  # it hides nothing of what is drawn on it
    actor.GetProperty().SetLighting(False)
    return actor


def _draw_last(actor: pv.Actor) -> None:
    """Have an actor drawn after the spots and the arrows of a field, which lie on the ground and hide nothing.

    They are translucent, and VTK draws what is translucent last.
    """
    actor.ForceTranslucentOn()
    hiding = vtkInformation()
    hiding.Set(vtkOpenGLActor.GLDepthMaskOverride(), 1)  # what lies behind it is hidden all the same
    actor.SetPropertyKeys(hiding)


def _add_discs(plotter: pv.Plotter, mesh: pv.PolyData, colors: Bytes, diameter: float) -> pv.Actor:
    """Add discs at a mesh's points, `diameter` pixels wide, which make the corners of wide lines round."""
    actor = add_mesh(plotter, mesh, colors, style="points", point_size=diameter)
    round_ = "  if (distance(gl_PointCoord, vec2(0.5)) > 0.5) discard;\n"
    actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", True, round_ + UNLIT, False)
    return actor


def add_mesh(plotter: pv.Plotter, mesh: pv.PolyData, colors: Bytes, **style: Any) -> pv.Actor:
    """Add a mesh in colours of its own, one for each vertex, that no light changes unless `style` says so."""
    mesh["color"] = colors
    actor = plotter.add_mesh(
        mesh,
        scalars="color",
        rgb=True,
        copy_mesh=False,
        **{"lighting": False, **style},
        render=False,
        reset_camera=False,
    )
    if "lighting" not in style:
        # VTK computes materials and light for every pixel even where there is none: its last step is replaced by none.
        actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", True, UNLIT, False)
    return actor
