"""Themes: the colours of everything in a picture, on a dark and on a white page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gdviz.description.choices import Palette, ThemeName

Rgb = tuple[int, int, int]
Rgba = tuple[int, int, int, int]  # premultiplied


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
    parts
        The parts of a step: of the gradient, the momentum, the scale and the decay, and the step itself.
    field, field_edge
        The arrows of a gradient field, and the edge that sets them off from the ground.
    minimum
        The rings at known minima.
    neutral
        Points that ended in no basin.
    runs
        The runs of a race, '#rrggbb': told apart by those who see few hues too, the first ones best.
    basins
        Points by the basin that they end in, '#rrggbb'; the first is the one where there is nothing to tell.
    corners
        Points by their start: at (low x, low y), (high x, low y), (low x, high y) and (high x, high y) of the extent.
    heights
        Points by their height, from the lowest ground to the highest.
    faded, faintest, strongest
        What a trail's colour is mixed with, and its own share where it begins and where it ends.
    resting
        How bright a point that rests is, as a share of one that moves.
    palettes
        The ground by its height, from low to high.
    dark_contours
        The lightness of the ground, from 0 to 1, from which on contour lines are darker than it.
    shade
        How bright the spots under points are, as a share of the lowest ground.
    wall_top, wall_foot
        How bright the sides of a landscape's block are at the rim, and their own share of the colour at the foot, where
        they fade as the trails do.

    """

    background: Rgb
    ink: Rgb
    quiet_ink: Rgb
    axis: Rgb
    grid: Rgb | Rgba
    level: Rgb
    rim: Rgb
    curve: Rgb
    spread: Rgb | Rgba
    point: Rgb
    trail: Rgb
    slope: Rgb
    step: Rgb
    parts: tuple[Rgb, Rgb, Rgb, Rgb, Rgb]
    field: Rgb
    field_edge: Rgb
    minimum: Rgb
    neutral: Rgb
    runs: tuple[str, ...]
    basins: tuple[str, ...]
    corners: tuple[str, str, str, str]
    heights: tuple[str, ...]
    faded: Rgb
    faintest: float
    strongest: float
    resting: float
    palettes: Mapping[Palette, tuple[str, ...]]
    dark_contours: float
    shade: float
    wall_top: float
    wall_foot: float


DARK = Theme(
    background=(13, 16, 23),
    ink=(232, 236, 242),
    quiet_ink=(150, 160, 175),
    axis=(88, 98, 116),
    grid=(33, 39, 50),
    level=(88, 98, 116),
    rim=(190, 208, 206),
    curve=(72, 178, 164),
    spread=(24, 62, 64),
    point=(255, 176, 46),
    trail=(190, 126, 30),
    slope=(255, 93, 115),
    step=(222, 228, 238),
    parts=((255, 93, 115), (183, 139, 255), (255, 230, 107), (134, 158, 178), (244, 247, 252)),
    field=(222, 229, 236),
    field_edge=(18, 24, 34),
    minimum=(94, 224, 255),
    neutral=(214, 219, 228),
    runs=("#ff4600", "#fff78b", "#a98dff", "#52ebff", "#a4e222", "#ff73b9", "#ffc4b9", "#d4a36f"),
    # Bright on the dark palettes, told apart by hue and lightness.
    basins=(
        "#ffb02e", "#ff5d73", "#5ee0ff", "#b78bff", "#8ff06a", "#ff8ad8", "#ffe66b", "#4fa8ff", "#ff8c5a", "#5dffc9",
    ),
    corners=("#ffd23f", "#ff4f7b", "#4fe0b0", "#6f8cff"),
    heights=("#8b5cff", "#ff4f9a", "#ff8a4c", "#ffd95a", "#fff6d0"),
    faded=(0, 0, 0),
    faintest=0.25,
    strongest=0.85,
    resting=0.6,
    palettes=MappingProxyType({
        Palette.DEEP: ("#14213f", "#1c3f6b", "#23668a", "#36909a", "#6fb7a2", "#b9d6b0", "#f0ecd0"),
        Palette.DUSK: ("#1a1838", "#3b2a63", "#6d3b7c", "#a4517f", "#d47676", "#f0a878", "#fbe0a8"),
        Palette.SLATE: ("#1b222e", "#2c3747", "#445468", "#66788c", "#8f9fae", "#bcc7cf", "#e6eaec"),
    }),
    dark_contours=1.0,
    shade=0.0,
    wall_top=0.42,
    wall_foot=0.10,
)  # fmt: skip

LIGHT = Theme(
    background=(255, 255, 255),
    ink=(24, 29, 38),
    quiet_ink=(86, 96, 112),
    axis=(124, 134, 150),
    grid=(226, 230, 236),
    level=(120, 130, 146),
    rim=(98, 116, 124),
    curve=(0, 122, 112),
    spread=(206, 232, 228),
    point=(190, 82, 0),
    trail=(208, 128, 52),
    slope=(200, 30, 72),
    step=(44, 52, 66),
    parts=((220, 20, 90), (104, 32, 208), (120, 92, 0), (92, 120, 150), (20, 26, 38)),
    field=(46, 56, 72),
    field_edge=(248, 250, 252),
    minimum=(0, 72, 128),
    neutral=(92, 100, 114),
    runs=("#df0e00", "#2c1374", "#226873", "#9334d3", "#4b1d22", "#004459", "#cc1a95", "#63774a"),
    # Deep on the pale palettes; told apart by hue and, for those who see few hues, by lightness.
    basins=(
        "#d64e1c", "#960c66", "#0a80cc", "#4f10c0", "#12881c", "#d648c4", "#765a08", "#0850d6", "#85200b", "#08968a",
    ),
    corners=("#c07600", "#c2164f", "#00845f", "#3a4fd6"),
    heights=("#2a0f8c", "#8c1496", "#cc2a64", "#d9641e", "#b98200"),
    faded=(236, 238, 240),
    faintest=0.55,
    strongest=1.0,
    resting=0.85,
    palettes=MappingProxyType({
        Palette.DEEP: ("#7ab8d6", "#93cad8", "#afdad6", "#cae8d3", "#e0f1d8", "#f0f6e1", "#fbfaee"),
        Palette.DUSK: ("#ab9ad6", "#c4a8d8", "#dbb8d6", "#ecc8cf", "#f6d8ca", "#fbe7cf", "#fef5df"),
        Palette.SLATE: ("#a6b6c6", "#b9c5d1", "#cad3dc", "#d9dfe5", "#e6eaee", "#f0f2f4", "#f9fafb"),
    }),
    dark_contours=0.0,
    shade=0.3,
    wall_top=0.8,
    wall_foot=0.3,
)  # fmt: skip

THEMES: Mapping[ThemeName, Theme] = MappingProxyType({ThemeName.DARK: DARK, ThemeName.LIGHT: LIGHT})
