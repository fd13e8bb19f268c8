"""Where a film is made until it is whole: a hidden folder beside its place, which one process at a time has."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gdviz.errors import RenderError
from gdviz.files import sync

_LOCK = "lock"
_RECORD = ".whole"


@dataclass(frozen=True)
class Workshop:
    """A folder, and the key of what is made in it: finished work of another key is not taken up.

    Attributes
    ----------
    folder
        Where to put what is not finished.
    key
        What the work is for.

    """

    folder: Path
    key: str

    def keep(self, name: str, content: bytes) -> None:
        """Write a finished piece of work so that a later run, whatever ends this one, can rely on it."""
        for path, written in ((self.folder / name, content), (self.folder / (name + _RECORD), self._record(content))):
            path.write_bytes(written)
            sync(path)

    def has(self, name: str) -> bool:
        """Return whether a piece of this work is there, and whole: as long as it was, with the same digest."""
        try:
            record = (self.folder / (name + _RECORD)).read_bytes()
            return record == self._record((self.folder / name).read_bytes())
        except OSError:
            return False

    def _record(self, content: bytes) -> bytes:
        return f"{self.key} {len(content)} {hashlib.sha256(content).hexdigest()}\n".encode()

    def tidy(self) -> bool:
        """Remove all but finished pieces of this work; return whether there are any."""
        recorded = {path.name.removesuffix(_RECORD) for path in self.folder.glob(f"*{_RECORD}")}
        kept = {name for name in recorded if self.has(name)}
        for path in self.folder.iterdir():
            if path.name != _LOCK and path.name.removesuffix(_RECORD) not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        return bool(kept)


@contextmanager
def workshop(folder: Path, key: str, target: Path) -> Iterator[Workshop]:
    """Have a folder to oneself to make `target` in; it is gone when the block ends well.

    If the block fails, finished pieces of work are kept; if this process is killed, all is kept, and the next run
    takes up what is whole.

    Raises
    ------
    RenderError
        If another process has it.

    """
    lock = _claim(folder, target)
    shop = Workshop(folder, key)
    try:
        shop.tidy()
        yield shop
        shutil.rmtree(folder)
    except BaseException:
        with suppress(OSError):  # what went wrong is the thing to tell, and the next run tidies too
            if not shop.tidy():
                shutil.rmtree(folder)
        raise
    finally:
        os.close(lock)


def _claim(folder: Path, target: Path) -> int:
    """Lock a folder; return the descriptor that holds the lock, which the kernel lets go of if this process dies."""
    path = folder / _LOCK
    while True:
        folder.mkdir(exist_ok=True)
        try:
            lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o666)
        except FileNotFoundError:
            continue  # whoever had the folder has just removed it
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(lock), path.stat()):
                return lock
        except BlockingIOError:
            os.close(lock)
            raise RenderError(f"another gdviz is writing {target}; let it finish, or write to another file") from None
        except FileNotFoundError:
            pass
        os.close(lock)
