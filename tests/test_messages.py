"""A message names what is wrong: the flag that gave a value, or the file, and never a file that is right."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.description.presets import presets

FILES = {
    "grid": 'function = "himmelblau"\nstarts = { grid = 3 }\ntiming = { descent = 100 }\n'
    "camera = [{ at = 0, azimuth = 0, elevation = 9 }, { at = 1, azimuth = 0, elevation = 9 }]\n",
    "points": 'function = "himmelblau"\nstarts.points = [[1, 2]]\n',
    "wrong": 'function = "himmelblau"\nstarts.points = [[1, 2, 3]]\n',
    "misspelt": 'fuction = "himmelblau"\n',
    "broken": 'function = "himmelblau"\nlearning_rate = 0\n',
    "still": 'function = "himmelblau"\ntiming = { approach = 0, hold = 0, descent = 0, finish = 0 }\n',
}

NAMED = {
    # a flag over a preset, a function or a file
    "sphere --lr 0": "--learning-rate: the learning rate must be a positive number, not 0",
    "himmelblau --lr 0": "--learning-rate: the learning rate must be a positive number, not 0",
    "grid.toml --learning-rate nan": "--learning-rate: must be a finite number",
    "sphere --tolerance -1": "--tolerance: must be greater",
    "sphere --max-iterations -1": "--max-iterations: must be greater",
    "sphere --fps 0": "--fps: frames a second must lie between 1 and 120",
    "sphere --size 65x64": "--size: both sides must be even",
    "sphere --size 2": "--size: both sides must lie between",
    "sphere --grid 0": "--grid: a grid needs at least 1 point",
    "sphere --grid 20000": "--grid: 400,000,000 points are too many",
    "sphere --random -1": "--random: must be greater",
    "sphere --random 3 --seed -1": "--seed: must be greater",
    "sphere --start 1": "--start: a start of this function has 2 coordinate(s), not 1",
    "x^2 --start 1,2": "--start: a start of this function has 1 coordinate(s), not 2",
    "sphere --start 1,2 --start 1,nan": "--start: must be a finite number",
    "sphere --extent 1,-1,0,2": "--extent: each lower end must lie below",
    "sphere --extent 0,1": "--extent: the extent of this function is xmin,xmax,ymin,ymax, not 2",
    "x^2 --domain 0,1,0,1": "--domain: the domain of this function is xmin,xmax, not 4",
    "sphere --seconds 0": "--seconds: the film's length must be a positive number",
    "sphere --seconds 1e9": "--seconds: a film of 30,000,000,000 frames is too long",
    "still.toml --seconds 3": "--seconds: no phase of this film has a length",
    # a setting
    "sphere --set timing.hold=-1": "--set timing.hold: must be greater",
    "sphere --set timing={hold=-1}": "--set timing: timing.hold: must be greater",
    "sphere --set timing.hodl=1": "--set timing.hodl: 'timing.hodl' is not a key of an animation; did you mean 'hold'?",
    "sphere --set palete=dusk": "--set palete: 'palete' is not a key of an animation; did you mean 'palette'?",
    "sphere --set axes=ture": "--set axes: must be 'auto', 'true' or 'false', not 'ture'; did you mean 'true'?",
    "sphere --set a.b=1": "--set a.b: 'a' is not a key",
    "sphere --set camera=[{at=0}]": "--set camera: camera.0.azimuth: must be given",
    "sphere --set field={grid=[3]}": "--set field: field.grid.1: has too few numbers",
    "sphere --set fps=fast": "--set fps: must be a number, not 'fast'",
    "sphere --set field.grid=2.5": "--set field.grid: must be a whole number, or [columns, rows], not '2.5'",
    "sphere --set max_iterations=2.5": "--set max_iterations: must be a whole number, not '2.5'",
    "sphere --set field={grid=[1,2,3]}": "--set field: field.grid: must have at most 2 entries",
    f"sphere --set title={'x' * 81}": "--set title: must have at most 80 characters, not 'xxx",
    "sphere --set field=true": "--set field: must be a table with keys, not 'true'",
    "sphere --set labels=3": "--set labels: must be a table with keys, not '3'",
    "sphere --set panels=loss": "--set panels: must be a list, not 'loss'",
    "sphere --set palette=3": "--set palette: must be a text, not '3'",
    "sphere --set formula=ture": "--set formula: must be true or false, not 'ture'",
    "grid.toml --set camera.01.zoom=99": "--set camera.01.zoom: must be less",
    "sphere --set function=himelblau": "--set function: unknown function 'himelblau'; did you mean",
    "sphere --fps 60 --set fps=0": "--set fps: frames a second",
    "sphere --set timing.hold=-1 --set timing={hold=-2}": "--set timing: timing.hold: must be greater",
    "sphere --grid 3 --set starts.grid=0": "--set starts.grid: a grid needs at least 1 point",
    # values that do not fit together
    "griewank-field --set function=x^2": "--set function: a field needs x and y, and x^2 is a function of x alone",
    "sphere --grid 3 --random 4": "--grid and --random: give exactly one of",
    "grid.toml --set starts.random=4": "--set starts.random: give exactly one of",
    "points.toml --set function=x^2": "--set function: a start of this function has 1 coordinate(s), not 2",
    "grid.toml --grid 400 --max-iterations 100000": "--grid and --max-iterations: 160,000 points over",
    "grid.toml --fps 120 --set timing.descent=400": "--set timing.descent and --fps: a film of 48,360 frames",
    "grid.toml --lr 1 --fps 120 --size 7680x4320": "--fps and --size: 12,360 frames of 7680x4320",
    "grid.toml --set camera.0.at=1": "--set camera.0.at: keyframes must be in the order",
    # no flag takes part
    "wrong.toml --size 64x64": "wrong.toml:2: a start of this function has 2 coordinate(s), not 3",
    "wrong.toml --set starts.seed=3": "wrong.toml:2: a start of this function has 2 coordinate(s), not 3",
    "misspelt.toml --fps 5": "misspelt.toml:1: 'fuction' is not a key of an animation; did you mean 'function'?",
    "broken.toml --fps 5": "broken.toml:2: learning_rate: the learning rate must be",
    "himelblau --fps 5": "unknown function 'himelblau'; did you mean 'himmelblau'?",
    "x+ --fps 5": "'x+' is not an expression",
}


@pytest.fixture(autouse=True)
def _in_a_folder_with_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(f"{name}.toml").write_text(text)


@pytest.mark.parametrize("line", NAMED)
def test_a_message_begins_with_what_is_to_blame(line: str):
    target, *flags = line.split(" ")
    result = CliRunner().invoke(app, ["render", "--output", "film.mp4", *flags, "--", target])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"gdviz: {NAMED[line]}")
    assert all(line.startswith("    ") for line in result.stderr.splitlines()[1:])  # but for the place
    assert sorted(FILES) == sorted(path.stem for path in Path().iterdir())


def test_a_preset_that_is_broken_is_named(monkeypatch: pytest.MonkeyPatch):
    folder = Path("installed")
    folder.mkdir()
    (folder / "himmelblau.toml").write_text("function = 3\n")
    monkeypatch.setattr("gdviz.description.presets._IN_THE_REPOSITORY", folder)
    monkeypatch.setattr("gdviz.description.presets._PACKED", folder / "none")
    assert list(presets()) == ["himmelblau"]
    result = CliRunner().invoke(app, ["render", "himmelblau", "--fps", "5"])
    assert (result.exit_code, result.stderr) == (
        2,
        "gdviz: installed/himmelblau.toml:1: function: must be a text, not '3'\n",
    )
