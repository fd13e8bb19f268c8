"""The axes of a surface: their numbers stand where the projection says, are read at every size, and change calmly."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scenes import surface_of

from gdviz.description.animation import Animation
from gdviz.description.choices import View
from gdviz.description.resolve import resolve, resolved_from_json
from gdviz.extent import FloatArray
from gdviz.picture.caption import caption_marks
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Label, Line, Mark
from gdviz.picture.plot import Plot
from gdviz.scene.axes import CAPITALS
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.curve import CurvePanel
from gdviz.scene.loss import LossPanel
from gdviz.scene.map import MapPanel
from gdviz.scene.panel import MarksPanel
from gdviz.scene.slices import SlicesPanel
from gdviz.scene.surface import SurfacePanel
from gdviz.stage import Stage
from gdviz.terrain.landscape import PLINTH

SIZES = [(320, 180), (640, 360), (1280, 720), (3840, 2160), (600, 600), (360, 640), (1080, 1920)]
TURN = [{"at": 0, "azimuth": 40, "elevation": 35}, {"at": 1, "azimuth": 130, "elevation": 35}]


def scene_of(function: str = "himmelblau", **more: Any) -> Scene:
    data = {"function": function, "size": [640, 360], "fps": 10, "starts": {"grid": 3}, "axes": True}
    return build_scene(resolve(Animation.from_data(data | more)))


def looking(azimuth: float, elevation: float = 35.0) -> dict[str, Any]:
    return {"camera": [{"at": 0, "azimuth": azimuth, "elevation": elevation}]}


def axes_marks(scene: Scene, frame: int = 0) -> list[Mark]:
    panel, state = surface_of(scene), scene.timeline.state(frame)
    return panel.overlay(state, panel.camera(state))


def labels(marks: list[Mark], faintest: float = 0.0) -> list[Label]:
    return [mark for mark in marks if isinstance(mark, Label) and mark.text and mark.opacity > faintest]


def box(label: Label) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom of a label's capitals."""
    size = round(label.size)
    width, height = text_width(label.text, size, label.font_of), CAPITALS * size
    left = label.place[0] - {"l": 0.0, "m": 0.5, "r": 1.0}[label.anchor[0]] * width
    top = label.place[1] - {"t": 0.0, "m": 0.5, "s": 1.0, "b": 1.0}[label.anchor[1]] * height
    return left, top, left + width, top + height


def projected(scene: Scene, point: tuple[float, float, float]) -> FloatArray:
    panel = surface_of(scene)
    return panel.camera(scene.timeline.state(0)).project(np.array(point), scene.layout.size)


def assert_a_tick_stands_at(marks: list[Mark], foot: FloatArray, number: float) -> None:
    """A tick begins at the foot, and its number is the first text that it leads to."""
    ticks = [mark for mark in marks if isinstance(mark, Line) and len(mark.points) == 3]
    tick = min(ticks, key=lambda each: float(np.hypot(*(each.points[1] - foot))))
    assert np.hypot(*(tick.points[1] - foot)) < 0.01
    tip = tick.points[2]
    nearest = min(labels(marks), key=lambda label: float(np.hypot(*(label.place - tip))))
    assert float(nearest.text) == number
    assert (nearest.place - foot) @ (tip - foot) > 0


@pytest.mark.parametrize(("azimuth", "near_x", "near_y"), [(40, 1, -1), (130, 1, 1), (220, -1, 1), (-40, -1, -1)])
def test_ticks_stand_where_the_camera_sees_their_numbers(azimuth: float, near_x: int, near_y: int):
    scene = scene_of("x^2/4 + y^2/9", extent=[-2, 2, -3, 3], size=[1280, 720], **looking(azimuth))
    marks, (width, depth) = axes_marks(scene), scene.subject.landscape.half
    for number in (-1, 0, 1):
        assert_a_tick_stands_at(marks, projected(scene, (number / 2 * width, near_y * depth, -PLINTH)), number)
    for number in (-2, 0, 2):
        assert_a_tick_stands_at(marks, projected(scene, (near_x * width, number / 3 * depth, -PLINTH)), number)
    assert {label.text for label in labels(marks)} >= {"x", "y", "f"}


@pytest.mark.parametrize(("height", "numbers"), [("linear", (0, 1000, 2000)), ("log", (0, 100, 1000))])
def test_upright_numbers_are_values_of_f(height: str, numbers: tuple[float, ...]):
    scene = scene_of(height=height, size=[1280, 720], **looking(40))
    landscape = scene.subject.landscape
    width, depth = landscape.half
    for number in numbers:
        up = landscape.height * float(landscape.relief(np.array(float(number))))
        assert_a_tick_stands_at(axes_marks(scene), projected(scene, (-width, -depth, up)), number)


def test_an_axis_whose_edge_is_hidden_stands_beside_the_land():
    scene = scene_of("x^2 + y^2", extent=[-2, 2, -2, 2], **looking(0, 60))
    outline = scene.subject.landscape.outline
    land = surface_of(scene).camera(scene.timeline.state(0)).project(outline, scene.layout.size)
    for label in labels(axes_marks(scene)):
        left, top, right, bottom = box(label)
        within = (land > [left, top]) & (land < [right, bottom])
        assert not within.all(axis=1).any(), label.text


@pytest.mark.parametrize("azimuth", [-80, -50, -10, 10, 82, 100, 170])
def test_the_upright_axis_stands_at_a_corner_with_no_land_behind_it(azimuth: float):
    scene = scene_of("x^2 + y^2", extent=[-2, 2, -2, 2], **looking(azimuth, 50))
    height = scene.subject.landscape.height
    tops = [projected(scene, (x, y, height)) for x, y in itertools.product((-1.0, 1.0), repeat=2)]
    ends = [mark.points[-1] for mark in axes_marks(scene) if isinstance(mark, Line) and len(mark.points) == 2]
    assert min(float(np.hypot(*(end - top))) for end, top in itertools.product(ends, tops)) < 0.01


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("function", ["himmelblau", "six-hump-camel", "1e5*x^2 + y^2/1e3"])
def test_texts_are_in_the_picture_and_apart(function: str, size: tuple[int, int]):
    scene = scene_of(function, size=list(size), fps=5)
    bottom = scene.layout.size[1] - scene.layout.caption.margin - scene.layout.caption.text
    for frame in np.linspace(0, scene.timeline.frames - 1, 6).round().astype(int).tolist():
        shown = labels(axes_marks(scene, frame), faintest=0.5)
        assert len(shown) >= 7
        assert {"x", "y"} <= {label.text for label in shown}
        for label in shown:
            left, top, right, low = box(label)
            assert left >= 0, label
            assert top >= 0
            assert right <= size[0]
            assert low <= bottom
            assert round(label.size) >= 9
        for one, other in itertools.combinations(map(box, shown), 2):
            gaps = [one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3]]
            assert max(gaps) > 0


def test_numbers_change_their_edge_once_the_camera_has_clearly_turned_and_fade():
    scene = scene_of(camera=TURN, fps=30)
    before = None
    faint = 0
    for frame in range(scene.timeline.frames):
        now = sum(label.opacity for label in labels(axes_marks(scene, frame)))
        assert before is None or abs(now - before) < 3  # of some 20 texts
        faint += any(0.1 < label.opacity < 0.9 for label in labels(axes_marks(scene, frame)))
        before = now
    assert faint > 4
    axes = surface_of(scene).axes
    assert axes
    (begins, turns) = axes.stays[0]
    assert (begins.choice, turns.choice) == (0, 1)  # x is at the low y, then at the high
    azimuth = scene.timeline.camera.pose(turns.begin).azimuth
    assert 96 < azimuth < 99  # at 90 degrees both edges are as near


def test_a_camera_that_comes_back_changes_nothing():
    there_and_back = [{"at": at, "azimuth": azimuth, "elevation": 40} for at, azimuth in ((0, 40), (0.5, -6), (1, 40))]
    axes = surface_of(scene_of(camera=there_and_back)).axes
    assert axes
    assert [len(stays) for stays in axes.stays] == [1, 1, 1]


def test_a_frame_does_not_depend_on_those_before_it():
    frames = (0, 40, 41, 80)
    one, other = scene_of(camera=TURN), scene_of(camera=TURN)
    shown = [repr(axes_marks(one, frame)) for frame in frames]
    assert [repr(axes_marks(other, frame)) for frame in reversed(frames)] == shown[::-1]


def test_a_picture_whose_axes_fade_is_drawn_anew():
    scene = scene_of(camera=TURN, fps=30, starts={"points": []})
    panel = surface_of(scene)
    axes = panel.axes
    assert axes
    state = scene.timeline.state(round(axes.stays[0][0].end * (scene.timeline.frames - 1)))
    assert axes.key(state.at) != axes.key(state.at + 0.01)


def test_axes_are_painted_and_leave_the_land_in_the_picture():
    scene = scene_of("x + 0*y", size=[320, 180], extent=[0, 1, 0, 1], caption=False, **looking(40))
    picture = np.asarray(Stage(scene).draw(scene.timeline.state(0))).astype(int)
    background = picture[0, 0]
    for label in labels(axes_marks(scene), faintest=0.9):
        left, top, right, bottom = np.round(box(label)).astype(int)
        assert np.abs(picture[top:bottom, left:right] - background).max() > 60
    outline = surface_of(scene).camera(scene.timeline.state(0)).project(scene.subject.landscape.outline, (320, 180))
    assert (outline > 0).all()
    assert (outline < [320, 180]).all()


def test_a_camera_within_the_land_has_no_axis_behind_it():
    scene = scene_of(camera=[{"at": 0, "azimuth": 30, "elevation": 20, "zoom": 10}])
    assert all(np.isfinite(label.place).all() for label in labels(axes_marks(scene)))


@pytest.mark.parametrize(
    ("axes", "view", "panels", "shown"),
    [
        ("auto", "surface", [], ()),
        ("auto", "surface", ["map", "loss"], ("map", "loss")),
        (True, "surface", ["map"], ("surface", "map")),
        (False, "map", ["loss"], ()),
        ("auto", "map", [], ("map",)),
    ],
)
def test_which_views_have_axes(axes: bool | str, view: str, panels: list[str], shown: tuple[str, ...]):
    resolved = scene_of(axes=axes, view=view, panels=panels).resolved
    assert resolved.axes == tuple(map(View, shown))
    assert resolved_from_json(resolved.canonical_json) == resolved


def test_films_with_and_without_axes_have_other_fingerprints():
    with_axes, without, by_default = (scene_of(axes=axes).resolved.fingerprint for axes in (True, False, "auto"))
    assert with_axes != without == by_default


def plot_of(panel: MarksPanel) -> Plot:
    if isinstance(panel, SlicesPanel):
        return panel.plots[0]
    assert isinstance(panel, CurvePanel | LossPanel | MapPanel)
    return panel.plot


@pytest.mark.parametrize(
    ("function", "view"),
    [("himmelblau", "map"), ("himmelblau", "loss"), ("himmelblau", "slices"), ("x^2", "curve"), ("x^2", "loss")],
)
def test_without_axes_a_plot_has_no_numbers_and_grows(function: str, view: str):
    start = {"points": [[1.0, 2.0]]} if function == "himmelblau" else {"points": [[1.0]]}
    on, off = (scene_of(function, view=view, starts=start, axes=axes).main for axes in (True, False))
    assert isinstance(on, MarksPanel)
    assert isinstance(off, MarksPanel)
    numbers = [
        [label.text for label in labels(panel.ground()) if label.text.strip("-.0123456789") == ""]
        for panel in (on, off)
    ]
    assert len(numbers[0]) >= 4
    assert numbers[1] == []
    sizes = [plot_of(panel).region for panel in (on, off)]
    assert sizes[1].height > sizes[0].height
    assert sizes[1].width > sizes[0].width


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "settings",
    [
        {"view": "map"},
        {"view": "loss"},
        {"view": "slices"},
        {"function": "x^4 - 3*x^2", "starts": {"points": [[1.5]]}},
        {"panels": ["map", "loss"], "legend": True},
        {"function": "1e5*x^2 + y^2/1e3", "panels": ["map", "loss"]},
        {"view": "map", "panels": ["surface"]},
    ],
    ids=lambda settings: " ".join(map(str, settings.values())),
)
def test_every_text_is_in_the_picture(settings: dict[str, Any], size: tuple[int, int]):
    scene = scene_of(**{"starts": {"points": [[1.0, 2.0]]}, "size": list(size), **settings})
    state = scene.timeline.state(scene.timeline.frames // 2)
    marks = scene.legend() + caption_marks(scene.caption(state), scene.layout, scene.subject.theme)
    for panel in (scene.main, *scene.panels):
        if isinstance(panel, SurfacePanel):
            marks += panel.overlay(state, panel.camera(state))
        elif isinstance(panel, MapPanel):
            marks += panel.plot.edge_axes(panel.theme, "x", "y")  # its ground takes long to compute
        elif isinstance(panel, MarksPanel):
            marks += [*panel.ground(), *panel.marks(state)]
    assert len(labels(marks)) > 5
    for label in labels(marks):
        left, top, right, bottom = box(label)
        assert left > -1, label
        assert top > -1, label
        assert right < size[0] + 1, label
        assert bottom < size[1] + 1, label


@pytest.mark.parametrize("size", [(320, 180), (640, 360)])
def test_the_names_and_numbers_of_axes_are_clear_of_the_caption(size: tuple[int, int]):
    scene = scene_of(size=size, formula=True, panels=["loss"])
    sizes = scene.layout.caption
    line = size[1] - sizes.margin - sizes.text - sizes.gap
    frames = range(0, scene.timeline.frames, 4)
    texts = [label for frame in frames for label in labels(axes_marks(scene, frame), 0.5)]
    assert {"x", "y", "f"} <= {label.text for label in texts}
    assert max(box(label)[3] for label in texts) < line


@pytest.mark.parametrize("axes", [True, False])
@pytest.mark.parametrize("size", [(600, 600), (360, 640)])
def test_a_surface_above_panels_is_below_the_title(size: tuple[int, int], axes: bool):
    scene = scene_of(size=size, axes=axes, panels=["loss"], legend=False)
    panel, (left, top, right, bottom) = surface_of(scene), surface_of(scene).region.box
    title = scene.layout.caption.margin + scene.layout.caption.title
    for frame in range(0, scene.timeline.frames, 10):
        camera = panel.camera(scene.timeline.state(frame))
        places = camera.project(panel.outline, (right - left, bottom - top)) + [left, top]
        assert places[:, 1].min() > title - 1
        assert places[:, 1].max() < bottom
