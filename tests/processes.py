"""Real gdviz processes, each in a session of its own, so that one can see what is left of it."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 120  # seconds after which a test gives up


@dataclass(frozen=True)
class Ended:
    code: int
    printed: str
    complaints: str


class Running:
    """A gdviz at work in a folder."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gdviz", *arguments],
            cwd=folder,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A shell lets what it runs in the background ignore SIGINT; here it is to be heard.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # no threads here
        )

    def end(self) -> Ended:
        """Wait for its end, and for that of all that it started; nothing of it may be left."""
        printed, complaints = self.process.communicate(timeout=PATIENCE)
        wait_until(lambda: not self.members())
        assert "Traceback" not in complaints
        return Ended(self.process.returncode, printed, complaints)

    def interrupt(self, number: signal.Signals) -> Ended:
        """Send a signal to its process group, as a terminal does on Ctrl-C, and wait for its end."""
        os.killpg(self.process.pid, number)
        return self.end()

    def members(self) -> dict[int, str]:
        """Return the command lines of the processes of its session by number."""
        found = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, _, session = status.read_text().rpartition(")")[2].split()[:4]
                if int(session) == self.process.pid and state != "Z":
                    command = (status.parent / "cmdline").read_bytes().replace(b"\0", b" ")
                    found[int(status.parent.name)] = command.decode()
            except OSError:
                continue
        return found

    def server(self) -> int | None:
        """Return the process that drawing processes are forked from: it leads a group of its own."""
        servers = [pid for pid in self.members() if pid != self.process.pid and group_of(pid) == pid]
        return servers[0] if servers else None

    def templates(self) -> list[int]:
        """Return the processes that films' drawing processes are forked from: the server has forked them."""
        server = self.server()
        return [] if server is None else self._forked_by([server])

    def workers(self) -> list[int]:
        """Return the drawing processes."""
        return self._forked_by(self.templates())

    def _forked_by(self, parents: list[int]) -> list[int]:
        return [pid for pid in self.members() if parent_of(pid) in parents]

    def encoders(self) -> list[int]:
        return [pid for pid, command in self.members().items() if "ffmpeg" in command.partition(" ")[0]]

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Wait until something is so, which it must be before the process ends."""
        wait_until(lambda: condition() or self.process.poll() is not None)
        assert self.process.poll() is None, self.process.communicate()


def group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def is_running(pid: int) -> bool:
    """Return whether a process is there, and not only its exit code that nobody has asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def run(folder: Path, *arguments: str, **environment: str) -> Ended:
    return Running(folder, *arguments, **environment).end()


def wait_until(condition: Callable[[], object]) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.01)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
