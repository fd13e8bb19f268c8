"""A landscape from straight above, as an image: bands of equal height, and contour lines between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdviz.extent import FloatArray
from gdviz.functions.objective import Objective
from gdviz.picture.colors import Ramp, to_bytes
from gdviz.terrain.ground import CONTOURS, contrasting, palette_reach
from gdviz.terrain.landscape import Landscape

FINER = 3  # samples for one pixel along each side, so that edges are smooth
LINE = 0.9  # pixels: how wide a contour line is
CROWDED = 5.0  # pixels between contour lines, below which they grow fainter
MOST = 1_500  # samples of f along each side: a larger image is interpolated between them


def banded(landscape: Landscape, objective: Objective, size: tuple[int, int], ramp: Ramp) -> NDArray[np.uint8]:
    """Return sRGB and alpha, shape (FINER height, FINER width, 4), from the highest y down; holes are transparent.

    `size` is the width and height of the image in pixels.
    """
    relief = _relief(landscape, objective, size)
    level = np.clip(relief, 0, 1) * (CONTOURS + 1)
    band = np.minimum(np.floor(np.nan_to_num(level)), CONTOURS)
    shares = (np.arange(CONTOURS + 1) + 0.5) / (CONTOURS + 1) * palette_reach(landscape, ramp)
    colors = ramp.colors(shares)
    lines = contrasting(colors, dark=ramp.has_dark_contours(shares))
    strength = _line_strength(level)[..., None]
    number = band.astype(np.intp)
    image = to_bytes((1 - strength) * colors[number] + strength * lines[number])
    alpha = np.where(np.isnan(relief), 0, 255).astype(np.uint8)
    return np.dstack([image, alpha])


def _relief(landscape: Landscape, objective: Objective, size: tuple[int, int]) -> FloatArray:
    """Return heights from 0 to 1, NaN where f has no value, shape (FINER height, FINER width), from the top down."""
    width, height = size
    columns, rows = min(width, MOST), min(height, MOST)
    x, y = landscape.extent.axes((columns, rows))
    values = objective.value(*np.meshgrid(x, y[::-1]))
    relief = landscape.relief(np.clip(values, landscape.relief.lowest, landscape.relief.highest))
    holes = np.isnan(relief)
    box = (0.5, 0.5, columns - 0.5, rows - 0.5)  # the outer samples lie on the image's edges
    large = (width * FINER, height * FINER)
    filled = Image.fromarray(np.nan_to_num(relief).astype(np.float32))
    finer = np.asarray(filled.resize(large, Image.Resampling.BILINEAR, box=box), dtype=np.float64)
    if not holes.any():
        return finer
    without = np.asarray(Image.fromarray(holes.astype(np.float32)).resize(large, Image.Resampling.BILINEAR, box=box))
    with np.errstate(invalid="ignore", divide="ignore"):  # beside a hole only the samples with a value count
        return np.where(without > 0.5, np.nan, finer / np.maximum(1 - without, 1e-9))


def _line_strength(level: FloatArray) -> FloatArray:
    """Return how much of a line's colour each sample has, 0 to 1: lines are at whole levels but not at the lowest."""
    down, right = np.gradient(np.nan_to_num(level))
    slope = np.hypot(down, right)
    nearest = np.clip(np.round(level), 1, CONTOURS)
    distance = np.abs(level - nearest) / np.maximum(slope, 1e-9)  # in samples
    spacing = 1 / np.maximum(slope, 1e-9) / FINER  # in pixels
    faint = np.clip(spacing / CROWDED, 0.0, 1.0)
    return np.where(distance < LINE * FINER / 2, faint, 0.0)
