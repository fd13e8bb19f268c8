"""The formats of films, by suffix, and the kinds of part that they are made of."""

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
    """How the frames of one segment are stored until the film is assembled."""

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
        The suffix of the part's file.
    muxer
        ffmpeg's name for the container. All are kinds of mp4, which stores its length, and times as fractions of a
        frame, so that nothing is rounded where parts are joined.
    encode
        ffmpeg's arguments for encoding.

    """

    suffix: str
    muxer: str
    encode: tuple[str, ...]


@dataclass(frozen=True)
class Format:
    """How ffmpeg makes a film of one format from its parts.

    Attributes
    ----------
    name
        The format's name for users.
    part
        The kind of part that the film is made of.
    muxer
        ffmpeg's name for the container.
    encode
        ffmpeg's arguments for the film.
    filters
        Filters for the frames; empty if the parts are joined without encoding them again.
    palette
        The filter that makes a palette of the whole film in a first pass, for `filters` to use; empty for none.
    rates
        The only frame rates that the format supports; empty for any.
    numbered
        Whether the film is a folder of numbered pictures.

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
    """Return arguments that convert to BT.709 and tag it; by default ffmpeg converts to BT.601 and tags nothing."""
    return (
        "-vf",
        f"scale=out_color_matrix=bt709:out_range=tv,format={pixels},"
        "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
    )


# One thread each: every run gives the same bytes, and other cores encode other segments.
PARTS: Mapping[PartKind, Part] = MappingProxyType(
    {
        PartKind.H264: Part(
            ".mp4",
            "mp4",
            (*_bt709("yuv420p"), *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-threads", "1")),
        ),
        # As close to the frames as H.264 above: 43.3 dB of luma at 1280x720; 1.1 times its size and 4 times its time.
        PartKind.VP9: Part(
            ".mp4",
            "mp4",
            (
                *_bt709("yuv420p"),
                *("-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", "4", "-crf", "26", "-b:v", "0"),
                *("-row-mt", "0", "-threads", "1"),
            ),
        ),
        # prores_aw takes a third of the time of prores_ks, and has half its largest error.
        PartKind.PRORES: Part(
            ".mov",
            "mov",
            (*_bt709("yuv444p10le"), *("-c:v", "prores_aw", "-profile:v", "4", "-vendor", "apl0", "-threads", "1")),
        ),
        # Exact RGB: the smallest of the lossless encoders, and the fastest except huffyuv.
        PartKind.LOSSLESS: Part(
            ".mp4", "mp4", ("-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0", "-threads", "1")
        ),
    }
)

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        ".mp4": Format("H.264 mp4", PartKind.H264, "mp4", ("-c", "copy", "-movflags", "+faststart")),
        ".webm": Format("VP9 webm", PartKind.VP9, "webm", ("-c", "copy")),
        # ProRes 4444 is for import into video editors, with no visible loss: every frame is a key frame, and colour
        # has full resolution and at least ten bits. For playing, .mp4 is better.
        ".mov": Format("ProRes mov", PartKind.PRORES, "mov", ("-c", "copy", "-movflags", "+faststart")),
        # Bayer dithering at its finest scale avoids bands on slopes for 1 % more bytes; error diffusion takes a third
        # more. Delays are whole hundredths of a second, and browsers slow films with a delay below 2 down.
        ".gif": Format(
            "animated GIF",
            PartKind.LOSSLESS,
            "gif",
            ("-c:v", "gif", "-loop", "0"),
            filters="paletteuse=dither=bayer:bayer_scale=5",
            palette="palettegen=stats_mode=diff",
            rates=(1, 2, 4, 5, 10, 20, 25, 50),
        ),
        # Not libwebp_anim, which keeps the whole film in memory, and whose errors add up from frame to frame. WebP
        # supports only BT.601.
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
    """Return the format for a path's suffix.

    Raises
    ------
    InputError
        If there is none, or the format is numbered pictures and the path is not a pattern for their names.

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
    """Return the files of a film with so many frames: one file, or a picture for each frame."""
    return parse_pattern(path).paths(frames) if format_of(path).numbered else [path]


def nearest_rate(fps: float, style: Format) -> float:
    """Return the format's frame rate that is nearest to `fps`, the higher of two that are equally near."""
    return min(reversed(style.rates), key=lambda rate: abs(rate - fps), default=fps)


def exact_rate(fps: float) -> Fraction:
    """Return a frame rate as the fraction that it stands for, such as 30000/1001."""
    return Fraction(fps).limit_denominator(1001)


def film_length(frames: int, fps: float, style: Format) -> int:
    """Return how many frames a film of a format has if its animation has `frames` frames at `fps` a second."""
    return math.ceil(frames * exact_rate(nearest_rate(fps, style)) / exact_rate(fps))
