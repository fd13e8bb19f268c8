"""Formulas as images: what is on the disk, pixel by pixel, and which LaTeX is refused with which sentence."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from gdviz.errors import InputError
from gdviz.formula import formula_of, write_formula
from gdviz.formula.equation import LINE_WIDTH
from gdviz.formula.latex import MAX_DEPTH
from gdviz.functions import CATALOGUE, function

SQUARE = r"f(x) = x^2"
POWER_RULE = r"\frac{d}{dx} x^n = n x^{n-1}"
SVG = "{http://www.w3.org/2000/svg}"


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        assert (image.format, image.mode) == ("PNG", "RGBA")
        return np.asarray(image)


def drawn(latex: str, folder: Path, **how: Any) -> np.ndarray:
    return pixels(write_formula(latex, folder / "drawn.png", **how))


@pytest.mark.parametrize("latex", [SQUARE, POWER_RULE, formula_of(function("himmelblau"))])
def test_ink_on_a_transparent_ground_that_is_not_cut_off(tmp_path: Path, latex: str):
    image = drawn(latex, tmp_path)
    alpha = image[..., 3]
    assert alpha.max() == 255
    edges = np.concatenate([alpha[:2].ravel(), alpha[-2:].ravel(), alpha[:, :2].ravel(), alpha[:, -2:].ravel()])
    assert not edges.any()
    inked = np.argwhere(alpha > 0)
    assert inked.min(axis=0).max() <= 4
    assert (np.array(alpha.shape) - 1 - inked.max(axis=0)).max() <= 4
    assert 0.03 < (alpha > 128).mean() < 0.4
    assert (image[alpha > 0, :3] == 0).all()


@pytest.mark.parametrize(
    ("color", "rgb"),
    [
        ("white", (255, 255, 255)),
        ("#1f77b4", (0x1F, 0x77, 0xB4)),
        ("DarkRed", (139, 0, 0)),
        ("tab:blue", (31, 119, 180)),
    ],
)
def test_the_colour_is_that_asked_for(tmp_path: Path, color: str, rgb: tuple[int, int, int]):
    image = drawn(POWER_RULE, tmp_path, color=color)
    assert (image[image[..., 3] == 255, :3] == rgb).all()
    assert np.abs(image[image[..., 3] > 32, :3].astype(int) - rgb).max() <= 4
    assert (image[..., 3] == drawn(POWER_RULE, tmp_path)[..., 3]).all()
    svg = write_formula(POWER_RULE, tmp_path / "a.svg", color=color).read_text()
    assert f'style="fill: #{rgb[0]:02x}{rgb[1]:02x}{rgb[2]:02x}"' in svg


def test_scale_2_is_exactly_twice_the_pixels_of_the_same_picture(tmp_path: Path):
    for latex in (SQUARE, POWER_RULE, formula_of(function("levy"))):
        one, two = drawn(latex, tmp_path)[..., 3], drawn(latex, tmp_path, scale=2)[..., 3]
        assert two.shape == (2 * one.shape[0], 2 * one.shape[1])
        halved = two.reshape(one.shape[0], 2, one.shape[1], 2).mean(axis=(1, 3))
        assert np.abs(halved - one).mean() < 0.5
        assert np.abs(halved - one).max() < 50
    assert drawn(SQUARE, tmp_path, scale=0.5).shape[0] == round(drawn(SQUARE, tmp_path).shape[0] / 2)


def test_size_makes_the_letters_larger(tmp_path: Path):
    small, large = drawn(SQUARE, tmp_path, size=20), drawn(SQUARE, tmp_path, size=40)
    assert large.shape[1] - 6 == pytest.approx(2 * (small.shape[1] - 6), abs=2)


def test_an_svg_is_paths_and_no_text(tmp_path: Path):
    path = write_formula(POWER_RULE + " < 1", tmp_path / "a.svg")
    root = ElementTree.fromstring(path.read_text())
    assert root.findtext(f"{SVG}title") == POWER_RULE + " < 1"
    assert not list(root.iter(f"{SVG}text"))
    assert not list(root.iter(f"{SVG}image"))
    assert len(list(root.iter(f"{SVG}path"))) == 1
    height, width = drawn(POWER_RULE + " < 1", tmp_path).shape[:2]
    assert points(root) == pytest.approx((0.75 * width, 0.75 * height))
    data = next(root.iter(f"{SVG}path")).attrib["d"]
    ends = np.array([[float(n) for n in part.split()[-2:]] for part in re.findall(r"[MLQC]([^MLQCz]+)", data)])
    assert ends.min() >= 1.5
    assert (ends.max(axis=0) <= np.array(points(root)) - 1.5).all()
    double = ElementTree.fromstring(write_formula(POWER_RULE + " < 1", tmp_path / "b.svg", scale=2).read_text())
    assert points(double) == pytest.approx((1.5 * width, 1.5 * height))


def points(svg: ElementTree.Element) -> tuple[float, float]:
    return float(svg.attrib["width"].removesuffix("pt")), float(svg.attrib["height"].removesuffix("pt"))


def test_the_same_bytes_in_another_process_that_imports_no_pyplot_and_prints_nothing(tmp_path: Path):
    script = (
        "import sys; from pathlib import Path\n"
        "import gdviz; assert 'matplotlib' not in sys.modules\n"
        "from gdviz.formula import formula_of, write_formula\n"
        "assert 'matplotlib' not in sys.modules\n"
        "from gdviz.functions import function\n"
        "for name in ('a.png', 'a.svg'): write_formula(formula_of(function('ackley')), Path(sys.argv[1], name))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    (tmp_path / "other").mkdir()
    command = [sys.executable, "-W", "error", "-c", script, str(tmp_path / "other")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for name in ("a.png", "a.svg"):
        ours = write_formula(formula_of(function("ackley")), tmp_path / name).read_bytes()
        assert (tmp_path / "other" / name).read_bytes() == ours


def test_a_refused_formula_does_not_change_the_next_one(tmp_path: Path):
    before = drawn(r"\sin^2(x) - x", tmp_path)
    with pytest.raises(InputError):
        drawn(r"\sin^{\nosuch}", tmp_path)
    assert np.array_equal(drawn(r"\sin^2(x) - x", tmp_path), before)


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.name)
def test_every_named_function_is_drawn_no_wider_than_a_page(tmp_path: Path, each):
    alpha = drawn(formula_of(each), tmp_path)[..., 3]
    assert alpha.max() == 255
    assert alpha.shape[1] <= 20 * LINE_WIDTH * 1.06


@pytest.mark.parametrize(
    ("text", "equation"),
    [
        ("parabola", "f(x) = x^{2}"),
        ("himmelblau", "f(x, y) = (x^{2} + y - 11)^{2} + (x + y^{2} - 7)^{2}"),
        ("griewank", r"f(x, y) = \frac{x^{2} + y^{2}}{4000} - \cos(x) \cos\left(\frac{y}{\sqrt{2}}\right) + 1"),
        ("easom", r"f(x, y) = -\cos(x) \cos(y) e^{-(x - \pi)^{2} - (y - \pi)^{2}}"),
        ("exp(-sqrt(x))", r"f(x) = \exp\left(-\sqrt{x}\right)"),
        ("log(abs(x))^2 + asin(y)", r"f(x, y) = \ln(\lvert x\rvert)^{2} + \arcsin(y)"),
        ("sign(x)*2 + 1*cos(x)", r"f(x) = \operatorname{sgn}(x) \cdot 2 + \cos(x)"),
        ("2*3*x + 1e-7*x + 418.98288727243374", r"f(x) = 2 \cdot 3 x + 10^{-7} x + 418.9829"),
        ("max(x, y) - x^-0.5", r"f(x, y) = \max(x, y) - x^{-0.5}"),
        ("(x + 1)/(x - 1) + 2.5e-7^2*x", r"f(x) = \frac{x + 1}{x - 1} + (2.5 \cdot 10^{-7})^{2} x"),
    ],
)
def test_equations_as_a_textbook_prints_them(text: str, equation: str):
    assert formula_of(function(text)) == equation


def test_long_equations_are_broken_before_a_sign_or_between_factors():
    assert formula_of(function("levy")).split(r" \\ ")[1].startswith("+ ")
    assert [line[:7] for line in formula_of(function("shubert")).split(r" \\ ")] == ["f(x, y)", r"\times "]
    terms = formula_of(function(" + ".join(f"sin(x + {n})" for n in range(1, 21)))).split(r" \\ ")
    assert len(terms) > 2
    assert all(line.startswith("+ ") for line in terms[1:])


def test_lines_are_below_each_other_and_indented(tmp_path: Path):
    single = drawn("y = x", tmp_path)
    for latex in (r"y = x \\ + x \\ - x", r"y_{i=1} = x \\ + x \\ - x"):
        lines = drawn(latex, tmp_path)[..., 3]
        assert lines.shape[0] > 2.5 * single.shape[0]
        first, second, third = (np.flatnonzero(part.any(axis=0)).min() for part in np.array_split(lines, 3))
        assert first < 10 < 30 < second
        assert abs(second - third) <= 1


def test_line_breaks_may_have_a_skip_and_marks(tmp_path: Path):
    plain = drawn(r"y = x \\ + x", tmp_path)
    assert np.array_equal(drawn(r"y &= x \\[4pt] &+ x \\ \nonumber", tmp_path), plain)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$x^2$", "x^2"),
        ("x\n+ \t y", "x + y"),
        ("x\u00a0+\u202fy", "x + y"),
        ("x\u00ad^2\u200d + \ufeffy\ufe0e", "x^2 + y"),
        ("$$x^2$$", "x^2"),
        (r"\displaystyle\frac{1}{2}", r"\dfrac{1}{2}"),
        (r"\bigl(x\bigr)", "(x)"),
        (r"a \le b", r"a \leq b"),
        (r"\bm{x}", r"\boldsymbol{x}"),
        (r"\textrm{if }x", r"\text{if }x"),
    ],
)
def test_two_ways_of_writing_the_same(tmp_path: Path, one: str, other: str):
    assert np.array_equal(drawn(one, tmp_path), drawn(other, tmp_path))


@pytest.mark.parametrize(
    "latex",
    [
        r"x_{n+1} = x_n - \gamma \nabla f(x_n)",
        r"\theta_{t+1} \gets \theta_t - \eta\,\frac{\partial L}{\partial \theta_t}, \quad \|\nabla f\| < 10^{-3}",
        r"\lim_{h\to 0} \frac{f(x+h)-f(x)}{h} = f'(x)",
        r"\int_{-\infty}^{\infty} e^{-x^2}\,dx = \sqrt{\pi}, \quad \sum_{i=1}^n i = \tfrac{n(n+1)}{2}",
        r"x^{*} = \argmin_{x \in \mathbb{R}^n} f(x), \quad a \bmod b",
        r"\lVert x \rVert, \binom{n}{k}, \sqrt[3]{x}, \hat y, \left.f\right|_0, \left\{\frac{1}{2}\right\}, 50\%",
        r"\sum_{i < n} \mathbf{x}_i, \text{für alle } \varepsilon > 0",
    ],
)
def test_common_latex_is_drawn(tmp_path: Path, latex: str):
    assert drawn(latex, tmp_path)[..., 3].max() == 255


@pytest.mark.parametrize(
    ("latex", "part"),
    [
        ("", "is empty"),
        ("$ $", "is empty"),
        ("&", "is empty"),
        (r"\\", "is empty"),
        (r"\quad", "cannot be laid out"),
        (r"\nosuch{x}", r"\nosuch"),
        (r"\input{/etc/passwd}", r"\input"),
        (r"\frac{1}", r"Expected \frac{num}{den}"),
        ("x^", "Expected more, found end of text"),
        ("x_1_2", "Double subscript"),
        ("x}", "closes nothing"),
        ("{x", "Expected '}'"),
        (r"\left(x", r"\right', found end"),
        (r"x\right)", r"\right"),
        ("a $ b", "$: put it only"),
        ("50%", r"\%"),
        ("\\", "name must follow"),
        ("x\0", "without control characters"),
        ("x\x1b[2J", "without control characters"),
        ("\ud800", "without broken characters"),
        ("日", "日"),
        ("x" * 2001, "2,001 characters"),
        ("{" * (MAX_DEPTH + 1) + "x" + "}" * (MAX_DEPTH + 1), "50 levels"),
        (r"\sqrt" * 390 + "x", r"Expected \sqrt"),
        (r"\left(" * 90 + "x" + r"\right)" * 90, "too deeply"),
        (r"\frac{1}{" * 45 + "x" + "}" * 45, "too deeply"),
        (r"x\hspace{9999999}x", "pixels"),
        (r"x\hspace{" + "9" * 400 + "}x", "too large"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(tmp_path: Path, latex: str, part: str):
    target = tmp_path / "a.png"
    target.write_text("before")
    with pytest.raises(InputError) as refusal:
        write_formula(latex, target)
    message = str(refusal.value).replace("cannot be drawn", "cannot be").replace("can be drawn", "cannot be")
    assert part in message
    assert "\n" not in message
    assert len(message) < 250
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("how", "part"),
    [
        ({"color": "blurple-ish"}, "darkred"),
        ({"color": "#12"}, "#rrggbb"),
        ({"color": "none"}, "#rrggbb"),
        ({"color": "0.5"}, "#rrggbb"),
        ({"color": ""}, "#rrggbb"),
        ({"scale": 0.05}, "0.1 to 10"),
        ({"scale": 11}, "0.1 to 10"),
        ({"scale": float("nan")}, "0.1 to 10"),
        ({"scale": float("inf")}, "0.1 to 10"),
        ({"size": 0}, "4 to 400"),
        ({"size": 1e9}, "4 to 400"),
    ],
)
def test_bad_settings_are_refused(tmp_path: Path, how: dict[str, Any], part: str):
    with pytest.raises(InputError, match=re.escape(part)):
        write_formula("x", tmp_path / "a.png", **how)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "part"), [("a.gif", ".svg"), ("a", ".svg"), ("no/a.png", "no folder")])
def test_bad_targets_are_refused(tmp_path: Path, name: str, part: str):
    with pytest.raises(InputError, match=re.escape(part)):
        write_formula("x", tmp_path / name)


def test_what_matplotlib_warns_of_reaches_no_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    logger = logging.getLogger("matplotlib")
    before = (logger.handlers[:], logger.propagate)
    with warnings.catch_warnings(record=True) as caught, pytest.raises(InputError):
        write_formula("日", tmp_path / "a.png")
    assert not caught
    assert capfd.readouterr() == ("", "")
    assert (logger.handlers, logger.propagate) == before
