"""The kinds of film that can be written, by suffix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from gdviz.errors import InputError


@dataclass(frozen=True)
class Format:
    """How ffmpeg makes one kind of film from rgb24 frames.

    Attributes
    ----------
    name
        What people call it.
    encode
        ffmpeg's arguments for a part of the film.
    join
        ffmpeg's arguments for the whole, joined from its parts without encoding again.

    """

    name: str
    encode: tuple[str, ...]
    join: tuple[str, ...]


# Converted as BT.709 and tagged so: left to itself ffmpeg converts as BT.601 and says nothing, and players guess.
_BT709 = (
    "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,"
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
)

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        ".mp4": Format(
            name="H.264 mp4",
            encode=(
                *("-vf", _BT709),
                *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-threads", "1"),
            ),
            join=("-c", "copy", "-movflags", "+faststart"),
        ),
    }
)


def format_of(path: Path) -> Format:
    """Return the format that a path's suffix picks.

    Raises
    ------
    InputError
        If there is none.

    """
    if path.suffix.lower() not in FORMATS:
        raise InputError(
            f"cannot write {path}: the suffix {path.suffix or '(none)'} is not one of {', '.join(FORMATS)}"
        )
    return FORMATS[path.suffix.lower()]
