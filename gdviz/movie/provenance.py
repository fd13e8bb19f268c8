"""Stamps: each file carries, near its end, the fingerprint of its description and a digest of its content.

They stand where players ignore them: in a comment, an unknown chunk or a user's box. So the file alone tells whether it
is complete and unchanged, and which description it was made from; its name and time could not.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from io import BufferedRandom, BufferedReader
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gdviz.errors import naming
from gdviz.movie.formats import film_files, format_of
from gdviz.movie.numbered import Pattern, parse_pattern

_STAMP = re.compile(rb"(gdviz[a-z-]*) ([0-9a-f]{64}) ([0-9a-f]{64})")
_LONGEST = len("gdviz-formula ") + 64 + 1 + 64  # bytes of a stamp's text
_LARGEST_WRAP = 64  # most bytes around a stamp's text, with those after it
LARGEST_STAMP = _LONGEST + _LARGEST_WRAP  # most bytes that a stamp adds to a file
_CHUNK = 1 << 20  # bytes that are read at once
_UUID = bytes.fromhex("b1a5f7b0c7d44c0f9c62d1f3a08e6d3c")  # random; marks gdviz's box in an mp4


@dataclass(frozen=True)
class Container:
    """Where a stamp stands in one kind of file.

    Attributes
    ----------
    wrap
        Returns the bytes that are put into the file for a stamp's text.
    tail
        How many bytes of the file come after the stamp.
    counts
        Whether the file begins with its own length, as RIFF does.

    """

    wrap: Callable[[bytes], bytes]
    tail: int = 0
    counts: bool = False


def _box(text: bytes) -> bytes:
    """Return a user's box (ISO/IEC 14496-12, 4.2)."""
    return struct.pack(">I", 24 + len(text)) + b"uuid" + _UUID + text


def _void(text: bytes) -> bytes:
    """Return an element that readers skip (RFC 8794, 11.3.2), its length in eight bytes."""
    return b"\xec" + struct.pack(">Q", len(text) | 1 << 56) + text


def _comment(text: bytes) -> bytes:
    """Return a comment extension (GIF89a, 24)."""
    return b"\x21\xfe" + bytes([len(text)]) + text + b"\0"


def _text(text: bytes) -> bytes:
    """Return a textual chunk (PNG, 11.3.3.2)."""
    body = b"tEXtComment\0" + text
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _chunk(text: bytes) -> bytes:
    """Return a chunk of an unknown kind, which readers ignore (RFC 9649, 2.7.1.6), padded to an even length."""
    padded = text + b" " * (len(text) % 2)
    return b"GDVZ" + struct.pack("<I", len(padded)) + padded


def _remark(text: bytes) -> bytes:
    """Return a comment after the last element (Extensible Markup Language 1.0, 2.8; HTML, 13.1.6)."""
    return b"<!-- " + text + b" -->\n"


CONTAINERS: Mapping[str, Container] = MappingProxyType(
    {
        ".mp4": Container(_box),
        ".mov": Container(_box),
        ".webm": Container(_void),
        ".gif": Container(_comment, tail=1),
        ".apng": Container(_text, tail=12),
        ".png": Container(_text, tail=12),
        ".webp": Container(_chunk, counts=True),
        ".svg": Container(_remark),
        ".html": Container(_remark),
    }
)


class Kind(Enum):
    """What is stamped; each value is the first word of a stamp."""

    FILM = "gdviz"
    STILL = "gdviz-still"
    FORMULA = "gdviz-formula"
    LADDERS = "gdviz-tune"


def stamp_film(files: Sequence[Path], target: Path, fingerprint: str) -> None:
    """Stamp the files of a film for `target`; `fingerprint` is 64 hexadecimal digits."""
    for file, own in zip(files, _own_fingerprints(target, fingerprint, len(files)), strict=True):
        stamp(file, Kind.FILM, own)


def is_current(path: Path, fingerprint: str, frames: int) -> bool:
    """Return whether a film exists, is complete and unchanged, and has this fingerprint."""
    own = _own_fingerprints(path, fingerprint, frames)
    try:
        return all(read_stamp(file) == each for file, each in zip(film_files(path, frames), own, strict=True))
    except OSError:
        return False


def is_picture_of(pattern: Pattern, path: Path, number: int) -> bool:
    """Return whether a file is the picture with this number in a film that gdviz wrote with this pattern."""
    found = read_stamp(path)
    return found is not None and found.endswith(_by_pattern(pattern, number))


def _own_fingerprints(path: Path, fingerprint: str, frames: int) -> Iterator[str]:
    """Yield a fingerprint for each file of a film.

    The first half of a picture's fingerprint depends on the film, the picture's number and the number of pictures; the
    second half depends on the pattern of the names.
    """
    if not format_of(path).numbered:
        yield fingerprint
        return
    pattern = parse_pattern(path)
    for number in range(frames):
        yield _half(f"{fingerprint} {number} {frames}") + _by_pattern(pattern, number)


def _by_pattern(pattern: Pattern, number: int) -> str:
    return _half(f"{pattern.head}%0{pattern.digits}d{pattern.tail} {number}")


def _half(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:32]


def stamp(path: Path, kind: Kind, fingerprint: str) -> None:
    """Put a stamp into a file; `fingerprint` is 64 hexadecimal digits."""
    container = CONTAINERS[path.suffix.lower()]
    with naming(path), path.open("r+b") as file:
        size = file.seek(0, 2)
        head = f"{kind.value} {fingerprint} ".encode()
        added = len(container.wrap(head + bytes(64)))
        if container.counts:
            _patch(file, 4, struct.pack("<I", size + added - 8))
        file.seek(size - container.tail)
        tail = file.read()
        text = head + _digest(file, size - container.tail, tail, fingerprint).encode()
        _patch(file, size - container.tail, container.wrap(text) + tail)


def read_stamp(path: Path, kind: Kind = Kind.FILM) -> str | None:
    """Return the fingerprint in a file's stamp; None if it has no stamp of this kind, or was changed after stamping.

    Raises
    ------
    OSError
        If the file cannot be read.

    """
    found = _stamp_of(path)
    return found[1] if found is not None and found[0] == kind.value else None


def is_stamped(path: Path) -> bool:
    """Return whether a file has a stamp of any kind, and was not changed after stamping; errors are as above."""
    return _stamp_of(path) is not None


def _stamp_of(path: Path) -> tuple[str, str] | None:
    """Return the first word of a file's stamp, and its fingerprint."""
    container = CONTAINERS.get(path.suffix.lower())
    if container is None:
        return None
    with naming(path), open(path, "rb", opener=_opened) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        size = file.seek(0, 2)
        file.seek(max(0, size - _LONGEST - _LARGEST_WRAP))
        end = file.read()
        found = _STAMP.search(end)
        if not found:
            return None
        wrapped = container.wrap(found[0])
        start = size - len(wrapped) - container.tail
        tail = end[len(end) - container.tail :]
        if start < 0 or not end.endswith(wrapped + tail):
            return None
        fingerprint, digest = found[2].decode(), found[3].decode()
        return (found[1].decode(), fingerprint) if digest == _digest(file, start, tail, fingerprint) else None


def _opened(path: str, flags: int) -> int:
    """Open a file; a pipe is opened without waiting for a writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def _digest(file: BufferedReader | BufferedRandom, size: int, tail: bytes, fingerprint: str) -> str:
    """Return the SHA-256 of a fingerprint, the first `size` bytes of a file, and its tail."""
    total = hashlib.sha256(fingerprint.encode())
    file.seek(0)
    left = size
    while left and (chunk := file.read(min(left, _CHUNK))):
        total.update(chunk)
        left -= len(chunk)
    total.update(tail)
    return total.hexdigest()


def _patch(file: Any, at: int, content: bytes) -> None:
    file.seek(at)
    file.write(content)
