"""How the ground looks, as numbers: no window is opened."""

import subprocess
import sys

import numpy as np
import pytest

from gdviz.description.choices import HeightScale, Palette
from gdviz.extent import Extent, FloatArray
from gdviz.functions import function
from gdviz.picture.colors import Ramp, ground_ramp, rgb, to_bytes
from gdviz.picture.themes import DARK, LIGHT, THEMES, Theme
from gdviz.terrain.ground import CONTOURS, build_block, contour_colors, contour_levels, ground_colors, palette_reach
from gdviz.terrain.landscape import PLINTH, Landscape, build_landscape

DEEP = ground_ramp("deep", DARK)


def land(text: str, extent: tuple[float, ...] = (-1, 1, -1, 1)) -> Landscape:
    return build_landscape(function(text), Extent(extent), HeightScale.LINEAR)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("palette", Palette)
def test_flat_ground_has_one_colour_of_its_palette(palette: Palette, theme: Theme):
    colors = to_bytes(ground_colors(land("0*x*y"), ground_ramp(palette, theme)))
    assert np.ptp(colors.reshape(-1, 3), axis=0).tolist() == [0, 0, 0]
    assert np.abs(colors[0, 0] - 255 * rgb(theme.palettes[palette][0])).max() <= 1


def test_the_pale_end_is_not_used_where_most_of_the_ground_lies_high():
    pit, peak = (ground_colors(land(text), DEEP) for text in ("-exp(-8*(x^2+y^2))", "exp(-8*(x^2+y^2))"))
    assert np.median(pit.sum(axis=2)) < 0.5 * peak.sum(axis=2).max()
    palest = (np.array([255 * rgb(DARK.palettes[Palette.DEEP][-1])]) / 255).sum()
    assert pit.sum(axis=2).max() < 0.5 * palest


def test_the_edge_of_a_hole_is_no_darker_or_brighter_than_the_ground_beside_it():
    bowl, with_hole = land("x^2 + y^2"), land("x^2 + y^2 + 0*sqrt(x^2 + y^2 - 0.1)")
    whole, around = ground_colors(bowl, DEEP), ground_colors(with_hole, DEEP)
    assert bowl.heights.shape[0] < with_hole.heights.shape[0]
    beside = np.isfinite(with_hole.heights) & (np.hypot(*np.meshgrid(*with_hole.axes)) < 0.36)
    lightness = around.sum(axis=2)[beside]
    assert np.isfinite(around).all()
    assert lightness.max() < 2.5 * lightness.min()
    assert lightness.max() < 1.2 * whole.sum(axis=2).max()


def test_contour_lines_are_evenly_spaced_and_neither_at_the_bottom_nor_at_the_top():
    landscape = land("x^2 + y^2")
    levels = contour_levels(landscape)
    assert len(levels) == CONTOURS
    assert np.diff(levels) == pytest.approx(landscape.height / (CONTOURS + 1))
    assert levels[[0, -1]] == pytest.approx(
        [landscape.height / (CONTOURS + 1), landscape.height * (1 - 1 / (CONTOURS + 1))]
    )


def test_a_contour_line_is_lighter_than_the_ground_just_under_it():
    landscape = land("x + 0.5*y")
    ground = ground_colors(landscape, DEEP)
    rows, columns = landscape.heights.shape
    i, j = np.array([0, rows // 3, rows - 1]), np.array([columns - 1, columns // 2, 0])
    lines = contour_colors(landscape, DEEP, ground, landscape.mesh[i, j] + [0.2 * landscape.half[0] / columns, 0, 0.5])
    assert (lines > ground[i, j]).all()
    assert lines == pytest.approx(0.72 * ground[i, j] + 0.28 * np.sqrt(ground[i, j]))


def test_on_pale_ground_a_contour_line_is_darker():
    landscape, ramp = land("x + 0.5*y"), ground_ramp("deep", LIGHT)
    ground = ground_colors(landscape, ramp)
    places = landscape.mesh[[5, 40, 80], [3, 50, 20]]
    lines = contour_colors(landscape, ramp, ground, places)
    assert (lines < 0.9 * ground[[5, 40, 80], [3, 50, 20]]).all()


def test_a_colormap_is_used_from_end_to_end_with_lines_that_stand_out_at_both():
    """Peaks make gdviz's own palettes stop before their pale ends."""
    landscape, ramp = land("-exp(-8*(x^2+y^2))"), ground_ramp("viridis", DARK)
    assert palette_reach(landscape, ramp) == 1
    assert palette_reach(landscape, DEEP) < 0.6
    assert np.abs(255 * ramp_ends(ramp) - [[68, 1, 84], [253, 231, 37]]).max() <= 1
    assert ramp.has_dark_contours(np.array([0.05, 0.95])).tolist() == [False, True]


def ramp_ends(ramp: Ramp) -> FloatArray:
    return to_bytes(ramp.colors(np.array([0.0, 1.0]))) / 255


def test_a_block_stands_under_the_rim_with_sides_that_look_outwards():
    landscape = land("x^2 + y^2", (-2, 2, -1, 1))
    block = build_block(landscape, ground_colors(landscape, DEEP), DARK)
    rim, foot = np.split(block.vertices, 2)
    assert rim == pytest.approx(landscape.rim)
    assert foot[:, :2] == pytest.approx(rim[:, :2])
    assert (foot[:, 2] == -PLINTH).all()
    a, b, c = (block.vertices[block.triangles[:, k]] for k in range(3))
    normals, middles = np.cross(b - a, c - a), (a + b + c) / 3
    assert np.abs(normals[:, 2]).max() < 1e-12
    assert len({*np.sign((normals * middles).sum(axis=1))}) == 1  # all the same way around
    lengths = np.linalg.norm(np.diff(rim, axis=0)[:, :2], axis=1)
    area = float((lengths * (rim[:-1, 2] + rim[1:, 2] + 2 * PLINTH) / 2).sum())
    assert np.linalg.norm(normals, axis=1).sum() / 2 == pytest.approx(area)  # no gap, nothing twice


def test_the_sides_have_the_grounds_colour_darker_towards_the_foot():
    landscape = land("x + 0*y")
    ground = ground_colors(landscape, DEEP)
    top, foot = np.split(build_block(landscape, ground, DARK).colors, 2)
    assert (foot < 0.3 * top).all()
    low, high = landscape.rim[:, 0] == -1, landscape.rim[:, 0] == 1
    assert (top[high].sum(axis=1) > top[low].sum(axis=1).max()).all()
    assert (top[high].sum(axis=1) < ground.sum(axis=2).max()).all()


def test_the_ground_needs_no_vtk():
    script = (
        "import sys, gdviz.terrain.ground; print(*{'vtkmodules', 'pyvista', 'PIL', 'matplotlib'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
