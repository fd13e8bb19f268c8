"""--preview has the desktop open what was made: nothing waits for it, and nothing fails where there is no desktop."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from processes import is_running, wait_until
from typer.testing import CliRunner, Result

from gdviz.cli.commands import app

TINY = ["--size", "64x64", "--fps", "2", "--seconds", "1"]
RECORDS = """#!/bin/sh
{ for word in "$@"; do echo "$word"; done; echo "$PATH"; } > "$RECORD.unfinished"
echo chatter; echo chatter >&2
mv "$RECORD.unfinished" "$RECORD"
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own, on a desktop without a program to open files with."""
    (tmp_path / "work").mkdir()
    (tmp_path / "programs").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("RECORD", str(tmp_path / "record"))
    return tmp_path


def put_player(folder: Path, text: str = RECORDS) -> None:
    (folder / "xdg-open").write_text(text.replace("mv ", "/bin/mv "))
    (folder / "xdg-open").chmod(0o755)


def recorded(place: Path) -> list[str]:
    wait_until((place / "record").exists)
    return (place / "record").read_text().splitlines()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


@pytest.mark.parametrize("flag", ["--preview", "-p"])
def test_a_film_is_opened(place: Path, flag: str, capfd: pytest.CaptureFixture[str]):
    put_player(place / "programs")
    result = run("render", "x^2", *TINY, flag, "-o", "-film.mp4", "-o", "other.gif")
    assert result.exit_code == 0
    assert "cannot be shown" not in result.stderr
    assert recorded(place)[:-1] == [str(place / "work" / "-film.mp4")]
    assert "chatter" not in "".join(capfd.readouterr())


def test_of_pictures_the_first_is_opened_and_a_still_too(place: Path):
    put_player(place / "programs")
    Path("pictures").mkdir()
    run("render", "x^2", *TINY, "-p", "-o", "pictures/%02d.png")
    assert recorded(place)[:-1] == [str(place / "work" / "pictures" / "00.png")]
    (place / "record").unlink()
    run("still", "x^2", *TINY, "-p", "-o", "still.png")
    assert recorded(place)[:-1] == [str(place / "work" / "still.png")]


def test_json_is_still_one_document(place: Path):
    put_player(place / "programs")
    result = run("render", "x^2", *TINY, "-p", "--json", "-o", "film.mp4")
    assert json.loads(result.stdout)["films"][0]["path"] == "film.mp4"
    assert result.stderr == ""
    assert recorded(place)[0].endswith("film.mp4")


def test_nobody_waits_for_the_player(place: Path):
    put_player(
        place / "programs",
        '#!/bin/sh\necho $$ > "$RECORD.unfinished"\nmv "$RECORD.unfinished" "$RECORD"\nexec /bin/sleep 60\n',
    )
    assert run("still", "x^2", *TINY, "-p", "-o", "still.png").exit_code == 0
    (number,) = map(int, recorded(place))
    assert is_running(number)
    assert os.getsid(number) == number  # Ctrl-C in the terminal does not reach it
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize(
    ("lacking", "reason"),
    [
        ("player", "there is no xdg-open; install the package xdg-utils"),
        ("display", "there is no display"),
        ("format", "xdg-open cannot be started (Exec format error)"),
    ],
)
def test_without_a_desktop_the_film_is_made_all_the_same(
    place: Path, monkeypatch: pytest.MonkeyPatch, lacking: str, reason: str, quiet: bool
):
    if lacking != "player":
        put_player(place / "programs", RECORDS if lacking == "display" else "neither a script nor a program")
    if lacking == "display":
        monkeypatch.delenv("DISPLAY")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    result = run("still", "x^2", *TINY, "-p", "-o", "still.png", *(["-q"] if quiet else []))
    assert result.exit_code == 0
    assert Path("still.png").exists()
    if quiet:
        assert result.output == ""
    else:
        assert result.stderr.startswith("gdviz: still.png cannot be shown: ")
        assert result.stderr.endswith(f"{reason}\n")
        assert result.stderr.count("\n") == 1
    assert not (place / "record").exists()


def test_no_program_of_the_working_folder_is_run(place: Path, monkeypatch: pytest.MonkeyPatch):
    put_player(place / "work", RECORDS.replace('"$@"', "stranger"))
    for path in ("", ":", ".", f":{place / 'nowhere'}"):
        monkeypatch.setenv("PATH", path)
        assert "there is no xdg-open" in run("still", "x^2", *TINY, "-p", "-o", "still.png").stderr
    put_player(place / "programs")
    monkeypatch.setenv("PATH", f":.:work:{place / 'programs'}:")
    run("still", "x^2", *TINY, "-p", "-o", "still.png")
    assert recorded(place) == [str(place / "work" / "still.png"), str(place / "programs")]


def test_a_batch_opens_nothing():
    result = run("batch", "parabola", "-d", "media", "--preview")
    assert result.exit_code == 2
    assert "there is no flag '--preview'" in result.stderr
