"""What is kept in the folder in which a film is made, what is removed, and what is never touched."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdviz.runtime.work_folder import PICTURES, REPLACED, WorkFolder, claimed, cleared

PART = "part-h264-000000.mp4"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[WorkFolder]:
    with claimed(tmp_path / ".film.mp4.gdviz", "key", Path("film.mp4")) as work:
        yield work


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
