"""What gdviz made and no preset asks for any more: what is found, what is removed, and what never is."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from films import TINY
from processes import Running
from typer.testing import CliRunner

from gdviz.cli.commands import app

pytestmark = pytest.mark.xdist_group("leftovers")  # one process makes the films that its tests share

OTHERS = ("himmelblau.mp4", ".hidden.mp4", "old/deep/er.gif", ".thumbs/small.webp")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make some films and pictures, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    for name, preset, formats in (
        ("sphere", TINY.format("sphere"), ["mp4", "png"]),
        ("longer", TINY.format("sphere").replace("0.4", "1.4"), ["png"]),
        ("himmelblau", TINY.format("himmelblau"), ["mp4", "gif", "webp", "png"]),
    ):
        (folder / f"{name}.toml").write_text(preset)
        assert run(folder, str(folder / f"{name}.toml"), *(f"--format={each}" for each in formats))[0] == 0
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two presets and the film of one of them."""
    monkeypatch.chdir(tmp_path)
    for name in ("sphere.toml", "himmelblau.toml"):
        shutil.copy(made / name, tmp_path)
    put(made / "media/sphere.mp4", "media/sphere.mp4")
    return tmp_path


def run(folder: Path, *arguments: str) -> tuple[int, dict[str, list[Any]], str]:
    result = CliRunner().invoke(app, ["batch", *arguments, "-d", os.path.relpath(folder / "media"), "--json"])
    return result.exit_code, json.loads(result.stdout), result.stderr


def put(film: Path, path: str) -> Path:
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(film, target)
    return target


def orphans(*arguments: str) -> set[str]:
    _, told, _ = run(Path(), "--check", *(arguments or ("sphere.toml",)))
    return {file for each in told["films"] if each["state"] == "orphaned" for file in each["files"]}


def everything() -> set[str]:
    return {str(path) for path in Path().rglob("*") if not path.is_dir()}


def test_orphans_are_listed_and_fail_only_a_check_that_asks_for_them(place: Path, made: Path):
    films = {str(put(made / f"media/himmelblau{Path(name).suffix}", f"media/{name}")) for name in OTHERS}
    before = everything()
    assert orphans() == films
    assert run(place, "--check", "sphere.toml")[0] == 0
    code, _, stderr = run(place, "--check", "--prune", "sphere.toml")
    assert code == 1
    assert "4 orphaned" in stderr
    table = CliRunner().invoke(app, ["batch", "--check", "sphere.toml", "-d", "media"])
    assert table.exit_code == 0
    assert table.stdout.count("orphaned") == 4
    assert everything() == before


def test_films_of_presets_that_are_not_named_are_removed_only_when_asked(place: Path, made: Path):
    put(made / "media/himmelblau.mp4", "media/himmelblau.mp4")
    assert run(place, "sphere.toml")[:1] == (0,)
    assert Path("media/himmelblau.mp4").exists()
    assert run(place, "--check", "--prune", "sphere.toml", "himmelblau.toml")[0] == 0
    code, told, _ = run(place, "--prune", "sphere.toml")
    assert (code, told["removed"]) == (0, ["media/himmelblau.mp4"])
    assert everything() == {"sphere.toml", "himmelblau.toml", "media/sphere.mp4"}
    assert run(place, "--check", "--prune", "sphere.toml")[0] == 0


def test_what_is_removed_is_listed_with_the_folders_that_are_empty_then(place: Path, made: Path):
    films = {str(put(made / f"media/himmelblau{Path(name).suffix}", f"media/{name}")) for name in OTHERS}
    put(made / "himmelblau.toml", "media/.thumbs/notes.txt")
    result = CliRunner().invoke(app, ["batch", "--prune", "sphere.toml", "-d", "media"])
    assert result.exit_code == 0
    listed = {line.removeprefix("removed ") for line in result.stdout.splitlines() if line.startswith("removed ")}
    assert listed == {*films, "media/old", "media/old/deep"}
    assert sorted(path.name for path in Path("media").iterdir()) == [".thumbs", "sphere.mp4"]


def test_pictures_beyond_a_films_end(place: Path, made: Path):
    shutil.copytree(made / "media/longer", "media/sphere")
    for picture in (made / "media/sphere").iterdir():
        shutil.copy(picture, "media/sphere")
    many, few = (sorted(path.name for path in (made / "media" / name).iterdir()) for name in ("longer", "sphere"))
    assert len(many) > len(few)
    surplus = {f"media/sphere/{name}" for name in set(many) - set(few)}
    Path("media/sphere/9999.png").write_bytes(b"somebody's")
    arguments = ("sphere.toml", "-f", "png", "-f", "mp4")
    _, told, _ = run(place, "--check", *arguments)
    assert [(each["path"], each["state"]) for each in told["films"]] == [
        ("media/sphere/%04d.png", "current"),
        ("media/sphere.mp4", "current"),
        ("media/sphere", "orphaned"),
    ]
    assert (
        f"({len(surplus)} pictures)" in CliRunner().invoke(app, ["batch", "--check", *arguments, "-d", "media"]).stdout
    )
    assert orphans(*arguments) == surplus
    assert set(run(place, "--prune", *arguments)[1]["removed"]) == surplus
    assert sorted(path.name for path in Path("media/sphere").iterdir()) == [*few, "9999.png"]
    assert run(place, "--check", "--prune", *arguments)[0] == 0


def test_a_folder_of_pictures_goes_as_a_whole(place: Path, made: Path):
    shutil.copytree(made / "media/longer", "media/longer")
    _, told, _ = run(place, "--check", "sphere.toml")
    assert [(each["path"], len(each["files"])) for each in told["films"]][1:] == [
        ("media/longer", len(list((made / "media/longer").iterdir())))
    ]
    assert run(place, "--prune", "sphere.toml")[1]["removed"][-1] == "media/longer"
    assert everything() == {"sphere.toml", "himmelblau.toml", "media/sphere.mp4"}


def test_what_gdviz_did_not_make_is_never_removed(place: Path, made: Path):
    film = made / "media/himmelblau.mp4"
    Path("media/holiday.mp4").write_bytes(b"somebody's")
    Path("media/edited.mp4").write_bytes(film.read_bytes() + b"\0")
    Path("media/copy.txt").write_bytes(film.read_bytes())
    Path("media/other.gif").write_bytes(film.read_bytes())
    assert CliRunner().invoke(app, ["still", "sphere.toml", "-o", "media/still.png"]).exit_code == 0
    assert CliRunner().invoke(app, ["formula", "sphere", "-o", "media/formula.png"]).exit_code == 0
    put(film, "media/.git/annex/objects/film.mp4")
    put(film, "media/.film.mp4.gdviz/film.mp4")
    os.mkfifo("media/pipe.mp4")
    before = everything()
    assert orphans() == set()
    code, told, _ = run(place, "--prune", "sphere.toml")
    assert (code, told["removed"]) == (0, [])
    assert everything() == before


def test_links_are_neither_followed_nor_removed(place: Path, made: Path, tmp_path_factory: pytest.TempPathFactory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.copy(made / "media/himmelblau.mp4", elsewhere)
    Path("media/there").symlink_to(elsewhere)
    Path("media/film.mp4").symlink_to(elsewhere / "himmelblau.mp4")
    Path("media/round").symlink_to(".")
    before = everything()
    assert orphans() == set()
    run(place, "--prune", "sphere.toml")
    assert everything() == before
    assert (elsewhere / "himmelblau.mp4").exists()


def test_a_film_that_is_asked_for_through_links_is_no_orphan(place: Path):
    Path("store").mkdir()
    Path("media/sphere.mp4").rename("media/real.mp4")
    Path("media/sphere.mp4").symlink_to("real.mp4")
    Path("media").rename("store/media")
    Path("media").symlink_to("store/media")
    assert run(place, "--check", "--prune", "sphere.toml")[0] == 0
    run(place, "--prune", "sphere.toml")
    assert Path("store/media/real.mp4").exists()


def test_nothing_is_removed_while_a_preset_is_wrong(place: Path, made: Path):
    put(made / "media/himmelblau.mp4", "media/himmelblau.mp4")
    Path("himmelblau.toml").write_text("function = 3")
    assert orphans("sphere.toml", "himmelblau.toml") == set()
    code, told, stderr = run(place, "--prune", "sphere.toml", "himmelblau.toml")
    assert (code, told["removed"]) == (2, [])
    assert "nothing was pruned" in stderr
    assert Path("media/himmelblau.mp4").exists()


def test_what_cannot_be_read_is_said_and_passed_over(place: Path, made: Path):
    """A path may be too long to be used, though each folder could be made from the one above."""
    put(made / "media/himmelblau.mp4", "media/himmelblau.mp4")
    home = Path.cwd()
    os.chdir("media")
    for _ in range(18):
        Path("d" * 250).mkdir()
        os.chdir("d" * 250)
    os.chdir(home)
    code, told, _ = run(place, "--check", "sphere.toml")
    assert code == 0
    assert sorted(each["state"] for each in told["films"]) == ["current", "orphaned", "unreadable"]
    assert next(each["error"] for each in told["films"] if each["state"] == "unreadable").startswith(
        "File name too long"
    )
    assert run(place, "--prune", "sphere.toml")[1]["removed"] == ["media/himmelblau.mp4"]


def test_a_film_that_another_gdviz_is_making_is_not_removed(place: Path, made: Path):
    """Its film before is there, stamped, and not asked for here."""
    shutil.copytree(made / "media/himmelblau", "media/pictures")
    put(made / "media/himmelblau.mp4", "media/film.mp4")
    slow = ["--size", "640x360", "--fps", "60", "--seconds", "60", "--grid", "60", "--jobs", "1", "--quiet"]
    work = Running(place, "render", "himmelblau", *slow, "-o", "media/film.mp4", "-o", "media/pictures/%04d.png")
    try:
        folders = [Path("media/.film.mp4.gdviz"), Path("media/.pictures.%04d.png.gdviz")]
        work.wait_for(lambda: all((folder / "lock").exists() for folder in folders))
        assert orphans() == set()
        assert run(place, "--prune", "sphere.toml")[1]["removed"] == []
        assert Path("media/film.mp4").exists()
    finally:
        work.interrupt(signal.SIGKILL)
    assert len(orphans()) == 1 + len(list((made / "media/himmelblau").iterdir()))
