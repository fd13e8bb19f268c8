"""The presets are the article's animations and some more: each loads, resolves, and shows what it says."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from motion import SMALL, UNSEEN, camera_changes, point_changes, worst_jump
from typer.testing import CliRunner, Result

from gdviz.cli.commands import app
from gdviz.descent.engine import Status
from gdviz.description.animation import Animation
from gdviz.description.choices import PointColor
from gdviz.description.presets import presets
from gdviz.description.resolve import resolve
from gdviz.scene.build import Scene, build_scene

THE_ELEVEN = [
    "easom", "griewank", "himmelblau-grid", "himmelblau-point", "himmelblau-slices", "parabola", "parabola-descent",
    "satellite-view", "six-hump-camel", "six-hump-camel-minima", "sphere",
]  # fmt: skip
PRESETS = sorted([*THE_ELEVEN, "adam-anatomy", "griewank-field", "himmelblau-field"])
RACES = {  # how the runs of each end
    "digits": "recorded recorded recorded",
    "learning-rates": "running converged running diverged",
    "race-beale": "running converged running converged",
    "race-ravine": "running converged converged",
    "race-rosenbrock": "running converged converged converged",
    "race-saddle": "left left left left",
    "schedules": "running running running running",
    "sgd-noise": "converged running running",
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


def test_the_eleven_are_there_and_the_others():
    assert list(presets()) == sorted([*PRESETS, *RACES])


@pytest.mark.parametrize(("name", "ends"), RACES.items())
def test_the_runs_of_a_race_end_as_its_description_says(name: str, ends: str):
    animation = Animation.load(presets()[name])
    assert animation.description.endswith(".")
    scene = build_scene(resolve(animation))
    assert 5 <= scene.timeline.frames / scene.timeline.fps <= 15
    assert " ".join(Status(run.descent.status[0]).name.lower() for run in scene.runs) == ends


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_makes_a_film_of_a_sensible_length_in_which_nothing_diverges(name: str):
    animation = Animation.load(presets()[name])
    assert animation.description.endswith(".")
    scene = build_scene(resolve(animation))
    assert 5 <= scene.timeline.frames / scene.timeline.fps <= 15 + animation.timing.slow
    assert scene.counts.diverged == 0
    assert scene.counts.running == 0
    last = scene.timeline.state(scene.timeline.frames - 1)
    assert last.position == scene.runs[0].descent.steps


@pytest.mark.parametrize("name", PRESETS)
def test_in_a_preset_nothing_jumps_and_the_camera_does_not_stop_on_its_way(name: str):
    scene = surface(name)
    turned = camera_changes(scene.timeline)
    for changes in turned.T:
        assert worst_jump(changes) < UNSEEN
    tenth, speed = len(turned) // 10, np.abs(turned[:, 0])
    assert speed[tenth:-tenth].min() >= 0.1 * speed.max()
    run_ = scene.runs[0]
    if len(run_.descent.status):
        assert worst_jump(point_changes(scene.timeline, run_.descent.points)) < SMALL


def surface(name: str) -> Scene:
    return build_scene(resolve(Animation.load(presets()[name])))


def test_himmelblau_ends_in_four_colours_and_the_camel_in_six():
    for name, count in (("himmelblau-grid", 4), ("six-hump-camel-minima", 6)):
        colors = surface(name).runs[0].colors
        assert colors is not None
        assert len(np.unique(colors, axis=0)) == count


def test_most_of_easoms_points_rest_from_the_start_and_some_find_the_minimum():
    run_ = surface("easom").runs[0]
    resting = run_.resting(0.0)
    assert 0.6 < resting.mean() < 0.95
    found = np.linalg.norm(run_.descent.ends - np.pi, axis=1) < 0.01
    assert found.sum() >= 20
    assert not (found & resting).any()


def test_the_satellite_starts_straight_above_and_comes_down():
    timeline = surface("satellite-view").timeline
    first, last = timeline.state(0).pose, timeline.state(timeline.frames - 1).pose
    assert first.elevation == 90
    assert last.elevation < 30
    assert last.zoom > first.zoom


@pytest.mark.parametrize("color", list(PointColor))
def test_points_can_be_coloured_by_basin_start_height_or_not_at_all(color: PointColor):
    scene = build_scene(
        resolve(Animation.from_data({"function": "himmelblau", "starts": {"grid": 6}, "point_color": color}))
    )
    run_ = scene.runs[0]
    shown = []
    for position in (0.0, run_.descent.steps):
        places, _ = scene.subject.visible_points(run_, position)
        shown.append(scene.subject.point_colors(run_, position, places))
    different = len(np.unique(shown[0].round(6), axis=0))
    assert different == {PointColor.BASIN: 4, PointColor.RUN: 1, PointColor.ONE: 1}.get(color, different)
    assert different > 20 or color in (PointColor.BASIN, PointColor.RUN, PointColor.ONE)
    assert shown[1].mean() < shown[0].mean()  # resting points are darker


def test_presets_are_listed_and_printed():
    listed = run("presets").stdout
    for name in [*PRESETS, *RACES]:
        assert name in listed
    assert run("presets", "easom").stdout == presets()["easom"].read_text()
    printed = run("presets", "digits")
    assert printed.stdout == presets()["digits"].read_text()
    assert f"its values are in {presets()['digits'].with_name('digits.npz')}; copy that file" in printed.stderr
    assert set(json.loads(run("presets", "--json").stdout)) == {*PRESETS, *RACES}


def test_the_schema_describes_every_key():
    schema = json.loads(run("schema").stdout)
    assert set(schema["properties"]) == set(Animation.model_fields)
    assert schema["additionalProperties"] is False
    for key, described in schema["properties"].items():
        assert described.get("description"), key


def words_of(schema: Any) -> set[str]:
    """Return the words of JSON Schema that a schema uses."""
    if not isinstance(schema, dict):
        return set().union(*map(words_of, schema)) if isinstance(schema, list) else set()
    named = {"properties", "$defs"}  # whose own keys are names
    parts = [part for key, value in schema.items() for part in (value.values() if key in named else [value])]
    return set(schema).union(*map(words_of, parts))


def test_the_schema_has_limits_that_others_can_read():
    assert not words_of(json.loads(run("schema").stdout)) & {"ge", "gt", "le", "lt"}  # which Python's models have
    (warmup, _) = json.loads(run("schema").stdout)["properties"]["warmup"]["anyOf"]
    assert warmup == {"type": "integer", "minimum": 0, "maximum": 100_000}
