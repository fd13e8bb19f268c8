"""A scene with other keyframes, and a stage that goes on with it, show what a new film with these keyframes shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scenes import surface_of

from gdviz.description.animation import Animation
from gdviz.description.choices import Quality
from gdviz.description.resolve import resolve
from gdviz.description.tables import CameraKey
from gdviz.scene.build import Scene, build_scene, scene_about
from gdviz.stage import Stage

KEYFRAMES = (CameraKey(at=0.2, azimuth=140, elevation=35), CameraKey(at=0.9, azimuth=80, elevation=60, zoom=1.3))
RACE: dict[str, Any] = {
    "function": "sphere",
    "starts": {"points": [[3, 2]]},
    "runs": [{"optimizer": "gd"}, {"optimizer": "adam"}],
    "max_iterations": 20,
    "size": [320, 200],
    "fps": 5,
}
ALONE: dict[str, Any] = {"function": "sphere", "starts": {"grid": 4}, "size": [160, 90], "fps": 5, "loop": "fade"}


def pictures(stage: Stage, scene: Scene) -> list[np.ndarray]:
    return [np.array(stage.draw(scene.timeline.state(frame))) for frame in (0, 12, scene.timeline.frames - 1)]


@pytest.mark.parametrize("described", [RACE, ALONE], ids=["a race with axes and panels", "a loop"])
def test_a_stage_goes_on_with_other_keyframes_as_a_new_one_would(described: dict[str, Any]):
    scene = build_scene(resolve(Animation(**described)))
    stage = Stage(scene)
    before = pictures(stage, scene)
    turned = scene.with_camera(KEYFRAMES)
    stage.turn(turned)
    new = build_scene(replace(scene.resolved, camera=KEYFRAMES))
    after = pictures(stage, turned)
    assert all(map(np.array_equal, after, pictures(Stage(new), new)))
    stage.turn(turned.with_camera(()))
    assert all(map(np.array_equal, before, pictures(stage, scene)))
    assert not any(map(np.array_equal, before, after))


def test_a_bare_scene_has_no_axes_and_all_else_is_where_it_was():
    scene = build_scene(resolve(Animation(**RACE)))
    bare, whole = scene.with_camera((), bare=True), scene.with_camera(())
    state = scene.timeline.state(3)
    assert surface_of(scene).axes is not None
    assert surface_of(bare).axes is None
    one, other = surface_of(bare).camera(state), surface_of(whole).camera(state)
    assert np.allclose(one.position, other.position)


def test_a_scene_in_another_size_has_the_same_descents_and_is_a_film_of_that_size():
    scene = build_scene(resolve(Animation(**RACE)))
    runs = scene.runs
    smaller = scene_about(scene.subject.drawn_as((160, 100), Quality.STANDARD))
    assert smaller.runs is runs
    new = build_scene(replace(scene.resolved, size=(160, 100)))
    assert all(map(np.array_equal, pictures(Stage(smaller), smaller), pictures(Stage(new), new)))
