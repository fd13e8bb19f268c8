"""The words and signs of an expression, as people write them -> the one spelling that is computed with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

VARIABLE_NAMES: Mapping[str, str] = MappingProxyType(
    {"x": "x", "y": "y", "X": "x", "Y": "y", "x1": "x", "x2": "y", "x_1": "x", "x_2": "y"}
)
CONSTANT_NAMES: Mapping[str, str] = MappingProxyType({"pi": "pi", "e": "e", "tau": "tau", "π": "pi", "τ": "tau"})
FUNCTION_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "arcsin": "asin",
        "arccos": "acos",
        "arctan": "atan",
        "absolute": "abs",
        "fabs": "abs",
        "sgn": "sign",
        "minimum": "min",
        "maximum": "max",
        "remainder": "mod",
        "expit": "sigmoid",
        "Piecewise": "piecewise",
    }
)
KEYWORDS = frozenset({"if", "else", "and", "or", "not"})

SIGNS: Mapping[str, str] = MappingProxyType(
    {"^": "**", "·": "*", "⋅": "*", "×": "*", "∗": "*", "÷": "/", "−": "-", "–": "-", "≤": "<=", "≥": ">=", "≠": "!="}
)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

LATEX_SIGNS: Mapping[str, str] = MappingProxyType(
    {
        r"\cdot": "*",
        r"\times": "*",
        r"\ast": "*",
        r"\div": "/",
        r"\le": "<=",
        r"\leq": "<=",
        r"\ge": ">=",
        r"\geq": ">=",
        r"\ne": "!=",
        r"\neq": "!=",
        r"\lt": "<",
        r"\gt": ">",
        r"\lvert": "|",
        r"\rvert": "|",
        r"\vert": "|",
    }
)
LATEX_SPACES = frozenset({r"\left", r"\right", r"\,", r"\;", r"\:", r"\!", r"\quad", r"\ ", "$"})
LATEX_FRACTIONS = frozenset({r"\frac", r"\dfrac", r"\tfrac"})

CURES: Mapping[str, str] = MappingProxyType(
    {
        "%": "write mod(x, y) for a remainder",
        "//": "write floor(x/y) for a whole quotient",
        "=": "write == to compare; an equation has no height",
        "[": "write ( and ) for brackets",
        "]": "write ( and ) for brackets",
        "#": "an expression has no comments",
        "!": "write != for 'is not'",
        "&": "write 'and' between comparisons",
        "~": "write 'not' before a comparison",
        "'": "take the quotes away",
        '"': "take the quotes away",
        "@": "write * for a product",
        ".": "a dot stands only inside a number",
        ";": "write one expression",
        "\\": "only plain LaTeX is read",
    }
)
