"""Equations as plain text."""

from __future__ import annotations

import pytest

from gdviz.descent.optimizer import SYMBOLS
from gdviz.descent.optimizers import OPTIMIZERS
from gdviz.formula import as_text


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"x_t = x_{t-1} - \eta g_t", "xₜ = xₜ₋₁ - η gₜ"),
        (r"\beta_1^t g_t^2", "β₁ᵗ gₜ²"),
        (r"H_t^{-1} s y^T", "Hₜ⁻¹ s yᵀ"),
        (r"0.96^{t \psi}", "0.96^(t ψ)"),
        (r"2^\psi + \lambda_{\min} + \rho_\infty + f^*", "2^ψ + λ_min + ρ_∞ + f*"),
        (r"\hat v_t = \max(\hat v_{t-1}, v_t)", "v̂ₜ = max(v̂ₜ₋₁, vₜ)"),
        (r"\eta \frac{g_t}{\sqrt{s_t} + \epsilon}", "η gₜ / (√sₜ + ε)"),
        (r"\frac{a}{b} c", "(a / b) c"),
        (r"\frac{a}{b} \quad (c)", "a / b   (c)"),
        (r"\left(1 - \frac{a}{b}\right)", "(1 - a / b)"),
        (r"\frac{a + b}{c d}", "(a + b) / (c d)"),
        (r"\frac{a b}{c_1}", "a b / c₁"),
        (r"\frac{a / b}{(c)(d)}", "(a / b) / ((c)(d))"),
        (r"\frac{(a + b)}{(c - d)}", "(a + b) / (c - d)"),
        (r"\sqrt{\frac{a}{b}}", "√(a / b)"),
        (r"\{a > 0: b \cdot c \leq 0\}", "{a > 0: b · c ≤ 0}"),
        (r"g_t \leftarrow 0 \; (a)", "gₜ ← 0 (a)"),
        (r"a, \quad b", "a,   b"),
        (r"\mathrm{sign}(g_t)", "sign(gₜ)"),
    ],
)
def test_latex_as_text(latex: str, text: str):
    assert as_text(latex) == text


@pytest.mark.parametrize("each", OPTIMIZERS.values(), ids=lambda each: each.name)
def test_nothing_of_latex_is_left_in_an_optimizers_equations(each):
    for latex in (*each.equations, *map(SYMBOLS.get, each.hyperparameters)):
        text = as_text(latex)
        assert not set(text) & set("\\\t")
        assert text.count("(") == text.count(")")
        assert "  " not in text.replace("   ", "")
        assert len(text) < 72  # with its margin, it stands in a terminal of 80 columns


def test_an_unknown_command_is_refused():
    with pytest.raises(ValueError, match=r"\\int is not known"):
        as_text(r"\int x")
