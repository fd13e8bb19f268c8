"""A window that nobody sees takes no more memory than what is drawn on it."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from gdviz.stage.offscreen import Offscreen

WHITE = (255, 255, 255)
BYTES = 30  # a pixel: VTK's own windows take 43


def own_bytes() -> int:
    """Return how much memory this process has of its own."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) * 1024


def test_a_window_takes_a_few_bytes_for_each_of_its_pixels():
    small, large = Offscreen((16, 16), WHITE), Offscreen((1600, 1000), WHITE)
    picture = Image.new("RGBA", (1600, 1000))
    small.draw(picture)
    before = own_bytes()
    large.draw(picture)
    assert own_bytes() - before < BYTES * 4 * 1600 * 1000
    assert picture.getpixel((1599, 999)) == (*WHITE, 255)
    large.close()
    small.close()
