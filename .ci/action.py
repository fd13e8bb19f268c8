"""The steps of action.yml: installs gdviz, names what the films are cached under, and brings them up to date.

Usage: action.py packages|install|plan|render, each with the action's inputs in the environment, by their names in
capitals. What later steps read goes to the file that GITHUB_OUTPUT names, one line a value: lists are JSON, in which a
name with a line break is one line too. No input is ever a part of a command line that a shell reads.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ACTION = Path(__file__).parents[1]
OPENGL_PACKAGES = ("libegl1", "libgl1-mesa-dri")
FAILED, WRONG_INPUT = 1, 2


class WrongInputError(Exception):
    """An input of the action is not as it should be; the message says what would be right."""


def given(name: str) -> str:
    """Return an input without blanks around it; empty if it is absent."""
    return os.environ.get(name, "").strip()


def words(name: str) -> list[str]:
    """Return an input that is a list, parted by commas or blanks."""
    return [each for each in re.split(r"[\s,]+", given(name)) if each]


def switch(name: str) -> bool:
    """Return an input that is true or false."""
    value = given(name) or "false"
    if value not in ("true", "false"):
        raise WrongInputError(f"{name.lower()} is true or false, not {value!r}")
    return value == "true"


def extras() -> str:
    """Return the extras to install, in brackets; empty if there are none."""
    names = words("EXTRAS")
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
            raise WrongInputError(f"extras are names such as h5, parted by commas, not {name!r}")
    return f"[{','.join(sorted(names))}]" if names else ""


def presets() -> list[str]:
    """Return the presets that the input names, a pattern or a name on each line."""
    found: list[str] = []
    for line in filter(None, map(str.strip, given("PRESETS").splitlines())):
        files = sorted(glob.glob(line, recursive=True)) if glob.has_magic(line) else [line]  # noqa: PTH207  # also absolute
        if not files:
            raise WrongInputError(f"no file is matched by {line!r}; presets are patterns, files or names, one a line")
        found += [each for each in files if each not in found]
    if not found:
        raise WrongInputError("presets names no preset; it takes patterns, files or names, one a line")
    return found


def arguments() -> list[str]:
    """Return what is asked of `gdviz batch`, with every value in one word with its flag."""
    asked = [f"--directory={given('DIRECTORY') or 'media'}", *(f"--format={each}" for each in words("FORMATS"))]
    asked += [f"--quality={given('QUALITY')}"] if given("QUALITY") else []
    asked += ["--prune"] if switch("PRUNE") else []
    return [*asked, "--", *presets()]


def installed(program: str) -> str:
    """Return the path of a program in the environment that `install` makes."""
    return str(Path(os.environ["RUNNER_TEMP"]) / "gdviz" / "bin" / program)


def tell(**values: str) -> None:
    """Write values for later steps."""
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        for name, value in values.items():
            file.write(f"{name}={value}\n")


def packages() -> int:
    """Check the inputs, and name what the downloaded packages are cached under."""
    for name in ("CACHE", "CHECK", "PRUNE"):
        switch(name)
    presets()
    if given("RUNNER_OS") not in ("", "Linux"):
        raise WrongInputError(f"gdviz draws on Linux; use a runner such as ubuntu-latest, not {given('RUNNER_OS')}")
    told = f"{sys.version} {extras()}".encode()
    told += b"".join((ACTION / name).read_bytes() for name in ("constraints.txt", "pyproject.toml"))
    tell(key=hashlib.sha256(told).hexdigest())
    return 0


def install() -> int:
    """Install gdviz in an environment of its own, and OpenGL if films are to be drawn and there is none."""
    python = installed("python")
    subprocess.run([sys.executable, "-I", "-m", "venv", "--clear", Path(python).parents[1]], check=True)
    pip = [python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", str(ACTION / "constraints.txt"), f"{ACTION}{extras()}"], check=True)
    asked = [python, "-I", "-m", "gdviz.stage.opengl"]
    if switch("CHECK") or subprocess.run(asked, check=False, stderr=subprocess.DEVNULL).returncode == 0:
        return 0
    if shutil.which("apt-get"):
        root = [] if os.getuid() == 0 else ["sudo"]
        subprocess.run([*root, "apt-get", "update", "-qq"], check=True)
        subprocess.run([*root, "apt-get", "install", "-qq", "--no-install-recommends", *OPENGL_PACKAGES], check=True)
    return subprocess.run(asked, check=False).returncode


def plan() -> int:
    """Find out how the films stand, and name what they are cached under: the fingerprints of all that makes them."""
    command = [installed("gdviz"), "batch", "--check", "--json", *arguments()]
    told = subprocess.run(command, check=False, stdout=subprocess.PIPE)
    try:
        films: list[dict[str, Any]] = json.loads(told.stdout)["films"]
    except ValueError:  # gdviz has said what is wrong
        return told.returncode or FAILED
    known = [each for each in films if each["fingerprint"]]
    made = sorted(f"{each['path']} {each['fingerprint']}" for each in known)
    tell(
        key=hashlib.sha256("\n".join(made).encode(errors="surrogateescape")).hexdigest(),
        films=json.dumps([each["path"] for each in known]),
        wanting=json.dumps([each["path"] for each in known if each["state"] != "current"]),
    )
    return 0


def render() -> int:
    """Render what is missing or stale, or with `check` only fail if anything is; tell which films that is."""
    gdviz = [installed("gdviz"), "batch"]
    if switch("CHECK"):
        tell(changed=given("WANTING"))
        return subprocess.run([*gdviz, "--check", *arguments()], check=False).returncode
    films: list[str] = json.loads(given("FILMS"))
    before = [traces(Path(film)) for film in films]
    jobs = [f"--jobs={given('JOBS')}"] if given("JOBS") else []
    done = subprocess.run([*gdviz, *jobs, *arguments()], check=False)
    tell(changed=json.dumps([film for film, trace in zip(films, before, strict=True) if traces(Path(film)) != trace]))
    return done.returncode


def traces(film: Path) -> Sequence[tuple[str, int, int]]:
    """Return what changes when a film's file, or one of its numbered pictures, is written anew."""
    files = film.parent.glob("*") if "%" in film.name else [film]
    return sorted((each.name, each.stat().st_mtime_ns, each.stat().st_ino) for each in files if each.is_file())


STEPS = {"packages": packages, "install": install, "plan": plan, "render": render}

if __name__ == "__main__":
    try:
        sys.exit(STEPS[sys.argv[1]]())
    except WrongInputError as error:
        print(f"::error title=gdviz::{error}")
        sys.exit(WRONG_INPUT)
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode or FAILED)
