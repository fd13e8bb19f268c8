"""The benchmarks still run; what they measure is for `make bench`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.mark.parametrize("name", ["bare-surface", "encoder"])
def test_the_floor_is_measured(name: str):
    ended = subprocess.run(
        [sys.executable, BENCHMARKS / "contenders.py", name, "2"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["frames"] == 2
    assert told["seconds"] > 0


def test_the_engine_is_measured_beside_plain_numpy_that_goes_the_same_way():
    command = [sys.executable, str(BENCHMARKS / "engine.py"), "1", "50"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "| adam, 50 points, 200 steps |" in ended.stdout
    assert ended.stdout.count("\n| ") == 4
