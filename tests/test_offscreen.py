"""A window that nobody sees takes no more memory than what is drawn on it."""

from __future__ import annotations

from pathlib import Path

from gdviz.stage.offscreen import Offscreen

WHITE = (255, 255, 255)
BYTES = 30  # a pixel: VTK's own windows take 43


def own_bytes() -> int:
    """Return how much memory this process has of its own."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) * 1024


def test_a_window_takes_a_few_bytes_for_each_of_its_pixels():
    small = Offscreen((16, 16), WHITE)
    assert small.picture().getpixel((8, 8)) == WHITE
    before = own_bytes()
    large = Offscreen((1600, 1000), WHITE)
    assert large.picture().size == (1600, 1000)
    assert own_bytes() - before < BYTES * 4 * 1600 * 1000
    large.close()
    small.close()
