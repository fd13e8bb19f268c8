"""Writing a file so that nobody ever sees half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gdviz.errors import InputError, shorten

LONGEST_NAME = 200  # what is unfinished has a longer one, and file systems end at 255


def check_writable(path: Path) -> None:
    """Check that a file can be put at `path`, before any work is done for it.

    Raises
    ------
    InputError
        If the folder is missing or may not be written to, or `path` is itself a folder.

    """
    folder = path.parent
    if len(os.fsencode(path.name)) > LONGEST_NAME:
        raise InputError(f"cannot write {shorten(str(path))}: its name is longer than {LONGEST_NAME} bytes")
    if not folder.is_dir():
        raise InputError(f"cannot write {path}: there is no folder {folder}")
    if path.is_dir():
        raise InputError(f"cannot write {path}: it is a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"cannot write {path}: the folder {folder.resolve()} may not be written to")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; move it into place when the block ends well, remove it otherwise."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        unfinished = Path(folder) / path.name
        yield unfinished
        publish(unfinished, path)


def publish(unfinished: Path, path: Path) -> None:
    """Move a finished file to its place, at once, and so that it is there even if the power fails."""
    sync(unfinished)
    unfinished.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
