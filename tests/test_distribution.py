"""What is handed on: the source distribution is whole, works by itself, and makes a whole wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
FAST = ("test_animation.py", "test_walls.py", "test_presets.py::test_the_eleven_are_there_and_the_others")

for needed in ("hatchling", "hatch_fancy_pypi_readme"):
    pytest.importorskip(needed, reason=f"{needed}, with which the distributions are built, is not installed")


def build(kind: str, source: Path, target: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build("sdist", ROOT, folder / "built")) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (tree,) = (folder / "unpacked").iterdir()
    return tree


@pytest.fixture(scope="module")
def wheel(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", unpacked, tmp_path_factory.mktemp("wheel") / "built")


def test_the_source_distribution_has_every_file_of_the_repository(unpacked: Path):
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no clone of the repository")
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    missing = [name for name in known.split("\0") if name and not (unpacked / name).is_file()]
    assert not missing
    assert os.access(unpacked / ".ci" / "media", os.X_OK)


def test_the_tests_run_from_it(unpacked: Path):
    script = "import sys, gdviz, pytest; print(gdviz.__file__); sys.exit(pytest.main(sys.argv[1:]))"
    command = [sys.executable, "-c", script, "-p", "no:cacheprovider", *(f"tests/{name}" for name in FAST)]
    environment = os.environ | {"PYTHONPATH": str(unpacked)}
    done = subprocess.run(command, cwd=unpacked, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.splitlines()[0] == str(unpacked / "gdviz" / "__init__.py")


def test_the_wheel_made_from_it_has_the_package_and_the_presets(unpacked: Path, wheel: Path):
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = [path for path in (unpacked / "gdviz").rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    package = {str(path.relative_to(unpacked)) for path in files}
    presets = {f"gdviz/preset_files/{path.name}" for path in (unpacked / "presets").iterdir()}
    assert len(presets) >= 11
    assert packed == package | presets


def test_every_link_of_the_readme_leads_somewhere_on_pypi(wheel: Path):
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(archive.read(name), policy=default)
    assert metadata["Description-Content-Type"] == "text/markdown"
    page = metadata.get_content()
    headings = re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)
    assert len(headings) > 20
    ids = {f"#{re.sub('[^a-z0-9 -]', '', each.lower()).replace(' ', '-')}" for each in headings}
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert len(links) > 10
    assert not [link for link in links if not link.startswith("https://") and link not in ids]
