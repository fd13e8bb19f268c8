"""The benchmarks' measures of the floor still run; what they measure is for `make bench`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CONTENDERS = Path(__file__).parents[1] / "benchmarks" / "contenders.py"


@pytest.mark.parametrize("name", ["bare-surface", "encoder"])
def test_the_floor_is_measured(name: str):
    ended = subprocess.run([sys.executable, CONTENDERS, name, "2"], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["frames"] == 2
    assert told["seconds"] > 0
