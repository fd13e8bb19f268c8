"""The picture that stands for a film where it is not played, and the pictures that films begin and end with."""

from __future__ import annotations

import struct
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from films import decode, picture
from typer.testing import CliRunner, Result

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.presets import presets
from gdviz.description.resolve import resolve
from gdviz.description.tables import Timing
from gdviz.errors import EncodeError
from gdviz.movie.poster import set_poster_moment
from gdviz.movie.provenance import read_stamp
from gdviz.rendering import render, still
from gdviz.scene.build import build_scene
from gdviz.scene.timeline import poster_frame
from gdviz.stage import Stage

FILM = {
    "function": "x^2",
    "size": [160, 96],
    "fps": 24,
    "starts": {"points": [[1.8]]},
    "timing": {"approach": 0.5, "hold": 0.2, "descent": 2.0, "finish": 0.5},
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments], check=True)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def boxes(content: bytes) -> dict[bytes, bytes]:
    """Return the boxes of an mp4's part, with what is in them."""
    found, at = {}, 0
    while at < len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        found[kind] = content[at + 8 : at + size]
        at += size
    return found


@pytest.mark.parametrize("loop", ["none", "boomerang"])
def test_an_mp4_carries_its_poster_beside_its_frames(loop: str, tmp_path: Path):
    animation = Animation.from_data({**FILM, "loop": loop})
    (film,) = render(animation, [tmp_path / "film.mp4"], jobs=1)
    frame = poster_frame(animation.timing, animation.drawn_frames)
    ffmpeg("-i", film.path, "-map", "0:v:1", tmp_path / "attached.png")
    attached, drawn = picture(tmp_path / "attached.png"), picture(still(animation, tmp_path / "a.png", frame))
    assert apart(attached, drawn) < 2
    like = [apart(attached, each) for each in decode(film.path).frames[: animation.drawn_frames]]
    assert abs(int(np.argmin(like)) - frame) <= 1
    assert len(decode(film.path).frames) == film.frames
    assert boxes(film.path.read_bytes())[b"moov"].count(b"trak") == 1  # a player that knows no posters sees none
    assert read_stamp(film.path) is not None


def test_a_copy_of_an_mp4_with_its_poster_plays_the_same_frames(tmp_path: Path):
    (film,) = render(Animation.from_data(FILM), [tmp_path / "film.mp4"], jobs=1)
    frames = decode(film.path).frames
    for name, arguments in {"copy.mp4": (), "all.mp4": ("-map", "0"), "copy.mkv": ()}.items():
        ffmpeg("-i", film.path, *arguments, "-c", "copy", tmp_path / name)
        np.testing.assert_array_equal(decode(tmp_path / name).frames, frames)


@pytest.mark.parametrize("fps", [24, 23.976, 30, 59.94])
def test_a_mov_names_the_moment_of_its_poster(fps: float, tmp_path: Path):
    animation = Animation.from_data({**FILM, "fps": fps})
    (film,) = render(animation, [tmp_path / "film.mov"], jobs=1)
    header = boxes(boxes(film.path.read_bytes())[b"moov"])[b"mvhd"]
    (units,), (moment,) = struct.unpack(">I", header[12:16]), struct.unpack(">I", header[80:84])
    shown = int(Fraction(moment, units) * Fraction(fps).limit_denominator(1001))
    assert shown == poster_frame(animation.timing, animation.frames)
    frames = decode(film.path).frames
    drawn = picture(still(animation, tmp_path / "a.png", shown))
    assert apart(frames[shown], drawn) < 0.5 < apart(frames[shown - 6], drawn)


@pytest.mark.parametrize("long", [False, True])
def test_a_header_may_be_of_either_version_and_stand_behind_a_large_box(long: bool, tmp_path: Path):
    film = tmp_path / "film.mov"
    times = struct.pack(">QQIQ", 0, 0, 600, 6000) if long else struct.pack(">IIII", 0, 0, 600, 6000)
    header = bytes([int(long), 0, 0, 0]) + times + bytes(52 + 28)
    header = struct.pack(">I4s", 8 + len(header), b"mvhd") + header
    first = struct.pack(">I4sQ", 1, b"mdat", 116) + bytes(100)
    film.write_bytes(first + struct.pack(">I4s", 8 + len(header), b"moov") + header)
    before = film.read_bytes()
    set_poster_moment(film, Fraction(5, 2))
    after = film.read_bytes()
    (at,) = np.flatnonzero(np.frombuffer(before, np.uint8) != np.frombuffer(after, np.uint8))[:1]
    assert after[at - 2 : at + 2] == struct.pack(">I", 1500)
    assert len(after) - (at - 2) == 4 * 5  # selection, current time and the next track's number follow


def test_a_film_without_a_header_is_an_error(tmp_path: Path):
    (tmp_path / "film.mov").write_bytes(struct.pack(">I4s", 8, b"free"))
    with pytest.raises(EncodeError, match="without a box moov"):
        set_poster_moment(tmp_path / "film.mov", Fraction(1))


@pytest.mark.parametrize("name", presets())
def test_the_poster_of_a_preset_shows_points_under_way(name: str):
    resolved = resolve(Animation.load(presets()[name]))
    scene = build_scene(resolved)
    position = scene.timeline.state(poster_frame(resolved.timing, resolved.drawn_frames)).position
    steps = max(run.descent.steps for run in scene.runs)
    assert 0 < position < steps or not steps


@pytest.mark.parametrize(
    ("seconds", "frame"), [((0, 0, 0, 0), 100), ((1, 0, 0, 0), 100), ((0, 0, 1, 0), 60), ((1, 1, 5, 3), 50)]
)
def test_the_poster_is_a_moment_of_the_descent(seconds: tuple[float, ...], frame: int):
    timing = Timing(**dict(zip(("approach", "hold", "descent", "finish"), seconds, strict=True)))
    assert poster_frame(timing, 101) == frame
    assert poster_frame(timing, 1) == 0


def test_still_draws_the_poster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    arguments = ("still", "x^2", "--size", "96x64", "--fps", "10", "-o", "a.png")
    result = run(*arguments, "--poster")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == "a.png  frame 49 of 90\n"
    animation = Animation.from_data({"function": "x^2", "size": [96, 64], "fps": 10})
    np.testing.assert_array_equal(picture(tmp_path / "a.png"), picture(still(animation, tmp_path / "b.png", 49)))


def test_a_still_is_of_one_moment():
    result = run("still", "sphere", "--poster", "--at", "0.5")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "gdviz: --poster is a moment by itself; leave out --at\n"


CURVES: dict[str, dict[str, Any]] = {
    "none": {"starts": {"points": []}},
    "one": {"starts": {"points": [[1.8]]}},
    "many": {"starts": {"grid": 7}},
}


@pytest.mark.parametrize("starts", CURVES)
def test_a_film_of_a_curve_begins_and_ends_with_the_curve_and_its_points(starts: str):
    scene = build_scene(resolve(Animation.from_data({**FILM, **CURVES[starts], "caption": False, "size": [640, 360]})))
    stage = Stage(scene)
    last = scene.timeline.frames - 1
    first, middle, end = (np.asarray(stage.draw(scene.timeline.state(frame))) for frame in (0, 8, last))
    ground = np.asarray(scene.subject.theme.background)
    across = np.linspace(-2, 1.4, 18)
    places = np.round(scene.main.plot.place(across, across**2)).astype(int)  # type: ignore[attr-defined]  # a curve
    for frame, faint in ((first, True), (middle, None), (end, False)):
        seen = [int(np.abs(frame[y - 2 : y + 3, x].astype(int) - ground).max()) for x, y in places]
        assert min(seen) > 50
        assert faint is None or (np.median(seen) < 120) == faint
    colorful = np.ptp(first.astype(int), axis=-1) > 120
    assert colorful.any() == (starts != "none")
