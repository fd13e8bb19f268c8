"""A film as a folder of numbered pictures."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from gdviz.errors import InputError
from gdviz.files import sync

_NUMBER = re.compile(r"%(?:0([1-9]))?d")


@dataclass(frozen=True)
class Pattern:
    """Names such as `frames/%04d.png`, the pictures numbered from 0.

    Attributes
    ----------
    folder
        Where the pictures are.
    head, tail
        What stands before and after the number.
    digits
        How many digits the number has at least.

    """

    folder: Path
    head: str
    digits: int
    tail: str

    def name(self, number: int) -> str:
        """Return the name of a picture."""
        return f"{self.head}{number:0{self.digits}d}{self.tail}"

    def number(self, name: str) -> int | None:
        """Return the number of a picture; None if the name is not one of the pattern's."""
        found = re.fullmatch(re.escape(self.head) + "([0-9]+)" + re.escape(self.tail), name)
        return int(found[1]) if found and self.name(int(found[1])) == name else None

    def paths(self, count: int) -> list[Path]:
        """Return where the first so many pictures are."""
        return [self.folder / self.name(number) for number in range(count)]

    def existing(self) -> dict[int, Path]:
        """Return what already has a name of the pattern's, by number."""
        numbered = ((self.number(path.name), path) for path in self.folder.iterdir())
        return {number: path for number, path in numbered if number is not None}


def parse_pattern(path: Path) -> Pattern:
    """Read a path as a pattern.

    Raises
    ------
    InputError
        If it is not one.

    """
    marks = list(_NUMBER.finditer(path.name))
    if "%" not in path.name:
        raise InputError(
            f"cannot write {path}: a film in .png is a folder of pictures, such as "
            f"{path.with_name(path.stem) / '%04d.png'}; 'gdviz still' draws one picture"
        )
    if len(marks) != 1 or path.name.count("%") != 1:
        raise InputError(
            f"cannot write {path}: the name of numbered pictures holds exactly one %d, or %04d for four digits"
        )
    mark = marks[0]
    return Pattern(path.parent, path.name[: mark.start()], int(mark[1] or 1), path.name[mark.end() :])


def check_folder_writable(path: Path) -> None:
    """Check that pictures can be put where a pattern says, before any work is done for them.

    Raises
    ------
    InputError
        If the folder neither is there nor can be made, or something in it stands in the way.

    """
    pattern = parse_pattern(path)
    folder = pattern.folder
    home = folder if folder.exists() else folder.parent
    if not home.exists():
        raise InputError(f"cannot write {path}: there is no folder {home}")
    if not home.is_dir():
        raise InputError(f"cannot write {path}: {home} is not a folder")
    if not os.access(home, os.W_OK | os.X_OK):
        raise InputError(f"cannot write {path}: the folder {home.resolve()} may not be written to")
    if folder.exists():
        for blocking in pattern.existing().values():
            if blocking.is_dir():
                raise InputError(f"cannot write {path}: {blocking} is a folder")


def publish_pictures(unfinished: Path, target: Path, count: int) -> None:
    """Move `count` pictures from where one pattern says to where another does.

    The folder is made if it is missing. Pictures with higher numbers, left from a longer film, are removed; nothing
    else in the folder is touched.
    """
    source, pattern = parse_pattern(unfinished), parse_pattern(target)
    pictures = source.paths(count)
    for picture in pictures:
        sync(picture)
    if not pattern.folder.exists():
        whole = source.folder / "whole"
        whole.mkdir()
        for picture in pictures:
            picture.rename(whole / picture.name)
        whole.rename(pattern.folder)  # all at once
        sync(pattern.folder.parent)
        return
    for picture in pictures:
        picture.replace(pattern.folder / picture.name)
    for number, leftover in pattern.existing().items():
        if number >= count:
            leftover.unlink()
    sync(pattern.folder)
