r"""Translates a user's LaTeX to lines of the TeX that matplotlib's mathtext lays out.

mathtext's syntax decides what is accepted. In addition, `\\` starts a new line, fractions outside scripts and other
fractions are large, some common commands that mathtext lacks are renamed, and `2\cos x` gets a space.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from gdviz.errors import InputError, shorten
from gdviz.letters import is_seen, what_is_unwritable

MAX_CHARACTERS = 2_000  # of a formula
MAX_DEPTH = 50  # levels of nested braces

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.")
_MATHS = re.compile(r"(\$\$?)(.*)\1")
_NEW_LINE = re.compile(r"\\\\(?:\[[^\]]*\])?")

_RENAMED = MappingProxyType(
    {
        **{r"\le": r"\leq", r"\ge": r"\geq", r"\lvert": "|", r"\rvert": "|", r"\lVert": r"\|", r"\rVert": r"\|"},
        **{r"\gets": r"\leftarrow", r"\implies": r"\Longrightarrow", r"\iff": r"\Longleftrightarrow"},
        **{r"\tfrac": r"\frac", r"\bm": r"\boldsymbol", r"\textrm": r"\text", r"\bmod": r"\;\mathrm{mod}\;"},
        **{r"\argmin": r"\mathrm{arg\,min}", r"\argmax": r"\mathrm{arg\,max}"},
        **dict.fromkeys(("&", r"\displaystyle", r"\limits", r"\nonumber", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr"), ""),
    }
)
_REFUSED = MappingProxyType(
    {"$": "put it only around the whole formula", "%": r"write \% for it", "\\": "a command's name must follow"}
)
_NAMED_FUNCTION = re.compile(r"\\(a(rc)?)?(sin|cos|tan)h?|\\(exp|ln|log|min|max)")


def mathtext_lines(latex: str, *, inline: bool = False) -> list[str]:
    """Return the lines that mathtext must lay out; with `inline`, fractions are small.

    Raises
    ------
    InputError
        If the formula is empty, too long or too deeply nested, or has characters that cannot be drawn.

    """
    if len(latex) > MAX_CHARACTERS:
        raise InputError(f"the formula has {len(latex):,} characters; at most {MAX_CHARACTERS:,} are accepted")
    latex = " ".join(latex.split())
    if unwritable := what_is_unwritable(latex):
        raise InputError(f"the formula must be without {unwritable}, not {shorten(latex)}")
    latex = "".join(letter for letter in latex if is_seen(letter) or letter.isspace())
    whole = _MATHS.fullmatch(latex)
    lines = [_translated(line, inline=inline).strip() for line in _NEW_LINE.split(whole[2] if whole else latex)]
    if not any(lines):
        raise InputError("the formula is empty; write one in LaTeX, for example 'x^2 + 3 y^2'")
    return [line for line in lines if line]


def _translated(line: str, *, inline: bool) -> str:
    parts: list[str] = []
    before = ""
    small = [inline]  # for each open brace, whether fractions in it are small
    for token in _TOKEN.findall(line):
        if token in _REFUSED:
            raise InputError(f"the formula contains {token}: {_REFUSED[token]}")
        if token == "{":
            small.append(small[-1] or before in ("^", "_", "}", r"\frac", r"\dfrac", r"\tfrac"))
            if len(small) > MAX_DEPTH:
                raise InputError(f"the formula is nested more than {MAX_DEPTH} levels deep; write it more simply")
        elif token == "}":
            small.pop()
            if not small:
                raise InputError("the formula contains a } that closes nothing; remove it")
        if token == r"\frac" and not small[-1]:
            parts.append(r"\dfrac")
        elif _NAMED_FUNCTION.fullmatch(token) and (before[-1:].isdigit() or before.isalpha() or before in (")", "}")):
            parts.append(rf"\,{token}")
        else:
            parts.append(_RENAMED.get(token, token))
        before = before if token == " " else token
    return "".join(parts)
