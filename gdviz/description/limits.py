"""How much a description may ask for."""

from __future__ import annotations

import math

MAX_POINTS = 250_000  # of an animation
MAX_POINT_STEPS = 2_000_000_000  # points times iterations times runs
MAX_RUNS = 8  # of an animation: as many colours are told apart by everybody
MAX_ITERATIONS = 100_000  # steps of a point
MAX_KEYFRAMES = 100  # of a film's camera
MAX_FRAMES = 36_000  # of a film
MAX_FIELD = 100  # arrows along each side of a field
MAX_TITLE = 80  # characters
MAX_PATH = 4096  # characters of a file's path
MAX_SIDE = 7680  # pixels
MIN_SIDE = 64  # pixels
MAX_PIXELS = 7680 * 4320  # of a picture
MAX_FILM_PIXELS = MAX_FRAMES * 3840 * 2160  # of all pictures of a film
MIN_FILM_SIZE = 10_000  # bytes that a film may be held to
MAX_COORDINATE = 1e100  # small enough that squares and products of spans stay finite
NARROWEST = 1e-9  # least span of an extent, as a share of its coordinates: below it, float64 has too few numbers


def excess_of_steps(points: int, iterations: int, runs: int = 1) -> str | None:
    """Return a sentence if so many points over so many iterations in so many runs are too many; None if not."""
    if points * iterations * runs > MAX_POINT_STEPS:
        several = f" in {runs} runs" if runs > 1 else ""
        return (
            f"{points:,} points over {iterations:,} iterations{several} are too many steps; "
            f"at most {MAX_POINT_STEPS:,} are accepted"
        )
    return None


def excess_of_frames(frames: float, size: tuple[int, int]) -> str | None:
    """Return a sentence if so many frames, not yet rounded, of a size in pixels are too many; None if not."""
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
    """Return sizes as text: `1280x720`."""
    return "x".join(map(str, pair))
