"""Completion of words with `=` in bash, which splits `palette=d` into three words."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator, MutableMapping


@contextlib.contextmanager
def words_whole(environment: MutableMapping[str, str]) -> Iterator[None]:
    """Complete words with `=` as a whole in the block, and print only what follows the `=` to bash.

    Does nothing unless bash asks for a completion.
    """
    words = environment.get("COMP_WORDS", "").split("\n")  # joined so by the script that Typer installs
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
