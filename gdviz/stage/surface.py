"""The surface view: a block of land, contour lines, trails and points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from PIL import Image
from vtkmodules.util.numpy_support import numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonDataModel import vtkCellArray

from gdviz.description.choices import Palette
from gdviz.extent import FloatArray
from gdviz.picture.colors import ramp, shade, to_bytes
from gdviz.scene.camera import Camera
from gdviz.scene.run import Run
from gdviz.scene.surface import SurfaceScene
from gdviz.scene.timeline import FrameState
from gdviz.stage.offscreen import SUPERSAMPLING, Offscreen
from gdviz.stage.overlay import write_caption
from gdviz.terrain.landscape import PLINTH, Landscape
from gdviz.terrain.trails import Trails

Bytes = NDArray[np.uint8]

CONTOURS = 18
LIFT = 0.0025  # of lines above the ground, in scene units: as far as the depth buffer needs
WALL_TOP, WALL_FOOT = 0.42, 0.10  # how bright the block's sides are


class SurfaceStage:
    """Draws the frames of a scene, in any order."""

    def __init__(self, scene: SurfaceScene) -> None:
        self._scene = scene
        self._window = Offscreen(scene.resolved.size)
        unit = scene.resolved.size[1] * SUPERSAMPLING / 1440
        ground = _ground_colors(scene.landscape, scene.resolved.palette)
        self._add_ground(scene.landscape, ground, unit)
        self._runs = [
            _DrawnRun(self._window.plotter, scene, run, trails, unit)
            for run, trails in zip(scene.runs, scene.trails, strict=True)
        ]
        self._window.plotter.add_light(pv.Light(light_type="camera light", position=(-0.4, 0.5, 1.0)))

    def draw(self, state: FrameState) -> Image.Image:
        """Return the picture of a frame, RGB, at the film's size."""
        camera = self._scene.camera(state)
        for run in self._runs:
            run.show(state.position, camera)
        self._window.aim(camera, near=max(0.05, camera.distance - 3), far=camera.distance + 3)
        picture = self._window.picture()
        if self._scene.resolved.caption:
            write_caption(picture, self._scene.caption(state))
        return picture

    def close(self) -> None:
        """Give the window back."""
        self._window.close()

    def _add_ground(self, landscape: Landscape, colors: FloatArray, unit: float) -> None:
        plotter = self._window.plotter
        vertices = np.nan_to_num(landscape.mesh).reshape(-1, 3)
        mesh = pv.PolyData.from_regular_faces(vertices, landscape.triangles())
        _add(plotter, mesh, to_bytes(colors).reshape(-1, 3))

        mesh["height"] = vertices[:, 2]
        levels = np.linspace(0, landscape.height, CONTOURS + 2)[1:-1]
        lines = mesh.contour(levels, scalars="height")
        if lines.n_points:
            rows, columns = landscape.heights.shape
            column = np.clip(np.round((lines.points[:, 0] / landscape.half[0] + 1) / 2 * (columns - 1)), 0, columns - 1)
            row = np.clip(np.round((lines.points[:, 1] / landscape.half[1] + 1) / 2 * (rows - 1)), 0, rows - 1)
            under = colors[row.astype(int), column.astype(int)]
            lines.points[:, 2] += LIFT / 2
            _add(plotter, lines, to_bytes(under * 0.72 + 0.28 * np.sqrt(np.clip(under, 0, 1))), line_width=1.6 * unit)

        rim = landscape.rim
        _add(plotter, *_walls(rim, landscape, colors))
        edge = pv.lines_from_points(rim + [0, 0, LIFT])
        _add(plotter, edge, np.full((len(rim), 3), (190, 208, 206), dtype=np.uint8), line_width=1.8 * unit)


class _DrawnRun:
    """A run's trails and points in a window."""

    def __init__(self, plotter: pv.Plotter, scene: SurfaceScene, run: Run, trails: Trails, unit: float) -> None:
        self._scene, self._run, self._trails = scene, run, trails
        count = len(run.descent.status)
        self._diameter = point_diameter(count) * unit
        self._connectivity = np.arange(len(trails.vertices), dtype=np.int64)
        self._lines = pv.PolyData()
        self._lines.points = trails.vertices + [0, 0, LIFT]
        if len(trails.vertices):
            _add(
                plotter,
                self._lines,
                to_bytes(scene.trail_colors(run, trails)),
                line_width=max(2.4, self._diameter / unit / 6) * unit,
            )
        self._points = pv.PolyData(np.zeros((count, 3)))
        if not count:
            return
        _add(
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

    def show(self, position: float, camera: Camera) -> None:
        """Put the points where they are at a position along the descent, with the trails behind them."""
        places, visible = self._scene.visible_points(self._run, position)
        if not len(places):
            return
        self._points["colour"] = to_bytes(self._scene.point_colors(self._run, position, places))
        radius = self._diameter / 2 * camera.pixel_size(self._scene.resolved.size[1] * SUPERSAMPLING)
        places[:, 2] += 0.6 * radius
        places[~visible] = camera.position + camera.backward  # behind the camera, where nothing is drawn
        self._points.points = places
        shown = self._connectivity[: 2 * self._trails.count_until(position)]
        cells = vtkCellArray()
        cells.SetData(2, numpy_to_vtkIdTypeArray(shown))  # type: ignore[no-untyped-call]
        self._lines.SetLines(cells)


def point_diameter(count: int) -> float:
    """Return how large points are drawn, in pixels of a picture 1440 pixels high: a few large, many small."""
    return float(np.clip(92 * max(count, 1) ** -0.27, 4.0, 34.0))


def _add(plotter: pv.Plotter, mesh: pv.PolyData, colors: Bytes, **style: Any) -> None:
    """Add a mesh in colours of its own, one for each vertex, that no light changes."""
    mesh["colour"] = colors
    actor = plotter.add_mesh(
        mesh,
        scalars="colour",
        rgb=True,
        copy_mesh=False,
        **{"lighting": False, **style},
        render=False,
        reset_camera=False,
    )
    if "lighting" not in style:
        # VTK computes materials and light for every pixel even where there is none: its last step is replaced by none.
        unlit = "  gl_FragData[0] = vec4(diffuseColor, 1.0);\n"
        actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", True, unlit, False)


def _ground_colors(landscape: Landscape, palette: Palette) -> FloatArray:
    """Return linear RGB for every vertex, shape (rows, columns, 3).

    Where most of the land lies high, the palette's pale end would cover the picture, so it is not used.
    """
    heights = landscape.mesh[..., 2]
    relief = heights / landscape.height
    top = min(0.8, 0.46 / max(float(np.nanmedian(relief)), 1e-9))
    x, y = landscape.axes
    light = shade(heights, (x[1] - x[0], y[1] - y[0]))
    return ramp(palette, np.nan_to_num(relief) * top) * light[..., None]


def _walls(rim: FloatArray, landscape: Landscape, ground: FloatArray) -> tuple[pv.PolyData, Bytes]:
    """Return the block's four sides and their vertices' colours: the ground's own at the rim, darker at the foot."""
    count = len(rim)
    foot = rim * [1, 1, 0] - [0, 0, PLINTH]
    k = np.arange(count - 1)
    faces = np.concatenate(
        [np.stack([k, k + count, k + 1], axis=1), np.stack([k + 1, k + count, k + count + 1], axis=1)]
    )
    rows, columns = landscape.heights.shape
    column = np.round((rim[:, 0] / landscape.half[0] + 1) / 2 * (columns - 1)).astype(int)
    row = np.round((rim[:, 1] / landscape.half[1] + 1) / 2 * (rows - 1)).astype(int)
    mean = ground.reshape(-1, 3).mean(axis=0)
    tint = 0.35 * ground[row, column] + 0.65 * mean
    colors = np.concatenate([tint * WALL_TOP, tint * WALL_FOOT])
    return pv.PolyData.from_regular_faces(np.concatenate([rim, foot]), faces), to_bytes(colors)
