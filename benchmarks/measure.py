"""Measures a command with all processes that it starts: seconds from start to end, CPU, memory, and a film's parts.

    measure.py REPORT FOLDER PARTS COMMAND...   as a script, writes what it measured to the file REPORT

The script adopts the processes whose parents end before them, and waits for every one: the kernel's account of them is
exact, and nothing looks at them meanwhile. FOLDER is where a film's finished parts are looked for, up to so many.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PART, RECORD = "part-", ".whole"  # how the names of a film's finished parts begin, and those of their records end
LOOK = 0.005  # seconds between two looks for one
PATIENCE = 10.0  # seconds that processes may go on after the command has ended, or was told to end
SET_PDEATHSIG, SET_CHILD_SUBREAPER = 1, 36  # of prctl


@dataclass(frozen=True)
class Usage:
    """What a command used.

    Attributes
    ----------
    wall
        Seconds until it ended.
    cpu
        Seconds of CPU of all its processes.
    memory
        The most memory that one of them took, in MB of 1,048,576 bytes.
    parts
        Seconds until each part of a film was finished, as far as they were looked for.
    printed
        What it printed.

    """

    wall: float
    cpu: float
    memory: float
    parts: Sequence[float]
    printed: str

    @property
    def first(self) -> float:
        """Seconds until the first part of a film was finished; 0 if none was seen."""
        return self.parts[0] if self.parts else 0.0


class MeasureError(Exception):
    """A command failed; the message says which, and what it printed."""


def measure(command: Sequence[str], environment: Mapping[str, str], folder: Path, *, parts: int = 1) -> Usage:
    """Run a command in a folder and measure it; look for so many parts of a film.

    Raises
    ------
    MeasureError
        If it fails.

    """
    with tempfile.TemporaryDirectory() as reports, tempfile.TemporaryFile() as output:
        report = Path(reports) / "report.json"
        given = [sys.executable, "-I", "-S", __file__, str(report), str(folder), str(parts), *command]
        with subprocess.Popen(given, stdout=output, stderr=subprocess.STDOUT, env=dict(environment), cwd=folder) as run:
            try:
                code = run.wait()
            finally:
                run.terminate()  # unless it has ended: it ends what it started
        output.seek(0)
        printed = output.read().decode(errors="replace")
        if code:
            raise MeasureError(f"{' '.join(command)} ended with {code}:\n{printed}")
        return Usage(**json.loads(report.read_text()), printed=printed)


def main(report: str, folder: str, parts: str, *command: str) -> int:
    """Run a command, write what was measured, and return its exit code."""
    libc = ctypes.CDLL(None)
    libc.prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    libc.prctl(SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.perf_counter()
    process = subprocess.Popen(command, start_new_session=True)
    try:
        seen, code = _wait(process, Path(folder), int(parts), began)
    except BaseException:
        _end(process)
        raise
    wall = time.perf_counter() - began
    _adopted(PATIENCE)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024, "parts": seen}
    Path(report).write_text(json.dumps(told))
    return code


def _wait(process: subprocess.Popen[bytes], folder: Path, parts: int, began: float) -> tuple[list[float], int]:
    """Wait for a command; return after how many seconds each part of a film was there, and the command's exit code."""
    seen: list[float] = []
    while len(seen) < parts and process.poll() is None:
        new = _parts(folder) - len(seen)
        seen += [time.perf_counter() - began] * min(new, parts - len(seen))
        time.sleep(LOOK)
    return seen, process.wait()


def _parts(folder: Path) -> int:
    """Return how many finished parts there are in the hidden folders in a folder."""
    with suppress(OSError):  # a hidden folder has just been removed
        hidden = [each.path for each in os.scandir(folder) if each.name.startswith(".")]
        names = [each.name for path in hidden for each in os.scandir(path)]
        return sum(name.startswith(PART) and not name.endswith(RECORD) for name in names)
    return 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command, and at last everything in its session."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _adopted(PATIENCE)


def _adopted(seconds: float) -> None:
    """Wait for processes that were adopted; those that do not end are left alone."""
    until = time.perf_counter() + seconds
    with suppress(ChildProcessError):
        while time.perf_counter() < until:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(LOOK)


if __name__ == "__main__":
    try:
        raise SystemExit(main(*sys.argv[1:]))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
