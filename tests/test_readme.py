"""What the documentation shows is typed here as it stands there, and says what the documentation says that it says.

Films are tiny and have one frame a second: that is what GDVIZ_TINY=1 is for.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from generator import pages
from generator.commands import Ended
from shown import typed

import gdviz
from gdviz.cli.commands import app
from gdviz.cli.keys import description_keys
from gdviz.descent.optimizers import OPTIMIZERS

ROOT = Path(__file__).parents[1]
PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/ci.md")}
PRESETS = ("easom", "parabola")  # two are enough for `presets/*.toml`
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # it is a group

INSTALLERS = ("python -m pip", "pipx", "uv tool")
NOT_TYPED = {
    "make demo": "it makes an environment and installs packages",
    "make test": "it is what runs this test",
    "make media": "it makes an environment, and renders every preset at its full size",
    **{f"{tool} install {what}": "it installs gdviz" for tool in INSTALLERS for what in (".", "'.[h5]'")},
    "gdviz view himmelblau --grid 20 -o above.toml": "it opens a window; test_window.py does",
    "gdviz doctor": "test_doctor.py does",
    ".ci/media media presets/*.toml": "test_ci.py does",
}
FAILS = {
    "gdviz batch --check presets/*.toml --directory media": 1,  # no film is there yet
    "gdviz batch --check --prune presets/*.toml --directory media": 1,
    'gdviz render "2 +* x"': 2,  # it shows how wrong input is told
}


def blocks(page: str, language: str) -> list[str]:
    return [block.text for block in pages.blocks(PAGES[page]) if block.language == language]


def shown() -> list[pages.Command]:
    return [step for page in PAGES.values() for step in pages.steps(page) if isinstance(step, pages.Command)]


def spoken() -> set[str]:
    """Return the commands that the pages name within a sentence, without the program's name."""
    return {each for page in PAGES.values() for each in re.findall(r"`gdviz ([^-`][^`]*)`", page)}


TYPED = {each.command: each for each in shown() if each.command not in NOT_TYPED}
SHORTEST = {each.split()[1]: each for each in sorted(TYPED, key=len, reverse=True)}  # of each of gdviz's commands
IN_A_SHELL = {*SHORTEST.values(), *(command for command in TYPED if "presets/*" in command)}


def in_a_shell(command: str) -> Ended:
    """Run a command as a user does, in the working folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command], env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_what_is_not_typed_is_still_shown():
    assert {each.command for each in shown()} >= NOT_TYPED.keys() | FAILS.keys()
    assert all(command.startswith("gdviz ") for command in TYPED)
    assert len(TYPED) > 15


@pytest.mark.parametrize("command", TYPED)
def test_a_command_that_is_shown_does_what_is_shown(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "presets").mkdir()
    for name in PRESETS:
        shutil.copy(ROOT / "presets" / f"{name}.toml", tmp_path / "presets")
    (described,) = [each for each in blocks("README.md", "toml") if "[[camera]]" in each]
    (tmp_path / "above.toml").write_text(described, encoding="utf-8")
    x, y = np.linspace(-2, 2, 9), np.linspace(-1, 1, 7)
    walk = np.array([[1.5, 0.5], [1.0, 0.2], [0.5, 0.0]])
    paths: dict[str, Any] = {"path_adam": walk, "loss_adam": np.array([9.0, 4.0, 1.0]), "path_sgd": walk / 2}
    np.savez(tmp_path / "loss.npz", x=x, y=y, f=x**2 + 3 * y[:, None] ** 2, **paths)
    (tmp_path / "mine.csv").write_text("step,x,y,loss\n0,1.5,0.5,9\n1,1,0.2,4\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GDVIZ_TINY", "1")
    done = in_a_shell(command) if command in IN_A_SHELL else typed(TYPED[command])
    assert done.code == FAILS.get(command, 0), done.stderr
    for line in TYPED[command].lines:
        if not line.endswith(" MB"):  # a tiny film is smaller
            assert line in (done.stdout + done.stderr).splitlines()


@pytest.mark.parametrize("command", sorted(spoken()))
def test_a_command_that_is_spoken_of_has_these_flags(command: str):
    name, *words = shlex.split(command.partition(" -- ")[0])
    options = {spelling for option in COMMANDS[name].params for spelling in option.opts} | {"--help"}
    flags = [word.partition("=")[0] for word in words if word.startswith("-")]
    assert not set(flags) - options


def test_the_program_that_is_shown_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (program,) = blocks("README.md", "python")
    full = gdviz.Animation
    monkeypatch.setattr(gdviz, "Animation", lambda **given: full(**given, size=(64, 64), fps=1))
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "README.md", "exec"), {})  # our own text
    assert (tmp_path / "himmelblau.mp4").exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_flag_is_described_in_help_and_in_the_documentation(name: str):
    text = "\n".join(PAGES.values())
    command = COMMANDS[name]
    assert f"gdviz {name}" in text
    assert command.short_help.endswith(".")
    for parameter in command.params:
        assert re.fullmatch(r"[A-Z0-9].*\.( \(.*\))?", parameter.help), parameter.name  # what if absent is in brackets
        for spelling in parameter.opts if parameter.param_type_name == "option" else ():
            assert re.search(rf"(?<![\w-]){re.escape(spelling)}(?![\w-])", text), spelling


def test_every_key_is_described_in_the_documentation():
    for key in description_keys():
        assert re.search(rf"\b{key.name.rpartition('.')[2]}\b", PAGES["README.md"]), key.name
        assert all(re.search(rf"\b{choice}\b", PAGES["README.md"]) for choice in key.choices), key.choices


@pytest.mark.parametrize("each", OPTIMIZERS.values(), ids=lambda each: each.name)
def test_every_optimizer_is_described_with_its_numbers(each: gdviz.Optimizer):
    (row,) = re.findall(rf"^\| `{each.name}` \|.*$", PAGES["README.md"], flags=re.MULTILINE)
    _, _, title, summary, numbers, _ = (cell.strip() for cell in row.split("|"))
    assert (title, f"{summary}.".casefold()) == (each.title, each.summary.casefold())
    assert {name: float(number) for name, number in re.findall(r"`(\w+)` ([^,]+)", numbers)} == each.hyperparameters
