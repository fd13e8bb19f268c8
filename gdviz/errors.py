"""What gdviz raises: each message says what was wrong and what would be right, in one sentence or two."""

from __future__ import annotations


class GdvizError(Exception):
    """The root of everything that gdviz raises on purpose."""


class GdvizWarning(UserWarning):
    """What is done, but not quite as asked; the command line prints it, and Python's `warnings` decide elsewhere."""


class InputError(GdvizError, ValueError):
    """What the user asked for cannot be done as asked; nothing was written."""


class ExpressionError(InputError):
    """A text is not an expression in x and y that gdviz accepts."""


class RenderError(GdvizError):
    """The drawing failed, for example because no OpenGL was found."""


class EncodeError(GdvizError):
    """The video encoder failed, or what it wrote is not what it was given."""


def with_notes(message: str, error: BaseException) -> str:
    """Return a message with what was added to an error on its way up."""
    return "; ".join([message, *getattr(error, "__notes__", [])])


def shorten(text: str, limit: int = 60) -> str:
    """Quote `text` for a message: control characters escaped, long texts cut in the middle."""
    quoted = repr(text)
    if len(quoted) <= limit:
        return quoted
    half = (limit - 5) // 2
    return f"{quoted[:half]} ... {quoted[-half:]}"


def printable(text: object) -> str:
    """Return a text, or a path as one, on a single line: what cannot be printed is escaped."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in str(text))
