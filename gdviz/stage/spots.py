"""The soft dark spots on the ground under the points, which make them sit on it."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkShaderProperty

from gdviz.extent import FloatArray
from gdviz.picture.colors import to_bytes
from gdviz.scene.camera import Camera
from gdviz.scene.surface import SurfacePanel
from gdviz.stage.actors import add_mixed, lying_actor
from gdviz.stage.vista import Plotter, pv

SIZE = 1.6  # a spot's diameter, in diameters of its point
DARKEST = 0.7
SMALLEST = 8.0  # pixels of a picture 1440 pixels high: under smaller points a spot would not be seen
STEEPEST = 0.25  # the least cosine between a spot's normal and the line of sight, or it would be thinner than a hair

# A spot is a square of pixels, each of which shows a place of the plane that touches the ground in the spot's middle.
# The plane's normal, as the camera sees it, comes as the colour. What is the same for all pixels of a spot the vertex
# shader computes: by which numbers they find their place, and its squared distance from the middle.
_SHARED = """//VTK::PositionVC::Dec
flat {way} vec3 squares;
flat {way} vec2 middle;
flat {way} vec2 across;
flat {way} vec2 down;
"""
# Nearer to the camera by its radius, a spot is not covered by ground that rises within it.
_VERTEX = """//VTK::PositionVC::Impl
  vec4 nearer = MCDCMatrix * (vertexMC + vec4(radius * backward, 0.0));
  gl_Position.z = nearer.z / nearer.w * gl_Position.w;
  vec3 normal = 2.0 * scalarColor.rgb - 1.0;
  vec2 depth = vec2(-normal.x, normal.y) / normal.z;
  squares = vec3(1.0 + depth.x * depth.x, 2.0 * depth.x * depth.y, 1.0 + depth.y * depth.y);
  middle = vertexMC.xy;
  across = radius * (right.xy + depth.x * backward.xy);
  down = radius * (depth.y * backward.xy - up.xy);
"""
# Beyond the extent there is no ground to darken.
_FRAGMENT = """
  vec2 at = 2.0 * gl_PointCoord - 1.0;
  float share = 1.0 - dot(squares, vec3(at.x * at.x, at.x * at.y, at.y * at.y));
  vec2 place = abs(middle + at.x * across + at.y * down);
  bool lies = share > 0.0 && place.x < edges.x && place.y < edges.y;
  gl_FragData[0] = vec4(shade, lies ? darkest * share * share * (2.0 - share) : 0.0);
"""


class SpotActor:
    """The spots of all points, which darken what is drawn before them: the ground, and not the points.

    `unit` is how many pixels of the window stand for one of a window 1440 pixels high.
    """

    def __init__(self, plotter: Plotter, panel: SurfacePanel, unit: float) -> None:
        self._panel = panel
        count, diameter = sum(len(run.descent.status) for run in panel.subject.runs), panel.subject.sizes.diameter
        self._diameter = diameter * unit
        self._spots = pv.PolyData(np.zeros((count if diameter >= SMALLEST else 0, 3)))
        if not self._spots.n_points:
            return
        self._spots["normal"] = np.zeros((self._spots.n_points, 3), dtype=np.uint8)
        actor = lying_actor(self._spots)
        actor.GetProperty().SetPointSize(SIZE * self._diameter)
        shader = actor.GetShaderProperty()
        shader.GetFragmentCustomUniforms().SetUniformf("darkest", DARKEST)
        lowest = panel.subject.ramp.colors(np.zeros(1))[0]
        shade = to_bytes(panel.theme.shade * lowest) / 255  # many spots on each other are no darker than this
        shader.GetFragmentCustomUniforms().SetUniform3f("shade", tuple(shade))
        shader.GetFragmentCustomUniforms().SetUniform2f("edges", panel.subject.landscape.half)
        self._uniforms = shader.GetVertexCustomUniforms()
        _program(shader)
        add_mixed(plotter, actor)

    def show(self, position: float, camera: Camera, rows: int) -> None:
        """Put the spots where they are at a position along the descent.

        `rows` is the height of the picture that is drawn, in pixels.
        """
        if not self._spots.n_points:
            return
        radius = self._diameter / 2 * camera.pixel_size(rows)
        each = [self._panel.subject.spots(run, position, radius) for run in self._panel.subject.runs]
        middles, normals = (np.concatenate(parts) for parts in zip(*each, strict=True))
        behind = camera.position + camera.backward  # the camera, where nothing is drawn
        self._spots.points = np.where(np.isnan(middles).any(axis=1, keepdims=True), behind, middles)
        self._spots["normal"] = _as_seen(normals, camera)
        self._uniforms.SetUniformf("radius", SIZE * radius)
        for name in ("right", "up", "backward"):
            self._uniforms.SetUniform3f(name, tuple(getattr(camera, name)))


def _program(shader: vtkShaderProperty) -> None:
    """Draw spots in place of points."""
    shader.AddVertexShaderReplacement("//VTK::PositionVC::Dec", True, _SHARED.format(way="out"), False)
    shader.AddVertexShaderReplacement("//VTK::PositionVC::Impl", True, _VERTEX, False)
    shader.AddFragmentShaderReplacement("//VTK::PositionVC::Dec", True, _SHARED.format(way="in"), False)
    shader.AddFragmentShaderReplacement("//VTK::Light::Impl", True, _FRAGMENT, False)


def _as_seen(normals: FloatArray, camera: Camera) -> FloatArray:
    """Return normals (n, 3) along the camera's right, up and backward, as bytes: -1 is 0 and 1 is 255."""
    seen = normals @ np.stack([camera.right, camera.up, camera.backward], axis=1)
    seen[:, 2] = np.maximum(seen[:, 2], STEEPEST)
    return np.asarray(np.round(127.5 * (seen + 1)).astype(np.uint8))
