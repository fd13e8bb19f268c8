"""The ways of drawing the reference work, each as a function of the frames to draw; run by bench.py, one a process.

The work: six-hump camel, 10x10 points, rate 0.005, 281 iterations with trails, contour lines, a moving camera, 371
frames at 1200x1200 and 60 frames a second, as an mp4.

Each prints one line of JSON: how many frames it drew, and the seconds that they took without what comes before.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gdviz.descent.engine import descend
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.functions import function

HERE = Path(__file__).parent
FRAMES, SIZE, FPS = 371, 1200, 60
CAMEL = function("six-hump-camel")


def paths() -> tuple[np.ndarray, np.ndarray]:
    """Return points (282, 100, 2) and values (282, 100)."""
    starts = np.stack(np.meshgrid(np.linspace(-2, 2, 10), np.linspace(-1, 1, 10)), axis=-1).reshape(-1, 2)
    descent = descend(CAMEL, starts, learning_rate=0.005, tolerance=0.0, max_iterations=281)
    return descent.points, descent.values


def spread(count: int) -> list[int]:
    """Return so many frames, evenly spread over the film."""
    return [round(k) for k in np.linspace(0, FRAMES - 1, count)]


def iteration_of(frame: int) -> int:
    """Return the iteration that a frame shows."""
    return min(round(frame * 281 / (FRAMES - 1)), 281)


def pyvista_loop(count: int) -> float:
    """Draw as one does at first: a fine mesh, glyphs and tubes made anew for each frame, `write_frame`."""
    import pyvista as pv

    points, values = paths()
    x, y = np.meshgrid(np.linspace(-2, 2, 500), np.linspace(-1, 1, 500))
    z = CAMEL.value(x, y)
    surface = pv.StructuredGrid(x, y, z * 0.2)
    surface["value"] = z.ravel(order="F")
    plotter = pv.Plotter(off_screen=True, window_size=[SIZE, SIZE])
    plotter.enable_anti_aliasing("msaa", multi_samples=8)
    plotter.set_background("black")  # type: ignore[arg-type]  # PyVista wraps the method without its self
    plotter.add_mesh(surface, scalars="value", cmap="viridis", show_scalar_bar=False)
    plotter.add_mesh(surface.contour(18, scalars="value"), color="white", line_width=1)
    ball = pv.Sphere(radius=0.03)
    with tempfile.TemporaryDirectory() as folder:
        plotter.open_movie(f"{folder}/film.mp4", framerate=FPS)
        began = time.perf_counter()
        for frame in spread(count):
            step = iteration_of(frame)
            places = np.column_stack([points[step], values[step] * 0.2])
            plotter.add_mesh(pv.PolyData(places).glyph(geom=ball, scale=False, orient=False), color="orange", name="p")
            if step:
                trails = pv.MultiBlock()
                for each in range(points.shape[1]):
                    way = np.column_stack([points[: step + 1, each], values[: step + 1, each] * 0.2])
                    trails.append(pv.lines_from_points(way).tube(radius=0.006))
                plotter.add_mesh(trails, color="red", name="t")
            plotter.camera_position = "xy"
            plotter.camera.azimuth = frame / 6
            plotter.camera.elevation = -45
            plotter.write_frame()
        plotter.close()
        return time.perf_counter() - began


def matplotlib_animation(count: int, facets: int) -> float:
    """Draw with matplotlib's 3-D axes and FuncAnimation, the surface in `facets` x `facets` facets."""
    import imageio_ffmpeg
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()
    from matplotlib import animation
    from matplotlib import pyplot as plt
    from matplotlib.artist import Artist

    points, values = paths()
    x, y = np.meshgrid(np.linspace(-2, 2, 200), np.linspace(-1, 1, 200))
    z = CAMEL.value(x, y)
    figure = plt.figure(figsize=(SIZE / 100, SIZE / 100), dpi=100)
    axes = figure.add_subplot(projection="3d")
    axes.plot_surface(x, y, z, cmap="viridis", rcount=facets, ccount=facets)
    axes.contour(x, y, z, levels=18, colors="white", linewidths=0.5)
    (balls,) = axes.plot([], [], [], "o", color="orange")
    lines = [axes.plot([], [], [], color="red", linewidth=1)[0] for _ in range(points.shape[1])]

    def show(frame: int) -> list[Artist]:
        step = iteration_of(frame)
        balls.set_data_3d(*points[step].T, values[step])
        for each, line in enumerate(lines):
            line.set_data_3d(*points[: step + 1, each].T, values[: step + 1, each])
        axes.view_init(elev=45, azim=frame / 6)
        return [balls, *lines]

    film = animation.FuncAnimation(figure, show, frames=spread(count), init_func=lambda: [])
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        film.save(f"{folder}/film.mp4", writer=animation.FFMpegWriter(fps=FPS))
        return time.perf_counter() - began


def bare_surface(count: int) -> float:
    """Draw the ground alone, twice as large, and read it back: the least that drawing takes."""
    from gdviz.scene.build import build_scene
    from gdviz.stage import Stage

    animation = Animation.load(HERE / "reference.toml").model_copy(update={"caption": False, "max_iterations": 0})
    scene = build_scene(resolve(animation))
    stage = Stage(scene)
    stage.draw(scene.timeline.state(0))
    began = time.perf_counter()
    for frame in spread(count):
        stage.draw(scene.timeline.state(frame)).tobytes()
    return time.perf_counter() - began


def encoder_alone(count: int) -> float:
    """Encode finished frames."""
    from gdviz.movie.encoder import Encoder
    from gdviz.movie.formats import PARTS, PartKind
    from gdviz.scene.build import build_scene
    from gdviz.stage import Stage

    scene = build_scene(resolve(Animation.load(HERE / "reference.toml")))
    stage = Stage(scene)
    part = PARTS[PartKind.H264]
    mode = {"rgb24": "RGB", "rgb0": "RGBX"}[part.pixels]
    frames = [stage.draw(scene.timeline.state(frame)).convert(mode).tobytes() for frame in range(150, 150 + count)]
    began = time.perf_counter()
    with Encoder((SIZE, SIZE), FPS, part) as encoder:
        for frame in frames:
            encoder.write(frame)
        encoder.finish()
    return time.perf_counter() - began


CONTENDERS: dict[str, Callable[[int], float]] = {
    "pyvista": pyvista_loop,
    "matplotlib-50": lambda count: matplotlib_animation(count, 50),
    "matplotlib-200": lambda count: matplotlib_animation(count, 200),
    "bare-surface": bare_surface,
    "encoder": encoder_alone,
}

if __name__ == "__main__":
    os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    name, count = sys.argv[1], int(sys.argv[2])
    print(json.dumps({"frames": count, "seconds": CONTENDERS[name](count)}))
