"""Formulas as images: a function's equation in LaTeX, and LaTeX drawn tightly on a transparent background."""

from gdviz.formula.draw import inline_mask, write_formula
from gdviz.formula.equation import formula_line, formula_of

__all__ = ["formula_line", "formula_of", "inline_mask", "write_formula"]
