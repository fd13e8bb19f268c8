"""Runs ffmpeg, and checks its return code and the number of frames that it wrote."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import imageio_ffmpeg

from gdviz.errors import EncodeError, naming
from gdviz.movie.formats import PARTS, Format, Part, exact_rate, film_length, nearest_rate
from gdviz.movie.repeats import Selection
from gdviz.runtime.signals import deferred_signals
from gdviz.runtime.stopping import on_stop

PIPE_BYTES = 1 << 20  # that ffmpeg need not have read before the next frame is drawn: the most that Linux allows all
OLDEST = "5.1"  # the first version of ffmpeg with every option that is used here
_MEMORY = ", perhaps because memory ran out"
_BITEXACT = ("-fflags", "+bitexact", "-flags", "+bitexact", "-map_metadata", "-1")
_SCALER = "lanczos+accurate_rnd+full_chroma_int"


class Encoder:
    """An ffmpeg that encodes frames, top row first, to one part of a film, in memory.

    Several can run at the same time and be given the same frames. Use it in a `with` block, at whose end ffmpeg is
    stopped if it still runs.

    Raises
    ------
    EncodeError
        From any method, if ffmpeg cannot be run, fails, or wrote a different number of frames than it was given.

    """

    def __init__(self, size: tuple[int, int], fps: float, part: Part) -> None:
        rate = exact_rate(fps)
        self._given = 0
        with naming("a file in memory"), ExitStack() as stack:
            # A file, not a pipe: the container's index is written last, and ffmpeg must seek. In memory, so that
            # nothing is left on the disk.
            self._content = stack.enter_context(os.fdopen(os.memfd_create("part"), "rb"))
            descriptor = self._content.fileno()
            self._run = _Run(
                [
                    *("-f", "rawvideo", "-pixel_format", part.pixels, "-video_size", f"{size[0]}x{size[1]}"),
                    *("-framerate", f"{rate.numerator}/{rate.denominator}", "-i", "pipe:0"),
                    *part.encode,
                    *_BITEXACT,
                    # By default, lengths are rounded to milliseconds.
                    *("-movie_timescale", str(rate.numerator)),
                    *("-f", part.muxer, f"/proc/self/fd/{descriptor}"),
                ],
                passed=(descriptor,),
            )
            self._files = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run.stop()
        self._files.close()

    def write(self, frame: bytes | memoryview) -> None:
        """Encode the next frame."""
        self._given += 1
        if not self._run.write(frame):
            self.finish()  # ffmpeg has ended early: this raises the reason

    def finish(self) -> bytes:
        """Wait for ffmpeg to end and return the content of the part's file."""
        _check_count("a part", self._given, self._run.finish())
        return self._content.read()


@dataclass(frozen=True)
class Source:
    """The parts of a film, as ffmpeg reads them: as a stream, so that a longer film takes no more memory.

    Attributes
    ----------
    listing
        The path of the list of the parts (see `parts_list`), without characters that are special to ffmpeg.
    frames, fps
        How many frames the parts hold, and how many of them are shown a second.
    style
        The film's format. If it does not support the frame rate, frames are left out or repeated.
    passed
        The file descriptors that paths refer to; ffmpeg inherits them.

    """

    listing: str
    frames: int
    fps: float
    style: Format
    passed: tuple[int, ...]

    @property
    def rate(self) -> Fraction:
        """The film's frames a second."""
        return exact_rate(nearest_rate(self.fps, self.style))

    @property
    def length(self) -> int:
        """How many frames the film has."""
        return film_length(self.frames, self.fps, self.style)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments with which ffmpeg reads the parts."""
        return ("-f", "concat", "-i", self.listing)

    @property
    def resample(self) -> str:
        """The filter that makes the film's frames of those of the parts; empty if they are the same."""
        # Rounding up shows the frame that is current at each time, and keeps at least one.
        return "" if self.rate == exact_rate(self.fps) else f"fps={self.rate}:round=up"


def pictures_of(source: Source, name: str) -> list[str]:
    """Return a text for each frame of a film that is equal for equal pictures; `name` is the film's in messages."""
    with os.fdopen(os.memfd_create("pictures"), "rb") as lines:  # one line a frame, which ends with its digest
        told = f"/proc/self/fd/{lines.fileno()}"
        digests = ("-fps_mode", "passthrough", "-f", "framehash", "-hash", "murmur3", told)
        shown = ("-vf", _chain(source.resample, "null"))
        _pass([*source.arguments, *shown, *digests], (*source.passed, lines.fileno()))
        found = [line.split()[-1].decode() for line in lines if not line.startswith(b"#")]
    _check_count(name, source.length, len(found))
    return found


def assemble(
    source: Source,
    palette: str,
    target: str,
    name: str,
    *,
    selection: Selection,
    quality: int,
    size: tuple[int, int] | None = None,
    poster: str = "",
) -> None:
    """Make a film from its parts.

    Parameters
    ----------
    source
        The parts.
    palette, target
        Paths without characters that are special to ffmpeg: a file for the palette, and the film or the pattern of its
        numbered pictures.
    name
        The film's name in messages.
    selection
        Which of the film's frames are stored.
    quality
        That of a step of the format.
    size
        Width and height in pixels, if the film is to be smaller than its parts.
    poster
        The path of the part that holds the picture to attach to a film whose parts are not encoded again; empty for
        none.

    Raises
    ------
    EncodeError
        If ffmpeg cannot be run, fails, or wrote a different number of frames.

    """
    style, passed, film = source.style, source.passed, source.arguments
    before = (source.resample, selection.filter, "" if size is None else _scaled(size, PARTS[style.part]))
    last_delay = style.last_delay(source.rate) if style.last_delay else ()
    encode = [each.format(quality=quality, rate=source.rate) for each in style.encode]
    end = (*encode, *last_delay, *_BITEXACT, "-f", style.muxer, target)
    if style.palette:
        chain = _chain(*before, style.palette.format(quality=quality))
        make = ("-vf", chain, "-update", "1", *_BITEXACT, "-f", "image2", palette)
        _check_count("the palette", 1, _pass([*film, *make], passed))
        graph = f"[0:v]{_chain(*before, 'null')}[film];[film][1:v]{style.filters}"
        read = ("-f", "png_pipe", "-i", palette)
        written = _pass([*film, *read, "-lavfi", graph, "-fps_mode", "passthrough", *end], passed)
    elif style.filters:
        chain = _chain(*before, style.filters)
        written = _pass([*film, "-vf", chain, "-fps_mode", "passthrough", *end], passed)
    else:
        attach = ("-i", poster, "-map", "0", "-map", "1", "-disposition:v:1", "attached_pic") if poster else ()
        _pass([*film, *attach, *end], passed)
        written = _frames_in(target, passed)
    _check_count(name, selection.count, written)


def parts_list(names: Sequence[str]) -> bytes:
    """Return the content of a list of parts for ffmpeg; the parts are in the same folder as the list."""
    return "".join(f"file '{name}'\n" for name in names).encode()


def _chain(*filters: str) -> str:
    return ",".join(each for each in filters if each)


def _scaled(size: tuple[int, int], part: Part) -> str:
    """Return the filter that scales frames; those with alpha are premultiplied, or their edges would be dark."""
    scale = f"scale={size[0]}:{size[1]}:flags={_SCALER}"
    if part.pixels == "rgba":
        return f"format=gbrap,premultiply=inplace=1,{scale},unpremultiply=inplace=1"
    return scale


def _check_count(target: str, given: int, written: int) -> None:
    if given != written:
        raise EncodeError(f"ffmpeg wrote {written} frames of {given} to {target}")


def _frames_in(film: str, passed: Sequence[int]) -> int:
    """Return how many frames a film holds, without an attached picture, by reading it.

    Needed for frames that were copied, not encoded: ffmpeg 7.0 does not report how many of these it wrote.
    """
    with os.fdopen(os.memfd_create("frames"), "rb") as lines:  # one line a frame, and comments
        told = f"/proc/self/fd/{lines.fileno()}"
        _pass(["-i", film, "-map", "0:V", "-c", "copy", "-f", "framecrc", told], (*passed, lines.fileno()))
        return sum(not line.startswith(b"#") for line in lines)


def _pass(arguments: Sequence[str], passed: Sequence[int]) -> int:
    """Run ffmpeg on files; return how many frames it reports to have encoded."""
    run = _Run(arguments, passed)
    try:
        return run.finish()
    finally:
        run.stop()


class _Run:
    """One run of ffmpeg. Its output goes to files: a full pipe would block it."""

    def __init__(self, arguments: Sequence[str], passed: Sequence[int] = ()) -> None:
        prefix = [executable(), "-hide_banner", "-loglevel", "error", "-nostats", "-y", "-progress", "pipe:1"]
        with naming("a temporary file"), ExitStack() as stack:
            self._report = stack.enter_context(tempfile.TemporaryFile())
            self._complaints = stack.enter_context(tempfile.TemporaryFile())
            try:
                with deferred_signals():
                    self._process = subprocess.Popen(
                        [*prefix, *arguments],
                        stdin=subprocess.PIPE,
                        stdout=self._report,
                        stderr=self._complaints,
                        bufsize=0,
                        pass_fds=passed,
                    )
            except OSError as error:
                raise EncodeError(f"ffmpeg cannot be started ({error.strerror}: {prefix[0]})") from error
            assert self._process.stdin is not None  # since it is a PIPE
            stack.enter_context(on_stop(self._process.kill))
            self._pipe = stack.enter_context(self._process.stdin)
            if hasattr(fcntl, "F_SETPIPE_SZ"):  # Linux has it
                with suppress(OSError):  # where so much is not allowed, it is only slower
                    fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            self._files = stack.pop_all()

    def write(self, frame: bytes | memoryview) -> bool:
        """Write a frame to ffmpeg; return False if ffmpeg has ended."""
        rest = memoryview(frame)
        try:
            while rest:
                rest = rest[self._pipe.write(rest) :]
        except BrokenPipeError:
            return False
        return True

    def finish(self) -> int:
        """Wait for ffmpeg to end; return how many frames it reports to have encoded."""
        self._pipe.close()
        code = self._process.wait()
        if code < 0:
            raise EncodeError(f"ffmpeg was killed by signal {-code}{_MEMORY if code == -signal.SIGKILL else ''}")
        if code != 0:
            self._complaints.seek(0)
            words = re.sub(r"\[[^]]* @ 0x[0-9a-f]+\] ", "", self._complaints.read().decode(errors="replace"))
            reason = " / ".join(words.strip().splitlines()[:3]) or "it gave no reason"
            if "Unrecognized option" in reason:
                reason += f"; gdviz needs ffmpeg {OLDEST} or newer"
            raise EncodeError(f"ffmpeg failed with code {code}: {reason}")
        self._report.seek(0)
        counts = re.findall(rb"^frame=\s*(\d+)", self._report.read(), flags=re.MULTILINE)
        return int(counts[-1]) if counts else 0

    def stop(self) -> None:
        """Kill ffmpeg if it still runs, and close the files."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._files.close()


def use_executable(path: str) -> None:
    """Have this process, and those that are forked from it, run this ffmpeg: to look for one takes each 0.03 s."""
    os.environ["IMAGEIO_FFMPEG_EXE"] = path


def executable() -> str:
    """Return the absolute path of the ffmpeg that is used.

    Raises
    ------
    EncodeError
        If none is found.

    """
    try:
        found = str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise EncodeError(f"no ffmpeg was found; reinstall imageio-ffmpeg ({error})") from error
    return str(Path(shutil.which(found) or found).absolute())
