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
import re
from collections.abc import Collection
from dataclasses import dataclass

from gdviz.functions.tokens import Kind, Token, refused, tokens

_STARTS = frozenset(
    {Kind.NUMBER, Kind.NAME, Kind.FUNCTION, Kind.ROOT, Kind.FRACTION, Kind.OPEN}
)  # what an operand begins with, besides a bar
_CLOSING = {"(": ")", "{": "}"}


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


def read(text: str, functions: Collection[str]) -> Reading:
    """Return a text in Python's spelling.

    Raises
    ------
    ExpressionError
        Saying what cannot be read, where, and what to write instead.

    """
    return _Reader(text, tokens(text, functions)).reading()


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

    def __init__(self, text: str, tokens: list[Token]) -> None:
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
        while (token := self._next()).kind is not Kind.END:
            self._take(token)
        self._need_operand(self.tokens[-1])
        self._end_bare()
        if self.open:
            group = self.open[-1]
            closing = _CLOSING.get(group.opened, group.opened)
            raise refused(self.text, group.at, f"the {group.opened} is never closed; add {closing}")
        columns, column = [], 0
        for part in self.source:
            columns.append(column)
            column += len(part)
        return Reading("".join(self.source), (tuple(columns), tuple(self.origin)), self.ambiguous)

    def _next(self) -> Token:
        token = self._peek()
        self.at += 1
        return token

    def _peek(self, ahead: int = 0) -> Token:
        return self.tokens[max(min(self.at + ahead, len(self.tokens) - 1), -1)]

    def _last(self) -> Token | None:
        """Return the token before the one that was taken."""
        return self.tokens[self.at - 2] if self.at >= 2 else None

    def _emit(self, text: str, at: int) -> None:
        self.source.append(text)
        self.origin.append(at)

    def _take(self, token: Token) -> None:
        if token.kind is Kind.BAR:
            self._bar(token)
        elif token.kind in _STARTS:
            self._start(token)
        elif token.kind is Kind.KEYWORD and token.text == "not" and not self.operand:
            self._emit(" not " if self.source else "not ", token.at)
        elif token.kind is Kind.SIGN and token.text in "+-" and not self.operand:
            self._emit(token.text, token.at)
        else:
            if token.kind is Kind.CLOSE and not any(group.opened != _BARE for group in self.open):
                raise refused(self.text, token.at, f"there is no opening bracket for this {token.text}; take it away")
            self._need_operand(token)
            self._after(token)

    def _need_operand(self, token: Token) -> None:
        if self.operand:
            return
        last = self._last()
        if last is not None and last.kind is Kind.FUNCTION:
            name = last.text
            raise refused(self.text, last.at, f"{name} is a function; call it, as in '{name}(x)'")
        if last is None:
            reason = f"there is nothing before {token.written}" if token.written else "there is nothing to read"
        elif token.kind is Kind.END:
            reason = f"there is nothing after {last.written}"
        else:
            reason = f"there is nothing between {last.written} and {token.written}"
        raise refused(self.text, token.at if token.written or last is None else last.at, reason)

    def _after(self, token: Token) -> None:
        """Take what stands after an operand."""
        if token.kind is Kind.RAISED:
            self._emit(f"**({token.text})", token.at)
            return
        if token.text != "**":
            self._end_bare()
        match token.kind:
            case Kind.CLOSE:
                self._close(token)
                return
            case Kind.COMMA if not (self.open and self.open[-1].call):
                cure = "write a decimal point as '.'" if self._between_numbers() else "it stands only inside a call"
                raise refused(self.text, token.at, f"there is a comma where none can be; {cure}")
        self._emit(f" {token.text} " if token.kind is Kind.KEYWORD else token.text, token.at)
        self.operand = False
        self.divisor = token.text == "/" or (token.text == "**" and self.divisor)

    def _between_numbers(self) -> bool:
        return {self._peek(-2).kind, self._peek().kind} == {Kind.NUMBER}

    def _start(self, token: Token) -> None:
        if self.operand:
            self._multiply(token)
        match token.kind:
            case Kind.FUNCTION:
                self._function(token)
            case Kind.ROOT:
                self._root(token)
            case Kind.FRACTION:
                self._push("{", "((", ")/(", token, opened=_NUMERATOR)
            case Kind.OPEN:
                self._emit("(", token.at)
                self._enter(_Group(token.text, ")", token.at, self.divisor))
            case _:
                self._emit(token.text, token.at)
                self.operand = True
                if self.open and self.open[-1].opened == _BARE and token.kind is Kind.NAME:
                    self.open[-1].factors += 1

    def _multiply(self, token: Token) -> None:
        """Put the sign of a product where none was written."""
        last = self._last()
        assert last is not None
        if token.kind is Kind.NUMBER:
            reason = f"there is no sign between {last.written} and {token.written}; write * or ^"
            raise refused(self.text, token.at, reason)
        if token.kind is Kind.FUNCTION:
            self._end_bare()
        power = self._peek(-3).text == "**" and last.kind is Kind.NUMBER
        adjacent = last.at + len(last.written) == token.at and token.kind is Kind.NAME
        together = adjacent and last.kind is Kind.NAME
        bare = not together and bool(self.open) and self.open[-1].opened == _BARE and self.open[-1].factors > 0
        self.ambiguous |= self.divisor or (power and adjacent) or bare
        self._emit("*", token.at)
        self.divisor = False

    def _function(self, token: Token) -> None:
        head, tail = token.text, ""
        if self._peek().kind is Kind.RAISED or self._peek().text == "**":
            tail = f"**{self._exponent(token)})"
            head = f"({head}"
        follows = self._peek()
        if follows.kind is Kind.OPEN:
            self._push(follows.text, f"{head}(", f"){tail}", token, call=True)
        elif follows.kind in _STARTS or follows.kind is Kind.BAR or self._signed(follows):
            self._emit(f"{head}(", token.at)
            self._enter(_Group(_BARE, f"){tail}", token.at, self.divisor))
        else:
            reason = f"{token.text} is a function; call it, as in '{token.text}(x)'"
            raise refused(self.text, token.at, reason)

    def _signed(self, sign: Token) -> bool:
        """Return whether the token that comes next is the sign of an operand, as in `sin -x` but not in `sin - x`."""
        return sign.text in ("+", "-") and self._peek(1).at == sign.at + len(sign.written)

    def _exponent(self, function: Token) -> str:
        """Take the exponent that stands between a function's name and its argument."""
        raised = self._next()
        braces = raised.kind is not Kind.RAISED and self._peek().kind is Kind.OPEN
        if braces:
            self._next()
        number = raised if raised.kind is Kind.RAISED else self._next()
        if number.text.startswith("-"):
            name = function.text
            reason = f"{name}^-1 is the inverse to some and 1/{name} to others; write a{name}(x) or 1/{name}(x)"
            raise refused(self.text, function.at, reason)
        if not re.fullmatch(r"\d{1,3}", number.text) or (braces and self._next().kind is not Kind.CLOSE):
            reason = f"only a whole number may stand there; write the power behind, as in {function.text}(x)^y"
            raise refused(self.text, number.at, reason)
        return number.text

    def _root(self, token: Token) -> None:
        follows = self._peek()
        if follows.kind is Kind.OPEN:
            self._push(follows.text, "sqrt(", ")", token, call=True)
        elif follows.kind in (Kind.NUMBER, Kind.NAME):
            self._next()
            self._emit(f"sqrt({follows.text})", token.at)
            self.operand = True
            after = self._peek()
            self.ambiguous |= after.kind is Kind.RAISED or after.text == "**"
        else:
            raise refused(self.text, token.at, "√ needs a number, a name or brackets after it")

    def _push(
        self, expected: str, head: str, ending: str, token: Token, *, call: bool = False, opened: str = ""
    ) -> None:
        """Open a group with the bracket that comes next."""
        bracket = self._next()
        if bracket.text != expected:
            raise refused(self.text, token.at, f"{token.written} needs {expected} after it")
        self._emit(head, token.at)
        self._enter(_Group(opened or expected, ending, bracket.at, self.divisor, call=call))

    def _enter(self, group: _Group) -> None:
        self.open.append(group)
        self.operand = self.divisor = False

    def _leave(self, at: int) -> None:
        group = self.open.pop()
        self._emit(group.ending, at)
        self.divisor = group.divisor

    def _close(self, token: Token) -> None:
        group = self.open[-1]
        wanted = _CLOSING.get(group.opened, "}" if group.opened == _NUMERATOR else "|")
        if wanted != token.text:
            raise refused(self.text, token.at, f"a {wanted} belongs here, not {token.text}")
        self._leave(token.at)
        if group.opened == _NUMERATOR:
            if self._next().text != "{":
                raise refused(self.text, token.at, "a fraction needs {...}{...}")
            self._enter(_Group("{", "))", token.at, group.divisor))

    def _bar(self, token: Token) -> None:
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
