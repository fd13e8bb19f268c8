"""The walls of the house: what is public, and who may import what."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import gdviz

PACKAGE = Path(gdviz.__file__).parent


@cache
def imported_by(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_the_public_names_are_these_and_resolve():
    assert gdviz.__all__ == [
        "Animation", "Descent", "EncodeError", "Evaluations", "ExpressionError", "Film", "Function", "GdvizError",
        "GdvizWarning", "InputError", "Noise", "Optimizer", "Plane", "Progress", "RenderError", "Schedule", "Status",
        "Still", "descend", "function", "landscape", "optimizer", "plane", "render", "schedule", "show", "still",
    ]  # fmt: skip
    for name in gdviz.__all__:
        assert getattr(gdviz, name) is not None
    assert not hasattr(gdviz, "nothing")


@pytest.mark.parametrize(
    ("package", "places"),
    [("pyvista", {"stage"}), ("vtkmodules", {"stage"}), ("subprocess", {"movie", "runtime"})],
)
def test_one_folder_draws_one_encodes_and_one_module_starts_processes(package: str, places: set[str]):
    users = {path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if package in imported_by(path)}
    assert {path.parts[0] for path in users} == places


def test_importing_gdviz_and_descending_need_neither_pyvista_nor_a_window():
    code = (
        "import sys, gdviz\n"
        "assert not {'pyvista', 'numpy'} & set(sys.modules)\n"
        "gdviz.descend(gdviz.function('sphere'), [[1, 1]], learning_rate=0.1, tolerance=0.01, max_iterations=9)\n"
        "assert 'pyvista' not in sys.modules\n"
        "from gdviz.scene.build import build_scene\n"
        "from gdviz.description.resolve import resolve\n"
        "build_scene(resolve(gdviz.Animation.from_data({'function': 'sphere'})))\n"
        "assert 'pyvista' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
