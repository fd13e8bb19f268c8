"""Qualities: a draft is small, quick and never taken for the film; high quality is nearer to what is to be seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from films import TINY, decode, picture
from PIL import Image
from typer.testing import CliRunner, Result

import gdviz
from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.choices import Quality
from gdviz.description.quality import at_quality
from gdviz.description.resolve import resolve, resolved_from_json
from gdviz.plan import film_plan

LUMA = np.array([0.2126, 0.7152, 0.0722])
CURVE = Animation(function="x^2", size=(256, 192), fps=4).lasting(2)
FILM = ["--size", "256x192", "--fps", "8", "--seconds", "1"]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


def batch(*arguments: str) -> tuple[int, Any]:
    result = run("batch", *arguments, "-d", "media", "--json")
    return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr


def test_a_draft_has_half_the_size_and_half_the_frames_a_second():
    result = run("render", "x^2", *FILM, "--quality", "draft", "-o", "film.mp4")
    assert "film.mp4  128x96, 1.0 s, 4 frames" in result.stdout
    film = decode(Path("film.mp4"))
    assert film.frames.shape == (4, 96, 128, 3)
    assert "4 fps" in film.stream


@pytest.mark.parametrize(
    ("size", "fps", "half", "rate"),
    [
        ((1280, 720), 30.0, (640, 360), 15.0),
        ((854, 480), 29.97, (426, 240), 14.985),
        ((66, 100), 1.5, (64, 64), 1.0),
        ((7680, 4320), 120.0, (3840, 2160), 60.0),
    ],
)
def test_half_a_size_is_even_and_a_size_that_there_is(
    size: tuple[int, int], fps: float, half: tuple[int, int], rate: float
):
    draft = at_quality(Animation(function="sphere", size=size, fps=fps), Quality.DRAFT)
    assert (draft.size, draft.fps) == (half, rate)
    assert Animation.model_validate(draft.model_dump()) == draft


def test_what_is_said_of_no_quality_is_standard():
    gdviz.render(CURVE, ["said.mp4"], quality="standard")
    gdviz.render(CURVE, ["unsaid.mp4"])
    assert Path("said.mp4").read_bytes() == Path("unsaid.mp4").read_bytes()
    assert decode(Path("said.mp4")).frames.shape == (8, 192, 256, 3)


@pytest.mark.parametrize("quality", Quality)
def test_a_process_that_draws_is_told_the_quality_and_halves_nothing_again(quality: Quality):
    resolved = resolve(CURVE, quality)
    assert resolved_from_json(resolved.canonical_json) == resolved


def test_all_qualities_are_different_films_of_the_same_length():
    each = [resolve(CURVE, quality) for quality in Quality]
    assert len({resolved.fingerprint for resolved in each}) == 3
    assert {resolved.frames / resolved.fps for resolved in each} == {2.0}


def test_the_finer_a_surface_is_drawn_the_nearer_it_is_to_a_picture_averaged_from_a_large_one():
    def drawn(side: int, quality: str) -> np.ndarray:
        animation = Animation(function="himmelblau", size=(side, side), caption=False)
        return picture(gdviz.still(animation, f"{quality}{side}.png", 0, quality=quality)).astype(float)

    drawn(640, "standard")
    with Image.open("standard640.png") as image:
        wanted = np.asarray(image.reduce(4), dtype=float)
    draft, standard, high = (
        np.abs(drawn(side, quality) - wanted).mean()
        for side, quality in ((320, "draft"), (160, "standard"), (160, "high"))
    )
    assert high < 0.8 * standard
    assert standard < 0.8 * draft


@pytest.mark.parametrize("suffix", ["mp4", "webm"])
def test_a_film_of_high_quality_is_encoded_nearer_to_what_was_drawn(suffix: str):
    def error(quality: str) -> float:
        gdviz.render(CURVE, [f"{quality}.{suffix}"], quality=quality)
        told = decode(Path(f"{quality}.{suffix}")).frames[0]
        drawn = picture(gdviz.still(CURVE, f"{quality}.png", 0, quality=quality))
        return float((((told.astype(float) - drawn) @ LUMA) ** 2).mean())  # colour has half the resolution in any case

    assert error("high") < 0.9 * error("standard")


def test_a_draft_has_a_name_of_its_own_and_replaces_only_drafts():
    assert run("render", "x^2", *FILM).exit_code == 0
    (film,) = Path().glob("*.mp4")
    finished = film.read_bytes()
    assert run("render", "x^2", *FILM, "--quality", "draft").exit_code == 0
    again = run("render", "x^2", *FILM, "--lr", "0.3", "--quality", "draft", "--json")
    assert again.exit_code == 0
    draft = Path(json.loads(again.stdout)["films"][0]["path"])
    assert draft.name == f"{film.stem}-draft.mp4"
    assert film.read_bytes() == finished
    assert sorted(Path().glob("*.mp4")) == sorted([film, draft])
    draft.write_bytes(b"somebody's own")
    refused = run("render", "x^2", *FILM, "--quality", "draft")
    assert refused.exit_code == 2
    assert "is not a complete film by gdviz; add --force (-y)" in refused.stderr
    assert draft.read_bytes() == b"somebody's own"


def test_a_finished_film_of_another_quality_is_replaced_only_if_forced():
    assert run("render", "x^2", *FILM).exit_code == 0
    assert "is not this film; add --force (-y)" in run("render", "x^2", *FILM, "--quality", "high").stderr
    assert run("render", "x^2", *FILM, "--quality", "high", "--force").exit_code == 0


def test_a_still_is_the_frame_of_the_film_of_its_quality():
    told = json.loads(run("still", "x^2", *FILM, "--at", "0.5s", "--quality", "draft", "--json").stdout)
    assert (told["frame"], told["size"]) == (2, [128, 96])
    assert told["path"].endswith("-draft.png")
    assert picture(Path(told["path"])).shape == (96, 128, 3)
    told = json.loads(run("still", "x^2", *FILM, "--at", "0.5s", "--quality", "high", "--json").stdout)
    assert (told["frame"], told["size"]) == (4, [256, 192])
    assert "-draft" not in told["path"]


def test_a_draft_under_a_films_name_does_not_count_as_the_film():
    Path("bowl.toml").write_text(TINY.format("x^2"))
    assert run("render", "bowl.toml", "--quality", "draft", "-o", "bowl.mp4").exit_code == 0
    Path("media").mkdir()
    Path("bowl.mp4").rename("media/bowl.mp4")
    code, told = batch("bowl.toml", "--check")
    assert (code, told["films"][0]["state"]) == (1, "stale")
    assert batch("bowl.toml")[1]["results"][0]["outcome"] == "rendered"
    assert batch("bowl.toml", "--check")[0] == 0
    code, told = batch("bowl.toml", "--check", "--quality", "high")
    assert (code, told["films"][0]["state"]) == (1, "stale")


def test_drafts_of_a_batch_stand_beside_the_films_until_they_are_pruned():
    Path("bowl.toml").write_text(TINY.format("x^2"))
    batch("bowl.toml", "-f", "mp4", "-f", "png")
    before = {path: path.read_bytes() for path in Path("media").rglob("*.*")}
    assert batch("bowl.toml", "-f", "mp4", "-f", "png", "--quality", "draft")[0] == 0
    code, told = batch("bowl.toml", "-f", "mp4", "-f", "png", "--quality", "draft", "--check")
    assert (code, [film["state"] for film in told["films"]]) == (0, ["current", "current"])
    assert {path: path.read_bytes() for path in before} == before
    assert Path("media/bowl-draft.mp4").exists()
    code, told = batch("bowl.toml", "-f", "mp4", "-f", "png", "--quality", "draft", "--prune")
    assert code == 2
    assert "--prune would remove the finished films" in told
    assert batch("bowl.toml", "-f", "mp4", "-f", "png", "--prune")[0] == 0
    assert {path: path.read_bytes() for path in Path("media").rglob("*.*")} == before


def test_a_description_may_name_its_films_and_their_drafts_follow():
    Path("bowl.toml").write_text(TINY.format("x^2") + 'output = ["small/bowl.gif"]\n')
    assert batch("bowl.toml", "--quality", "draft")[0] == 0
    assert [path for path in Path("media").rglob("*.*") if path.is_file()] == [Path("media/small/bowl-draft.gif")]


def test_a_segment_of_a_draft_lasts_longer():
    long = CURVE.lasting(67.5)
    parts = {quality: len(film_plan(resolve(long, quality))) for quality in (Quality.DRAFT, Quality.STANDARD)}
    assert parts[Quality.DRAFT] < parts[Quality.STANDARD] / 2


@pytest.mark.parametrize("command", [("render", "x^2"), ("still", "x^2"), ("batch", "parabola", "-d", "media")])
def test_no_such_quality(command: tuple[str, ...]):
    result = run(*command, "--quality", "drat")
    assert result.exit_code == 2
    assert result.stderr == ("gdviz: --quality takes draft, standard, high, not 'drat'; did you mean draft?\n")
    assert not list(Path().rglob("*.*"))


def test_no_such_quality_in_python():
    with pytest.raises(gdviz.InputError, match="draft, standard, high, not 'best'"):
        gdviz.render(CURVE, ["film.mp4"], quality="best")
    with pytest.raises(gdviz.InputError, match="draft, standard, high, not 'best'"):
        gdviz.still(CURVE, "film.png", quality="best")
