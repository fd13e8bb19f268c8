"""Text -> tokens: every name and sign in its one spelling, with its place. What is not known is refused here."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from gdviz.errors import ExpressionError, shorten
from gdviz.functions import cures
from gdviz.functions.refusals import refused
from gdviz.functions.words import (
    BRACKETS,
    CONSTANT_NAMES,
    FUNCTION_ALIASES,
    KEYWORDS,
    LATEX_BRACKETS,
    LATEX_FRACTIONS,
    LATEX_KEYWORDS,
    LATEX_SIGNS,
    LATEX_SPACES,
    ROOTS,
    SIGNS,
    SUPERSCRIPTS,
    VARIABLE_NAMES,
    VULGAR_FRACTIONS,
    WORDS_IN_TEXT,
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
    SIGN = auto()  # + - * / % **
    RAISED = auto()  # an exponent in small figures
    COMPARISON = auto()
    KEYWORD = auto()
    CELL = auto()  # & of cases
    ROW = auto()  # the end of a line
    END = auto()


@dataclass(frozen=True)
class Token:
    """A name or sign in its one spelling, and where and how it was written."""

    kind: Kind
    text: str
    at: int
    written: str

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.at + len(self.written)


_TOKENS = re.compile(
    r"(?P<space>\s+|[,.;]\s*(?=&|\\\\|\\end\b))"  # papers end the lines of cases with a comma
    r"|(?P<number>0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+"
    r"|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)"
    r"|(?P<vulgar>[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒])"
    r"|(?P<indexed>[xX](?:_(?:\{[12]\}|[12])(?![\w])|[₁₂]))"
    r"|(?P<base>\\log\s*_\s*(?:\{\s*\w+\s*\}|\d+|[A-Za-z])|log_(?:\{\w+\}|\d+(?![\w])|[A-Za-z](?![\w])))"
    r"|(?P<prefix>(?:np|numpy|jnp|math|Math|torch)\.(?=[A-Za-z]))"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*|[πτ])"
    r"|(?P<cases>\\(?:begin|end)\s*\{[dr]?cases\*?\})"
    r"|(?P<row>\\\\(?:\[[^\]]*\])?)"
    r"|(?P<bar>\\(?:left|right|[bB]igg?[lr])\s*(?:\||\\[lr]?vert(?![A-Za-z])))"
    r"|(?P<root>\\sqrt\s*\[[^\]]*\])"
    r"|(?P<word>\\(?:operatorname\*?|mathrm|mathit|mathbf|mathsf|text|textrm|textit|mbox|boldsymbol|bm)\s*\{[^{}\\]*\})"
    r"|(?P<latex>\\[A-Za-z]+|\\[,;:!> ()\[\]{}|]|\$)"
    r"|(?P<cell>&)"
    r"|(?P<slip>=>|=<|<>|//)"
    r"|(?P<comparison><=|>=|==|!=|[<>≤≥≠=])"
    r"|(?P<sign>\*\*|[-+*/^·⋅×∗•∙÷∕⁄−–‐‑])"
    r"|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)"
    r"|(?P<mark>[(){}|,√∛⌊⌋⌈⌉])",
    re.ASCII,
)
_ARGUMENT = re.compile(r"\d|[A-Za-z]|[πτ]|\\(?:pi|tau)(?![A-Za-z])", re.ASCII)  # of \frac without braces
_FIRST = r"(?:[xX](?:_?1|_\{1\}|₁)?|\\(?:mathbf|boldsymbol|bm|vec)\s*\{[xX]\})"
_SECOND = r"(?:[yY]|[xX](?:_?2|_\{2\}|₂))"
_MATHEMATICS = r"\s*(?:\$+|\\\(|\\\[)?\s*"
_VARIABLES = rf"{_FIRST}\s*(?:,(?:\s|\\[,;:! ])*{_SECOND}\s*)?"
_HEADER = re.compile(
    rf"{_MATHEMATICS}(?:([A-Za-z]\w*)\s*(?:\\left)?\s*\(\s*{_VARIABLES}(?:\\right)?\)|[fzFZ])\s*:?=(?!=)", re.ASCII
)
_OTHER_HEADER = re.compile(
    rf"{_MATHEMATICS}([A-Za-z]\w*)\s*(?:\\left)?\s*\(([\w\s,{{}}₁₂]*)(?:\\right)?\)\s*:?=(?!=)", re.ASCII
)
_CLOSERS = frozenset(closing for _, closing in BRACKETS.values()) - {"|"}
_ENDS = frozenset({Kind.NUMBER, Kind.NAME, Kind.CLOSE, Kind.RAISED, Kind.BAR})  # with these an operand may end
_SPELLED: Mapping[str, tuple[Kind, Callable[[str], str]]] = {
    "number": (Kind.NUMBER, str),
    "vulgar": (Kind.NUMBER, lambda word: f"({VULGAR_FRACTIONS[word]})"),
    "indexed": (Kind.NAME, lambda word: "x" if set(word) & {"1", "₁"} else "y"),
    "raised": (Kind.RAISED, lambda word: word.translate(SUPERSCRIPTS)),
    "comparison": (Kind.COMPARISON, lambda word: SIGNS.get(word, word)),
    "sign": (Kind.SIGN, lambda word: SIGNS.get(word, word)),
    "row": (Kind.ROW, str),
}
_BASES = {"10": "log10", "2": "log2", "e": "log"}
_INDEXES = {"2": "sqrt", "3": "cbrt"}


def _inside(word: str) -> str:
    """Return what a command of LaTeX is given in brackets."""
    return re.split(r"[\[{]", word, maxsplit=1)[-1][:-1].strip(" \t\r\n,.~") if word[-1] in "]}" else ""


def tokens(text: str, functions: Collection[str]) -> list[Token]:
    """Return the tokens of a text, and one of its end.

    Raises
    ------
    ExpressionError
        At what is no name or sign that is known.

    """
    return _Tokens(text, functions).all()


class _Tokens:
    """One pass over a text."""

    def __init__(self, text: str, functions: Collection[str]) -> None:
        self.text = text
        self.functions = functions
        self.found: list[Token] = []
        self.cases = 0  # how many of them are open
        self.arguments = 0  # how many a fraction still takes
        self.later: list[int] = []  # of every brace that is open, how many are taken after it

    def all(self) -> list[Token]:
        at = self._after_header()
        while at < len(self.text):
            argument = _ARGUMENT.match(self.text, at) if self.arguments else None
            match = argument or _TOKENS.match(self.text, at)
            if match is None:
                raise self._unreadable(at)
            if argument:
                self._take_argument(at, match[0])
            elif match.lastgroup not in ("space", "prefix") and match[0] not in LATEX_SPACES:
                self._take(match.lastgroup or "", at, match[0])
            at = match.end()
        self._add(Kind.END, "", len(self.text), "")
        return self.found

    def _after_header(self) -> int:
        """Return where the formula begins, behind a `f(x, y) =`."""
        header = _HEADER.match(self.text)
        if header and header[1] not in self.functions:
            return header.end()
        other = _OTHER_HEADER.match(self.text)
        if other and other[1] not in self.functions and other[1] not in VARIABLE_NAMES:
            reason = f"{other[1]} is of {' '.join(other[2].split()) or 'nothing'}"
            raise refused(self.text, other.start(2), reason, "rename its variables to x, or to x and y in this order")
        return 0

    def _add(self, kind: Kind, spelled: str, at: int, written: str) -> None:
        self.found.append(Token(kind, spelled, at, written))

    def _unreadable(self, at: int) -> ExpressionError:
        after = bool(self.found) and self.found[-1].kind in _ENDS and self.found[-1].end == at
        sign, cure = cures.of_sign(self.text, at, after_operand=after)
        return refused(self.text, at, f"it contains {shorten(sign)}", cure)

    def _take_argument(self, at: int, word: str) -> None:
        """Put braces around the one figure or letter that a fraction takes without them."""
        left = self.arguments - 1
        self._add(Kind.OPEN, "{", at, word)
        self._take("latex" if word[0] == "\\" else "number" if word.isdigit() else "name", at, word)
        self._add(Kind.CLOSE, "}", at, word)
        self.arguments = left

    def _take(self, group: str, at: int, word: str) -> None:
        arguments, self.arguments = self.arguments, 0
        if group in _SPELLED:
            kind, spelled = _SPELLED[group]
            self._add(kind, spelled(word), at, word)
            return
        match group:
            case "name":
                self._name(at, word, word)
            case "base" | "root":
                self._indexed_function(group, at, word)
            case "bar":
                side = re.split(r"[|\s\\]", word)[1]
                self._bracket(at, r"\rvert" if side.endswith(("right", "r")) else r"\lvert", word)
            case "mark":
                self._mark(at, word, arguments)
            case "cell" if self.cases:
                self._add(Kind.CELL, word, at, word)
            case "cases":
                opens = word.startswith(r"\begin")
                self.cases = max(self.cases + (1 if opens else -1), 0)
                self._bracket(at, r"\begin{cases}" if opens else r"\end{cases}", word)
            case "word":
                self._word(at, word)
            case "latex":
                self._latex(at, word)
            case _:
                raise self._unreadable(at)

    def _mark(self, at: int, word: str, arguments: int) -> None:
        if word in ROOTS:
            self._add(Kind.ROOT, ROOTS[word], at, word)
        elif word == ",":
            self._add(Kind.COMMA, word, at, word)
        elif word == "|":
            self._add(Kind.BAR, word, at, word)
        else:
            self._bracket(at, word, word)
        if word == "{":
            self.later.append(max(arguments - 1, 0))
        elif word == "}" and self.later:
            self.arguments = self.later.pop()

    def _bracket(self, at: int, spelled: str, word: str) -> None:
        self._add(Kind.CLOSE if spelled in _CLOSERS else Kind.OPEN, spelled, at, word)

    def _indexed_function(self, group: str, at: int, word: str) -> None:
        r"""Take a logarithm with its base, or a root with its index: `\log_2`, `\sqrt[3]`."""
        known, cure = (_INDEXES, "x^(1/{})") if group == "root" else (_BASES, "log(x)/log({})")
        index = _inside(word) or word.rpartition("_")[2].strip()
        if index not in known:
            number = index if index.isalnum() and index.isascii() else "5"
            raise refused(self.text, at, f"{shorten(word)} is not known", f"write it as in {cure.format(number)}")
        self._add(Kind.FUNCTION, known[index], at, word)

    def _word(self, at: int, word: str) -> None:
        r"""Take what LaTeX sets upright, such as `\operatorname{sgn}`, `\text{if }` or `\mathrm{mod}`."""
        name = _inside(word)
        if name in WORDS_IN_TEXT:
            self._add(Kind.KEYWORD, WORDS_IN_TEXT[name], at, word)
        elif name == "mod" and self._after_operand():
            self._add(Kind.SIGN, "%", at, word)
        elif name:
            self._name(at, name, word)

    def _latex(self, at: int, word: str) -> None:
        if word in LATEX_FRACTIONS:
            self._add(Kind.FRACTION, word, at, word)
            self.arguments = 2
        elif word in LATEX_SIGNS:
            sign = LATEX_SIGNS[word]
            kind = Kind.BAR if sign == "|" else Kind.COMPARISON if sign[0] in "<>!" else Kind.SIGN
            self._add(kind, sign, at, word)
        elif word in LATEX_KEYWORDS:
            self._add(Kind.KEYWORD, LATEX_KEYWORDS[word], at, word)
        elif word in LATEX_BRACKETS:
            self._bracket(at, LATEX_BRACKETS[word], word)
        elif word in (r"\bmod", r"\mod") and self._after_operand():
            self._add(Kind.SIGN, "%", at, word)
        elif word[1:] in (*self.functions, *FUNCTION_ALIASES, *CONSTANT_NAMES):
            self._name(at, word[1:], word)
        else:
            raise refused(self.text, at, f"{shorten(word)} is not known", cures.of_latex(word))

    def _after_operand(self) -> bool:
        return bool(self.found) and self.found[-1].kind in _ENDS

    def _name(self, at: int, name: str, written: str) -> None:
        spelled = FUNCTION_ALIASES.get(name, name)
        if name in VARIABLE_NAMES or name in CONSTANT_NAMES:
            self._add(Kind.NAME, VARIABLE_NAMES.get(name) or CONSTANT_NAMES[name], at, written)
        elif set(name.lower()) <= {"x", "y"}:
            for place, each in enumerate(name):
                self._add(Kind.NAME, each.lower(), at + place, each)
        elif name in KEYWORDS:
            self._add(Kind.KEYWORD, KEYWORDS[name], at, written)
        elif spelled in self.functions:
            self._add(Kind.FUNCTION, spelled, at, written)
        else:
            called = self.text[at + len(written) :].lstrip().startswith("(")
            reason, cure = cures.of_name(name, self.functions, called=called)
            said = f"unknown {'function' if called else 'name'} {shorten(name)} in the expression"
            raise ExpressionError(f"{said}; {reason}" if reason else said, self.text, at, cure)
