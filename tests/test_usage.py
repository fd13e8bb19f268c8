"""Wrong usage, help and completion: what the command line says of itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from gdviz.cli.app import command_names
from gdviz.cli.commands import app
from gdviz.cli.keys import description_keys

COMMANDS = sorted(command_names())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


WRONG = {
    "a function in place of a command": (["himmelblau"], "type 'gdviz render himmelblau'"),
    "a preset in place of a command": (["himmelblau-grid"], "type 'gdviz render himmelblau-grid'"),
    "an expression in place of a command": (["x^2"], "type 'gdviz render x^2'"),
    "a slip in a command": (["rendr", "himmelblau"], "did you mean 'gdviz render'?"),
    "nothing like a command": (["qqqq"], "there are render, still"),
    "nothing to render": (["render"], "missing argument 'TARGET'"),
    "a slip in a flag": (["render", "sphere", "--forse"], "did you mean --force?"),
    "nothing like a flag": (["render", "sphere", "--qqqq"], "'gdviz render --help' lists what there is"),
    "a word for a number": (["render", "sphere", "--fps", "abc"], "--fps takes a number"),
    "a word for a whole number": (["render", "sphere", "--jobs", "1.5"], "--jobs takes a whole number"),
    "a flag without its value": (["render", "sphere", "--grid"], "'--grid' requires an argument"),
    "no folder": (["batch", "parabola"], "missing option '--directory'"),
    "no such topic": (["help", "rendr"], "did you mean 'render'?"),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("columns", ["20", "200"])
def test_wrong_usage_is_told_in_one_sentence_on_any_terminal(
    case: str, columns: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", columns)
    arguments, words = WRONG[case]
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("gdviz: ")
    assert result.stderr.count("\n") == 1
    assert words in result.stderr


@pytest.mark.parametrize(
    "flags",
    [
        ["--fps", "3", "--fps", "4"],
        ["--grid=2", "--grid=2"],
        ["--lr", "0.1", "--learning-rate", "0.1"],
        ["-q", "--quiet"],
        ["--extent=-1,1,-1,1", "--extent=-2,2,-2,2"],
    ],
)
def test_a_flag_that_may_be_given_once_is_not_taken_twice(
    flags: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.chdir(tmp_path)
    result = run("render", "sphere", *flags)
    assert result.exit_code == 2
    assert "may be given once, not 2 times" in result.stderr
    assert not list(tmp_path.iterdir())


def test_the_part_that_is_drawn_may_still_be_said_with_view_which_names_the_new_flag(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.chdir(tmp_path)
    tiny = ("himmelblau", "--size", "64x64", "--at", "0")
    old, new = (
        run("still", *tiny, "--view=-2,2,-2,2", "-o", "a.png"),
        run("still", *tiny, "--extent=-2,2,-2,2", "-o", "b.png"),
    )
    assert (old.exit_code, new.exit_code) == (0, 0)
    assert old.stderr.count("\n") == 1
    assert "--extent" in old.stderr
    assert new.stderr == ""
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_described_with_two_examples_and_every_flag_with_a_sentence(name: str):
    command = get_command(app).commands[name]  # type: ignore[attr-defined]  # the app is a group
    first, second, summary = command.help.split("\n\n")[:3]
    assert first.startswith(f"$ gdviz {name}")
    assert second.startswith(f"$ gdviz {name}")
    assert summary.endswith(".")
    for parameter in command.params:
        assert parameter.help, parameter.name
        assert parameter.metavar or getattr(parameter, "is_flag", False), parameter.name
    shown = run(name, "--help").stdout
    assert "list[" not in shown
    assert "…" not in shown


def test_every_command_and_flag_is_in_the_readme_or_its_documentation():
    root = Path(__file__).parents[1]
    text = "\n".join(path.read_text() for path in [root / "README.md", *(root / "docs").glob("*.md")])
    for name in COMMANDS:
        assert f"gdviz {name}" in text, name


def test_every_key_of_a_description_is_explained():
    keys = description_keys()
    names = [key.name for key in keys]
    assert {"function", "starts.grid", "timing.hold", "camera.0.azimuth", "palette"} <= set(names)
    assert all(key.description.endswith(".") for key in keys)
    shown = run("help", "keys").stdout
    assert shown == run("schema", "--table").stdout
    assert all(name in shown for name in names)
    assert run("render", "--help").stdout == run("help", "render").stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("gdviz ren", "render"),
        ("gdviz render himmelblau-gr", "himmelblau-grid"),
        ("gdviz render rosen", "rosenbrock"),
        ("gdviz functions ackl", "ackley"),
        ("gdviz presets himmelblau-po", "himmelblau-point"),
        ("gdviz render sphere --view sl", "slices"),
        ("gdviz render sphere --set palet", "palette="),
        ("gdviz render sphere --set palette=du", "palette=dusk"),
        ("gdviz batch parabola -d media -f we", "webm"),
        ("gdviz help ke", "keys"),
    ],
)
def test_a_shell_completes(typed: str, offered: str):
    words = typed.split(" ")
    environment = os.environ | {
        "_GDVIZ_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - 1),
    }
    told = subprocess.run([sys.executable, "-m", "gdviz"], env=environment, capture_output=True, text=True, check=False)
    assert offered in told.stdout.split("\n"), told
