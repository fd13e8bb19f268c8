"""Texts that come near each other: the less important fades, gradually, and comes back."""

from __future__ import annotations

import numpy as np
import pytest

from gdviz.picture.overlaps import Room, clear_opacities

NEAR = 10.0
NOTHING = np.zeros((0, 4))
WIDE = Room(np.array([-1000.0, -1000.0, 1000.0, 1000.0]), NOTHING)


def at(*lefts: float) -> np.ndarray:
    """Return boxes of 20x10 pixels beside each other."""
    return np.array([[left, 0.0, left + 20, 10.0] for left in lefts])


def shown(boxes: np.ndarray, room: Room = WIDE, opacities: np.ndarray | None = None) -> list[float]:
    alone = np.ones(len(boxes)) if opacities is None else opacities
    return clear_opacities(boxes, alone, room, NEAR).round(6).tolist()


def test_texts_that_are_apart_are_seen_whole():
    assert shown(at(0, 30, 60)) == [1, 1, 1]


def test_of_two_that_overlap_the_more_important_is_seen():
    assert shown(at(0, 15)) == [1, 0]


def test_what_is_not_seen_hides_nothing():
    assert shown(at(0, 15, 34)) == [1, 0, 1]


def test_a_text_fades_the_nearer_it_comes():
    faded = [shown(at(0, 20 + gap))[1] for gap in (0, 2, 5, 8, 10)]
    assert faded == sorted(faded)
    assert faded[0] == 0
    assert faded[2] == pytest.approx(0.5)
    assert faded[4] == 1


def test_texts_above_each_other_do_not_overlap():
    boxes = at(0, 0) + np.array([[0.0, 0, 0, 0], [0, 20, 0, 20]])
    assert shown(boxes) == [1, 1]


def test_a_text_does_not_leave_its_room_nor_stand_on_what_is_there():
    room = Room(np.array([0.0, -50.0, 200.0, 50.0]), np.array([[100.0, -5.0, 130.0, 5.0]]))
    assert shown(at(-1, 40, 75, 120, 175, 181), room) == [0, 1, pytest.approx(0.5), 0, pytest.approx(0.5), 0]


def test_what_was_faint_is_no_less_so():
    assert shown(at(0, 40), opacities=np.array([0.3, 0.8])) == [0.3, 0.8]
