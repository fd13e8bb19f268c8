"""What is in the way of an output: a file that gdviz did not make is replaced only if the user says so.

On a terminal the user is asked; elsewhere the command ends, and names the flag.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from gdviz.errors import GdvizError, InputError, printable

NOT_OURS = "gdviz did not make it as it is"


def check_outputs(
    paths: Iterable[Path | None], is_own: Callable[[Path], bool], *, force: bool, quiet: bool, told: str = NOT_OURS
) -> None:
    """Ask before files are replaced that a command may not replace unasked, or refuse to replace them.

    Parameters
    ----------
    paths
        The command's outputs; None for one that is not written.
    is_own
        Whether a file may be replaced unasked; an empty one always may.
    force
        Whether all may.
    quiet
        Whether nobody is asked, even on a terminal.
    told
        What is told of a file that may not.

    Raises
    ------
    InputError
        If a file may not be replaced, and nobody can be asked.
    GdvizError
        If the user does not want it.

    """
    for path in paths:
        if path is not None and not force and path.is_file() and path.stat().st_size and not _holds(is_own, path):
            ask_to_replace(path, told, quiet=quiet)


def ask_to_replace(path: Path, told: str, *, quiet: bool) -> None:
    """Ask whether an output may be replaced; errors are as above."""
    fault = f"{printable(path)} exists, and {told}"
    if quiet or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InputError(f"{fault}; add --force (-y) to replace it, or name another file with --output")
    sys.stderr.write(f"gdviz: {fault}; replace it? [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):  # the end of the input
        sys.stderr.write("\n")
    if answer.strip().lower() not in ("y", "yes"):
        raise GdvizError("nothing was written")


def _holds(is_own: Callable[[Path], bool], path: Path) -> bool:
    try:
        return is_own(path)
    except OSError:  # it cannot be read
        return False
