"""Where most points do not arrive, one sentence says why, and names a flag with which they do."""

from __future__ import annotations

import json
import re
import shlex
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.hints import hint
from gdviz.rendering import render
from gdviz.scene.subject import Subject

GRID = ["--grid", "6"]


def descend(*arguments: str) -> Any:
    result = CliRunner().invoke(app, ["descend", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


ARRIVES_WITH_WHAT_IS_NAMED = {
    "too few iterations": ["sphere", "--max-iterations", "5", *GRID],
    "none at all": ["x^2 + y^2", "--max-iterations", "0", *GRID],
    "a small rate": ["zakharov", "--lr", "0.0001", *GRID],
    "a small rate, few iterations": ["x^4 + y^4", *GRID],
    "a named function's own iterations": ["dixon-price", "--max-iterations", "100", *GRID],
    "a large rate": ["himmelblau", "--lr", "1", *GRID],
    "a large rate for an expression": ["x^2 + y^2 + 1", "--lr", "5", *GRID],
    "a large rate for one point": ["parabola", "--lr", "1.5", "--start", "1"],
    "a narrow domain": ["himmelblau", "--domain=-0.5,0.5,-0.5,0.5", "--extent=-0.5,0.5,-0.5,0.5", *GRID],
}


@pytest.mark.parametrize("case", ARRIVES_WITH_WHAT_IS_NAMED)
def test_what_a_hint_names_is_what_helps(case: str):
    arguments = ARRIVES_WITH_WHAT_IS_NAMED[case]
    before = descend(*arguments)
    assert before["points"]["converged"] < before["points"]["points"] / 2
    flags = re.findall(
        r"(--learning-rate)[^0-9]*([0-9.e-]+)|(--max-iterations) (\d+)|(--(?:domain|extent)=[0-9.,-]+)", before["hint"]
    )
    assert flags
    together = [part for flag in flags for part in flag if part]
    given = [each.replace("--lr", "--learning-rate") for each in arguments]
    for flag in (each for each in together if each.startswith("--")):
        name = flag.partition("=")[0]
        if name in given:
            del given[given.index(name) : given.index(name) + 2]
        given = [each for each in given if not each.startswith(f"{name}=")]
    after = descend(*given, *together)
    assert after["points"]["converged"] >= after["points"]["points"] / 2, shlex.join([*given, *together])
    assert after["hint"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["log(x) + y^2", "--extent=-9,1,-5,5", *GRID], "most starts lie where the function has no value"),
        (["sqrt(x) + y^2", "--start=0,1", "--start=0,2"], "the function has no gradient"),
        (["abs(x) + abs(y)", "--optimizer=newton", *GRID], "where newton has no next step; .* another optimizer"),
        (["abs(x) + abs(y)", *GRID], "still running after 1,000 iterations, and would be after 4,000, too"),
        (["bukin-n6", *GRID], "its valley is a crease"),
        (["saddle", *GRID], "most points left the domain, .*; it has no minimum"),
        (["sphere", "--extent=3,4,3,4", *GRID], "most points ended outside the extent; try a wider --extent"),
    ],
)
def test_where_nothing_helps_the_reason_is_given(arguments: list[str], words: str):
    assert re.search(words, str(descend(*arguments)["hint"]))


def test_on_a_clock_of_evaluations_that_many_are_named_as_are_needed():
    def hint_of(most: int) -> str | None:
        keys = {"optimizer": "cg_pr", "clock": "evaluations", "max_iterations": most, "starts": {"grid": [3, 3]}}
        resolved = resolve(Animation.from_data({"function": "himmelblau", **keys}))
        return hint(resolved, [run.descent for run in Subject(resolved).runs])

    said = str(hint_of(3))
    assert said.startswith("most points are still running after 3 evaluations; try --max-iterations ")
    assert hint_of(int(said.rsplit(maxsplit=1)[-1])) is None


@pytest.mark.parametrize("arguments", [["sphere"], ["easom"], ["parabola", "--set", "starts.points=[]"], ["0*x"]])
def test_where_points_arrive_or_rest_nothing_is_said(arguments: list[str]):
    assert descend(*arguments)["hint"] is None
    assert "hint" not in CliRunner().invoke(app, ["descend", *arguments]).stdout


def test_a_film_says_it_too_but_not_if_it_shall_be_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    film = ["render", "x^2 + y^2", "--max-iterations", "3", "--grid", "2", "--size", "64x64", "--fps", "2",
            "--seconds", "1", "-o", "a.mp4"]  # fmt: skip
    said = CliRunner().invoke(app, film).stdout.splitlines()[-1]
    assert re.fullmatch(r"hint: most points are still running after 3 iterations; try --max-iterations [0-9]+", said)
    data = json.loads(CliRunner().invoke(app, [*film, "--json"]).stdout)
    assert data["films"][0]["hint"] == said.removeprefix("hint: ")
    quiet = CliRunner().invoke(app, [*film, "--quiet"])
    assert (quiet.exit_code, quiet.output) == (0, "")


@pytest.mark.parametrize("drawn_by", [{"jobs": 1}, {"jobs": 2}, {"executor": ThreadPoolExecutor(2)}])
def test_whoever_draws_a_film_the_hint_is_the_same(drawn_by: dict[str, Any], tmp_path: Path):
    data = {
        "function": "x^2 + y^2",
        "max_iterations": 3,
        "learning_rate": 0.01,
        "starts": {"grid": 2},
        "size": [64, 64],
    }
    more = {"fps": 12, "timing": {"approach": 0, "hold": 0, "descent": 4, "finish": 0}}
    (film,) = render(Animation.from_data(data | more), [tmp_path / "a.mp4"], **drawn_by)
    assert re.search("still running after 3 iterations; try --learning-rate", str(film.hint))
