"""The parts of a step as arrows: head to tail at the point, on map and surface, and in the legend."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest

from gdviz.descent.anatomy import StepPart
from gdviz.description.animation import Animation
from gdviz.description.choices import ThemeName
from gdviz.description.resolve import resolve, resolved_from_json
from gdviz.errors import InputError
from gdviz.extent import FloatArray
from gdviz.picture.colors import contrast, ground_ramp, to_linear, to_oklab
from gdviz.picture.marks import Area, Dot, Label
from gdviz.picture.themes import THEMES, Rgb, Theme
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.map import MapPanel
from gdviz.scene.step_arrows import StepArrows, part_color
from gdviz.scene.timeline import SETS_OFF, FrameState, SlowStep
from gdviz.stage import Stage

RAVINE: dict[str, Any] = {
    "function": "x^2/2 + 10*y^2",
    "extent": [-5, 2, -2.5, 2.5],
    "starts": {"points": [[-4.4, 1.8]]},
    "optimizer": "adam",
    "learning_rate": 0.4,
    "max_iterations": 40,
    "size": [320, 180],
    "fps": 5,
}
PARTS = (StepPart.GRADIENT, StepPart.MOMENTUM, StepPart.SCALE, StepPart.STEP)
ALL = [part.value for part in PARTS]


def scene_of(**more: Any) -> Scene:
    return build_scene(resolve(Animation.from_data(RAVINE | {"view": "map", "arrows": ALL} | more)))


def arrows_of(scene: Scene) -> StepArrows:
    assert scene.subject.step_arrows is not None
    return scene.subject.step_arrows


def at(scene: Scene, position: float, slow: SlowStep | None = None) -> FrameState:
    state = scene.timeline.state(0)
    return FrameState(0, 0.5, state.phase, position, state.pose, slow=slow)


def ends(scene: Scene, state: FrameState) -> dict[StepPart, tuple[FloatArray, FloatArray]]:
    return {each.part: (each.arrow.tails[0], each.arrow.tips[0]) for each in arrows_of(scene).at(state)}


@pytest.mark.parametrize("position", [0.0, 3.0, 3.4])
def test_the_parts_lead_head_to_tail_from_the_point_to_where_the_step_ends(position: float):
    scene = scene_of()
    shown = ends(scene, at(scene, position))
    chain = [shown[part] for part in (StepPart.GRADIENT, StepPart.MOMENTUM, StepPart.SCALE) if part in shown]
    here = scene.runs[0].at(position)[0]
    np.testing.assert_allclose([chain[0][0], shown[StepPart.STEP][0]], [here, here])
    for one, other in itertools.pairwise(chain):
        np.testing.assert_allclose(one[1], other[0])
    np.testing.assert_allclose(chain[-1][1], shown[StepPart.STEP][1])


def test_the_step_is_as_many_times_as_long_as_it_is_as_the_legend_says():
    scene = scene_of()
    points, scale = scene.runs[0].descent.points[:, 0], arrows_of(scene).scale
    tail, tip = ends(scene, at(scene, 2.0))[StepPart.STEP]
    np.testing.assert_allclose(tip - tail, scale * (points[3] - points[2]), rtol=1e-9)
    texts = [mark.text for mark in scene.legend() if isinstance(mark, Label)]
    assert texts == ["Adam", "learning rate 0.4", *itertools.chain(*((name, f"\u00d7 {scale}") for name in ALL))]
    assert scale > 1


def test_arrows_are_drawn_as_long_as_they_are_where_that_is_long_enough():
    scene = scene_of(function="x^2 + y^2", optimizer="gd", learning_rate=0.3, arrows=["step"])
    assert arrows_of(scene).scale == 1
    assert not [mark for mark in scene.legend() if isinstance(mark, Label) and "\u00d7" in mark.text]


def test_at_rest_there_is_no_arrow():
    scene = scene_of()
    assert ends(scene, at(scene, float(scene.runs[0].descent.steps))) == {}


def test_a_point_that_never_moves_has_no_arrow_and_nothing_is_said_of_lengths():
    scene = scene_of(starts={"points": [[0, 0]]}, timing={"step_by_step": 2})
    assert all(ends(scene, scene.timeline.state(frame)) == {} for frame in range(0, scene.timeline.frames, 7))
    assert arrows_of(scene).scale == 1


def test_one_part_alone_stands_at_the_point():
    scene = scene_of(arrows=["scale"])
    np.testing.assert_allclose(ends(scene, at(scene, 4.0))[StepPart.SCALE][0], scene.runs[0].descent.points[4, 0])


def test_an_arrow_that_leads_out_of_the_extent_ends_at_its_edge_without_a_head():
    scene = scene_of(starts={"points": [[-4.4, 2.45]]}, learning_rate=3.0, arrows=["step"], extent=[-5, 2, 1, 2.5])
    (each,) = arrows_of(scene).at(at(scene, 0.0))
    assert not each.arrow.has_heads
    assert each.arrow.tips[0, 1] == 1


@pytest.mark.parametrize("rate", [1e200, 1e308])
def test_a_step_of_any_length_is_shown_without_a_warning(rate: float):
    with np.errstate(all="raise"):
        scene = scene_of(learning_rate=rate, timing={"step_by_step": 2})
        arrows = arrows_of(scene)
        shown = [arrows.at(at(scene, 0.0, SlowStep(0, share))) for share in (0.0, 0.2, 0.6)]
    assert arrows.scale == 1
    assert all(np.isfinite(each.arrow.tips).all() for frame in shown for each in frame)


def test_a_slow_step_shows_its_parts_one_after_the_other():
    scene = scene_of(timing={"step_by_step": 3})
    lengths = []
    for share in np.linspace(0, SETS_OFF, 41):
        shown = ends(scene, at(scene, 2.0, SlowStep(2, float(share))))
        lengths.append([float(np.linalg.norm(np.subtract(*shown[part]))) if part in shown else 0.0 for part in PARTS])
    grown = np.array(lengths)
    assert (grown[0] == 0).all()
    assert (np.diff(grown, axis=0) >= -1e-12).all()
    begun = [int(np.flatnonzero(grown[:, number])[0]) for number in range(4)]
    whole = [int(np.flatnonzero(np.isclose(grown[:, number], grown[-1, number]))[0]) for number in range(4)]
    assert all(end <= begin for end, begin in zip(whole, begun[1:], strict=False))


def test_while_the_point_goes_the_arrows_stay_where_the_step_began():
    scene = scene_of(timing={"step_by_step": 3})
    going, there = (ends(scene, at(scene, position, SlowStep(1, 0.9))) for position in (1.6, 1.0))
    for part in there:
        np.testing.assert_array_equal(going[part], there[part])


def words(scene: Scene, state: FrameState) -> list[str]:
    assert isinstance(scene.main, MapPanel)
    return list(dict.fromkeys(mark.text for mark in scene.main.marks(state) if isinstance(mark, Label)))


def test_the_word_of_a_part_stands_at_it_while_it_is_new():
    scene = scene_of(timing={"step_by_step": 3})
    each = [words(scene, at(scene, 2.0, SlowStep(2, SETS_OFF * (k + 0.9) / 4))) for k in range(4)]
    assert each == [[name] for name in ALL]
    assert words(scene, at(scene, 2.0, SlowStep(2, 0.9))) == []
    assert words(scene, at(scene, 2.0)) == []


@pytest.mark.parametrize("theme", ThemeName)
def test_on_a_map_each_part_has_an_arrow_in_the_colour_that_the_legend_names(theme: ThemeName):
    scene = scene_of(theme=theme)
    assert isinstance(scene.main, MapPanel)
    heads = {mark.color for mark in scene.main.marks(at(scene, 3.0)) if isinstance(mark, Area)}
    dots = [mark.color for mark in scene.legend() if isinstance(mark, Dot)]
    assert heads == set(dots[1:])
    assert len(heads) == len(ALL)


def count(picture: np.ndarray[Any, Any], color: Rgb) -> int:
    return int((np.abs(picture.astype(int) - color).max(axis=-1) <= 12).sum())


@pytest.mark.parametrize("more", [{}, {"quality": "draft"}, {"field": {"grid": 6}}])
def test_on_a_surface_each_part_is_seen_from_every_side(more: dict[str, Any]):
    quality = more.pop("quality", "standard")
    animation = Animation.from_data(RAVINE | {"arrows": ALL, "caption": False, "legend": False} | more)
    scene = build_scene(resolve(animation, quality))
    stage = Stage(scene)
    for azimuth in (-30, 60, 150):
        state = at(scene, 3.0)
        pose = state.pose.model_copy(update={"azimuth": azimuth, "elevation": 50})
        with_arrows = np.asarray(stage.draw(FrameState(0, 0.5, state.phase, 3.0, pose)))
        without = np.asarray(stage.draw(FrameState(0, 0.5, state.phase, 3.0, pose, slow=SlowStep(3, 0.0))))
        for part in StepPart:
            color = part_color(part, scene.subject.theme)
            assert (count(with_arrows, color) > count(without, color) + 2) == (part in ALL), (part, azimuth)
    stage.close()


def test_a_slow_film_is_longer_by_its_slow_steps_and_then_goes_on():
    timing = {"approach": 1, "hold": 0, "step_by_step": 3, "slow_step": 2, "descent": 4, "finish": 1}
    scene = scene_of(timing=timing)
    timeline, steps = scene.timeline, scene.runs[0].descent.steps
    states = [timeline.state(frame) for frame in range(timeline.frames)]
    assert timeline.frames == 12 * 5
    positions = [state.position for state in states]
    assert positions == sorted(positions)
    assert (positions[0], positions[-1]) == (0, steps)
    slow = [state.slow.step for state in states if state.slow is not None]
    assert slow[:5] == [0] * 5  # nothing is to be seen while the camera approaches
    assert [slow.count(step) for step in (1, 2)] == [10, 10]
    assert {state.slow for state in states if state.position >= 3} == {None}


def test_more_slow_steps_than_there_are_leave_the_point_at_rest():
    scene = scene_of(max_iterations=2, timing={"step_by_step": 5})
    last = scene.timeline.state(scene.timeline.frames - 1)
    assert (last.position, last.slow) == (2, None)


def test_steps_that_are_shown_slowly_have_all_their_parts_unless_some_are_named():
    def shown(**more: Any) -> tuple[str, ...]:
        animation = Animation.from_data(RAVINE | {"timing": {"step_by_step": 2}} | more)
        return resolve(animation).arrows

    assert shown() == tuple(ALL)
    assert shown(optimizer="gd") == ("gradient", "step")
    assert shown(arrows=["step", "gradient"]) == ("gradient", "step")
    assert resolve(Animation.from_data(RAVINE)).arrows == ()


def test_without_a_start_there_is_one_point():
    del_starts = {key: value for key, value in RAVINE.items() if key != "starts"}
    assert resolve(Animation.from_data(del_starts | {"arrows": ["step"]})).starts.count == 1


def test_a_film_with_other_arrows_is_another_film_and_survives_json():
    def resolved(**more: Any) -> Any:
        return resolve(Animation.from_data(RAVINE | more))

    slow = resolved(timing={"step_by_step": 2})
    assert resolved_from_json(slow.canonical_json) == slow
    assert resolved(timing={"step_by_step": 2}, arrows=ALL).fingerprint == slow.fingerprint
    prints = {resolved(**more).fingerprint for more in ({}, {"arrows": ["step"]}, {"timing": {"step_by_step": 2}})}
    assert len(prints) == 3


def test_a_length_in_seconds_makes_slow_steps_shorter_and_not_fewer():
    timing = Animation.from_data(RAVINE | {"timing": {"step_by_step": 4}}).lasting(10).timing
    assert timing.total == pytest.approx(10)
    assert timing.step_by_step == 4


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"arrows": ["velocity"]}, "arrows"),
        ({"arrows": ["gradient", "gradient"]}, "gradient is there twice"),
        ({"arrows": ["momentum"], "optimizer": "gd"}, "a step of gd has no momentum; it has gradient, step"),
        ({"arrows": ["decay"]}, "a step of adam has no decay; it has gradient, momentum, scale, step"),
        ({"arrows": ["step"], "starts": {"grid": 3}}, "arrows show the steps of one point, not of 9; give one start"),
        ({"arrows": ["step"], "runs": [{}, {"optimizer": "lion"}]}, "steps of one run, and there are 2"),
        ({"arrows": ["step"], "view": "loss"}, "arrows lie on a surface or a map"),
        ({"timing": {"step_by_step": 2}, "view": "slices"}, "arrows lie on a surface or a map"),
        ({"arrows": ["step"], "clock": "evaluations"}, "leave out clock"),
        ({"arrows": [], "timing": {"step_by_step": 2}}, "leave out arrows = []"),
        ({"timing": {"step_by_step": -1}}, "timing.step_by_step"),
        ({"timing": {"step_by_step": 1.5}}, "timing.step_by_step"),
        ({"timing": {"step_by_step": 2, "slow_step": -1}}, "timing.slow_step"),
        ({"timing": {"step_by_step": 20000}}, "frames"),
    ],
)
def test_what_cannot_be_shown_is_refused(more: dict[str, Any], told: str):
    with pytest.raises(InputError, match=re.escape(told)):
        Animation.from_data(RAVINE | more)


def test_a_function_of_x_has_no_arrows():
    with pytest.raises(InputError, match="a function of x alone"):
        Animation.from_data({"function": "parabola", "arrows": ["step"]})


DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
"""G. Machado and others, 2009: linear RGB as those see it who have no cones for green."""


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("seen", [np.eye(3), DEUTERANOPIA], ids=["all", "deuteranopia"])
def test_parts_are_told_apart_and_seen_on_the_page_and_on_low_ground(theme: Theme, seen: FloatArray):
    linear = to_linear(np.array(theme.parts) / 255)
    lab = to_oklab(np.clip(linear @ seen.T, 0, 1))
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(lab, 2)) > 0.09
    assert min(contrast(color, theme.background) for color in theme.parts) >= 4.5
    low = to_oklab(np.clip(ground_ramp("deep", theme).colors(np.linspace(0, 0.4, 10)) @ seen.T, 0, 1))
    assert min(float(np.linalg.norm(low - color, axis=1).min()) for color in lab) > 0.12
