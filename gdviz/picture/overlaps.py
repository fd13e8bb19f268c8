"""Which of many texts are seen, so that none overlaps another: less important ones fade as they come near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdviz.extent import FloatArray
from gdviz.picture.marks import Label

FAINTEST = 0.02  # the opacity of what is just seen; less is not drawn


@dataclass(frozen=True)
class Text:
    """A label by its middle, and its width and height in pixels, shape (2,)."""

    label: Label
    extent: FloatArray


def boxes_of(texts: Sequence[Text]) -> FloatArray:
    """Return the left, top, right and bottom of texts, shape (n, 4)."""
    middles = np.array([text.label.place for text in texts]).reshape(-1, 2)
    half = np.array([text.extent for text in texts]).reshape(-1, 2) / 2
    return np.concatenate([middles - half, middles + half], axis=1)


@dataclass(frozen=True)
class Room:
    """Where texts may stand, in pixels of the picture.

    Attributes
    ----------
    bounds
        Left, top, right and bottom, shape (4,).
    taken
        Where other things are, likewise, shape (k, 4).

    """

    bounds: FloatArray
    taken: FloatArray


def clear_labels(texts: Sequence[Text], room: Room, near: float) -> list[Label]:
    """Return texts, the most important first, as far as they are seen; for `near` see `clear_opacities`."""
    alone = np.array([text.label.opacity for text in texts])
    seen = clear_opacities(boxes_of(texts), alone, room, near).tolist()
    return [
        replace(text.label, opacity=opacity) for text, opacity in zip(texts, seen, strict=True) if opacity >= FAINTEST
    ]


def clear_opacities(boxes: FloatArray, opacities: FloatArray, room: Room, near: float) -> FloatArray:
    """Return the opacities, from 0 to 1, with which texts neither overlap nor leave their room, shape (n,).

    They change gradually as the texts move.

    Parameters
    ----------
    boxes
        Left, top, right and bottom of each text, shape (n, 4), the most important first.
    opacities
        How much of each would be seen if it were alone, shape (n,).
    room
        Where they may stand.
    near
        The distance in pixels, to what may not be overlapped and to the bounds, at which a text begins to fade.

    """
    inside = np.minimum(boxes[:, :2] - room.bounds[:2], room.bounds[2:] - boxes[:, 2:]).min(axis=1)
    shown = opacities * smooth_step(inside / near) * smooth_step(_gaps(boxes, room.taken) / near).prod(axis=1)
    hidden = 1 - smooth_step(_gaps(boxes, boxes) / near)
    for number in range(1, len(boxes)):
        shown[number] *= np.prod(1 - shown[:number] * hidden[number, :number])
    return np.asarray(shown)


def _gaps(boxes: FloatArray, others: FloatArray) -> FloatArray:
    """Return how far boxes (n, 4) are from others (k, 4), across or upwards, shape (n, k); negative if they overlap."""
    apart = np.maximum(boxes[:, None, :2] - others[None, :, 2:], others[None, :, :2] - boxes[:, None, 2:])
    return np.asarray(apart.max(axis=2))


def smooth_step(share: FloatArray) -> FloatArray:
    """Return 0 for shares below 0, 1 for those above 1, and a smooth rise between."""
    clipped = np.clip(share, 0.0, 1.0)
    return np.asarray(clipped * clipped * (3 - 2 * clipped))
