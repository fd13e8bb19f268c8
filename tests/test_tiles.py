"""The tiles that something is on, and pictures of which only those are painted again."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from gdviz.picture.layout import Region
from gdviz.picture.marks import Area, Dot, Label, Line, Mark, Raster, Strokes
from gdviz.stage.painter import Canvas
from gdviz.stage.tiles import SIDE, rectangles, tiles_of

SIZE = (200, 150)
REGION = Region(40, 20, 240, 170, 0.5)
DARK = (13, 17, 23)


def test_the_rectangles_hold_each_tile_once_and_all_that_is_in_a_box():
    rng = np.random.default_rng(4)
    for _ in range(50):
        low = rng.uniform(-60, 220, (rng.integers(0, 6), 2))
        boxes = np.concatenate([low, low + rng.uniform(0, 90, low.shape)], axis=1)
        tiles = tiles_of(boxes, SIZE)
        held = np.zeros(SIZE[::-1], dtype=int)
        for left, top, right, bottom in rectangles(tiles, SIZE):
            assert left < right
            assert top < bottom
            held[top:bottom, left:right] += 1
        assert held.max(initial=0) <= 1
        assert np.array_equal(held[::SIDE, ::SIDE] == 1, tiles)
        near = np.zeros_like(held, dtype=bool)
        for left, top, right, bottom in np.round(boxes).astype(int).clip(0):
            assert held[top:bottom, left:right].all()
            near[max(top - SIDE - 3, 0) : bottom + SIDE + 3, max(left - SIDE - 3, 0) : right + SIDE + 3] = True
        assert not held[~near].any()


def random_marks(rng: np.random.Generator) -> list[Mark]:
    places = rng.uniform((0, 0), (260, 190), (40, 2))  # some are outside the region, or at its edge
    red, blue = (200, 40, 30), (40, 60, 220)
    return [
        Line(places[:6], red, 2.5, 0.5),
        Line(places[6:8], blue, 1.0),
        Line(places[6:9], blue, 4.0),
        Dot(places[9], 7.0, red),
        Dot(places[10], 9.0, blue, 1.5),
        Area(places[11:14], blue),
        Raster(rng.integers(0, 255, (4, 5, 3), dtype=np.uint8), *places[14], *(places[14] + 30)),
        Label("a text", places[15], 14, (255, 255, 255), halo=DARK),
    ]


@pytest.mark.parametrize("background", [DARK, None])
def test_a_frame_is_the_same_whatever_was_painted_before(background: tuple[int, int, int] | None):
    rng = np.random.default_rng(5)
    mode = "RGBX" if background else "RGBA"
    strokes = Strokes(rng.uniform((20, 0), (250, 180), (60, 2, 2)), rng.integers(0, 255, (60, 3), dtype=np.uint8), 1.5)
    frames = [(int(rng.integers(0, 61)), random_marks(rng)) for _ in range(12)]
    ground = random_marks(rng)
    kept = Canvas(REGION, ground, strokes, background)
    seen = set()
    for count, marks in frames:
        pictures = [Image.new(mode, SIZE), Image.new(mode, SIZE)]
        kept.paint(pictures[0], count, marks)
        Canvas(REGION, ground, strokes, background).paint(pictures[1], count, marks)
        assert pictures[0].tobytes() == pictures[1].tobytes()
        seen.add(pictures[0].tobytes())
    assert len(seen) == len(frames)
