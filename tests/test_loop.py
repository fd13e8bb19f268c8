"""Films that lead back into their beginning: the end dissolves into the start, or the film runs back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from films import decode, leaf_through, picture
from motion import UNSEEN, camera_changes, worst_jump
from PIL import Image
from processes import Running, digest
from processes import run as run_process
from typer.testing import CliRunner, Result

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.choices import Loop
from gdviz.description.limits import MAX_FRAMES
from gdviz.description.loop import drawn_frame
from gdviz.description.resolve import resolve
from gdviz.errors import InputError
from gdviz.film import Film
from gdviz.movie.formats import FORMATS, PartKind
from gdviz.plan import KEPT_BYTES, Segment, film_plan, in_order, plan
from gdviz.rendering import Progress, render, still
from gdviz.scene.build import build_scene

BALLS = {
    "function": "himmelblau",
    "starts": {"points": [[-4.5, 1.0], [1.0, 4.5], [0.5, -0.5]]},
    "size": [160, 120],
    "fps": 10,
    "timing": {"approach": 0.3, "hold": 0.2, "descent": 3.0, "finish": 1.5},
}
CURVE = {"function": "x^2", "size": [96, 64], "fps": 25, "timing": {"approach": 0.4, "descent": 2, "finish": 0.4}}


def animation_of(loop: Loop, description: dict[str, Any], **changes: Any) -> Animation:
    return Animation.from_data({**description, "loop": loop, **changes})


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def stills(animation: Animation, frames: Iterable[int], folder: Path) -> list[np.ndarray]:
    """Return frames of one animation, whose scene is made once for all of them."""
    return [picture(still(animation, folder / "a.png", frame)) for frame in frames]


def steps(frames: np.ndarray) -> np.ndarray:
    """Return by how much each frame differs from the one before it, the first from the last: shape (n,)."""
    return np.array([apart(frames[number], frames[number - 1]) for number in range(len(frames))])


@pytest.mark.parametrize("description", [BALLS, CURVE], ids=["surface", "curve"])
def test_a_fading_film_goes_from_its_last_frame_to_its_first_more_smoothly_than_from_one_to_the_next(
    description: dict[str, Any], tmp_path: Path
):
    (film,) = render(animation_of(Loop.FADE, description), [tmp_path / "a.apng"], jobs=1)
    frames = frames_of(film)
    assert len(frames) == film.frames == animation_of(Loop.NONE, description).frames
    between = steps(frames)
    assert between[0] < np.median(between[1:])
    assert between[0] < between[-film.frames // 10 :].max() / 2


def test_the_end_of_a_fading_film_is_a_mix_of_what_it_would_show_and_the_first_picture(tmp_path: Path):
    camera = [{"at": 0, "azimuth": 20, "elevation": 40}]
    fading, plain = (
        animation_of(loop, BALLS, camera=camera, caption=False, starts={"grid": 9}) for loop in (Loop.FADE, Loop.NONE)
    )
    last = plain.frames - 1
    first, *ends = (each.astype(float) for each in stills(plain, [0, *range(last - 8, last + 1)], tmp_path))
    assert apart(first, ends[-1]) > 1
    shares = []
    for shown, own in zip(stills(fading, range(last - 8, last + 1), tmp_path), ends, strict=True):
        share = float(((shown - own) * (first - own)).sum() / ((first - own) ** 2).sum())
        assert np.abs(own + share * (first - own) - shown).max() < 2
        shares.append(share)
    assert shares[0] == 0
    assert (np.diff(shares) > 0).all()
    assert shares[-1] > 0.95


@pytest.mark.parametrize("behind", ["white", "black"])
def test_what_is_transparent_fades_without_an_edge(behind: str, tmp_path: Path):
    """What is behind the film shows through as much as through the two pictures that are mixed."""

    def laid(loop: Loop, frame: int) -> np.ndarray:
        with Image.open(still(animation_of(loop, described), tmp_path / "a.png", frame)) as image:
            assert image.mode == "RGBA"
            ground = Image.new("RGBA", image.size, behind)
            return np.asarray(Image.alpha_composite(ground, image)).astype(float)[..., :3]

    camera = [{"at": 0, "azimuth": 20, "elevation": 80}, {"at": 1, "azimuth": 60, "elevation": 30}]
    described = {**BALLS, "caption": False, "background": "transparent", "camera": camera}
    fading = animation_of(Loop.FADE, described)
    frame = fading.frames - 5
    share = build_scene(resolve(fading)).timeline.state(frame).dissolved
    assert 0.3 < share < 0.7
    mixed = share * laid(Loop.NONE, 0) + (1 - share) * laid(Loop.NONE, frame)
    assert np.abs(laid(Loop.FADE, frame) - mixed).max() < 4


@pytest.mark.parametrize("seconds", [0.1, 0.4, 2.0])
def test_at_most_a_quarter_of_a_film_fades(seconds: float):
    scene = build_scene(resolve(animation_of(Loop.FADE, CURVE).lasting(seconds)))
    fading = [frame for frame in range(scene.timeline.frames) if scene.timeline.state(frame).dissolved]
    assert len(fading) <= 0.25 * scene.timeline.frames
    assert fading == list(range(scene.timeline.frames - len(fading), scene.timeline.frames))


def test_the_cameras_own_move_ends_where_it_began_if_the_film_fades():
    fading, plain, back = (
        build_scene(resolve(animation_of(loop, BALLS, fps=30))).timeline
        for loop in (Loop.FADE, Loop.NONE, Loop.BOOMERANG)
    )
    poses = [fading.state(frame).pose for frame in range(fading.frames)]
    assert poses[0] == poses[-1]
    assert max(abs(pose.azimuth - poses[0].azimuth) for pose in poses) > 20
    assert all(worst_jump(changes) < UNSEEN for changes in camera_changes(fading).T)
    assert plain.state(0).pose != plain.state(plain.frames - 1).pose
    assert all(back.state(frame) == plain.state(frame) for frame in range(plain.frames))


def test_the_numbers_change_half_way_and_never_stand_on_each_other(tmp_path: Path):
    fading, plain = (animation_of(loop, CURVE, size=[320, 180]) for loop in (Loop.FADE, Loop.NONE))
    last = range(plain.frames - 20, plain.frames)
    first, *ends = (each[-24:] for each in stills(plain, [0, *last], tmp_path))
    came_from = []
    for whole, own in zip(stills(fading, last, tmp_path), ends, strict=True):
        shown = whole[-24:]
        assert apart(own, first) > 0.5
        assert np.array_equal(shown, own) or np.array_equal(shown, first)
        came_from.append(np.array_equal(shown, own))
    assert came_from == [True] * 10 + [False] * 10


@pytest.mark.parametrize(
    "name", [f"a{suffix}" if suffix != ".png" else "a/%d.png" for suffix in FORMATS if suffix != ".html"]
)
def test_a_boomerang_shows_on_its_way_back_what_it_showed_before(name: str, tmp_path: Path):
    animation = animation_of(Loop.BOOMERANG, CURVE)
    drawn = animation_of(Loop.NONE, CURVE).frames
    (film,) = render(animation, [tmp_path / name], jobs=1)
    assert film.frames == animation.frames == 2 * drawn - 2
    assert film.seconds == pytest.approx(film.frames / 25)
    frames = frames_of(film)
    assert len(frames) == film.frames
    assert apart(frames[0], frames[drawn - 1]) > 1.5
    exact = film.path.suffix not in (".mp4", ".webm", ".webp")
    for frame in range(1, drawn - 1):
        assert apart(frames[frame], frames[2 * drawn - 2 - frame]) <= (0 if exact else 1.5)


def frames_of(film: Film) -> np.ndarray:
    if film.path.suffix in (".mp4", ".webm", ".mov"):
        return decode(film.path).frames
    if film.path.suffix == ".png":
        return np.stack([picture(film.path.with_name(f"{number}.png")) for number in range(film.frames)])
    book = leaf_through(film.path)
    rate = film.frames / film.seconds
    return np.repeat(book.frames, np.round(np.array(book.durations) * rate / 1000).astype(int), axis=0)


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 47, 48, 121, 500])
def test_no_frame_of_a_boomerang_is_drawn_twice_and_those_where_it_turns_are_shown_once(frames: int):
    animation = animation_of(
        Loop.BOOMERANG, CURVE, timing={"approach": 0, "hold": 0, "descent": frames / 25, "finish": 0}
    )
    segments = film_plan(resolve(animation))
    drawn = Counter(frame for each in segments for frame in range(each.first, each.stop))
    assert drawn == Counter(range(frames))
    listed = in_order(segments, PartKind.H264)
    assert set(listed) == {piece for each in segments for piece in each.pieces([PartKind.H264])}
    shown = [frame for piece in listed for frame in piece.frames]
    assert shown == [*range(frames), *range(frames - 2, 0, -1)]
    assert shown == [drawn_frame(frame, frames) for frame in range(animation.frames)]
    assert sum(each.length for each in segments) == animation.frames == len(shown)


def test_pictures_that_wait_for_the_way_back_take_little_memory():
    for size in ((1280, 720), (3840, 2160), (2160, 3840)):
        segments = film_plan(resolve(animation_of(Loop.BOOMERANG, CURVE, size=size)))
        assert max(each.stop - each.first for each in segments) * size[0] * size[1] * 3 <= KEPT_BYTES
    assert [len(plan(40, longest)) for longest in (4, 10, 30)] == [12, 4, 4]


class Counting(ThreadPoolExecutor):
    """An executor that draws in one thread, and remembers which segments it was given."""

    def __init__(self) -> None:
        super().__init__(1)
        self.segments: list[Segment] = []

    def submit(self, function: Any, /, *given: Any, **named: Any) -> Any:
        self.segments += [each for each in given if isinstance(each, Segment)]
        return super().submit(function, *given, **named)


def test_an_executor_draws_a_boomerang_once_and_the_film_is_the_same(tmp_path: Path):
    animation = animation_of(Loop.BOOMERANG, CURVE)
    with Counting() as executor:
        render(animation, [tmp_path / "a.mp4", tmp_path / "a.gif"], executor=executor)
    frames = [frame for each in executor.segments for frame in range(each.first, each.stop)]
    assert sorted(frames) == list(range(animation.frames // 2 + 1))
    render(animation, [tmp_path / "b.mp4"], jobs=2)
    assert (tmp_path / "b.mp4").read_bytes() == (tmp_path / "a.mp4").read_bytes()


def test_frames_are_counted_there_and_back(tmp_path: Path):
    animation = animation_of(Loop.BOOMERANG, CURVE)
    seen: list[Progress] = []
    (film,) = render(animation, [tmp_path / "a.apng"], jobs=1, progress=seen.append)
    assert [event.frames for event in seen] == [film.frames] * 5
    assert seen[-1].frames_done == film.frames
    assert [event.frames_done for event in seen] == sorted({event.frames_done for event in seen})


@pytest.mark.parametrize("seconds", [2.0, 5.0, 7.32])
@pytest.mark.parametrize("loop", Loop)
def test_a_film_lasts_as_long_as_it_is_told_to(loop: Loop, seconds: float):
    animation = animation_of(loop, CURVE).lasting(seconds)
    assert animation.frames / animation.fps == pytest.approx(seconds, abs=0.021 + 0.02 * (loop is Loop.BOOMERANG))


def test_a_boomerang_may_be_half_as_long(tmp_path: Path):
    seconds = MAX_FRAMES / 2 / 25
    timing = {"approach": 0, "hold": 0, "descent": seconds, "finish": 0}
    assert animation_of(Loop.BOOMERANG, CURVE, timing=timing).frames == MAX_FRAMES - 2
    animation_of(Loop.FADE, CURVE, timing={**timing, "descent": 2 * seconds})
    with pytest.raises(InputError, match=r"a film of 37,998 frames is too long; at most 36,000 are accepted"):
        animation_of(Loop.BOOMERANG, CURVE, timing={**timing, "descent": seconds + 40})


ALONE = ("render", "x**2", "--jobs", "1", "--size", "192x108", "--fps", "25", "--seconds", "12", "-o", "film.mp4")


def test_a_killed_boomerang_goes_on(tmp_path: Path):
    command = (*ALONE, "--loop", "boomerang")
    undisturbed, folder = tmp_path / "undisturbed", tmp_path / "killed"
    undisturbed.mkdir()
    folder.mkdir()
    assert run_process(undisturbed, *command).code == 0
    running = Running(folder, *command)
    running.wait_for(lambda: len(list(folder.glob(".*/*back*.whole"))) > 1)
    running.process.kill()
    running.end()
    ended = run_process(folder, *command)
    assert ended.code == 0
    assert "/300 frames are there from an interrupted render" in ended.complaints
    assert digest(folder / "film.mp4") == digest(undisturbed / "film.mp4")
    assert len(decode(folder / "film.mp4").frames) == 300


def test_a_still_counts_the_frames_of_the_whole_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    arguments = ("still", "x^2", "--loop", "boomerang", "--size", "96x64", "--fps", "10")
    told = [run(*arguments, "--at", at, "-o", f"{at}.png").stdout for at in ("0.25", "0.5", "0.75", "1")]
    assert [text.split("  ")[1].strip() for text in told] == [f"frame {n} of 178" for n in (44, 88, 133, 177)]
    first, last = picture(tmp_path / "0.25.png"), picture(tmp_path / "0.75.png")
    assert apart(first, last) < apart(first, picture(tmp_path / "0.5.png"))


@pytest.mark.parametrize(("word", "more"), [("boomrang", "; did you mean 'boomerang'?"), ("twice", "")])
def test_an_unknown_loop_is_told_in_one_sentence(word: str, more: str):
    result = run("render", "sphere", "--loop", word)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"gdviz: --loop: must be 'none', 'fade' or 'boomerang', not '{word}'{more}\n"
