"""What the system refuses: whatever it is, the message names the path or the thing, and nothing half done is left."""

from __future__ import annotations

import errno
import os
import resource
from pathlib import Path

import pytest
from films import TINY
from typer.testing import CliRunner, Result

from gdviz.cli.commands import app
from gdviz.errors import in_words, naming

FILM = ("x**2", "--size", "64x64", "--fps", "5", "--seconds", "1")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


@pytest.mark.parametrize(
    "command",
    [
        ("still", *FILM, "-o", "a.png"),
        ("descend", "sphere", "-o", "a.csv"),
        ("descend", "sphere", "-o", "a.npz"),
        ("formula", "sphere", "-o", "a.png"),
        ("formula", "sphere", "-o", "a.svg"),
    ],
    ids=lambda command: f"{command[0]}-{command[-1]}",
)
def test_a_file_that_cannot_be_written_to_its_end_is_named(command: tuple[str, ...]):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        result = run(*command)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert result.exit_code == 1
    assert result.stderr == f"gdviz: File too large ({command[-1]})\n"
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("call", "named"),
    [("fsync", "{}/.film.mp4.gdviz/"), ("memfd_create", "a file in memory")],
)
def test_a_film_names_what_could_not_be_done(call: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*given: object, **named: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, refuse)
        result = run("render", *FILM, "-q", "-o", "film.mp4")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"gdviz: Input/output error ({named.format(tmp_path)}")
    assert result.stderr.count("\n") == 1


def test_a_batch_tells_it_in_the_same_words(monkeypatch: pytest.MonkeyPatch):
    def refuse(_: int) -> None:
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    Path("one.toml").write_text(TINY.format("x**2"))
    monkeypatch.setattr(os, "fsync", refuse)
    result = run("batch", "one.toml", "-d", "films", "-q", "--json")
    assert result.exit_code == 1
    place = Path("films").resolve()
    assert f'"error": "Disk quota exceeded ({place}/' in result.stdout


def test_what_names_nothing_is_said_with_what_to_try():
    def refuse() -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with pytest.raises(PermissionError) as caught:
        refuse()
    assert in_words(caught.value) == f"Permission denied (in {__name__}; run 'gdviz doctor')"
    with pytest.raises(PermissionError) as caught, naming("the lock"):
        refuse()
    assert in_words(caught.value) == "Permission denied (the lock)"
    with pytest.raises(FileNotFoundError) as missing, naming("another"):
        Path("one\n").rename("two")
    assert in_words(missing.value) == r"No such file or directory (one\n -> two)"
