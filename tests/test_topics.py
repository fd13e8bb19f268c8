"""`gdviz help TOPIC`, the exit codes that each help tells, and what is shown of progress."""

from __future__ import annotations

import io
import re

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from gdviz.cli.app import command_names
from gdviz.cli.commands import app
from gdviz.cli.result import Exit
from gdviz.description.choices import NamedSize, Palette
from gdviz.movie.formats import FORMATS
from gdviz.progress import reporter, reporters
from gdviz.rendering import Progress
from gdviz.runtime.signals import SIGNALS, Interrupted


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


TOPICS = {
    "formats": tuple(FORMATS),
    "palettes": (*Palette, "viridis", "RdBu"),
    "sizes": (*NamedSize, "1080x1350"),
    "exit-codes": ("130", "interrupted"),
    "timing": ("timing.hold", "timing.slow_step"),
    "camera": ("camera.0.azimuth",),
    "fps": ("Frames a second.",),
    # commands
    "optimizers": ("Usage: gdviz optimizers", "adam", "nesterov"),
    "optimisers": ("Usage: gdviz optimizers", "adam"),
    "functions": ("Usage: gdviz functions", "himmelblau"),
    "presets": ("Usage: gdviz presets", "himmelblau-grid"),
    "view": ("Usage: gdviz view", "What kind of picture"),
}


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_explained(topic: str):
    result = run("help", topic)
    assert result.exit_code == 0
    for words in TOPICS[topic]:
        assert words in result.stdout
    if topic == "fps":
        assert "timing" not in result.stdout


UNKNOWN = {
    "formts": "did you mean 'formats'?",
    "optimiser": "did you mean 'optimizers'?",
    "tming.hold": "did you mean 'timing.hold'?",
    "adam": "'gdviz optimizers adam' shows that one",
    "himmelblu": "'gdviz functions himmelblau' shows that one",
    "qqqq": "there are keys, formats, palettes, sizes, exit-codes, render, still",
}


@pytest.mark.parametrize("topic", UNKNOWN)
def test_a_topic_that_there_is_none_of_gets_a_hint(topic: str):
    result = run("help", topic)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"gdviz: there is no help on '{topic}'; {UNKNOWN[topic]}")


@pytest.mark.parametrize("name", [None, *command_names()])
def test_each_help_tells_the_exit_codes(name: str | None):
    command = get_command(app) if name is None else get_command(app).commands[name]  # type: ignore[attr-defined]
    codes = [int(code) for code in re.findall(r"\d+", command.epilog or "")]
    assert codes == [0, 1, 2, *(Interrupted(number).code for number in SIGNALS)] == list(Exit)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("kind", "bar"), [("xterm", True), ("dumb", False)])
def test_a_terminal_that_cannot_move_its_cursor_gets_lines(kind: str, bar: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TERM", kind)
    stream = Terminal()
    with reporter(stream, quiet=False) as report:
        report(Progress(0, 9))
        report(Progress(9, 9))
    assert ("\x1b[" in stream.getvalue()) == bar
    assert ("9/9 frames, " in stream.getvalue()) != bar


@pytest.mark.parametrize("kind", ["xterm", "dumb"])
def test_of_renders_at_the_same_time_each_is_told_by_its_name(kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TERM", kind)
    stream = Terminal()
    with reporters(stream, quiet=False) as report_of, report_of("[one].toml") as one, report_of("two") as two:
        one(Progress(4, 9, 4))
        two(Progress(7, 8))
        one(Progress(9, 9, 4))
    told = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", stream.getvalue())
    for line in (r"\n?\[one\]\.toml .*/", "\ntwo .*/") if kind == "xterm" else (r"\[one\]\.toml: 9/9 frames, ",):
        assert re.search(line, told)


def test_without_progress_the_result_is_still_told(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    tiny = ["--set", "size=64x64", "--set", "fps=1", "--no-progress", "--jobs", "1"]
    film = run("render", "x^2", *tiny, "-o", "film.mp4")
    assert (film.exit_code, film.stderr) == (0, "")
    assert "film.mp4" in film.stdout
    films = run("batch", "parabola", *tiny, "-d", "films")
    assert (films.exit_code, films.stderr) == (0, "")
    assert "parabola.mp4" in films.stdout


@pytest.mark.parametrize("name", ["NO_COLOR", "TERM"])
def test_colours_are_left_out_where_they_are_not_wanted(name: str, monkeypatch: pytest.MonkeyPatch):
    """Not even if something else forces them."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    colored = r"\x1b\[[0-9;]*3[0-7]"
    assert re.search(colored, run("render", "--help").stdout)
    monkeypatch.setenv(name, {"NO_COLOR": "1", "TERM": "dumb"}[name])
    for command in (["render", "--help"], ["help", "keys"], ["optimizers"], ["functions", "sphere"]):
        assert not re.search(colored, run(*command).stdout)
