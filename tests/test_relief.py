"""Heights for values, and the mesh, its triangles and its rim, as numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gdviz.description.choices import HeightScale
from gdviz.errors import InputError
from gdviz.extent import Extent
from gdviz.functions import function
from gdviz.terrain.landscape import (
    LEAST_KNEE,
    PLINTH,
    RESOLUTIONS,
    Landscape,
    Relief,
    build_landscape,
    choose_relief,
)

OBLONG = Extent((-1.0, 5.0, 2.0, 4.0))
SQUARE = Extent((-5.0, 5.0, -5.0, 5.0))
DECADES = 10 ** np.linspace(0, 6, 601)


def land(target: str, extent: Extent = OBLONG, **settings: int) -> Landscape:
    return build_landscape(function(target), extent, HeightScale.LINEAR, **settings)


@pytest.fixture(scope="module")
def hilly() -> Landscape:
    return land("sin(x)*y + x*y/4")


@pytest.fixture(scope="module")
def dome() -> Landscape:
    """Return a landscape with holes at its corners."""
    return land("sqrt(36-x^2-y^2) + x/9", SQUARE)


# Heights


def test_heights_are_0_at_the_lowest_value_and_1_at_the_highest_and_clipped_there():
    heights = Relief(1.0, 5.0, math.inf)(np.array([-9.0, 1.0, 2.0, 3.0, 5.0, 9.0, np.inf, -np.inf, np.nan]))
    np.testing.assert_array_equal(heights, [0, 0, 0.25, 0.5, 1, 1, 1, 0, np.nan])


@pytest.mark.parametrize("knee", [0.5, 1.0, 20.0])
def test_a_logarithmic_scale_turns_at_its_knee(knee: float):
    relief = Relief(-3.0, -3.0 + knee * (math.e**4 - 1), knee)
    rises = knee * (np.exp([0, 1, 2, 4]) - 1)
    np.testing.assert_allclose(relief(-3.0 + rises), [0, 0.25, 0.5, 1])
    np.testing.assert_array_equal(relief(np.array([-99.0, 1e9, np.nan])), [0, 1, np.nan])


@pytest.mark.parametrize("span", [0.0, 1e-300, LEAST_KNEE])
def test_level_ground_lies_at_height_0(span: float):
    for knee in (math.inf, 1.0):
        np.testing.assert_array_equal(Relief(0.0, span, knee)(np.array([[0.0, span]])), [[0.0, 0.0]])


@pytest.mark.parametrize("scale", list(HeightScale))
@pytest.mark.parametrize("values", [[3.0, 3.0], [0.0, 0.0, 0.0, 5.0], [-2.0, -2.0, -2.0, np.nan, 1.0]])
def test_where_half_of_the_ground_or_all_is_lowest_the_scale_is_linear(values: list[float], scale: HeightScale):
    relief = choose_relief(np.array(values), scale)
    assert relief == Relief(float(np.nanmin(values)), float(np.nanmax(values)), math.inf)


def test_the_scale_is_linear_where_that_is_asked_for_and_where_the_middle_lies_high():
    for values in (DECADES, DECADES - 50):
        assert choose_relief(values, HeightScale.LINEAR).knee == math.inf
    for values in (np.linspace(-7, 9, 101), np.array([0.0, 0.2, 1.0]), np.array([5.0, 7.0, 15.0]) * 1e-9):
        assert choose_relief(values, HeightScale.AUTO).knee == math.inf
    for values in (np.array([0.0, 0.19, 1.0]), np.array([-5.0, -3.1, 5.0]) * 1e9):
        assert choose_relief(values, HeightScale.AUTO).knee < math.inf


@pytest.mark.parametrize("lift", [0.0, -1e4, 100.0])
@pytest.mark.parametrize("scale", [1.0, 1e-150, 1e200])
def test_where_values_span_decades_the_middle_is_lifted_to_a_third(lift: float, scale: float):
    values = (DECADES + lift) * scale
    relief = choose_relief(np.concatenate([values, [np.nan, np.inf, -np.inf]]), HeightScale.AUTO)
    assert (relief.lowest, relief.highest) == (values.min(), values.max())
    assert relief(np.array([np.median(values)]))[0] == pytest.approx(1 / 3, abs=0.02)


def test_a_logarithmic_scale_that_is_asked_for_lifts_or_lowers_the_middle_to_a_third():
    values = np.array([0.0, 0.3, 1.0])
    assert choose_relief(values, HeightScale.LOG)(values)[1] == pytest.approx(1 / 3, abs=0.02)


@pytest.mark.parametrize("middle", [1e-30, 1e-100, 1e-180])
def test_a_middle_that_is_all_but_lowest_is_lifted_too(middle: float):
    values = np.array([0.0, middle, 1.0])
    assert choose_relief(values, HeightScale.AUTO)(values)[1] == pytest.approx(1 / 3, abs=0.02)


def test_a_middle_that_nothing_can_lift_to_a_third_makes_no_trouble():
    values = np.array([0.0, 1e-285, 1.0])
    relief = choose_relief(values, HeightScale.AUTO)
    assert relief.knee > LEAST_KNEE
    assert np.isfinite(relief(values)).all()


# The mesh


def test_a_vertex_stands_where_its_value_is(hilly: Landscape):
    rows, columns = hilly.values.shape
    x, y = np.meshgrid(np.linspace(-1, 5, columns), np.linspace(2, 4, rows))
    np.testing.assert_allclose(hilly.values, function("sin(x)*y + x*y/4").value(x, y))
    np.testing.assert_allclose(hilly.heights, hilly.height * hilly.relief(hilly.values))
    np.testing.assert_allclose(hilly.mesh[..., 2], hilly.heights)
    np.testing.assert_allclose(hilly.mesh[..., :2], hilly.to_scene(np.stack([x, y], axis=-1)), atol=1e-12)
    along_x, along_y = hilly.axes
    np.testing.assert_allclose(hilly.mesh[3, :, 0], along_x)
    np.testing.assert_allclose(hilly.mesh[:, 3, 1], along_y)
    assert hilly.cell == pytest.approx((6 / (columns - 1), 2 / (rows - 1)))


def test_the_scene_is_two_wide_and_its_middle_the_origin(hilly: Landscape):
    places = np.array([[-1.0, 2.0], [5.0, 4.0], [2.0, 3.0], [5.0, 2.0]])
    low = 1 / 2.5  # an extent three times as wide as deep is drawn as if it were not
    expected = np.array([[-1.0, -low], [1.0, low], [0.0, 0.0], [1.0, -low]])
    np.testing.assert_allclose(hilly.to_scene(places), expected, atol=1e-12)


def test_triangles_cover_the_ground_once_and_face_upward(hilly: Landscape):
    rows, columns = hilly.heights.shape
    triangles = hilly.triangles()
    assert triangles.shape == (2 * (rows - 1) * (columns - 1), 3)
    a, b, c = (hilly.mesh.reshape(-1, 3)[triangles[:, corner], :2] for corner in range(3))
    areas = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(4 * hilly.half[0] * hilly.half[1])


@pytest.mark.parametrize("name", ["hilly", "dome"])
def test_what_is_draped_lies_on_the_triangles(name: str, request: pytest.FixtureRequest):
    ground: Landscape = request.getfixturevalue(name)
    rng = np.random.default_rng(3)
    corners = ground.mesh.reshape(-1, 3)[ground.triangles()]
    whole = np.isfinite(ground.heights).reshape(-1)[ground.triangles()].all(axis=1)
    chosen = corners[whole][rng.choice(whole.sum(), 500)]
    scene = (rng.dirichlet([1, 1, 1], 500)[..., None] * chosen).sum(axis=1)
    shares = (scene[:, :2] / ground.half + 1) / 2
    places = ground.extent.low + shares * ground.extent.span
    np.testing.assert_allclose(ground.drape(places), scene, atol=1e-9)
    np.testing.assert_allclose(ground.drape(places.reshape(50, 10, 2)), scene.reshape(50, 10, 3), atol=1e-9)


def test_what_is_draped_beside_the_ground_has_the_height_of_its_edge(hilly: Landscape):
    beside = np.array([[-3.0, 3.0], [9.0, 3.0], [2.0, 0.0], [2.0, 9.0], [9.0, 9.0]])
    draped = hilly.drape(beside)
    np.testing.assert_allclose(draped[:, 2], hilly.drape(OBLONG.clamp(beside))[:, 2])
    np.testing.assert_allclose(draped[:, :2], hilly.to_scene(beside))


@pytest.mark.parametrize("name", ["hilly", "dome"])
def test_the_rim_goes_once_around_and_back(name: str, request: pytest.FixtureRequest):
    ground: Landscape = request.getfixturevalue(name)
    rows, columns = ground.heights.shape
    rim = ground.rim
    assert rim.shape == (2 * (rows + columns) - 3, 3)
    np.testing.assert_array_equal(rim[0], rim[-1])
    assert len(np.unique(rim[:-1], axis=0)) == len(rim) - 1
    assert np.isclose(np.abs(rim[:, :2] / ground.half), 1).any(axis=1).all()
    steps = np.abs(np.diff(rim[:, :2], axis=0)).sum(axis=1)
    assert steps.max() <= 2 * max(2 * ground.half[0] / (columns - 1), 2 * ground.half[1] / (rows - 1))
    assert steps.sum() == pytest.approx(4 * sum(ground.half))
    turns = rim[:-1, 0] * rim[1:, 1] - rim[:-1, 1] * rim[1:, 0]
    assert (turns > 0).all()  # against the clock
    heights = {(x, y): z for x, y, z in ground.mesh.reshape(-1, 3)}
    for x, y, z in rim:
        assert z == (heights[(x, y)] if np.isfinite(heights[(x, y)]) else 0)


def test_at_a_hole_the_rim_is_at_height_0(dome: Landscape):
    assert np.isnan(dome.heights[0, 0])
    assert dome.rim[0, 2] == 0


@pytest.mark.parametrize("name", ["hilly", "dome"])
def test_the_outline_holds_the_rim_its_foot_and_what_stands_in_the_middle(name: str, request: pytest.FixtureRequest):
    ground: Landscape = request.getfixturevalue(name)
    rim, outline = ground.rim, ground.outline
    assert np.isfinite(outline).all()
    np.testing.assert_array_equal(outline[: len(rim)], rim)
    foot = outline[len(rim) : 2 * len(rim)]
    np.testing.assert_array_equal(foot[:, :2], rim[:, :2])
    assert (foot[:, 2] == -PLINTH).all()
    inner = outline[2 * len(rim) :]
    vertices = {tuple(vertex) for vertex in ground.mesh.reshape(-1, 3)}
    assert len(inner) > 20
    assert {tuple(point) for point in inner} <= vertices
    assert outline[:, 2].max() > 0.9 * np.nanmax(ground.mesh[..., 2])


def test_a_mesh_is_as_fine_as_the_bends_need_and_no_finer_than_the_picture():
    gentle, rough = (max(land(text, SQUARE).mesh.shape) for text in ("x^2 + y^2", "cos(9*x) + cos(9*y)"))
    assert gentle == RESOLUTIONS[0] + 1
    assert rough == RESOLUTIONS[-1] + 1
    between = max(land("cos(5*x) + cos(5*y)", SQUARE).mesh.shape)
    assert RESOLUTIONS[0] + 1 < between < RESOLUTIONS[-1]
    for pixels, finest in ((100, 121), (169, 121), (170, 173), (339, 241), (340, 341), (999, 341)):
        assert max(land("cos(9*x) + cos(9*y)", SQUARE, pixels=pixels).mesh.shape) == finest


@pytest.mark.parametrize("text", ["sqrt(16-x^2-y^2)", "1/(x^2+y^2)", "x + 1/y"])
def test_beside_holes_and_poles_a_mesh_is_as_fine_as_can_be(text: str):
    assert max(land(text, SQUARE).mesh.shape) == RESOLUTIONS[-1]


def test_an_oblong_mesh_has_cells_that_are_as_wide_as_deep():
    assert land("x + y", Extent((0.0, 2.0, 0.0, 1.0))).values.shape == (61, 121)
    assert land("x + y", Extent((0.0, 1.0, 0.0, 2.0))).values.shape == (121, 61)


@pytest.mark.parametrize(("text", "height"), [("x + y", 0.6), ("0*x*y", 0.6), ("x/1e9 + y/1e9", 0.6)])
def test_ground_without_hollows_is_drawn_at_its_full_height(text: str, height: float):
    assert land(text, SQUARE).height == pytest.approx(height)


def test_without_any_value_there_is_no_landscape():
    with pytest.raises(InputError) as refused:
        land("log(0 - 1 - x^2 - y^2)")
    assert str(refused.value) == "the function has no finite value anywhere in the extent; choose another"


# Edges


@pytest.mark.parametrize(
    "text", ["sqrt(x - 0.0123) + 0*y", "sqrt(0.0123 - x) + 0*y", "sqrt(y - 0.0123) + 0*x", "sqrt(0.0123 - y) + 0*x"]
)
def test_the_ground_ends_where_the_function_does(text: str):
    ground = land(text, SQUARE)
    corners = ground.mesh.reshape(-1, 3)[ground.triangles()]
    axis = 0 if "(x" in text or "- x" in text else 1
    ends = corners[..., axis] * 5
    edge = ends.min() if text.startswith(("sqrt(x", "sqrt(y")) else ends.max()
    assert edge == pytest.approx(0.0123, abs=1e-4)
    at_edge = corners[np.isclose(ends, edge, atol=1e-3)]
    across = np.unique(np.round(at_edge[:, 1 - axis], 6))
    assert (across.min(), across.max()) == pytest.approx((-1, 1))  # the rim's vertices move along the rim alone
    assert at_edge[:, 2] == pytest.approx(0, abs=0.01)
    assert np.isfinite(corners).all()


def test_a_vertex_moves_no_further_than_a_cell(dome: Landscape):
    rows, columns = dome.heights.shape
    x, y = np.meshgrid(*dome.axes)
    moved = np.abs(dome.mesh[..., :2] - np.stack([x, y], axis=-1)) / (2 / (columns - 1), 2 / (rows - 1))
    assert 0.5 < moved.max() <= 1 + 1e-9
    assert (moved[np.isfinite(dome.heights)] == 0).all()
    hidden = np.isnan(dome.mesh[..., 2])
    assert (moved[hidden] == 0).all()
    assert (np.isnan(dome.heights) & ~hidden).sum() > 100
