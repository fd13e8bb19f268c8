"""Which films are current is told from the films themselves, never from files' times."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from films import TINY, decode, leaf_through, picture
from typer.testing import CliRunner

import gdviz.descent.learning_rate
import gdviz.description.resolved
from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.description.resolved import Resolved
from gdviz.errors import InputError
from gdviz.movie.formats import FORMATS
from gdviz.movie.provenance import CONTAINERS, read_stamp
from gdviz.rendering import at_film_rate, render

pytestmark = pytest.mark.xdist_group("batch")  # one process makes the films that its tests share

NAMES = {".png": "pictures/%d.png"}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write two presets, and render them to media/."""
    folder = tmp_path_factory.mktemp("rendered")
    for name in ("sphere", "himmelblau"):
        (folder / f"{name}.toml").write_text(TINY.format(name))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert outcomes("sphere.toml", "himmelblau.toml") == ["rendered", "rendered"]
    return folder


@pytest.fixture
def presets(place: Path, rendered: Path) -> list[str]:
    """Have two presets, and their films in media/."""
    shutil.copytree(rendered, place, dirs_exist_ok=True)
    return ["sphere.toml", "himmelblau.toml"]


def batch(*arguments: str) -> tuple[int, Any]:
    result = CliRunner().invoke(app, ["batch", *arguments, "-d", "media", "--json"])
    return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr


def outcomes(*arguments: str) -> list[str]:
    _, told = batch(*arguments)
    return [each["outcome"] for each in told["results"]]


def check(*arguments: str) -> tuple[int, dict[str, str]]:
    code, told = batch("--check", *arguments)
    return code, {(each["path"] or each["target"]).removeprefix("media/"): each["state"] for each in told["films"]}


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
    broken = film.read_bytes()
    assert check(*presets) == (1, {"sphere.mp4": "blocked", "himmelblau.mp4": "current"})
    assert outcomes(*presets) == ["failed", "current"]
    assert film.read_bytes() == broken  # nobody can tell that it was gdviz's
    assert outcomes(*presets, "--force") == ["rendered", "rendered"]
    assert check(*presets)[0] == 0


def test_a_film_replaced_by_anothers(presets: list[str], place: Path):
    (place / "media/himmelblau.mp4").write_bytes((place / "media/sphere.mp4").read_bytes())
    assert check(*presets) == (1, {"sphere.mp4": "current", "himmelblau.mp4": "stale"})


def test_gdviz_upgraded(presets: list[str], monkeypatch: pytest.MonkeyPatch):
    version = gdviz.description.resolved.RENDERING_VERSION
    monkeypatch.setattr(gdviz.description.resolved, "RENDERING_VERSION", version + 1)
    assert check(*presets) == (1, {"sphere.mp4": "stale", "himmelblau.mp4": "stale"})


def test_nothing_there_yet(place: Path):
    (place / "sphere.toml").write_text(TINY.format("sphere"))
    assert check("sphere.toml") == (1, {"sphere.mp4": "missing"})
    assert not (place / "media").exists()


# What is wrong with one preset

WRONG = {
    "unknown key": lambda path: path.write_text("fuction = 1"),
    "no TOML": lambda path: path.write_text("[["),
    "no text": lambda path: path.write_bytes(b"\xff"),
    "long key": lambda path: path.write_text('x = """a""""\n' + "a." * 100_000 + "b = 1"),
    "a number without end": lambda path: path.write_text("fps = " + "9" * 5_000),
    "missing": lambda path: None,
    "a folder": lambda path: path.mkdir(),
    "a pipe": os.mkfifo,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "no suffix": lambda path: path.write_text('function = "sphere"\noutput = ["film"]\n'),
    "another's film": lambda path: path.write_text(TINY.format("sphere") + 'output = ["himmelblau.mp4"]\n'),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_preset_neither_stops_nor_hides_the_others(presets: list[str], place: Path, kind: str):
    bad = place / "bad.toml"
    WRONG[kind](bad)
    (place / "media/himmelblau.mp4").unlink()
    targets = ("sphere.toml", "himmelblau.toml", "bad.toml")
    assert check(*targets) == (2, {"sphere.mp4": "current", "himmelblau.mp4": "missing", "bad.toml": "wrong"})
    table = CliRunner().invoke(app, ["batch", "--check", *targets, "-d", "media"])
    assert table.exit_code == 2
    assert "1 of 3 failed: bad.toml; 1 of 2 films are missing, stale or blocked" in table.stderr
    assert all(word in table.stdout for word in ("current", "missing", "wrong: "))

    code, told = batch(*targets)
    assert code == 2
    assert [each["outcome"] for each in told["results"]] == ["current", "rendered", "failed"]
    assert told["results"][2]["error"]
    assert (place / "media/himmelblau.mp4").exists()


def test_a_fault_of_gdviz_itself_is_one_targets(
    presets: list[str], place: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
):
    fingerprint = vars(Resolved)["fingerprint"].fget

    def faulty(resolved: Resolved) -> str:
        if resolved.objective.name == "sphere":
            raise KeyError("two\nlines")
        return str(fingerprint(resolved))

    monkeypatch.setattr(Resolved, "fingerprint", property(faulty))
    code, told = batch(*presets)
    assert (code, [each["outcome"] for each in told["results"]]) == (1, ["failed", "current"])
    assert told["results"][0]["error"].startswith("a fault of gdviz itself, KeyError: 'two\\nlines'")
    assert check(*presets) == (1, {"sphere.toml": "failed", "himmelblau.mp4": "current"})
    monkeypatch.setenv("GDVIZ_DEBUG", "1")
    for options in ([], ["--check"]):
        assert "in faulty" in CliRunner().invoke(app, ["batch", *presets, "-d", "media", *options]).stderr


def test_quiet_still_says_why(presets: list[str], place: Path):
    (place / "bad.toml").write_text("fuction = 1")
    for options in (["--quiet"], ["--quiet", "--check"]):
        result = CliRunner().invoke(app, ["batch", "bad.toml", "nothing", "sphere.toml", "-d", "media", *options])
        assert (result.exit_code, result.stdout) == (2, "")
        assert [line.partition(";")[0] for line in result.stderr.splitlines()] == [
            "gdviz: bad.toml:1: 'fuction' is not a key of an animation",
            "gdviz: unknown function 'nothing'",
            "gdviz: 2 of 3 failed: bad.toml, nothing",
        ]


def test_names_that_no_terminal_shows(place: Path):
    names = ["[red]x[red].toml", "two\nlines.toml", os.fsdecode(b"\xff.toml"), "\x1b[31mred.toml"]
    for name in names:
        (place / name).write_text(TINY.format("sphere"))
    for options in (["--check"], []):
        for form in ([], ["--json"]):
            result = CliRunner().invoke(app, ["batch", *names, "-d", "media", *options, *form])
            assert result.exit_code == (1 if options else 0), result.stderr
            assert "\x1b" not in result.stdout
            assert "[red]x[red].toml" in result.stdout


# What lies in a film's place


def test_what_cannot_be_replaced_is_blocked(presets: list[str], place: Path):
    film = place / "media/sphere.mp4"
    film.unlink()
    film.mkdir()
    assert check(*presets) == (1, {"sphere.mp4": "blocked", "himmelblau.mp4": "current"})
    shown = CliRunner().invoke(app, ["batch", "--check", *presets, "-d", "media"])
    assert "it is a folder" in " ".join(shown.stdout.split())
    assert outcomes(*presets) == ["failed", "current"]

    film.rmdir()
    os.mkfifo(film)
    assert check(*presets)[1] == {"sphere.mp4": "blocked", "himmelblau.mp4": "current"}

    film.unlink()
    film.symlink_to(film.name)
    assert check(*presets)[1] == {"sphere.mp4": "blocked", "himmelblau.mp4": "current"}


def test_what_blocks_pictures(presets: list[str], place: Path):
    (place / "media/himmelblau").write_text("a file in a folder's place")
    (place / "media/sphere/0001.png").mkdir(parents=True)
    code, found = check(*presets, "-f", "png", "-f", "mp4")
    assert code == 1
    assert found == {
        "sphere/%04d.png": "blocked",
        "sphere.mp4": "current",
        "himmelblau/%04d.png": "blocked",
        "himmelblau.mp4": "current",
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [("f/%d.png", "f/%01d.png"), ("f/%d.png", "f/%02d.png"), ("a.mp4", "./a.mp4"), ("a.mp4", "a.mp4")],
)
def test_two_targets_for_the_same_files(place: Path, first: str, second: str):
    for name, output in (("one", first), ("two", second)):
        text = TINY.format("sphere").replace("fps = 5", "fps = 30")
        (place / f"{name}.toml").write_text(f'{text}output = ["{output}"]\n')
    assert outcomes("one.toml", "two.toml", "--jobs", "1") == ["rendered", "failed"]
    assert check("one.toml")[0] == 0


def test_what_is_nobodys_film_is_not_replaced(place: Path):
    """A preset may come from a stranger, and name a file of the user's."""
    (place / "media").mkdir()
    (place / "media/thesis.mp4").write_bytes(b"mine")
    (place / "sphere.toml").write_text(TINY.format("sphere") + 'output = ["thesis.mp4"]\n')
    assert outcomes("sphere.toml") == ["failed"]
    assert (place / "media/thesis.mp4").read_bytes() == b"mine"


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
    films_alone = [suffix for suffix, style in FORMATS.items() if not style.is_page]
    paths = [place / NAMES.get(suffix, f"film{suffix}") for suffix in films_alone]
    films = {film.path.suffix: film for film in render(animation, paths, jobs=1)}
    assert set(films) == set(films_alone)
    assert set(FORMATS) <= set(CONTAINERS)
    for suffix, film in films.items():
        files = sorted(place.glob("pictures/*.png")) if suffix == ".png" else [film.path]
        seals = {read_stamp(file) for file in files}
        assert None not in seals
        assert len(seals) == len(files)
        assert suffix == ".png" or seals == {resolve(animation).fingerprint}
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
        assert read_stamp(path) is None, at
    for other in (content[:-1], content + b"\0", content[1:], b"", content[-150:]):
        path.write_bytes(other)
        assert read_stamp(path) is None
    path.write_bytes(content)
    assert read_stamp(path) == resolve(animation).fingerprint


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
        assert re.search(r"sphere\.toml:\d+: output", result.stdout + result.stderr)
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


SMALL = ["--set", "size=[64, 64]", "--set", "fps=5", "--set", "timing={ descent = 0.4, finish = 0 }"]


@pytest.mark.parametrize(
    "command",
    [
        ["render", "x^2 + 3*y^2", *SMALL, "-o", "a.mp4"],
        ["render", "x^2 + 3*y^2", *SMALL, "-o", "a.gif", "-o", "b.webp"],
        ["still", "x^2 + 3*y^2", *SMALL, "-o", "a.png"],
        ["descend", "x^2 + 3*y^2"],
        ["batch", "mine.toml", *SMALL, "-d", "media"],
        ["batch", "mine.toml", *SMALL, "-d", "media", "-f", "gif", "-f", "mp4", "--force"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_learning_rate_is_looked_for_once(command: list[str], place: Path, monkeypatch: pytest.MonkeyPatch):
    searches = []
    search = vars(gdviz.descent.learning_rate)["suggest_learning_rate"]

    def counted(*given: Any) -> float:
        searches.append(given)
        return float(search(*given))

    monkeypatch.setattr(gdviz.descent.learning_rate, "suggest_learning_rate", counted)
    (place / "mine.toml").write_text('function = "x^2 + 3*y^2"\n')
    assert CliRunner().invoke(app, command).exit_code == 0
    assert len(searches) == 1


@pytest.mark.parametrize("names", [["a.gif"], ["a.gif", "a.mp4"], ["a.mp4", "a.gif", "b.gif"]])
def test_a_film_that_its_own_rate_makes_too_long_is_refused(names: list[str], place: Path):
    animation = resolve(Animation.from_data({"function": "sphere", "fps": 45}).lasting(799.9))
    with pytest.raises(InputError, match="a film of 39,995 frames is too long; at most 36,000 are accepted"):
        at_film_rate(animation, names)
    (place / "mine.toml").write_text('function = "sphere"\nfps = 45\ntiming = { descent = 796.9 }\n')
    asked = [part for suffix in sorted({name[2:] for name in names}) for part in ("-f", suffix)]
    code, told = batch("--check", "mine.toml", *asked)
    assert (code, [each["state"] for each in told["films"]]) == (2, ["wrong"])
    assert told["films"][0]["error"] == "a film of 39,995 frames is too long; at most 36,000 are accepted"


@pytest.mark.parametrize("fps", [29.97, 30, 120])
def test_a_film_that_takes_any_rate_keeps_its_animations(fps: float):
    animation = resolve(Animation.from_data({"function": "sphere", "fps": fps}))
    assert at_film_rate(animation, ["a.mp4", "a.webm"]) == animation
    assert at_film_rate(animation, ["a.mp4", "a.gif"]) == animation
    assert at_film_rate(animation, ["a.gif"]).fps == (25 if fps < 31 else 50)
