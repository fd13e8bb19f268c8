"""The preset `digits`: its file is what examples/digits.py trains and projects."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
FILE = ROOT / "presets" / "digits.npz"


@pytest.fixture(scope="module")
def digits() -> ModuleType:
    pytest.importorskip("sklearn", reason="scikit-learn, whose digits are learnt, is not installed")
    spec = importlib.util.spec_from_file_location("digits", ROOT / "examples" / "digits.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["digits"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


def test_the_file_is_small_and_holds_the_plane_and_three_runs_that_are_apart():
    assert FILE.stat().st_size < 150_000
    held = np.load(FILE, allow_pickle=False)
    assert held["explained"].sum() > 0.9
    ends = np.array([held[f"path_{name}"][-1] for name in ("sgd", "momentum", "adam")])
    assert min(np.linalg.norm(ends[one] - ends[other]) for one, other in ((0, 1), (0, 2), (1, 2))) > 15
    assert all(held[f"loss_{name}"][-1] < 0.03 for name in ("sgd", "momentum", "adam"))


def test_the_runs_of_the_example_are_those_of_the_file(digits: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(digits, "STEPS", 40)
    data = digits.all_digits()
    held = np.load(FILE, allow_pickle=False)
    for name, run in digits.snapshots(data).items():
        for step in (0, 15, 40):
            assert digits.loss(run[step], data) == pytest.approx(held[f"loss_{name}"][step], rel=1e-6)
        moved, seen = (np.linalg.norm(np.diff(each, axis=0), axis=1) for each in (run, held[f"path_{name}"][:41]))
        assert (seen <= moved + 1e-9).all()  # a projection makes nothing longer
        assert (seen > 0.1 * moved).mean() > 0.5


def test_the_gradient_is_that_of_the_loss(digits: ModuleType):
    data = digits.all_digits().some(np.arange(20))
    weights = 10 * digits.first_weights()
    slope = digits.gradient(weights, data)
    for number in (2, 333, 645, 700, 755):
        step = np.zeros_like(weights)
        step[number] = 1e-5
        change = (digits.loss(weights + step, data) - digits.loss(weights - step, data)) / 2e-5
        assert slope[number] == pytest.approx(change, rel=1e-4, abs=1e-9)
