"""What bash is told to complete, and what it puts in: it takes the `=` of `palette=d` for a word of its own."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator, MutableMapping


@contextlib.contextmanager
def words_whole(environment: MutableMapping[str, str]) -> Iterator[None]:
    """Have words with a `=` completed as a whole, while bash gets only what follows it.

    Does nothing unless it is bash that asks.
    """
    words = environment.get("COMP_WORDS", "").split("\n")  # so the script that Typer installs joins them
    at = environment.get("COMP_CWORD", "")
    if environment.get("_GDVIZ_COMPLETE") != "complete_bash" or not at.isdecimal() or int(at) >= len(words):
        yield
        return
    whole = _joined(words[: int(at) + 1])
    environment.update(COMP_WORDS="\n".join(whole), COMP_CWORD=str(len(whole) - 1))
    there = whole[-1].removesuffix(words[int(at)].lstrip("=")) if whole[-1] != words[int(at)] else ""
    if there.startswith("-"):  # of --flag=KEY=VALUE only KEY=VALUE is completed
        there = there.partition("=")[2]
    answer = io.StringIO()
    try:
        with contextlib.redirect_stdout(answer):
            yield
    finally:
        for line in answer.getvalue().splitlines(keepends=True):
            sys.stdout.write(line.removeprefix(there))


def _joined(words: list[str]) -> list[str]:
    whole: list[str] = []
    for before, word in zip(["", *words], words, strict=False):
        if whole and "=" in (before, word):
            whole[-1] += word
        else:
            whole.append(word)
    return whole
