"""Reads what a page shows: the commands in its `console` blocks, and the files that its other blocks spell out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"# ([\w-]+\.(?:toml|py|csv))\n")


@dataclass(frozen=True)
class Command:
    """A command that a page shows.

    Attributes
    ----------
    command
        What is typed after the prompt.
    lines
        The lines that it is said to print; `...` stands for any others, and is left out.

    """

    command: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceFile:
    """A file that a page spells out: a block whose first line is a comment with the file's name."""

    name: str
    text: str


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes
    ----------
    language, text
        What stands behind the fence, and between the fences.
    end
        Where the block ends in the page's text.

    """

    language: str
    text: str
    end: int

    @property
    def steps(self) -> tuple[Command | SourceFile, ...]:
        """What a reader does: type the block's commands, or write its file."""
        if self.language == "console":
            return tuple(_commands(self.text))
        named = _NAME.match(self.text)
        return (SourceFile(named[1], self.text),) if named else ()


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page's text."""
    return [Block(found[1], found[2], found.end()) for found in _FENCE.finditer(page)]


def steps(page: str) -> list[Command | SourceFile]:
    """Return everything that a reader of a page types or writes, in order."""
    return [step for block in blocks(page) for step in block.steps]


def title(page: str) -> str:
    """Return a page's first heading.

    Raises
    ------
    ValueError
        If it has none.

    """
    found = re.search(r"^# (.+)$", page, re.MULTILINE)
    if found is None:
        raise ValueError(f"a page without a heading: {page[:60]!r}")
    return found[1]


def _commands(text: str) -> Iterator[Command]:
    joined = re.sub(r"\s*\\\n\s*", " ", text)  # a backslash at a line's end continues the command
    for part in re.split(r"^\$ ", joined, flags=re.MULTILINE)[1:]:
        command, *lines = part.splitlines()
        yield Command(command, tuple(line for line in lines if line.strip(".")))
