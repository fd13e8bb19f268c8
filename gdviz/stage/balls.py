"""The points as balls in the light, each painted on a square of pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray
from gdviz.scene.camera import Camera
from gdviz.stage.actors import add_mixed, lying_actor, use_shaders
from gdviz.stage.vista import Plotter, pv

LIGHT = np.array([-0.4, 0.5, 1.0])  # where the light comes from: left of the camera and above it
AMBIENT, DIFFUSE = 0.4, 0.72
SHINE = 0.3 * np.array([173, 216, 230]) / 255  # RGB of what shines on a ball
# What is the same for all pixels of a ball the vertex shader computes: its colour, where the camera is, seen from it,
# the cosine between camera and light, and how much less deep than its middle its front is.
_SHARED = """
flat {way} vec3 tint;
flat {way} vec3 eye;
flat {way} float between;
flat {way} float rise;
"""
_VERTEX = """
  vec3 away = position - vertexMC.xyz;
  vec4 front = MCDCMatrix * vec4(vertexMC.xyz + nearer * away, 1.0);
  rise = 0.5 * (front.z / front.w - gl_Position.z / gl_Position.w);
  tint = scalarColor.rgb;
  eye = normalize(vec3(dot(away, right), dot(away, up), dot(away, backward)));
  between = dot(eye, light);
"""
# The light that is reflected (Phong, 1975) to the power of 24: products take less time.
_FRAGMENT = """
  vec2 at = vec2(2.0 * gl_PointCoord.x - 1.0, 1.0 - 2.0 * gl_PointCoord.y);
  float rest = 1.0 - dot(at, at);
  if (rest < 0.0) discard;
  vec3 normal = vec3(at, sqrt(max(rest, 0.0)));
  gl_FragDepth = gl_FragCoord.z + rise * normal.z;
  float lit = max(dot(normal, light), 0.0);
  float mirrored = lit > 0.0 ? max(2.0 * lit * dot(normal, eye) - between, 0.0) : 0.0;
  float third = mirrored * mirrored * mirrored;
  float sixth = third * third;
  float twelfth = sixth * sixth;
  gl_FragData[0] = vec4(tint * (ambient + diffuse * lit) + shine * (twelfth * twelfth), 1.0);
"""


class BallActor:
    """Balls `diameter` pixels wide, drawn after what was added before; they hide what is behind them."""

    def __init__(self, plotter: Plotter, count: int, diameter: float) -> None:
        self._balls = pv.PolyData(np.zeros((count, 3)))
        if not count:
            return
        self._balls["color"] = np.zeros((count, 3), dtype=np.uint8)
        actor = lying_actor(self._balls)
        actor.GetProperty().SetPointSize(diameter)
        shader = actor.GetShaderProperty()
        light = LIGHT / np.linalg.norm(LIGHT)
        for uniforms in (shader.GetVertexCustomUniforms(), shader.GetFragmentCustomUniforms()):
            uniforms.SetUniform3f("light", tuple(light.tolist()))
        shader.GetFragmentCustomUniforms().SetUniform3f("shine", tuple(SHINE.tolist()))
        shader.GetFragmentCustomUniforms().SetUniformf("ambient", AMBIENT)
        shader.GetFragmentCustomUniforms().SetUniformf("diffuse", DIFFUSE)
        self._uniforms = shader.GetVertexCustomUniforms()
        use_shaders(actor, _SHARED, _VERTEX, _FRAGMENT)
        add_mixed(plotter, actor, hides=True)

    def show(self, places: FloatArray, colors: NDArray[np.uint8], camera: Camera, radius: float) -> None:
        """Put balls of a radius in scene units at places (n, 3), in RGB colours of the same shape."""
        self._balls.points = places
        self._balls["color"] = colors
        self._uniforms.SetUniformf("nearer", radius / camera.distance)
        for name in ("position", "right", "up", "backward"):
            self._uniforms.SetUniform3f(name, tuple(getattr(camera, name)))
