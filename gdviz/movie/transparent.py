"""The formats of films that have nothing behind their picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from gdviz.movie.formats import FORMATS, Format, PartKind
from gdviz.movie.webp import replace_frames

TRANSPARENT: Mapping[str, Format] = MappingProxyType(
    {
        ".webm": replace(
            FORMATS[".webm"],
            part=PartKind.VP9_ALPHA,
            encode=("-c", "copy", "-bsf:v", "setts=ts=round(N/({rate}*TB))", "-metadata:s:v", "alpha_mode=1"),
        ),
        ".mov": replace(FORMATS[".mov"], part=PartKind.PRORES_ALPHA),
        # A pixel is there if more than half of it is.
        ".gif": replace(
            FORMATS[".gif"],
            part=PartKind.LOSSLESS_ALPHA,
            filters=f"{FORMATS['.gif'].filters}:alpha_threshold=128",
        ),
        # libwebp makes YUV itself: it leaves what is transparent out of the colours at edges.
        ".webp": replace(FORMATS[".webp"], part=PartKind.LOSSLESS_ALPHA, filters="format=bgra", mend=replace_frames),
        ".apng": replace(FORMATS[".apng"], part=PartKind.LOSSLESS_ALPHA, filters="format=rgba"),
        ".png": replace(FORMATS[".png"], part=PartKind.LOSSLESS_ALPHA, filters="format=rgba"),
    }
)
"""The formats that can be transparent, by suffix; those that say nothing else here are as in FORMATS."""


def formats_of(*, transparent: bool) -> Mapping[str, Format]:
    """Return the formats that a film may have, by suffix."""
    return TRANSPARENT if transparent else FORMATS
