"""Opens a file with a landscape: a regular file, not too large."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from gdviz.errors import InputError, printable
from gdviz.landscapes.limits import check_bytes


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """Open a file to read it.

    Raises
    ------
    InputError
        If there is none, it is too large, or is not a file; the message does not name it.

    """
    try:
        # Without O_NONBLOCK, opening a pipe would wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise InputError("there is no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read ({getattr(error, 'strerror', None) or error})") from error
    try:
        about = os.fstat(descriptor)
        if stat.S_ISDIR(about.st_mode):
            raise InputError("is a folder; a file is needed")
        if not stat.S_ISREG(about.st_mode):
            raise InputError("is a pipe or a device; a regular file is needed")
        check_bytes("has", about.st_size)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def identity_of(path: Path) -> tuple[int, ...]:
    """Return what tells a file from another, or from what it was before it was changed."""
    with opened(path) as file:
        about = os.fstat(file.fileno())
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def named(path: Path) -> str:
    """Return what messages call a file: its path from the working folder on, if it lies there."""
    here = Path.cwd()
    return printable(path.relative_to(here) if path.is_relative_to(here) else path)
