"""A film is decoded and its pixels are looked at."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from films import Decoded, decode
from PIL import Image
from scenes import surface_of

from gdviz.description.animation import Animation
from gdviz.errors import EncodeError
from gdviz.picture.colors import to_bytes
from gdviz.picture.themes import DARK
from gdviz.plan import FEW_FRAMES, plan
from gdviz.rendering import Progress, render, still
from gdviz.scene.build import Scene
from gdviz.stage import Stage
from gdviz.stage.offscreen import Offscreen

pytestmark = pytest.mark.xdist_group("film")  # one process makes the film that its tests share


def picture(path: os.PathLike[str]) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image).astype(int)


def color_distance(pixels: np.ndarray, color: np.ndarray) -> np.ndarray:
    return np.linalg.norm(pixels.astype(float) - color.astype(float), axis=-1)


def test_the_film_has_its_frames_its_size_and_its_length(film: Decoded, animation: Animation):
    assert film.frames.shape == (30, 240, 320, 3)
    assert film.seconds == pytest.approx(3.0, abs=0.02)
    assert "10 fps" in film.stream


def test_the_film_is_h264_that_every_player_takes_tagged_as_bt709(film: Decoded):
    assert "h264 (High)" in film.stream
    assert "yuv420p(tv, bt709, progressive)" in film.stream


def test_the_colours_are_those_that_were_drawn(film: Decoded, animation: Animation, tmp_path: Path):
    """A wrong matrix or range would shift every colour; what is lost here is chroma resolution and rounding."""
    drawn = picture(still(animation, tmp_path / "first.png", 0))
    assert np.abs(film.frames[0, :8, :8].astype(int) - DARK.background).max() <= 3
    assert np.abs(film.frames[0].astype(int) - drawn).mean() < 3


def test_the_picture_moves(film: Decoded):
    for frame in (5, 15, 29):
        assert (np.abs(film.frames[frame].astype(int) - film.frames[0]).max(axis=-1) > 30).mean() > 0.02


@pytest.mark.parametrize("frame", [0, 9, 14, 29])
def test_the_points_are_where_the_projection_says(film: Decoded, scene: Scene, frame: int):
    state = scene.timeline.state(frame)
    run = scene.runs[0]
    places, visible = scene.subject.visible_points(run, state.position)
    assert visible.all()
    pixels = surface_of(scene).camera(state).project(places, scene.resolved.size)
    hues = to_bytes(scene.subject.point_colors(run, state.position, places))
    for (x, y), hue in zip(np.round(pixels).astype(int), hues, strict=True):
        near = color_distance(film.frames[frame, y - 3 : y + 4, x - 3 : x + 4], hue)
        beside = color_distance(film.frames[frame, y - 3 : y + 4, x + 14 : x + 21], hue)
        assert near.min() < 90 < beside.mean()


def test_every_basin_has_a_colour_of_its_own(scene: Scene):
    colors = scene.runs[0].colors
    assert colors is not None
    assert len(np.unique(colors, axis=0)) == 3


def test_trails_are_drawn_behind_the_points(film: Decoded, scene: Scene, animation: Animation, tmp_path: Path):
    """Half-way along each path the ground looks other than it does without a descent, and almost nowhere else."""
    resting = animation.model_copy(update={"max_iterations": 0})
    bare = picture(still(resting, tmp_path / "bare.png", 29))
    changed = np.abs(film.frames[29].astype(int) - bare).max(axis=-1) > 25
    assert changed.mean() < 0.03
    camera, (trails,) = surface_of(scene).camera(scene.timeline.state(29)), scene.subject.trails
    for owner in range(3):
        pieces = np.flatnonzero(trails.owners == owner)
        middle = trails.vertices[2 * pieces[len(pieces) // 2]]
        x, y = np.round(camera.project(middle, scene.resolved.size)).astype(int)
        assert changed[y - 2 : y + 3, x - 2 : x + 3].any()


def test_the_same_bytes_again_and_with_any_number_of_jobs(animation: Animation, film_path: Path, tmp_path: Path):
    longer = animation.lasting(7.0)
    assert len(plan(longer.frames)) == 4
    assert longer.frames >= FEW_FRAMES
    hashes = set()
    for jobs in (1, 3):  # with 2, test_formats.py compares films
        path = tmp_path / f"film-{jobs}.mp4"
        render(longer, [path], jobs=jobs)
        hashes.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(hashes) == 1
    render(animation, [tmp_path / "again.mp4"], jobs=1)
    assert (tmp_path / "again.mp4").read_bytes() == film_path.read_bytes()


def test_a_picture_too_large_for_one_window_is_drawn_in_bands(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    width, height = scene.resolved.size
    state = scene.timeline.state(20)
    whole = np.asarray(Stage(scene).draw(state)).astype(int)
    monkeypatch.setattr("gdviz.stage.surface.Offscreen", partial(Offscreen, largest=width * height * 4 // 3))
    bands = np.asarray(Stage(scene).draw(state)).astype(int)
    assert whole.std() > 10
    assert (np.abs(whole - bands).max(axis=-1) > 2).sum() <= 3  # pixels, where a rounding decides what is in front


def test_any_executor_can_draw(animation: Animation, film_path: Path, tmp_path: Path):
    with ThreadPoolExecutor(1) as executor:
        render(animation, [tmp_path / "film.mp4"], executor=executor)
    assert (tmp_path / "film.mp4").read_bytes() == film_path.read_bytes()


@pytest.mark.parametrize("frames", [1, 2, 47, 48, 121, 270, 36_000])
def test_a_plan_covers_every_frame_once_in_segments_of_a_length(frames: int):
    segments = plan(frames)
    assert [frame for each in segments for frame in range(each.first, each.stop)] == list(range(frames))
    lengths = [each.stop - each.first for each in segments]
    assert max(lengths) - min(lengths) <= 1
    assert max(lengths) <= max(30, 47 * (len(segments) == 1))


def test_parts_are_joined_without_a_gap(animation: Animation, tmp_path: Path):
    longer = animation.lasting(6.4)
    path = tmp_path / "film.mp4"
    seen: list[Progress] = []
    (film,) = render(longer, [path], jobs=1, progress=seen.append)
    whole = decode(path)
    assert film.frames == longer.frames == len(whole.frames) == 64
    assert whole.seconds == pytest.approx(6.4, abs=0.02)
    assert [event.frames_done for event in seen] == [0, 16, 32, 48, 64]
    for number in (15, 16, 31, 32, 47, 48, 63):
        drawn = picture(still(longer, tmp_path / "frame.png", number))
        assert np.abs(whole.frames[number].astype(int) - drawn).mean() < 3


def test_a_film_may_have_one_frame(animation: Animation, tmp_path: Path):
    render(animation.lasting(0.05), [tmp_path / "one.mp4"])
    assert len(decode(tmp_path / "one.mp4").frames) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failing_encoder_leaves_the_last_good_film(
    animation: Animation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"the last good film")
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/bin/false")
    with pytest.raises(EncodeError, match="ffmpeg failed with code 1"):
        render(animation.lasting(7.0), [path], jobs=jobs)
    assert path.read_bytes() == b"the last good film"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_encoder_is_named(animation: Animation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")
    with pytest.raises(EncodeError, match="/nowhere/ffmpeg"):
        render(animation, [tmp_path / "film.mp4"], jobs=1)
    assert not list(tmp_path.iterdir())


def test_what_an_interrupted_render_finished_is_kept(animation: Animation, film_path: Path, tmp_path: Path):
    def interrupt(progress: Progress) -> None:
        if progress.frames_done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        render(animation, [tmp_path / "film.mp4"], jobs=1, progress=interrupt)
    assert caught.value.__notes__ == ["30 of 30 frames are kept, and the same command goes on from there"]
    assert [path.name for path in tmp_path.iterdir()] == [".film.mp4.gdviz"]
    seen: list[Progress] = []
    render(animation, [tmp_path / "film.mp4"], jobs=1, progress=seen.append)
    assert seen == [Progress(30, 30, 30)]
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]
    assert (tmp_path / "film.mp4").read_bytes() == film_path.read_bytes()


def test_the_caption_is_written(animation: Animation, tmp_path: Path):
    captioned = animation.model_copy(update={"caption": True, "title": "Ünïcode Ω"})
    bare = picture(still(animation, tmp_path / "bare.png", 29))
    written = picture(still(captioned, tmp_path / "written.png", 29))
    changed = np.abs(written - bare).max(axis=-1) > 40
    assert changed[:40, :160].sum() > 50
    assert changed[200:, :].sum() > 150
    assert not changed[40:200].any()


@pytest.mark.parametrize("size", [(64, 64), (400, 100), (100, 400)])
def test_nothing_is_cut_off_in_any_format(animation: Animation, tmp_path: Path, size: tuple[int, int]):
    """The picture's own edge shows ground nowhere: the whole block stands inside it."""
    shaped = animation.model_copy(update={"size": size})
    for frame in (0, 15, 29):
        drawn = picture(still(shaped, tmp_path / "a.png", frame))
        edge = np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])
        assert np.abs(edge - DARK.background).max() <= 2
        assert (np.abs(drawn - DARK.background).max(axis=-1) > 20).mean() > 0.08


def test_a_surface_with_holes_is_drawn_without_a_word(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    holed = Animation.from_data({"function": "log(x) + y**2", "size": [160, 120], "starts": {"grid": 6}})
    path = still(holed, tmp_path / "holed.png", holed.frames - 1)
    assert picture(path).std() > 10
    assert capfd.readouterr() == ("", "")
