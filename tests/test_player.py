"""What keys and the mouse do in a window, without one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gdviz.cli.commands import app
from gdviz.description.choices import Loop
from gdviz.description.limits import MAX_KEYFRAMES
from gdviz.description.tables import CameraKey, Pose
from gdviz.player.arrangement import arrange, first_size
from gdviz.player.events import Button, Event, Key, Move, Press, Release, Wheel, latest_moves
from gdviz.player.keys import BINDINGS, action_of
from gdviz.player.mouse import Drag, Mouse, moused
from gdviz.player.player import Film, Player, Request, close, done, passed, saved

FILM = Film(frames=101, fps=20, loop=Loop.NONE, turns=True, slow_turn=(CameraKey(at=0, azimuth=5, elevation=50),))
WINDOW = arrange((800, 600), (800, 450))
README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def key(at: float, azimuth: float = 0, elevation: float = 40, zoom: float = 1) -> CameraKey:
    return CameraKey(at=at, azimuth=azimuth, elevation=elevation, zoom=zoom)


def typed(player: Player, *names: str) -> Player:
    """Press keys, those with `shift` before them with Shift."""
    for name in names:
        action = action_of(Key(name.removeprefix("shift "), shift=name.startswith("shift ")))
        assert action is not None, name
        player, _ = done(player, action)
    return player


def mouse(player: Player, *events: Mouse) -> Player:
    drag: Drag | None = None
    for event in events:
        player, drag = moused(player, drag, event, WINDOW)
    return player


def dragged(player: Player, right: int, down: int, button: Button = Button.LEFT) -> Player:
    return mouse(player, Press(button, (300, 200)), Move((301, 201)), Move((9, 9)), Release((300 + right, 200 + down)))


TWO = Player(FILM, (key(0.25), key(0.75, azimuth=60)), (key(0.25), key(0.75, azimuth=60)))


# Time


def test_arrows_step_by_frames_and_stop_at_both_ends():
    player = Player(FILM)
    assert [
        typed(player, *names).frame for names in (["Right"], ["shift Right", "Left"], ["Left"], ["End", "Right"])
    ] == [
        1,
        9,
        0,
        100,
    ]
    assert typed(player, "End", "shift Left", "KP_Right").frame == 91
    assert typed(player, "End", "Home").frame == 0


def test_space_plays_at_the_films_rate_to_its_end_and_then_from_its_start():
    player = typed(Player(FILM), "space")
    assert passed(player, 1.0).frame == 20
    assert passed(typed(passed(player, 1.0), "space"), 1.0).frame == 20
    ended = passed(player, 60.0)
    assert (ended.frame, ended.playing) == (100, False)
    assert passed(typed(ended, "space"), 0.5).frame == 10


def test_a_film_that_leads_back_is_played_again_and_again():
    fading = typed(Player(replace(FILM, loop=Loop.FADE)), "space")
    assert passed(fading, 101 / 20 + 0.5).frame == 10
    back = passed(typed(Player(replace(FILM, loop=Loop.BOOMERANG)), "space"), 120 / 20)
    assert (back.frame, back.playing) == (80, True)
    assert typed(back, "Right").frame == 81


def test_a_film_of_one_frame_stays_there_and_takes_a_keyframe():
    player = typed(Player(replace(FILM, frames=1)), "Right", "End", "space")
    assert passed(player, 3).frame == 0
    assert typed(dragged(player, 40, 0), "k").keyframes[0].at == 1


# The camera


def test_a_drag_turns_the_ground_with_the_mouse_and_tilts_it_and_the_film_is_as_it_was_until_k_is_pressed():
    player = dragged(TWO, right=45, down=-90)  # a tenth and a fifth of the picture's height
    assert player.shown_pose == Pose(azimuth=-18, elevation=4, zoom=1)
    assert player.keyframes == TWO.keyframes
    assert typed(player, "Right").shown_pose == typed(TWO, "Right").film_pose
    kept = typed(player, "k")
    assert kept.keyframes == (key(0, -18, 4), *TWO.keyframes)
    assert (kept.pose, kept.film_pose) == (None, Pose(azimuth=-18, elevation=4, zoom=1))


def test_what_is_drawn_while_the_mouse_turns_is_what_k_would_make_of_the_film():
    player = dragged(TWO, 45, 10)
    assert player.camera == typed(player, "k").camera
    assert TWO.camera == TWO.keyframes


def test_the_camera_stays_in_the_ranges_that_a_file_has():
    far = dragged(dragged(TWO, 0, -400), 0, -400)
    assert far.shown_pose.elevation == -90
    assert dragged(dragged(TWO, 0, 400), 0, 400).shown_pose.elevation == 90
    assert mouse(TWO, *[Wheel(5)] * 30).shown_pose.zoom == 20
    assert mouse(TWO, *[Wheel(-5)] * 30).shown_pose.zoom == 0.1
    turning = TWO
    for _ in range(300):
        turning = dragged(turning, 400, 0)
    assert turning.shown_pose.azimuth == -36_000


def test_the_wheel_and_a_drag_with_the_right_button_zoom():
    assert mouse(TWO, Wheel(1)).shown_pose == Pose(azimuth=0, elevation=40, zoom=1.1)
    assert dragged(TWO, 0, -225, Button.RIGHT).shown_pose.zoom == 2
    assert dragged(TWO, 30, 225, Button.RIGHT).shown_pose == Pose(azimuth=0, elevation=40, zoom=0.5)


def test_a_click_turns_nothing():
    assert mouse(TWO, Press(Button.LEFT, (300, 200)), Release((300, 200))) == TWO


def test_turning_stops_a_film_that_plays():
    player = dragged(passed(typed(TWO, "space"), 1.0), 10, 10)
    assert (player.playing, player.frame) == (False, 20)
    assert typed(player, "k").here == 0


def test_without_a_surface_nothing_turns_and_it_is_said():
    flat = Player(replace(FILM, turns=False))
    for after in (dragged(flat, 50, 50), mouse(flat, Wheel(1)), typed(flat, "k")):
        assert "no surface" in after.told
        assert (after.pose, after.keyframes) == (None, ())


# Keyframes


def test_the_first_keyframe_takes_the_place_of_the_slow_turn_and_when_the_last_is_gone_that_is_back():
    player = Player(FILM)
    assert player.camera == ()
    one = typed(dragged(player, 45, 0), "k", "End")
    assert one.shown_pose.azimuth == -13
    assert typed(one, "Tab", "Delete").shown_pose == player.shown_pose


def test_a_keyframe_replaces_the_one_at_the_same_frame_and_they_stay_in_order():
    player = typed(TWO, "Tab")
    assert (player.frame, player.here) == (25, 0)
    assert typed(dragged(player, 45, 0), "k").keyframes == (key(0.25, azimuth=-18), key(0.75, azimuth=60))
    assert "already" in typed(player, "k").told
    middle = typed(player, "shift Right", "k")
    assert [each.at for each in middle.keyframes] == [0.25, 0.35, 0.75]
    assert middle.keyframes[1].azimuth == pytest.approx(typed(player, "shift Right").film_pose.azimuth, abs=0.05)


def test_tab_goes_from_keyframe_to_keyframe_and_around():
    frames = [
        typed(TWO, *names).frame for names in (["Tab"], ["Tab"] * 2, ["Tab"] * 3, ["shift Tab"], ["ISO_Left_Tab"] * 2)
    ]
    assert frames == [25, 75, 25, 75, 25]
    assert "no keyframes" in typed(Player(FILM), "Tab").told


def test_delete_removes_what_is_at_this_frame_only():
    assert typed(TWO, "Tab", "Delete").keyframes == (key(0.75, azimuth=60),)
    assert typed(TWO, "Delete").keyframes == TWO.keyframes
    assert "no keyframe" in typed(TWO, "Delete").told


def test_a_moment_in_a_file_is_as_exact_as_a_hundredth_of_a_frame():
    for frames in (2, 3, 7, 270, 4001):
        film = replace(FILM, frames=frames)
        for frame in {0, 1, frames // 3, frames - 1}:
            assert film.at(frame) * (frames - 1) == pytest.approx(frame, abs=0.01)
            assert film.frame_of(key(film.at(frame))) == frame


def test_there_are_no_more_keyframes_than_a_file_may_have():
    full = tuple(key(number / 1000) for number in range(MAX_KEYFRAMES))
    player = replace(Player(replace(FILM, frames=1001), full), moment=500.0)
    assert typed(player, "k").keyframes == full
    assert str(MAX_KEYFRAMES) in typed(player, "k").told


# Saving and closing


def test_keyframes_that_are_not_saved_are_asked_for_once():
    assert typed(TWO, "q").closed
    changed = typed(TWO, "Tab", "Delete")
    for asked in (typed(changed, "q"), typed(changed, "Escape"), close(changed)):
        assert (asked.asked, asked.closed) == (True, False)
        assert typed(asked, "q").closed
        assert close(asked).closed
        assert not typed(asked, "Left", "q").closed
    assert typed(saved(typed(changed, "q"), "saved"), "q").closed


def test_s_and_p_ask_for_a_file_and_a_picture():
    for name, request in (("s", Request.SAVE), ("P", Request.STILL)):
        action = action_of(Key(name))
        assert action is not None
        assert done(TWO, action) == (TWO, request)
    assert action_of(Key("x")) is None


# The window


def test_the_slider_and_the_button_are_where_they_are_seen():
    left, right, y = WINDOW.track
    player = mouse(TWO, Press(Button.LEFT, (left, y)), Move(((left + right) // 2, y + 300)))
    assert player.frame == 50
    assert mouse(TWO, Press(Button.LEFT, (right, y)), Move((9000, y))).frame == 100
    x, middle = (WINDOW.play[0] + WINDOW.play[2]) // 2, (WINDOW.play[1] + WINDOW.play[3]) // 2
    assert mouse(TWO, Press(Button.LEFT, (x, middle)), Release((x, middle))).playing
    assert mouse(TWO, Press(Button.LEFT, (5, 595)), Move((300, 200))) == TWO


@pytest.mark.parametrize("film", [(320, 180), (1280, 720), (1080, 1920), (3840, 2160), (400, 140)])
def test_a_new_window_shows_the_film_at_its_own_size_or_as_large_as_the_screen_allows(film: tuple[int, int]):
    screen = (1920, 1080)
    size = first_size(film, screen)
    shown = arrange(size, film)
    assert size[0] <= screen[0]
    assert size[1] <= screen[1]
    fits = film[0] <= screen[0] and film[1] <= screen[1] - 120
    assert shown.picture_size == film if fits else 940 < shown.picture_size[1] < screen[1]
    assert shown.picture_size[0] / shown.picture_size[1] == pytest.approx(film[0] / film[1], rel=0.01)


@pytest.mark.parametrize("size", [(800, 600), (2560, 1440), (300, 900), (120, 40), (1, 1)])
def test_a_window_of_any_size_has_the_picture_above_and_all_else_below(size: tuple[int, int]):
    shown = arrange(size, (1280, 720))
    left, top, right, bottom = shown.picture
    assert (right - left >= 2, bottom - top >= 2) == (True, True)
    assert bottom <= max(shown.bar[1], 2)
    assert all(0 <= shown.share_of(x) <= 1 for x in (-10, 0, 50, 5000))


def test_a_tiny_film_is_shown_larger():
    assert arrange(first_size((64, 64), (1920, 1080)), (64, 64)).picture_size == (136, 136)


def test_a_low_window_has_less_help_and_still_a_picture():
    assert arrange((400, 200), (1280, 720)).picture_size[1] >= 100
    assert len(arrange((400, 200), (1280, 720)).help) < len(arrange((400, 900), (1280, 720)).help)


def test_only_the_last_of_several_moves_counts():
    events: list[Event] = [
        Move((1, 1)),
        Move((2, 2)),
        Press(Button.LEFT, (2, 2)),
        Move((3, 3)),
        Move((4, 4)),
        Release((5, 5)),
    ]
    assert latest_moves(events) == [events[1], events[2], events[4], events[5]]
    assert latest_moves([]) == []


def test_every_key_is_described_in_help_and_in_the_documentation():
    from typer.main import get_command

    told = get_command(app).commands["view"].help  # type: ignore[attr-defined]  # it is a group
    for binding in BINDINGS:
        assert f"\n{binding.shown}" in told, binding
        assert f"\n| {binding.shown}" in README, binding
