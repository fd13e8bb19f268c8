"""`gdviz doctor` on a machine that is well, and on ones where ffmpeg or OpenGL is missing, crashes or hangs."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

import gdviz
from gdviz.cli.commands import app
from gdviz.doctor import ELSEWHERE, Finding, check_folder, examine, guarded
from gdviz.movie.capabilities import ability, needed_encoders
from gdviz.movie.formats import FORMATS
from gdviz.runtime.isolated import ChildError, in_child
from gdviz.stage.opengl import PACKAGES

Findings = dict[str, dict[str, object]]


def doctor(**environment: str) -> tuple[subprocess.CompletedProcess[str], Findings]:
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: 'pyvista' in sys.modules and print('it imports pyvista', file=sys.stderr))\n"
        "from gdviz.__main__ import main\n"
        "main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, "doctor", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )
    data = json.loads(result.stdout)
    assert list(data) == ["ok", "findings"]
    assert all(list(each) == ["name", "found", "ok", "remedy"] for each in data["findings"])
    assert data["ok"] is (result.returncode == 0)
    return result, {each["name"]: each for each in data["findings"]}


def test_a_machine_that_is_well():
    result, found = doctor()
    assert (result.returncode, result.stderr) == (0, "")
    assert all(finding["ok"] and finding["remedy"] is None for finding in found.values())
    assert str(found["gdviz"]["found"]).startswith(gdviz.__version__)
    for package in ("numpy", "vtk", "pyvista", "imageio-ffmpeg"):
        assert found[package]["found"] == version(package)
    assert found["renderer"]["found"] not in ("", "unknown")
    assert found["window"]["found"] == "vtkEGLRenderWindow"
    assert ability().version in str(found["ffmpeg"]["found"])
    assert set(str(found["encoders"]["found"]).split(", ")) == set(needed_encoders())
    assert str(found["film"]["found"]).startswith("64x64, 7 frames, ")
    assert str(found["folder"]["found"]) == f"films can be written to {Path.cwd()}"
    assert str(found["processes"]["found"]).startswith("2 started")
    assert {"temporary files", "fonts", "formula"} < set(found)
    assert str(found["cores"]["found"])[0].isdigit()
    assert str(found["memory"]["found"]).endswith(" GB")


def test_the_encoders_are_those_of_the_formats():
    needed = needed_encoders()
    assert {suffix for films in needed.values() for suffix in films} == {
        suffix for suffix, style in FORMATS.items() if not style.is_page
    }
    assert needed["libx264"] == [".mp4"]
    assert ".gif" in needed["libx264rgb"]
    assert "copy" not in needed
    assert set(needed) <= ability().encoders


@pytest.fixture
def _no_drawing(monkeypatch: pytest.MonkeyPatch):
    """Leave out what takes seconds and is not what the test is about."""
    for check in ("_fonts", "_formula", "_processes", "_opengl"):
        monkeypatch.setattr(f"gdviz.doctor.{check}", lambda _: [])
    monkeypatch.setattr("gdviz.doctor._film", lambda _: [Finding("film", "left out")])


@pytest.mark.usefixtures("_no_drawing")
@pytest.mark.parametrize(
    ("ffmpeg", "words"),
    [("/bin/false", "ended with code 1"), ("/nowhere", "cannot be started"), ("/bin/true", "is not an ffmpeg")],
)
def test_an_ffmpeg_that_is_none(ffmpeg: str, words: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", ffmpeg)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert result.stderr.startswith("gdviz: 2 of ")
    assert result.stderr.endswith(": ffmpeg, film\n")
    assert words in result.stdout
    assert "not tried, since it needs ffmpeg" in result.stdout
    assert "\nffmpeg: unset IMAGEIO_FFMPEG_EXE" in result.stdout
    assert "pip install --force-reinstall imageio-ffmpeg\n" in result.stdout


@pytest.mark.usefixtures("_no_drawing")
def test_an_ffmpeg_that_lacks_an_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    poor = tmp_path / "ffmpeg"
    poor.write_text(f'#!/bin/sh\n"{ability().path}" "$@" | grep -v libwebp\n')
    poor.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(poor))
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert result.stderr.endswith(": encoders\n")
    assert "missing: libwebp (for .webp)" in result.stdout


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (
            {"__EGL_VENDOR_LIBRARY_DIRS": "/nowhere", "__EGL_VENDOR_LIBRARY_FILENAMES": ""},
            "libEGL.so.1 finds no driver",
        ),
        # An OpenGL that starts, but is too old for VTK, which crashes at its first picture.
        ({"MESA_GL_VERSION_OVERRIDE": "1.0"}, "drawing ended by signal 11 (Segmentation fault)"),
    ],
)
def test_an_opengl_that_is_missing_or_crashes(environment: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for check in ("_fonts", "_formula", "_processes"):
        monkeypatch.setattr(f"gdviz.doctor.{check}", lambda _: [])
    result = CliRunner().invoke(app, ["doctor", "--json"])
    found = {each["name"]: each for each in json.loads(result.stdout)["findings"]}
    assert result.exit_code == 1
    assert result.stderr.startswith("gdviz: 2 of ")
    assert result.stderr.endswith(": OpenGL, film\n")
    assert result.stderr.count("\n") == 1
    assert str(found["OpenGL"]["found"]).startswith(words)
    remedy = str(found["OpenGL"]["remedy"])
    assert remedy.endswith(f"sudo apt-get install {PACKAGES}")
    assert all(name in remedy for name in environment)
    assert found["film"]["found"] == "not tried, since it needs OpenGL"


def in_a_folder_that_is_gone(folder: Path):
    os.chdir(folder)
    folder.rmdir()


def in_a_folder_without_room(folder: Path):
    """A limit on the size of files stands in for a disk that is full."""
    os.chdir(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


@pytest.mark.parametrize(
    ("go", "named", "remedy"),
    [
        (lambda _: os.chdir("/proc"), "to /proc: ", "(type: cd)"),
        (in_a_folder_that_is_gone, "(the working folder)", "(type: cd)"),
        (in_a_folder_without_room, "to {}: File too large", "type: df -h {}"),
    ],
)
def test_a_folder_that_takes_no_film(go: Callable[[Path], None], named: str, remedy: str, tmp_path: Path):
    here, limits = Path.cwd(), resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        go(tmp_path)
        (finding,) = guarded("folder", ELSEWHERE, check_folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        os.chdir(here)
    assert not finding.ok
    assert named.format(tmp_path) in finding.found
    assert remedy.format(tmp_path) in str(finding.remedy)
    assert not list(tmp_path.glob(".*"))


def test_no_remedy_is_about_gdviz_itself(monkeypatch: pytest.MonkeyPatch):
    """Whatever fails, what to do is something to type or to do, not how to look into gdviz."""
    monkeypatch.setattr("multiprocessing.spawn.get_executable", lambda: "/nowhere/python")
    findings = {each.name: each for each in examine()}
    for name in ("fonts", "formula", "processes", "OpenGL"):
        assert findings[name].found == "Python cannot be started (No such file or directory: /nowhere/python)"
        assert re.search("type: |add --jobs 1", str(findings[name].remedy))
    assert not any("GDVIZ_DEBUG" in str(each.remedy) for each in findings.values())


def test_work_that_hangs_is_ended():
    with pytest.raises(ChildError, match="sleeping had not ended after 1 seconds"):
        in_child("sleeping", time.sleep, 3600, seconds=1)


def test_work_that_raises_or_exits_is_told():
    with pytest.raises(ValueError, match="sleep length must be non-negative"):
        in_child("sleeping", time.sleep, -1, seconds=30)
    with pytest.raises(ChildError, match=r"^leaving ended with code 3$"):
        in_child("leaving", os._exit, 3, seconds=30)
    with pytest.raises(ChildError, match=r"^crashing ended by signal 6 \(Aborted\)$"):
        in_child("crashing", os.abort, seconds=30)


def test_what_a_child_prints_is_kept_from_the_terminal(capfd: pytest.CaptureFixture[str]):
    assert in_child("printing", print, "words", seconds=30) is None
    assert capfd.readouterr() == ("", "")
