"""Themes on other backgrounds than their own, and on none."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import ceil

from gdviz.description.choices import NamedBackground, ThemeName
from gdviz.picture.colors import contrast, rgb_bytes
from gdviz.picture.themes import THEMES, Rgb, Rgba, Theme

READABLE = 4.5  # the least contrast of a text, as WCAG 2 has it
STEPS = 20  # in which a colour becomes black or white


@lru_cache(maxsize=8)
def theme_on(name: ThemeName, background: str) -> Theme:
    """Return a theme on a background, as a description has both.

    What texts are written with is made lighter or darker until they can be read. What is faint, since it is almost of
    the theme's background, is mixed with the new one, and is translucent if there is none.
    """
    theme = THEMES[name]
    if background == NamedBackground.THEME:
        return theme
    grid, spread = (_veil(color, theme.background) for color in (theme.grid, theme.spread))
    if background == NamedBackground.TRANSPARENT:
        return replace(theme, grid=grid, spread=spread)
    color = rgb_bytes(background)
    return replace(
        theme,
        background=color,
        grid=_over(grid, color),
        spread=_over(spread, color),
        ink=_readable(theme.ink, color),
        quiet_ink=_readable(theme.quiet_ink, color),
        curve=_readable(theme.curve, color),
        point=_readable(theme.point, color),
        slope=_readable(theme.slope, color),
        step=_readable(theme.step, color),
        minimum=_readable(theme.minimum, color),
    )


def mixed(color: Rgb, share: float, background: Rgb | None) -> Rgb | Rgba:
    """Return a share of a colour on a background; translucent, and premultiplied, if there is none."""
    alpha = round(255 * share)
    red, green, blue = (round(alpha / 255 * channel) for channel in color)
    veil = (red, green, blue, alpha)
    return veil if background is None else _over(veil, background)


def _readable(ink: Rgb, background: Rgb) -> Rgb:
    """Return the colour nearest to `ink`, towards black or white, that can be read on a background."""
    end = max((0, 255), key=lambda grey: contrast((grey, grey, grey), background))
    for step in range(STEPS):
        red, green, blue = (round(each + step / STEPS * (end - each)) for each in ink)
        if contrast((red, green, blue), background) >= READABLE:
            return red, green, blue
    return end, end, end


def _veil(color: Rgb | Rgba, background: Rgb) -> Rgba:
    """Return the most translucent colour, premultiplied, that is `color` where it lies over the background."""
    channels = list(zip(color[:3], background, strict=True))
    share = max((top - low) / (255 - low) if top > low else (low - top) / max(low, 1) for top, low in channels)
    alpha = ceil(255 * share)
    red, green, blue = (round(top - (1 - alpha / 255) * low) for top, low in channels)
    return red, green, blue, alpha


def _over(veil: Rgba, background: Rgb) -> Rgb:
    *tops, alpha = veil
    red, green, blue = (round(top + (1 - alpha / 255) * low) for top, low in zip(tops, background, strict=True))
    return red, green, blue
