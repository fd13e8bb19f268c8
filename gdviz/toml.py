"""TOML from anybody: bounded before it is parsed, and what is wrong with it said in one sentence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from gdviz.errors import InputError

MAX_BYTES = 1_200_000  # of a TOML file: room for 100,000 starts
MAX_KEY_PARTS = 4
MAX_WORD = 400  # letters of a key or digits of a number

# A string that is not closed goes on to its line's or the text's end, so that nothing is looked at twice.
_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)|' + r"'''.*?(?:'''|\Z)|" + r'"(?:\\.|[^"\\\n])*"?|' + r"'[^'\n]*'?|#[^\n]*",
    re.DOTALL,
)
_LONG_WORD = re.compile(rf"(?<![\w.+-])[\w.+-]{{{MAX_WORD + 1}}}", re.ASCII)
_LONG_KEY = re.compile(rf"(?<![\w-])(?:[\w-]+[ \t]*\.[ \t]*){{{MAX_KEY_PARTS}}}", re.ASCII)


class TomlError(InputError):
    """A text is not TOML, or not any that a person writes."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; what is wrong with it is said in one sentence, as an InputError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise InputError(f"{path}: is too large; at most {MAX_BYTES:,} bytes are accepted")
        return parse_toml(content.decode("utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    except TomlError as error:
        raise InputError(f"{path}: is not valid TOML: {error}") from error


def parse_toml(text: str) -> dict[str, Any]:
    """Read TOML; a TomlError says in one sentence what is wrong with it.

    The parser of Python's library recurses into arrays, and takes time and memory with the square of a key's parts and
    a number's digits.
    """
    bare = _STRING_OR_COMMENT.sub("_", text)
    if _LONG_WORD.search(bare):
        raise TomlError(f"a key or a number is longer than {MAX_WORD} letters")
    if _LONG_KEY.search(bare):
        raise TomlError(f"a key has more than {MAX_KEY_PARTS} parts")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(str(error)[:200]) from error
    except RecursionError:
        raise TomlError("it is nested too deeply") from None
