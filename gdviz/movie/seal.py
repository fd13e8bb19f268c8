"""Seals: a film carries, near its end, the fingerprint of what made it and a digest of itself.

Each container has a place for data that players pass over: a comment, a free chunk, a box for users. So one can tell
from the file alone whether it is whole, unchanged, and what it should be; times and names of files say neither.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedRandom, BufferedReader
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gdviz.movie.formats import film_files

_SEAL = re.compile(rb"gdviz ([0-9a-f]{64}) ([0-9a-f]{64})")
_LENGTH = len("gdviz ") + 64 + 1 + 64
_LARGEST_WRAP = 64
_CHUNK = 1 << 20
_UUID = bytes.fromhex("b1a5f7b0c7d44c0f9c62d1f3a08e6d3c")  # drawn by lot, for gdviz's box


@dataclass(frozen=True)
class Container:
    """Where a seal stands in one kind of file.

    Attributes
    ----------
    wrap
        A seal's text -> what is put into the file.
    tail
        How many bytes of the file come after it.
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
    """Return an element to be passed over (RFC 8794, 11.3.2), its length in eight bytes."""
    return b"\xec" + struct.pack(">Q", len(text) | 1 << 56) + text


def _comment(text: bytes) -> bytes:
    """Return a comment extension (GIF89a, 24)."""
    return b"\x21\xfe" + bytes([len(text)]) + text + b"\0"


def _text(text: bytes) -> bytes:
    """Return a textual chunk (PNG, 11.3.3.2)."""
    body = b"tEXtComment\0" + text
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _chunk(text: bytes) -> bytes:
    """Return a chunk that no reader knows (RFC 9649, 2.7.1.6), of an even length."""
    padded = text + b" " * (len(text) % 2)
    return b"GDVZ" + struct.pack("<I", len(padded)) + padded


CONTAINERS: Mapping[str, Container] = MappingProxyType(
    {
        ".mp4": Container(_box),
        ".mov": Container(_box),
        ".webm": Container(_void),
        ".gif": Container(_comment, tail=1),
        ".apng": Container(_text, tail=12),
        ".png": Container(_text, tail=12),
        ".webp": Container(_chunk, counts=True),
    }
)


def seal_film(path: Path, fingerprint: str, frames: int) -> None:
    """Seal a film of so many frames, or each of its pictures; `fingerprint` is 64 hexadecimal digits."""
    for file, own in _files(path, fingerprint, frames):
        _seal(file, own)


def is_current(path: Path, fingerprint: str, frames: int) -> bool:
    """Return whether a film is there, whole, and what its fingerprint says."""
    try:
        return all(read_seal(file) == own for file, own in _files(path, fingerprint, frames))
    except FileNotFoundError:
        return False


def _files(path: Path, fingerprint: str, frames: int) -> Iterator[tuple[Path, str]]:
    """Give a film's files, each with a fingerprint of its own: that of a picture tells which of how many it is."""
    files = film_files(path, frames)
    for number, file in enumerate(files):
        own = hashlib.sha256(f"{fingerprint} {number} {frames}".encode()).hexdigest()
        yield file, own if len(files) > 1 else fingerprint


def _seal(path: Path, fingerprint: str) -> None:
    container = CONTAINERS[path.suffix.lower()]
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        added = len(container.wrap(bytes(_LENGTH)))
        if container.counts:
            _patch(file, 4, struct.pack("<I", size + added - 8))
        file.seek(size - container.tail)
        tail = file.read()
        text = f"gdviz {fingerprint} {_digest(file, size - container.tail, tail, fingerprint)}".encode()
        _patch(file, size - container.tail, container.wrap(text) + tail)


def read_seal(path: Path) -> str | None:
    """Return the fingerprint of what made a film; None if there is none, or if the file is not as it was sealed.

    Raises
    ------
    OSError
        If the file cannot be read.

    """
    container = CONTAINERS.get(path.suffix.lower())
    if container is None:
        return None
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _LENGTH - _LARGEST_WRAP))
        end = file.read()
        found = _SEAL.search(end)
        if not found:
            return None
        wrapped = container.wrap(found[0])
        start = size - len(wrapped) - container.tail
        tail = end[len(end) - container.tail :]
        if start < 0 or not end.endswith(wrapped + tail):
            return None
        fingerprint, digest = found[1].decode(), found[2].decode()
        return fingerprint if digest == _digest(file, start, tail, fingerprint) else None


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
