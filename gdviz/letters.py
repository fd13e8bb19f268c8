"""Unicode's properties of letters: which can be written, which are visible, and which form one cluster."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from types import MappingProxyType

UNWRITABLE: Mapping[str, str] = MappingProxyType(
    {"Cc": "control characters", "Cs": "broken characters", "Zl": "line breaks", "Zp": "line breaks"}
)
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")  # for str.translate
_LINE_BREAKS = "\n\v\f\r\x85"

# Default_Ignorable_Code_Point in DerivedCoreProperties.txt of Unicode 16: invisible letters, which need no font.
_INVISIBLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
_INVISIBLE_FIRST = [first for first, _ in _INVISIBLE]

_JOINER = "\u200d"
_AS_EMOJI = "\ufe0f"  # selects the coloured form of the letter before it
_KEYCAP = "\u20e3"
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_EMOJI = range(0x1F300, 0x1FB00)


def what_is_unwritable(text: str) -> str | None:
    """Return a noun for the letters in a line of text that cannot be written, such as "line breaks"; None if none.

    Formatting characters, such as soft hyphens and joiners, are allowed: they change how other letters look.
    """
    if any(letter in _LINE_BREAKS for letter in text):
        return UNWRITABLE["Zl"]
    return next((UNWRITABLE[kind] for kind in map(unicodedata.category, text) if kind in UNWRITABLE), None)


def composed(text: str) -> str:
    """Return the text in Unicode's form NFC: most fonts have accented letters rather than separate accents."""
    return unicodedata.normalize("NFC", text)


def is_seen(letter: str) -> bool:
    """Return whether a letter is visible, so that a font must have it."""
    code = ord(letter)
    nearest = bisect_right(_INVISIBLE_FIRST, code) - 1
    ignorable = nearest >= 0 and code <= _INVISIBLE[nearest][1]
    return not ignorable and unicodedata.category(letter) != "Zs"


def needs_shaping(text: str) -> bool:
    """Return whether letters change with their neighbours, run from right to left, or stand above others."""
    return any(
        unicodedata.bidirectional(letter) in ("R", "AL", "AN") or unicodedata.category(letter) in ("Mn", "Mc")
        for letter in composed(text)
        if is_seen(letter)
    ) or (_JOINER in text)


def runs_from_right(text: str) -> bool:
    """Return whether a line begins at the right: whether the first letter with a direction runs from right to left."""
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL"))
    return next(strong, "L") != "L"


def clusters(text: str) -> list[str]:
    """Return a text's clusters: letters with their accents, and emoji with all their parts.

    A simpler form of the grapheme clusters in Unicode's annex 29, enough to know what one font must draw.
    """
    parts: list[str] = []
    for letter in text:
        if parts and _continues(parts[-1], letter):
            parts[-1] += letter
        else:
            parts.append(letter)
    return parts


def _continues(cluster: str, letter: str) -> bool:
    flag = len(cluster) == 1 and ord(cluster) in _FLAG_LETTERS and ord(letter) in _FLAG_LETTERS
    mark = unicodedata.category(letter) in ("Mn", "Mc", "Me", "Cf") or ord(letter) in _SKIN_TONES
    return mark or flag or (cluster[-1] == _JOINER and is_emoji(cluster))


def is_emoji(cluster: str) -> bool:
    """Return whether a cluster is an emoji, which a font may have in colours."""
    return _AS_EMOJI in cluster or _KEYCAP in cluster or ord(cluster[0]) in _FLAG_LETTERS or ord(cluster[0]) in _EMOJI
