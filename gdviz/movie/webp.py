"""Animated WebP (RFC 9649): ffmpeg lays each frame over the one before, which shows through where it is transparent."""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER = 12  # bytes before the first chunk
_FLAGS = 15  # bytes of a frame's chunk before its flags
_REPLACE = 2  # the flag of a frame that is not blended with what it covers


def replace_frames(path: Path) -> None:
    """Have each frame of an animation take the place of the one before."""
    with path.open("r+b") as file:
        place = _HEADER
        file.seek(place)
        while head := file.read(8):
            kind, size = struct.unpack("<4sI", head)
            if kind == b"ANMF":
                file.seek(place + 8 + _FLAGS)
                (flags,) = file.read(1)
                file.seek(place + 8 + _FLAGS)
                file.write(bytes([flags | _REPLACE]))
            place += 8 + size + size % 2  # chunks are padded to an even length
            file.seek(place)
