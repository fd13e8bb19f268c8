"""A picture that stays is stored once in an animated picture, and every moment still shows what was drawn."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from films import leaf_through, picture

from gdviz.description.animation import Animation
from gdviz.film import Film
from gdviz.movie.repeats import LARGEST, LONGEST, MOST_HOLDS, select
from gdviz.rendering import render

RATE = Fraction(25)


@pytest.mark.parametrize(
    ("pictures", "every", "stored"),
    [
        ("a", 1, [0]),
        ("aa", 1, [0, 1]),
        ("abc", 1, [0, 1, 2]),
        ("aaabbbc", 1, [0, 3, 6]),
        ("aaabbb", 1, [0, 3, 5]),
        ("abababa", 2, [0, 6]),
        ("abcdefgh", 3, [0, 3, 6, 7]),
        ("aabbaabb", 1, [0, 2, 4, 6, 7]),
    ],
)
def test_the_first_of_equal_pictures_is_stored_and_the_last_of_the_film(pictures: str, every: int, stored: list[int]):
    selection = select(pictures, every, RATE)
    assert selection.stored == stored
    assert selection.count == len(stored)


def test_every_frame_is_stored_or_shown_by_an_equal_one():
    choose = random.Random(7)
    for _ in range(100):
        pictures = "".join(choose.choices("ab", k=choose.randint(1, 60)))
        stored = select(pictures, 1, RATE).stored
        shown = [max(number for number in stored if number <= frame) for frame in range(len(pictures))]
        assert "".join(pictures[number] for number in shown) == pictures


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001), Fraction(1)])
def test_no_picture_is_shown_for_longer_than_a_file_can_say(rate: Fraction):
    delays = np.diff(select("a" * 36_000, 1, rate).stored)  # in frames
    assert delays.max() <= LONGEST * rate
    assert delays.max() * rate.denominator <= LARGEST
    assert len(delays) < 601 or rate.denominator > 1  # which few delays are exact for


def test_ffmpeg_is_told_of_so_many_pictures_only():
    selection = select("ab" + "aabb" * 5_000 + "a" * 9 + "b", 1, RATE)
    assert len(selection.holds) == MOST_HOLDS
    assert (20_002, 20_010) in [(first - 1, last) for first, last in selection.holds]  # the longest is among them
    assert selection.filter.count("between") == MOST_HOLDS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("holds")


@pytest.fixture(scope="module")
def films(folder: Path) -> list[Film]:
    """Return films of a curve, at whose beginning and end nothing moves, and its pictures."""
    animation = Animation.from_data(
        {
            "function": "x^2",
            "starts": {"points": [[-1.0]]},
            "size": [96, 64],
            "fps": 30,
            "timing": {"approach": 0.3, "hold": 0.2, "descent": 0.4, "finish": 0.7},
            "max_iterations": 5,
            "learning_rate": 0.1,
            "caption": False,
        }
    )
    return render(animation, [folder / name for name in ("a.gif", "a.webp", "a.apng", "%03d.png")], jobs=1)


@pytest.mark.parametrize(("number", "tolerance"), [(0, 1.5), (1, 4), (2, 0)])
def test_every_moment_shows_what_was_drawn(films: list[Film], folder: Path, number: int, tolerance: float):
    film = films[number]
    book = leaf_through(film.path)
    assert len(book.frames) < 0.6 * film.frames
    assert sum(book.durations) == pytest.approx(1000 * film.seconds, abs=0.7)
    assert film.seconds == pytest.approx(1.6, abs=0.05)
    ends = np.cumsum(book.durations)
    rate = film.frames / film.seconds
    for frame in range(film.frames):
        shown = book.frames[np.searchsorted(ends, 1000 * (frame + 0.5) / rate)]
        drawn = picture(folder / f"{int(frame / rate * 30 + 1e-9):03d}.png")
        assert np.abs(shown.astype(int) - drawn).mean() <= tolerance, frame


def test_the_last_picture_is_not_shown_for_longer_than_the_film_lasts(films: list[Film]):
    assert [leaf_through(film.path).durations[-1] for film in films[:3]] == pytest.approx([40, 33, 33], abs=0.5)
