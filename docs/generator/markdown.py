"""Writes the parts of pages in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPECIAL = re.compile(r"([\\*_<\[$])")


def plain(text: str) -> str:
    """Return text that Markdown shows as it is, but for what stands between backticks, which becomes code."""
    parts = text.split("`")
    return "`".join(part if number % 2 else _SPECIAL.sub(r"\\\1", part) for number, part in enumerate(parts))


def code(text: str) -> str:
    """Return text as code."""
    return f"`{text}`"


def table(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; each cell is Markdown in one line."""
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in ([*headers], *rows)]
    divider = re.sub(r"[^|]+", " --- ", lines[0])
    return "\n".join([lines[0], divider, *lines[1:]]) + "\n"


def bullets(items: Iterable[str]) -> str:
    """Return a list; each item is Markdown in one line."""
    return "".join(f"- {item}\n" for item in items)


def console(*commands: str) -> str:
    """Return a block of commands."""
    return "```console\n" + "".join(f"$ {command}\n" for command in commands) + "```\n"


def page(title: str, *parts: str) -> str:
    """Return a page with a title; there is a blank line between its parts."""
    return "\n".join([f"# {title}\n", *filter(None, parts)])
