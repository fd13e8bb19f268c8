"""What to write instead of what cannot be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from types import MappingProxyType

from gdviz.errors import nearest, shorten
from gdviz.functions.words import CONSTANT_NAMES, FUNCTION_ALIASES

_VARIABLES = "the variables are x_1 and x_2, or x and y"
_QUOTES = dict.fromkeys("'\"`“”„‘’‚«»", "take the quotes away")
_PRIMES = frozenset("'’′`")

_SIGNS: Mapping[str, str] = MappingProxyType(
    {
        **_QUOTES,
        "%": "write mod(x, y) for a remainder, and 0.05 for 5%",
        "//": "write floor(x/y) for a whole quotient",
        "=": "write == to compare; an equation has no height",
        "=>": "write >= for 'at least'",
        "=<": "write <= for 'at most'",
        "<>": "write != for 'is not'",
        "[": "write ( and ) for brackets, and x and y for x[0] and x[1]",
        "]": "write ( and ) for brackets",
        "#": "an expression has no comments",
        "!": "a factorial is not known; write != for 'is not', and 'not' before a comparison",
        "&": "write 'and' between comparisons",
        "~": "write 'not' before a comparison",
        "@": "write * for a product",
        ".": "a dot stands only inside a number",
        ":": "write / for a quotient",
        ";": "write one expression; a comma parts what a call is given",
        "?": "write 'x if x > 0 else y' for a choice",
        "\\": "only plain LaTeX is read",
        "′": "a prime is not read; write the derivative out",
        "‖": "write |x|, or hypot(x, y) for the length of both",
        "∞": "write a large number, such as 1e9",
        "±": "write + or -",
        "≈": "write what is computed on one side",
        "∜": "write a power, as in x^(1/4)",
        **dict.fromkeys("∂∇∫∑∏∆", "write out what it comes to"),
        "…": "write all terms out",
    }
)

_LATEX: Mapping[str, str] = MappingProxyType(
    {
        r"\infty": _SIGNS["∞"],
        r"\pm": _SIGNS["±"],
        r"\mp": _SIGNS["±"],
        **dict.fromkeys((r"\|", r"\Vert", r"\lVert", r"\rVert"), _SIGNS["‖"]),
        **dict.fromkeys((r"\sum", r"\prod", r"\int", r"\partial", r"\nabla", r"\lim"), "write out what it comes to"),
        **dict.fromkeys((r"\dots", r"\ldots", r"\cdots"), _SIGNS["…"]),
        **dict.fromkeys((r"\begin", r"\end"), r"of those only \begin{cases} ... \end{cases} is read"),
        **dict.fromkeys(
            (r"\alpha", r"\beta", r"\gamma", r"\delta", r"\epsilon", r"\varepsilon", r"\theta", r"\lambda", r"\mu",
             r"\nu", r"\rho", r"\sigma", r"\phi", r"\varphi", r"\omega", r"\eta", r"\xi", r"\zeta", r"\kappa"),
            "write a number in its place",
        ),
    }
)  # fmt: skip

_FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "sec": "1/cos(x)",
        "csc": "1/sin(x)",
        "cot": "1/tan(x)",
        "sech": "1/cosh(x)",
        "csch": "1/sinh(x)",
        "coth": "1/tanh(x)",
        "asinh": "log(x + sqrt(x^2 + 1))",
        "acosh": "log(x + sqrt(x^2 - 1))",
        "atanh": "log((1 + x)/(1 - x))/2",
        "atan2": "2*atan(y/(hypot(x, y) + x))",
        "pow": "x^y",
        "square": "x^2",
        "exp2": "2^x",
        "expm1": "exp(x) - 1",
        "log1p": "log(1 + x)",
        "sinc": "where(x == 0, 1, sin(x)/x)",
        "round": "floor(x + 0.5)",
        "clip": "min(max(x, 0), 1)",
        "norm": "hypot(x, y)",
        "heaviside": "where(x > 0, 1, 0)",
        "step": "where(x > 0, 1, 0)",
    }
)

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("lambda", "return", "def", "import"), "write the formula alone"),
        **dict.fromkeys(("inf", "infinity"), _SIGNS["∞"]),
        **dict.fromkeys(("dx", "dy"), "leave it out"),
        **dict.fromkeys(("factorial", "gamma"), "neither a factorial nor gamma is known"),
    }
)

_INDEXED = re.compile(r"([xX])_?(\d+)", re.ASCII)


def of_sign(text: str, at: int, *, after_operand: bool) -> tuple[str, str]:  # noqa: PLR0911  # one for each kind of sign
    """Return a sign that cannot be read, and what to write instead of it."""
    if text[at] in _PRIMES and after_operand:
        if text[at - 1].isdigit() and text[at + 1 : at + 2].isdigit():
            return text[at], "write a number without marks between its figures"
        return text[at], _SIGNS["′"]
    for sign in (text[at : at + 2], text[at]):
        if sign in _SIGNS:
            return sign, _SIGNS[sign]
    sign = text[at]
    plain, shape = unicodedata.normalize("NFKC", sign), unicodedata.decomposition(sign).partition(" ")[0]
    if shape == "<sub>":
        return sign, _VARIABLES
    if shape == "<super>":
        return sign, f"write ^{plain} for a power" if plain.isascii() else "write ^ for a power"
    if sign.isdigit():
        return sign, f"write it as {unicodedata.digit(sign)}"
    if plain != sign and plain.isascii() and plain.isprintable():
        return sign, f"write it as {shorten(plain)}"
    if sign.isalpha():
        return sign, "of letters only x, y, pi, e and tau are known; write a number in its place"
    return sign, "only numbers, names and the signs + - * / ^ ( ) | , < > are read"


def of_latex(command: str) -> str:
    """Return what to write instead of a command of LaTeX that is not known."""
    name = command[1:]
    return f"write {_FUNCTIONS[name]}" if name in _FUNCTIONS else _LATEX.get(command, _SIGNS["\\"])


def of_name(  # noqa: PLR0911  # one for each kind of name
    name: str, functions: Collection[str], *, called: bool
) -> tuple[str, str]:
    """Return what there is to know about a name that is not known, and what to write instead of it, if that is clear.

    Parameters
    ----------
    name
        The name.
    functions
        The functions that are known.
    called
        Whether a bracket follows.

    """
    if name in _FUNCTIONS:
        return "", f"write {_FUNCTIONS[name]}"
    if name in _WORDS:
        return "", _WORDS[name]
    if indexed := _INDEXED.fullmatch(name):
        return "", f"{_VARIABLES}; for a product write {indexed[1].lower()}*{indexed[2]}"
    if product := _as_product(name, functions, called=called):
        return "", f"write {product}"
    if close := nearest(name.lower(), [*functions, *FUNCTION_ALIASES]):
        return "", f"did you mean {close}?"
    if name.lower() in CONSTANT_NAMES:
        return "", f"did you mean {name.lower()}?"
    if called and len(name) == 1:
        return "", "write out what it is, in x and y"
    if called:
        return f"known are {', '.join(functions)}", ""
    known = "only x, y, pi, e and tau are known"
    return known, "write a number in its place" if len(name) == 1 else ""


def _as_product(name: str, functions: Collection[str], *, called: bool) -> str:
    """Return a name that is made of known ones as the product that it may be, and nothing if it is not."""
    parts = _split(name, functions)
    if not parts or (called and not set(parts[:-1]).isdisjoint(functions)):
        return ""
    *before, last = parts
    if called and last not in functions:
        last += "*"
    ending = f"{last}(...)" if called else last
    if not called and len(parts) > 1 and parts[-2] in functions:
        before, ending = parts[:-2], f"{parts[-2]}({last})"
    return "*".join([*before, ending])


def _split(name: str, functions: Collection[str]) -> list[str]:
    """Return the known words that a name is made of, the longest first; nothing if it is not made of any."""
    if len(name) > 40:
        return []
    words = sorted([*functions, *FUNCTION_ALIASES, "x", "y", "x1", "x2", "e", "pi", "tau"], key=len, reverse=True)
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
