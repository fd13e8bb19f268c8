"""Large triangles: the ground is drawn in fewer of them where no picture shows it, and what lies on it fits."""

from __future__ import annotations

import numpy as np
import pytest

from gdviz.description.choices import HeightScale
from gdviz.extent import Extent, FloatArray
from gdviz.functions import function
from gdviz.picture.colors import Ramp, ground_ramp, to_bytes
from gdviz.picture.themes import DARK
from gdviz.terrain.ground import build_block, build_ground, ground_colors, with_large_triangles
from gdviz.terrain.landscape import Landscape, build_landscape
from gdviz.terrain.triangles import flattened, on_triangles

SQUARE = Extent((-2.0, 2.0, -2.0, 2.0))
WAVES = "cos(3*x) + y^2/4"


def ramp() -> Ramp:
    return ground_ramp("deep", DARK)


def both(text: str, pixels: int = 400) -> tuple[Landscape, Landscape, FloatArray]:
    """Return a landscape as it was sampled, as it is drawn, and the colours of its vertices."""
    sampled = build_landscape(function(text), SQUARE, HeightScale.LINEAR)
    colors = ground_colors(sampled, ramp())
    return sampled, with_large_triangles(sampled, colors, pixels), colors


def height_under(mesh: FloatArray, corners: FloatArray, x: float, y: float) -> float:
    """Return the height of the triangles (n, 3) of vertices (m, 3) over a place of the scene's ground."""
    a, b, c = (mesh[corners[:, k]] for k in range(3))
    (ux, uy), (vx, vy), (wx, wy) = (
        (p[:, :2].T - np.array([[q], [r]])) for p, q, r in ((a, x, y), (b, x, y), (c, x, y))
    )
    shares = np.stack([vx * wy - wx * vy, wx * uy - ux * wy, ux * vy - vx * uy], axis=1)
    over = np.flatnonzero((shares >= -1e-12).all(axis=1))[0]
    weights = shares[over] / shares[over].sum()
    return float(weights @ [a[over, 2], b[over, 2], c[over, 2]])


@pytest.mark.parametrize(("text", "step"), [("x^2 + y^2", 4), (WAVES, 2), ("cos(9*x) + cos(9*y)", 1)])
def test_the_gentler_the_ground_the_larger_its_triangles(text: str, step: int):
    sampled, drawn, colors = both(text)
    assert drawn.step == step
    assert len(build_ground(drawn, colors).triangles) == pytest.approx(len(sampled.triangles()) / step**2)


def test_a_larger_picture_has_smaller_triangles():
    steps = [both(WAVES, pixels)[1].step for pixels in (200, 400, 4000)]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] > steps[-1] == 1


def test_the_drawn_surface_is_hardly_a_pixel_off_the_true_one():
    for pixels in (400, 1200):
        sampled, drawn, _ = both(WAVES, pixels)
        off = np.abs(drawn.heights - sampled.heights) * pixels / 2.4
        assert np.mean(off <= 1.25) >= 0.98
        assert np.array_equal(drawn.contoured, sampled.mesh[..., 2])


def test_points_lie_on_the_triangles_that_are_drawn():
    _, drawn, colors = both(WAVES)
    mesh = build_ground(drawn, colors)
    rng = np.random.default_rng(5)
    for place in rng.uniform(-1.99, 1.99, (40, 2)):
        x, y, z = drawn.drape(place)
        assert z == pytest.approx(height_under(mesh.vertices, mesh.triangles, x, y), abs=1e-12)


def test_the_block_and_its_rim_meet_the_ground():
    _, drawn, colors = both(WAVES)
    vertices = {tuple(each) for each in build_ground(drawn, colors).vertices}
    assert {tuple(each) for each in drawn.rim} <= vertices
    assert drawn.rim[0].tolist() == drawn.rim[-1].tolist()
    block = build_block(drawn, colors, DARK)
    assert np.array_equal(block.vertices[: len(drawn.rim)], drawn.rim)


def test_large_triangles_have_the_colours_of_their_corners():
    _, drawn, colors = both(WAVES)
    codes = to_bytes(colors).astype(float)
    assert np.quantile(np.abs(flattened(codes, drawn.step) - codes), 0.98) <= 2
    assert np.array_equal(build_ground(drawn, colors).colors, colors[:: drawn.step, :: drawn.step].reshape(-1, 3))


@pytest.mark.parametrize("text", ["log(x) + y", "1/(x*y)", "sqrt(2 - x^2 - y^2)"])
def test_ground_with_holes_and_poles_keeps_all_its_triangles(text: str):
    sampled, drawn, colors = both(text)
    assert drawn.step == 1
    assert len(build_ground(drawn, colors).triangles) == len(sampled.triangles())


def test_a_function_without_a_value_in_the_middle_alone_has_no_hole_there():
    sampled, drawn, _ = both("x*y/(x*y)")
    assert np.isfinite(sampled.heights).all()
    assert drawn.step == 4 or max(sampled.heights.shape) % 2 == 0


def test_between_vertices_are_the_planes_of_the_triangles_and_beyond_them_their_edge():
    corners = np.array([[0.0, 1.0], [2.0, 5.0]])
    rows, columns = np.array([0.0, 0.25, 0.75, 1.0, -3.0]), np.array([0.5, 0.75, 0.25, 9.0, 0.0])
    assert on_triangles(corners, rows, columns).tolist() == [0.5, 1.75, 2.25, 5.0, 0.0]
