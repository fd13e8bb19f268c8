"""Starts Python processes that run gdviz's code and import nothing from the user's script or the working folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe, spawn
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

from gdviz.errors import RenderError
from gdviz.runtime.signals import deferred_signals

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
# Names in sys.flags, with the options that set them in a new process.
_FLAGS: Mapping[str, str] = {
    "ignore_environment": "-E",
    "no_user_site": "-s",
    "no_site": "-S",
    "dont_write_bytecode": "-B",
}


@dataclass(frozen=True)
class PythonProcess:
    """A process that was started. It leads a process group: killing it kills everything that it started.

    Attributes
    ----------
    process
        The process. Only `exit_code` and `kill` may wait for it: until then its number cannot be reused, and names the
        group.
    connection
        A socket to it, at its end when the process has ended.

    """

    process: subprocess.Popen[bytes]
    connection: Connection

    def exit_code(self, seconds: float) -> int | None:
        """Wait for the process to end; return its exit code, minus a signal's number, or None if it still runs."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.process.returncode

    def kill_group(self) -> None:
        """Kill the group unless the process has ended, and do not wait for it."""
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def kill(self) -> int:
        """Kill the group unless the process has ended; return its exit code, or minus a signal's number."""
        self.kill_group()
        self.connection.close()
        return self.process.wait()


def start_python(entry: str, *, output: IO[bytes] | None = None) -> PythonProcess:
    """Start a process that runs one of gdviz's functions.

    It is not in the terminal's foreground group, so that Ctrl-C does not reach it. The function must end when its
    socket is closed: that happens when this process ends, in whatever way.

    Parameters
    ----------
    entry
        The function, as `module:function`. It is called with its end of the socket.
    output
        A file for stdout and stderr; if None, stdout is discarded and stderr is this process's.

    Raises
    ------
    RenderError
        If the process cannot be started.

    """
    executable = os.fsdecode(spawn.get_executable() or b"")
    flags = [flag for name, flag in _FLAGS.items() if getattr(sys.flags, name)]
    process = ours = None
    try:
        ours, theirs = Pipe()
        with theirs, deferred_signals():
            process = subprocess.Popen(
                [executable, *flags, "-P", str(_BOOTSTRAP), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if output is None else output,
                stderr=output,
                env=_environment(),
                pass_fds=(theirs.fileno(),),
                process_group=0,
            )
        started = PythonProcess(process, ours)
        module, _, function = entry.partition(":")
        path = [folder for each in sys.path if (folder := _absolute(each))]
        with suppress(BrokenPipeError, ConnectionResetError):  # it has ended: reading from it will raise EOFError
            ours.send((str(Path(__file__).parents[1]), path, _barred(), module, function))
    except OSError as error:
        if ours is not None:
            ours.close()
        name = executable or "its path is unknown"
        raise RenderError(f"Python cannot be started ({error.strerror}: {name})") from error
    except BaseException:  # a deferred signal: do not leave the process behind
        if process is not None and ours is not None:
            PythonProcess(process, ours).kill()
        raise
    return started


def _environment() -> dict[str, str]:
    """Return this process's environment, without empty entries of PYTHONPATH: they mean the working folder."""
    environment = dict(os.environ)
    folders = environment.pop("PYTHONPATH", "").split(os.pathsep)
    if path := os.pathsep.join(absolute for folder in folders if (absolute := _absolute(folder))):
        environment["PYTHONPATH"] = path
    return environment


def _barred() -> list[str]:
    """Return the folders that are on Python's path as the working folder or the folder of the script."""
    folders = [_absolute(os.curdir)]
    main = sys.modules.get("__main__")
    if script := getattr(main, "__file__", None):
        parents = [Path(script).parent, Path(script).resolve().parent]
        if spec := getattr(main, "__spec__", None):  # started with `python -m package.module`
            parents += list(Path(script).parents)[spec.name.count(".") : spec.name.count(".") + 1]
        folders += map(str, parents)
    return [os.path.realpath(folder) for folder in folders if folder]


def _absolute(folder: str) -> str | None:
    """Return a folder's absolute path; None if it is empty, or relative while the working folder is gone."""
    try:
        return str(Path(folder).absolute()) if folder else None
    except FileNotFoundError:
        return None
