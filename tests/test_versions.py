"""`gdviz --version --json`, for bug reports and scripts."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

import gdviz
from gdviz.cli.commands import app
from gdviz.versions import packages_by_extra, packages_needed, versions_of

NEEDS = ("numpy>=2.2", "imageio-ffmpeg>=0.6", "h5py>=3.12; extra == 'h5'", 'pytest-xdist>=3.6; extra == "dev"')


def test_the_versions_are_printed_as_json_without_importing_what_draws():
    program = "import sys; from gdviz.__main__ import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program, "--version", "--json"], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert told["gdviz"] == gdviz.__version__
    assert told["python"] == ".".join(map(str, sys.version_info[:3]))
    assert {name: told["packages"][name] for name in ("numpy", "vtk")} == {
        name: version(name) for name in ("numpy", "vtk")
    }
    assert not {"numpy", "vtkmodules", "pyvista", "matplotlib"} & set(done.stderr.split())


def test_what_an_extra_needs_is_not_needed_otherwise():
    assert packages_needed(NEEDS) == ["numpy", "imageio-ffmpeg"]
    assert packages_by_extra(NEEDS) == {"dev": ["pytest-xdist"], "h5": ["h5py"]}


def test_a_package_that_is_not_installed_has_no_version():
    assert versions_of(["numpy", "no-such-package"]) == {"no-such-package": None, "numpy": version("numpy")}


@pytest.mark.parametrize("typed", [["--json"], ["--json", "presets"]])
def test_json_alone_is_refused(typed: list[str]):
    result = CliRunner().invoke(app, typed)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--json goes with --version" in result.stderr
