"""How many frames a film has that leads back into its beginning, and which of the drawn frames each of them shows."""

from __future__ import annotations

from gdviz.description.choices import Loop


def film_frames(drawn: float, loop: Loop) -> float:
    """Return how many frames the film has; neither the first frame nor the last is shown twice where it turns."""
    return max(drawn, 2 * drawn - 2) if loop is Loop.BOOMERANG else drawn


def drawn_frame(frame: int, drawn: int) -> int:
    """Return which of the `drawn` frames a frame of the film shows: from the last of them on, they run back."""
    return frame if frame < drawn else 2 * drawn - 2 - frame


def one_way(seconds: float, fps: float, loop: Loop) -> float:
    """Return how long what is drawn lasts in a film of a length in seconds."""
    return seconds / 2 + 1 / fps if loop is Loop.BOOMERANG else seconds


def frames_back(first: int, stop: int, drawn: int, loop: Loop) -> range:
    """Return which of the drawn frames `first` up to, not including, `stop` are shown again, and in which order."""
    if loop is not Loop.BOOMERANG:
        return range(0)
    return range(min(stop, drawn - 1) - 1, max(first, 1) - 1, -1)
