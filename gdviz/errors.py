"""The exceptions and warnings of gdviz: each message says what is wrong and what would be right."""

from __future__ import annotations

import difflib
import math
import os
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

NEAR = 0.7  # similarity from 0 to 1 at which a word is taken for a misspelling of another


class GdvizError(Exception):
    """The root of everything that gdviz raises on purpose."""


class GdvizWarning(UserWarning):
    """Something was not done quite as asked. The command line prints it; elsewhere, Python's `warnings` decide."""


class InputError(GdvizError, ValueError):
    """What the user asked for cannot be done as asked; nothing was written."""


class ExpressionError(InputError):
    """A text is not an expression in x and y that gdviz accepts.

    Attributes
    ----------
    reason
        What is wrong.
    text, at
        The expression, and the position of the error in it; None if it has no position.
    cure
        What to write instead, which ends the message; empty where that is not known.

    """

    def __init__(self, reason: str, text: str = "", at: int | None = None, cure: str = "") -> None:
        super().__init__(f"{reason}; {cure}" if cure else reason)
        self.reason = reason
        self.text = text
        self.at = at
        self.cure = cure

    def __reduce__(self) -> tuple[type[ExpressionError], tuple[str, str, int | None, str]]:
        """Keep the attributes when the error is sent to another process."""
        return type(self), (self.reason, self.text, self.at, self.cure)

    def marked(self, before: int = 40, behind: int = 30) -> list[str]:
        """Return the text around the error's position, and a line with a mark under it; nothing without a position."""
        if self.at is None:
            return []
        head = printable(self.text[max(self.at - before, 0) : self.at])
        return [f"    {head}{printable(self.text[self.at : self.at + behind])}", f"    {' ' * len(head)}^"]


class RenderError(GdvizError):
    """The drawing failed, for example because no OpenGL was found."""


class EncodeError(GdvizError):
    """The video encoder failed, or what it wrote is not what it was given."""


@contextmanager
def naming(thing: str | os.PathLike[str]) -> Iterator[None]:
    """Name what the block works on in an OSError that names no file, as when a disk is full."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = os.fspath(thing)
        raise


def in_words(error: BaseException) -> str:
    """Return an error as a sentence for people, with its notes.

    An OSError is shown with its file or, if it names none, with the module that raised it. Any other error that gdviz
    did not raise on purpose is shown as a fault of gdviz.
    """
    match error:
        case GdvizError():
            message = str(error)
        case MemoryError():
            message = "there is not enough memory; ask for fewer points or smaller pictures"
        case OSError():
            given = (error.filename, error.filename2)
            names = [printable(os.fsdecode(name)) for name in given if isinstance(name, str | bytes)]
            thing = " -> ".join(names) or f"in {_module(error)}; run 'gdviz doctor'"
            message = f"{error.strerror or error or type(error).__name__} ({thing})"
        case _:
            said = " ".join(str(error).split())[:300]
            name = type(error).__name__
            message = f"a fault of gdviz itself, {name}: {said}; please report it, with what GDVIZ_DEBUG=1 prints"
    return printable(with_notes(message, error))


def _module(error: BaseException) -> str:
    """Return the name of the module in which an error was raised."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return str(frames[-1].f_globals.get("__name__")) if frames else "an unknown module"


def with_notes(message: str, error: BaseException) -> str:
    """Return a message with the notes that were added to the error."""
    return "; ".join([message, *getattr(error, "__notes__", [])])


def missing_extra(what: str, package: str, extra: str) -> InputError:
    """Return the error of something that takes a package which only some users have, with the line to type."""
    return InputError(f"{what} takes {package}; install it with: pip install 'gdviz[{extra}]'")


def shorten(text: str, limit: int = 60) -> str:
    """Quote `text` for a message: control characters escaped, long texts cut in the middle."""
    quoted = repr(text)
    if len(quoted) <= limit:
        return quoted
    half = (limit - 5) // 2
    return f"{quoted[:half]} ... {quoted[-half:]}"


def quoted(value: object) -> str:
    """Quote a value for a message, a truth value as TOML writes it."""
    return shorten(str(value).lower() if isinstance(value, bool) else str(value))


def printable(text: object) -> str:
    """Return a text or a path as a single line, with unprintable characters escaped."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in str(text))


def bytes_in_words(count: int, *, up: bool = False) -> str:
    """Return a number of bytes with a unit, such as `8 MB`: rounded, or with `up` not less than it is."""
    unit, size = next(((name, size) for name, size in (("MB", 10**6), ("kB", 10**3)) if count >= size), ("bytes", 1))
    whole = len(str(count // size))
    share = size / 10 ** max(3 - whole, 0)  # three digits
    return f"{(math.ceil(count / share) if up else round(count / share)) * share / size:g} {unit}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` is most likely a misspelling of; None if none is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=NEAR)
    return close[0] if close else None
