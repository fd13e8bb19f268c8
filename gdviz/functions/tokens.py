"""Text -> tokens: every name and sign in its one spelling, with its place. What is not known is refused here."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto

from gdviz.errors import ExpressionError, nearest, shorten
from gdviz.functions.words import (
    CONSTANT_NAMES,
    CURES,
    FUNCTION_ALIASES,
    KEYWORDS,
    LATEX_FRACTIONS,
    LATEX_SIGNS,
    LATEX_SPACES,
    SIGNS,
    SUPERSCRIPTS,
    VARIABLE_NAMES,
)


class Kind(Enum):
    """What a token is."""

    NUMBER = auto()
    NAME = auto()  # a variable or a constant
    FUNCTION = auto()
    ROOT = auto()
    FRACTION = auto()
    OPEN = auto()
    CLOSE = auto()
    BAR = auto()
    COMMA = auto()
    SIGN = auto()  # + - * / **
    RAISED = auto()  # an exponent in small figures
    COMPARISON = auto()
    KEYWORD = auto()
    END = auto()


@dataclass(frozen=True)
class Token:
    """A name or sign in its one spelling, and where and how it was written."""

    kind: Kind
    text: str
    at: int
    written: str


_TOKENS = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+"
    r"|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)"
    r"|(?P<indexed>[xX]_(?:\{[12]\}|[12])(?![\w]))"
    r"|(?P<prefix>(?:np|numpy|jnp|math|torch)\.(?=[A-Za-z]))"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*|[πτ])"
    r"|(?P<operator>\\(?:operatorname|mathrm)\{[A-Za-z]+\})"
    r"|(?P<latex>\\[A-Za-z]+|\\[,;:! ]|\$)"
    r"|(?P<comparison><=|>=|==|!=|[<>≤≥≠])"
    r"|(?P<sign>\*\*|//|[-+*/^·⋅×∗÷−–])"
    r"|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)"
    r"|(?P<mark>[(){}|,√])",
    re.ASCII,
)
_HEADER = re.compile(r"\s*(?:([A-Za-z]\w*)\s*\(\s*[xX]\w*\s*(?:,\s*(?:[yY]|[xX]\w+)\s*)?\)|[fzFZ])\s*=(?!=)", re.ASCII)
_MARKS = {"(": Kind.OPEN, "{": Kind.OPEN, ")": Kind.CLOSE, "}": Kind.CLOSE, "|": Kind.BAR, ",": Kind.COMMA}


def refused(text: str, at: int, reason: str) -> ExpressionError:
    """Return the error of a text that cannot be read at a place."""
    return ExpressionError(f"{shorten(text)} is not an expression: {reason}", text, at)


def tokens(text: str, functions: Collection[str]) -> list[Token]:
    """Return the tokens of a text, and one of its end.

    Raises
    ------
    ExpressionError
        At what is no name or sign that is known.

    """
    header = _HEADER.match(text)
    at = header.end() if header and header[1] not in functions else 0
    found = []
    while at < len(text):
        match = _TOKENS.match(text, at)
        if match is None:
            raise refused(text, at, _unreadable(text, at))
        group, word = match.lastgroup or "", match[0]
        if group == "name" and len(word) > 1 and set(word.lower()) <= {"x", "y"}:
            found += [Token(Kind.NAME, each.lower(), at + place, each) for place, each in enumerate(word)]
        elif group not in ("space", "prefix") and word not in LATEX_SPACES:
            found.append(_token(text, at, group, word, functions))
        at = match.end()
    return [*found, Token(Kind.END, "", len(text), "")]


def _unreadable(text: str, at: int) -> str:
    cure = CURES.get(text[at], "only numbers, names and the signs + - * / ^ ( ) | , < > are read")
    return f"it contains {shorten(text[at])}; {cure}"


def _token(  # noqa: PLR0911  # one for each kind of token
    text: str, at: int, group: str, word: str, functions: Collection[str]
) -> Token:
    if group == "operator":
        group, name = "name", word[word.index("{") + 1 : -1]
    elif group == "latex" and word not in LATEX_SIGNS and word not in LATEX_FRACTIONS:
        group, name = "name", word[1:]
        if name not in functions and name not in FUNCTION_ALIASES and name not in CONSTANT_NAMES:
            raise refused(text, at, f"{shorten(word)} is not known; {CURES[chr(92)]}")
    else:
        name = word
    if group == "name":
        return _named(text, at, name, functions)
    match group:
        case "number":
            return Token(Kind.NUMBER, word, at, word)
        case "indexed":
            return Token(Kind.NAME, "x" if "1" in word else "y", at, word)
        case "raised":
            return Token(Kind.RAISED, word.translate(SUPERSCRIPTS), at, word)
        case "comparison":
            return Token(Kind.COMPARISON, SIGNS.get(word, word), at, word)
        case "mark":
            return Token(_MARKS.get(word, Kind.ROOT), word, at, word)
    if word in LATEX_FRACTIONS:
        return Token(Kind.FRACTION, word, at, word)
    if word == "//":
        raise refused(text, at, f"it contains '//'; {CURES['//']}")
    sign = LATEX_SIGNS.get(word, SIGNS.get(word, word))
    kind = Kind.BAR if sign == "|" else Kind.COMPARISON if sign[0] in "<>!" else Kind.SIGN
    return Token(kind, sign, at, word)


def _named(text: str, at: int, name: str, functions: Collection[str]) -> Token:
    if name in VARIABLE_NAMES or name in CONSTANT_NAMES:
        return Token(Kind.NAME, VARIABLE_NAMES.get(name) or CONSTANT_NAMES[name], at, name)
    if name in KEYWORDS:
        return Token(Kind.KEYWORD, name, at, name)
    spelled = FUNCTION_ALIASES.get(name, name)
    if spelled in functions:
        return Token(Kind.FUNCTION, spelled, at, name)
    raise ExpressionError(_unknown(text, at, name, functions), text, at)


def _unknown(text: str, at: int, name: str, functions: Collection[str]) -> str:
    called = text[at + len(name) :].lstrip().startswith("(")
    said = f"unknown {'function' if called else 'name'} {shorten(name)} in the expression"
    parts = _split(name, functions)
    if parts and not (called and not set(parts[:-1]).isdisjoint(functions)):
        *before, last = parts
        if called and last not in functions:
            last += "*"
        ending = f"{last}(...)" if called else last
        if not called and len(parts) > 1 and parts[-2] in functions:
            before, ending = parts[:-2], f"{parts[-2]}({last})"
        return f"{said}; write {'*'.join([*before, ending])}"
    if close := nearest(name.lower(), [*functions, *FUNCTION_ALIASES]):
        return f"{said}; did you mean {close}?"
    if called:
        return f"{said}; known are {', '.join(functions)}"
    return f"{said}; only x, y, pi, e and tau are known"


def _split(name: str, functions: Collection[str]) -> list[str]:
    """Return the known words that a name is made of, the longest first; nothing if it is not made of any."""
    if len(name) > 40:
        return []
    words = sorted([*functions, *FUNCTION_ALIASES, "x", "y", "e", "pi", "tau"], key=len, reverse=True)
    number = re.compile(r"\d+")
    found, at = [], 0
    while at < len(name):
        digits = number.match(name, at)
        word = digits[0] if digits else next((each for each in words if name.startswith(each, at)), None)
        if word is None:
            return []
        found.append(word)
        at += len(word)
    return found
