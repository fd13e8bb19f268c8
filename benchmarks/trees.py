"""The trees that are compared: a copy of this one, and a commit's, each in a temporary folder and ready to run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
NEEDED = ("gdviz", "presets", "benchmarks", "Makefile", "pyproject.toml")  # what is copied of this tree
SHORT = "%h of %cs, %<(70,trunc)%s"  # how git tells of a commit
# Variables that make compiled modules go unused, or that `make bench` leaves for the commands that it runs.
UNWANTED = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")


@dataclass(frozen=True)
class Tree:
    """A version of gdviz that can be run.

    Attributes
    ----------
    name
        What it is called in tables.
    version
        Which commit it is.
    folder
        Where its files are.

    """

    name: str
    version: str
    folder: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment in which Python imports gdviz from here."""
        kept = {key: value for key, value in os.environ.items() if key not in UNWANTED}
        return kept | {"PYTHONPATH": str(self.folder)}

    def python(self, *arguments: str) -> list[str]:
        """Return a command that runs Python, and imports gdviz from here in this environment."""
        return [sys.executable, "-P", *arguments]

    def gdviz(self, *arguments: str) -> list[str]:
        """Return a command of gdviz."""
        return self.python("-m", "gdviz", *arguments)

    @property
    def make(self) -> list[str]:
        """A command that is followed by the name of a file or a goal of this tree's Makefile; nothing is installed."""
        installed = ("-o", "opengl", "-o", ".venv/.installed")
        return ["make", "--silent", "-C", str(self.folder), *installed, f"BIN={self._programs}"]

    @property
    def _programs(self) -> Path:
        return self.folder.parent / "bin"

    def get_ready(self) -> None:
        """Write programs for the Makefile, compile all modules, and check that gdviz is imported from here."""
        self._programs.mkdir()
        for name, options in {"python": "", "gdviz": " -m gdviz"}.items():
            program = self._programs / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P{options} "$@"\n')
            program.chmod(0o755)
        self._run("-m", "compileall", "-q", "-j", "0", "gdviz")
        found = Path(self._run("-c", "import gdviz; print(gdviz.__file__)").strip())
        if self.folder not in found.parents:
            raise SystemExit(f"{self.name}: gdviz is imported from {found}, and not from {self.folder}")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            self.python(*arguments),
            env=dict(self.environment),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self.name} ({self.version}) does not run:\n{done.stderr}")
        return done.stdout


@contextmanager
def this_tree() -> Iterator[Tree]:
    """Yield a copy of this tree as it is now, so that it can be changed while it is measured."""
    with tempfile.TemporaryDirectory(prefix="gdviz-bench-") as name:
        folder = Path(name) / "tree"
        for needed in NEEDED:
            source = REPOSITORY / needed
            if source.is_dir():
                shutil.copytree(source, folder / needed, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                folder.mkdir(exist_ok=True)
                shutil.copy(source, folder)
        tree = Tree("this tree", _this_version(), folder)
        tree.get_ready()
        yield tree


@contextmanager
def commit(name: str) -> Iterator[Tree]:
    """Yield the tree of a commit, by any name that git knows it by."""
    try:
        version = _git("log", "-1", f"--format={SHORT}", f"{name}^{{commit}}", "--").decode().strip()
    except subprocess.CalledProcessError:
        raise SystemExit(f"there is no commit {name!r} in {REPOSITORY}") from None
    with tempfile.TemporaryDirectory(prefix="gdviz-bench-") as place:
        folder = Path(place) / "tree"
        with tarfile.open(fileobj=BytesIO(_git("archive", version.partition(" ")[0]))) as archive:
            archive.extractall(folder, filter="data")
        tree = Tree("baseline", version, folder)
        tree.get_ready()
        yield tree


def _this_version() -> str:
    try:
        version = _git("log", "-1", f"--format={SHORT}").decode().strip()
        changed = _git("status", "--porcelain", "--", *NEEDED)
    except (subprocess.CalledProcessError, FileNotFoundError):
        return "without git"
    return f"{version}, and changes that are not committed" if changed else version


def _git(*arguments: str) -> bytes:
    command: Sequence[str] = ("git", "-C", str(REPOSITORY), *arguments)
    return subprocess.run(command, capture_output=True, check=True).stdout
