"""Formulas as images: a function's equation in LaTeX, and LaTeX drawn tightly on a transparent background."""

from gdviz.formula.draw import inline_mask, write_formula
from gdviz.formula.equation import formula_line, formula_of
from gdviz.formula.sheet import write_optimizer
from gdviz.formula.terms import terms_of
from gdviz.formula.text import as_text

__all__ = ["as_text", "formula_line", "formula_of", "inline_mask", "terms_of", "write_formula", "write_optimizer"]
