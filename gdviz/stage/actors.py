"""What draws meshes in a plotter's scene: in colours of their own, on the ground, opaque or mixed."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonCore import vtkCommand, vtkInformation
from vtkmodules.vtkCommonDataModel import vtkCellArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLActor

from gdviz.scene.surface import SurfacePanel
from gdviz.stage.opengl import GL_BLEND
from gdviz.stage.vista import Plotter, pv
from gdviz.terrain.ground import PICTURE

Bytes = NDArray[np.uint8]

LIFT = 0.0025  # of lines above the ground, in scene units: as far as the depth buffer needs
STRAIGHT = 0.25  # pixels of the picture by which contour lines and trails may be off where vertices are left out
UNLIT = "  gl_FragData[0] = vec4(diffuseColor, 1.0);\n"  # a shader's last step


def nearly_straight(panel: SurfacePanel) -> float:
    """Return how many scene units a line may be off; never so many that it would touch the ground."""
    return min(STRAIGHT * PICTURE / max(panel.subject.resolved.size), LIFT / 4)


def lying_actor(mesh: pv.PolyData) -> vtkActor:
    """Return what draws a mesh that lies on the ground, without light, with shaders that see scene coordinates."""
    actor, mapper = _actor(mesh)
    mapper.SetVBOShiftScaleMethod(0)  # or the shaders would not always see them
    actor.GetProperty().SetLighting(False)
    return actor


def use_shaders(actor: vtkActor, shared: str, vertex: str, fragment: str) -> None:
    """Have a `lying_actor` drawn by shaders of gdviz's own.

    Parameters
    ----------
    actor
        The actor.
    shared
        Declares what the vertex shader hands to the fragment shader; {way} stands for `out` and `in`.
    vertex
        What the vertex shader does after VTK's has set `gl_Position`.
    fragment
        What the fragment shader does in place of VTK's: it sets `gl_FragData[0]`.

    """
    shader, declared, done = actor.GetShaderProperty(), "//VTK::PositionVC::Dec", "//VTK::PositionVC::Impl"
    shader.AddVertexShaderReplacement(declared, True, declared + shared.format(way="out"), False)
    shader.AddVertexShaderReplacement(done, True, done + vertex, False)
    shader.AddFragmentShaderReplacement(declared, True, declared + shared.format(way="in"), False)
    shader.AddFragmentShaderReplacement("//VTK::Light::Impl", True, fragment, False)


def unlit_actor(mesh: pv.PolyData, colors: Bytes, last_step: str = UNLIT) -> vtkActor:
    """Return what draws a mesh in colours of its own, one for each vertex, that no light changes.

    VTK computes materials and light for every pixel even where there is none: its shader's last step is replaced.
    """
    actor = _colored_actor(mesh, colors)
    actor.GetProperty().SetLighting(False)
    actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", True, last_step, False)
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
