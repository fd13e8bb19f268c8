"""Wrong usage, help and completion: what the command line says of itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from gdviz.cli.app import command_names
from gdviz.cli.commands import app
from gdviz.cli.keys import description_keys

COMMANDS = sorted(command_names())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


def command_named(name: str) -> Any:
    return get_command(app).commands[name]  # type: ignore[attr-defined]  # the app is a group


WRONG = {
    "a function in place of a command": (["himmelblau"], "type: gdviz render himmelblau"),
    "a preset in place of a command": (["himmelblau-grid"], "type: gdviz render himmelblau-grid"),
    "an expression in place of a command": (["x^2"], "type: gdviz render 'x^2'"),
    "an expression with a blank, which may be read in two ways": (["1/2x y"], "type: gdviz render '1/2x y'"),
    "a slip in a command": (["rendr", "himmelblau"], "did you mean 'gdviz render'?"),
    "nothing like a command": (["qqqq"], "there are render, still"),
    "nothing to render": (["render"], "TARGET is missing; 'gdviz render --help'"),
    "a slip in a flag": (["render", "sphere", "--forse"], "did you mean --force?"),
    "nothing like a flag": (["render", "sphere", "--qqqq"], "'gdviz render --help' lists what there is"),
    "a word for a number": (["render", "sphere", "--fps", "abc"], "--fps takes a number"),
    "a word for a whole number": (["render", "sphere", "--jobs", "1.5"], "--jobs takes a whole number"),
    "a flag without its value": (["render", "sphere", "--grid"], "--grid takes N|NxM; 'gdviz render --help'"),
    "a value for a switch": (["render", "sphere", "--force=3"], "--force takes no value; 'gdviz render --help'"),
    "a value for a switch of gdviz itself": (["--version=3"], "--version takes no value; 'gdviz --help'"),
    "a slip in a kind of view": (["render", "sphere", "--view", "surfaces"], "did you mean surface?"),
    "a slip in a size": (["render", "sphere", "--size", "1081p"], "not '1081p'; did you mean 1080p?"),
    "a slip in a key": (["render", "sphere", "--set", "palete=dusk"], "did you mean 'palette'?"),
    "a slip in a palette": (["render", "sphere", "--set", "palette=dask"], "not 'dask'; did you mean dusk?"),
    "a slip in a colormap": (["render", "sphere", "--palette", "Virids_r"], "not 'Virids_r'; did you mean viridis_r?"),
    "colours without an order": (
        ["render", "sphere", "--palette", "tab10"],
        "tab10 is a list of colours without an order",
    ),
    "a slip in a theme": (["render", "sphere", "--theme", "lihgt"], "not 'lihgt'; did you mean 'light'?"),
    "a slip in a format": (["render", "sphere", "-o", "film.mp5"], "did you mean .mp4?"),
    "an expression without quotes": (["render", "x^2", "+", "y^2"], "'+' is one argument too many"),
    "a flag of another command": (["descend", "sphere", "--size", "9x9"], "it is one of render, still, "),
    "a flag of other programs": (["render", "sphere", "--overwrite"], "did you mean --force (-y)?"),
    "a flag of other programs that stands for nothing here": (["schema", "--yes"], "gdviz schema --help"),
    "a file without its flag": (
        ["render", "sphere", "a.mp4"],
        "'a.mp4' is one argument too many; to write to it, type: -o",
    ),
    "several files": (["render", "a.toml", "b.toml"], "'gdviz batch' takes several files"),
    "an argument that is none": (["doctor", "x"], "'x' is one argument too many: doctor takes none"),
    "a slip in a file's name": (["render", "mine.tml"], "mine.tml: there is no such file"),
    "a command that is a flag": (["version"], "did you mean 'gdviz --version'?"),
    "a list that is not there": (["render", "sphere", "--set", "camera.0.zoom=2"], "there is no list camera yet"),
    "a slip in a number's name": (["render", "sphere", "--optimizer", "adam:bta1=1"], "did you mean beta1?"),
    "no folder": (["batch", "parabola"], "--directory is missing; 'gdviz batch --help'"),
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
    "typed",
    [
        "fly",
        "render sphere --bogus",
        "render sphere --view above",
        "render sphere --set colour=dusk",
        "render sphere --size hd",
        "render sphere --palette nosuch",
        "render sphere --theme sepia",
        "render sphere -o film.avi",
        "render nothing",
        "presets nothing",
        "optimizers zzzz",
        "help nothing",
    ],
)
def test_no_word_is_suggested_where_none_is_near(typed: str):
    result = run(*typed.split())
    assert result.exit_code == 2
    assert "did you mean" not in result.stderr


def once() -> list[tuple[str, list[str]]]:
    """Return each spelling of every command's flags that may be given once, with a value where it takes one."""
    options = [
        (name, option)
        for name in COMMANDS
        for option in command_named(name).params
        if option.param_type_name == "option" and not option.multiple
    ]
    return [
        (name, [spelling] if option.is_flag else [spelling, "1"])
        for name, option in options
        for spelling in option.opts
    ]


@pytest.mark.parametrize(("name", "flag"), once(), ids="".join)
def test_a_flag_that_may_be_given_once_is_not_taken_twice(name: str, flag: list[str]):
    (long,) = [option.opts[0] for option in command_named(name).params if flag[0] in option.opts]
    result = run(name, *flag, *flag)
    assert (result.exit_code, result.stderr) == (2, f"gdviz: {long} may be given once, not 2 times\n")


def test_two_spellings_of_a_flag_are_one_flag_and_some_may_be_repeated():
    assert "--json may be given once" in run("descend", "sphere", "--json", "--json").stderr
    assert (
        run("descend", "sphere", "--start", "1,1", "--start", "2,2", "--set", "fps=5", "--set", "fps=6").exit_code == 0
    )


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
    command = command_named(name)
    first, second, summary = command.help.split("\n\n")[:3]
    assert first.startswith(f"$ gdviz {name}")
    assert second.startswith(f"$ gdviz {name}")
    assert summary.endswith(".")
    for parameter in command.params:
        assert parameter.help, parameter.name
        assert parameter.metavar or getattr(parameter, "is_flag", False), parameter.name
    shown = CliRunner(env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"}).invoke(app, [name, "--help"]).stdout
    assert "…" not in shown
    assert not {"<str>", "<bool>", "<list[str]>"} & set(shown.split())
    for parameter in command.params:
        for whole in (*(parameter.opts if parameter.param_type_name == "option" else ()), parameter.metavar or ""):
            assert whole in shown


@pytest.mark.parametrize("name", ["render", "still", "descend"])
def test_flags_stand_in_panels(name: str):
    shown = run(name, "--help").stdout
    panels = [shown.index(f"─ {title} ─") for title in ("Starts", "Descent", "Picture", "Output")]
    assert panels == sorted(panels)


@pytest.mark.parametrize("flag", ["--panel", "--theme", "--palette", "--background", "--field", "--loop", "--max-size"])
def test_what_draws_nothing_takes_no_flag_that_says_how_to_draw(flag: str):
    result = run("descend", "sphere", flag, "1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"there is no flag '{flag}'" in result.stderr


def test_help_alone_is_the_help_of_all_and_begins_with_examples():
    shown = run("help").stdout
    assert shown == run("--help").stdout
    assert shown.count("$ gdviz ") == 2
    assert all(name in shown for name in COMMANDS)


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
        ("gdviz optimizers rms", "rmsprop"),
        ("gdviz formula --optimizer heavy", "heavy-ball"),
        ("gdviz presets himmelblau-po", "himmelblau-point"),
        ("gdviz render sphere --view sl", "slices"),
        ("gdviz render sphere --view=sl", "slices"),
        ("gdviz render sphere --size 10", "1080p"),
        ("gdviz render sphere --theme l", "light"),
        ("gdviz render sphere --palette du", "dusk"),
        ("gdviz render sphere --palette vir", "viridis"),
        ("gdviz still sphere --set size=sto", "story"),
        ("gdviz batch sphere --quality dr", "draft"),
        ("gdviz render sphere --background t", "transparent"),
        ("gdviz render sphere --set timing", "timing.hold="),
        ("gdviz render sphere --set palet", "palette=dusk"),
        ("gdviz render sphere --set palette=", "dusk"),  # bash puts it behind the `=`
        ("gdviz render sphere --set palette=du", "dusk"),
        ("gdviz render sphere --set=palet", "palette=dusk"),
        ("gdviz render sphere --set=palette=du", "dusk"),
        ("gdviz render --set palette=dusk rosen", "rosenbrock"),
        ("gdviz batch parabola -d media -f we", "webm"),
        ("gdviz help ke", "keys"),
        ("gdviz still abo", "above.toml"),
    ],
)
def test_a_shell_completes(typed: str, offered: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "above.toml").touch()
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(app, [], prog_name="gdviz", env=as_bash_asks(typed))
    assert offered in told.stdout.split("\n"), told.output


def test_a_shell_is_answered_by_a_process():
    environment = os.environ | as_bash_asks("gdviz ren")
    told = subprocess.run([sys.executable, "-m", "gdviz"], env=environment, capture_output=True, text=True, check=False)
    assert (told.stdout, told.stderr) == ("render\n", "")


def as_bash_asks(typed: str) -> dict[str, str]:
    words = re.findall("=|[^ =]+", typed)  # as bash has them
    return {
        "_GDVIZ_COMPLETE": "complete_bash",
        "COMP_WORDS": "\n".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
