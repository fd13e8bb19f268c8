"""An optimizer as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser
from PIL import Image

from gdviz.descent.optimizer import Optimizer
from gdviz.descent.optimizers import OPTIMIZERS, optimizer
from gdviz.errors import InputError
from gdviz.formula import terms_of, write_optimizer
from gdviz.formula.terms import numbers_of


def drawn(each: Optimizer, folder: Path, **how: Any) -> np.ndarray:
    with Image.open(write_optimizer(each, folder / "drawn.png", **how)) as image:
        return np.asarray(image)


def bands(alpha: np.ndarray) -> list[tuple[int, int]]:
    """Return the rows with ink, from one to below the other, that are divided by empty ones."""
    edges = np.flatnonzero(np.diff(np.r_[False, alpha.any(axis=1), False].astype(int)))
    return [(int(top), int(bottom)) for top, bottom in edges.reshape(-1, 2)]


@pytest.mark.parametrize("each", OPTIMIZERS.values(), ids=lambda each: each.name)
def test_matplotlib_reads_every_equation(each: Optimizer):
    for equation in each.equations:
        assert MathTextParser("path").parse(f"${equation}$").width > 0


@pytest.mark.parametrize("name", ["gd", "adan", "bfgs"])  # the shortest, and the most to draw
def test_an_optimizer_is_drawn_line_by_line_and_nothing_is_cut_off(name: str, tmp_path: Path):
    each = optimizer(name)
    alpha = drawn(each, tmp_path)[..., 3]
    assert alpha.max() == 255
    assert not np.concatenate(
        [alpha[:2].ravel(), alpha[-2:].ravel(), alpha[:, :2].ravel(), alpha[:, -2:].ravel()]
    ).any()
    least = 1 + len(each.equations) + 1 + bool(each.hyperparameters) + 1
    assert len(bands(alpha)) >= least
    assert alpha.shape[1] < 640


def test_equations_stand_below_each_other_at_their_equals_signs(tmp_path: Path):
    alpha = drawn(optimizer("momentum"), tmp_path, scale=4)[..., 3] > 128
    signs = []
    for top, bottom in bands(alpha)[1:3]:
        rows = [
            np.flatnonzero(np.diff(np.r_[False, row, False].astype(int))).reshape(-1, 2) for row in alpha[top:bottom]
        ]
        runs = [tuple(run) for row in rows for run in row.tolist() if run[1] - run[0] > 40]
        signs.append(min(runs))  # the leftmost of what is long and level
    assert signs[0] == pytest.approx(signs[1], abs=1)


def test_the_colour_and_the_scale_are_those_asked_for(tmp_path: Path):
    one, two = drawn(optimizer("gd"), tmp_path), drawn(optimizer("gd"), tmp_path, scale=2, color="white")
    assert two.shape[:2] == (2 * one.shape[0], 2 * one.shape[1])
    assert (one[one[..., 3] == 255, :3] == 0).all()
    assert (two[two[..., 3] == 255, :3] == 255).all()


def test_the_numbers_are_the_optimizers_own(tmp_path: Path):
    assert numbers_of(optimizer("adam")) == [r"\beta_1 = 0.9", r"\beta_2 = 0.999", r"\epsilon = 10^{-8}"]
    assert numbers_of(optimizer("adam", eps=2.5e-7))[2] == r"\epsilon = 2.5 \cdot 10^{-7}"
    usual, own = drawn(optimizer("momentum"), tmp_path), drawn(optimizer("momentum", momentum=0.5), tmp_path)
    assert usual.shape == own.shape
    assert not np.array_equal(usual, own)


def test_the_letters_of_an_equation_are_explained():
    assert len(terms_of(optimizer("adam"))) == 2
    assert any("learning rate" in term for term in terms_of(optimizer("rprop")))
    assert any("Hessian" in term for term in terms_of(optimizer("newton")))
    assert not any("learning rate" in term for term in terms_of(optimizer("newton")))
    assert any("k = 0" in term for term in terms_of(optimizer("bfgs")))


def test_the_same_bytes_each_time_and_an_svg_too(tmp_path: Path):
    one, other = (write_optimizer(optimizer("gd"), tmp_path / name).read_bytes() for name in ("a.svg", "b.svg"))
    assert one == other
    assert b"<title>Gradient descent x_t = " in one


def test_bad_settings_are_refused(tmp_path: Path):
    for name, how in (("a.gif", {}), ("a.png", {"scale": 11}), ("a.png", {"color": "blurple-ish"})):
        with pytest.raises(InputError):
            write_optimizer(optimizer("gd"), tmp_path / name, **how)
    assert not list(tmp_path.iterdir())
