"""What a window shows below the film's picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gdviz.description.choices import Loop
from gdviz.description.tables import CameraKey, Pose
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Area, Dot, Label
from gdviz.picture.themes import DARK, LIGHT
from gdviz.player.arrangement import Arrangement, arrange
from gdviz.player.controls import QUESTION, controls
from gdviz.player.player import Film, Player

FILM = Film(frames=101, fps=20, loop=Loop.NONE, turns=True, slow_turn=(CameraKey(at=0, azimuth=5, elevation=50),))
KEYS = (CameraKey(at=0.25, azimuth=0, elevation=40), CameraKey(at=0.75, azimuth=60, elevation=40))
TWO = Player(FILM, KEYS, KEYS)
WIDE, NARROW = arrange((1280, 812), (1280, 720)), arrange((560, 900), (1080, 1920))


def texts(player: Player, window: Arrangement) -> list[str]:
    return [mark.text for mark in controls(player, window, DARK) if isinstance(mark, Label)]


def test_the_slider_shows_where_one_is_and_where_keyframes_are():
    left, right, y = WIDE.track
    marks = controls(replace(TWO, moment=50.0), WIDE, LIGHT)
    (knob,) = [mark for mark in marks if isinstance(mark, Dot)]
    assert knob.centre.tolist() == [(left + right) / 2, y]
    diamonds = [mark.points.mean(axis=0) for mark in marks if isinstance(mark, Area) and mark.color == LIGHT.point]
    assert np.allclose(diamonds, [[left + share * (right - left), y] for share in (0.25, 0.75)])


def test_the_button_shows_what_it_does():
    def shape(player: Player) -> list[int]:
        return [len(mark.points) for mark in controls(player, WIDE, DARK) if isinstance(mark, Area)]

    assert shape(Player(FILM)) == [3]
    assert shape(replace(Player(FILM), playing=True)) == [4, 4]


@pytest.mark.parametrize("window", [WIDE, NARROW])
def test_the_question_is_whole_and_no_text_is_cut_off(window: Arrangement):
    assert QUESTION in texts(replace(TWO, asked=True), window)
    for player in (TWO, replace(TWO, asked=True), replace(TWO, told="long " * 99), replace(TWO, pose=TWO.film_pose)):
        for mark in controls(player, window, DARK):
            if isinstance(mark, Label):
                width = text_width(mark.text, round(mark.size)) * (-1 if mark.anchor[0] == "r" else 1)
                assert mark.place[0] + min(width, 0) >= 0
                assert mark.place[0] + max(width, 0) <= window.size[0]
                assert window.bar[1] < mark.place[1] < window.size[1]


def test_it_tells_the_pose_the_moment_and_what_becomes_of_both():
    told = texts(replace(TWO, moment=25.0), WIDE)
    assert "Keyframe 1 of 2" in told
    assert "azimuth 0.0°  elevation 40.0°  zoom 1.00" in told
    assert "1.25 of 5.05 s   frame 25 of 101" in told
    turned = replace(TWO, pose=Pose(azimuth=-12.5, elevation=3, zoom=2), saved=())
    assert any(text.startswith("Not kept") for text in texts(turned, WIDE))
    assert "azimuth -12.5°  elevation 3.0°  zoom 2.00" in texts(turned, WIDE)
    assert "2 keyframes, not saved" in texts(replace(TWO, saved=()), WIDE)


def test_help_is_there_until_it_is_hidden_and_says_nothing_of_a_camera_where_there_is_none():
    assert any("K: set keyframe" in text for text in texts(TWO, WIDE))
    hidden = texts(replace(TWO, helped=False), WIDE)
    assert "H: help" in hidden
    assert not any("K: set" in text for text in hidden)
    flat = texts(Player(replace(FILM, turns=False)), arrange((1280, 812), (1280, 720), turns=False))
    assert any("Space: play" in text for text in flat)
    assert not any(word in text for text in flat for word in ("Drag", "azimuth", "keyframe"))
