"""The soft dark spots on the ground under the points, which make them sit on it."""

from __future__ import annotations

import numpy as np

from gdviz.extent import FloatArray
from gdviz.picture.colors import to_bytes
from gdviz.scene.camera import Camera
from gdviz.scene.surface import SurfacePanel
from gdviz.stage.actors import add_mixed, lying_actor, use_shaders
from gdviz.stage.vista import Plotter, pv

SIZE = 1.6  # a spot's diameter, in diameters of its point
DARKEST = 0.7
SMALLEST = 8.0  # pixels of a picture 1440 pixels high: under smaller points a spot would not be seen
STEEPEST = 0.25  # the least cosine between a spot's normal and the line of sight, or it would be thinner than a hair

# A spot lies on the plane that touches the ground in its middle, in a rectangle around what a camera sees of it.
CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])  # of the rectangle, in the spot's half axes
TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]])  # of a rectangle, by the numbers of its corners
# The same as colours, which the vertex shader is given.
_CORNER_COLORS = np.pad(255 * (CORNERS > 0), ((0, 0), (0, 1))).astype(np.uint8)
_SHARED = """
{way} vec2 at;
{way} vec2 place;
"""
# Nearer to the camera by its radius, a spot is not covered by ground that rises within it.
_VERTEX = """
  vec4 nearer = MCDCMatrix * (vertexMC + vec4(radius * backward, 0.0));
  gl_Position.z = nearer.z / nearer.w * gl_Position.w;
  at = 2.0 * scalarColor.rg - 1.0;
  place = vertexMC.xy;
"""
# Beyond the extent there is no ground to darken.
_FRAGMENT = """
  float share = 1.0 - dot(at, at);
  bool lies = share > 0.0 && abs(place.x) < edges.x && abs(place.y) < edges.y;
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
        self._shown = count > 0 and diameter >= SMALLEST
        if not self._shown:
            return
        first = len(CORNERS) * np.arange(count)[:, None, None]
        self._spots = pv.PolyData.from_regular_faces(
            np.zeros((len(CORNERS) * count, 3)), (first + TRIANGLES).reshape(-1, 3)
        )
        self._spots["corner"] = np.tile(_CORNER_COLORS, (count, 1))
        actor = lying_actor(self._spots)
        shader = actor.GetShaderProperty()
        shader.GetFragmentCustomUniforms().SetUniformf("darkest", DARKEST)
        lowest = panel.subject.ramp.colors(np.zeros(1))[0]
        shade = to_bytes(panel.theme.shade * lowest) / 255  # many spots on each other are no darker than this
        shader.GetFragmentCustomUniforms().SetUniform3f("shade", tuple(shade))
        shader.GetFragmentCustomUniforms().SetUniform2f("edges", panel.subject.landscape.half)
        self._uniforms = shader.GetVertexCustomUniforms()
        use_shaders(actor, _SHARED, _VERTEX, _FRAGMENT)
        add_mixed(plotter, actor)

    def show(self, position: float, camera: Camera, rows: int) -> None:
        """Put the spots where they are at a position along the descent.

        `rows` is the height of the picture that is drawn, in pixels.
        """
        if not self._shown:
            return
        radius = self._diameter / 2 * camera.pixel_size(rows)
        each = [self._panel.subject.spots(run, position, radius) for run in self._panel.subject.runs]
        middles, normals = (np.concatenate(parts) for parts in zip(*each, strict=True))
        scale = SIZE * radius * camera.depths(middles) / camera.distance  # as wide in pixels, however far away
        corners = middles[:, None] + scale[:, None, None] * (CORNERS @ _half_axes(normals, camera))
        behind = camera.position + camera.backward  # the camera, where nothing is drawn
        self._spots.points = np.where(np.isnan(corners), behind, corners).reshape(-1, 3)
        self._uniforms.SetUniformf("radius", SIZE * radius)
        self._uniforms.SetUniform3f("backward", tuple(camera.backward))


def _half_axes(normals: FloatArray, camera: Camera) -> FloatArray:
    """Return the half axes of the ellipses that a camera sees of discs with these normals (n, 3), shape (n, 2, 3).

    The discs have radius 1. A disc that the camera sees along its plane is turned to it.
    """
    axes = np.stack([camera.right, camera.up, camera.backward])
    seen = normals @ axes.T
    rise = -seen[:, :2] / np.maximum(seen[:, 2:], STEEPEST)  # of the plane towards the camera, right and up
    length = np.linalg.norm(rise, axis=1, keepdims=True)
    steepest = np.where(length > 0, rise / np.where(length > 0, length, 1), [0.0, 1.0])
    across = np.stack([-steepest[:, 1], steepest[:, 0], 0 * length[:, 0]], axis=1)
    along = np.concatenate([steepest, length], axis=1) / np.sqrt(1 + length**2)
    return np.stack([across, along], axis=1) @ axes
