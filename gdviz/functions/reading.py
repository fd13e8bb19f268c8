r"""Text as people write it -> the same in Python's spelling, with every `*` and bracket that was left out.

How an expression is read:

- A product without a sign binds like one with `*`, from left to right: `1/2x` is `(1/2)*x`, and `e^2x` is `(e^2)*x`.
- A function without brackets takes the factors that follow, with their powers and a sign before them, up to the next
  written sign or the next function: `sin 2x y` is `sin(2*x*y)`, `sin x^2` is `sin(x^2)`, `sin x/2` is `sin(x)/2`, and
  `sin x cos y` is `sin(x)*cos(y)`. `sin^2 x` is `sin(x)^2`.
- A root sign without brackets takes the one number or name after it: `√2x` is `sqrt(2)*x`.

Where one of these decides what many would read otherwise, that is told (see `Reading.ambiguous`). The text goes once
from left to right, by a table of tokens and a stack of open brackets; nothing of it is evaluated, and Python's own
parser reads the result.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from gdviz.functions.refusals import equation, inverse, misplaced_comma, not_called, refused
from gdviz.functions.spelling import BARE, CASES, DENOMINATOR, NUMERATOR, Group, Reading, Spelling
from gdviz.functions.tokens import Kind, Token, tokens
from gdviz.functions.words import BRACKETS

_STARTS = frozenset(
    {Kind.NUMBER, Kind.NAME, Kind.FUNCTION, Kind.ROOT, Kind.FRACTION, Kind.OPEN}
)  # what an operand begins with, besides a bar


def read(text: str, functions: Collection[str]) -> Reading:
    """Return a text in Python's spelling.

    Raises
    ------
    ExpressionError
        Saying what cannot be read, where, and what to write instead.

    """
    return _Reader(text, tokens(text, functions)).reading()


class _Reader:
    """One pass over the tokens."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.spelled = Spelling(text)
        self.operand = False  # whether an operand has just ended
        self.divisor = False  # whether it is what stands below a / on the line
        self.raising = False  # whether what comes next is an exponent
        self.tight = False  # whether the operand is an exponent, or below a root sign, without brackets
        self.ambiguous = False

    def reading(self) -> Reading:
        while (token := self._next()).kind is not Kind.END:
            self._take(token)
        self._need_operand(self.tokens[-1])
        self._end_bare()
        return self.spelled.reading(ambiguous=self.ambiguous)

    def _next(self) -> Token:
        token = self._peek()
        self.at += 1
        return token

    def _peek(self, ahead: int = 0) -> Token:
        return self.tokens[max(min(self.at + ahead, len(self.tokens) - 1), -1)]

    def _last(self) -> Token | None:
        """Return the token before the one that was taken."""
        return self.tokens[self.at - 2] if self.at >= 2 else None

    def _take(self, token: Token) -> None:
        if token.kind is Kind.BAR:
            self._bar(token)
        elif token.kind is Kind.ROW and self.spelled.inner.opened != CASES:
            pass  # a line break
        elif token.kind in _STARTS:
            self._start(token)
        elif token.kind is Kind.KEYWORD and token.text == "not" and not self.operand:
            self.spelled.add(" not " if self.spelled.parts else "not ", token.at)
        elif token.kind is Kind.SIGN and token.text in "+-" and not self.operand:
            self.spelled.add(token.text, token.at)
        else:
            if token.kind is Kind.CLOSE and not self.spelled.inner.opened:
                reason = f"there is no opening bracket for this {token.written}"
                raise refused(self.text, token.at, reason, "take it away")
            self._need_operand(token)
            self._after(token)

    def _need_operand(self, token: Token) -> None:
        if self.operand:
            return
        last, cure = self._last(), ""
        if last is not None and last.kind is Kind.FUNCTION:
            raise not_called(self.text, last.at, last.text)
        if last is None:
            reason = f"there is nothing before {token.written}" if token.written else "there is nothing to read"
        elif token.kind is Kind.END:
            reason = f"there is nothing after {last.written}"
            if last.text == "**":
                cure = f"write the exponent, as in x{last.written}2"
            elif last.kind is Kind.BAR:
                cure = "write abs(...) where bars pair in more than one way"
        else:
            reason = f"there is nothing between {last.written} and {token.written}"
            if last.kind is Kind.OPEN and (name := self.spelled.inner.function):
                cure = f"write what it is of, as in {name}(x)"
        raise refused(self.text, token.at if token.written or last is None else last.at, reason, cure)

    def _after(self, token: Token) -> None:
        """Take what stands after an operand."""
        bare = self.spelled.bare
        if token.kind is Kind.RAISED:
            self.ambiguous |= bare is not None
            self.tight = False
            self.spelled.add(f"**({token.text})", token.at)
            return
        if token.text == "**":
            self.ambiguous |= bare is not None
        else:
            quotient = token.kind is Kind.SIGN and token.text in "*/%"
            self.ambiguous |= bare is not None and quotient and self._peek().kind is not Kind.FUNCTION
            self._end_bare()
        ends = {Kind.CLOSE: self._close, Kind.CELL: self._cell, Kind.ROW: self._row}
        if token.kind in ends:
            ends[token.kind](token)
            return
        match token.kind:
            case Kind.COMMA if not self.spelled.inner.function:
                between_numbers = {self._peek(-2).kind, self._peek().kind} == {Kind.NUMBER}
                raise misplaced_comma(self.text, token.at, between_numbers=between_numbers)
            case Kind.COMPARISON if token.text == "=" and not self.spelled.inner.equals:
                raise equation(self.text, token.at)
            case Kind.KEYWORD if token.text == "if":
                self.spelled.inner.equals = True
        sign = "==" if token.text == "=" else token.text
        self.spelled.add(f" {sign} " if token.kind is Kind.KEYWORD else sign, token.at)
        self.operand = False
        self.divisor = sign in ("/", "%") or (sign == "**" and self.divisor)
        self.raising = sign == "**"

    def _start(self, token: Token) -> None:
        if self.operand:
            self._multiply(token)
        match token.kind:
            case Kind.FUNCTION:
                self._function(token)
            case Kind.ROOT:
                self._root(token)
            case Kind.FRACTION:
                self._push("{", "((", ")/(", token, opened=NUMERATOR)
            case Kind.OPEN:
                head, _ = BRACKETS[token.text]
                self.spelled.add(head, token.at)
                self._enter(Group(token.text, ")", token.at, self.divisor))
            case _:
                self.spelled.add(token.text, token.at)
                self._ended(token)

    def _ended(self, token: Token | None = None) -> None:
        """Note that an operand has ended: one number or name, or if that is None what is made of several."""
        self.operand = True
        self.tight, self.raising = token is not None and self.raising, False
        if (bare := self.spelled.bare) and (token is None or token.text in ("x", "y")):
            bare.factors += 1

    def _multiply(self, token: Token) -> None:
        """Put the sign of a product where none was written."""
        last = self._last()
        assert last is not None
        if token.kind is Kind.NUMBER:
            reason, cure = f"there is no sign between {last.written} and {token.written}", "write * or ^"
            if last.kind is Kind.NAME and last.text == "x" and self._peek(-3).kind is Kind.NUMBER:
                cure = "write * or ^; x is the variable, never a sign"
            raise refused(self.text, token.at, reason, cure)
        if token.kind is Kind.FUNCTION:
            self._end_bare()
        adjacent = last.end == token.at and token.kind is Kind.NAME
        together = adjacent and last.kind is Kind.NAME
        bare = self.spelled.bare
        several = bare is not None and ((bare.factors > 0 and not together) or bare.function in ("sqrt", "cbrt"))
        self.ambiguous |= self.divisor or (self.tight and adjacent) or several
        self.spelled.add("*", token.at)
        self.divisor = False

    def _function(self, token: Token) -> None:
        raised: list[tuple[str, int]] = []
        if self._peek().kind is Kind.RAISED or self._peek().text == "**":
            if self._peek(1).text == "{":
                self._next()
                bracket = self._next()
                self._enter(Group("{", "", bracket.at, self.divisor, start=len(self.spelled.parts), power_of=token))
                return
            raised = [(f"**{self._exponent(token)})", token.at)]
        self._call(token, raised)

    def _call(self, token: Token, raised: list[tuple[str, int]]) -> None:
        """Open the argument of a function, which is raised to a power behind its end."""
        head = f"({token.text}" if raised else token.text
        follows = self._peek()
        group = Group(
            follows.text,
            ")",
            follows.at,
            self.divisor,
            function=token.text,
            equals=token.text in ("where", "piecewise") or token.written.startswith("\\"),
            raised=raised,
        )
        if follows.kind is Kind.OPEN and BRACKETS[follows.text][0] == "(" and follows.text != CASES:
            self._next()
        elif follows.kind in _STARTS or follows.kind is Kind.BAR or self._signed(follows):
            group.opened, group.at = BARE, token.at
            self.ambiguous |= follows.kind is Kind.SIGN
        else:
            raise not_called(self.text, token.at, token.text)
        self.spelled.add(f"{head}(", token.at)
        self._enter(group)

    def _signed(self, sign: Token) -> bool:
        """Return whether the token that comes next is the sign of an operand, as in `sin -x` but not in `sin - x`."""
        return sign.text in ("+", "-") and self._peek(1).at == sign.end

    def _exponent(self, function: Token) -> str:
        """Take the number that stands between a function's name and its argument."""
        raised = self._next()
        number = raised if raised.kind is Kind.RAISED else self._next()
        if number.text.startswith("-"):
            raise inverse(self.text, function.at, function.text)
        if not re.fullmatch(r"\d{1,3}", number.text):
            cure = f"write the power behind, as in {function.text}(x)^y"
            raise refused(self.text, number.at, "only a whole number may stand there", cure)
        return number.text

    def _root(self, token: Token) -> None:
        follows = self._peek()
        if follows.kind is Kind.OPEN and BRACKETS[follows.text][0] == "(":
            self._push(follows.text, f"{token.text}(", ")", token, function=token.text)
        elif follows.kind in (Kind.NUMBER, Kind.NAME):
            self._next()
            self.spelled.add(f"{token.text}({follows.text})", token.at)
            self._ended()
            self.tight = True
            after = self._peek()
            self.ambiguous |= after.kind is Kind.RAISED or after.text == "**"
        else:
            raise refused(self.text, token.at, f"{token.written} needs a number, a name or brackets after it")

    def _push(
        self, expected: str, head: str, ending: str, token: Token, *, function: str = "", opened: str = ""
    ) -> None:
        """Open a group with the bracket that comes next."""
        bracket = self._next()
        if bracket.text != expected:
            raise refused(self.text, token.at, f"{token.written} needs {expected} after it")
        self.spelled.add(head, token.at)
        self._enter(Group(opened or expected, ending, bracket.at, self.divisor, function=function))

    def _enter(self, group: Group) -> None:
        self.spelled.enter(group)
        self.operand = self.divisor = self.raising = self.tight = False

    def _leave(self, at: int) -> None:
        group = self.spelled.leave(at)
        self._ended()
        self.divisor = group.divisor

    def _close(self, token: Token) -> None:
        group = self.spelled.open[-1]
        wanted = group.closing
        if token.text not in (wanted, r"\rvert" if wanted == "|" else wanted):
            raise refused(self.text, token.at, f"a {wanted} belongs here, not {token.written}")
        if group.power_of:
            self._raise_function(group, token)
            return
        if group.opened == CASES:
            self._end_cases(group)
        self._leave(token.at)
        if group.opened == NUMERATOR:
            if self._next().text != "{":
                raise refused(self.text, token.at, "a fraction needs {...}{...}")
            self._enter(Group(DENOMINATOR, "))", token.at, group.divisor))

    def _raise_function(self, group: Group, token: Token) -> None:
        """Keep the exponent that has been read until the function's argument has ended."""
        function = group.power_of
        assert function is not None
        self.spelled.leave(token.at)
        exponent = self.spelled.cut(group.start)
        if "".join(part for part, _ in exponent) == "-1":
            raise inverse(self.text, function.at, function.text)
        self.divisor = group.divisor
        self._call(function, [("**(", group.at), *exponent, ("))", token.at)])

    def _cell(self, token: Token) -> None:
        """Take the & between a value and its condition."""
        group = self.spelled.inner
        if group.opened != CASES or group.in_condition or group.complete:
            raise refused(self.text, token.at, "there is a & where none can be", "a row has one, before its condition")
        follows = self._peek()
        if follows.kind is Kind.KEYWORD and follows.text in ("if", "else"):
            self._next()
        if follows.text == "else":
            group.complete = True
            return
        group.in_condition, group.start = True, len(self.spelled.parts)
        self.spelled.add(" if ", token.at)
        self.operand = False

    def _row(self, token: Token) -> None:
        r"""Take the \\ between two cases, or after the last one."""
        group = self.spelled.inner
        if self._peek().text == r"\end{cases}":
            return
        if not group.in_condition:
            raise refused(self.text, token.at, "a case has no condition", r"write a & x > 0 \\ b & \text{otherwise}")
        self.spelled.add(" else ", token.at)
        group.in_condition = self.operand = False
        group.rows += 1

    def _end_cases(self, group: Group) -> None:
        """Let the last case hold wherever no other does."""
        if not group.in_condition:
            return
        if not group.rows:
            cure = r"add what holds elsewhere, as in \\ 0 & \text{otherwise}"
            raise refused(self.text, group.at, "there is one case only", cure)
        self.spelled.cut(group.start)
        self.ambiguous = True

    def _bar(self, token: Token) -> None:
        if self.operand and self.spelled.inner.opened in ("|", r"\lvert"):
            self._end_bare()
            self._leave(token.at)
            return
        if self.operand:
            self._multiply(token)
        self.spelled.add("abs(", token.at)
        self._enter(Group("|", ")", token.at, self.divisor))

    def _end_bare(self) -> None:
        while self.spelled.bare:
            self._leave(self._peek(-1).at)
