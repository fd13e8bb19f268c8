"""The hidden folder beside a film's place in which the film is made; one process at a time has it.

gdviz deletes nothing that it cannot tell for its own: such a folder is a real one, with a lock file in it that says by
its first line that gdviz made the folder, and in it only real files of known names are ever removed or replaced.
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

PICTURES, REPLACED = "pictures", "replaced"  # folders of numbered pictures: the new ones, and those that they replace
LIST, PALETTE, FILM = "parts.txt", "palette.png", "film"  # the film has its format's suffix

_LOCK = "lock"
_FORMAT = b"gdviz work folder, format 1\n"
_RECORD = ".whole"
_KNOWN_FILE = re.compile(rf"part-[a-z0-9]+-[0-9]+\.(mp4|mov)({re.escape(_RECORD)})?|{LIST}|{PALETTE}|{FILM}\.[a-z0-9]+")
_NO_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)  # what a file system says that has none
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class WorkFolder:
    """An open work folder, and the key of what is made in it: finished work of another key is not used.

    Attributes
    ----------
    path
        Where it is.
    descriptor
        It is open under this number for as long as one has it; a process to which the number is passed reaches the
        folder's files by `inside`, whatever the folder is called.
    key
        What the work is for.

    """

    path: Path
    descriptor: int
    key: str

    def inside(self, name: str) -> str:
        """Return a path to something in the folder that has none of the user's letters in it."""
        return f"/proc/self/fd/{self.descriptor}/{name}"

    def write(self, name: str, content: bytes) -> None:
        """Write a file that is on the disk when this returns."""
        path = self.path / name
        path.unlink(missing_ok=True)  # never written through: it could be another name of somebody's file
        with os.fdopen(os.open(path, _WRITE, 0o666), "wb") as file:
            with naming(path):
                file.write(content)
                file.flush()
            sync_descriptor(file.fileno(), path)

    def keep(self, name: str, content: bytes) -> None:
        """Write a finished piece of work so that a later run, whatever ends this one, can rely on it."""
        self.write(name, content)
        self.write(name + _RECORD, self._record(content))

    def has(self, name: str) -> bool:
        """Return whether a piece of this work is there, and whole: as long as it was, with the same digest."""
        try:
            return _read(self.path / (name + _RECORD)) == self._record(_read(self.path / name))
        except OSError:
            return False

    def make_folder(self, name: str) -> Path:
        """Make an empty folder in it."""
        path = self.path / name
        path.mkdir()
        return path

    def tidy(self) -> bool:
        """Remove all that gdviz put there but finished pieces of this work; return whether there are any."""
        names = {name for name, mode in _entries(self.path).items() if _KNOWN_FILE.fullmatch(name) and _is_file(mode)}
        kept = {name for name in names if name + _RECORD in names and self.has(name)}
        for name in names:
            if name.removesuffix(_RECORD) not in kept:
                (self.path / name).unlink()
        for folder in (self.path / PICTURES, self.path / REPLACED):
            _remove_pictures(folder)
        return bool(kept)

    def remove(self) -> None:
        """Remove what gdviz put there, and the folder unless somebody else has put something there, too."""
        WorkFolder(self.path, self.descriptor, "").tidy()
        self.remove_if_empty()

    def remove_if_empty(self) -> None:
        """Remove the folder if there is nothing in it but its lock."""
        if set(_entries(self.path)) != {_LOCK} or not _is_at(self.path, self.descriptor):
            return
        # Under another name first, since a folder without its lock is nobody's.
        gone = _unused_name(self.path.parent)
        self.path.rename(gone)
        _remove_locked(gone)

    def _record(self, content: bytes) -> bytes:
        return f"{self.key} {len(content)} {hashlib.sha256(content).hexdigest()}\n".encode()


def work_folder_path(home: Path, name: str) -> Path:
    """Return where in the folder `home` the film `name` is made."""
    hidden = f".{name}{WORK_SUFFIX}"
    if len(os.fsencode(hidden)) > os.pathconf(nearest_folder(home), "PC_NAME_MAX"):
        hidden = f".{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}{WORK_SUFFIX}"
    return home / hidden


def check_work_folder(path: Path, target: Path) -> None:
    """Check that a work folder is gdviz's own if it is there.

    Raises
    ------
    InputError
        If something is in its place that gdviz did not make; it is left as it is.

    """
    with suppress(FileNotFoundError):
        folder, lock = _open_ours(path, target)
        os.close(lock)
        os.close(folder)


def is_in_use(path: Path) -> bool:
    """Return whether a process may be at work in a work folder, if that is one."""
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
    """Have a work folder to oneself for a film that goes to `target`; it is made if it is missing.

    What is in it stays as it is, so that a render that is refused costs nobody the finished work of another.

    Raises
    ------
    InputError
        If something is in its place that gdviz did not make; it is left as it is.
    RenderError
        If another process has it.

    """
    descriptor, lock = _claim(path, target)
    folder = WorkFolder(path, descriptor, key)
    try:
        yield folder
    finally:
        with suppress(OSError):  # gone when the film is made
            folder.remove_if_empty()
        os.close(lock)
        os.close(descriptor)


@contextmanager
def cleared(folder: WorkFolder) -> Iterator[None]:
    """Begin to work in a claimed folder: unfinished work, and that of another key, is removed.

    When the block ends well, all is removed. If it fails, finished pieces of work are kept; if this process is killed,
    all is kept, and the next run uses what is whole.
    """
    folder.tidy()
    try:
        yield
        folder.remove()
    except BaseException:
        with suppress(OSError):  # what went wrong is the thing to tell, and the next run tidies too
            folder.tidy()
        raise


def _claim(path: Path, target: Path) -> tuple[int, int]:
    """Open and lock a work folder, made if it is missing; the kernel frees the lock if this process dies."""
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
            with suppress(FileNotFoundError):  # whoever had the folder has just removed it
                if os.path.samestat(os.fstat(lock), (path / _LOCK).lstat()):
                    opened.pop_all()
                    return folder, lock


def _make(path: Path) -> None:
    """Make a work folder; it gets its name when its lock is there."""
    made = _unused_name(path.parent)
    made.mkdir()
    with naming(made / _LOCK), os.fdopen(os.open(made / _LOCK, _WRITE, 0o666), "wb") as file:
        file.write(_FORMAT)
    try:
        if not os.path.lexists(path):  # an empty folder of somebody's would be replaced
            made.rename(path)
            return
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise
    _remove_locked(made)  # somebody else was faster


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
        If there is nothing of its name.
    InputError
        If gdviz did not make what is there, or something of a name that it uses in there.

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
            if not _is_at(path, folder):  # whoever had it has just removed it, and another may have made it anew
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
    """Return whether an open folder is the one of this name."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(folder))
    except FileNotFoundError:
        return False


def _foreign(path: Path) -> Iterator[Path]:
    """Find what has a name that gdviz uses in a work folder, and is not what gdviz puts there."""
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
        f"cannot write {printable(target)}: {printable(path)} is in the way, and gdviz did not make it; move it away, "
        "or write to another file"
    )


def _entries(folder: Path) -> Mapping[str, int]:
    """Return the mode of everything in a folder by name; of a link its own."""
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
    """Remove a folder of pictures; what is no picture stays, and so does then the folder."""
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
