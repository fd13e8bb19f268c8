"""The kinds of film that can be written, by suffix, and the kinds of part that they are made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from gdviz.errors import InputError, nearest
from gdviz.movie.numbered import parse_pattern


class PartKind(Enum):
    """How the frames of one segment are kept until the film is put together."""

    H264 = "h264"
    VP9 = "vp9"
    PRORES = "prores"
    LOSSLESS = "lossless"


@dataclass(frozen=True)
class Part:
    """How ffmpeg makes a part from rgb24 frames.

    Attributes
    ----------
    suffix
        Of the part's file.
    muxer
        ffmpeg's name of the container. All are kinds of mp4: its clock counts in parts of a frame, so that nothing is
        rounded at the joins, and it knows its own length.
    encode
        ffmpeg's arguments.

    """

    suffix: str
    muxer: str
    encode: tuple[str, ...]


@dataclass(frozen=True)
class Format:
    """How ffmpeg makes one kind of film from its joined parts.

    Attributes
    ----------
    name
        What people call it.
    part
        What it is made of.
    muxer
        ffmpeg's name of the container.
    encode
        ffmpeg's arguments for the film.
    filters
        What is done to the frames first; empty where parts are joined without encoding again.
    palette
        The filter that makes a palette of the whole film in a pass of its own, for `filters` to use; empty for none.
    rates
        The only frame rates that it can have; empty for any.
    numbered
        Whether it is a folder of numbered pictures.

    """

    name: str
    part: PartKind
    muxer: str
    encode: tuple[str, ...]
    filters: str = ""
    palette: str = ""
    rates: tuple[int, ...] = ()
    numbered: bool = False


def _bt709(pixels: str) -> tuple[str, str]:
    """Convert as BT.709 and tag so: left to itself ffmpeg converts as BT.601 and says nothing, and players guess."""
    return (
        "-vf",
        f"scale=out_color_matrix=bt709:out_range=tv,format={pixels},"
        "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
    )


# One thread each: the same bytes on every run, and the cores are busy with other segments.
PARTS: Mapping[PartKind, Part] = MappingProxyType(
    {
        PartKind.H264: Part(
            ".mp4",
            "mp4",
            (*_bt709("yuv420p"), *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-threads", "1")),
        ),
        # As near to the frames as the H.264 above: 43.3 dB of luma at 1280x720, 1.1 times its size, 4 times its work.
        PartKind.VP9: Part(
            ".mp4",
            "mp4",
            (
                *_bt709("yuv420p"),
                *("-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", "4", "-crf", "26", "-b:v", "0"),
                *("-row-mt", "0", "-threads", "1"),
            ),
        ),
        # prores_aw and not prores_ks: a third of the work, and half the largest error.
        PartKind.PRORES: Part(
            ".mov",
            "mov",
            (*_bt709("yuv444p10le"), *("-c:v", "prores_aw", "-profile:v", "4", "-vendor", "apl0", "-threads", "1")),
        ),
        # Exact RGB; of the lossless encoders it takes the least space and, but for huffyuv, the least work.
        PartKind.LOSSLESS: Part(
            ".mp4", "mp4", ("-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0", "-threads", "1")
        ),
    }
)

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        ".mp4": Format("H.264 mp4", PartKind.H264, "mp4", ("-c", "copy", "-movflags", "+faststart")),
        ".webm": Format("VP9 webm", PartKind.VP9, "webm", ("-c", "copy")),
        # ProRes 4444 is what editors import without a loss that one could see: every frame stands alone, and colour
        # has the full resolution and ten bits or more. To play a film, H.264 in .mp4 is the thing.
        ".mov": Format("ProRes mov", PartKind.PRORES, "mov", ("-c", "copy", "-movflags", "+faststart")),
        # Bayer at its finest scale: no bands on the slopes, where no dithering leaves some, for 1 % more bytes; error
        # diffusion takes a third more. A delay is a whole number of 1/100 s, and browsers slow down one below 2.
        ".gif": Format(
            "animated GIF",
            PartKind.LOSSLESS,
            "gif",
            ("-c:v", "gif", "-loop", "0"),
            filters="paletteuse=dither=bayer:bayer_scale=5",
            palette="palettegen=stats_mode=diff",
            rates=(1, 2, 4, 5, 10, 20, 25, 50),
        ),
        # Not libwebp_anim, which holds the whole film until its end, and whose errors grow from frame to frame. WebP
        # knows no matrix but BT.601.
        ".webp": Format(
            "animated WebP",
            PartKind.LOSSLESS,
            "webp",
            (
                *("-c:v", "libwebp", "-lossless", "0", "-preset", "picture", "-quality", "55"),
                *("-compression_level", "4", "-loop", "0"),
            ),
            filters="scale=out_color_matrix=bt601:out_range=tv:flags=accurate_rnd+full_chroma_int,format=yuv420p",
        ),
        ".apng": Format(
            "animated PNG",
            PartKind.LOSSLESS,
            "apng",
            ("-c:v", "apng", "-pred", "mixed", "-plays", "0"),
            filters="format=rgb24",
        ),
        ".png": Format(
            "PNG pictures",
            PartKind.LOSSLESS,
            "image2",
            ("-c:v", "png", "-pred", "mixed", "-start_number", "0"),
            filters="format=rgb24",
            numbered=True,
        ),
    }
)


def format_of(path: Path) -> Format:
    """Return the format that a path's suffix picks.

    Raises
    ------
    InputError
        If there is none, or if it is one of numbered pictures and the path is not a pattern for their names.

    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        close = nearest(suffix, FORMATS)
        raise InputError(
            f"cannot write {path}: the suffix {path.suffix or '(none)'} is not one of {', '.join(FORMATS)}"
            + (f"; did you mean {close}?" if close else "")
        )
    if FORMATS[suffix].numbered:
        parse_pattern(path)
    return FORMATS[suffix]


def film_files(path: Path, frames: int) -> list[Path]:
    """Return what a film of so many frames consists of: one file, or a picture for each frame."""
    return parse_pattern(path).paths(frames) if format_of(path).numbered else [path]


def nearest_rate(fps: float, style: Format) -> float:
    """Return the rate that a film of a format has if its animation has `fps` frames a second; of two the higher."""
    return min(reversed(style.rates), key=lambda rate: abs(rate - fps), default=fps)


def exact_rate(fps: float) -> Fraction:
    """Return a frame rate as the fraction that is meant, such as 30000/1001."""
    return Fraction(fps).limit_denominator(1001)


def film_length(frames: int, fps: float, style: Format) -> int:
    """Return how many frames a film of a format has if its animation has `frames` of them, `fps` a second."""
    return math.ceil(frames * exact_rate(nearest_rate(fps, style)) / exact_rate(fps))
