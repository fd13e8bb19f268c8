"""The GitHub Action: the steps of action.yml that run a script, run here in an environment as bare as a container's."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from films import TINY

ROOT = Path(__file__).parents[1]
yaml = pytest.importorskip("ruamel.yaml", reason="ruamel.yaml, which comes with check-jsonschema, is not installed")
ACTION: Mapping[str, Any] = yaml.YAML(typ="safe").load(ROOT / "action.yml")
STEPS: list[dict[str, Any]] = [step for step in ACTION["runs"]["steps"] if "run" in step]


def filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: values[found[1]], text)


@dataclass
class Job:
    """A job that uses the action in a folder; gdviz counts as installed."""

    folder: Path
    outputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        program = self.folder / "temp/gdviz/bin/gdviz"
        program.parent.mkdir(parents=True)
        command = f"PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m gdviz"
        program.write_text(f'#!/bin/sh\n{command} "$@"\n')
        program.chmod(0o755)
        (self.folder / "work").mkdir()

    def use(self, *, only: tuple[str, ...] = ("packages", "plan", "render"), **given: str) -> tuple[int, str]:
        """Run steps with inputs; return the exit code of the first that fails, and what all have printed."""
        inputs = {name: given.pop(name.replace("-", "_"), each["default"]) for name, each in ACTION["inputs"].items()}
        assert not given
        values = {f"inputs.{name}": value for name, value in inputs.items()}
        values["steps.python.outputs.python-path"] = sys.executable
        printed = ""
        for step in STEPS:
            if step.get("id") not in only:
                continue
            told = self.folder / "told"
            told.write_text("")
            bare = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "RUNNER_OS": "Linux", "GITHUB_OUTPUT": str(told)}
            bare |= {"RUNNER_TEMP": str(self.folder / "temp"), "GITHUB_ACTION_PATH": str(ROOT)}
            bare |= {name: filled(text, values) for name, text in step["env"].items()}
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.folder / "work",
                env=bare,
                capture_output=True,
                text=True,
                check=False,
            )
            printed += done.stdout + done.stderr
            self.outputs |= dict(line.split("=", 1) for line in told.read_text().splitlines())
            values |= {f"steps.{step['id']}.outputs.{name}": value for name, value in self.outputs.items()}
            if done.returncode:
                return done.returncode, printed
        return 0, printed


def test_what_is_stale_is_rendered_and_a_check_fails_on_it(tmp_path: Path):
    job = Job(tmp_path)
    odd = 'it\'s $(touch owned) "x".toml'
    for name, function in ((odd, "x^2"), ("bowl.toml", "x^4 - x^2")):  # curves, which need no OpenGL
        (tmp_path / "work" / name).write_text(TINY.format(function))
    code, printed = job.use(presets="*.toml", directory="the films", jobs="1")
    assert code == 0, printed
    films = ["the films/bowl.mp4", f"the films/{odd.removesuffix('.toml')}.mp4"]
    assert json.loads(job.outputs["changed"]) == films
    assert all((tmp_path / "work" / film).is_file() for film in films)
    assert not (tmp_path / "work/owned").exists()

    key = job.outputs["key"]
    (tmp_path / "work/bowl.toml").write_text(TINY.format("x^4"))
    code, printed = job.use(presets="*.toml", directory="the films", check="true")
    assert (code, json.loads(job.outputs["changed"])) == (1, films[:1])
    assert "stale" in printed
    assert job.outputs["key"] != key


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"check": "yes"}, "check is true or false, not 'yes'"),
        ({"extras": "h5;ls"}, "extras are names such as h5"),
        ({"presets": "none/*.toml"}, "no file is matched by 'none/*.toml'"),
        ({"presets": " \n"}, "presets names no preset"),
    ],
)
def test_a_wrong_input_is_told_before_anything_is_installed(given: dict[str, str], words: str, tmp_path: Path):
    code, printed = Job(tmp_path).use(only=("packages",), **{"presets": "sphere", **given})
    assert code == 2
    assert printed.startswith("::error title=gdviz::")
    assert words in printed


def test_no_input_is_a_part_of_a_command():
    assert [step["run"] for step in STEPS if "${{" in step["run"]] == []
    assert {step["id"] for step in STEPS if "id" in step} >= {"packages", "plan", "render"}


def test_every_input_and_output_is_described_in_the_documentation():
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w-]+)` \| .+ \| (.+) \|$", page, flags=re.MULTILINE))
    assert set(rows) == set(ACTION["inputs"])
    for name, each in ACTION["inputs"].items():
        assert rows[name] == f"`{each['default']}`" or not each["default"], name
    assert all(f"`{name}`" in page for name in ACTION["outputs"])
