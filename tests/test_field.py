"""The gradient field: arrows stand where they are asked for, point along the exact gradient, and lie on the ground."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scenes import surface_of
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.choices import FieldDirection, FieldLength
from gdviz.description.resolve import resolve, resolved_from_json
from gdviz.errors import InputError
from gdviz.functions import function
from gdviz.picture.marks import Area, Line
from gdviz.picture.themes import DARK
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.field_marks import field_marks
from gdviz.scene.map import MapPanel
from gdviz.stage import Stage
from gdviz.terrain.field import Arrows, drape_heads, drape_pieces
from gdviz.terrain.landscape import Landscape

BOWL = "x^2 + y^2/2 + x*y/2 + x/2"  # all of whose ground is seen from the camera's default poses
HILLY = "sin(2*x)*cos(3*y) + x/4"
ROUGH = "abs(sin(9*x)) + floor(2*y)/3"


def scene_of(target: str, field: dict[str, Any] | None, **more: Any) -> Scene:
    data = {"function": target, "size": [640, 360], "fps": 5, "starts": {"points": []}, "caption": False}
    return build_scene(resolve(Animation.from_data(data | more | ({} if field is None else {"field": field}))))


def laid(target: str, *, extent: tuple[float, ...] = (-2.0, 2.0, -2.0, 2.0), **field: Any) -> tuple[Arrows, Landscape]:
    scene = scene_of(target, field, extent=extent)
    assert scene.subject.field is not None
    return scene.subject.field, scene.subject.landscape


def middles(arrows: Arrows) -> np.ndarray:
    return (arrows.tails + arrows.tips) / 2


def spans(arrows: Arrows, ground: Landscape) -> np.ndarray:
    """Return the arrows from tail to tip in the scene's ground plane, (n, 2)."""
    return ground.to_scene(arrows.tips) - ground.to_scene(arrows.tails)


def cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])


def angles(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the angles between vectors (n, 2), in degrees."""
    return np.abs(np.degrees(np.arctan2(cross(one, other), (one * other).sum(axis=1))))


# Where arrows are, where they point, and how long they are


def test_arrows_stand_in_the_middle_of_the_cells_of_a_grid_over_the_extent():
    arrows, _ = laid("x + 0*y", grid=[4, 2], extent=(-2.0, 2.0, -1.0, 1.0))
    assert middles(arrows) == pytest.approx(np.array([[x, y] for y in (-0.5, 0.5) for x in (-1.5, -0.5, 0.5, 1.5)]))


def test_a_field_may_have_an_extent_of_its_own_and_is_cut_at_that_which_is_drawn():
    field = {"grid": 4, "extent": [0, 4, -1, 1]}
    scene = scene_of("x + 0*y", field, extent=[-2, 2, -2, 2])
    assert scene.subject.field is not None
    assert middles(scene.subject.field) == pytest.approx(
        np.array([[x, y] for y in (-0.75, -0.25, 0.25, 0.75) for x in (0.5, 1.5)])
    )


def test_an_arrow_that_would_reach_beyond_the_extent_is_left_out():
    scene = scene_of("x + 0*y", {"grid": [2, 8], "extent": [1.575, 2.075, -1, 1]}, extent=[-2, 2, -2, 2])
    assert scene.subject.field is not None
    assert middles(scene.subject.field)[:, 0] == pytest.approx(np.full(8, 1.7))


@pytest.mark.parametrize("target", [BOWL, HILLY, "himmelblau"])
@pytest.mark.parametrize("extent", [(-2.0, 2.0, -2.0, 2.0), (-4.0, 4.0, -0.5, 0.5)], ids=["square", "oblong"])
@pytest.mark.parametrize("shows", FieldDirection)
def test_an_arrow_has_the_direction_in_which_a_point_moves(
    target: str, extent: tuple[float, ...], shows: FieldDirection
):
    arrows, ground = laid(target, extent=extent, grid=12, shows=shows)
    gradient = function(target).gradient(*middles(arrows).T).T
    moved = ground.to_scene(middles(arrows) + gradient) - ground.to_scene(middles(arrows))
    up = 1 if shows is FieldDirection.GRADIENT else -1
    assert arrows.count > 100
    assert angles(spans(arrows, ground), up * moved).max() < 1e-6


SHARES: dict[FieldLength, Callable[[np.ndarray], np.ndarray]] = {
    FieldLength.LOG: lambda sizes: np.log1p(sizes) / np.log1p(sizes.max()),
    FieldLength.LINEAR: lambda sizes: sizes / sizes.max(),
    FieldLength.UNIT: np.ones_like,
}


@pytest.mark.parametrize("length", FieldLength)
@pytest.mark.parametrize("target", [HILLY, "himmelblau"])
def test_the_length_follows_from_the_size_of_the_gradient(target: str, length: FieldLength):
    arrows, ground = laid(target, grid=16, length=length)
    sizes = np.hypot(*function(target).gradient(*middles(arrows).T))
    lengths = np.hypot(*spans(arrows, ground).T)
    assert lengths / lengths.max() == pytest.approx(SHARES[length](sizes), rel=1e-6)
    assert 0.8 * 2 / 16 < lengths.max() < 2 / 16


def test_the_longest_arrow_is_shorter_than_the_distance_to_its_nearest_neighbour():
    arrows, ground = laid(BOWL, extent=(-2.0, 2.0, -1.0, 1.0), grid=[10, 20], length="unit")
    lengths = np.hypot(*spans(arrows, ground).T)
    assert lengths == pytest.approx(0.88 * 0.05)


def test_a_head_is_as_long_as_others_but_at_most_half_of_its_arrow():
    arrows, ground = laid(HILLY, grid=12)
    whole, shaft = (
        np.hypot(*(ground.to_scene(end) - ground.to_scene(arrows.tails)).T) for end in (arrows.tips, arrows.necks)
    )
    head = whole - shaft
    assert (head <= whole / 2 * (1 + 1e-9)).all()
    assert head.max() == pytest.approx(np.median(head[whole > 0.1]))
    assert (arrows.left + arrows.right) / 2 == pytest.approx(arrows.necks)


def test_there_is_no_arrow_where_there_is_no_value():
    arrows, ground = laid("log(x) + log(y)", grid=20)
    assert (middles(arrows) > 0).all()
    assert arrows.count == 100
    for ends in arrows.outlines:
        assert np.isfinite(drape_pieces(ends, ground)).all()


@pytest.mark.parametrize("target", ["0*x + 0*y + 3", "floor(x) + 0*y"])
def test_there_is_no_arrow_where_the_gradient_is_0_and_the_picture_is_that_without_a_field(target: str):
    for view in ("surface", "map"):
        with_field, without = (scene_of(target, field, view=view, size=[128, 96]) for field in ({"grid": 5}, None))
        assert with_field.subject.field is not None
        assert with_field.subject.field.count == 0
        assert picture(with_field).tobytes() == picture(without).tobytes()


def test_gradients_beyond_all_numbers_have_arrows_of_the_right_direction():
    arrows, ground = laid("exp(80*(x^2 + y^2))", grid=6, extent=(-2.0, 2.0, -2.0, 2.0))
    assert arrows.count == 36
    assert angles(spans(arrows, ground), middles(arrows)).max() < 1e-6


# How they lie on the ground


@pytest.mark.parametrize("target", [HILLY, ROUGH, "griewank", "log(x) + log(y)"])
def test_no_arrow_is_below_the_ground_anywhere(target: str):
    arrows, ground = laid(target, grid=15)
    between = np.linspace(0, 1, 23)[:, None]
    for ends in arrows.outlines:
        lines = drape_pieces(ends, ground)
        steps = np.diff(lines, axis=1)[:, :, None]
        places = lines[:, :-1, None] + between * steps
        flat = ground.shares(places) * ground.extent.span + ground.extent.low
        assert np.abs(places[..., 2] - ground.drape(flat)[..., 2]).max() < 1e-6
        assert lines[:, 0] == pytest.approx(ground.drape(ends[:, 0]))
        assert lines[:, -1] == pytest.approx(ground.drape(ends[:, 1]))


def test_the_faces_of_heads_cover_them():
    arrows, ground = laid(HILLY, grid=9)
    vertices, triangles = drape_heads(arrows, ground)
    flat = ground.shares(vertices) * ground.extent.span + ground.extent.low
    assert vertices == pytest.approx(ground.drape(flat))
    one, two, three = np.moveaxis(vertices[triangles][..., :2], 1, 0)
    areas = np.abs(cross(two - one, three - one)) / 2
    left, right, tips = (ground.to_scene(each) for each in (arrows.left, arrows.right, arrows.tips))
    assert areas.sum() == pytest.approx(np.abs(cross(right - left, tips - left)).sum() / 2)


# What is seen


def picture(scene: Scene, frame: int = -1) -> np.ndarray:
    stage = Stage(scene)
    drawn = np.asarray(stage.draw(scene.timeline.state(frame % scene.timeline.frames))).astype(int)
    stage.close()
    return drawn


def axis_of(changed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle of the changed pixels, and the direction in which they are spread most: right, down."""
    weight = np.abs(changed).max(axis=-1).astype(float)
    rows, columns = np.indices(weight.shape) + 0.5
    places = np.stack([columns.ravel(), rows.ravel()], axis=1)
    middle = np.average(places, axis=0, weights=weight.ravel())
    spread = np.cov((places - middle).T, aweights=weight.ravel())
    return middle, np.linalg.eigh(spread)[1][:, -1]


def projected(scene: Scene, points: np.ndarray) -> np.ndarray:
    """Return where points (n, 2) of the extent are in the last frame's picture."""
    if isinstance(scene.main, MapPanel):
        return scene.main.plot.place(points[:, 0], points[:, 1])
    camera = surface_of(scene).camera(scene.timeline.state(scene.timeline.frames - 1))
    return camera.project(scene.subject.landscape.drape(points), scene.resolved.size)


@pytest.mark.parametrize("view", ["surface", "map"])
@pytest.mark.parametrize("place", [(1.1, 0.3), (-0.9, 0.8), (-0.4, -1.3)])
def test_an_arrow_is_seen_where_it_stands_along_the_exact_gradient(view: str, place: tuple[float, float]):
    x, y = place
    alone = {"grid": 1, "extent": [x - 0.3, x + 0.3, y - 0.3, y + 0.3]}
    extent = [-2, 2, -2, 2]
    scene, bare = (scene_of(BOWL, field, view=view, extent=extent) for field in (alone, None))
    middle, axis = axis_of(picture(scene) - picture(bare))
    gradient = function(BOWL).gradient(*place)
    behind, here, ahead = projected(scene, np.array(place) + 1e-3 * np.array([[-1], [0], [1]]) * gradient)
    assert np.linalg.norm(middle - here) < 8
    angle = angles(axis[None], (ahead - behind)[None])[0]
    assert min(angle, 180 - angle) < 2
    assert (middle - here) @ (ahead - behind) > 0  # its head, which is broad, is ahead


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_every_arrow_is_projected_along_the_exact_gradient_where_it_stands(share: float):
    scene = scene_of("griewank", {"grid": 20, "extent": [-3, 3, -3, 3]}, extent=[-4, 4, -4, 4])
    arrows, ground = scene.subject.field, scene.subject.landscape
    assert arrows is not None
    camera = surface_of(scene).camera(scene.timeline.state(round(share * (scene.timeline.frames - 1))))
    lines = drape_pieces(np.stack([arrows.tails, arrows.necks], axis=1), ground)
    gradients = function("griewank").gradient(*middles(arrows).T).T
    steps = 1e-6 * gradients / np.hypot(*gradients.T)[:, None]
    behind, ahead = (camera.project(ground.drape(middles(arrows) + way * steps), (640, 360)) for way in (-1, 0))
    along = np.linalg.norm(lines[..., :2] - ground.to_scene(arrows.tails)[:, None], axis=-1)
    half = np.linalg.norm(spans(arrows, ground), axis=1) / 2
    numbers = np.arange(arrows.count)
    piece = (along < half[:, None] - 1e-9).sum(axis=1)  # that begins before the middle ends here
    drawn = camera.project(lines[numbers, piece], (640, 360)) - camera.project(lines[numbers, piece - 1], (640, 360))
    assert arrows.count > 380
    assert angles(drawn, ahead - behind).max() < 2


@pytest.mark.parametrize("view", ["surface", "map"])
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("palette", ["deep", "dusk", "slate"])
def test_every_arrow_stands_out_from_the_ground_at_640_pixels(view: str, palette: str, theme: str):
    field = {"grid": 16, "length": "unit"}
    high = [{"at": 0, "azimuth": 25, "elevation": 58}]  # from where no ground is seen at a grazing angle
    more = {"view": view, "theme": theme, "palette": palette, "extent": [-2, 2, -2, 2], "camera": high}
    scene, bare = (scene_of(BOWL, each, **more) for each in (field, None))
    changed = np.abs(picture(scene) - picture(bare)).sum(axis=-1)
    assert scene.subject.field is not None
    places = projected(scene, middles(scene.subject.field)).astype(int)
    seen = [changed[row - 2 : row + 3, column - 2 : column + 3].max() for column, row in places]
    assert min(seen) > 100


def test_an_arrow_has_both_its_edges_on_ground_that_is_seen_from_low():
    low: dict[str, Any] = {"camera": [{"at": 0, "azimuth": 0, "elevation": 20}], "size": [1280, 720]}
    field = {"grid": [3, 1], "extent": [-1, 1, -0.5, 0.5]}
    scene, bare = (scene_of("x + 0*y", each, extent=[-2, 2, -2, 2], **low) for each in (field, None))
    darker = np.maximum(picture(bare) - picture(scene), 0).sum(axis=-1)
    arrows = scene.subject.field
    assert arrows is not None
    columns, rows = np.meshgrid(np.arange(1280) + 0.5, np.arange(720) + 0.5)
    for tail, neck in zip(projected(scene, arrows.tails), projected(scene, arrows.necks), strict=True):
        shaft = np.interp(columns, [tail[0], neck[0]], [tail[1], neck[1]])
        beside = (columns > tail[0] + 4) & (columns < neck[0] - 8)
        above, below = (darker[beside & (rows < shaft)].sum(), darker[beside & (rows > shaft)].sum())
        assert 0.5 < below / above < 2


@pytest.mark.parametrize("view", ["surface", "map"])
def test_points_and_trails_lie_on_arrows(view: str):
    """The trail leads along a diagonal, on which arrows stand."""
    more = {"view": view, "starts": {"points": [[1.7, 1.7]]}, "learning_rate": 0.05, "extent": [-2, 2, -2, 2]}
    scene, bare = (scene_of("x^2 + y^2", field, **more) for field in ({"grid": 20, "length": "unit"}, None))
    on, without = picture(scene), picture(bare)
    places = np.array([[each, each] for each in (0.3, 0.5, 0.7, 0.9, 1.1, 1.3)])
    assert scene.subject.field is not None
    assert np.abs(middles(scene.subject.field) - places[:, None]).max(axis=-1).min(axis=-1).max() < 1e-9
    for column, row in projected(scene, places).astype(int):
        near = slice(row - 1, row + 2), slice(column - 1, column + 2)
        orange, before = ((each[near][..., 0] - each[near][..., 2]).max() for each in (on, without))
        assert orange > 0.8 * before > 50
    column, row = projected(scene, scene.runs[0].descent.points[-1])[0].astype(int)
    assert np.abs(on - without)[row, column].max() < 12


def test_a_frame_is_the_same_whatever_was_drawn_before():
    scene = scene_of(HILLY, {"grid": 8}, size=[160, 90])
    one, other = Stage(scene), Stage(scene)
    pictures = {frame: one.draw(scene.timeline.state(frame)).tobytes() for frame in (9, 0, 4)}
    assert {frame: other.draw(scene.timeline.state(frame)).tobytes() for frame in (0, 4, 9)} == pictures


def test_on_a_map_all_edges_are_behind_all_arrows():
    scene = scene_of(BOWL, {"grid": 3}, view="map")
    assert isinstance(scene.main, MapPanel)
    arrows = scene.subject.field
    assert arrows is not None
    marks = field_marks(arrows, scene.main.plot, 1.0, DARK)
    colors = [mark.color for mark in marks if isinstance(mark, Line | Area)]
    assert colors == sorted(colors)
    assert sum(isinstance(mark, Area) for mark in marks) == arrows.count


# What a description may say


def test_every_key_of_a_field_makes_another_film_and_what_is_left_out_is_filled_in():
    def fingerprint(**field: Any) -> str:
        return resolve(Animation.from_data({"function": "himmelblau", "field": field})).fingerprint

    others: list[dict[str, Any]] = [{"grid": 19}, {"shows": "descent"}, {"length": "unit"}, {"extent": [-3, 3, -3, 3]}]
    assert len({fingerprint(**each) for each in ({}, *others)}) == 5
    assert resolve(Animation(function="himmelblau")).fingerprint != fingerprint()
    assert fingerprint() == fingerprint(
        grid=[20, 20], shows="gradient", length="log", extent=function("himmelblau").extent.numbers
    )


def test_a_field_is_the_same_in_every_process():
    once = resolve(Animation.from_data({"function": "himmelblau", "field": {"grid": [3, 4]}}))
    assert resolved_from_json(once.canonical_json) == once


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "too many": ({"field": {"grid": 101}}, "field.grid: a field has 1 to 100 arrows a side, not 101x101"),
    "none": ({"field": {"grid": [0, 5]}}, "a field has 1 to 100 arrows a side, not 0x5"),
    "a direction": ({"field": {"shows": "descend"}}, "did you mean 'descent'?"),
    "a length": ({"field": {"length": "sqrt"}}, "field.length: must be 'log', 'linear' or 'unit', not 'sqrt'"),
    "a slip": ({"field": {"gird": 3}}, "'field.gird' is not a key of an animation; did you mean 'grid'?"),
    "an interval": ({"field": {"extent": [0, 1]}}, "the extent of a field is xmin,xmax,ymin,ymax, not 2 numbers"),
    "no extent": ({"field": {"extent": [1, 0, 0, 1]}}, "1 does not lie below 0"),
    "a curve": ({"function": "x^2", "field": {}}, "a field needs x and y, and x^2 is a function of x alone"),
    "slices": ({"view": "slices", "field": {}}, "a field lies on a surface or a map; choose one of them as view"),
    "a loss": ({"view": "loss", "field": {}}, "a field lies on a surface or a map; choose one of them as view"),
    "elsewhere": ({"field": {"extent": [50, 60, 50, 60]}}, "no arrow of the field is in the extent that is drawn"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_field_gets_one_sentence(case: str):
    described, words = WRONG[case]
    with pytest.raises(InputError) as caught:
        resolve(Animation.from_data({"function": "himmelblau", **described}))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_loss_beside_a_map_may_have_a_field():
    scene = scene_of("himmelblau", {"grid": 3}, view="loss", panels=["map"], starts={"points": [[1, 1]]})
    assert scene.subject.field is not None
    assert scene.subject.field.count == 9


def test_a_flag_draws_a_field_and_keeps_what_a_file_says_of_it(tmp_path: Path):
    (tmp_path / "a.toml").write_text('function = "sphere"\nstarts = {points = []}\nfield = {shows = "descent"}\n')

    def still(*flags: str) -> bytes:
        path = tmp_path / "a.png"
        told = CliRunner().invoke(
            app, ["still", str(tmp_path / "a.toml"), "--size", "96x64", "-o", str(path), *flags], prog_name="gdviz"
        )
        assert told.exit_code == 0, told.stderr
        return path.read_bytes()

    by_flag, by_key = still("--field", "6x3"), still("--set", "field.grid=[6,3]")
    assert by_flag == by_key
    assert by_flag not in (still(), still("--field", "6"), still("--field", "6x3", "--set", "field.shows=gradient"))


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--field", "many"], "--field takes whole numbers such as 20 or 20x10, not 'many'"),
        (["--field", "500"], "--field: a field has 1 to 100 arrows a side, not 500x500"),
        (["--field", "5", "--view", "slices"], "a field lies on a surface or a map"),
    ],
)
def test_a_wrong_flag_ends_with_2_and_is_named(flags: list[str], words: str):
    told = CliRunner().invoke(app, ["still", "himmelblau", *flags], prog_name="gdviz")
    assert (told.exit_code, told.stdout) == (2, "")
    assert words in told.stderr
    assert told.stderr.count("\n") == 1
