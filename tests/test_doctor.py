"""`gdviz doctor` on a machine that is well, and on ones where ffmpeg or OpenGL is missing, crashes or hangs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

import gdviz
from gdviz.child import ChildError, in_child
from gdviz.cli import app
from gdviz.doctor import Finding
from gdviz.movie.ability import ability, needed_encoders
from gdviz.movie.formats import FORMATS
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
    assert str(found["cores"]["found"])[0].isdigit()
    assert str(found["memory"]["found"]).endswith(" GB")


def test_the_encoders_are_those_of_the_formats():
    needed = needed_encoders()
    assert {suffix for films in needed.values() for suffix in films} == set(FORMATS)
    assert needed["libx264"] == [".mp4"]
    assert ".gif" in needed["libx264rgb"]
    assert "copy" not in needed
    assert set(needed) <= ability().encoders


@pytest.fixture
def _no_drawing(monkeypatch: pytest.MonkeyPatch):
    """Leave out what takes seconds and is not what the test is about."""
    monkeypatch.setattr("gdviz.doctor._opengl", lambda _: [])
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
    assert "not tried, for want of ffmpeg" in result.stdout
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
def test_an_opengl_that_is_missing_or_crashes(environment: dict[str, str], words: str):
    result, found = doctor(**environment)
    assert result.returncode == 1
    assert result.stderr.startswith("gdviz: 2 of ")
    assert result.stderr.endswith(": OpenGL, film\n")
    assert result.stderr.count("\n") == 1
    assert str(found["OpenGL"]["found"]).startswith(words)
    remedy = str(found["OpenGL"]["remedy"])
    assert remedy.endswith(f"sudo apt-get install {PACKAGES}")
    assert all(name in remedy for name in environment)
    assert found["film"]["found"] == "not tried, for want of OpenGL"


def test_work_that_hangs_is_ended():
    start = time.monotonic()
    with pytest.raises(ChildError, match="sleeping had not ended after 1 seconds"):
        in_child("sleeping", time.sleep, 60, seconds=1)
    assert time.monotonic() - start < 10


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
