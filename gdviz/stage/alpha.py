"""Pictures with and without a background.

While it is painted, a transparent picture is premultiplied: whatever is laid on it mixes its four channels alike, so
that the same code paints on it as on an opaque one, and averaging leaves no dark edges. Pillow does so in the mode
RGBX, of whose fourth channel it assumes nothing.
"""

from __future__ import annotations

from PIL import Image

from gdviz.picture.themes import Rgb


def blank(size: tuple[int, int], background: Rgb | None) -> Image.Image:
    """Return an empty picture: RGB, or RGBX, premultiplied and transparent, if there is no background."""
    return Image.new("RGBX", size, (0, 0, 0, 0)) if background is None else Image.new("RGB", size, background)


def straight(picture: Image.Image) -> Image.Image:
    """Return a picture as files have it: RGB, or RGBA whose colours are not multiplied by its alpha."""
    if picture.mode != "RGBX":
        return picture
    return Image.frombytes("RGBa", picture.size, picture.tobytes()).convert("RGBA")
