"""Changes modules in small ways, one change at a time, and counts how many changes the modules' own tests notice.

Usage: mutants.py [--show] [MODULE...]; without a module, all of the table. `--show` prints the changes that no test
noticed. Works on a copy of the repository, which is removed afterwards; ends with 1 if too few are noticed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
NEEDED = ("gdviz", "tests", "presets")  # what the tests are run with
ASKED = 0.85  # the share of the changes that must be noticed

TESTS: Mapping[str, tuple[str, ...]] = {
    "descent/engine": ("test_engine.py",),
    "descent/optimizer": ("test_optimizers.py",),
    "descent/optimizers": ("test_optimizers.py",),
    "descent/rules": ("test_optimizers.py",),
    "descent/searches": ("test_optimizers.py",),
    "extent": ("test_extent.py",),
    "scene/timeline": ("test_timeline.py",),
    "scene/pace": ("test_pace.py",),
    "scene/camera_path": ("test_camera_path.py",),
    "scene/monotone_cubic": ("test_camera_path.py", "test_pace.py"),
    "descent/basins": ("test_basins.py",),
    "terrain/landscape": ("test_landscape.py", "test_relief.py"),
    "terrain/ground": ("test_ground.py",),
    "terrain/shown_range": ("test_shown_range.py",),
    "terrain/trails": ("test_trails.py",),
    "terrain/light": ("test_light.py",),
    "terrain/spots": ("test_spots.py",),
    "functions/expression": ("test_expression.py", "test_hessian.py", "test_overflow.py"),
    "functions/graph": ("test_slopes.py", "test_expression.py", "test_hessian.py", "test_overflow.py"),
    "functions/slopes": ("test_slopes.py", "test_expression.py", "test_hessian.py", "test_overflow.py"),
    "functions/spline": ("test_spline.py", "test_sampled.py"),
    "functions/sampled": ("test_sampled.py", "test_objective_keys.py"),
    "functions/smoothing": ("test_sampled.py",),
    "functions/rates": ("test_sampled.py", "test_learning_rate.py"),
    "functions/syntax": ("test_syntax.py", "test_reading.py"),
    "functions/tokens": ("test_expression.py", "test_reading.py", "test_slips.py", "test_latex_read_back.py"),
    "functions/spelling": (
        "test_spelling.py",
        "test_expression.py",
        "test_reading.py",
        "test_slips.py",
        "test_latex_read_back.py",
    ),
    "functions/reading": ("test_expression.py", "test_reading.py", "test_slips.py", "test_latex_read_back.py"),
    "movie/provenance": ("test_provenance.py",),
    "runtime/work_folder": ("test_work_folder.py", "test_work_folder_content.py"),
    "description/toml": ("test_toml.py", "test_toml_limits.py"),
}
"""Module -> the files of its own tests."""

STARTS_PROGRAMS = ("test_toml.py::test_no_file_takes_much_memory_or_time_to_refuse",)  # which run the package unchanged
EXAMPLES = "20"  # of each random test, where `make test` tries hundreds

SETTINGS = """
[tool.mutmut]
source_paths = ["gdviz"]
only_mutate = ["gdviz/{module}.py"]
also_copy = ["presets"]
pytest_add_cli_args = ["-p", "no:cacheprovider", {deselected}]
pytest_add_cli_args_test_selection = {tests}
process_isolation = "forkserver"
timeout_multiplier = 5.0
track_dependencies = false
"""


@dataclass(frozen=True)
class Outcome:
    """What became of the changes to one module.

    Attributes
    ----------
    changes
        How many were made.
    survivors
        The names of those that no test noticed.

    """

    changes: int
    survivors: tuple[str, ...]

    @property
    def noticed(self) -> int:
        """How many made a test fail, or run for too long."""
        return self.changes - len(self.survivors)


def row(module: str, changes: int, noticed: int, seconds: float) -> str:
    """Return a line of the table."""
    return f"| {module} | {changes} | {noticed} | {noticed / max(changes, 1):.0%} | {seconds:.0f} s |"


def mutmut(folder: Path, *arguments: str) -> str:
    """Run mutmut in a folder and return what it prints; what a test starts as a program is the package unchanged."""
    done = subprocess.run(
        [Path(sys.executable).parent / "mutmut", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "GDVIZ_EXAMPLES": EXAMPLES},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"mutmut {' '.join(arguments)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def tried(folder: Path, module: str) -> Outcome:
    """Try all changes to a module in an empty folder."""
    for name in NEEDED:
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    tests = json.dumps([f"tests/{name}" for name in TESTS[module]])
    deselected = ", ".join(f'"--deselect=tests/{name}"' for name in STARTS_PROGRAMS)
    settings = SETTINGS.format(module=module, tests=tests, deselected=deselected)
    written = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(written + settings, encoding="utf-8")
    mutmut(folder, "run")
    found = [line.strip().rpartition(": ") for line in mutmut(folder, "results", "--all", "true").splitlines()]
    states = {name: state for name, _, state in found if name}
    return Outcome(len(states), tuple(n for n, state in states.items() if state not in ("killed", "timeout")))


def main(modules: Sequence[str], *, show: bool) -> int:
    """Try all changes to modules, print a table, and return the exit code."""
    print("| module | changes | noticed | share | time |\n|---|---|---|---|---|", flush=True)
    changes, noticed, begin = 0, 0, time.monotonic()
    for module in modules:
        with tempfile.TemporaryDirectory() as name:
            start, folder = time.monotonic(), Path(name)
            outcome = tried(folder, module)
            print(row(module, outcome.changes, outcome.noticed, time.monotonic() - start), flush=True)
            for survivor in outcome.survivors if show else ():
                print(mutmut(folder, "show", survivor), flush=True)
        changes += outcome.changes
        noticed += outcome.noticed
    print(row("all", changes, noticed, time.monotonic() - begin))
    return int(noticed < ASKED * changes)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    given = parser.parse_args()
    for unknown in set(given.modules) - set(TESTS):
        parser.error(f"there is no module {unknown!r} in the table; it has {', '.join(TESTS)}")
    raise SystemExit(main(given.modules or list(TESTS), show=given.show))
