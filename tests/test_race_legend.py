"""The legend of a race: each run's name and rate, f now, and what became of it, in columns that do not move."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.description.words import Words
from gdviz.picture.layout import SMALLEST_TEXT
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Dot, Label, Mark
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.race_legend import longest_values, shortened, value_text
from gdviz.stage import Stage

RUNS = [
    {"label": "slow", "optimizer": "gd", "learning_rate": 0.01},
    {"optimizer": "adam", "learning_rate": 0.2},
    {"label": "too fast", "optimizer": "gd", "learning_rate": 0.3},
]
SIZES = [(640, 360), (1280, 720), (600, 600), (1080, 1920)]


def scene_of(**more: Any) -> Scene:
    data: dict[str, Any] = {
        "function": "x^2 + 4*y^2",
        "extent": [-4, 4, -3, 3],
        "size": [640, 360],
        "fps": 5,
        "starts": {"points": [[-3.0, 1.0]]},
        "max_iterations": 200,
        "runs": RUNS,
    }
    return build_scene(resolve(Animation.from_data(data | more)))


def labels(marks: list[Mark]) -> list[Label]:
    return [mark for mark in marks if isinstance(mark, Label)]


def rows(scene: Scene, share: float) -> list[list[str]]:
    """Return the texts of each line at a moment, from left to right."""
    state = scene.timeline.state(round(share * (scene.timeline.frames - 1)))
    lines: dict[float, list[Label]] = {}
    for label in labels([*scene.legend(), *scene.standings(state)]):
        lines.setdefault(round(float(label.place[1]), 3), []).append(label)
    return [
        [label.text for label in sorted(line, key=lambda each: float(each.place[0])) if label.text]
        for _, line in sorted(lines.items())
    ]


def test_each_run_has_its_colour_its_rate_and_the_value_where_it_is():
    scene = scene_of()
    assert rows(scene, 0) == [
        ["learning rate", "f", "converged"],
        ["slow", "0.01", "13.00"],
        ["Adam", "0.2", "13.00"],
        ["too fast", "0.3", "13.00"],
    ]
    dots = [mark.color for mark in scene.legend() if isinstance(mark, Dot)]
    assert dots == [run.hue for run in scene.runs]
    middle = scene.timeline.state(scene.timeline.frames // 2)
    for line, run in zip(rows(scene, 0.5)[1:3], scene.runs, strict=False):
        now = run.descent.values[min(int(middle.position), run.descent.steps), 0]
        assert line[2] == value_text(float(now), Words())


def test_at_the_end_it_says_when_each_converged_and_who_diverged():
    scene = scene_of()
    last = rows(scene, 1)
    steps = [int(run.descent.iterations[0]) for run in scene.runs]
    assert last[2][-1] == str(steps[1])
    assert last[3][-1] == "diverged"


def test_where_no_run_converges_neither_legend_nor_numbers_tell_of_it():
    scene = scene_of(function="x^2 - y^2", domain=[-4, 4, -3, 3], runs=RUNS[:2])
    last = scene.timeline.state(scene.timeline.frames - 1)
    assert [each.label for each in scene.caption(last).readouts] == ["iteration", "left the view"]
    assert scene.caption(last).readouts[1].value == "2"
    assert rows(scene, 1) == [
        ["learning rate", "f"],
        ["slow", "0.01", "left the view"],
        ["Adam", "0.2", "left the view"],
    ]
    unended = scene_of(runs=RUNS[:2], max_iterations=3)
    assert unended.caption(unended.timeline.state(0)).readouts[1].label == "converged"


def test_rates_have_a_column_only_if_the_names_do_not_tell_them():
    scene = scene_of(runs=[{"learning_rate": 0.01}, {"learning_rate": 0.1}])
    assert rows(scene, 0)[:2] == [["f", "converged"], ["learning rate 0.01", "13.00"]]


def test_of_many_points_it_counts_who_has_converged():
    scene = scene_of(starts={"grid": 3}, runs=RUNS[:2])
    assert rows(scene, 0)[1] == ["slow", "0.01", "1 / 9"]  # one begins at the minimum
    assert rows(scene, 1)[2][-1] == f"{int((scene.runs[1].descent.status == 0).sum())} / 9"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("panels", [[], ["map"]])
@pytest.mark.parametrize("count", [2, 8])
def test_names_of_any_length_leave_the_numbers_where_they_are(size: tuple[int, int], panels: list[str], count: int):
    runs = [{"label": f"{number} {'name ' * 15}end", "learning_rate": 0.01 + 0.04 * number} for number in range(count)]
    scene = scene_of(size=list(size), view="loss", panels=panels, runs=runs)
    places: set[tuple[float, ...]] = set()
    for share in (0.0, 0.3, 0.6, 1.0):
        state = scene.timeline.state(round(share * (scene.timeline.frames - 1)))
        texts = [label for label in labels([*scene.legend(), *scene.standings(state)]) if label.text]
        places |= {tuple(np.round(label.place, 6).tolist()) for label in texts if label.anchor == "lm"}
        for line in {float(label.place[1]) for label in texts}:
            boxes = sorted(_ends(label) for label in texts if float(label.place[1]) == line)
            assert all(one[1] < other[0] for one, other in itertools.pairwise(boxes))
            assert boxes[0][0] >= 0
            assert boxes[-1][1] <= size[0]
        assert min(label.size for label in texts) >= SMALLEST_TEXT
    assert len(places) == count


def _ends(label: Label) -> tuple[float, float]:
    width = text_width(label.text, round(label.size))
    left = float(label.place[0]) - (width if label.anchor == "rm" else 0.0)
    return left, left + width


def test_it_is_painted_and_changes_with_the_film():
    scene = scene_of(view="map", panels=[])
    stage, region = Stage(scene), scene.layout.legend
    first, last = (
        np.asarray(stage.draw(scene.timeline.state(frame))).astype(int) for frame in (0, scene.timeline.frames - 1)
    )
    rows_of_it = slice(round(region.top), round(region.bottom))
    changed = np.abs(first - last)[rows_of_it, round(region.left) :].max()
    assert changed > 100


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (13.0, "13.00"), (-0.5, "-0.50"), (0.04, "4.0e-2"), (1.2e-12, "1.2e-12"), (5e300, "5.0e300")],
)
def test_values_are_short(value: float, text: str):
    assert value_text(value, Words()) == text


def test_no_value_is_longer_than_the_longest():
    rng = np.random.default_rng(0)
    for scale in (1e-9, 1.0, 1e5):
        values = np.concatenate([scale * rng.normal(size=200), [0.0, np.nan]])
        longest = max(text_width(text, 16) for text in longest_values(values, Words()))
        assert max(text_width(value_text(float(value), Words()), 16) for value in values) <= longest


def test_a_name_that_is_too_long_ends_in_an_ellipsis():
    assert shortened("gradient descent", 12, 1000) == "gradient descent"
    short = shortened("gradient descent", 12, 60)
    assert short.endswith("…")
    assert "gradient descent".startswith(short[:-1])
    assert text_width(short, 12) <= 60
