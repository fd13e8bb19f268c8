"""Reads TOML from untrusted sources: limits are checked before it is parsed, and errors are one sentence."""

from __future__ import annotations

import codecs
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gdviz.errors import InputError

MAX_BYTES = 1_200_000  # of a TOML file; enough for 100,000 starts
MAX_KEYS = 2_000  # keys and tables; four times as many as 100 keyframes of the camera need
MAX_KEY_PARTS = 4  # parts of a dotted key
MAX_DEPTH = 8  # levels of nested arrays and inline tables
MAX_WORD = 400  # characters of a key without quotes, or of a number

# UTF-32 first, since its mark begins with UTF-16's.
_OTHER_ENCODINGS = (
    ("UTF-32", codecs.BOM_UTF32_LE, r".\0\0\0"),
    ("UTF-32", codecs.BOM_UTF32_BE, r"\0\0\0."),
    ("UTF-16", codecs.BOM_UTF16_LE, r"[^\0]\0"),
    ("UTF-16", codecs.BOM_UTF16_BE, r"\0[^\0]"),
)

_MARK = re.compile(rf"[\[\]{{}}=,.#]|[\r\n]+|'''|'|\"\"\"|\"|(?<![\w+:-])[\w+:-]{{{MAX_WORD + 1}}}", re.ASCII)
_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")
_END_OF_STRING = {
    '"""': re.compile(r'\\|"""'),
    "'''": re.compile(r"'''"),
    '"': re.compile(r'[\\"\n]'),
    "'": re.compile(r"['\n]"),
}


class TomlError(InputError):
    """A text is not TOML, or exceeds a limit.

    Attributes
    ----------
    reason
        What is wrong.
    place
        The line, and perhaps the column, both from 1, as compilers write them: `4` or `4:17`; empty if not known.

    """

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(f"{reason} (at {place})" if place else reason)
        self.reason = reason
        self.place = place

    def __reduce__(self) -> tuple[type[TomlError], tuple[str, str]]:
        """Keep the attributes when the error is sent to another process."""
        return type(self), (self.reason, self.place)


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """Return what a TOML file says, and its text, in which `lines_of` finds a key's line.

    Raises
    ------
    InputError
        If the file cannot be read, or is not TOML within the limits; the message names the file and the line.

    """
    try:
        text = _decoded(_content(path))
        return parse_toml(text), text
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except TomlError as error:
        # The place is behind the file's name, where editors and terminals look for it.
        raise InputError(f"{':'.join(filter(None, (str(path), error.place)))}: {error.reason}") from error


def parse_toml(text: str) -> dict[str, Any]:
    """Read TOML.

    Raises
    ------
    TomlError
        If the text is not TOML, or exceeds a limit.

    """
    _check_limits(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(str(error), text) from error


def _not_toml(message: str, text: str) -> TomlError:
    """Return the error for a message of Python's parser, which ends with the place."""
    from gdviz.description.toml_faults import fault_in_words  # only an error needs it

    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, re.DOTALL)
    if found:
        reason, line, column = found[1], int(found[2]), int(found[3])
        begin = 0
        for _ in range(line - 1):
            begin = text.index("\n", begin) + 1
        position = begin + column - 1
    else:
        reason = message.removesuffix(" (at end of document)")
        position = len(text.rstrip())
        line, column = _line(text, position), position - (text.rfind("\n", 0, position) + 1) + 1
    return TomlError(f"is not valid TOML: {fault_in_words(reason, text, position)}", f"{line}:{column}")


def _content(path: Path) -> bytes:
    # Without O_NONBLOCK, opening a pipe would wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise TomlError("is a folder; a TOML file is needed")
        if not stat.S_ISREG(mode):
            raise TomlError("is a pipe or a device; a regular file is needed")
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > MAX_BYTES:
        raise TomlError(f"is too large; at most {MAX_BYTES:,} bytes are accepted")
    return content


def _decoded(content: bytes) -> str:
    for name, mark, pattern in _OTHER_ENCODINGS:
        if content.startswith(mark) or re.match(pattern.encode(), content, re.DOTALL):
            raise TomlError(f"is {name} text; save it as UTF-8")
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TomlError(f"is not UTF-8 text (byte {error.start}); save it as UTF-8", str(line)) from error


def _check_limits(text: str) -> None:
    """Check the limits within which Python's parser takes little time and memory.

    The parser's time and memory grow with the square of a key's parts; it recurses into arrays and inline tables, keeps
    about 1 kB for each part of a key, and raises another kind of error for long numbers.
    """
    keys = parts = depth = 0
    for mark, position in _marks(text):
        if mark == ".":
            parts += 1
            if parts == MAX_KEY_PARTS:
                raise _beyond(f"a key has more than {MAX_KEY_PARTS} parts", text, position)
            continue
        parts = 0
        if mark in _OPENING:
            keys += depth == 0 or mark == "{"
            depth += 1
            if depth > MAX_DEPTH:
                raise _beyond(f"arrays and tables are nested more than {MAX_DEPTH} deep", text, position)
        elif mark in _CLOSING:
            depth -= 1
        elif mark == "=":
            keys += 1
        elif len(mark) > MAX_WORD and not mark.isspace():
            raise _beyond(f"a key or a number has more than {MAX_WORD} characters", text, position)
        if keys > MAX_KEYS:
            raise _beyond(f"there are more than {MAX_KEYS:,} keys and tables", text, position)


def _marks(text: str) -> Iterator[tuple[str, int]]:
    """Yield the marks that the limits count, outside strings and comments, and where each ends.

    Each character is read once. In a text that is not TOML, marks after the first error may be wrong; the parser stops
    there.
    """
    position = 0
    while token := _MARK.search(text, position):
        mark, position = token[0], token.end()
        if mark in _END_OF_STRING:
            position = _end_of_string(text, mark, position)
        elif mark == "#":
            position = _end_of_line(text, position)
        else:
            yield mark, position


def _beyond(fault: str, text: str, position: int) -> TomlError:
    return TomlError(f"is beyond what gdviz reads: {fault}", str(_line(text, position)))


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _end_of_string(text: str, quote: str, position: int) -> int:
    """Return the end of the string that a quote before `position` begins; the text's end if it is not closed."""
    while stop := _END_OF_STRING[quote].search(text, position):
        position = stop.end()
        if stop[0] == "\\":
            position += 1
            continue
        if len(quote) == 3:  # up to two quotes before the closing three belong to the string
            position += text.startswith(quote[0], position) + text.startswith(quote[0] * 2, position)
        return position
    return len(text)


def _end_of_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return end if end >= 0 else len(text)
