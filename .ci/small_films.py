"""Makes a small film of every format, a picture of every view and a formula, with the gdviz of the Python that runs it.

Each is read back. Prints a table, and ends with 1 unless all are as they should be. Usage: small_films.py FOLDER
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import requires, version
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from PIL import Image

from gdviz.movie.formats import FORMATS

FRAMES = 60  # in several segments, whose parts have to be joined
SIZE = (64, 64)
FILM = ("--size", "64x64", "--fps", "10", "--seconds", f"{FRAMES / 10:g}", "--grid", "2", "--jobs", "2")
VIDEOS = (".mp4", ".webm", ".mov")


def frames_of_video(path: Path) -> int:
    """Return how many frames of the right size are decoded."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return len(done.stdout) // (3 * SIZE[0] * SIZE[1]) if not done.stderr else 0


def frames_of_pictures(path: Path) -> int:
    """Return how many pictures of the right size, and with something on them, are in a file, or beside it by number."""
    count = 0
    for file in sorted(path.parent.glob("*.png")) if "%" in path.name else [path]:
        with Image.open(file) as image:
            for number in range(getattr(image, "n_frames", 1)):
                image.seek(number)
                shades = np.asarray(image.convert("L"))
                count += image.size == SIZE and int(np.ptp(shades)) > 50
    return count


def is_svg(path: Path) -> int:
    """Return 1 for an SVG that draws something."""
    return int("<path d=" in path.read_text(encoding="utf-8"))


def has_ink(path: Path) -> int:
    """Return 1 for a picture with opaque and transparent places."""
    with Image.open(path) as image:
        return int(image.getchannel("A").getextrema() == (0, 255))


def main(folder: Path) -> int:
    """Make and read everything; return the exit code."""
    for name in [need.partition(">=")[0] for need in requires("gdviz") or [] if "extra" not in need]:
        print(f"{name:<16}{version(name)}")
    made: list[tuple[str, tuple[str, ...], Callable[[Path], int], int]] = []
    for suffix, style in FORMATS.items():
        if style.is_page:
            continue  # it takes an extra
        name = f"pictures/%02d{suffix}" if style.numbered else f"film{suffix}"
        counted = frames_of_video if suffix in VIDEOS else frames_of_pictures
        made.append((name, ("render", "himmelblau", *FILM), counted, FRAMES))
    for target in ("himmelblau", "parabola", "himmelblau-slices"):
        made.append((f"{target}/still.png", ("still", target, "--size", "64x64"), frames_of_pictures, 1))
    made.append(("power.png", ("formula", "--latex", r"\frac{d}{dx} x^n = n x^{n-1}"), has_ink, 1))
    made.append(("ackley.svg", ("formula", "ackley"), is_svg, 1))
    failures = 0
    for name, arguments, count, wanted in made:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "gdviz", *arguments, "--quiet", "--output", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = count(path) if done.returncode == 0 else 0
        well = found == wanted and not done.stderr
        failures += not well
        print(f"{'ok' if well else 'NO':<4}{name:<28}{found} of {wanted}  {done.stderr.strip()}")
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
