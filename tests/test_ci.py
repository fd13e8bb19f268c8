"""The steps that a CI job takes, taken here."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

from films import TINY

SCRIPT = Path(__file__).parents[1] / ".ci" / "media"


def media(folder: Path, *presets: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = [str(SCRIPT), "media", *presets]
    return subprocess.run(
        command, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )


def test_a_job_renders_what_is_wanting_and_ends_with_all_current(tmp_path: Path):
    for name, function in (("sphere", "x^2"), ("himmelblau", "x^4 - x^2")):  # curves, which need no OpenGL
        (tmp_path / f"{name}.toml").write_text(TINY.format(function))
    first = media(tmp_path, "sphere.toml", "himmelblau.toml")
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("missing") == first.stdout.count("rendered") == 2

    second = media(tmp_path, "sphere.toml", "himmelblau.toml")
    assert second.returncode == 0
    assert "rendered" not in second.stdout

    before = (tmp_path / "media/sphere.mp4").read_bytes()
    (tmp_path / "himmelblau.toml").unlink()
    (tmp_path / "media/notes.mp4").write_text("no film of gdviz's")
    third = media(tmp_path, "sphere.toml")
    assert third.returncode == 0, third.stderr
    assert "removed media/himmelblau.mp4" in third.stdout
    assert sorted(path.name for path in (tmp_path / "media").iterdir()) == ["notes.mp4", "sphere.mp4"]
    assert (tmp_path / "media/sphere.mp4").read_bytes() == before

    (tmp_path / "broken.toml").write_text("function = 1\n")
    fourth = media(tmp_path, "sphere.toml", "broken.toml")
    assert fourth.returncode == 2
    assert "broken.toml" in fourth.stderr
    assert (tmp_path / "media/sphere.mp4").read_bytes() == before


def test_every_module_whose_tests_are_measured_and_its_tests_are_there():
    root = Path(__file__).parents[1]
    table = runpy.run_path(str(root / ".ci" / "mutants.py"))["TESTS"]
    assert table
    for module, tests in table.items():
        assert (root / "gdviz" / f"{module}.py").is_file(), module
        for name in tests:
            assert (root / "tests" / name).is_file(), name
