"""A file that gdviz did not make is replaced only if the user says so: by a flag, or asked on a terminal."""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gdviz.cli.commands import app
from gdviz.cli.overwriting import check_outputs
from gdviz.descent.trajectories import holds_trajectories
from gdviz.errors import GdvizError, InputError
from gdviz.movie.provenance import is_stamped

PRECIOUS = b"point,iteration,x,value\nprecious\n"
ASKED = "exists, and gdviz did not make it as it is"
REFUSED = f"{ASKED}; add --force (-y) to replace it, or name another file with --output"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


COMMANDS = {
    "film.mp4": ["render", "x^2", "--size", "64x64", "--fps", "1"],
    "frame.png": ["still", "x^2", "--size", "64x64"],
    "steps.png": ["tune", "x^2", "--start", "1"],
    "formula.svg": ["formula", "x^2"],
    "paths.csv": ["descend", "x^2", "--start", "1"],
    "paths.npz": ["descend", "x^2", "--start", "1"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_refuses_to_replace_what_is_not_gdvizs(name: str):
    Path(name).write_bytes(PRECIOUS)
    result = run(*COMMANDS[name], "-o", name)
    assert (result.exit_code, result.stderr) == (2, f"gdviz: {name} {REFUSED}\n")
    assert Path(name).read_bytes() == PRECIOUS
    assert [path.name for path in Path().iterdir()] == [name]


@pytest.mark.parametrize(("name", "flag"), [("formula.svg", "--force"), ("paths.csv", "-y"), ("paths.npz", "--force")])
def test_a_flag_replaces_it_and_what_gdviz_made_is_replaced_unasked(name: str, flag: str):
    Path(name).write_bytes(PRECIOUS)
    assert run(*COMMANDS[name], "-o", name, flag).exit_code == 0
    made = Path(name).read_bytes()
    assert made != PRECIOUS
    other = ["--lr", "0.1", "--lr", "0.2"] if name.startswith("paths") else ["--color", "red"]
    assert run(*COMMANDS[name], *other, "-o", name).exit_code == 0
    assert Path(name).read_bytes() != made
    assert run(*COMMANDS[name], "-o", name).exit_code == 0


def test_an_empty_file_is_replaced_and_what_was_changed_is_not():
    Path("formula.svg").touch()
    assert run("formula", "x^2", "-o", "formula.svg").exit_code == 0
    text = Path("formula.svg").read_text()
    Path("formula.svg").write_text(text.replace("<path", "<path fill='red'", 1))
    assert REFUSED in run("formula", "x^2", "-o", "formula.svg").stderr


def test_a_wrong_kind_of_file_is_told_before_one_that_is_in_the_way():
    for name, command in {"film.mp5": "render", "picture.jpg": "still", "formula.txt": "formula"}.items():
        Path(name).write_bytes(PRECIOUS)
        result = run(command, "x^2", "-o", name)
        assert result.exit_code == 2
        assert "exists" not in result.stderr


def test_of_other_data_none_is_taken_for_trajectories():
    for name in ("data.csv", "data.npz"):
        for content in (PRECIOUS, b"", b"\xff" * 1000, b"PK\x03\x04"):
            Path(name).write_bytes(content)
            assert not holds_trajectories(Path(name))


def asked(answer: bytes, monkeypatch: pytest.MonkeyPatch, *, quiet: bool = False) -> str:
    """Let a user on a terminal answer, and return what they see."""
    Path("thesis.mp4").write_bytes(PRECIOUS)
    user, program = pty.openpty()
    os.write(user, answer)
    try:
        with os.fdopen(program, "r", closefd=False) as stdin, os.fdopen(program, "w") as stderr:
            with monkeypatch.context() as at_terminal:
                at_terminal.setattr(sys, "stdin", stdin)
                at_terminal.setattr(sys, "stderr", stderr)
                check_outputs([Path("thesis.mp4")], is_stamped, force=False, quiet=quiet)
            stderr.flush()
            seen = b""
            while b"[y/N] " not in seen:
                seen += os.read(user, 1000)
            return seen.decode()
    finally:
        os.close(user)


@pytest.mark.parametrize("answer", [b"y\n", b"Yes\n"])
def test_on_a_terminal_the_user_is_asked(answer: bytes, monkeypatch: pytest.MonkeyPatch):
    seen = asked(answer, monkeypatch)
    assert f"gdviz: thesis.mp4 {ASKED}; replace it? [y/N] " in seen


@pytest.mark.parametrize("answer", [b"n\n", b"\n", b"why\n", b"\x04"])
def test_any_other_answer_is_no(answer: bytes, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(GdvizError, match=r"^nothing was written$"):
        asked(answer, monkeypatch)


def test_nobody_is_asked_who_wants_quiet(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(InputError, match="add --force"):
        asked(b"y\n", monkeypatch, quiet=True)
