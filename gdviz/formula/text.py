r"""Writes the LaTeX of optimizers' equations as plain text: `x_t = x_{t-1} - \eta g_t` as `xₜ = xₜ₋₁ - η gₜ`."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from types import MappingProxyType

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.")
_LETTERS: Mapping[str, str] = MappingProxyType(
    {
        **{r"\alpha": "α", r"\beta": "β", r"\delta": "δ", r"\epsilon": "ε", r"\eta": "η", r"\lambda": "λ", r"\mu": "μ"},
        **{r"\psi": "ψ", r"\rho": "ρ", r"\infty": "∞", r"\nabla": "∇", r"\pm": "±", r"\max": "max", r"\min": "min"},
        **{r"\left": "", r"\mathrm": "", r"\{": "{", r"\ldots": "..."},
    }
)
_SIGNS: Mapping[str, str] = MappingProxyType(
    {
        **{r"\cdot": "·", r"\leq": "≤", r"\leftarrow": "←", r"\right": "", r"\}": "}"},
        **{r"\quad": "\t", r"\;": "", r"\,": ""},  # there are blanks beside these
    }
)
"""What does not multiply a fraction before it."""
_LOWERED: Mapping[str, str] = MappingProxyType(dict(zip("0123456789+-tr", "₀₁₂₃₄₅₆₇₈₉₊₋ₜᵣ", strict=True)))
_RAISED: Mapping[str, str] = MappingProxyType(dict(zip("0123456789+-tkT*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵗᵏᵀ*", strict=True)))
_HAT = "\u0302"  # stands above the letter before it

_SUMS, _PARTS = (" + ", " - ", " / "), (" ", "##")


def as_text(latex: str) -> str:
    """Return LaTeX, in the part of it that optimizers' equations use, as a line of text.

    Indices and powers are small letters where Unicode has them. Fractions have a slash, and brackets where they need
    them.

    Raises
    ------
    ValueError
        If there is another command.

    """
    text = re.sub(r" *\t *", "\t", _text(deque(_TOKEN.findall(latex))))
    return re.sub(" +", " ", text).replace("\t", "   ").strip()


def _text(tokens: deque[str]) -> str:
    """Take tokens to the end, or to a brace that closes, and return them as text."""
    text = ""
    while tokens and (token := tokens.popleft()) != "}":
        if token == "{":
            text += _text(tokens)
        elif token == r"\frac":
            quotient = f"{_bracketed(_argument(tokens), _SUMS)} / {_bracketed(_argument(tokens), _PARTS)}"
            text += f"({quotient})" if _factor_follows(tokens) else quotient
        elif token == r"\sqrt":
            text += "√" + _bracketed(_argument(tokens), _PARTS)
        elif token == r"\hat":
            text += _argument(tokens) + _HAT
        elif token in "_^":
            text += _script(token, _argument(tokens))
        else:
            text += _letters(token)
    return text


def _argument(tokens: deque[str]) -> str:
    """Take what a command is applied to, and return it as text."""
    while tokens[0] == " ":
        tokens.popleft()
    token = tokens.popleft()
    return _text(tokens) if token == "{" else _letters(token)


def _letters(token: str) -> str:
    written = _SIGNS.get(token, _LETTERS.get(token, token))
    if written.startswith("\\"):
        raise ValueError(f"{token} is not known")
    return written


def _script(sign: str, text: str) -> str:
    small = _LOWERED if sign == "_" else _RAISED
    if set(text) <= small.keys():
        return "".join(small[letter] for letter in text)
    return sign + (f"({text})" if " " in text else text)


def _bracketed(text: str, marks: tuple[str, ...]) -> str:
    """Return a text, in brackets if one of the marks is in it; other brackets count as `#` each."""
    plain, found = text, 1
    while found:
        plain, found = re.subn(r"\([^()]*\)", "#", plain)
    return f"({text})" if any(mark in plain for mark in marks) else text


def _factor_follows(tokens: deque[str]) -> bool:
    token = next((each for each in tokens if each != " "), "}")
    return token not in _SIGNS and token not in "}+-=,:<>)|"
