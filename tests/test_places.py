"""Where films may be put, and what is there: nothing that gdviz did not make is followed, waited for or lost."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from films import decode, picture
from processes import Running, run
from typer.testing import CliRunner, Result

import gdviz.movie.numbered
import gdviz.runtime.files
from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.errors import EncodeError, InputError
from gdviz.rendering import render, still
from gdviz.runtime.work_folder import WorkFolder, claimed

# A curve, which needs no OpenGL and takes no time.
FILM = {
    "function": "x^2",
    "size": [64, 64],
    "fps": 10,
    "timing": {"approach": 0, "hold": 0, "descent": 0.3, "finish": 0},
}
TOML = 'function = "x^2"\nsize = [64, 64]\nfps = 10\ntiming = { approach = 0, hold = 0, descent = 0.3, finish = 0 }\n'
FILM = tomllib.loads(TOML)
FRAMES = 3
PRECIOUS = b"somebody's own"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.toml").write_text(TOML)
    return tmp_path


@pytest.fixture(scope="module")
def film() -> Animation:
    return Animation.from_data(FILM)


@pytest.fixture(scope="module")
def longer(film: Animation) -> Animation:
    return film.lasting(0.6)


def gdviz_(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


def snapshot(folder: Path) -> dict[str, object]:
    """Return what everything below a folder is: a link's target, a file's bytes, a kind otherwise."""

    def of(path: Path) -> object:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return "link", str(path.readlink())
        return path.read_bytes() if stat.S_ISREG(mode) else stat.S_IFMT(mode)

    return {str(path.relative_to(folder)): of(path) for path in sorted(folder.rglob("*"))}


def made(path: Path, kind: str) -> None:
    """Put something at a path."""
    if kind == "FIFO":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(path))
    elif kind == "folder":
        (path / "inside").mkdir(parents=True)
    elif kind == "device":
        path.symlink_to("/dev/null")
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "dangling link":
        path.symlink_to("nothing/at all")
    elif kind == "file":
        path.write_bytes(PRECIOUS)


# Work folders


VICTIM = ("notes.txt", "part-h264-000000.mp4", "lock", "sub/deep.txt")


def victim(folder: Path) -> None:
    for name in VICTIM:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(PRECIOUS)


@pytest.mark.parametrize(
    "command", [["render", "x.toml", "-o", "film.mp4"], ["batch", "film.toml", "-d", ".", "--json"]]
)
@pytest.mark.parametrize("kind", ["link", "folder of files", "empty folder", "file", "FIFO", "socket", "loop"])
def test_a_work_folder_that_gdviz_did_not_make_is_left_alone(place: Path, command: list[str], kind: str):
    shutil.copy(place / "x.toml", place / "film.toml")
    work = place / ".film.mp4.gdviz"
    victim(place / "victim")
    if kind == "link":
        work.symlink_to("victim")
    elif kind == "folder of files":
        victim(work)
    elif kind == "empty folder":
        work.mkdir()
    else:
        made(work, kind)
    before = snapshot(place)
    result = gdviz_(*command)
    assert result.exit_code == 2
    assert ".film.mp4.gdviz is in the way, and gdviz did not make it" in result.stdout + result.stderr
    assert snapshot(place) == before


@pytest.fixture
def unfinished(place: Path, film: Animation, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the work folder of a film whose parts are finished, left because ffmpeg failed then."""
    with monkeypatch.context() as broken:
        script = place / "ffmpeg"
        script.write_text(f'#!/bin/sh\ncase "$*" in *concat*) exit 3;; esac\nexec {real_ffmpeg()} "$@"\n')
        script.chmod(0o755)
        broken.setenv("IMAGEIO_FFMPEG_EXE", str(script))
        with pytest.raises(EncodeError):
            render(film, ["film.mp4"], jobs=1)
        script.unlink()
    work = place / ".film.mp4.gdviz"
    assert (work / "part-h264-000000.mp4.whole").exists()
    return work


def real_ffmpeg() -> str:
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.mark.parametrize("kind", ["FIFO", "folder", "dangling link", "loop", "device", "socket"])
@pytest.mark.parametrize(
    "name", ["part-h264-000000.mp4", "part-h264-000000.mp4.whole", "film.mp4", "parts.txt", "lock", "pictures"]
)
def test_what_has_a_known_name_in_a_work_folder_and_is_no_file_is_left_alone(
    unfinished: Path, film: Animation, name: str, kind: str
):
    if name == "pictures" and kind == "folder":
        pytest.skip("that is what belongs there")
    (unfinished / name).unlink(missing_ok=True)
    made(unfinished / name, kind)
    before = snapshot(unfinished.parent)
    with pytest.raises(InputError, match="is in the way, and gdviz did not make it"):
        render(film, ["film.mp4"], jobs=1)
    assert snapshot(unfinished.parent) == before


def test_what_is_not_gdvizs_in_a_work_folder_stays_and_disturbs_nothing(unfinished: Path, film: Animation):
    foreign = {"holiday.jpg": PRECIOUS, "part.mp4": PRECIOUS, "sub/part-h264-000000.mp4": PRECIOUS}
    (unfinished / "sub").mkdir()
    for name, content in foreign.items():
        (unfinished / name).write_bytes(content)
    os.mkfifo(unfinished / "pipe")
    (unfinished / "away").symlink_to(unfinished.parent)
    for _ in range(2):
        render(film, ["film.mp4"], jobs=1)
        assert len(decode(Path("film.mp4")).frames) == FRAMES
        left = {path.name for path in unfinished.iterdir()}
        assert left == {"holiday.jpg", "part.mp4", "sub", "pipe", "away", "lock"}
        assert all((unfinished / name).read_bytes() == content for name, content in foreign.items())


def test_a_finished_part_that_is_another_name_of_a_file_is_not_written_through(unfinished: Path, longer: Animation):
    part, precious = unfinished / "part-h264-000000.mp4", unfinished.parent / "precious.mp4"
    precious.write_bytes(PRECIOUS)
    for name in (part, unfinished / "part-h264-000000.mp4.whole", unfinished / "parts.txt", unfinished / "film.mp4"):
        name.unlink(missing_ok=True)
        os.link(precious, name)
    render(longer, ["film.mp4"], jobs=1)
    assert precious.read_bytes() == PRECIOUS
    assert not unfinished.exists()


def test_a_render_that_is_refused_costs_no_finished_work(unfinished: Path, film: Animation):
    before = snapshot(unfinished.parent)
    result = gdviz_("render", "log(-1-x^2)", "-o", "film.mp4")
    assert (result.exit_code, "no finite value" in result.stderr) == (2, True)
    assert snapshot(unfinished.parent) == before


def test_one_signal_ends_it_whatever_stands_in_its_way(place: Path):
    """A FIFO that is waited for, and a signal that is then not heard, is the kind of fault meant here."""
    os.mkfifo(place / ".film.mp4.gdviz")
    os.mkfifo(place / "pipe.mp4")
    for name in ("film.mp4", "pipe.mp4"):
        assert run(place, "render", "x.toml", "-o", name).code == 2
    running = Running(place, "render", "x.toml", "-o", "other.mp4", "--seconds", "60")
    running.wait_for((place / ".other.mp4.gdviz").exists)
    assert running.interrupt(signal.SIGTERM).code == 143


def test_a_file_system_that_cannot_sync_folders(place: Path, film: Animation, monkeypatch: pytest.MonkeyPatch):
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    render(film, ["film.mp4", "p/%d.png"], jobs=1)
    still(film, "film.png", 0)
    assert len(decode(place / "film.mp4").frames) == FRAMES


def test_a_disk_that_loses_what_it_is_given_is_no_success(
    place: Path, film: Animation, monkeypatch: pytest.MonkeyPatch
):
    def fsync(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    (place / "film.mp4").write_bytes(PRECIOUS)
    monkeypatch.setattr(os, "fsync", fsync)
    result = gdviz_("render", "x.toml", "-o", "film.mp4", "--jobs", "1", "-y")
    assert result.exit_code == 1
    assert "Input/output error (" in result.stderr
    assert ".film.mp4.gdviz" in result.stderr
    assert (place / "film.mp4").read_bytes() == PRECIOUS


def test_locks_that_a_file_system_lacks_are_done_without(place: Path, monkeypatch: pytest.MonkeyPatch):
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", flock)
    with claimed(place / ".film.mp4.gdviz", "key", Path("film.mp4")) as folder:
        assert isinstance(folder, WorkFolder)
    assert not (place / ".film.mp4.gdviz").exists()


# Films and pictures


WRITERS: dict[str, Callable[[str], list[str]]] = {
    "film.mp4": lambda name: ["render", "x.toml", "-o", name],
    "still.png": lambda name: ["still", "x.toml", "-o", name],
    "formula.png": lambda name: ["formula", "x^2", "-o", name],
    "formula.svg": lambda name: ["formula", "x^2", "-o", name],
    "paths.csv": lambda name: ["descend", "x^2", "-o", name],
    "paths.npz": lambda name: ["descend", "x^2", "-o", name],
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("kind", ["FIFO", "socket", "folder", "device", "loop", "dangling link"])
def test_what_is_no_file_is_refused_before_drawing(place: Path, name: str, kind: str):
    made(place / name, kind)
    before = snapshot(place)
    result = gdviz_(*WRITERS[name](name))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"gdviz: cannot write {name}: ")
    assert result.stderr.count("\n") == 1
    assert snapshot(place) == before


@pytest.mark.parametrize("name", WRITERS)
def test_a_link_is_written_through_and_a_mode_kept(place: Path, name: str):
    (place / "store").mkdir()
    stored = place / "store" / f"old{Path(name).suffix}"
    stored.write_bytes(PRECIOUS)
    stored.chmod(0o664)
    (place / "between").symlink_to(stored)
    (place / name).symlink_to("between")
    assert gdviz_(*WRITERS[name](name), "--force").exit_code == 0
    assert (place / name).readlink() == Path("between")
    assert stored.read_bytes() != PRECIOUS
    assert stat.S_IMODE(stored.stat().st_mode) == 0o664
    assert [path.name for path in (place / "store").iterdir()] == [stored.name]


@pytest.mark.parametrize("name", WRITERS)
def test_a_link_to_nothing_makes_the_file_where_it_leads(place: Path, name: str):
    (place / "store").mkdir()
    (place / name).symlink_to(f"store/{name}")
    assert gdviz_(*WRITERS[name](name), "--force").exit_code == 0
    assert (place / name).is_symlink()
    assert (place / "store" / name).stat().st_size > 0
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((place / "store" / name).stat().st_mode) == 0o666 & ~mask


def test_an_owner_is_kept(place: Path, film: Animation):
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    (place / "film.mp4").write_bytes(PRECIOUS)
    os.chown(place / "film.mp4", 1234, 1234)
    render(film, ["film.mp4"], jobs=1)
    assert (place / "film.mp4").stat().st_uid == 1234


LINUX_NAMES = [
    b"\xff.mp4",
    b"ordner-\xfc/film.mp4",
    b"new\nline.mp4",
    b"tab\tand \x1b[31m.mp4",
    "ünï 电影.mp4".encode(),
    b"'\"\\ %d $(x) `y`.mp4",
    b"-o.mp4",
    b"a:b|c.mp4",
    b"x" * 251 + b".mp4",
    b"\xff\n'%d.png",
    b"ordner-\xfc\n/%d.png",
    b"y" * 249 + b"%d.png",
]


@pytest.mark.parametrize("name", LINUX_NAMES)
def test_any_name_that_linux_allows(place: Path, film: Animation, name: bytes):
    path = Path(os.fsdecode(name))
    path.parent.mkdir(exist_ok=True)
    (made_,) = render(film, [path], jobs=1)
    assert made_.path == path
    if path.suffix == ".mp4":
        assert len(decode(path.absolute()).frames) == FRAMES
        assert {path.name} == {each.name for each in path.parent.iterdir()} - {"x.toml"}
    else:
        names = {path.name.replace("%d", str(number)) for number in range(FRAMES)}
        assert names == {each.name for each in path.parent.iterdir()} - {"x.toml"}


def test_what_is_said_of_such_a_name_is_one_line_and_exact(place: Path):
    for name in (os.fsdecode(b"\xff\n.mp4"), "\x1b[31m.mp4"):
        ended = subprocess.run(
            [sys.executable, "-m", "gdviz", "render", "x.toml", "--json", "-o", name], capture_output=True, check=True
        )
        assert json.loads(ended.stdout)["films"][0]["path"] == name
        told = gdviz_("render", "x.toml", "-q", "-o", f"missing/{name}").stderr
        assert told.count("\n") == 1
        assert "\x1b" not in told
        assert gdviz_("render", f"{name}.toml").stderr.count("\n") == 1
        table = gdviz_("batch", f"{name}.toml", "-d", "media")
        assert (table.exit_code, table.stderr.count("\n")) == (2, 1)
        assert "\x1b" not in table.stdout + table.stderr
    for path in place.glob("*.mp4"):
        path.unlink()
    assert [path.name for path in place.iterdir()] == ["x.toml"]


@pytest.mark.parametrize(
    "name", ["x" * 252 + ".mp4", "x" * 250 + "%d.png", "x" * 248 + "%05d.png", "y" * 300 + "/%d.png", "a\0b.mp4"]
)
def test_a_name_that_no_file_can_have_is_refused_before_drawing(place: Path, longer: Animation, name: str):
    with pytest.raises(InputError, match="cannot write"):
        render(longer.lasting(2.0), [name], progress=lambda _: pytest.fail("work was done"))
    assert [path.name for path in place.iterdir()] == ["x.toml"]


# Which films are in one place


@pytest.mark.parametrize(
    "outputs",
    [
        ["film.mp4", "film.mp4"],
        ["film.mp4", "./sub/../film.mp4"],
        ["film.mp4", "link.mp4"],
        ["film.mp4", "sublink/../film.mp4"],
        ["f/%d.png", "f/%01d.png"],
        ["sub/%d.png", "sublink/%01d.png"],
        ["f/%d.png", "f/%02d.png"],
    ],
)
def test_the_same_files_twice_are_refused(place: Path, film: Animation, outputs: list[str]):
    (place / "link.mp4").symlink_to("film.mp4")
    (place / "sub").mkdir()
    (place / "sublink").symlink_to("sub")
    before = snapshot(place)
    with pytest.raises(InputError, match="twice"):
        render(film.lasting(1.1), outputs, progress=lambda _: pytest.fail("work was done"))
    assert snapshot(place) == before


@pytest.mark.parametrize("inside", ["film.webm", "%d.png", "new/%d.png"])
def test_no_output_lies_in_the_work_folder_of_another(place: Path, film: Animation, unfinished: Path, inside: str):
    before = snapshot(place)
    with pytest.raises(InputError, match="gdviz makes a film in that folder"):
        render(film, ["film.mp4", f"{unfinished.name}/{inside}"])
    assert snapshot(place) == before


def test_under_a_default_name_no_other_film_is_replaced(place: Path):
    tiny = ("--size", "64x64", "--fps", "5", "--seconds", "0.4")
    assert gdviz_("render", "parabola", *tiny).exit_code == 0
    first = (place / "parabola.mp4").read_bytes()
    assert gdviz_("render", "parabola", *tiny).exit_code == 0  # the same one
    refused = gdviz_("render", "parabola", *tiny, "--lr", "0.3")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("gdviz: parabola.mp4 exists, and is not this film; add --force")
    assert (place / "parabola.mp4").read_bytes() == first
    assert gdviz_("render", "parabola", *tiny, "--lr", "0.3", "-o", "parabola.mp4").exit_code == 0  # the user's wish
    assert (place / "parabola.mp4").read_bytes() != first
    assert gdviz_("render", "parabola", *tiny, "--force").exit_code == 0
    assert (place / "parabola.mp4").read_bytes() == first


@pytest.mark.parametrize("command", [["render", "x.toml"], ["still", "x.toml"], ["formula", "parabola"]])
def test_under_a_default_name_nothing_of_the_users_is_replaced(place: Path, command: list[str]):
    name = {"render": "x.mp4", "still": "x.png", "formula": "parabola.png"}[command[0]]
    (place / name).write_bytes(PRECIOUS)
    result = gdviz_(*command)
    assert result.exit_code == 2
    assert "add --force (-y) to replace it, or name another file with --output" in result.stderr
    assert (place / name).read_bytes() == PRECIOUS
    for _ in range(2):
        assert gdviz_(*command, "--force").exit_code == 0
    assert gdviz_(*command).exit_code == 0
    (place / name).unlink()
    (place / name).symlink_to("/tmp/elsewhere.png")
    assert gdviz_(*command).exit_code == 2  # somebody may have put that link there


def test_a_still_does_not_replace_a_formula_nor_an_edited_still(place: Path):
    assert gdviz_("formula", "parabola").exit_code == 0
    tiny = ("--size", "64x64")
    assert gdviz_("still", "parabola", *tiny).exit_code == 2
    assert gdviz_("still", "parabola", *tiny, "--force").exit_code == 0
    assert gdviz_("still", "parabola", *tiny, "--at", "0.2").exit_code == 0  # another moment is no loss
    edited = bytearray((place / "parabola.png").read_bytes())
    edited[60] ^= 1
    (place / "parabola.png").write_bytes(edited)
    assert gdviz_("still", "parabola", *tiny).exit_code == 2


def test_a_films_name_in_a_description_is_a_default_name(place: Path):
    (place / "x.toml").write_text(f'{TOML}output = ["thesis.mp4"]\n')
    (place / "thesis.mp4").write_bytes(PRECIOUS)
    assert gdviz_("render", "x.toml").exit_code == 2
    assert (place / "thesis.mp4").read_bytes() == PRECIOUS


# Exit code 2: nothing was written


@pytest.mark.parametrize(
    ("toml", "flags"),
    [
        ('output = ["a1/b/c/x.txt"]', []),
        ('output = ["a1/x.mp4"]', ["--jobs", "0"]),
        ('output = ["a1/x.mp4", "a1/x.mp4"]', []),
        ('output = ["a1/x.mp4"]\nextent = [-3, -1]', ["--set", "function=log(x)"]),
        ('output = ["a1/x.mp4", "x.toml/y.mp4"]', []),
        ('output = ["a1/%d.png"]', ["--set", "starts.points=[[9]]", "--set", "function=log(4-x^2)"]),
        ('output = ["a1/x.mp4"]', ["--fps", "1000"]),
        ('output = ["a1/x.mp4"]', ["--view", "surface"]),
    ],
)
def test_wrong_input_makes_no_folder(place: Path, toml: str, flags: list[str]):
    (place / "x.toml").write_text(TOML + toml)
    before = snapshot(place)
    assert gdviz_("render", "x.toml", *flags).exit_code == 2
    assert snapshot(place) == before
    if ("--set" in flags or not flags) and "x.toml" not in toml:
        assert gdviz_("batch", "x.toml", "-d", "media", *flags).exit_code == 2
        assert snapshot(place) == before


def test_folders_of_a_description_are_made_when_all_is_well(place: Path):
    (place / "x.toml").write_text(f'{TOML}output = ["a1/b/x.mp4", "a2/%d.png"]\n')
    assert gdviz_("render", "x.toml").exit_code == 0
    assert sorted(snapshot(place)) == sorted(
        ["a1", "a1/b", "a1/b/x.mp4", "a2", *(f"a2/{number}.png" for number in range(FRAMES)), "x.toml"]
    )


# Numbered pictures


@pytest.mark.parametrize("name", ["IMG_0001.png", "IMG_9999.png"])
def test_photographs_are_not_touched(place: Path, film: Animation, name: str):
    (place / "pho").mkdir()
    (place / "pho" / name).write_bytes(PRECIOUS)
    before = snapshot(place)
    with pytest.raises(InputError, match=rf"pho/{name} is no picture of an older film"):
        render(film, ["pho/IMG_%04d.png"], progress=lambda _: pytest.fail("work was done"))
    assert snapshot(place) == before


@pytest.mark.parametrize("kind", ["FIFO", "folder", "dangling link", "socket"])
def test_what_is_no_file_among_pictures_is_refused(place: Path, film: Animation, kind: str):
    (place / "p").mkdir()
    made(place / "p" / "7.png", kind)
    before = snapshot(place)
    with pytest.raises(InputError, match=r"p/7\.png is a"):
        render(film, ["p/%d.png"], progress=lambda _: pytest.fail("work was done"))
    assert snapshot(place) == before


def test_pictures_of_another_pattern_or_an_edited_one_are_somebodys(place: Path, film: Animation, longer: Animation):
    render(longer, ["p/%d.png"], jobs=1)
    (place / "p/0.png").rename(place / "p/0000.png")
    before = snapshot(place)
    with pytest.raises(InputError, match=r"p/0000\.png is no picture of an older film of this name"):
        render(film, ["p/%04d.png"])
    (place / "p/0000.png").rename(place / "p/6.png")
    with pytest.raises(InputError, match=r"p/6\.png is no picture"):
        render(film, ["p/%d.png"])
    (place / "p/6.png").rename(place / "p/0.png")
    assert snapshot(place) != before
    edited = bytearray((place / "p/5.png").read_bytes())
    edited[50] ^= 1
    (place / "p/5.png").write_bytes(edited)
    with pytest.raises(InputError, match=r"p/5\.png is no picture"):
        render(film, ["p/%d.png"])


@pytest.mark.parametrize("beside", [None, "notes.txt"])
@pytest.mark.parametrize("folder", ["p", "link", "."])
def test_a_shorter_film_takes_the_place_of_a_longer_one(
    place: Path, film: Animation, longer: Animation, folder: str, beside: str | None
):
    if folder == "link":
        (place / "real").mkdir()
        (place / "link").symlink_to("real")
    render(longer, [f"{folder}/a%d.png"], jobs=1)
    if beside:
        (place / folder / beside).write_bytes(PRECIOUS)
    (place / folder / "a1.png").chmod(0o640)
    still(film, "expected.png", FRAMES - 1)
    number = (place / folder).stat().st_ino
    render(film, [f"{folder}/a%d.png"], jobs=1)
    at_once = folder != "." and not beside
    assert ((place / folder).stat().st_ino != number) == at_once
    names = {path.name for path in (place / folder).iterdir()} - {"x.toml", "expected.png"}
    assert names == {"a0.png", "a1.png", "a2.png"} | ({beside} if beside else set())
    assert (picture(place / folder / "a2.png") == picture(place / "expected.png")).all()
    assert stat.S_IMODE((place / folder / "a1.png").stat().st_mode) == 0o640
    assert not list(place.glob(".*")), "nothing is left beside it"


@pytest.mark.parametrize("beside", [None, "notes.txt"])
@pytest.mark.parametrize("stopped_at", range(1, 11))
def test_pictures_are_replaced_all_or_none(
    place: Path,
    film: Animation,
    longer: Animation,
    monkeypatch: pytest.MonkeyPatch,
    stopped_at: int,
    beside: str | None,
):
    """Whichever move fails, or where the system cannot exchange folders, the old pictures are there as before."""
    render(longer, ["p/%d.png"], jobs=1)
    if beside:
        (place / "p" / beside).write_bytes(PRECIOUS)
    before = snapshot(place)
    moves = []
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.suffix == ".png":
            moves.append(self)
            if len(moves) == stopped_at:
                raise PermissionError(errno.EPERM, "Operation not permitted", str(self))
        return real(self, target)

    monkeypatch.setattr(gdviz.movie.numbered, "_exchange", lambda new, old: False)
    monkeypatch.setattr(Path, "rename", rename)
    if stopped_at <= 6 + FRAMES:  # six old ones go, three new ones come
        with pytest.raises(PermissionError):
            render(film, ["p/%d.png"], jobs=1)
        monkeypatch.undo()
        monkeypatch.chdir(place)
        assert {name: each for name, each in snapshot(place).items() if not name.startswith(".p")} == before
    render(film, ["p/%d.png"], jobs=1)
    assert len(list((place / "p").glob("*.png"))) == FRAMES
    assert not list(place.glob(".*"))


def test_a_tenth_picture_that_cannot_be_replaced(place: Path, film: Animation):
    """What the kernel refuses to move, for real: an immutable file."""
    render(film.lasting(1.2), ["p/%d.png"], jobs=1)
    tenth = place / "p/9.png"
    if subprocess.run(["chattr", "+i", str(tenth)], capture_output=True, check=False).returncode:
        pytest.skip("this file system or user has no immutable files")
    try:
        (place / "p/notes.txt").write_bytes(PRECIOUS)
        before = snapshot(place / "p")
        result = gdviz_("render", "x.toml", "--seconds", "1.2", "--lr", "0.2", "-o", "p/%d.png")
        assert result.exit_code == 1
        assert "9.png" in result.stderr
        assert snapshot(place / "p") == before
    finally:
        subprocess.run(["chattr", "-i", str(tenth)], check=True)
