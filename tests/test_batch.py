"""Which films are current is told from the films themselves, never from files' times."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from films import TINY, decode, leaf_through, picture
from typer.testing import CliRunner

import gdviz.animation
from gdviz.animation import Animation
from gdviz.cli import app
from gdviz.movie.formats import FORMATS
from gdviz.movie.seal import CONTAINERS, read_seal
from gdviz.rendering import render

NAMES = {".png": "pictures/%d.png"}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def presets(place: Path) -> list[str]:
    """Write two presets, and render them to media/."""
    for name in ("sphere", "himmelblau"):
        (place / f"{name}.toml").write_text(TINY.format(name))
    files = ["sphere.toml", "himmelblau.toml"]
    assert outcomes(*files) == ["rendered", "rendered"]
    return files


def batch(*arguments: str) -> tuple[int, object]:
    result = CliRunner().invoke(app, ["batch", *arguments, "-d", "media", "--json"])
    return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr


def outcomes(*arguments: str) -> list[str]:
    _, told = batch(*arguments)
    return [each["outcome"] for each in told["results"]]


def check(*arguments: str) -> tuple[int, dict[str, str]]:
    code, told = batch("--check", *arguments)
    return code, {each["path"].removeprefix("media/"): each["state"] for each in told["films"]}


def test_what_is_current_is_skipped_unless_forced(presets: list[str], place: Path):
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (place / "media").iterdir()}
    assert set(before) == {"sphere.mp4", "himmelblau.mp4"}
    assert outcomes(*presets) == ["current", "current"]
    assert before == {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (place / "media").iterdir()}
    assert outcomes(*presets, "--force") == ["rendered", "rendered"]
    assert {name: content for name, (content, _) in before.items()} == {
        path.name: path.read_bytes() for path in (place / "media").iterdir()
    }
    assert batch(*presets, "--force", "--check")[0] == 2


def test_the_table_says_what_was_current(presets: list[str]):
    result = CliRunner().invoke(app, ["batch", *presets, "-d", "media"])
    assert result.exit_code == 0
    assert result.stdout.count("current") == 2


def test_untouched_and_a_fresh_checkout(presets: list[str], place: Path):
    for path in place.rglob("*"):
        os.utime(path, (1, 1) if path.suffix == ".mp4" else None)
    assert check(*presets) == (0, {"sphere.mp4": "current", "himmelblau.mp4": "current"})


def test_a_preset_edited(presets: list[str], place: Path):
    (place / "sphere.toml").write_text(TINY.format("sphere") + "tolerance = 0.5\n")
    assert check(*presets) == (1, {"sphere.mp4": "stale", "himmelblau.mp4": "current"})
    assert outcomes(*presets) == ["rendered", "current"]
    assert check(*presets)[0] == 0


def test_an_edit_that_changes_no_picture(presets: list[str], place: Path):
    lines = TINY.format("Sphere").splitlines()
    spelt = "\n".join(["# a comment", *reversed(lines), 'description = "as before"', "max_iterations = 1_000", "seed"])
    (place / "sphere.toml").write_text(spelt.removesuffix("seed").replace("fps = 5", "fps = 5.0"))
    assert check(*presets)[0] == 0


def test_a_film_deleted(presets: list[str], place: Path):
    (place / "media/sphere.mp4").unlink()
    assert check(*presets) == (1, {"sphere.mp4": "missing", "himmelblau.mp4": "current"})


@pytest.mark.parametrize("left", [0, 100, -1, -200])
def test_a_film_truncated(presets: list[str], place: Path, left: int):
    film = place / "media/sphere.mp4"
    film.write_bytes(film.read_bytes()[:left])
    assert check(*presets) == (1, {"sphere.mp4": "stale", "himmelblau.mp4": "current"})
    assert outcomes(*presets) == ["rendered", "current"]


def test_a_film_replaced_by_anothers(presets: list[str], place: Path):
    (place / "media/himmelblau.mp4").write_bytes((place / "media/sphere.mp4").read_bytes())
    assert check(*presets) == (1, {"sphere.mp4": "current", "himmelblau.mp4": "stale"})


def test_gdviz_upgraded(presets: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gdviz.animation, "RENDERING", gdviz.animation.RENDERING + 1)
    assert check(*presets) == (1, {"sphere.mp4": "stale", "himmelblau.mp4": "stale"})


def test_orphans_are_gdvizs_own(presets: list[str], place: Path):
    (place / "media/holiday.mp4").write_bytes(b"somebody else's")
    (place / "media/notes.txt").write_text("notes")
    assert check(presets[0]) == (1, {"sphere.mp4": "current", "himmelblau.mp4": "orphaned"})
    assert check(*presets)[0] == 0


def test_nothing_there_yet(place: Path):
    (place / "sphere.toml").write_text(TINY.format("sphere"))
    assert check("sphere.toml") == (1, {"sphere.mp4": "missing"})
    assert not (place / "media").exists()


def test_a_broken_preset_is_wrong_input(presets: list[str], place: Path):
    (place / "sphere.toml").write_text("fuction = 1")
    code, complaint = batch("--check", *presets)
    assert code == 2
    assert "sphere.toml" in complaint


def test_two_targets_for_one_film(presets: list[str], place: Path):
    (place / "other").mkdir()
    (place / "other/sphere.toml").write_text(TINY.format("ackley"))
    assert outcomes("sphere.toml", "other/sphere.toml") == ["current", "failed"]
    assert check("sphere.toml", "himmelblau.toml")[0] == 0


# Seals


def test_every_format_carries_its_fingerprint_and_still_plays(place: Path):
    animation = Animation.from_data(
        {
            "function": "sphere",
            "size": [64, 64],
            "starts": {"grid": 2},
            "timing": {"descent": 0.1, "finish": 0},
            "fps": 5,
        }
    )
    paths = [place / NAMES.get(suffix, f"film{suffix}") for suffix in FORMATS]
    films = {film.path.suffix: film for film in render(animation, paths, jobs=1)}
    assert set(films) == set(FORMATS) <= set(CONTAINERS)
    for suffix, film in films.items():
        files = sorted(place.glob("pictures/*.png")) if suffix == ".png" else [film.path]
        seals = {read_seal(file) for file in files}
        assert None not in seals
        assert len(seals) == len(files)
        assert suffix == ".png" or seals == {animation.fingerprint()}
        for file in files:
            if suffix in (".gif", ".webp", ".apng"):
                assert len(leaf_through(file).frames) == film.frames
            elif suffix == ".png":
                assert np.asarray(picture(file)).shape == (64, 64, 3)
            else:
                assert len(decode(file).frames) == film.frames


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mov", ".gif", ".webp", ".apng"])
def test_a_changed_byte_breaks_the_seal(place: Path, suffix: str):
    animation = Animation.from_data(
        {"function": "sphere", "size": [64, 64], "fps": 25, "timing": {"approach": 0.1, "descent": 0, "finish": 0}}
    )
    path = place / f"film{suffix}"
    render(animation, [path], jobs=1)
    content = path.read_bytes()
    for at in (0, 5, len(content) // 2, -1, -20, -100, -150):
        changed = bytearray(content)
        changed[at] ^= 1
        path.write_bytes(changed)
        assert read_seal(path) is None, at
    for changed in (content[:-1], content + b"\0", content[1:], b"", content[-150:]):
        path.write_bytes(changed)
        assert read_seal(path) is None
    path.write_bytes(content)
    assert read_seal(path) == animation.fingerprint()


# Where films may go


def test_a_description_may_name_its_films(place: Path):
    (place / "sphere.toml").write_text(TINY.format("sphere") + 'output = ["a.gif", "sub/b.mp4", "sub/c/%d.png"]\n')
    assert outcomes("sphere.toml") == ["rendered"]
    assert check("sphere.toml") == (0, {"a.gif": "current", "sub/b.mp4": "current", "sub/c/%d.png": "current"})
    (place / "media/sub/c/1.png").unlink()
    assert check("sphere.toml") == (1, {"a.gif": "current", "sub/b.mp4": "current", "sub/c/%d.png": "stale"})
    assert CliRunner().invoke(app, ["render", "sphere.toml", "--quiet"]).exit_code == 0
    assert (place / "sub/b.mp4").read_bytes() == (place / "media/sub/b.mp4").read_bytes()


@pytest.mark.parametrize("name", ["/tmp/film.mp4", "../film.mp4", "a/../../film.mp4", "", ".", "a\\u0000.mp4"])
def test_a_description_names_no_place_outside(place: Path, name: str):
    (place / "sphere.toml").write_text(TINY.format("sphere") + f'output = ["{name}"]\n')
    for command in (["render", "sphere.toml"], ["batch", "sphere.toml", "-d", "media"]):
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 2
        assert "sphere.toml: output" in result.stdout + result.stderr
    assert [path.name for path in place.rglob("*") if path.is_file()] == ["sphere.toml"]


def test_no_link_leads_out_of_the_folder(place: Path, tmp_path_factory: pytest.TempPathFactory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (place / "media").mkdir()
    (place / "media/link").symlink_to(elsewhere)
    (place / "sphere.toml").write_text(TINY.format("sphere") + 'output = ["link/film.mp4"]\n')
    assert outcomes("sphere.toml") == ["failed"]
    assert not list(elsewhere.iterdir())


def test_pictures_of_a_batch_have_a_folder_each(presets: list[str], place: Path):
    assert outcomes("sphere.toml", "-f", "png") == ["rendered"]
    assert len(list((place / "media/sphere").glob("*.png"))) > 1
    assert check("sphere.toml", "-f", "png")[1]["sphere/%04d.png"] == "current"
    assert check(*presets)[1] == {"sphere.mp4": "current", "himmelblau.mp4": "current", "sphere": "orphaned"}
