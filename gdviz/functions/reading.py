r"""Text as people write it -> the same in Python's spelling, with every `*` and bracket that was left out.

How an expression is read:

- A product without a sign binds like one with `*`, from left to right: `1/2x` is `(1/2)*x`, and `e^2x` is `(e^2)*x`.
- A function without brackets takes the factors that follow, up to the next written sign other than `^` or the next
  function: `sin 2x y` is `sin(2*x*y)`, and `sin x cos y` is `sin(x)*cos(y)`. `sin^2 x` is `sin(x)^2`.
- A root sign without brackets takes the one number or name after it: `√2x` is `sqrt(2)*x`.

Where one of these decides what many would read otherwise, that is told (see `Reading.ambiguous`). The text goes once
from left to right, by a table of tokens and a stack of open brackets; nothing of it is evaluated, and Python's own
parser reads the result.
"""

from __future__ import annotations

import bisect
import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto

from gdviz.errors import ExpressionError, shorten
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


class _Kind(Enum):
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
class _Token:
    kind: _Kind
    text: str
    at: int
    written: str


@dataclass(frozen=True)
class Reading:
    """A text in Python's spelling.

    Attributes
    ----------
    source
        The text, ASCII alone.
    places
        Where each character of it begins in what was written: places in `source`, and places in the text.
    ambiguous
        Whether a rule decided what many would read otherwise.

    """

    source: str
    places: tuple[tuple[int, ...], tuple[int, ...]]
    ambiguous: bool

    def place(self, column: int) -> int:
        """Return where in the text a column of `source` comes from."""
        return self.places[1][max(bisect.bisect_right(self.places[0], column) - 1, 0)]


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
_MARKS = {"(": _Kind.OPEN, "{": _Kind.OPEN, ")": _Kind.CLOSE, "}": _Kind.CLOSE, "|": _Kind.BAR, ",": _Kind.COMMA}
_STARTS = frozenset(
    {_Kind.NUMBER, _Kind.NAME, _Kind.FUNCTION, _Kind.ROOT, _Kind.FRACTION, _Kind.OPEN}
)  # what an operand begins with, besides a bar
_CLOSING = {"(": ")", "{": "}"}


def read(text: str, functions: Collection[str]) -> Reading:
    """Return a text in Python's spelling.

    Raises
    ------
    ExpressionError
        Saying what cannot be read, where, and what to write instead.

    """
    return _Reader(text, _tokens(text, functions)).reading()


def _refused(text: str, at: int, reason: str) -> ExpressionError:
    return ExpressionError(f"{shorten(text)} is not an expression: {reason}", text, at)


def _tokens(text: str, functions: Collection[str]) -> list[_Token]:
    header = _HEADER.match(text)
    at = header.end() if header and header[1] not in functions else 0
    found = []
    while at < len(text):
        match = _TOKENS.match(text, at)
        if match is None:
            raise _refused(text, at, _unreadable(text, at))
        group, word = match.lastgroup or "", match[0]
        if group == "name" and len(word) > 1 and set(word.lower()) <= {"x", "y"}:
            found += [_Token(_Kind.NAME, each.lower(), at + place, each) for place, each in enumerate(word)]
        elif group not in ("space", "prefix") and word not in LATEX_SPACES:
            found.append(_token(text, at, group, word, functions))
        at = match.end()
    return [*found, _Token(_Kind.END, "", len(text), "")]


def _unreadable(text: str, at: int) -> str:
    cure = CURES.get(text[at], "only numbers, names and the signs + - * / ^ ( ) | , < > are read")
    return f"it contains {shorten(text[at])}; {cure}"


def _token(text: str, at: int, group: str, word: str, functions: Collection[str]) -> _Token:
    if group == "operator":
        group, name = "name", word[word.index("{") + 1 : -1]
    elif group == "latex" and word not in LATEX_SIGNS and word not in LATEX_FRACTIONS:
        group, name = "name", word[1:]
        if name not in functions and name not in FUNCTION_ALIASES and name not in CONSTANT_NAMES:
            raise _refused(text, at, f"{shorten(word)} is not known; {CURES[chr(92)]}")
    else:
        name = word
    if group == "name":
        return _named(text, at, name, functions)
    match group:
        case "number":
            return _Token(_Kind.NUMBER, word, at, word)
        case "indexed":
            return _Token(_Kind.NAME, "x" if "1" in word else "y", at, word)
        case "raised":
            return _Token(_Kind.RAISED, word.translate(SUPERSCRIPTS), at, word)
        case "comparison":
            return _Token(_Kind.COMPARISON, SIGNS.get(word, word), at, word)
        case "mark":
            return _Token(_MARKS.get(word, _Kind.ROOT), word, at, word)
    if word in LATEX_FRACTIONS:
        return _Token(_Kind.FRACTION, word, at, word)
    if word == "//":
        raise _refused(text, at, f"it contains '//'; {CURES['//']}")
    sign = LATEX_SIGNS.get(word, SIGNS.get(word, word))
    kind = _Kind.BAR if sign == "|" else _Kind.COMPARISON if sign[0] in "<>!" else _Kind.SIGN
    return _Token(kind, sign, at, word)


def _named(text: str, at: int, name: str, functions: Collection[str]) -> _Token:
    if name in VARIABLE_NAMES or name in CONSTANT_NAMES:
        return _Token(_Kind.NAME, VARIABLE_NAMES.get(name) or CONSTANT_NAMES[name], at, name)
    if name in KEYWORDS:
        return _Token(_Kind.KEYWORD, name, at, name)
    spelled = FUNCTION_ALIASES.get(name, name)
    if spelled in functions:
        return _Token(_Kind.FUNCTION, spelled, at, name)
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
    close = difflib.get_close_matches(name.lower(), [*functions, *FUNCTION_ALIASES], n=1, cutoff=0.7)
    if close:
        return f"{said}; did you mean {close[0]}?"
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


@dataclass
class _Group:
    """A bracket that is open: what it was opened with, what is put in place of its end, and where it is."""

    opened: str
    ending: str
    at: int
    divisor: bool  # whether it stands below a / on the line
    call: bool = False
    factors: int = 0  # of a function without brackets, how many it has taken, numbers apart


_BARE, _NUMERATOR = "bare", "numerator"


class _Reader:
    """One pass over the tokens."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.source: list[str] = []
        self.origin: list[int] = []
        self.open: list[_Group] = []
        self.operand = False  # whether an operand has just ended
        self.divisor = False  # whether it is what stands below a / on the line
        self.ambiguous = False

    def reading(self) -> Reading:
        while (token := self._next()).kind is not _Kind.END:
            self._take(token)
        self._need_operand(self.tokens[-1])
        self._end_bare()
        if self.open:
            group = self.open[-1]
            closing = _CLOSING.get(group.opened, group.opened)
            raise _refused(self.text, group.at, f"the {group.opened} is never closed; add {closing}")
        columns, column = [], 0
        for part in self.source:
            columns.append(column)
            column += len(part)
        return Reading("".join(self.source), (tuple(columns), tuple(self.origin)), self.ambiguous)

    def _next(self) -> _Token:
        token = self._peek()
        self.at += 1
        return token

    def _peek(self, ahead: int = 0) -> _Token:
        return self.tokens[max(min(self.at + ahead, len(self.tokens) - 1), -1)]

    def _last(self) -> _Token | None:
        """Return the token before the one that was taken."""
        return self.tokens[self.at - 2] if self.at >= 2 else None

    def _emit(self, text: str, at: int) -> None:
        self.source.append(text)
        self.origin.append(at)

    def _take(self, token: _Token) -> None:
        if token.kind is _Kind.BAR:
            self._bar(token)
        elif token.kind in _STARTS:
            self._start(token)
        elif token.kind is _Kind.KEYWORD and token.text == "not" and not self.operand:
            self._emit(" not ", token.at)
        elif token.kind is _Kind.SIGN and token.text in "+-" and not self.operand:
            self._emit(token.text, token.at)
        else:
            if token.kind is _Kind.CLOSE and not any(group.opened != _BARE for group in self.open):
                raise _refused(self.text, token.at, f"there is no opening bracket for this {token.text}; take it away")
            self._need_operand(token)
            self._after(token)

    def _need_operand(self, token: _Token) -> None:
        if self.operand:
            return
        last = self._last()
        if last is not None and last.kind is _Kind.FUNCTION:
            name = last.text
            raise _refused(self.text, last.at, f"{name} is a function; call it, as in '{name}(x)'")
        if last is None:
            reason = f"there is nothing before {token.written}" if token.written else "there is nothing to read"
        elif token.kind is _Kind.END:
            reason = f"there is nothing after {last.written}"
        else:
            reason = f"there is nothing between {last.written} and {token.written}"
        raise _refused(self.text, token.at if token.written or last is None else last.at, reason)

    def _after(self, token: _Token) -> None:
        """Take what stands after an operand."""
        if token.kind is _Kind.RAISED:
            self._emit(f"**({token.text})", token.at)
            return
        if token.text != "**":
            self._end_bare()
        match token.kind:
            case _Kind.CLOSE:
                self._close(token)
                return
            case _Kind.COMMA if not (self.open and self.open[-1].call):
                cure = "write a decimal point as '.'" if self._between_numbers() else "it stands only inside a call"
                raise _refused(self.text, token.at, f"there is a comma where none can be; {cure}")
        self._emit(f" {token.text} " if token.kind is _Kind.KEYWORD else token.text, token.at)
        self.operand = False
        self.divisor = token.text == "/" or (token.text == "**" and self.divisor)

    def _between_numbers(self) -> bool:
        return {self._peek(-2).kind, self._peek().kind} == {_Kind.NUMBER}

    def _start(self, token: _Token) -> None:
        if self.operand:
            self._multiply(token)
        match token.kind:
            case _Kind.FUNCTION:
                self._function(token)
            case _Kind.ROOT:
                self._root(token)
            case _Kind.FRACTION:
                self._push("{", "((", ")/(", token, opened=_NUMERATOR)
            case _Kind.OPEN:
                self._emit("(", token.at)
                self._enter(_Group(token.text, ")", token.at, self.divisor))
            case _:
                self._emit(token.text, token.at)
                self.operand = True
                if self.open and self.open[-1].opened == _BARE and token.kind is _Kind.NAME:
                    self.open[-1].factors += 1

    def _multiply(self, token: _Token) -> None:
        """Put the sign of a product where none was written."""
        last = self._last()
        assert last is not None
        if token.kind is _Kind.NUMBER:
            reason = f"there is no sign between {last.written} and {token.written}; write * or ^"
            raise _refused(self.text, token.at, reason)
        if token.kind is _Kind.FUNCTION:
            self._end_bare()
        power = self._peek(-3).text == "**" and last.kind is _Kind.NUMBER
        adjacent = last.at + len(last.written) == token.at and token.kind is _Kind.NAME
        together = adjacent and last.kind is _Kind.NAME
        bare = not together and bool(self.open) and self.open[-1].opened == _BARE and self.open[-1].factors > 0
        self.ambiguous |= self.divisor or (power and adjacent) or bare
        self._emit("*", token.at)
        self.divisor = False

    def _function(self, token: _Token) -> None:
        head, tail = token.text, ""
        if self._peek().kind is _Kind.RAISED or self._peek().text == "**":
            tail = f"**{self._exponent(token)})"
            head = f"({head}"
        follows = self._peek()
        if follows.kind is _Kind.OPEN:
            self._push(follows.text, f"{head}(", f"){tail}", token, call=True)
        elif follows.kind in _STARTS or follows.kind is _Kind.BAR or self._signed(follows):
            self._emit(f"{head}(", token.at)
            self._enter(_Group(_BARE, f"){tail}", token.at, self.divisor))
        else:
            reason = f"{token.text} is a function; call it, as in '{token.text}(x)'"
            raise _refused(self.text, token.at, reason)

    def _signed(self, sign: _Token) -> bool:
        """Return whether the token that comes next is the sign of an operand, as in `sin -x` but not in `sin - x`."""
        return sign.text in ("+", "-") and self._peek(1).at == sign.at + len(sign.written)

    def _exponent(self, function: _Token) -> str:
        """Take the exponent that stands between a function's name and its argument."""
        raised = self._next()
        braces = raised.kind is not _Kind.RAISED and self._peek().kind is _Kind.OPEN
        if braces:
            self._next()
        number = raised if raised.kind is _Kind.RAISED else self._next()
        if number.text.startswith("-"):
            name = function.text
            reason = f"{name}^-1 is the inverse to some and 1/{name} to others; write a{name}(x) or 1/{name}(x)"
            raise _refused(self.text, function.at, reason)
        if not re.fullmatch(r"\d{1,3}", number.text) or (braces and self._next().kind is not _Kind.CLOSE):
            reason = f"only a whole number may stand there; write the power behind, as in {function.text}(x)^y"
            raise _refused(self.text, number.at, reason)
        return number.text

    def _root(self, token: _Token) -> None:
        follows = self._peek()
        if follows.kind is _Kind.OPEN:
            self._push(follows.text, "sqrt(", ")", token, call=True)
        elif follows.kind in (_Kind.NUMBER, _Kind.NAME):
            self._next()
            self._emit(f"sqrt({follows.text})", token.at)
            self.operand = True
            after = self._peek()
            self.ambiguous |= after.kind is _Kind.RAISED or after.text == "**"
        else:
            raise _refused(self.text, token.at, "√ needs a number, a name or brackets after it")

    def _push(
        self, expected: str, head: str, ending: str, token: _Token, *, call: bool = False, opened: str = ""
    ) -> None:
        """Open a group with the bracket that comes next."""
        bracket = self._next()
        if bracket.text != expected:
            raise _refused(self.text, token.at, f"{token.written} needs {expected} after it")
        self._emit(head, token.at)
        self._enter(_Group(opened or expected, ending, bracket.at, self.divisor, call=call))

    def _enter(self, group: _Group) -> None:
        self.open.append(group)
        self.operand = self.divisor = False

    def _leave(self, at: int) -> None:
        group = self.open.pop()
        self._emit(group.ending, at)
        self.divisor = group.divisor

    def _close(self, token: _Token) -> None:
        group = self.open[-1]
        wanted = _CLOSING.get(group.opened, "}" if group.opened == _NUMERATOR else "|")
        if wanted != token.text:
            raise _refused(self.text, token.at, f"a {wanted} belongs here, not {token.text}")
        self._leave(token.at)
        if group.opened == _NUMERATOR:
            if self._next().text != "{":
                raise _refused(self.text, token.at, "a fraction needs {...}{...}")
            self._enter(_Group("{", "))", token.at, group.divisor))

    def _bar(self, token: _Token) -> None:
        inner = next((group for group in reversed(self.open) if group.opened != _BARE), None)
        if self.operand and inner is not None and inner.opened == "|":
            self._end_bare()
            self._leave(token.at)
            return
        if self.operand:
            self._multiply(token)
        self._emit("abs(", token.at)
        self._enter(_Group("|", ")", token.at, self.divisor))

    def _end_bare(self) -> None:
        while self.open and self.open[-1].opened == _BARE:
            self._leave(self._peek(-1).at)
