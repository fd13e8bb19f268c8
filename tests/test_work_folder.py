"""The folder in which a film is made: who has it, what is refused in its place, and where it is."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import threading
from pathlib import Path

import pytest

from gdviz.errors import InputError, RenderError
from gdviz.runtime.work_folder import (
    PICTURES,
    REPLACED,
    check_work_folder,
    claimed,
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


def leave(path: Path) -> None:
    """Make a folder as gdviz does, and have it no more."""
    path.mkdir()
    (path / "lock").write_bytes(b"gdviz work folder, format 1\n")


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


@pytest.mark.parametrize("made_anew", [False, True])
def test_a_folder_that_is_removed_while_it_is_opened_is_nobodys_fault(
    path: Path, made_anew: bool, monkeypatch: pytest.MonkeyPatch
):
    """Whoever had it ends between the opening of the folder and that of its lock; a third may then begin."""
    opening = os.open

    def after_its_end(name: str | Path, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if name == "lock" and (path / PART).exists():
            shutil.rmtree(path)
            if made_anew:
                leave(path)
        return opening(name, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr("os.open", after_its_end)
    before = descriptors()
    leave(path)
    (path / PART).write_bytes(b"old")
    check_work_folder(path, TARGET)
    assert path.exists() is made_anew
    shutil.rmtree(path, ignore_errors=True)
    leave(path)
    (path / PART).write_bytes(b"old")
    with claimed(path, "key", TARGET) as work:
        assert names(path) == {"lock"}
        assert os.path.samestat(os.fstat(work.descriptor), path.stat())
    assert descriptors() == before


@pytest.mark.parametrize("at_the_last_moment", [False, True])
def test_of_two_who_make_a_folder_at_once_one_has_it(
    path: Path, at_the_last_moment: bool, monkeypatch: pytest.MonkeyPatch
):
    def while_another_makes_it(count: int) -> str:
        leave(path)
        return "0" * 2 * count

    monkeypatch.setattr("secrets.token_hex", while_another_makes_it)
    if at_the_last_moment:
        monkeypatch.setattr("os.path.lexists", lambda place: False)
    with claimed(path, "key", TARGET) as work:
        monkeypatch.undo()
        assert os.path.samestat(os.fstat(work.descriptor), path.stat())
        assert names(path.parent) == {path.name}


def test_a_folder_that_cannot_get_its_name_is_told(path: Path, monkeypatch: pytest.MonkeyPatch):
    def forbidden(old: Path, new: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(old))

    monkeypatch.setattr("pathlib.Path.rename", forbidden)
    with pytest.raises(PermissionError, match="Permission denied"), claimed(path, "key", TARGET):
        pass


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
    assert str(refused.value).startswith(f"cannot write film.mp4: {place} is in the way")
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
