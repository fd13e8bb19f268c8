"""What is written on a frame: a title and a few labelled numbers. Text only; the overlay draws it."""

from __future__ import annotations

from dataclasses import dataclass


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
