"""What all panels have in common: what they show, where they are, and what they tell of a frame."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass

from gdviz.picture.caption import Readout
from gdviz.picture.layout import Place, Region
from gdviz.picture.marks import Mark, Strokes
from gdviz.picture.themes import Theme
from gdviz.scene.run import race_readouts, run_readouts
from gdviz.scene.subject import Subject
from gdviz.scene.timeline import FrameState


@dataclass(frozen=True)
class Panel(ABC):
    """One view of a subject in a part of the picture.

    Attributes
    ----------
    subject
        The function, and the descents on it.
    place
        Where the panel is in the picture.

    """

    subject: Subject
    place: Place

    @property
    def region(self) -> Region:
        """What the panel fills."""
        return self.place.region

    @property
    def theme(self) -> Theme:
        """The picture's colours."""
        return self.subject.theme

    def picture_key(self, state: FrameState) -> Hashable:
        """Return all of a frame's state that the panel's picture depends on."""
        return state.position, state.slow

    def readouts(self, state: FrameState) -> list[Readout]:
        """Return the numbers of a frame."""
        subject = self.subject
        if subject.is_race:
            return race_readouts(subject.runs, state.position, subject.resolved)
        return run_readouts(subject.runs[0], state.position, subject.resolved.extent, subject.words)


@dataclass(frozen=True)
class MarksPanel(Panel):
    """A panel that consists of marks, from back to front: its ground, strokes that grow with the film, and the rest."""

    @property
    def strokes(self) -> Strokes | None:
        """All strokes that the film will ever show, in the order of time; None if there are none."""
        return None

    def stroke_count(self, state: FrameState) -> int:  # noqa: ARG002  # the panels with strokes need it
        """Return how many of the strokes a frame shows."""
        return 0

    @abstractmethod
    def ground(self) -> list[Mark]:
        """Return what is the same in every frame."""

    @abstractmethod
    def marks(self, state: FrameState) -> list[Mark]:
        """Return what else a frame shows."""
