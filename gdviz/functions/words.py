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
KEYWORDS: Mapping[str, str] = MappingProxyType(
    {
        **{word: word for word in ("if", "else", "and", "or", "not")},
        "otherwise": "else",
        "elsewhere": "else",
    }
)
WORDS_IN_TEXT: Mapping[str, str] = MappingProxyType({"for": "if", "when": "if", "whenever": "if", **KEYWORDS})

SIGNS: Mapping[str, str] = MappingProxyType(
    {
        "^": "**",
        **dict.fromkeys("·⋅×∗•∙", "*"),
        **dict.fromkeys("÷∕⁄", "/"),
        **dict.fromkeys("−–‐‑", "-"),
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
    }
)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
VULGAR_FRACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5",
        "⅙": "1/6", "⅚": "5/6", "⅐": "1/7", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8", "⅑": "1/9", "⅒": "1/10",
    }
)  # fmt: skip
ROOTS: Mapping[str, str] = MappingProxyType({"√": "sqrt", "∛": "cbrt"})

LATEX_SIGNS: Mapping[str, str] = MappingProxyType(
    {
        r"\cdot": "*",
        r"\times": "*",
        r"\ast": "*",
        r"\div": "/",
        **dict.fromkeys((r"\le", r"\leq", r"\leqslant"), "<="),
        **dict.fromkeys((r"\ge", r"\geq", r"\geqslant"), ">="),
        **dict.fromkeys((r"\ne", r"\neq"), "!="),
        r"\lt": "<",
        r"\gt": ">",
        r"\vert": "|",
    }
)
LATEX_KEYWORDS: Mapping[str, str] = MappingProxyType(
    {r"\land": "and", r"\wedge": "and", r"\lor": "or", r"\vee": "or", r"\lnot": "not", r"\neg": "not"}
)
LATEX_SPACES = frozenset(
    {
        r"\left",
        r"\right",
        r"\displaystyle",
        r"\textstyle",
        r"\nonumber",
        r"\quad",
        r"\qquad",
        r"\enspace",
        r"\thinspace",
    }
    | {rf"\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r")}
    | {rf"\{sign}" for sign in ",;:!> ()[]"}
    | {"$"}
)
LATEX_FRACTIONS = frozenset({r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"})

BRACKETS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "(": ("(", ")"),
        "{": ("(", "}"),
        r"\{": ("(", r"\}"),
        "|": ("abs(", "|"),
        r"\lvert": ("abs(", r"\rvert"),
        "⌊": ("floor(", "⌋"),
        "⌈": ("ceil(", "⌉"),
        r"\begin{cases}": ("(", r"\end{cases}"),
    }
)
"""What opens a part -> what is put in its place, and what closes it."""

LATEX_BRACKETS: Mapping[str, str] = MappingProxyType(
    {
        r"\lfloor": "⌊",
        r"\rfloor": "⌋",
        r"\lceil": "⌈",
        r"\rceil": "⌉",
        r"\lbrace": r"\{",
        r"\rbrace": r"\}",
        r"\lvert": r"\lvert",
        r"\rvert": r"\rvert",
        r"\{": r"\{",
        r"\}": r"\}",
    }
)
