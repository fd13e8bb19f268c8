"""The quality of a render: how a film is drawn this time, where a description says what it is."""

from __future__ import annotations

from pathlib import Path

from gdviz.description.animation import Animation
from gdviz.description.choices import Quality
from gdviz.description.limits import MIN_SIDE
from gdviz.errors import InputError, nearest, shorten


def quality_of(text: str, source: str = "a quality") -> Quality:
    """Return the quality with a name; `source` is what takes it, for the message.

    Raises
    ------
    InputError
        If there is none with this name.

    """
    if text in list(Quality):
        return Quality(text)
    close = nearest(text, Quality)
    raise InputError(
        f"{source} takes {', '.join(Quality)}, not {shorten(text)}" + (f"; did you mean {close}?" if close else "")
    )


def at_quality(animation: Animation, quality: Quality) -> Animation:
    """Return an animation as it is rendered: a draft has half the frames a second, and half the size."""
    if quality is not Quality.DRAFT:
        return animation
    width, height = (max(MIN_SIDE, side // 4 * 2) for side in animation.size)
    return animation.model_copy(update={"size": (width, height), "fps": max(1.0, animation.fps / 2)})


def named_for(path: Path, quality: Quality) -> Path:
    """Return the path of a file that gdviz names: a draft has a name of its own, so that it replaces no film."""
    return path.with_stem(f"{path.stem}-draft") if quality is Quality.DRAFT else path
