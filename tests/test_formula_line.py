"""The formula under the title: where it stands, and what is said where it cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.picture.caption import caption_marks
from gdviz.picture.lettering import title_ink
from gdviz.picture.marks import Area, Dot, Label, Line, Raster, Title
from gdviz.picture.themes import DARK
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.formula_line import READABLE
from gdviz.scene.panel import MarksPanel
from gdviz.stage import Stage

SIZES = [(320, 180), (640, 360), (1280, 720), (600, 600), (360, 640), (1080, 1920)]
VIEWS: dict[str, dict[str, Any]] = {
    "map": {"view": "map"},
    "loss": {"view": "loss"},
    "slices": {"view": "slices", "starts": {"points": [[-4, -3]]}},
    "curve": {"function": "x^2", "starts": {"points": [[1]]}},
    "panels": {"view": "map", "panels": ["loss"]},
}


def scene_of(function: str = "himmelblau", **more: Any) -> Scene:
    data = {"function": function, "size": [640, 360], "fps": 5, "starts": {"grid": 3}, "formula": True}
    return build_scene(resolve(Animation.from_data(data | more)))


def box(mark: Title) -> tuple[float, float, float, float]:
    """Return where a title is painted."""
    ink = title_ink(mark.text, mark.size, mark.room, mark.color)
    x, baseline = mark.place
    top = max(baseline, mark.highest - ink.top) + ink.top
    return x + ink.left, top, x + ink.left + ink.picture.width, top + ink.picture.height


def top_of(mark: object) -> float:
    match mark:
        case Line(points) | Area(points):
            return float(points[:, 1].min())
        case Dot(centre, radius):
            return float(centre[1] - radius)
        case Raster(_, _, top):
            return float(top)
        case Label(_, place, size, _, anchor):
            return float(place[1]) - {"t": 0.0, "m": 0.5, "s": 0.8, "b": 1.0}[anchor[1]] * size
    raise AssertionError(mark)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", VIEWS)
def test_it_stands_below_the_title_and_above_all_else(size: tuple[int, int], view: str):
    scene = scene_of(**VIEWS[view], size=size)
    state = scene.timeline.state(scene.timeline.frames // 2)
    (formula,) = (mark for mark in scene.overlay() if isinstance(mark, Title))
    (title,) = (m for m in caption_marks(scene.caption(state), scene.layout, DARK) if isinstance(m, Title))
    left, top, right, bottom = box(formula)
    assert box(title)[3] <= top
    assert left >= 0
    assert right <= scene.layout.main.region.right
    assert isinstance(scene.main, MarksPanel)
    for mark in [*scene.main.ground(), *scene.main.marks(state)]:
        assert top_of(mark) >= bottom, mark


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", ["surface", "map"])
def test_a_legend_over_the_view_is_below_it(size: tuple[int, int], view: str):
    scene = scene_of(view=view, size=size, legend=True)
    (formula,) = (mark for mark in scene.overlay() if isinstance(mark, Title))
    assert scene.legend()
    assert all(top_of(mark) >= box(formula)[3] for mark in scene.legend())


@pytest.mark.parametrize(("size", "panels"), [((640, 360), []), ((360, 640), []), ((360, 640), ["loss", "map"])])
def test_it_is_painted_and_a_surface_is_below_it(size: tuple[int, int], panels: list[str]):
    data = {"size": size, "panels": panels, "title": ""}
    with_formula, without = (scene_of("x^2 + 3*y^2", formula=each, **data) for each in (True, False))
    left, top, right, bottom = box(next(mark for mark in with_formula.overlay() if isinstance(mark, Title)))
    one, other = (np.asarray(Stage(each).draw(each.timeline.state(0))).astype(int) for each in (with_formula, without))
    inked = np.abs(one - DARK.background).max(axis=-1) > 40
    assert inked[int(top) : int(bottom), int(left) : int(right)].sum() > 100
    assert not inked[: int(top)].any()
    inked[: int(bottom) + 1, : int(right) + 1] = False
    assert np.flatnonzero(inked.any(axis=1)).min() > bottom
    assert not (np.abs(other - DARK.background).max(axis=-1) > 40)[: int(top)].any()


def test_a_picture_without_a_caption_may_have_one():
    scene = scene_of(caption=False)
    (formula,) = (mark for mark in scene.overlay() if isinstance(mark, Title))
    assert box(formula)[1] == pytest.approx(scene.layout.caption.margin, abs=1)


def test_a_long_one_is_made_smaller():
    short, long = scene_of("x^2 + y^2"), scene_of("goldstein-price")
    assert READABLE <= long.formula.size < short.formula.size


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (9, "the formula is too long to be read in a picture of 320x180 pixels, so it is left out"),
        (20, "the formula is too large to stand within a line of text, so it is left out"),
    ],
)
def test_one_that_cannot_be_read_is_left_out_and_told(terms: int, sentence: str, tmp_path: Path):
    told = CliRunner().invoke(
        app,
        [
            *("still", "+".join(f"sin({k}*x)*cos({k}*y)" for k in range(1, terms)), "--grid", "2", "--size", "320x180"),
            *("--set", "formula=true", "-o", str(tmp_path / "a.png")),
        ],
    )
    assert told.exit_code == 0
    assert told.stderr == f"gdviz: {sentence}\n"


@pytest.mark.parametrize("size", [(64, 64), (64, 90), (100, 200), (160, 90), (640, 64)])
@pytest.mark.parametrize("panels", [[], ["loss", "slices"]])
def test_a_small_picture_keeps_its_view(size: tuple[int, int], panels: list[str]):
    scene = scene_of("1/(x*y)", view="map", panels=panels, size=size, legend=True, starts={"points": [[1, 1]]})
    assert scene.layout.main.content.height > 0
    stage = Stage(scene)
    assert stage.draw(scene.timeline.state(0)).size == size
    stage.close()


def test_where_there_is_no_room_for_it_that_is_told(tmp_path: Path):
    told = CliRunner().invoke(
        app,
        [
            *("still", "1/(x*y)", "--start", "1,1", "--view", "map", "--size", "64x64"),
            *("--set", "formula=true", "-o", str(tmp_path / "a.png")),
        ],
    )
    assert (told.exit_code, told.stderr) == (
        0,
        "gdviz: there is no room for the formula in a picture of 64x64 pixels, so it is left out\n",
    )


def test_a_film_with_a_formula_is_another_film():
    one, other = (resolve(Animation.from_data({"function": "sphere", "formula": each})) for each in (True, False))
    assert one.fingerprint != other.fingerprint
