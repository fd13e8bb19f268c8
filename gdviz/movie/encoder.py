"""Runs ffmpeg, and believes nothing that it did not check: the return code, stderr, and the number of frames."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import IO

import imageio_ffmpeg

from gdviz.errors import EncodeError
from gdviz.movie.formats import Format

_BITEXACT = ("-fflags", "+bitexact", "-flags", "+bitexact", "-map_metadata", "-1")


def encode(frames: Iterable[bytes], target: Path, size: tuple[int, int], fps: float, style: Format) -> int:
    """Encode rgb24 frames, top row first, to a file; return how many there were.

    Raises
    ------
    EncodeError
        If ffmpeg cannot be run, fails, or wrote another number of frames than it was given.

    """
    command = [
        *("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{size[0]}x{size[1]}"),
        *("-framerate", _rate(fps), "-i", "pipe:0"),
        *style.encode,
        *_BITEXACT,
        str(target),
    ]
    given, written = _run(command, frames)
    _check_count(target, given, written)
    return given


def join(parts: Sequence[Path], target: Path, frames: int, style: Format) -> None:
    """Join parts into one film of `frames` frames, without encoding again.

    Raises
    ------
    EncodeError
        If ffmpeg cannot be run, fails, or the film has another number of frames.

    """
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        listing = Path(folder) / "parts.txt"
        listing.write_text("".join(f"file '{_quoted(part)}'\n" for part in parts), encoding="utf-8")
        command = ["-f", "concat", "-safe", "0", "-i", str(listing), *style.join, *_BITEXACT, str(target)]
        _, written = _run(command, ())
    _check_count(target, frames, written)


def _quoted(path: Path) -> str:
    return str(path.resolve()).replace("'", "'\\''")


def _rate(fps: float) -> str:
    rate = Fraction(fps).limit_denominator(1001)
    return f"{rate.numerator}/{rate.denominator}"


def _check_count(target: Path, given: int, written: int) -> None:
    if given != written:
        raise EncodeError(f"ffmpeg wrote {written} frames of {given} to {target.name}")


def _run(arguments: Sequence[str], frames: Iterable[bytes]) -> tuple[int, int]:
    """Run ffmpeg on frames; return how many it was given and how many it says that it wrote."""
    prefix = [_executable(), "-hide_banner", "-loglevel", "error", "-nostats", "-y", "-progress", "pipe:1"]
    with tempfile.TemporaryFile() as report, tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                [*prefix, *arguments], stdin=subprocess.PIPE, stdout=report, stderr=complaints, bufsize=0
            )
        except OSError as error:
            raise EncodeError(f"ffmpeg cannot be started ({error.strerror}: {prefix[0]})") from error
        assert process.stdin is not None
        given = 0
        try:
            for frame in frames:
                _write_all(process.stdin, frame)
                given += 1
        except BrokenPipeError:
            pass  # ffmpeg has ended early; its return code and its words say why
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            process.stdin.close()
        code = process.wait()
        if code != 0:
            complaints.seek(0)
            words = complaints.read().decode(errors="replace").strip().splitlines()
            raise EncodeError(f"ffmpeg failed with code {code}: {' / '.join(words[-3:]) or 'it gave no reason'}")
        report.seek(0)
        counts = re.findall(rb"^frame=\s*(\d+)", report.read(), flags=re.MULTILINE)
    return given, int(counts[-1]) if counts else 0


def _write_all(pipe: IO[bytes], frame: bytes) -> None:
    rest = memoryview(frame)
    while rest:
        rest = rest[pipe.write(rest) :]


def _executable() -> str:
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise EncodeError(f"no ffmpeg was found; reinstall imageio-ffmpeg ({error})") from error
