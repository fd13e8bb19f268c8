"""The work folder: a hidden folder beside a film's target in which the film is made, by one process at a time.

gdviz deletes only what it made. A work folder is a real folder, not a link, and its lock file begins with a line that
only gdviz writes; in it, only regular files with known names are removed or replaced.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gdviz.errors import InputError, RenderError, naming, printable
from gdviz.runtime.files import WORK_SUFFIX, nearest_folder, sync_descriptor

PICTURES, REPLACED = "pictures", "replaced"  # folders of numbered pictures: the new ones, and the old ones
LIST, PALETTE, FILM, TRIAL = "parts.txt", "palette.png", "film", "trial"  # files; the last two get a format's suffix

_LOCK = "lock"
_FORMAT = b"gdviz work folder, format 1\n"
_RECORD = ".whole"
_KNOWN_FILE = re.compile(
    rf"part-[a-z0-9]+-[0-9]+\.(mp4|mov|webm|html)({re.escape(_RECORD)})?|{LIST}|{PALETTE}|({FILM}|{TRIAL})\.[a-z0-9]+"
)
_NO_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)  # errors of a file system without locks
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class WorkFolder:
    """An open and locked work folder.

    Attributes
    ----------
    path
        The folder.
    descriptor
        The folder's file descriptor, open until the folder is given up. A process that inherits it finds the files
        under `inside`, whatever characters the folder's name has.
    key
        Identifies the film; finished work with another key is not used.

    """

    path: Path
    descriptor: int
    key: str

    def inside(self, name: str) -> str:
        """Return a path to a file in the folder that contains no part of the folder's name."""
        return f"/proc/self/fd/{self.descriptor}/{name}"

    def write(self, name: str, content: bytes) -> None:
        """Write a file and sync it to the disk."""
        path = self.path / name
        path.unlink(missing_ok=True)  # do not overwrite it: it could be a hard link to a file of the user's
        with os.fdopen(os.open(path, _WRITE, 0o666), "wb") as file:
            with naming(path):
                file.write(content)
                file.flush()
            sync_descriptor(file.fileno(), path)

    def keep(self, name: str, content: bytes) -> None:
        """Write a finished piece of work, with a record of its digest, for a later run to use if this one fails."""
        self.write(name, content)
        self.write(name + _RECORD, self._record(content))

    def has(self, name: str) -> bool:
        """Return whether a finished piece of this film's work is there, with the length and digest that it had."""
        try:
            return _read(self.path / (name + _RECORD)) == self._record(_read(self.path / name))
        except OSError:
            return False

    def make_folder(self, name: str) -> Path:
        """Make an empty folder in the work folder."""
        path = self.path / name
        path.mkdir()
        return path

    def tidy(self) -> bool:
        """Remove everything that gdviz made except finished pieces of this film; return whether there are any."""
        names = {name for name, mode in _entries(self.path).items() if _KNOWN_FILE.fullmatch(name) and _is_file(mode)}
        kept = {name for name in names if name + _RECORD in names and self.has(name)}
        for name in names:
            if name.removesuffix(_RECORD) not in kept:
                (self.path / name).unlink()
        for folder in (self.path / PICTURES, self.path / REPLACED):
            _remove_pictures(folder)
        return bool(kept)

    def remove(self) -> None:
        """Remove everything that gdviz made, and the folder unless it holds anything else."""
        WorkFolder(self.path, self.descriptor, "").tidy()
        self.remove_if_empty()

    def remove_if_empty(self) -> None:
        """Remove the folder if it holds nothing but its lock."""
        if set(_entries(self.path)) != {_LOCK} or not _is_at(self.path, self.descriptor):
            return
        # Renamed first: a folder of this name without a lock would be taken for the user's.
        gone = _unused_name(self.path.parent)
        self.path.rename(gone)
        _remove_locked(gone)

    def _record(self, content: bytes) -> bytes:
        return f"{self.key} {len(content)} {hashlib.sha256(content).hexdigest()}\n".encode()


def work_folder_path(home: Path, name: str) -> Path:
    """Return the path of the work folder in the folder `home` for the film `name`."""
    hidden = f".{name}{WORK_SUFFIX}"
    if len(os.fsencode(hidden)) > os.pathconf(nearest_folder(home), "PC_NAME_MAX"):
        hidden = f".{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}{WORK_SUFFIX}"
    return home / hidden


def check_work_folder(path: Path, target: Path) -> None:
    """Check that gdviz made the work folder if it exists.

    Raises
    ------
    InputError
        If something is in its place that gdviz did not make.

    """
    with suppress(FileNotFoundError):
        folder, lock = _open_ours(path, target)
        os.close(lock)
        os.close(folder)


def is_in_use(path: Path) -> bool:
    """Return whether a path is a work folder in which a process may be working."""
    try:
        folder, lock = _open_ours(path, path)
    except (FileNotFoundError, InputError):
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:  # another process has it, or the file system has no locks
        return True
    finally:
        os.close(lock)
        os.close(folder)
    return False


@contextmanager
def claimed(path: Path, key: str, target: Path) -> Iterator[WorkFolder]:
    """Lock the work folder of a film for `target` during the block; it is made if it is missing.

    Nothing in it changes, so that a render that fails here does not delete another film's finished work.

    Raises
    ------
    InputError
        If something is in its place that gdviz did not make.
    RenderError
        If another process has locked it.

    """
    descriptor, lock = _claim(path, target)
    folder = WorkFolder(path, descriptor, key)
    try:
        yield folder
    finally:
        with suppress(OSError):  # it is gone if the film was made
            folder.remove_if_empty()
        os.close(lock)
        os.close(descriptor)


@contextmanager
def cleared(folder: WorkFolder) -> Iterator[None]:
    """Clear a claimed folder of unfinished work and other keys' work before the block, and remove it afterwards.

    If the block fails, finished pieces of work are kept. If this process is killed, everything stays, and the next run
    uses the finished pieces.
    """
    folder.tidy()
    try:
        yield
        folder.remove()
    except BaseException:
        with suppress(OSError):  # the block's error matters more, and the next run tidies again
            folder.tidy()
        raise


def _claim(path: Path, target: Path) -> tuple[int, int]:
    """Open and lock a work folder, making it if it is missing; the lock ends with this process."""
    while True:
        try:
            folder, lock = _open_ours(path, target)
        except FileNotFoundError:
            _make(path)
            continue
        with ExitStack() as opened:
            opened.callback(os.close, folder)
            opened.callback(os.close, lock)
            try:
                with naming(path / _LOCK):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RenderError(
                    f"another gdviz is writing {printable(target)}; let it finish, or write to another file"
                ) from None
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise
            with suppress(FileNotFoundError):  # another process has just removed the folder: try again
                if os.path.samestat(os.fstat(lock), (path / _LOCK).lstat()):
                    opened.pop_all()
                    return folder, lock


def _make(path: Path) -> None:
    """Make a work folder, under its final name only when its lock file is written."""
    made = _unused_name(path.parent)
    made.mkdir()
    with naming(made / _LOCK), os.fdopen(os.open(made / _LOCK, _WRITE, 0o666), "wb") as file:
        file.write(_FORMAT)
    try:
        if not os.path.lexists(path):  # renaming would replace an empty folder of the user's
            made.rename(path)
            return
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise
    _remove_locked(made)  # another process was faster


def _unused_name(folder: Path) -> Path:
    return folder / f".gdviz-{secrets.token_hex(8)}"


def _remove_locked(folder: Path) -> None:
    (folder / _LOCK).unlink()
    folder.rmdir()


def _open_ours(path: Path, target: Path) -> tuple[int, int]:
    """Return the descriptors of a work folder and of its lock, after checking that gdviz made it.

    Raises
    ------
    FileNotFoundError
        If it does not exist.
    InputError
        If gdviz did not make it, or a file in it has one of gdviz's names but cannot be gdviz's.

    """
    with ExitStack() as opened:
        try:
            folder = os.open(path, _FOLDER)
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                raise _in_the_way(path, target) from None
            raise
        opened.callback(os.close, folder)
        try:
            lock = os.open(_LOCK, _READ | os.O_RDWR, dir_fd=folder)
        except OSError as error:
            if not _is_at(path, folder):  # another process has just removed it, and perhaps made it again
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from None
            raise _in_the_way(path, target) from error
        opened.callback(os.close, lock)
        if not _is_file(os.fstat(lock).st_mode) or os.pread(lock, len(_FORMAT) + 1, 0) != _FORMAT:
            raise _in_the_way(path, target)
        for foreign in _foreign(path):
            raise _in_the_way(foreign, target)
        opened.pop_all()
    return folder, lock


def _is_at(path: Path, folder: int) -> bool:
    """Return whether an open folder is the one that has this path."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(folder))
    except FileNotFoundError:
        return False


def _foreign(path: Path) -> Iterator[Path]:
    """Yield entries of a work folder that have one of gdviz's names but are not what gdviz would put there."""
    for name, mode in _entries(path).items():
        if _KNOWN_FILE.fullmatch(name) and not _is_file(mode):
            yield path / name
        elif name in (PICTURES, REPLACED):
            if not stat.S_ISDIR(mode):
                yield path / name
            else:
                inside = _entries(path / name).items()
                yield from (path / name / each for each, kind in inside if not _is_picture(each, kind))


def _in_the_way(path: Path, target: Path) -> InputError:
    return InputError(
        f"cannot write {printable(target)}: {printable(path)} is in the way, and gdviz did not make it; "
        "move it away, or write to another file"
    )


def _entries(folder: Path) -> Mapping[str, int]:
    """Return the mode of each entry of a folder by name; links are not followed."""
    found: dict[str, int] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                found[entry.name] = entry.stat(follow_symlinks=False).st_mode
    return found


def _is_file(mode: int) -> bool:
    return stat.S_ISREG(mode)


def _is_picture(name: str, mode: int) -> bool:
    return name.lower().endswith(".png") and _is_file(mode)


def _remove_pictures(folder: Path) -> None:
    """Remove the pictures in a folder, and the folder if nothing else is in it."""
    try:
        found = _entries(folder)
    except FileNotFoundError:
        return
    for name, mode in found.items():
        if _is_picture(name, mode):
            (folder / name).unlink()
    with suppress(OSError):
        folder.rmdir()


def _read(path: Path) -> bytes:
    with os.fdopen(os.open(path, _READ), "rb") as file:
        if not _is_file(os.fstat(file.fileno()).st_mode):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return file.read()
