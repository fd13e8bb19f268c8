"""The plan of a film: segments, whose frames are drawn together, and the parts that are made of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from gdviz.description.choices import Loop, Quality
from gdviz.description.loop import frames_back
from gdviz.description.resolved import Resolved
from gdviz.movie.formats import PARTS, PartKind
from gdviz.scene.timeline import poster_frame

SEGMENT_FRAMES = 30  # most frames in a segment of a longer film; each segment begins with a key frame
DRAFT_FRAMES = 48  # the same of a draft: to begin and end a segment takes as long as to draw two of its frames
SHARES = 4  # segments come in multiples of this and in equal lengths, so that 2 or 4 processes end together
FEW_FRAMES = 48  # a film with fewer frames is one segment: starting a pool would take longer than it saves
PAGE = "part-page-000000.html"  # the part that is a whole page
KEPT_BYTES = 256_000_000  # of the pictures that a process keeps until they are shown again
FEWEST_KEPT = 4  # pictures, however large they are


@dataclass(frozen=True)
class Piece:
    """A part of a film.

    Attributes
    ----------
    name
        Its file.
    kind
        How it is stored.
    frames
        The frames that it shows, by the number under which they are drawn, in this order.

    """

    name: str
    kind: PartKind
    frames: range


@dataclass(frozen=True)
class Segment:
    """Frames that are drawn together.

    Attributes
    ----------
    first, stop
        The first of them, and the one after the last.
    back
        Those that the film shows again as it runs back, in this order.
    poster
        The one that is the film's poster, if it is among them.

    """

    first: int
    stop: int
    back: range = range(0)
    poster: range = range(0)

    @property
    def length(self) -> int:
        """How many of the film's frames show them."""
        return self.stop - self.first + len(self.back)

    def forth(self, kind: PartKind) -> Piece:
        """Return the part of a kind that shows them; it has no frames if it is for a poster that is elsewhere."""
        frames = self.poster if kind is PartKind.POSTER else range(self.first, self.stop)
        return Piece(_name(kind, self.first), kind, frames)

    def again(self, kind: PartKind) -> Piece:
        """Return the part of a kind that shows them as the film runs back; it has no frames if it does not."""
        return Piece(_name(kind, self.first, "back"), kind, range(0) if kind is PartKind.POSTER else self.back)

    def pieces(self, kinds: Sequence[PartKind]) -> list[Piece]:
        """Return the parts of these kinds that are made of them; those that show them for the first time come last."""
        return [piece for piece in (*map(self.again, kinds), *map(self.forth, kinds)) if piece.frames]


def plan(frames: int, longest: int = FEW_FRAMES, most: int = SEGMENT_FRAMES) -> list[Segment]:
    """Return the segments of so many frames; none has more than `longest`, nor, in a longer film, than `most`."""
    if frames <= min(longest, FEW_FRAMES - 1):
        return [Segment(0, frames)]
    wanted = SHARES * math.ceil(frames / (SHARES * min(longest, most)))
    edges = sorted({round(frames * number / wanted) for number in range(wanted + 1)})
    return [Segment(first, stop) for first, stop in itertools.pairwise(edges)]


def film_plan(resolved: Resolved) -> list[Segment]:
    """Return the segments of a film; they depend only on its number of frames, its loop and its size.

    Pictures that are shown again are kept in memory until then: a segment has so few that they take little of it.
    """
    drawn, loop = resolved.drawn_frames, resolved.loop
    picture = 4 * math.prod(resolved.size)
    longest = max(KEPT_BYTES // picture, FEWEST_KEPT) if loop is Loop.BOOMERANG else FEW_FRAMES
    poster = poster_frame(resolved.timing, drawn)
    return [
        Segment(
            each.first,
            each.stop,
            frames_back(each.first, each.stop, drawn, loop),
            range(max(each.first, poster), min(each.stop, poster + 1)),
        )
        for each in plan(drawn, longest, DRAFT_FRAMES if resolved.quality is Quality.DRAFT else SEGMENT_FRAMES)
    ]


def in_order(segments: Sequence[Segment], kind: PartKind) -> list[Piece]:
    """Return a film's parts of a kind, in the order in which the film shows them."""
    pieces = [each.forth(kind) for each in segments] + [each.again(kind) for each in reversed(segments)]
    return [piece for piece in pieces if piece.frames]


def _name(kind: PartKind, first: int, way: str = "") -> str:
    return f"part-{kind.value}{way}-{first:06d}{PARTS[kind].suffix}"
