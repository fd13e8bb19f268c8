"""Themes: the colours of everything in a picture but the ground."""

from __future__ import annotations

from dataclasses import dataclass

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Theme:
    """The colours of a picture, sRGB.

    Attributes
    ----------
    background
        What is behind everything.
    ink, quiet_ink
        Texts: what is read first, and labels and ticks.
    axis, grid, level
        Lines of plots: axes, the grid behind a curve, and the line between two plots at the same height.
    rim
        The edge of a landscape's block.
    curve, spread
        A function's curve or a median, and the band around it.
    point, trail
        A single point on a curve, and the way that it has come.
    slope, step
        The tangent at a point, and the step to come.
    minimum
        The rings at known minima.
    neutral
        Points that ended in no basin.
    basins
        Points by the basin that they end in, '#rrggbb'; the first is the one where there is nothing to tell.
    corners
        Points by their start: at (low x, low y), (high x, low y), (low x, high y) and (high x, high y) of the extent.
    heights
        Points by their height, from the lowest ground to the highest.

    """

    background: Rgb
    ink: Rgb
    quiet_ink: Rgb
    axis: Rgb
    grid: Rgb
    level: Rgb
    rim: Rgb
    curve: Rgb
    spread: Rgb
    point: Rgb
    trail: Rgb
    slope: Rgb
    step: Rgb
    minimum: Rgb
    neutral: Rgb
    basins: tuple[str, ...]
    corners: tuple[str, str, str, str]
    heights: tuple[str, ...]


DARK = Theme(
    background=(13, 16, 23),
    ink=(232, 236, 242),
    quiet_ink=(150, 160, 175),
    axis=(74, 84, 102),
    grid=(33, 39, 50),
    level=(88, 98, 116),
    rim=(190, 208, 206),
    curve=(72, 178, 164),
    spread=(24, 62, 64),
    point=(255, 176, 46),
    trail=(190, 126, 30),
    slope=(255, 93, 115),
    step=(222, 228, 238),
    minimum=(94, 224, 255),
    neutral=(214, 219, 228),
    # Bright on the dark palettes, told apart by hue and lightness.
    basins=(
        "#ffb02e", "#ff5d73", "#5ee0ff", "#b78bff", "#8ff06a", "#ff8ad8", "#ffe66b", "#4fa8ff", "#ff8c5a", "#5dffc9",
    ),
    corners=("#ffd23f", "#ff4f7b", "#4fe0b0", "#6f8cff"),
    heights=("#8b5cff", "#ff4f9a", "#ff8a4c", "#ffd95a", "#fff6d0"),
)  # fmt: skip
