"""A film as a folder of numbered pictures."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gdviz.errors import InputError, printable
from gdviz.runtime.files import kind_of, sync_file, sync_folder, take_over

_NUMBER = re.compile(r"%(?:0([1-9]))?d")
_AT_WORKING_FOLDER, _EXCHANGE = -100, 2  # renameat2's AT_FDCWD and RENAME_EXCHANGE


@dataclass(frozen=True)
class Pattern:
    """Names such as `frames/%04d.png`, the pictures numbered from 0.

    Attributes
    ----------
    folder
        The folder of the pictures.
    head, tail
        The text before and after the number.
    digits
        The least number of digits.

    """

    folder: Path
    head: str
    digits: int
    tail: str

    def name(self, number: int) -> str:
        """Return the name of a picture."""
        return f"{self.head}{number:0{self.digits}d}{self.tail}"

    def number(self, name: str) -> int | None:
        """Return the number in a picture's name; None if the name does not match the pattern."""
        found = re.fullmatch(re.escape(self.head) + "([0-9]{1,18})" + re.escape(self.tail), name)
        return int(found[1]) if found and self.name(int(found[1])) == name else None

    def paths(self, count: int) -> list[Path]:
        """Return the paths of the first `count` pictures."""
        return [self.folder / self.name(number) for number in range(count)]

    def existing(self) -> dict[int, Path]:
        """Return the existing paths that match the pattern, by number."""
        if not self.folder.exists():
            return {}
        numbered = ((self.number(path.name), path) for path in self.folder.iterdir())
        return {number: path for number, path in numbered if number is not None}


IsOurs = Callable[[Path, int], bool]
"""Whether a file is the picture with a number in an older film that gdviz wrote with the same pattern."""


def parse_pattern(path: Path) -> Pattern:
    """Read a path as a pattern.

    Raises
    ------
    InputError
        If it is not a pattern.

    """
    marks = list(_NUMBER.finditer(path.name))
    if "%" not in path.name:
        raise InputError(
            f"cannot write {printable(path)}: a film in .png is a folder of pictures, such as "
            f"{printable(path.with_name(path.stem) / '%04d.png')}; 'gdviz still' draws one picture"
        )
    if len(marks) != 1 or path.name.count("%") != 1:
        raise InputError(
            f"cannot write {printable(path)}: use exactly one %d in the name, or %04d for four digits, and no other %"
        )
    mark = marks[0]
    return Pattern(path.parent, path.name[: mark.start()], int(mark[1] or 1), path.name[mark.end() :])


def check_pictures(pattern: Pattern, target: Path, is_ours: IsOurs) -> dict[int, Path]:
    """Return the pictures of an older film that a new one replaces, by number.

    Raises
    ------
    InputError
        If anything else has a name that matches the pattern.

    """
    existing = pattern.existing()
    for number, path in sorted(existing.items()):
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            raise InputError(f"cannot write {printable(target)}: {printable(path)} is {kind_of(mode)}")
        if not is_ours(path, number):
            raise InputError(
                f"cannot write {printable(target)}: {printable(path)} is no picture of an older film of this name by "
                "gdviz; move it away, or write to another folder"
            )
    return existing


def publish_pictures(pictures: Path, pattern: Pattern, old: Sequence[Path], aside: Path) -> None:
    """Replace `old` pictures by new ones: all of them or none.

    Nothing else in their folder is touched. If the folder is missing, or holds nothing else, it is replaced at once;
    otherwise the pictures are moved one by one, and back if that fails.

    Parameters
    ----------
    pictures
        The folder that holds the new pictures, with their final names, and nothing else; it may be moved away.
    pattern
        Where the new pictures go.
    old
        The pictures to be replaced, in the pattern's folder.
    aside
        An empty folder for the old pictures when they are moved one by one.

    """
    folder = pattern.folder
    by_name = {path.name: path for path in old}
    for picture in sorted(pictures.iterdir()):
        if picture.name in by_name:
            take_over(by_name[picture.name].stat(), picture)
        sync_file(picture)
    sync_folder(pictures)
    if not folder.exists():
        pictures.rename(folder)
    elif not (_holds_only(folder, by_name) and _exchange(pictures, folder)):
        _move_all(
            [(path, aside / path.name) for path in old]
            + [(path, folder / path.name) for path in sorted(pictures.iterdir())]
        )
        sync_folder(folder)
    sync_folder(folder.parent)


def _holds_only(folder: Path, names: dict[str, Path]) -> bool:
    return {path.name for path in folder.iterdir()} == set(names)


def _exchange(new: Path, old: Path) -> bool:
    """Exchange two folders at once; return whether that was possible."""
    if old.samefile(".") or old.is_symlink() or old.stat().st_dev != new.stat().st_dev:
        return False  # a working folder must not be exchanged: the shell would stay in the old one
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    take_over(old.stat(), new)
    paths = (os.fsencode(new), os.fsencode(old))
    return bool(rename(_AT_WORKING_FOLDER, paths[0], _AT_WORKING_FOLDER, paths[1], _EXCHANGE) == 0)


def _move_all(moves: Sequence[tuple[Path, Path]]) -> None:
    begun: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
            begun.append((source, target))
            source.rename(target)
    except BaseException:
        for source, target in reversed(begun):
            with suppress(OSError):
                if not os.path.lexists(source):
                    target.rename(source)
        raise
