"""The folder in which a film is made: who has it, what is kept in it, and what is never touched."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdviz.errors import InputError, RenderError
from gdviz.runtime.work_folder import (
    PICTURES,
    REPLACED,
    WorkFolder,
    check_work_folder,
    claimed,
    cleared,
    is_in_use,
    work_folder_path,
)

PART = "part-h264-000000.mp4"
TARGET = Path("film.mp4")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def descriptors() -> set[str]:
    return names(Path("/proc/self/fd"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".film.mp4.gdviz"


@pytest.fixture
def folder(path: Path) -> Iterator[WorkFolder]:
    with claimed(path, "key", TARGET) as work:
        yield work


# Having a folder


def test_a_claimed_folder_is_made_with_its_lock_and_goes_when_nothing_is_left_in_it(path: Path):
    before = descriptors()
    with claimed(path, "key", TARGET) as work:
        assert (work.path, work.key) == (path, "key")
        assert (path / "lock").read_bytes() == b"gdviz work folder, format 1\n"
        assert names(path) == {"lock"}
        assert names(path.parent) == {path.name}
    assert names(path.parent) == set()
    assert descriptors() == before


def test_a_claimed_folder_with_something_in_it_stays_and_can_be_claimed_again(path: Path):
    with claimed(path, "key", TARGET) as work:
        work.keep(PART, b"part")
    assert names(path) == {"lock", PART, PART + ".whole"}
    with claimed(path, "key", TARGET) as work:
        assert work.has(PART)
    with claimed(path, "another", TARGET) as work:
        assert not work.has(PART)


def test_only_one_has_a_folder_at_a_time_and_the_refusal_names_the_film(path: Path):
    before = descriptors()
    with claimed(path, "key", TARGET):
        assert is_in_use(path)
        with pytest.raises(RenderError) as refused, claimed(path, "key", Path("my film.mp4")):
            pass
        assert str(refused.value) == ("another gdviz is writing my film.mp4; let it finish, or write to another file")
    assert not is_in_use(path)
    assert descriptors() == before


def test_a_folder_that_nobody_has_is_not_in_use(path: Path):
    before = descriptors()
    assert not is_in_use(path)
    path.mkdir()
    assert not is_in_use(path)  # not gdviz's
    path.rmdir()
    with claimed(path, "key", TARGET) as work:
        work.keep(PART, b"part")
    assert not is_in_use(path)
    assert descriptors() == before
    with claimed(path, "key", TARGET):  # asking has left no lock behind
        pass


def test_several_may_ask_at_once_whether_a_folder_is_in_use(path: Path):
    with claimed(path, "key", TARGET) as work:
        work.keep(PART, b"part")
    reader = os.open(path / "lock", os.O_RDONLY)
    fcntl.flock(reader, fcntl.LOCK_SH)
    assert not is_in_use(path)
    os.close(reader)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_without_locks_a_folder_can_be_had_but_may_be_in_use(path: Path, number: int, monkeypatch: pytest.MonkeyPatch):
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", flock)
    with claimed(path, "key", TARGET):
        assert is_in_use(path)


def test_a_lock_that_fails_is_told_with_its_name(path: Path, monkeypatch: pytest.MonkeyPatch):
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("fcntl.flock", flock)
    before = descriptors()
    with pytest.raises(OSError, match="Input/output error") as failed, claimed(path, "key", TARGET):
        pass
    assert failed.value.filename == str(path / "lock")
    assert descriptors() == before


def test_a_folder_that_is_removed_and_made_anew_while_one_waits_for_it_is_claimed_as_it_is_then(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Between the opening of a lock and its locking, whoever had the folder may end, and another may begin."""
    with claimed(path, "key", TARGET) as work:
        work.keep(PART, b"old")
    lock = fcntl.flock
    waits = [lambda: path.rename(path.with_name("gone")), lambda: None]

    def flock(descriptor: int, operation: int) -> None:
        if waits:
            waits.pop(0)()
        lock(descriptor, operation)

    monkeypatch.setattr("fcntl.flock", flock)
    with claimed(path, "key", TARGET) as work:
        assert not work.has(PART)
        assert os.path.samestat(os.fstat(work.descriptor), path.stat())
        assert is_in_use(path)


def test_many_who_want_a_folder_at_once_get_it_one_after_the_other(path: Path):
    having, most, refused = [], [], []

    def want() -> None:
        for _ in range(30):
            try:
                with claimed(path, "key", TARGET):
                    having.append(1)
                    most.append(len(having))
                    having.pop()
            except RenderError:
                refused.append(1)

    threads = [threading.Thread(target=want) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) + len(refused) == 90
    assert max(most) == 1
    assert names(path.parent) == set()


# What gdviz did not make


def foreign(path: Path, kind: str) -> None:
    if kind == "file":
        path.write_bytes(b"precious")
    elif kind == "link":
        path.with_name("elsewhere").mkdir()
        path.symlink_to("elsewhere")
    elif kind == "loop":
        path.symlink_to(path.name)
    else:
        path.mkdir()
        if kind != "empty folder":
            (path / "lock").write_bytes(
                {"other lock": b"a lock\n", "longer lock": b"gdviz work folder, format 1\nand more"}[kind]
            )


@pytest.mark.parametrize("kind", ["file", "link", "loop", "empty folder", "other lock", "longer lock"])
def test_what_is_in_the_place_of_a_folder_is_refused_and_left(path: Path, kind: str):
    foreign(path, kind)
    before, opened = names(path.parent), descriptors()
    sentence = (
        f"cannot write film.mp4: {path} is in the way, and gdviz did not make it; move it away, or write to another "
        "file"
    )
    with pytest.raises(InputError) as refused:
        check_work_folder(path, TARGET)
    assert str(refused.value) == sentence
    with pytest.raises(InputError) as refused, claimed(path, "key", TARGET):
        pass
    assert str(refused.value) == sentence
    assert not is_in_use(path)
    assert names(path.parent) == before
    assert descriptors() == opened


def test_a_folder_of_gdvizs_or_none_is_no_trouble(path: Path):
    before = descriptors()
    check_work_folder(path, TARGET)
    with claimed(path, "key", TARGET):
        check_work_folder(path, TARGET)
    assert descriptors() == before


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (PART, "folder"),
        (PART + ".whole", "link"),
        ("part-prores-000017.mov", "folder"),
        ("parts.txt", "folder"),
        ("palette.png", "link"),
        ("film.webm", "folder"),
        (PICTURES, "file"),
        (REPLACED, "link"),
        (f"{PICTURES}/notes.txt", "file"),
        (f"{REPLACED}/0000.png", "folder"),
    ],
)
def test_what_has_a_name_that_gdviz_uses_and_is_something_else_is_refused_and_left(path: Path, name: str, kind: str):
    with claimed(path, "key", TARGET) as work:
        work.keep(PART, b"part")
    place = path / name
    place.unlink(missing_ok=True)
    place.parent.mkdir(exist_ok=True)
    if kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to("lock")
    else:
        place.write_bytes(b"precious")
    with pytest.raises(InputError) as refused:
        check_work_folder(path, TARGET)
    assert f"{place} is in the way" in str(refused.value)
    assert os.path.lexists(place)


def test_a_folder_that_cannot_be_opened_for_another_reason_is_told_with_that(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    def forbidden(*arguments: object, **keywords: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("os.open", forbidden)
        with pytest.raises(PermissionError, match="Permission denied"):
            check_work_folder(path, TARGET)


# What is in it


def test_what_was_kept_is_there_as_long_as_it_is_whole(folder: WorkFolder):
    assert not folder.has(PART)
    folder.keep(PART, b"content")
    assert (folder.path / PART).read_bytes() == b"content"
    assert folder.has(PART)
    for content in (b"conten", b"Content", b"contents", b""):
        (folder.path / PART).write_bytes(content)
        assert not folder.has(PART)
    (folder.path / PART).write_bytes(b"content")
    assert folder.has(PART)
    (folder.path / (PART + ".whole")).unlink()
    assert not folder.has(PART)


def test_what_was_written_but_not_kept_is_not_relied_on(folder: WorkFolder):
    folder.write(PART, b"content")
    assert not folder.has(PART)


def test_what_was_kept_for_another_key_is_not_this_work(folder: WorkFolder):
    folder.keep(PART, b"content")
    assert not WorkFolder(folder.path, folder.descriptor, "another").has(PART)
    assert WorkFolder(folder.path, folder.descriptor, "key").has(PART)


def test_a_fifo_or_a_link_in_the_place_of_a_piece_is_none(folder: WorkFolder):
    folder.keep(PART, b"content")
    (folder.path / PART).rename(folder.path / "aside")
    (folder.path / PART).symlink_to("aside")
    assert not folder.has(PART)
    (folder.path / PART).unlink()
    os.mkfifo(folder.path / PART)
    assert not folder.has(PART)


def test_a_file_is_written_anew_and_not_through_another_name_of_it(folder: WorkFolder):
    precious = folder.path / "precious"
    precious.write_bytes(b"precious")
    os.link(precious, folder.path / PART)
    folder.write(PART, b"new")
    assert precious.read_bytes() == b"precious"
    assert (folder.path / PART).read_bytes() == b"new"
    assert (folder.path / PART).stat().st_mode & 0o111 == 0


def test_what_is_written_is_reached_by_the_descriptor_whatever_the_folder_is_called(folder: WorkFolder):
    folder.write(PART, b"content")
    gone = folder.path.with_name("renamed")
    folder.path.rename(gone)
    assert Path(folder.inside(PART)).read_bytes() == b"content"
    gone.rename(folder.path)


def test_a_full_disk_is_told_with_the_file(folder: WorkFolder, monkeypatch: pytest.MonkeyPatch):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space") as failed:
        folder.write(PART, b"content")
    assert failed.value.filename == str(folder.path / PART)


def fill(folder: WorkFolder) -> None:
    """Put into a folder what a film that is half done leaves there."""
    folder.keep(PART, b"whole")
    folder.keep("part-h264-000001.mp4", b"whole")
    (folder.path / "part-h264-000001.mp4").write_bytes(b"cut off")
    for name in ("part-h264-000002.mp4", "part-vp9-000003.mov.whole", "parts.txt", "palette.png", "film.gif"):
        folder.write(name, b"unfinished")
    for name in (PICTURES, REPLACED):
        inside = folder.make_folder(name)
        for picture in ("0000.png", "0001.PNG"):
            (inside / picture).write_bytes(b"picture")


def test_tidying_leaves_the_finished_pieces_of_this_work_alone(folder: WorkFolder):
    fill(folder)
    assert folder.tidy()
    assert names(folder.path) == {"lock", PART, PART + ".whole"}
    assert folder.has(PART)
    assert not WorkFolder(folder.path, folder.descriptor, "another").tidy()
    assert names(folder.path) == {"lock"}
    assert not folder.tidy()


def test_tidying_removes_nothing_of_somebody_elses(folder: WorkFolder):
    fill(folder)
    others = {"holiday.jpg", "part.mp4", "part-H264-0.mp4", "part-h264-0.avi", "film", "film.mp4.bak", "my parts.txt"}
    for name in others:
        (folder.path / name).write_bytes(b"precious")
    (folder.path / "film.mp4").symlink_to("holiday.jpg")
    (folder.path / PICTURES / "notes.txt").write_bytes(b"precious")
    (folder.path / PICTURES / "0002.png").mkdir()
    folder.tidy()
    assert names(folder.path) == others | {"lock", PART, PART + ".whole", "film.mp4", PICTURES}
    assert names(folder.path / PICTURES) == {"notes.txt", "0002.png"}
    folder.remove()
    assert names(folder.path) == others | {"lock", "film.mp4", PICTURES}


def test_removing_takes_finished_pieces_too_and_then_the_folder(folder: WorkFolder):
    fill(folder)
    folder.remove()
    assert not folder.path.exists()
    assert names(folder.path.parent) == set()


def test_an_empty_folder_is_removed_only_if_it_is_the_one_that_is_had(folder: WorkFolder):
    aside = folder.path.with_name("aside")
    folder.path.rename(aside)
    folder.path.mkdir()
    (folder.path / "lock").write_bytes((aside / "lock").read_bytes())
    folder.remove_if_empty()
    assert names(folder.path) == {"lock"}
    (folder.path / "lock").unlink()
    folder.path.rmdir()
    aside.rename(folder.path)


def test_a_made_folder_is_empty_and_new(folder: WorkFolder):
    assert names(folder.make_folder(PICTURES)) == set()
    with pytest.raises(FileExistsError):
        folder.make_folder(PICTURES)


def test_work_that_ends_well_leaves_nothing(folder: WorkFolder):
    folder.write("parts.txt", b"of an older film")
    with cleared(folder):
        assert names(folder.path) == {"lock"}
        fill(folder)
    assert not folder.path.exists()


@pytest.mark.parametrize("ending", [ValueError, KeyboardInterrupt])
def test_work_that_fails_leaves_its_finished_pieces(folder: WorkFolder, ending: type[BaseException]):
    folder.keep(PART, b"of last time")
    with pytest.raises(ending), cleared(folder):
        assert folder.has(PART)
        folder.write("parts.txt", b"unfinished")
        folder.keep("part-h264-000001.mp4", b"new")
        raise ending
    assert {name for name in names(folder.path) if not name.endswith(".whole")} == {
        "lock", PART, "part-h264-000001.mp4",
    }  # fmt: skip


def test_what_went_wrong_is_told_even_if_tidying_fails_then(folder: WorkFolder):
    with pytest.raises(ValueError, match="what went wrong"), cleared(folder):
        (folder.path / "lock").unlink()
        folder.path.rmdir()
        raise ValueError("what went wrong")


# Where it is


def test_a_folder_is_hidden_and_has_the_films_name(tmp_path: Path):
    assert work_folder_path(tmp_path, "film.mp4") == tmp_path / ".film.mp4.gdviz"
    assert work_folder_path(tmp_path / "missing", "film.mp4") == tmp_path / "missing" / ".film.mp4.gdviz"


def test_a_name_too_long_for_a_hidden_folder_is_shortened_to_one_of_its_own(tmp_path: Path):
    longest = os.pathconf(tmp_path, "PC_NAME_MAX")
    fits = "x" * (longest - len(".") - len(".gdviz"))
    assert work_folder_path(tmp_path, fits).name == f".{fits}.gdviz"
    shortened = [work_folder_path(tmp_path, name).name for name in (fits + "x", fits + "y", "ü" * (longest // 2))]
    assert len(set(shortened)) == 3
    assert all(name.startswith(".") and name.endswith(".gdviz") and len(name) == 23 for name in shortened)
    assert work_folder_path(tmp_path, fits + "x").name == shortened[0]
