"""The poster of a QuickTime film: its header names the moment whose picture stands for it where it is not played."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from io import BufferedRandom
from pathlib import Path

from gdviz.errors import EncodeError, naming

_AT = {0: (12, 80), 1: (20, 92)}  # by the header's version: where its units a second stand, and the poster's moment


def set_poster_moment(film: Path, seconds: Fraction) -> None:
    """Write the moment of the poster into a film's header (QuickTime File Format Specification, "mvhd").

    Raises
    ------
    EncodeError
        If the film has no such header.

    """
    with naming(film), film.open("r+b") as file:
        end = file.seek(0, 2)
        start = _find(file, b"mvhd", *_find(file, b"moov", 0, end))[0]
        file.seek(start)
        version = file.read(1)[0]
        units_at, poster_at = _AT[version]
        file.seek(start + units_at)
        (units,) = struct.unpack(">I", file.read(4))
        file.seek(start + poster_at)
        file.write(struct.pack(">I", math.ceil(seconds * units)))


def _find(file: BufferedRandom, kind: bytes, start: int, stop: int) -> tuple[int, int]:
    """Return where the content of the first box of a kind between two places begins and ends."""
    while start < stop:
        file.seek(start)
        size, found = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:  # the real size follows
            (size,), head = struct.unpack(">Q", file.read(8)), 16
        if found == kind:
            return start + head, start + size
        start += size or stop
    raise EncodeError(f"ffmpeg wrote a film without a box {kind.decode()}")
