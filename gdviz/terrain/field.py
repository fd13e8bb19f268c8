"""The arrows of a gradient field: where they stand, where they point, how long they are, and how they lie on ground."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gdviz.description.choices import FieldDirection, FieldLength
from gdviz.description.tables import GradientField
from gdviz.extent import HUGE, Extent, FloatArray
from gdviz.functions.objective import Objective
from gdviz.terrain.landscape import Landscape

LONGEST = 0.88  # of the least distance between two arrows' places
HEAD = 0.038  # scene units: the length of a head
MOST_HEAD = 0.48  # of its arrow, that a head may take
BROAD = 0.36  # half the breadth of a head, as a share of its length
PARTS = 3  # into which a head is divided along its length, so that it follows the ground


@dataclass(frozen=True)
class Arrows:
    """Arrows on the ground, in the function's coordinates, each array of shape (n, 2).

    Each has its place in its middle, so that it stays clear of its neighbours wherever it points.

    Attributes
    ----------
    tails, tips
        Where they begin and end.
    necks, left, right
        The middle and the corners of their heads' bases.

    """

    tails: FloatArray
    tips: FloatArray
    necks: FloatArray
    left: FloatArray
    right: FloatArray

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.tips)

    @property
    def has_heads(self) -> bool:
        """Whether they have heads: one that is cut off at the edge of the ground has none."""
        return bool((self.left != self.right).any())

    @property
    def outlines(self) -> tuple[FloatArray, ...]:
        """The straight pieces that an arrow is drawn with, each (n, 2, 2): its shaft and its head's three sides."""
        pieces = ((self.tails, self.necks), (self.left, self.tips), (self.tips, self.right), (self.right, self.left))
        return tuple(np.stack(ends, axis=1) for ends in pieces)

    def part(self, which: NDArray[np.intp]) -> Arrows:
        """Return some of them, by their numbers."""
        return Arrows(*(each[which] for each in (self.tails, self.tips, self.necks, self.left, self.right)))


def _logarithmic(sizes: FloatArray) -> FloatArray:
    return np.asarray(np.log1p(sizes) / np.log1p(sizes.max()))


_LENGTHS: Mapping[FieldLength, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {
        FieldLength.LOG: _logarithmic,
        FieldLength.LINEAR: lambda sizes: np.asarray(sizes / sizes.max()),
        FieldLength.UNIT: np.ones_like,
    }
)


def lay_arrows(field: GradientField, objective: Objective, landscape: Landscape) -> Arrows:
    """Return the arrows of a field over a landscape.

    There is none where f has no gradient, where it is 0, and where an arrow would not lie on the ground with its whole
    length. In the scene's ground plane an arrow has the direction in which a point moves that follows the gradient.

    Parameters
    ----------
    field
        How many arrows there are, where, and what they show; its extent must be given.
    objective
        The function.
    landscape
        The ground.

    """
    assert field.extent is not None  # since it is resolved
    extent, half = Extent(field.extent), np.array(landscape.half)
    to_scene = 2 * half / landscape.extent.span
    places = extent.grid(field.grid)
    places = places[landscape.extent.contains(places)]
    gradients = objective.gradient(*places.T).T
    largest = np.abs(gradients).max(axis=1, keepdims=True)
    known = np.isfinite(largest[:, 0]) & (largest[:, 0] > 0)
    if not known.any():
        return Arrows(*(np.empty((0, 2)) for _ in range(5)))
    places, gradients, largest = places[known], gradients[known], largest[known]
    shares = gradients / largest  # of which the squares neither overflow nor vanish
    sizes = np.minimum(largest[:, 0], HUGE) * np.hypot(*shares.T)
    ways = shares * to_scene / to_scene.max()
    along = ways / np.hypot(*ways.T)[:, None] * (1 if field.shows is FieldDirection.GRADIENT else -1)
    spacing = float((extent.span / field.grid * to_scene).min())
    lengths = LONGEST * spacing * _LENGTHS[field.length](sizes)[:, None]
    heads = np.minimum(HEAD, MOST_HEAD * lengths)
    across = BROAD * heads * np.stack([-along[:, 1], along[:, 0]], axis=1)
    neck = (lengths / 2 - heads) * along
    steps = (-lengths / 2 * along, lengths / 2 * along, neck, neck + across, neck - across)
    arrows = Arrows(*(places + step / to_scene for step in steps))
    on_ground = [
        np.isfinite(drape_pieces(ends, landscape)).all(axis=(1, 2)) & landscape.extent.contains(ends).all(axis=1)
        for ends in arrows.outlines
    ]
    return arrows.part(np.flatnonzero(np.stack(on_ground).all(axis=0)))


def drape_pieces(ends: FloatArray, landscape: Landscape) -> FloatArray:
    """Return straight pieces (n, 2, 2) of the extent as lines that lie on the drawn triangles, shape (n, k, 3).

    A line has a corner wherever it passes from one triangle to the next, so that it is nowhere below the ground.
    """
    start, way = ends[:, 0], ends[:, 1] - ends[:, 0]
    cells = (ends - landscape.extent.low) / landscape.cell
    # The sides of triangles are where the column, the row, or the difference of both is a whole number.
    levels = np.stack([cells[..., 0], cells[..., 1], cells[..., 0] - cells[..., 1]], axis=1)
    low, high = levels.min(axis=2, keepdims=True), levels.max(axis=2, keepdims=True)
    count = int((np.floor(high) - np.ceil(low)).max(initial=-1)) + 1
    crossed = np.minimum(np.ceil(low) + np.arange(count), high)
    first, span = levels[..., :1], np.diff(levels, axis=2)
    shares = np.divide(crossed - first, span, out=np.ones_like(crossed), where=span != 0)
    ways = np.concatenate([shares.reshape(len(ends), -1), np.tile([0.0, 1.0], (len(ends), 1))], axis=1)
    ways = np.sort(np.clip(ways, 0, 1), axis=1)
    return landscape.drape(start[:, None] + ways[..., None] * way[:, None])


def drape_heads(arrows: Arrows, landscape: Landscape) -> tuple[FloatArray, NDArray[np.int64]]:
    """Return the faces of heads on the ground: scene points (m, 3), and triangles of them (t, 3)."""
    shares = (1 - np.arange(PARTS + 1) / PARTS)[:, None]
    corners = np.stack([arrows.left, arrows.necks, arrows.right], axis=1)[:, None]
    rows = arrows.tips[:, None, None] + shares[..., None] * (corners - arrows.tips[:, None, None])
    vertices = landscape.drape(rows).reshape(-1, 3)
    numbers = np.arange(len(vertices)).reshape(-1, PARTS + 1, 3)
    low, high = numbers[:, :-1], numbers[:, 1:]
    faces = [
        np.stack(each, axis=-1).reshape(-1, 3)
        for side in (slice(0, 2), slice(1, 3))
        for one, two in [(low[..., side], high[..., side])]
        for each in ((one[..., 0], one[..., 1], two[..., 1]), (one[..., 0], two[..., 1], two[..., 0]))
    ]
    return vertices, np.concatenate(faces)
