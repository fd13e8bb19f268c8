"""Stamps: what a file says of what made it, and that it says so only while it is as it was stamped."""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdviz.movie.numbered import parse_pattern
from gdviz.movie.provenance import CONTAINERS, Kind, is_current, is_picture_of, read_stamp, stamp, stamp_film

FINGERPRINT, OTHER = "0123456789abcdef" * 4, "fedcba9876543210" * 4
KINDS = list(Kind)


def unstamped(suffix: str, body: bytes = b"body") -> bytes:
    """Return what a file of a kind is before it is stamped, as far as a stamp looks at it."""
    match suffix:
        case ".gif":
            return b"GIF89a" + body + b"\x3b"
        case ".png" | ".apng":
            return b"\x89PNG" + body + struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
        case ".webp":
            return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body
        case _:
            return body


@pytest.fixture(params=CONTAINERS)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"file{request.param}"
    path.write_bytes(unstamped(request.param))
    return path


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_stamp_is_read_as_it_was_written_and_as_no_other_kind(file: Path, kind: Kind):
    assert read_stamp(file, kind) is None
    stamp(file, kind, FINGERPRINT)
    assert [read_stamp(file, each) for each in KINDS] == [FINGERPRINT if each is kind else None for each in KINDS]


def test_without_a_kind_a_films_stamp_is_read(file: Path):
    stamp(file, Kind.FILM, FINGERPRINT)
    assert read_stamp(file) == FINGERPRINT


def test_whatever_is_changed_of_a_stamped_file_breaks_the_seal(file: Path):
    stamp(file, Kind.STILL, FINGERPRINT)
    whole = file.read_bytes()
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert read_stamp(file, Kind.STILL) is None, at
    for other in (whole[:-1], whole[1:], whole + b"\0", whole + whole, whole[: len(whole) // 2], b""):
        file.write_bytes(other)
        assert read_stamp(file, Kind.STILL) is None
    file.write_bytes(whole)
    assert read_stamp(file, Kind.STILL) == FINGERPRINT


def test_the_name_of_a_stamped_file_says_nothing_but_its_format(file: Path):
    stamp(file, Kind.FILM, FINGERPRINT)
    moved = file.with_name("moved" + file.suffix.upper())
    file.rename(moved)
    assert read_stamp(moved) == FINGERPRINT


@pytest.mark.parametrize(
    ("suffix", "begin", "end"),
    [
        (".mp4", struct.pack(">I", 24 + 135) + b"uuid" + bytes.fromhex("b1a5f7b0c7d44c0f9c62d1f3a08e6d3c"), b""),
        (".mov", struct.pack(">I", 24 + 135) + b"uuid" + bytes.fromhex("b1a5f7b0c7d44c0f9c62d1f3a08e6d3c"), b""),
        (".webm", b"\xec\x01" + (135).to_bytes(7, "big"), b""),
        (".gif", b"\x21\xfe\x87", b"\0\x3b"),
        (".webp", b"GDVZ" + struct.pack("<I", 136), b" "),
        (".svg", b"<!-- ", b" -->\n"),
        (".html", b"<!-- ", b" -->\n"),
    ],
)
def test_a_stamp_stands_where_players_pass_over_it(tmp_path: Path, suffix: str, begin: bytes, end: bytes):
    path = tmp_path / f"film{suffix}"
    before = unstamped(suffix)
    path.write_bytes(before)
    stamp(path, Kind.FILM, FINGERPRINT)
    after = path.read_bytes()
    tail = CONTAINERS[suffix].tail
    text = after[len(before) - tail + len(begin) : len(after) - len(end)]
    assert len(text) == 135
    assert text.startswith(b"gdviz " + FINGERPRINT.encode() + b" ")
    assert after[len(before) - tail :] == begin + text + end
    if suffix == ".webp":  # its length counts the chunk, and all that comes after that number itself
        assert after[:12] == b"RIFF" + struct.pack("<I", len(after) - 8) + b"WEBP"
        assert after[12 : len(before)] == before[12:]
    else:
        assert after[: len(before) - tail] == before[: len(before) - tail]
        assert text[-64:].decode() == hashlib.sha256(FINGERPRINT.encode() + before).hexdigest()


@pytest.mark.parametrize("suffix", [".png", ".apng", ".gif", ".webp"])
def test_a_stamped_picture_is_the_same_picture(tmp_path: Path, suffix: str):
    path = tmp_path / f"picture{suffix}"
    pixels = np.random.default_rng(1).integers(0, 255, (8, 9, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, format=suffix.removeprefix(".").upper().replace("APNG", "PNG"), lossless=True)
    with Image.open(path) as image:
        before = np.asarray(image.convert("RGB"))
    stamp(path, Kind.STILL, FINGERPRINT)
    with Image.open(path) as image:
        image.load()
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), before)
        if "PNG" in str(image.format):
            assert image.info["Comment"].startswith(f"gdviz-still {FINGERPRINT} ")
    assert read_stamp(path, Kind.STILL) == FINGERPRINT


def test_a_chunk_of_a_stamped_picture_has_its_length_and_its_sum(tmp_path: Path):
    path = tmp_path / "picture.png"
    before = unstamped(".png")
    path.write_bytes(before)
    stamp(path, Kind.FILM, FINGERPRINT)
    chunk = path.read_bytes()[len(before) - 12 : -12]
    length, body, total = chunk[:4], chunk[4:-4], chunk[-4:]
    assert body.startswith(b"tEXtComment\0gdviz ")
    assert struct.unpack(">I", length) == (len(body) - 4,)
    assert struct.unpack(">I", total) == (zlib.crc32(body),)


@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 3 * 2**20 + 5])
def test_files_of_any_size_are_read_to_their_ends(tmp_path: Path, size: int):
    path = tmp_path / "film.mp4"
    body = np.random.default_rng(2).bytes(size)
    path.write_bytes(body)
    stamp(path, Kind.FILM, FINGERPRINT)
    assert path.read_bytes()[-64:].decode() == hashlib.sha256(FINGERPRINT.encode() + body).hexdigest()
    assert read_stamp(path) == FINGERPRINT
    for at in (0, size // 2, size - 1) if size else ():
        with path.open("r+b") as file:
            file.seek(at)
            file.write(bytes([body[at] ^ 1]))
        assert read_stamp(path) is None
        with path.open("r+b") as file:
            file.seek(at)
            file.write(body[at : at + 1])


def test_what_is_stamped_twice_tells_the_last_stamp(file: Path):
    stamp(file, Kind.FILM, FINGERPRINT)
    stamp(file, Kind.FILM, OTHER)
    assert read_stamp(file) == OTHER


def test_a_file_of_another_format_or_a_pipe_has_no_stamp(tmp_path: Path):
    (tmp_path / "notes.txt").write_bytes(b"gdviz " + FINGERPRINT.encode() + b" " + OTHER.encode())
    os.mkfifo(tmp_path / "pipe.mp4")
    for name in ("notes.txt", "pipe.mp4"):
        assert read_stamp(tmp_path / name) is None


def test_what_cannot_be_read_is_told_with_its_name_and_left_closed(tmp_path: Path):
    missing, folder = tmp_path / "missing.mp4", tmp_path / "folder.mp4"
    folder.mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in (missing, folder):
        with pytest.raises(OSError) as failed:
            read_stamp(path)
        assert Path(failed.value.filename) == path
        with pytest.raises(OSError) as failed:
            stamp(path, Kind.FILM, FINGERPRINT)
        assert Path(failed.value.filename) == path
        assert not is_current(path, FINGERPRINT, 30)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert not missing.exists()


def test_a_film_is_current_if_it_is_there_whole_and_of_this_fingerprint(tmp_path: Path):
    path = tmp_path / "film.mp4"
    assert not is_current(path, FINGERPRINT, 30)
    path.write_bytes(b"body")
    assert not is_current(path, FINGERPRINT, 30)
    stamp_film([path], path, FINGERPRINT)
    assert is_current(path, FINGERPRINT, 30)
    assert not is_current(path, OTHER, 30)
    with path.open("ab") as file:
        file.write(b"\0")
    assert not is_current(path, FINGERPRINT, 30)


def pictures(folder: Path, count: int, name: str = "%04d.png") -> Path:
    """Make a film of so many stamped pictures and return its pattern."""
    folder.mkdir(exist_ok=True)
    target = folder / name
    files = parse_pattern(target).paths(count)
    for number, path in enumerate(files):
        path.write_bytes(unstamped(".png", str(number).encode()))
    stamp_film(files, target, FINGERPRINT)
    return target


def test_numbered_pictures_are_current_if_each_is_the_one_of_its_number(tmp_path: Path):
    target = pictures(tmp_path / "film", 3)
    assert is_current(target, FINGERPRINT, 3)
    assert not is_current(target, OTHER, 3)
    assert not is_current(target, FINGERPRINT, 2)
    assert not is_current(target, FINGERPRINT, 4)
    first, second, third = parse_pattern(target).paths(3)
    first.rename(tmp_path / "aside.png")
    second.rename(first)
    (tmp_path / "aside.png").rename(second)
    assert not is_current(target, FINGERPRINT, 3)
    third.unlink()
    assert not is_current(target, FINGERPRINT, 3)


def test_a_film_of_a_different_number_of_files_than_it_has_is_not_stamped(tmp_path: Path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"body")
    with pytest.raises(ValueError, match="zip"):
        stamp_film([path, path], path, FINGERPRINT)


def test_a_picture_is_known_by_its_number_and_pattern_whatever_film_it_is_of(tmp_path: Path):
    target = pictures(tmp_path / "film", 2, "step %02d.png")
    pattern = parse_pattern(target)
    paths = pattern.paths(2)
    assert [is_picture_of(pattern, path, number) for number, path in enumerate(paths)] == [True, True]
    assert not is_picture_of(pattern, paths[0], 1)
    for name in ("step %03d.png", "step%02d.png", "step %02d..png"):
        assert not is_picture_of(parse_pattern(target.with_name(name)), paths[0], 0)
    other = pictures(tmp_path / "another", 1, "step %02d.png")  # of any folder
    assert is_picture_of(pattern, parse_pattern(other).paths(1)[0], 0)
    paths[0].write_bytes(unstamped(".png"))
    assert not is_picture_of(pattern, paths[0], 0)


def test_names_that_are_no_text_are_told_apart_too(tmp_path: Path):
    patterns = [parse_pattern(tmp_path / os.fsdecode(name)) for name in (b"\xff%d.png", b"\xfe%d.png")]
    for pattern in patterns:
        (picture,) = pattern.paths(1)
        picture.write_bytes(unstamped(".png"))
        stamp_film([picture], pattern.folder / f"{pattern.head}%d{pattern.tail}", FINGERPRINT)
    assert [is_picture_of(pattern, pattern.paths(1)[0], 0) for pattern in patterns] == [True, True]
    assert not is_picture_of(patterns[0], patterns[1].paths(1)[0], 0)


def test_films_of_before_are_still_known(tmp_path: Path):
    """What is written into files stays what it was, or every film that is there would be a stranger's."""
    target = pictures(tmp_path / "film", 1)
    (picture,) = parse_pattern(target).paths(1)
    first, second = f"{FINGERPRINT} 0 1", "%04d.png 0"
    assert read_stamp(picture) == "".join(hashlib.sha256(text.encode()).hexdigest()[:32] for text in (first, second))
