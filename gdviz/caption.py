"""What the caption says in a frame: a title and a few labelled numbers. Text only; the overlay draws it."""

from __future__ import annotations

from dataclasses import dataclass

from gdviz.scene import Scene
from gdviz.timeline import FrameState


@dataclass(frozen=True)
class Figure:
    """A labelled number.

    Attributes
    ----------
    label, value
        What is written.
    widest
        The longest value that the film will show here, so that what stands to its right never moves.

    """

    label: str
    value: str
    widest: str


@dataclass(frozen=True)
class Caption:
    """A title, and the figures below the picture."""

    title: str
    figures: tuple[Figure, ...]


def caption(scene: Scene, state: FrameState) -> Caption:
    """Return the caption of a frame."""
    animation, run = scene.animation, scene.runs[0]
    tally = run.tally(state.position, scene.landscape.view)
    last = run.tally(run.descent.steps, scene.landscape.view)
    rate = f"{animation.learning_rate:g}"
    of_all = f" / {tally.points}"
    figures = [
        Figure("learning rate", rate, rate),
        Figure("iteration", str(int(state.position)), str(run.descent.steps)),
        Figure("converged", f"{tally.converged}{of_all}", f"{tally.points}{of_all}"),
    ]
    if last.left:
        figures.append(Figure("left the view", str(tally.left), str(tally.points)))
    if last.diverged:
        figures.append(Figure("diverged", str(tally.diverged), str(tally.points)))
    return Caption(animation.title or "", tuple(figures))
