"""The names that `import gdviz` offers, each in an interpreter that has imported nothing else."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from processes import PATIENCE

import gdviz


def run(folder: Path, program: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
        timeout=PATIENCE,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


@pytest.mark.parametrize("order", ["", "[::-1]"])
def test_every_name_is_the_same_thing_however_often_it_is_asked_for(tmp_path: Path, order: str):
    told = run(
        tmp_path,
        "import gdviz, inspect\n"
        f"names = gdviz.__all__{order}\n"
        "first = {name: getattr(gdviz, name) for name in names}\n"
        "for name in [*names, *reversed(names)]:\n"
        "    imported = {}\n"
        "    exec(f'from gdviz import {name}', imported)\n"
        "    assert getattr(gdviz, name) is first[name] is imported[name], name\n"
        "    assert callable(first[name]) and not inspect.ismodule(first[name]), name\n"
        "print(*first)\n",
    )
    assert told.split() == (gdviz.__all__[::-1] if order else gdviz.__all__)


def test_two_films_and_two_stills_in_one_program(tmp_path: Path):
    told = run(
        tmp_path,
        "import gdviz\n"
        "from gdviz import render, still\n"
        "animation = gdviz.Animation(function='x**2', size=(64, 64), fps=5).lasting(1)\n"
        "print(gdviz.render(animation, ['a.mp4'])[0].frames, gdviz.render(animation, ['b.mp4'])[0].frames)\n"
        "print(gdviz.still(animation, 'a.png', 0).path, gdviz.still(animation, 'b.png', 0).path)\n"
        "print(render is gdviz.render, still is gdviz.still)\n",
    )
    assert told == "5 5\na.png b.png\nTrue True\n"
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_no_public_name_is_also_a_modules():
    modules = {module.name for module in pkgutil.iter_modules(gdviz.__path__)}
    assert "rendering" in modules
    # A package may have a function's name only if that is not offered here.
    assert not modules & set(gdviz.__all__)
