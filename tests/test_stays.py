"""A choice is kept until another is clearly better, and what stands for it fades."""

from __future__ import annotations

import numpy as np
import pytest

from gdviz.scene.stays import kept, stay_at

MOMENTS = np.linspace(0, 1, 11)


def choices(first: list[float], clearly: float = 0.2) -> list[int]:
    """Return what is chosen at each moment, of a first that is so much better or worse than a second."""
    scores = np.stack([np.array(first), np.zeros(len(first))], axis=1)
    stays = kept(scores, np.linspace(0, 1, len(first)), clearly)
    return [stay_at(stays, at).choice for at in np.linspace(0, 1, len(first)).tolist()]


def test_a_choice_changes_once_another_is_clearly_better():
    assert choices([0.5, 0.1, -0.1, -0.3, -0.5]) == [0, 0, 0, 1, 1]
    assert choices([-0.5, -0.1, 0.1, 0.3, 0.5]) == [1, 1, 1, 0, 0]


def test_a_choice_that_is_a_little_worse_for_a_while_is_kept():
    assert choices([0.5, -0.1, -0.15, 0.1, -0.19, 0.5]) == [0] * 6


def test_a_film_begins_with_what_is_clearly_the_best_first():
    assert choices([-0.1, 0.1, 0.3, 0.5]) == [0] * 4
    assert choices([0.1, -0.1, -0.3]) == [1] * 3


def test_if_none_is_ever_clearly_better_the_best_of_all_is_kept():
    assert choices([0.1, -0.05, 0.1]) == [0] * 3
    assert choices([-0.1, 0.05, -0.1]) == [1] * 3


def test_what_stands_for_a_choice_fades_at_its_end_and_begins_faint():
    scores = np.stack([0.55 - MOMENTS, MOMENTS - 0.55], axis=1)
    one, other = kept(scores, MOMENTS, 0.0)
    assert one.end == other.begin == pytest.approx(0.6)
    assert [one.opacity(at, 0.1) for at in (0.0, 0.5, 0.55, 0.6)] == pytest.approx([1, 1, 0.5, 0])
    assert [other.opacity(at, 0.1) for at in (0.6, 0.65, 0.7, 1.0)] == pytest.approx([0, 0.5, 1, 1])
    assert stay_at((one, other), 1.0) is other
