"""The benchmarks still run, and count rightly; what they measure is for `make bench`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from measure import MeasureError, measure
from sample import Sample, detail, ratio, rounded, told
from similarity import similarity

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

# Starts a process, which works for 0.2 s in 60 MB and is still at work when the one that started it has ended.
LEAVES_A_CHILD = """
import os, time
if os.fork() == 0:
    time.sleep(0.05)
    held = bytearray(60 << 20)
    while time.process_time() < 0.2:
        pass
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / arguments[0]), *arguments[1:]], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", ["bare-surface", "encoder"])
def test_the_floor_is_measured(name: str):
    ended = run("contenders.py", name, "2")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["frames"] == 2
    assert told["seconds"] > 0


def test_the_engine_is_measured_beside_plain_numpy_that_goes_the_same_way():
    ended = run("engine.py", "1", "50")
    assert ended.returncode == 0, ended.stderr
    assert "| adam, 50 points, 200 steps |" in ended.stdout
    assert ended.stdout.count("\n| ") == 4


def test_the_command_tells_of_its_flags_and_figures():
    told = run("bench.py", "--help").stdout
    assert all(flag in told for flag in ("--baseline COMMIT", "--quick", "--only NAME"))
    listed = run("bench.py", "--list").stdout
    assert all(f"\n{name}" in f"\n{listed}" for name in ("frame ", "still ", "reference-2 ", "media ", "pictures"))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--only", "frames"), "there is no figure frames; there are frame, still, "),
        (("--baseline", "no-such-commit"), "there is no commit 'no-such-commit'"),
    ],
)
def test_what_is_not_there_is_refused_and_named(arguments: Sequence[str], reason: str):
    ended = run("bench.py", *arguments)
    assert ended.returncode != 0
    assert reason in ended.stderr
    assert "Traceback" not in ended.stderr


def test_all_processes_of_a_command_are_counted(tmp_path: Path):
    used = measure([sys.executable, "-I", "-S", "-c", LEAVES_A_CHILD], os.environ, tmp_path)
    assert 0.2 <= used.cpu < 2
    assert 60 < used.memory < 120
    assert used.first == 0


def test_the_first_part_of_a_film_is_seen(tmp_path: Path):
    script = "mkdir .work; sleep 0.1; touch .work/part-h264-000000.mp4; sleep 0.2; echo done"
    used = measure(["sh", "-c", script], os.environ, tmp_path)
    assert 0.1 <= used.first < used.wall - 0.1
    assert used.printed == "done\n"


def test_a_command_that_fails_is_told_with_what_it_said(tmp_path: Path):
    with pytest.raises(MeasureError, match="ended with 3:\nwhy"):
        measure(["sh", "-c", "echo why >&2; exit 3"], os.environ, tmp_path)


def test_a_sample_has_the_statistics_of_its_values():
    sample = Sample((2.0, 4.0, 9.0))
    assert (sample.median, sample.mean) == (4, 5)
    assert sample.spread == pytest.approx(13**0.5)
    assert told(sample) == "4.00 ± 3.61"
    assert detail(sample) == ("4.00", "5.00 ± 3.6", "2.00", "9.00", "3", "none")
    assert Sample((2.0,)).spread is None
    assert told(Sample((2.0,))) == "2.00"


def test_what_is_far_from_the_others_is_an_outlier():
    assert Sample((1.0, 1.01, 0.99, 1.0, 1.5)).outliers == (1.5,)
    assert Sample((1.0, 1.0, 1.0, 1.0, 1.02)).outliers == ()
    assert Sample((1.0, 1.0, 5.0)).outliers == ()  # of three, nobody knows which is usual


def test_a_ratio_is_that_of_runs_that_were_made_together():
    before, after = Sample((10.0, 20.0, 30.0)), Sample((5.0, 10.0, 15.0, 99.0))
    assert ratio(after, before).values == (0.5, 0.5, 0.5)
    assert told(ratio(after, before)) == "0.500 ± 0.000"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.0123456, "0.0123"), (0.667, "0.667"), (12.345, "12.3"), (1234.5, "1,234")]
)
def test_a_number_has_three_digits_that_count(value: float, text: str):
    assert rounded(value) == text


def test_similarity_is_that_of_its_definition():
    grey, lighter = (np.full((16, 20, 3), shade, np.uint8) for shade in (100, 150))
    noise = np.random.default_rng(0).integers(0, 256, (16, 20, 3), np.uint8)
    assert similarity(noise, noise) == pytest.approx(1)
    assert similarity(noise, noise[::-1]) < 0.3
    c1 = 2.55**2
    assert similarity(grey, lighter) == pytest.approx((2 * 100 * 150 + c1) / (100**2 + 150**2 + c1))
