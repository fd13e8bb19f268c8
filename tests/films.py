"""Reading back what was written: the tests look at pixels, not at whether a file exists."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from PIL import Image

# A preset whose film takes no time, to be formatted with a function's name.
TINY = 'function = "{}"\nsize = [64, 64]\nfps = 5\nstarts = {{ grid = 2 }}\ntiming = {{ descent = 0.4, finish = 0 }}\n'


@dataclass(frozen=True)
class Decoded:
    """A film's frames, (n, height, width, 3) sRGB bytes, and what ffmpeg says of its stream."""

    frames: np.ndarray
    stream: str
    seconds: float


@dataclass(frozen=True)
class Flipbook:
    """An animated picture's frames, (n, height, width, 3), how long each is shown in ms, how often (0: for ever)."""

    frames: np.ndarray
    durations: list[float]
    loop: int


def picture(path: os.PathLike[str]) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def leaf_through(path: Path) -> Flipbook:
    frames, durations = [], []
    with Image.open(path) as image:
        loop = image.info["loop"]
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            frames.append(np.asarray(image.convert("RGB")))
            durations.append(image.info["duration"])
    return Flipbook(np.stack(frames), durations, loop)


def moments(path: Path) -> np.ndarray:
    """Return when each frame of a film is shown, in seconds."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path), "-vf", "showinfo", "-fps_mode", "passthrough"]
    told = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True).stderr
    return np.array([float(moment) for moment in re.findall(r"pts_time:([\d.]+)", told)])


def decode(path: Path) -> Decoded:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    told = subprocess.run([ffmpeg, "-i", path], capture_output=True, check=False).stderr.decode(errors="replace")
    stream = next(line.strip() for line in told.splitlines() if "Video:" in line)
    ((width, height),) = [map(int, size) for size in re.findall(r" (\d+)x(\d+)[, ]", stream)]
    ((hours, minutes, seconds),) = re.findall(r"Duration: (\d+):(\d+):([\d.]+)", told)
    raw = subprocess.run(
        [ffmpeg, "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        capture_output=True,
        check=True,
    ).stdout
    frames = np.frombuffer(raw, dtype=np.uint8).reshape(-1, height, width, 3)
    return Decoded(frames, stream, int(hours) * 3600 + int(minutes) * 60 + float(seconds))
