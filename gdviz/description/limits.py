"""How much a description may ask for."""

from __future__ import annotations

import math

MAX_POINTS = 250_000
MAX_POINT_STEPS = 2_000_000_000
MAX_ITERATIONS = 100_000
MAX_FRAMES = 36_000
MAX_TITLE = 80  # letters
MAX_SIDE = 7680
MIN_SIDE = 64
MAX_PIXELS = 7680 * 4320
MAX_FILM_PIXELS = MAX_FRAMES * 3840 * 2160
MAX_COORDINATE = 1e100  # far enough from what a float64 can hold that squares and products of spans can be taken
NARROWEST = 1e-9  # of an extent, as a share of its coordinates: less, and the numbers in it could not be told apart


def excess_of_steps(points: int, iterations: int) -> str | None:
    """Return what is wrong with so many points over so many iterations, if anything is."""
    if points * iterations > MAX_POINT_STEPS:
        return (
            f"{points:,} points over {iterations:,} iterations are too many steps; "
            f"at most {MAX_POINT_STEPS:,} are accepted"
        )
    return None


def excess_of_frames(frames: float, size: tuple[int, int]) -> str | None:
    """Return what is wrong with a film of so many frames, not yet rounded, of a size in pixels, if anything is."""
    if frames > MAX_FRAMES + 0.5:
        return f"a film of {frames:,.0f} frames is too long; at most {MAX_FRAMES:,} are accepted"
    pixels = math.prod(size)
    if round(frames) * pixels > MAX_FILM_PIXELS:
        return (
            f"{round(frames):,} frames of {times(size)} pixels are too many; "
            f"at most {MAX_FILM_PIXELS // pixels:,} of this size are accepted"
        )
    return None


def times(pair: tuple[int, ...]) -> str:
    """Return sizes as they are written: `1280x720`."""
    return "x".join(map(str, pair))
