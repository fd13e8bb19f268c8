"""gdviz.plane: from snapshots of weights and a loss to a file that is drawn."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import PATIENCE, run, wait_until

import gdviz
from gdviz.extent import FloatArray

PARAMETERS = 1_000
RANDOM = np.random.default_rng(1)
AXES = np.linalg.qr(RANDOM.standard_normal((PARAMETERS, 2)))[0].T  # the two directions that the loss depends on
CENTER = RANDOM.standard_normal(PARAMETERS)
TIMES = np.linspace(0, 2, 30)
ROLLING = CENTER + 4 * np.exp(-TIMES)[:, None] * AXES[0] - 2 * np.exp(-3 * TIMES)[:, None] * AXES[1]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)


def valley(weights: FloatArray) -> float:
    one, other = AXES @ (weights - CENTER)
    return float(one**2 + 5 * other**2)


def plane(weights: Any = ROLLING, loss: Any = valley, path: str | None = None, **more: Any) -> gdviz.Plane:
    settings: dict[str, Any] = {"samples": (7, 5), "progress": False}
    return gdviz.plane(weights, loss, path, **settings | more)


def sines(directions: FloatArray, known: FloatArray) -> FloatArray:
    """Return the sines of the angles between directions and a plane's."""
    return np.linalg.norm(directions - directions @ np.linalg.pinv(known) @ known, axis=1)


def test_two_known_directions_in_a_thousand_dimensions_are_found():
    noise = 1e-9 * RANDOM.standard_normal(ROLLING.shape)
    found = plane(ROLLING + noise)
    assert sines(found.directions, AXES).max() < 1e-6
    np.testing.assert_allclose(found.directions @ found.directions.T, np.eye(2), atol=1e-12)
    scores = np.linalg.svd(ROLLING - ROLLING.mean(axis=0), compute_uv=False) ** 2
    np.testing.assert_allclose(found.explained, scores[:2] / scores.sum(), rtol=1e-6)
    assert (found.paths["training"][-1] > found.paths["training"][0]).all()
    np.testing.assert_allclose(found.paths["training"][-1], 0, atol=1e-12)


def test_a_plane_holds_the_loss_of_the_weights_at_its_points_and_of_the_snapshots():
    found = plane()
    assert found.f.shape == (5, 7)
    for j, i in ((0, 0), (4, 6), (1, 3)):
        assert found.f[j, i] == valley(found.weights(found.x[i], found.y[j]))
    np.testing.assert_array_equal(found.losses["training"], [valley(each) for each in ROLLING])
    path = found.paths["training"]
    np.testing.assert_allclose([found.weights(*point) for point in path], ROLLING, atol=1e-9)
    np.testing.assert_allclose(found.project(ROLLING[3:5]), path[3:5])
    with pytest.raises(gdviz.InputError, match="one run"):
        found.project({"a": ROLLING, "b": ROLLING})  # type: ignore[arg-type]
    span = np.ptp(path, axis=0)
    assert found.x[-1] - found.x[0] == pytest.approx(1.5 * span[0])
    assert found.x[0] == pytest.approx(path[:, 0].min() - 0.25 * span[0])
    narrow = plane(ROLLING, directions=[AXES[0], 100 * AXES[1]])
    assert narrow.y[-1] - narrow.y[0] == pytest.approx((narrow.x[-1] - narrow.x[0]) / 3)


def test_runs_of_several_optimizers_share_a_plane_and_given_losses_are_not_evaluated():
    evaluated: list[float] = []

    def counted(weights: FloatArray) -> float:
        evaluated.append(valley(weights))
        return evaluated[-1]

    runs = {"sgd": ROLLING.astype(np.float32), "adam": CENTER + 0.5 * (ROLLING[:9] - CENTER) @ AXES.T @ AXES[::-1]}
    found = plane(runs, counted, losses={"sgd": np.arange(30)}, origin="mean")
    assert {name: path.shape for name, path in found.paths.items()} == {"sgd": (30, 2), "adam": (9, 2)}
    np.testing.assert_array_equal(found.losses["sgd"], np.arange(30))
    assert len(evaluated) == 9 + 35
    np.testing.assert_allclose(found.origin, np.concatenate(list(runs.values())).mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(np.concatenate(list(found.paths.values())).mean(axis=0), 0, atol=1e-6)


def test_given_directions_need_not_be_orthogonal():
    slanted = np.array([2 * AXES[0], AXES[0] + AXES[1]])
    found = plane(directions=slanted, origin=CENTER, extent=(-1, 1, 0, 3))
    np.testing.assert_allclose(found.paths["training"] @ slanted, ROLLING - CENTER, atol=1e-9)
    assert found.explained.sum() == pytest.approx(1)
    assert (found.x[0], found.x[-1], found.y[0], found.y[-1]) == (-1, 1, 0, 3)


@pytest.mark.parametrize(("axis", "others"), [(0, (1, 2)), (-1, (0, 1))])
def test_random_directions_have_filters_as_long_as_the_weights(axis: int, others: tuple[int, int]):
    shapes = [(4, 3, 5), (20,), (6, 2)]
    weights = np.random.default_rng(2).standard_normal((1, 92))
    found = plane(weights, np.sum, directions="random", shapes=shapes, filter_axis=axis, seed=3)
    tensor, first = weights[0, :60].reshape(4, 3, 5), found.directions[0]
    kernels = first[:60].reshape(4, 3, 5)
    np.testing.assert_allclose((kernels**2).sum(axis=others), (tensor**2).sum(axis=others))
    assert not first[60:80].any()
    np.testing.assert_array_equal(found.origin, weights[0])
    assert (found.x[0], found.y[-1]) == (-1, 1)
    assert found.paths == {}
    again = plane(weights, np.sum, directions="random", shapes=map(list, shapes), filter_axis=axis, seed=3)
    assert again.made_from == found.made_from
    np.testing.assert_array_equal(again.directions, found.directions)
    assert plane(ROLLING, directions="random").y[0] == -1
    whole = plane(weights, np.sum, directions="random", seed=4)
    np.testing.assert_allclose(np.linalg.norm(whole.directions, axis=1), np.linalg.norm(weights))


SCRIPT = """
import itertools, sys, time
import numpy as np
import gdviz
calls = itertools.count()
def loss(weights):
    if next(calls) >= int(sys.argv[2]):
        time.sleep(1000)
    return float((weights ** 2).sum())
weights = np.random.default_rng(0).standard_normal((9, 40)).cumsum(axis=0)
gdviz.plane(weights, loss, sys.argv[1], samples=6, progress=False, title="Slow")
"""


def test_killed_in_mid_grid_and_called_again_it_makes_the_same_file():
    def script(name: str, losses: int = 1_000) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", SCRIPT, name, str(losses)])

    assert script("whole.npz").wait(PATIENCE) == 0
    killed = script("killed.npz", 9 + 3 * 6 + 2)
    wait_until(lambda: Path("killed.npz").exists() and np.isfinite(np.load("killed.npz")["f"][1]).all())
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(PATIENCE) == -signal.SIGKILL
    assert np.isnan(np.load("killed.npz")["f"][3:]).all()
    assert script("killed.npz").wait(PATIENCE) == 0
    assert Path("killed.npz").read_bytes() == Path("whole.npz").read_bytes()


def test_an_error_of_the_loss_keeps_what_is_done_and_an_executor_goes_on_to_the_same_file():
    calls = iter(range(10_000))

    def failing(weights: FloatArray) -> float:
        if next(calls) > 47:
            raise OSError("the data are gone")
        return valley(weights)

    with pytest.raises(OSError, match="gone") as raised:
        plane(loss=failing, path="loss.npz")
    assert raised.value.__notes__ == ["loss.npz keeps 7 of 10 rows; call gdviz.plane again to go on"]
    evaluated: list[float] = []

    def counted(weights: FloatArray) -> float:
        evaluated.append(valley(weights))
        return evaluated[-1]

    with ThreadPoolExecutor(3) as pool:
        plane(loss=counted, path="loss.npz", executor=pool)
    assert len(evaluated) == 1 + 3 * 7  # the first one, to see that the loss is the same, and three rows
    plane(path="whole.npz")
    assert Path("loss.npz").read_bytes() == Path("whole.npz").read_bytes()


def test_a_finished_file_is_read_and_other_files_are_not_overwritten():
    found = plane(path="loss.npz")
    before = Path("loss.npz").read_bytes()

    def once(weights: FloatArray) -> float:
        np.testing.assert_array_equal(weights, ROLLING[0])
        return valley(weights)

    again = plane(loss=once, path="loss.npz")
    np.testing.assert_array_equal(again.f, found.f)
    assert Path("loss.npz").read_bytes() == before
    found = plane(loss=once, path="loss.npz", title="A valley")
    assert str(np.load("loss.npz")["title"]) == "A valley"
    before = Path("loss.npz").read_bytes()
    for other, message in (
        ({"samples": 8}, r"loss\.npz was made with other arguments \(samples\); .*overwrite=True"),
        ({"weights": 2 * ROLLING}, r"other arguments \(weights\)"),
        ({"loss": lambda weights: 2 * valley(weights)}, "another loss: the first was 36, and is 72 now"),
    ):
        with pytest.raises(gdviz.InputError, match=message):
            plane(path="loss.npz", **other)
    assert Path("loss.npz").read_bytes() == before
    np.savez("own.npz", f=np.zeros((3, 3)))
    with pytest.raises(gdviz.InputError, match=r"^own\.npz is there, and gdviz\.plane did not make it; .*overwrite"):
        found.save("own.npz")
    found.save("own.npz", overwrite=True)
    assert Path("own.npz").read_bytes() == before
    factors = [2] * 40
    with pytest.raises(IndexError):
        plane(loss=lambda weights: factors.pop() * valley(weights), path="loss.npz", overwrite=True)
    assert np.isnan(np.load("loss.npz")["f"]).all(axis=1).tolist() == [False, True, True, True, True]
    doubled = plane(loss=lambda weights: 2 * valley(weights), path="loss.npz", title="Doubled", overwrite=True)
    np.testing.assert_array_equal(np.load("loss.npz")["f"], doubled.f)
    assert str(np.load("loss.npz")["title"]) == "Doubled"
    np.testing.assert_allclose(doubled.f, 2 * found.f)


def test_what_is_told_to_be_kept_is_in_the_file_and_a_damaged_one_is_told(monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch, pytest.raises(OSError, match=r"loss\.npz") as failed:
        patch.setattr(np, "savez", refused)
        plane(path="loss.npz")
    assert not hasattr(failed.value, "__notes__")
    assert not list(Path.cwd().iterdir())
    plane(path="loss.npz")
    whole = bytearray(Path("loss.npz").read_bytes())
    whole[whole.index(b"f.npy") + 200] ^= 1
    Path("loss.npz").write_bytes(whole)
    with pytest.raises(gdviz.InputError, match=r"^loss\.npz is damaged.*remove it"):
        plane(path="loss.npz")
    assert Path("loss.npz").read_bytes() == whole
    assert np.isfinite(plane(path="loss.npz", overwrite=True).f).all()


@pytest.mark.parametrize("done", ["two", -1, 1_000_000, 1.0])
def test_a_file_that_says_nonsense_of_what_is_done_is_damaged(done: Any):
    plane(path="loss.npz")
    with np.load("loss.npz") as file:
        arrays: dict[str, Any] = {name: file[name] for name in file.files}
    arrays["plane"] = np.array(json.dumps(json.loads(str(arrays["plane"])) | {"done": done}))
    np.savez("loss.npz", **arrays)
    with pytest.raises(gdviz.InputError, match=r"^loss\.npz is damaged"):
        plane(path="loss.npz")


def refused(*_: Any, **__: Any) -> None:
    raise OSError(28, "No space left on device")


def full_of_holes(weights: FloatArray) -> Any:
    return np.array(np.nan) if (weights - CENTER) @ AXES[0] > 0 else np.inf


def test_what_is_no_number_is_a_hole_and_what_has_none_is_an_error():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = plane(loss=full_of_holes, path="holes.npz")
    assert np.isnan(found.f).any()
    again = plane(loss=full_of_holes, path="holes.npz")
    np.testing.assert_array_equal(again.f, found.f)
    assert plane(loss=lambda weights: 10**400).f.min() == np.inf
    for nothing in (None, np.zeros(2), 1j, np.complex128(1), "1"):
        with pytest.raises(
            gdviz.InputError, match=rf"loss must return a number .*, but it returned {type(nothing).__name__}"
        ):
            plane(loss=lambda weights, nothing=nothing: nothing)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "one vector": ({"weights": ROLLING[0]}, r"weights has the shape \(1000,\); \(steps, parameters\) is needed"),
    "no run": ({"weights": {}}, "no run"),
    "texts": ({"weights": [["a", "b"]]}, "not real numbers"),
    "ragged": ({"weights": [[1.0, 2.0], [1.0]]}, "differ in length"),
    "diverged": ({"weights": {"a": [[1, 2], [3, np.inf]]}}, r"weights\['a'\]\[1\] is not finite"),
    "other network": ({"weights": {"a": np.eye(3), "b": np.eye(4)}}, "3 of a, 4 of b"),
    "bad name": ({"weights": {"a/b": np.eye(3)}}, "'a/b' is no name of a run"),
    "a line": ({"weights": np.arange(8)[:, None] * [1.0, 2.0]}, "lie on a line.*directions='random'"),
    "no movement": ({"weights": np.ones((4, 3))}, "are all the same"),
    "one snapshot": ({"weights": np.ones((1, 3))}, "are all the same"),
    "word": ({"directions": "pcs"}, "directions are 'pca', 'random' or two vectors, not 'pcs'"),
    "three": ({"directions": np.eye(3, PARAMETERS)}, "not 3 vectors"),
    "parallel": ({"directions": [AXES[0], -2 * AXES[0]]}, "parallel"),
    "zero": ({"directions": [AXES[0], 0 * AXES[0]]}, r"directions\[1\] has the length 0"),
    "short": (
        {"directions": [[1, 2], [3, 4]]},
        r"directions\[0\] has the shape \(2,\), but there are 1,000 parameters",
    ),
    "shapes": ({"directions": "random", "shapes": [(3, 4), (5,)]}, "shapes hold 17 numbers, but there are 1,000"),
    "no shapes": ({"directions": "random", "shapes": [1_000]}, r"such as \(64, 10\), not 1000"),
    "no axis": ({"directions": "random", "shapes": [(100, 10)], "filter_axis": 2}, "filter_axis is 2, and the tensor"),
    "half an axis": ({"directions": "random", "shapes": [(10, 100)], "filter_axis": 0.5}, "number of an axis"),
    "a shape alone": ({"directions": "random", "shapes": 1_000}, "list of shapes"),
    "seed": ({"directions": "random", "seed": -1}, "seed must be at least 0"),
    "a seed of letters": ({"directions": "random", "seed": "a"}, "seed must be at least 0, and whole, not 'a'"),
    "masked": ({"weights": np.ma.masked_less(np.eye(3), 1)}, r"weights\[0\] is not finite"),
    "a name of a file": ({"weights": {"a.csv": np.eye(3)}}, "'a.csv' is no name of a run"),
    "no function": ({"loss": 3.0}, r"loss must be a function of a vector of weights, not '3\.0'"),
    "no executor": ({"executor": 4}, "executor must have the map"),
    "a far extent": ({"extent": (0, 1, 0, 1e200)}, "y reaches beyond 1e\\+100"),
    "a narrow extent": ({"extent": (1e15, 1e15 + 1, 0, 1)}, "x spans too little"),
    "an extent of letters": ({"extent": "abcd"}, "xmin, xmax"),
    "a far margin": ({"margin": 1e300}, "x reaches beyond 1e\\+100"),
    "no margin": ({"margin": None}, "margin"),
    "biases only": ({"directions": "random", "shapes": [(PARAMETERS,)]}, "check shapes"),
    "origin": ({"origin": "first"}, "origin is 'last', 'mean' or weights"),
    "samples": ({"samples": 1}, "at least 2"),
    "half samples": ({"samples": 2.5}, "whole number"),
    "cells": ({"samples": (3_000, 2_000)}, "at most 4,000,000"),
    "extent": ({"extent": (1, 0, 0, 1)}, "xmin, xmax"),
    "margin": ({"margin": -1}, "margin"),
    "losses": ({"losses": [1, 2]}, r"losses have the shape \(2,\), but training has 30 snapshots"),
    "losses by name": ({"losses": {"training": np.ones(30)}}, "losses must be given as weights are"),
    "unknown losses": ({"weights": {"a": np.eye(3)}, "losses": {"b": [1, 2, 3]}}, "names 'b', and the runs are a"),
    "large": ({"weights": 1e200 * np.eye(3)}, "beyond 1e\\+100"),
    "title": ({"title": "a" * 2_000}, "at most 1,000 letters"),
    "suffix": ({"path": "loss.csv"}, r"saved as a \.npz file"),
    "folder": ({"path": "missing/loss.npz"}, "no folder missing"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_refused_in_a_sentence(name: str):
    arguments, message = BAD[name]
    with pytest.raises(gdviz.InputError, match=message) as raised:
        plane(**arguments)
    assert "\n" not in str(raised.value)


def test_progress_is_shown_unless_it_is_not_wanted(capfd: pytest.CaptureFixture[str]):
    plane()
    assert capfd.readouterr() == ("", "")
    plane(progress=True)
    out, complaints = capfd.readouterr()
    assert out == ""
    assert re.search("losses: 10/10 rows", complaints)


def test_the_file_is_drawn(tmp_path: Path):
    plane(path="loss.npz", samples=12, title="A valley")
    ended = run(tmp_path, "still", "loss.npz", "-o", "a.png", "--size", "96x64")
    assert (ended.code, ended.complaints) == (0, "")
    assert Path("a.png").stat().st_size > 1_000


def test_the_programs_of_the_documentation_are_python_and_the_first_makes_its_file():
    page = (Path(__file__).parents[1] / "docs" / "landscapes.md").read_text(encoding="utf-8")
    first, *others = re.findall(r"^```python\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    exec(compile(first, "docs/landscapes.md", "exec"), {})  # our own text
    assert np.load("loss.npz")["f"].shape == (51, 51)
    assert len(others) == 3
    for program in others:  # they need PyTorch, JAX or Keras
        compile(program, "docs/landscapes.md", "exec")
