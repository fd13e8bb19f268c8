"""What `gdviz tune` says, and its picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.ladders import climbs_of
from gdviz.movie.provenance import Kind, read_stamp
from gdviz.picture.ladders import NOTHING, Climb, ladder_marks
from gdviz.picture.marks import Dot, Label, Line, Mark
from gdviz.picture.themes import DARK, LIGHT, Theme

START = ("--start=-0.4,-0.65",)


def typed(*words: str) -> str:
    ended = CliRunner().invoke(app, ["tune", *words], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def refused(*words: str) -> str:
    ended = CliRunner().invoke(app, ["tune", *words], catch_exceptions=False)
    assert ended.exit_code == 2
    return ended.stderr


def climbs(**keys: Any) -> list[Climb]:
    return climbs_of(Animation.from_data({"starts": {"points": [[-0.4, -0.65]]}, "function": "himmelblau"} | keys))[1]


def marks_of(found: list[Climb], size: tuple[int, int] = (640, 360), theme: Theme = DARK) -> list[Mark]:
    return ladder_marks("Himmelblau", found, size, theme, "learning rate")


def texts(marks: list[Mark]) -> list[str]:
    return [mark.text for mark in marks if isinstance(mark, Label)]


def test_a_table_has_a_row_for_each_rate_that_settles_and_one_for_those_that_end_alike():
    rows = [
        line.split("│")[1:4] for line in typed("himmelblau", "--optimizer", "adam", *START).splitlines() if "│" in line
    ]
    cells = [[cell.strip() for cell in row] for row in rows]
    assert cells[0] == ["1e-6 to 0.00398107", "", "still running"]
    assert ["1.25893", "108", "settles * chosen: settles soonest"] in cells
    assert cells[-1] == ["5.01187 to 1000", "", "leaves the view"]
    assert ["0.01", "393", "settles"] in cells


def test_runs_that_differ_in_their_rates_are_one_with_the_optimizers_name():
    runs = [{"label": "too small", "learning_rate": 0.001}, {"label": "too large", "learning_rate": 1}]
    assert [each.label for each in climbs(optimizer="adam", runs=runs)] == ["Adam"]


def test_a_preset_with_arrows_may_be_tuned():
    assert "Adam: learning rate" in typed("adam-anatomy")


def test_several_optimizers_are_summed_up():
    told = typed("himmelblau", "--optimizer", "gd", "--optimizer", "adam", "--optimizer", "bfgs", *START)
    *_, gd, adam, bfgs = [line for line in told.splitlines() if line.startswith("│")]
    assert [cell.strip() for cell in gd.split("│")[1:6]] == [
        "gradient descent",
        "0.0158489",
        "1 of 1",
        "13",
        "settles soonest",
    ]
    assert "1.25893" in adam
    assert "needs no rate; settles" in bfgs


def test_hyperparameters_make_another_ladder_and_name_it():
    slow, fast = climbs(runs=[{"optimizer": "momentum"}, {"optimizer": "momentum", "momentum": 0.5}])
    assert slow.ladder.rungs != fast.ladder.rungs
    assert [slow.label, fast.label] == ["momentum 0.9", "momentum 0.5"]


def test_rates_and_schedules_of_a_description_do_not_count():
    (one,) = climbs(runs=[{"learning_rate": 0.1}, {"learning_rate": 0.2, "schedule": "cosine"}])
    assert one.ladder.rate == climbs()[0].ladder.rate == 0.0158489


def test_json_has_every_rate_and_how_it_ends():
    told = json.loads(typed("himmelblau", "--optimizer", "gd", *START, "--json"))
    (one,) = told["optimizers"]
    assert (one["learning_rate"], one["reason"], one["most_steps"]) == (0.0158489, "settles soonest", 1000)
    assert (len(one["ladder"]), one["starts"], told["path"]) == (91, [[-0.4, -0.65]], None)
    (best,) = [rung for rung in one["ladder"] if rung["learning_rate"] == 0.0158489]
    assert best == {"learning_rate": 0.0158489, "settled": 1, "steps": [13], "endings": ["settles"]}


def test_the_same_picture_is_written_each_time_and_stamped(tmp_path: Path):
    for name in ("a.png", "b.png"):
        typed("x^2 + y^2", "--optimizer", "adam", "--size", "200x120", "--start", "1,2", "-o", str(tmp_path / name))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert read_stamp(tmp_path / "a.png", Kind.LADDERS)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (200, 120)


def test_what_is_wrong_is_refused_before_a_search(tmp_path: Path):
    assert "a picture of learning rates is a .png file" in refused("himmelblau", "-o", str(tmp_path / "a.svg"))
    assert "did you mean" in refused("himmelblau", "--optimizer", "adma")


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_a_picture_has_a_curve_a_dot_and_the_rate_of_each_optimizer(theme: Theme):
    found = climbs(runs=[{"optimizer": "gd"}, {"optimizer": "adam"}])
    marks = marks_of(found, theme=theme)
    assert {"steps until settled", "learning rate", "gradient descent", "Adam", "still running"} <= set(texts(marks))
    assert texts(marks).count("0.0158") == texts(marks).count("1.26") == 2  # in the legend, and at its dot
    for color in {mark.color for mark in marks if isinstance(mark, Line) and len(mark.points) > 4}:
        curve = np.concatenate([mark.points for mark in marks if isinstance(mark, Line) and mark.color == color])
        lowest = curve[:, 1].max()
        assert [mark for mark in marks if isinstance(mark, Dot) and mark.color == color and mark.centre[1] == lowest]


def test_rates_at_which_nothing_settles_are_bands_above_the_plot():
    marks = marks_of(climbs(optimizer="gd"))
    (low,) = [mark.points for mark in marks if isinstance(mark, Line) and len(mark.points) > 4]
    left, right = low[0, 0], low[-1, 0]
    bands = [mark.points[:, 0] for mark in marks if isinstance(mark, Line) and mark.opacity < 1]
    assert bands
    assert all(band.max() < left or band.min() > right for band in bands)
    assert {"still running", "diverges"} <= set(texts(marks))


def test_a_plot_in_which_nothing_settles_says_so():
    found = climbs(function="saddle", starts={"points": [[1, 0.001]]})
    assert NOTHING in texts(marks_of(found))


@pytest.mark.parametrize("size", [(64, 64), (640, 360), (360, 640), (1920, 1080)])
def test_all_marks_are_in_the_picture(size: tuple[int, int]):
    for mark in marks_of(climbs(runs=[{"optimizer": "gd"}, {"optimizer": "adam"}, {"optimizer": "newton"}]), size):
        if isinstance(mark, Line | Dot):
            places = mark.points if isinstance(mark, Line) else mark.centre[None]
            assert (places >= 0).all()
            assert (places[:, 0] <= size[0]).all()
            assert isinstance(mark, Dot) or (places[:, 1] <= size[1]).all()
