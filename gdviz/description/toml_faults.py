"""What is wrong in a text that is not TOML, in words for people who have not read its specification."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gdviz.errors import shorten

MAX_MESSAGE = 200  # characters of the parser's message that are shown

_WORD = re.compile(r"[^\s,\]}#]*")
_KEY = re.compile(r"[ \t]*(\[{0,2}[^=\[\]#]*[^\s=\[\]#]\]{0,2})")
_WORDS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "[“”„‟‘’‚‛«»].*": lambda word: f"a text needs straight quotes, and not {word[0]}",
        "true|false": lambda word: f"true and false have small letters: {word.lower()}, not {word}",
        "yes|no|on|off": lambda word: f"a switch is true or false, not {word}",
        "none|null|nil": lambda word: f"there is no {word} in TOML; leave the key out",
        r"[+-]?\.\d+": lambda word: f"a number has a digit before its point: {word.replace('.', '0.')}, not {word}",
        r"[^\W\d_].*": lambda word: f"a text needs quotes: {shorten(word)}",
    }
)
"""What stands for a value by mistake -> what would be right."""
_CURES: Mapping[str, str] = MappingProxyType(
    {
        r",": "decimals follow a point, and a list stands in brackets",
        r"[-+*/^%]": "a number must be worked out",
        r"'|[^'\"]*'$": "a text with ' in it has quotes of the other kind",
        r"#?\w+ *=": "each key has a line of its own",
    }
)
"""What may follow a value by mistake -> what would be right."""


def fault_in_words(message: str, text: str, position: int) -> str:
    """Return what is wrong at a position of a text, of which Python's parser gives this message, without the place."""
    for beginning, explained in _FAULTS.items():
        if message.startswith(beginning):
            return explained(text, position)
    if len(message) > MAX_MESSAGE:
        message = f"{message[: MAX_MESSAGE // 2]} ... {message[-MAX_MESSAGE // 2 :]}"
    return message[:1].lower() + message[1:]


def _value(text: str, position: int) -> str:
    word = _word(text, position)
    if not word:
        colored = text.startswith("#", position)
        return f"a value is missing{'; a colour needs quotes, since # begins a comment' if colored else ''}"
    for pattern, cure in _WORDS.items():
        if re.fullmatch(pattern, word, re.IGNORECASE):
            return cure(word)
    return f"{shorten(word)} is no value; a text needs quotes"


def _rest(text: str, position: int) -> str:
    rest = text[position : _end_of_line(text, position)].strip()
    cures = (cure for beginning, cure in _CURES.items() if re.match(beginning, rest))
    return "; ".join((f"a line ends after its value, and here follows {shorten(rest, 40)}", *cures))


def _sign(text: str, position: int) -> str:
    word = _word(text, position)
    follows = f", and not {shorten(word, 40)}" if word else ""
    return f"a key and its value are written with =, as in fps = 30{follows}"


def _twice(text: str, position: int) -> str:
    begin = text.rfind("\n", 0, position) + 1
    key = _KEY.match(text, begin)
    return f"{shorten(key[1]) if key else 'this key'} is there already; leave one out"


def _list(_: str, __: int) -> str:
    return "a list has commas between its values, and a ] at its end"


def _table(_: str, __: int) -> str:
    return "a table in braces is one line, with commas between its keys, none behind the last, and a } at its end"


def _key(text: str, position: int) -> str:
    before = text[max(position - 1, 0) : position]
    return _table(text, position) if before in ("{", ",") else "the name of a key or a table is missing"


def _statement(text: str, position: int) -> str:
    return f"a line begins with a key, a table in brackets or a comment, not with {shorten(text[position])}"


def _quote(text: str, position: int) -> str:
    found = text[position : position + 1]
    if found in ("\n", "\r", ""):
        return "a text has no quote at its end"
    return f"a text cannot have the character {shorten(found)}; write it as \\u{ord(found):04x}"


def _backslash(_: str, __: int) -> str:
    return "in \"...\" a backslash is written twice; in '...' once"


_FAULTS: Mapping[str, Callable[[str, int], str]] = MappingProxyType(
    {
        "Invalid value": _value,
        "Expected newline or end of document": _rest,
        "Expected '='": _sign,
        "Expected ']": lambda *_: "the name of a table ends with as many ] as it begins with",
        "Cannot overwrite": _twice,
        "Cannot declare": _twice,
        "Cannot redefine": _twice,
        "Cannot mutate": _twice,
        "Duplicate inline": lambda *_: "a table in braces has the same key twice; leave one out",
        "Unclosed array": _list,
        "Unclosed inline table": _table,
        "Invalid initial character": _key,
        "Invalid statement": _statement,
        "Unterminated string": lambda *_: "a text has no quote at its end",
        "Expected \"'": lambda *_: "a text has no quote at its end",
        "Illegal character": _quote,
        "Unescaped": _backslash,
    }
)
"""How messages of Python's parser begin -> what says the same of a text and a position."""


def _word(text: str, position: int) -> str:
    found = _WORD.match(text, position)
    return found[0] if found else ""


def _end_of_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return end if end >= 0 else len(text)
