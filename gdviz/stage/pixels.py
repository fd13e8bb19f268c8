"""A picture in memory that is drawn, painted on and encoded in place."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdviz.picture.themes import Rgb

Box = tuple[int, int, int, int]
"""The left, top, right and bottom of a part of a picture, in pixels from its top left corner."""


class Pixels:
    """Four bytes a pixel, red first, of all rows from the top: Pillow's mode RGBX, which it can paint on in place.

    The fourth is the alpha that the others are multiplied by if there is no background; on one it means nothing.
    """

    def __init__(self, size: tuple[int, int], background: Rgb | None) -> None:
        self._width, self._height = size
        # A row more: Pillow wants the rows of a part to have the length of the whole's, also the last.
        self._bytes = np.empty(4 * self._width * (self._height + 1), dtype=np.uint8)
        empty = (0, 0, 0, 0) if background is None else (*background, 255)
        self._empty = np.array(empty, dtype=np.uint8).view(np.uint32)
        self._straight: NDArray[np.uint8] | None = None
        self.clear()

    def clear(self) -> None:
        """Leave nothing but the background."""
        self._bytes.view(np.uint32)[:] = self._empty

    def part(self, box: Box) -> Image.Image:
        """Return a part as a picture, which shows what is there at any time; what is painted on it is painted there."""
        left, top, right, bottom = box
        stride = 4 * self._width
        begin = self._bytes[top * stride + 4 * left :]
        picture = Image.frombuffer("RGBX", (right - left, bottom - top), begin, "raw", "RGBX", stride, 1)
        picture.readonly = 0  # or Pillow would copy it first
        return picture

    @property
    def data(self) -> memoryview:
        """The bytes; they change with the picture."""
        return self._bytes[: 4 * self._width * self._height].data

    def straight(self) -> memoryview:
        """Return bytes whose first three are not multiplied by the fourth, the alpha; they stay until the next call."""
        size = self._width, self._height
        if self._straight is None:
            self._straight = np.empty(4 * math.prod(size), dtype=np.uint8)
        shared = Image.frombuffer("RGBA", size, self._straight, "raw", "RGBA", 0, 1)
        shared.readonly = 0
        shared.paste(Image.frombytes("RGBa", size, self.data).convert("RGBA"))
        return self._straight.data
