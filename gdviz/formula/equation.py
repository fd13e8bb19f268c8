"""A function's equation in LaTeX, in the form that a textbook prints."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from gdviz.formula.draw import width
from gdviz.functions import Function
from gdviz.functions.objective import Objective

LINE_WIDTH = 38.0  # in multiples of the letters' size: about a book page

_TALL = re.compile(r"\\(?:frac|sqrt)")
_EXPONENTIAL = re.compile(r"(?<![A-Za-z])e\^(?=\{)")
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(\^?)")

_INSIDE = r"((?:(?!\\left|\\right).)*)"
_CALL_BRACKETS_BARS = re.compile(
    rf"\{{\\left\({_INSIDE} \\right\)\}}|\\left\({_INSIDE}\\right\)|\\left\|\{{{_INSIDE}\}}\\right\|"
)

_TEXTBOOK = (
    (re.compile(r"\\operatorname\{a(sin|cos|tan)\}"), r"\\arc\1"),
    (re.compile(r"\\operatorname\{sign\}"), r"\\operatorname{sgn}"),
    (re.compile(r"\\log\b"), r"\\ln"),
    (re.compile(r"(^|[({|]|[+-] )- "), r"\1-"),
    (re.compile(r"(^|[({|]|[+-] )1 (?=[a-z(]|\\(?!cdot|right))"), r"\1"),
)

_PLACE = re.compile(r"\\left|\\right|\\[lr]vert|[{}()]| (?=[+-] )|(?<=[)}]) (?=\(|\\left\(|\\[a-z]+[({^])")
_OPENING = frozenset({r"\left", r"\lvert", "{", "("})


def formula_line(objective: Objective) -> str | None:
    """Return an objective's equation in LaTeX in one line, however long; None if it has no formula."""
    formula = objective.formula
    return None if formula is None else f"{_head(objective)}{_as_in_a_textbook(formula)}"


def formula_of(function: Function) -> str:
    r"""Return a function's equation in LaTeX, as a textbook would print it: `f(x, y) = x^{2} + y^{2}`.

    Long equations are broken with `\\` before a `+` or `-`, or else between factors. Logarithms are natural and written
    `\ln`; decimals have at most seven digits.
    """
    return r" \\ ".join(_broken(_head(function), _as_in_a_textbook(function.formula)))


def _head(objective: Objective) -> str:
    return f"f({'x' if objective.dimension == 1 else 'x, y'}) = "


def _as_in_a_textbook(text: str) -> str:
    text = _with_exp(text)
    replaced = 1
    while replaced:  # innermost brackets first; \1 and \2 stand for large ones, so that these do not match again
        text, replaced = _CALL_BRACKETS_BARS.subn(_bracketed, text)
    text = text.replace("\1", r"\left").replace("\2", r"\right")
    for pattern, replacement in _TEXTBOOK:
        text = pattern.sub(replacement, text)
    return _NUMBER.sub(_shown, text)


def _with_exp(text: str) -> str:
    """Write an exponential as exp(...) if its exponent has a fraction or a root, which would be tiny."""
    for found in reversed(list(_EXPONENTIAL.finditer(text))):
        end = start = found.end()
        while text.count("{", start, end) != text.count("}", start, end) or end == start:
            end += 1
        exponent = text[start + 1 : end - 1]
        if _TALL.search(exponent):
            text = rf"{text[: found.start()]}\exp{{\left({exponent} \right)}}{text[end:]}"
    return text


def _bracketed(found: re.Match[str]) -> str:
    inside = next(group for group in found.groups() if group is not None)
    bar = found[0].startswith(r"\left|")
    if _TALL.search(inside):
        return f"\1|{inside}\2|" if bar else f"\1({inside}\2)"
    return rf"\lvert {inside}\rvert" if bar else f"({inside})"


def _shown(found: re.Match[str]) -> str:
    text, raised = found.groups()
    if text.isdigit():
        return found[0]
    digits, _, power = f"{float(text):.7g}".partition("e")
    if not power:
        return digits + raised
    shown = f"10^{{{int(power)}}}" if digits == "1" else rf"{digits} \cdot 10^{{{int(power)}}}"
    return f"({shown})^" if raised else shown


def _broken(head: str, body: str) -> list[str]:
    """Return an equation as lines that are not too wide, as far as there are places to break it."""
    room = LINE_WIDTH - width(head)
    lines: list[str] = []
    while width(body) > room and (places := list(_places(body))):
        fitting = places[: bisect_right(places, room, key=lambda place: width(body[:place]))] or places[:1]
        signs = [place for place in fitting if body[place + 1] in "+-"]
        place = (signs or fitting)[-1]
        lines.append(body[:place])
        body = body[place + 1 :] if signs else rf"\times {body[place + 1 :]}"
    return [head + line if number == 0 else line for number, line in enumerate([*lines, body])]


def _places(body: str) -> Iterator[int]:
    """Yield the positions of spaces outside all brackets before a sign or another factor."""
    depth = 0
    for found in _PLACE.finditer(body):
        if found[0] != " ":
            depth += 1 if found[0] in _OPENING else -1
        elif depth == 0:
            yield found.start()
