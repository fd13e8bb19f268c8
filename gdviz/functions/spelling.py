"""A text in Python's spelling, put together part by part, and the brackets in it that are open."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field

from gdviz.functions.refusals import refused
from gdviz.functions.tokens import Token
from gdviz.functions.words import BRACKETS

MAX_DEPTH = 60  # levels of operations and functions
MAX_BRACKETS = 200  # as many as Python's parser takes

# What a group is opened with, besides brackets
BARE, NUMERATOR, DENOMINATOR, CASES = "bare", "numerator", "denominator", r"\begin{cases}"


@dataclass(frozen=True)
class Reading:
    """A text in Python's spelling.

    Attributes
    ----------
    source
        The text, ASCII alone. `%` stands for `mod`.
    places
        Where each part of it begins, and where in what was written it comes from.
    ambiguous
        Whether a rule decided what many would read otherwise.

    """

    source: str
    places: tuple[tuple[int, ...], tuple[int, ...]]
    ambiguous: bool

    def place(self, column: int) -> int:
        """Return where in the text a column of `source` comes from."""
        return self.places[1][max(bisect.bisect_right(self.places[0], column) - 1, 0)]


@dataclass
class Group:
    """A bracket that is open, or a function without one."""

    opened: str  # with what
    ending: str  # what is put in the place of its end
    at: int
    divisor: bool = False  # whether it stands below a / on the line
    function: str = ""  # whose arguments these are
    equals: bool = True  # whether = compares in it
    factors: int = 0  # of a function without brackets, how many it has taken, numbers and constants apart
    raised: list[tuple[str, int]] = field(default_factory=list)  # the power that is put behind its end
    power_of: Token | None = None  # the function whose exponent this is
    start: int = 0  # the part with which an exponent, or the condition of the present case, begins
    in_condition: bool = False  # of cases, whether what is read is a condition
    rows: int = 0  # of cases, how many have ended
    complete: bool = False  # of cases, whether what holds otherwise has been read

    @property
    def deepens(self) -> bool:
        """Whether it is more than brackets around an operand."""
        return bool(self.function or self.power_of) or BRACKETS.get(self.opened, ("",))[0] != "("

    @property
    def closing(self) -> str:
        """What it is closed with."""
        return "}" if self.opened in (NUMERATOR, DENOMINATOR) else BRACKETS[self.opened][1]


class Spelling:
    """What has been read so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[tuple[str, int]] = []  # each with its place in the text
        self.open: list[Group] = []
        self._line = Group("", "", 0, equals=False)
        self._levels = self._brackets = 0

    @property
    def inner(self) -> Group:
        """The innermost bracket that is open, or the whole line."""
        return next((group for group in reversed(self.open) if group.opened != BARE), self._line)

    @property
    def bare(self) -> Group | None:
        """The function without brackets whose argument is being read."""
        return self.open[-1] if self.open and self.open[-1].opened == BARE else None

    def add(self, part: str, at: int) -> None:
        """Add a part that comes from a place in the text."""
        self._brackets += part.count("(") - part.count(")")
        if self._brackets > MAX_BRACKETS:
            reason = f"brackets are nested more than {MAX_BRACKETS} levels deep"
            raise refused(self.text, at, reason, "take needless ones away")
        self.parts.append((part, at))

    def enter(self, group: Group) -> None:
        """Open a group, whose beginning has been added."""
        self._levels += group.deepens
        if self._levels > MAX_DEPTH:
            reason = f"it is nested more than {MAX_DEPTH} levels deep"
            raise refused(self.text, group.at, reason, "write it more simply")
        self.open.append(group)

    def leave(self, at: int) -> Group:
        """Close the last group, and add its end and the power that it is raised to."""
        group = self.open.pop()
        self._levels -= group.deepens
        for part, place in ((group.ending, at), *group.raised):
            self.add(part, place)
        return group

    def cut(self, start: int) -> list[tuple[str, int]]:
        """Take away all parts from one on, in which every bracket is closed, and return them."""
        last = self.parts[start:]
        del self.parts[start:]
        return last

    def reading(self, *, ambiguous: bool) -> Reading:
        """Return the whole, of which nothing may be open any more."""
        if self.open:
            group = self.open[-1]
            opened = "{" if group.closing == "}" else group.opened
            raise refused(self.text, group.at, f"the {opened} is never closed", f"add {group.closing}")
        columns, column = [], 0
        for part, _ in self.parts:
            columns.append(column)
            column += len(part)
        source = "".join(part for part, _ in self.parts)
        return Reading(source, (tuple(columns), tuple(at for _, at in self.parts)), ambiguous)
