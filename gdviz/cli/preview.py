"""Shows a film or a picture with the program that the desktop opens such files with."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Mapping
from pathlib import Path

from gdviz.errors import GdvizWarning, printable

PLAYER = "xdg-open"
PACKAGE = "xdg-utils"  # Debian's and most others'
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def show(path: Path) -> None:
    """Have a file opened, and do not wait for the program that opens it; warn if there is none."""
    if fault := _opened(path, os.environ):
        warnings.warn(f"{printable(path)} cannot be shown: {fault}", GdvizWarning, stacklevel=1)


def _opened(path: Path, environment: Mapping[str, str]) -> str | None:
    """Have a file opened; return why that was not possible, or None.

    Relative entries of PATH are left out, here and for the player: they lead to the working folder, whose files may be
    a stranger's.
    """
    search = os.pathsep.join(filter(os.path.isabs, environment.get("PATH", os.defpath).split(os.pathsep)))
    player = shutil.which(PLAYER, path=search) if search else None
    if not any(environment.get(name) for name in DISPLAYS):
        return "there is no display"  # where xdg-open would take over the terminal
    if player is None:
        return f"there is no {PLAYER}; install the package {PACKAGE}"
    silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    try:
        # In a session of its own, so that neither Ctrl-C nor the end of the terminal closes the player.
        os.posix_spawn(
            player, [player, str(path.absolute())], {**environment, "PATH": search}, file_actions=silent, setsid=True
        )
    except OSError as error:
        return f"{player} cannot be started ({error.strerror})"
    return None
