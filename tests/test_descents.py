"""`gdviz descend`: what it prints and writes of one run and of several."""

from __future__ import annotations

import csv
import json
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from gdviz.cli.commands import app

RACE = (
    "rosenbrock", "--start=-1.5,2", "--max-iterations=100",
    "--optimizer=newton", "--optimizer=adam:learning_rate=0.1", "--optimizer=gd:learning_rate=1",
)  # fmt: skip
GRID = ("himmelblau", "--grid=4", "--lr=0.01", "--lr=0.02", "--lr=0.1")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)


def descend(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["descend", *arguments], prog_name="gdviz")
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def data(*arguments: str) -> dict[str, Any]:
    return json.loads(descend(*arguments, "--json"))


def cells(table: str) -> dict[str, list[str]]:
    """Return the cells of each row by its first one; the header's too."""
    lines = [line.replace("┃", "│").strip(" │").split("│") for line in table.splitlines() if "│" in line or "┃" in line]
    rows = [[cell.strip() for cell in line] for line in lines]
    return {row[0]: row[1:] for row in rows}


def test_a_race_is_a_table_with_a_row_a_run():
    first, table = descend(*RACE).split("\n", 1)
    assert first == "Rosenbrock: 3 runs, tolerance 0.01, at most 100 iterations"
    rows = cells(table)
    assert rows.pop("run")[:5] == ["rate", "steps", "ended", "best f", "x"]
    assert list(rows) == ["Newton", "Adam", "gradient descent"]
    assert rows["Newton"][:3] == ["–", "5", "converged"]
    assert rows["Newton"][4:6] == ["0.99967", "0.99934"]
    assert rows["Adam"][:3] == ["0.1", "100", "still running"]
    assert rows["gradient descent"][:6] == ["1", "2", "diverged", "12.5", "-1.50000", "2.00000"]


def test_a_race_of_grids_is_a_table_of_how_many_ended_how():
    first, table = descend(*GRID).split("\n", 1)
    assert first == "Himmelblau: 3 runs, 16 points each, tolerance 0.001, at most 1000 iterations"
    rows = cells(table)
    assert rows["basin"] == ["points", "x", "y", "f"]
    assert rows["run"][:5] == ["rate", "converged", "still running", "diverged", "median steps"]
    assert [rows[f"learning rate {rate}"][1:4] for rate in (0.01, 0.02, 0.1)] == [
        ["16", "0", "0"],
        ["9", "7", "0"],
        ["0", "0", "16"],
    ]


def test_best_is_the_least_value_on_the_way_and_not_the_last():
    overshooting = ("rosenbrock", "--start=-1.5,2", "--max-iterations=30", "--optimizer=adam:learning_rate=0.3")
    descend(*overshooting, "-o", "path.npz")
    (run,) = data(*overshooting)["runs"]
    with np.load("path.npz") as arrays:
        least = arrays["values"].argmin()
        assert least < 30
        assert run["best"]["value"] == arrays["values"].min()
        assert run["best"]["location"] == arrays["points"][least, 0].tolist()


def test_a_point_that_begins_where_f_is_not_defined_has_no_part_in_the_best():
    starts = ("--start=-1", "--start=2")
    (run,) = data("x - log(x)", "--lr=0.1", *starts, "--max-iterations=3")["runs"]
    assert run["points"]["diverged"] == 1
    assert 1 < run["best"]["value"] < 2 - np.log(2)


def test_the_first_line_says_how_the_only_run_descends():
    def first(*arguments: str) -> str:
        return descend("rosenbrock", "--start=-1.5,2", "--max-iterations=1", *arguments).splitlines()[0]

    ends = ", tolerance 0.01, 1 iteration"
    assert first() == f"Rosenbrock: Gradient descent, learning rate 0.0007{ends}"
    assert first("--optimizer=newton") == f"Rosenbrock: Newton{ends}"
    assert (
        first("--optimizer=adam:beta1=0.8,learning_rate=0.1") == f"Rosenbrock: Adam, beta1 0.8, learning rate 0.1{ends}"
    )


def test_data_of_one_run_are_what_they_were_and_the_run():
    made = data("himmelblau", "--grid=3")
    (run,) = made["runs"]
    assert list(made) == [
        "function", "tolerance", "max_iterations", "points", "hint", "basins", "learning_rate", "ends", "runs",
    ]  # fmt: skip
    assert {key: run[key] for key in ("points", "basins", "learning_rate", "ends")} == {
        key: made[key] for key in ("points", "basins", "learning_rate", "ends")
    }
    assert run["optimizer"] == "gd"
    assert len(made["ends"]) == 9


def test_data_of_a_race_have_the_settings_and_ends_of_every_run():
    made = data(*RACE)
    assert "ends" not in made
    assert made["points"]["points"] == 3
    newton, adam, descent = made["runs"]
    assert [each["label"] for each in made["runs"]] == ["Newton", "Adam", "gradient descent"]
    assert (newton["learning_rate"], adam["learning_rate"], adam["beta1"]) == (None, 0.1, 0.9)
    assert [each["median_iterations"] for each in made["runs"]] == [5, 100, 2]
    assert [each["ends"][0]["status"] for each in made["runs"]] == ["converged", "running", "diverged"]
    assert made["basins"] == newton["basins"]
    assert descent["basins"] == []


def test_evaluations_are_counted_and_hessians_where_there_are_any():
    header = cells(descend(*RACE))["run"]
    assert header[-3:] == ["values", "gradients", "Hessians"]
    assert cells(descend(*GRID))["run"][-2:] == ["values", "gradients"]
    newton, adam, _ = data(*RACE, "--set", "clock=evaluations")["runs"]  # a clock is for films
    assert newton["evaluations"] == {"f": 0, "gradient": 6, "hessian": 6}
    assert adam["evaluations"] == {"f": 0, "gradient": 100, "hessian": 0}
    assert adam["ends"][0]["iterations"] == 100


def test_basins_of_a_race_count_the_points_of_all_runs():
    made = data(*GRID)
    for basin in made["basins"]:
        shares = [
            each["points"]
            for run in made["runs"]
            for each in run["basins"]
            if np.allclose(each["location"], basin["location"], atol=0.4)
        ]
        assert sum(shares) == basin["points"]
    assert len(made["basins"]) == 4


def test_trajectories_of_a_race_name_the_run_in_a_csv():
    descend(*RACE, "-o", "paths.csv")
    rows = list(csv.DictReader(Path("paths.csv").read_text().splitlines()))
    assert list(rows[0]) == ["run", "point", "iteration", "x", "y", "f"]
    steps = {run: [int(row["iteration"]) for row in part] for run, part in groupby(rows, key=lambda row: row["run"])}
    assert {run: len(part) - 1 for run, part in steps.items()} == {"Newton": 5, "Adam": 100, "gradient descent": 2}
    assert all(part == list(range(len(part))) for part in steps.values())


def test_trajectories_of_a_race_have_an_axis_of_runs_in_an_npz():
    descend(*RACE, "-o", "paths.npz")
    with np.load("paths.npz") as arrays:
        runs, points, values = arrays["runs"].tolist(), arrays["points"], arrays["values"]
        assert runs == ["Newton", "Adam", "gradient descent"]
        assert points.shape == (3, 101, 1, 2)
        assert values.shape == (3, 101, 1)
        assert arrays["iterations"].tolist() == [[5], [100], [2]]
        assert arrays["status"].tolist() == [[0], [1], [2]]
        assert (points[0, 5:] == points[0, 5]).all()  # it rests
        assert (values[0, 5:] == values[0, 5]).all()
    descend(*RACE[:4], "-o", "alone.npz")
    with np.load("alone.npz") as alone:
        assert "runs" not in alone
        assert alone["points"].tolist() == points[0, :6].tolist()


@pytest.mark.parametrize("name", ["paths.csv", "paths.npz"])
def test_no_points_are_no_rows_and_no_numbers(name: str):
    Path("none.toml").write_text('function = "sphere"\nstarts = { points = [] }\n')
    assert "0 points" in descend("none.toml", "-o", name)
    rows = cells(descend("none.toml", "--lr=0.1", "--lr=0.2", "-o", name).split("\n", 1)[1])
    assert rows["learning rate 0.1"] == ["0.1", "0", "–", "–", "0", "0"]


def test_a_film_of_a_race_says_how_each_run_ended():
    small = ("--size=64x64", "--fps=2", "--seconds=1", "--jobs=1", "-o", "race.mp4")
    result = CliRunner().invoke(app, ["render", *RACE, *small])
    assert result.stdout.splitlines()[1:3] == [
        "Newton: converged after 5 iterations, best f 1.09336e-07",
        next(line for line in result.stdout.splitlines() if line.startswith("Adam: still running after 100 iter")),
    ]
    assert "gradient descent: " in result.stdout
    film = json.loads(CliRunner().invoke(app, ["render", *RACE, *small, "--json"]).stdout)["films"][0]
    assert film["points"]["points"] == 3
    assert [run["label"] for run in film["runs"]] == ["Newton", "Adam", "gradient descent"]
    assert film["runs"][0]["best"]["value"] < 1e-6
