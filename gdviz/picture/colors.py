"""Colours: palettes mixed in OKLab, the hues that tell basins apart, and how well colours are told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdviz.description.choices import Palette
from gdviz.extent import Extent, FloatArray
from gdviz.picture.themes import Rgb, Theme

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # of linear red, green and blue
DARK_CONTOURS = 0.6  # as `Theme.dark_contours`, for the colormaps of matplotlib


@dataclass(frozen=True)
class Ramp:
    """The colours of the ground from low to high.

    Attributes
    ----------
    stops
        OKLab, evenly spaced, shape (n, 3).
    whole
        Whether all of it is always used, from the lowest ground to the highest.
    dark_contours
        The lightness from which on contour lines are darker than the ground, and not lighter.

    """

    stops: FloatArray
    whole: bool
    dark_contours: float

    def colors(self, shares: FloatArray) -> FloatArray:
        """Return linear RGB at shares from 0 to 1, shape (..., 3)."""
        return _mix(self.stops, shares)

    def has_dark_contours(self, shares: FloatArray) -> NDArray[np.bool_]:
        """Return whether contour lines at shares from 0 to 1 are darker than the ground, of the same shape."""
        lightness = np.interp(shares, np.linspace(0, 1, len(self.stops)), self.stops[:, 0])
        return np.asarray(lightness >= self.dark_contours)


def ground_ramp(palette: str, theme: Theme) -> Ramp:
    """Return the ground's colours by the name of a palette: the theme's own, or a colormap of matplotlib."""
    if palette in list(Palette):
        stops = np.array([rgb(stop) for stop in theme.palettes[Palette(palette)]])
        return Ramp(to_oklab(to_linear(stops)), whole=False, dark_contours=theme.dark_contours)
    from gdviz.colormaps import colormap_colors  # only now: it imports matplotlib

    return Ramp(to_oklab(to_linear(colormap_colors(palette))), whole=True, dark_contours=DARK_CONTOURS)


def rgb(text: str) -> FloatArray:
    """Return '#rrggbb' as sRGB from 0 to 1, shape (3,)."""
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast of two sRGB colours, from 1 to 21, as WCAG 2 has it."""
    darker, lighter = sorted(float(to_linear(np.array(color) / 255) @ LUMINANCE) for color in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def rgb_bytes(text: str) -> Rgb:
    """Return '#rrggbb' as sRGB from 0 to 255."""
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def to_bytes(linear: FloatArray) -> NDArray[np.uint8]:
    """Return linear RGB (..., 3) as sRGB bytes."""
    clipped = np.clip(linear, 0, 1)
    encoded = np.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)
    return np.round(encoded * 255).astype(np.uint8)


def basin_colors(labels: NDArray[np.int64], nowhere: NDArray[np.bool_], theme: Theme) -> FloatArray:
    """Return linear RGB, shape (n, 3), for basin numbers.

    Points that ended in no basin, numbered -1, are pale: beside others, or if they are `nowhere` (n,) to be told from.
    """
    hues = np.array([rgb(hue) for hue in theme.basins])
    pale = (labels < 0) & (nowhere | (labels >= 0).any())
    return to_linear(np.where(pale[:, None], np.array(theme.neutral) / 255, hues[np.maximum(labels, 0) % len(hues)]))


def basin_hue(number: int, theme: Theme) -> Rgb:
    """Return the sRGB of a basin's number."""
    return rgb_bytes(theme.basins[number % len(theme.basins)])


def same_colors(color: Rgb, count: int) -> FloatArray:
    """Return one sRGB colour as linear RGB of so many points, shape (count, 3)."""
    return np.tile(to_linear(np.array(color) / 255), (count, 1))


def run_hue(number: int, theme: Theme) -> Rgb:
    """Return the sRGB of a run of a race, by its number."""
    return rgb_bytes(theme.runs[number % len(theme.runs)])


def place_colors(places: FloatArray, extent: Extent, theme: Theme) -> FloatArray:
    """Return linear RGB, shape (n, 3), that tells where in the extent a place (n, dimension) is.

    Each corner has a hue of its own, and what lies between is mixed.
    """
    share = np.clip(extent.shares(places), 0, 1)
    u, v = share[:, 0], share[:, -1]
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v], axis=-1)
    return _from_oklab(weights @ to_oklab(to_linear(np.array([rgb(hue) for hue in theme.corners]))))


def height_colors(shares: FloatArray, theme: Theme) -> FloatArray:
    """Return linear RGB, shape (n, 3), from the lowest ground (0) to the highest (1)."""
    stops = to_oklab(to_linear(np.array([rgb(hue) for hue in theme.heights])))
    return _mix(stops, np.nan_to_num(shares))


def moving_or_resting(colors: FloatArray, resting: NDArray[np.bool_], theme: Theme) -> FloatArray:
    """Return colours (n, 3) as they are shown: a point that moves glows, one that rests has gone dim."""
    return np.where(resting[:, None], theme.resting * colors, 0.97 * colors + 0.03)


def faded(colors: FloatArray, strength: FloatArray, theme: Theme) -> FloatArray:
    """Return linear RGB (n, 3) of trails of these colours: faintest where the strength (n,) is 0, strongest at 1."""
    share = (theme.faintest + (theme.strongest - theme.faintest) * strength)[:, None]
    return np.asarray(share * colors + (1 - share) * to_linear(np.array(theme.faded) / 255))


def _mix(stops: FloatArray, shares: FloatArray) -> FloatArray:
    """Return linear RGB at shares from 0 to 1 between evenly spaced OKLab stops."""
    at = np.linspace(0, 1, len(stops))
    return _from_oklab(np.stack([np.interp(shares, at, stops[:, channel]) for channel in range(3)], axis=-1))


def to_linear(srgb: FloatArray) -> FloatArray:
    """Return sRGB from 0 to 1 as linear RGB."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


# B. Ottosson, "A perceptual color space for image processing", 2020.
_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def to_oklab(linear: FloatArray) -> FloatArray:
    """Return linear RGB (..., 3) as OKLab, in which distances are differences that are seen."""
    return np.asarray(np.cbrt(linear @ _LMS.T) @ _LAB.T)


def _from_oklab(lab: FloatArray) -> FloatArray:
    return np.clip((lab @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_LMS).T, 0, 1)
