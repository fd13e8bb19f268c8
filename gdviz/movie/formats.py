"""The formats of films, by suffix, and the kinds of part that they are made of; a page is one of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from gdviz.description.choices import Quality
from gdviz.errors import InputError, nearest
from gdviz.movie.budget import Step
from gdviz.movie.numbered import parse_pattern
from gdviz.movie.steps import APNG_STEPS, GIF_STEPS, MP4_STEPS, WEBP_STEPS


class PartKind(Enum):
    """How frames are stored until the film is assembled: those of a segment, or the one that is the film's poster."""

    POSTER = "poster"
    H264 = "h264"
    VP9 = "vp9"
    PRORES = "prores"
    LOSSLESS = "lossless"
    VP9_ALPHA = "vp9alpha"
    PRORES_ALPHA = "proresalpha"
    LOSSLESS_ALPHA = "losslessalpha"
    PAGE = "page"  # no frames, but all of a page: it is made of the scene's numbers


class Poster(Enum):
    """How a film says which picture stands for it where it is not played."""

    PICTURE = "picture"  # attached to it
    MOMENT = "moment"  # of the film, in its header


@dataclass(frozen=True)
class Part:
    """How ffmpeg makes a part from frames.

    Attributes
    ----------
    suffix
        The suffix of the part's file.
    muxer
        ffmpeg's name for the container. All but one are kinds of mp4, which stores its length, and times as fractions
        of a frame, so that nothing is rounded where parts are joined.
    encode
        ffmpeg's arguments for encoding.
    pixels
        ffmpeg's name for the frames' pixels, which are bytes: rgb0, whose fourth says nothing, or rgba with colours not
        multiplied by alpha.
    standard, draft, high
        Arguments that the qualities add; of an option that is given twice, ffmpeg takes the last.

    """

    suffix: str
    muxer: str
    encode: tuple[str, ...]
    pixels: str = "rgb0"
    standard: tuple[str, ...] = ()
    draft: tuple[str, ...] = ()
    high: tuple[str, ...] = ()

    def at(self, quality: Quality) -> Part:
        """Return how the part is made in a film of a quality."""
        added = {Quality.DRAFT: self.draft, Quality.STANDARD: self.standard, Quality.HIGH: self.high}[quality]
        return replace(self, encode=(*self.encode, *added))


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
        ffmpeg's arguments for the film; {quality} stands for the quality of a step, and {rate} for the frame rate.
    filters
        Filters for the frames; empty if the parts are joined without encoding them again.
    palette
        The filter that makes a palette of the whole film in a first pass, for `filters` to use; empty for none.
        Here, too, {quality} stands for the quality of a step.
    rates
        The only frame rates that the format supports; empty for any.
    numbered
        Whether the film is a folder of numbered pictures.
    holds
        Whether a picture that stays is stored once, and shown for longer.
    last_delay
        Returns ffmpeg's arguments for how long the last frame is shown, from the frame rate; None if it needs none.
    steps
        The ways to encode the film in ever fewer bytes, the first of them without a limit.
    measure
        What the quality of a step is, in words in which {} stands for the number.
    reduced
        How ffmpeg makes a film whose parts are encoded again for any but the first step; None if as without a limit.
    mend
        Changes the film's file where ffmpeg does not do it; None for nothing.
    poster
        How the film names its poster; None if it has none.

    """

    name: str
    part: PartKind
    muxer: str
    encode: tuple[str, ...]
    filters: str = ""
    palette: str = ""
    rates: tuple[int, ...] = ()
    numbered: bool = False
    holds: bool = False
    last_delay: Callable[[Fraction], tuple[str, str]] | None = None
    steps: tuple[Step, ...] = (Step(0),)
    measure: str = ""
    reduced: Format | None = None
    mend: Callable[[Path], None] | None = None
    poster: Poster | None = None

    @property
    def parts(self) -> tuple[PartKind, ...]:
        """All kinds of part that the film is made of; of a page none that is drawn."""
        if self.is_page:
            return ()
        return (PartKind.POSTER, self.part) if self.poster is Poster.PICTURE else (self.part,)

    @property
    def is_page(self) -> bool:
        """Whether it is a page for a browser, which is made of the scene's numbers and not of frames."""
        return self.part is PartKind.PAGE

    @property
    def can_be_reduced(self) -> bool:
        """Whether a film can be held to a size in bytes."""
        return len(self.steps) > 1


_EXACT = "accurate_rnd+full_chroma_int"


def _bt709(pixels: str) -> tuple[str, str]:
    """Return arguments that convert to BT.709 and tag it; by default ffmpeg converts to BT.601 and tags nothing."""
    return (
        "-vf",
        f"scale=out_color_matrix=bt709:out_range=tv,format={pixels},"
        "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
    )


# One thread each: every run gives the same bytes, and other cores encode other segments.
_VP9 = (
    *("-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", "4", "-crf", "26", "-b:v", "0"),
    *("-row-mt", "0", "-threads", "1"),
)
_VP9_DRAFT, _VP9_HIGH = ("-deadline", "realtime", "-cpu-used", "8", "-crf", "30"), ("-cpu-used", "2", "-crf", "18")
# With subq 1 in place of 2, motion is found in three quarters of the time, and a file is 9 % larger. There are no
# changes of scene to look for and hardly a fade; to look ahead at fewer frames saves time, and a file is 4 % smaller.
_H264_STANDARD = (
    *("-preset", "veryfast", "-subq", "1", "-crf", "18"),
    *("-sc_threshold", "0", "-weightp", "0", "-b_strategy", "0", "-rc-lookahead", "8"),
)
# prores_aw takes a third of the time of prores_ks, and has half its largest error.
_PRORES = ("-c:v", "prores_aw", "-profile:v", "4", "-vendor", "apl0", "-threads", "1")

PARTS: Mapping[PartKind, Part] = MappingProxyType(
    {
        # JPEG, which has BT.601 and the full range.
        PartKind.POSTER: Part(
            ".mp4",
            "mp4",
            (
                *("-vf", f"scale=out_color_matrix=bt601:out_range=pc:flags={_EXACT},format=yuvj444p"),
                *("-c:v", "mjpeg", "-q:v", "2", "-huffman", "optimal", "-threads", "1"),
            ),
        ),
        PartKind.H264: Part(
            ".mp4",
            "mp4",
            (*_bt709("yuv420p"), "-c:v", "libx264", "-threads", "1"),
            standard=_H264_STANDARD,
            draft=("-preset", "ultrafast", "-crf", "24"),
            high=("-preset", "medium", "-crf", "13"),
        ),
        # As close to the frames as H.264 above: 43.3 dB of luma at 1280x720; 1.1 times its size and 4 times its time.
        PartKind.VP9: Part(".mp4", "mp4", (*_bt709("yuv420p"), *_VP9), draft=_VP9_DRAFT, high=_VP9_HIGH),
        PartKind.PRORES: Part(".mov", "mov", (*_bt709("yuv444p10le"), *_PRORES)),
        # Exact RGB: the smallest of the lossless encoders, and the fastest except huffyuv.
        PartKind.LOSSLESS: Part(
            ".mp4", "mp4", ("-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0", "-threads", "1")
        ),
        # Only WebM and its kind keep VP9's alpha. It rounds times to milliseconds, which the film's format mends.
        PartKind.VP9_ALPHA: Part(
            ".webm",
            "webm",
            (*_bt709("yuva420p"), *_VP9, "-auto-alt-ref", "0"),
            "rgba",
            draft=_VP9_DRAFT,
            high=_VP9_HIGH,
        ),
        PartKind.PRORES_ALPHA: Part(".mov", "mov", (*_bt709("yuva444p10le"), *_PRORES), "rgba"),
        # Three fifths of the size of QuickTime's animation; FFV1 is a little smaller, and a little slower.
        PartKind.LOSSLESS_ALPHA: Part(
            ".mov", "mov", ("-c:v", "png", "-pred", "sub", "-compression_level", "1", "-threads", "1"), "rgba"
        ),
    }
)

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        ".mp4": Format(
            "H.264 mp4",
            PartKind.H264,
            "mp4",
            ("-c", "copy", "-movflags", "+faststart"),
            steps=MP4_STEPS,
            measure="CRF {}",
            poster=Poster.PICTURE,
            # Always four threads: their number changes the bytes.
            reduced=Format(
                "H.264 mp4",
                PartKind.H264,
                "mp4",
                (
                    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "{quality}", "-threads", "4"),
                    *("-movflags", "+faststart"),
                ),
                filters="null",
            ),
        ),
        ".webm": Format("VP9 webm", PartKind.VP9, "webm", ("-c", "copy")),
        # ProRes 4444 is for import into video editors, with no visible loss: every frame is a key frame, and colour
        # has full resolution and at least ten bits. For playing, .mp4 is better.
        ".mov": Format(
            "ProRes mov", PartKind.PRORES, "mov", ("-c", "copy", "-movflags", "+faststart"), poster=Poster.MOMENT
        ),
        # Bayer dithering at its finest scale avoids bands on slopes for 1 % more bytes; error diffusion takes a third
        # more. Delays are whole hundredths of a second, and browsers slow films with a delay below 2 down.
        ".gif": Format(
            "animated GIF",
            PartKind.LOSSLESS,
            "gif",
            ("-c:v", "gif", "-loop", "0"),
            filters="paletteuse=dither=bayer:bayer_scale=5",
            palette="palettegen=stats_mode=diff:max_colors={quality}",
            rates=(1, 2, 4, 5, 10, 20, 25, 50),
            holds=True,
            last_delay=lambda rate: ("-final_delay", str(round(100 / rate))),
            steps=GIF_STEPS,
            measure="{} colours",
        ),
        # Not libwebp_anim, which keeps the whole film in memory, and whose errors add up from frame to frame. WebP
        # supports only BT.601.
        ".webp": Format(
            "animated WebP",
            PartKind.LOSSLESS,
            "webp",
            (
                *("-c:v", "libwebp", "-lossless", "0", "-preset", "picture", "-quality", "{quality}"),
                *("-compression_level", "4", "-loop", "0"),
            ),
            filters=f"scale=out_color_matrix=bt601:out_range=tv:flags={_EXACT},format=yuv420p",
            holds=True,
            steps=WEBP_STEPS,
            measure="quality {}",
        ),
        ".apng": Format(
            "animated PNG",
            PartKind.LOSSLESS,
            "apng",
            ("-c:v", "apng", "-pred", "mixed", "-plays", "0"),
            filters="format=rgb24",
            holds=True,
            last_delay=lambda rate: ("-final_delay", f"{rate.denominator}/{rate.numerator}"),
            steps=APNG_STEPS,
        ),
        ".png": Format(
            "PNG pictures",
            PartKind.LOSSLESS,
            "image2",
            ("-c:v", "png", "-pred", "mixed", "-start_number", "0"),
            filters="format=rgb24",
            numbered=True,
        ),
        ".html": Format("web page", PartKind.PAGE, "", ()),
    }
)


def format_of(path: Path, among: Mapping[str, Format] = FORMATS) -> Format:
    """Return the format for a path's suffix.

    Raises
    ------
    InputError
        If there is none, or none among these formats, or it is numbered pictures and the path is not a pattern for
        their names.

    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        close = nearest(suffix, FORMATS)
        raise InputError(
            f"cannot write {path}: the suffix {path.suffix or '(none)'} is not one of {', '.join(FORMATS)}"
            + (f"; did you mean {close}?" if close else "")
        )
    if suffix not in among:
        raise InputError(
            f"cannot write {path}: a film in {suffix} cannot be transparent; {', '.join(among)} can, "
            "or choose a background"
        )
    if among[suffix].numbered:
        parse_pattern(path)
    return among[suffix]


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
