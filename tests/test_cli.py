"""The command as a person types it: exit code, what is printed where, and what is on the disk afterwards."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from films import decode
from PIL import Image
from typer.testing import CliRunner, Result

from gdviz.cli.commands import app
from gdviz.functions import CATALOGUE

TINY = ["--size", "128x96", "--fps", "10", "--seconds", "2", "--grid", "4"]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


def size_of(path: str) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def shell(*arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gdviz", *arguments], capture_output=True, text=True, check=False, **settings
    )


def test_render_writes_the_film_and_says_how_it_went(tmp_path: Path):
    result = run("render", "himmelblau", *TINY)
    assert result.exit_code == 0
    film = decode(tmp_path / "himmelblau.mp4")
    assert film.frames.shape == (20, 96, 128, 3)
    assert "himmelblau.mp4  128x96, 2.0 s, 20 frames" in result.stdout
    assert "16 points: 16 converged" in result.stdout
    assert "20/20 frames" in result.stderr
    assert "Traceback" not in result.stderr


def test_quiet_prints_nothing(tmp_path: Path):
    result = shell("render", "sphere", *TINY, "-q", "-o", "a.mp4")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (tmp_path / "a.mp4").exists()


def test_json_is_one_document_and_nothing_else():
    result = run("render", "saddle", *TINY, "--json", "-o", "a.mp4", "-o", "b.mp4")
    assert result.stderr == ""
    films = json.loads(result.stdout)["films"]
    assert [film["path"] for film in films] == ["a.mp4", "b.mp4"]
    assert films[0]["frames"] == 20
    none = {"converged": 0, "running": 0, "diverged": 0, "flat": 0, "undefined": 0, "recorded": 0}
    assert films[0]["points"] == {"points": 16, "left": 16} | none
    assert Path("a.mp4").read_bytes() == Path("b.mp4").read_bytes()


def test_expressions_of_the_same_letters_have_files_of_their_own(tmp_path: Path):
    targets = ["x^2+y^2", "x^2-y^2", "x^2*y^2", "x^2/y^2", "sin(x)*cos(y)", "sin(x)+cos(y)"]
    names = {json.loads(run("still", each, *TINY, "--json").stdout)["path"] for each in targets}
    assert len(names) == len(targets)
    assert names == {path.name for path in tmp_path.iterdir()}
    assert sum(name.startswith("x-2-y-2-") for name in names) == 4
    assert {size_of(name) for name in names} == {(128, 96)}


def test_an_expression_may_be_longer_than_a_title(tmp_path: Path):
    text = " + ".join(f"(x - {number})^2" for number in range(20))
    assert run("render", text, "--size", "64x64", "--seconds", "0.2", "-o", "long.mp4").exit_code == 0
    assert decode(tmp_path / "long.mp4").frames.shape[1:3] == (64, 64)


def test_a_toml_file_is_a_target_and_flags_override_it():
    Path("mine.toml").write_text('function = "sphere"\nsize = [128, 96]\nstarts = { grid = 3 }\ncaption = false\n')
    assert run("still", "mine.toml").exit_code == 0
    assert size_of("mine.png") == (128, 96)
    result = run("still", "mine.toml", "--size", "64x64", "--set", "camera=[{at=0, azimuth=0, elevation=90}]")
    assert result.exit_code == 0
    assert size_of("mine.png") == (64, 64)


def test_a_setting_reaches_into_tables_and_lists():
    Path("mine.toml").write_text(
        'function = "sphere"\nsize = [64, 64]\n[[camera]]\nat = 0\nazimuth = 0\nelevation = 40\nzoom = 1\n'
    )
    run("still", "mine.toml", "-o", "far.png")
    run("still", "mine.toml", "--set", "camera.0.zoom=3", "-o", "near.png")
    with Image.open("far.png") as far, Image.open("near.png") as near:
        assert np.asarray(far).mean() < np.asarray(near).mean()
    assert run("still", "mine.toml", "--set", "camera.7.zoom=3").exit_code == 2
    assert run("still", "mine.toml", "--set", "function.x=3").exit_code == 2


@pytest.mark.parametrize(("at", "frame"), [("0", 0), ("0.5", 10), ("1", 19), ("0.55s", 5), ("2s", 19)])
def test_a_still_is_taken_at_a_share_or_a_time(at: str, frame: int):
    result = run("still", "sphere", *TINY, "--at", at, "--json")
    assert json.loads(result.stdout)["frame"] == frame


@pytest.mark.parametrize("start", ["1.8", "-1.8"])
def test_descend_parabola(start: str):
    arguments = ("descend", "parabola", "--start", start, "--lr", "0.1", "--tolerance", "0.01", "--json")
    data = json.loads(run(*arguments).stdout)
    assert data["ends"][0]["iterations"] == 27
    assert abs(data["ends"][0]["end"][0]) < 0.005
    assert data["ends"][0]["status"] == "converged"


def test_descend_prints_the_basins():
    result = run("descend", "himmelblau", "--grid", "20")
    assert result.exit_code == 0
    for number in ("3.5844", "-3.7793", "-2.8051", "3.1313", "400 points: 400 converged"):
        assert number in result.stdout


def test_descend_writes_trajectories():
    assert run("descend", "himmelblau", "--start", "-0.4,-0.65", "-o", "path.csv").exit_code == 0
    rows = list(csv.DictReader(Path("path.csv").read_text().splitlines()))
    assert rows[0] == {"point": "0", "iteration": "0", "x": "-0.4", "y": "-0.65", "f": rows[0]["f"]}
    assert [int(row["iteration"]) for row in rows] == list(range(len(rows)))
    assert run("descend", "himmelblau", "--grid", "3x2", "-o", "path.npz").exit_code == 0
    with np.load("path.npz") as arrays:
        steps = len(arrays["points"])
        assert arrays["points"].shape == (steps, 6, 2)
        assert arrays["values"].shape == (steps, 6)
        assert arrays["iterations"].max() == steps - 1
        assert arrays["status"].tolist() == [0] * 6


def test_functions_are_listed_shown_and_given_as_data():
    listed = run("functions").stdout
    for each in CATALOGUE:
        assert each.name in listed
    shown = run("functions", "Six Hump").stdout
    assert "six-hump-camel" in shown
    assert "camel6" in shown
    data = json.loads(run("functions", "--json").stdout)
    assert len(data) == len(CATALOGUE)
    himmelblau = json.loads(run("functions", "himmelblau", "--json").stdout)
    assert len(himmelblau["minima"]) == 4
    assert himmelblau["formula"].startswith(r"\left(x^{2}")


WRONG: dict[str, tuple[Sequence[str], str]] = {
    "odd size": (["render", "himmelblau", "--size", "1281x721"], "1280x720 would do"),
    "no size": (["render", "himmelblau", "--size", "big"], "--size: a size is WxH in pixels"),
    "unknown size": (["render", "himmelblau", "--size", "1081p"], "or one of 360p, 480p, 720p, 1080p"),
    "size in words": (["render", "himmelblau", "--set", "size=hd"], "--set size: a size is WxH in pixels"),
    "empty grid": (["render", "himmelblau", "--grid", "0"], "at least 1 point"),
    "huge grid": (["render", "himmelblau", "--grid", "20000"], "too many"),
    "grid in words": (["render", "himmelblau", "--grid", "3x"], "--grid takes whole numbers"),
    "rate nan": (["render", "himmelblau", "--lr", "nan"], "finite"),
    "rate negative": (["render", "himmelblau", "--lr", "-1"], "positive"),
    "no frames": (["render", "himmelblau", "--fps", "0"], "between 1 and 120"),
    "no seconds": (["render", "himmelblau", "--seconds", "0"], "positive number of seconds"),
    "endless": (["render", "himmelblau", "--seconds", "1e9"], "too long"),
    "unknown suffix": (["render", "himmelblau", "--output", "film.xyz"], ".mp4"),
    "missing folder": (["render", "himmelblau", "--output", "missing/folder/film.mp4"], "no folder missing/folder"),
    "no jobs": (["render", "himmelblau", "--jobs", "0"], "at least 1 job"),
    "unknown function": (["render", "himelblau"], "unknown function 'himelblau'; did you mean 'himmelblau'?"),
    "unknown file": (["render", "nothing.toml"], "nothing.toml: there is no such file"),
    "unknown key": (["render", "sphere", "--set", "palete=dusk"], "did you mean 'palette'?"),
    "setting without value": (["render", "sphere", "--set", "palette"], "KEY=VALUE"),
    "start in words": (["render", "sphere", "--start", "here"], "--start takes numbers"),
    "start in 3-D": (["render", "sphere", "--start", "1,2,3"], "2 coordinate"),
    "seed alone": (["render", "sphere", "--seed", "3"], "--random"),
    "view reversed": (["render", "sphere", "--extent", "1,-1,0,1"], "does not lie below"),
    "one variable": (["render", "x^2", "--view", "surface"], "function of x alone"),
    "two variables": (["render", "sphere", "--view", "curve"], "function of x and y"),
    "many slices": (["render", "sphere", "--view", "slices", "--grid", "3"], "follows one point, not 9"),
    "view in words": (["render", "sphere", "--view", "above"], "surface, map, curve, slices, loss or numbers"),
    "unknown preset": (["presets", "hmmelblau-grid"], "did you mean 'himmelblau-grid'?"),
    "no formula": (["formula"], "one of a function, --latex with a formula, and --optimizer"),
    "two formulas": (["formula", "sphere", "--optimizer", "adam"], "one of a function, --latex with a formula"),
    "a slip in an optimizer": (["formula", "--optimizer", "adem"], "did you mean adam?"),
    "nowhere defined": (["render", "log(-1-x^2)+y"], "no finite value"),
    "still as film": (["still", "sphere", "-o", "a.mp4"], ".png"),
    "still too late": (["still", "sphere", "--at", "99s"], "--at takes a time from 0s to 9s"),
    "still nowhere": (["still", "sphere", "--at", "2"], "from 0 to 1"),
    "trajectory suffix": (["descend", "sphere", "-o", "a.txt"], ".csv or .npz"),
    "code": (["render", "__import__('os')"], "unknown function '__import__'"),
    "empty": (["render", ""], "empty"),
    "brackets": (["render", "(" * 5000 + ")" * 5000], "at most 2,000"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_gets_one_sentence_and_exit_code_2(case: str, tmp_path: Path):
    arguments, words = WRONG[case]
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("gdviz: ")
    assert [line for line in result.stderr.splitlines()[1:] if not line.startswith("    ")] == []  # but for the place
    assert words in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["render", "sphere", "--fps", "abc"], ["render", "--bogus"], ["fly"]])
def test_wrong_usage_is_exit_code_2_without_a_traceback(arguments: list[str]):
    result = shell(*arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_failure_of_the_work_is_exit_code_1_and_debug_shows_where(monkeypatch: pytest.MonkeyPatch):
    environment = {"IMAGEIO_FFMPEG_EXE": "/bin/false", "PATH": "/usr/bin:/bin"}
    plain = shell("render", "sphere", *TINY, "-q", env=environment)
    assert plain.returncode == 1
    assert plain.stderr.startswith("gdviz: ffmpeg failed with code 1")
    assert "Traceback" not in plain.stderr
    for name, value in (environment | {"GDVIZ_DEBUG": "1"}).items():
        monkeypatch.setenv(name, value)
    assert "Traceback" in run("render", "sphere", *TINY, "-q").stderr


@pytest.mark.parametrize("arguments", [["--help"], ["render", "--help"]], ids=" ".join)
def test_help_imports_nothing_heavy(arguments: list[str]):
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gdviz", *arguments], capture_output=True, text=True, check=True
    )
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "gdviz.cli.commands" in imported
    assert not imported & {"numpy", "pyvista", "vtkmodules", "matplotlib", "scipy", "sympy", "PIL"}
    assert arguments == ["render", "--help"] or "pydantic" not in imported  # Typer reads a command's flags with it
    assert "render" in result.stdout


def test_version():
    assert run("--version").stdout.startswith("gdviz 0.")


def test_batch_goes_on_after_a_failure_and_ends_with_a_table():
    Path("mine.toml").write_text('function = "sphere"\nstarts = { grid = 2 }\n')
    small = ("--set", "size=[64, 64]", "--set", "fps=2")
    result = run("batch", "parabola", "nothing", "mine.toml", "-d", "media", *small)
    assert result.exit_code == 2
    assert sorted(path.name for path in Path("media").iterdir()) == ["mine.mp4", "parabola.mp4"]
    assert "unknown function 'nothing'" in result.stdout
    assert result.stdout.count("rendered") == 2
    assert "gdviz: 1 of 3 failed: nothing" in result.stderr


def test_batch_as_data_in_several_formats():
    result = run("batch", "parabola", "-d", "media", "-f", "gif", "-f", ".webp", "--set", "size=[64, 64]", "--json")
    assert result.exit_code == 0
    (outcome,) = json.loads(result.stdout)["results"]
    assert outcome["error"] is None
    assert [film["path"] for film in outcome["films"]] == ["media/parabola.gif", "media/parabola.webp"]
    assert all(film["bytes"] == Path(film["path"]).stat().st_size for film in outcome["films"])


def test_a_preset_printed_to_a_file_renders_the_same_film():
    small = ("--set", "size=[96, 64]", "--set", "fps=2")
    Path("my.toml").write_text(run("presets", "himmelblau-grid").stdout)
    assert run("render", "my.toml", *small, "-o", "a.mp4").exit_code == 0
    assert run("render", "himmelblau-grid", *small, "-o", "b.mp4").exit_code == 0
    assert Path("a.mp4").read_bytes() == Path("b.mp4").read_bytes()


def test_the_kind_of_view_and_the_part_that_is_drawn_are_flags():
    arguments = ("himmelblau", "--start=-0.4,-0.65", "--size", "160x90", "--at", "0")
    for name, flags in {
        "slices": ["--view", "slices"],
        "near": ["--view", "slices", "--extent=-2,2,-2,2"],
        "surface": ["--view", "surface"],
    }.items():
        assert run("still", *arguments, *flags, "-o", f"{name}.png").exit_code == 0
    assert len({Path(f"{name}.png").read_bytes() for name in ("slices", "near", "surface")}) == 3


def test_formulas_of_functions_and_of_latex():
    assert run("formula", "himmelblau", "--scale", "2").stdout == "himmelblau.png\n"
    assert (
        run("formula", "--latex", r"\frac{d}{dx} x^n = n x^{n-1}", "--color", "white", "-o", "rule.svg").exit_code == 0
    )
    with Image.open("himmelblau.png") as image:
        assert image.mode == "RGBA"
    assert Path("rule.svg").read_text().count("<path") >= 1
    assert run("formula", "--optimizer", "nag", "--scale", "2").stdout == "nesterov.png\n"
    assert run("formula", "--latex", r"\frac{1}{").exit_code == 2
    assert run("formula", "himmelblau", "--color", "nocolour").exit_code == 2
