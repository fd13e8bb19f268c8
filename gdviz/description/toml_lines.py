"""Finds the lines of a TOML text on which keys stand: Python's parser does not tell. Imported only for an error."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator

Place = tuple[str, ...]  # the keys that lead to a value, and the numbers of the items of lists

_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANKS = re.compile(r"[ \t]*")
_TEXT = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN_KEY = re.compile(r"[\w-]+", re.ASCII)
_NUMBER = re.compile(r"[^,\]}#\n]*")


def lines_of(text: str, places: Iterable[Place]) -> dict[Place, int]:
    """Return the lines, from 1, of places in a text that is TOML, and of the tables and lists that they are in.

    What the text does not have is left out.
    """
    wanted = {place[:length] for place in places for length in range(1, len(place) + 1)}
    at: dict[Place, int] = {}
    for place, position in _Reader(text).places():
        if place in wanted:
            at.setdefault(place, position)
    return {place: text.count("\n", 0, position) + 1 for place, position in at.items()}


class _Reader:
    """Passes once over a text that is TOML within the limits."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def places(self) -> Iterator[tuple[Place, int]]:
        """Yield the place of each key, table and item, and where it begins in the text."""
        table: Place = ()
        lengths: Counter[Place] = Counter()  # how many tables `[[...]]` have begun
        while self._skip(_BETWEEN) < len(self._text):
            begin = self._at
            if self._text[begin] != "[":
                yield from self._pair(table)
                continue
            listed = self._text.startswith("[[", begin)
            self._at += 1 + listed
            *above, last = self._key()
            self._at += 1 + listed
            table = ()
            for part in above:
                table = _last_of((*table, part), lengths)
            table = (*table, last)
            yield from ((table[:length], begin) for length in range(1, len(table) + 1))
            if listed:
                lengths[table] += 1
                table = _last_of(table, lengths)
                yield table, begin

    def _pair(self, table: Place) -> Iterator[tuple[Place, int]]:
        begin = self._at
        key = self._key()
        self._at += 1  # for the sign =
        self._skip(_BLANKS)
        yield from (((*table, *key[:length]), begin) for length in range(1, len(key) + 1))
        yield from self._value((*table, *key))

    def _key(self) -> list[str]:
        """Read a key with dots, and the blanks around its parts."""
        parts: list[str] = []
        for before in itertools.count():
            if before:
                self._at += 1  # for the dot
            self._skip(_BLANKS)
            begin = self._at
            quoted = self._text[begin] in "\"'"
            written = self._text[begin : self._skip(_TEXT if quoted else _PLAIN_KEY)]
            parts += tomllib.loads(f"{written} = 0") if quoted else [written]
            self._skip(_BLANKS)
            if not self._text.startswith(".", self._at):
                break
        return parts

    def _value(self, place: Place) -> Iterator[tuple[Place, int]]:
        """Pass over a value, and yield what is in it."""
        opening = self._text[self._at]
        if opening in "\"'":
            self._skip(_TEXT)
        elif opening not in "[{":
            self._skip(_NUMBER)
        else:
            self._at += 1
            for number in itertools.count():
                if self._text[self._skip(_BETWEEN)] in "]}":
                    break
                if opening == "{":
                    yield from self._pair(place)
                else:
                    item = (*place, str(number))
                    yield item, self._at
                    yield from self._value(item)
                if self._text[self._skip(_BETWEEN)] == ",":
                    self._at += 1
            self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> int:
        """Pass over what matches here, and return where it ends."""
        found = pattern.match(self._text, self._at)
        assert found is not None  # since the text is TOML
        self._at = found.end()
        return self._at


def _last_of(place: Place, lengths: Counter[Place]) -> Place:
    """Return the place of a table, or of the last one so far if there are several of this name."""
    return (*place, str(lengths[place] - 1)) if lengths[place] else place
