"""Checks that a file can be written, and writes it atomically: no half-written file is seen, no other file is lost."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gdviz.errors import InputError, naming, printable

WORK_SUFFIX = ".gdviz"  # suffix of the hidden folders in which films are made

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link",
}
_REASONS = {errno.ELOOP: "it is a link that leads back to itself", errno.ENAMETOOLONG: "its name is too long"}
# Errors of file systems that cannot sync a folder; they are ignored.
_NOT_FOR_FOLDERS = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF, errno.EACCES, errno.EPERM)


def place_of(path: Path, within: Path | None = None) -> Path:
    """Return where a file that is written to `path` goes, after checking that it can be written there.

    That is `path` itself or, if it is a link, the link's target: a file, or a name that is still free.

    Parameters
    ----------
    path
        The path as the user gave it.
    within
        A folder that a link must not lead out of; missing folders below it can be made later, by `make_folder`. If
        None, the file's folder must exist.

    Raises
    ------
    InputError
        If something other than a file is there, the folder is missing or not writable, or the name is longer than the
        file system allows.

    """
    with _refusing_unreachable(path):
        _check_kind(path)
        place = Path(os.path.realpath(path))
        _check_folder(place.parent, path, within)
        check_name(place, path)
    return place


def place_in_folder(path: Path, within: Path | None = None) -> Path:
    """Do the same as `place_of` for a file in a folder of its own, which may be missing, or a link."""
    with _refusing_unreachable(path):
        folder = Path(os.path.realpath(path.parent))
        if path.parent.exists():
            _check_folder(folder, path, within)
        else:
            _check_folder(folder.parent, path, within)
            check_name(folder, path)
    return folder / path.name


def _check_folder(folder: Path, path: Path, within: Path | None) -> None:
    """Check that a file for `path` can be put into `folder`, which has no links and may be missing if in `within`."""
    shown = printable(path)
    if within is not None and not folder.is_relative_to(os.path.realpath(within)):
        raise InputError(f"cannot write {shown}: a link leads out of {printable(within)}")
    if any(is_work_folder_name(part) for part in folder.parts):
        raise InputError(f"cannot write {shown}: gdviz makes a film in that folder; choose another folder")
    there = nearest_folder(folder)
    if not there.is_dir():
        raise InputError(f"cannot write {shown}: {printable(there)} is not a folder")
    if there != folder and within is None:
        raise InputError(f"cannot write {shown}: there is no folder {printable(path.parent)}")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError(f"cannot write {shown}: the folder {printable(there)} is not writable")


def nearest_folder(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that exists."""
    while not os.path.lexists(folder):
        folder = folder.parent
    return folder


def check_name(place: Path, path: Path) -> None:
    """Raise an InputError if the name of `place`, where the file for `path` goes, is too long."""
    longest = os.pathconf(nearest_folder(place.parent), "PC_NAME_MAX")
    if len(os.fsencode(place.name)) > longest:
        raise InputError(f"cannot write {printable(path)}: its name is longer than {longest} bytes")


def is_work_folder_name(name: str) -> bool:
    """Return whether this is the name of a folder in which gdviz makes a film."""
    return name.startswith(".") and name.endswith(WORK_SUFFIX)


@contextmanager
def _refusing_unreachable(path: Path) -> Iterator[None]:
    """Turn an error of the system about `path` into an InputError."""
    try:
        yield
    except InputError:
        raise
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror)
        raise InputError(f"cannot write {printable(path)}: {reason}") from error
    except ValueError as error:
        raise InputError(f"cannot write {printable(path)}: {error}") from error


def kind_of(mode: int) -> str:
    """Return a noun for something that is not a file, such as "a folder", from its mode."""
    return _KINDS.get(stat.S_IFMT(mode), "not a file")


def _check_kind(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise InputError(f"cannot write {printable(path)}: {printable(path.parent)} is not a folder") from None
    if not stat.S_ISREG(mode):
        raise InputError(f"cannot write {printable(path)}: it is {kind_of(mode)}")


def make_folder(folder: Path) -> None:
    """Make a folder and those above it where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to; when the block succeeds, that file replaces `path` at once.

    Raises
    ------
    InputError
        Before anything is written, if `path` cannot be written (see `place_of`).

    """
    place = place_of(path)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".gdviz-") as folder:
        unfinished = Path(folder) / f"unfinished{path.suffix}"
        with naming(path):
            yield unfinished
        publish(unfinished, place)


def publish(unfinished: Path, place: Path) -> None:
    """Move a finished file to its place atomically, and sync it to the disk.

    It takes over the mode and, where that is allowed, the owner of a file that it replaces.
    """
    with suppress(FileNotFoundError):
        take_over(place.lstat(), unfinished)
    sync_file(unfinished)
    unfinished.replace(place)
    sync_folder(place.parent)


def take_over(old: os.stat_result, path: Path) -> None:
    """Give a file or a folder the mode and, where that is allowed, the owner of another."""
    now = path.stat()
    if (old.st_uid, old.st_gid) != (now.st_uid, now.st_gid):
        with suppress(PermissionError):
            os.chown(path, old.st_uid, old.st_gid)
    if stat.S_IMODE(old.st_mode) != stat.S_IMODE(now.st_mode):
        path.chmod(stat.S_IMODE(old.st_mode))


def sync_file(path: Path) -> None:
    """Wait until a file is on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        sync_descriptor(descriptor, path)
    finally:
        os.close(descriptor)


def sync_descriptor(descriptor: int, path: Path) -> None:
    """Wait until an open file is on the disk; an error names its path."""
    with naming(path):
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the file system can do that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:
        return  # a folder can be writable without being readable
    try:
        sync_descriptor(descriptor, folder)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise
    finally:
        os.close(descriptor)
