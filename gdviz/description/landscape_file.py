"""Where the file of a landscape lies: in the folder of the description that names it, or below."""

from __future__ import annotations

import os
from pathlib import Path

from gdviz.errors import InputError, shorten


def place_of_landscape(name: str, folder: Path | None) -> Path:
    """Return the absolute path of a landscape's file.

    Parameters
    ----------
    name
        The path as it is written.
    folder
        The folder of the file that it is written in, which it must not lead out of, nor may a link; None if the user
        has typed it, and it is relative to the working folder.

    Raises
    ------
    InputError
        If it leads out of the folder.

    """
    if "\0" in name or not name:
        raise InputError(f"must be the name of a file, not {shorten(name)}")
    if folder is None:
        return Path(name).absolute()
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise InputError(f"must be relative to the folder of this file, and without '..', not {shorten(name)}")
    within, place = Path(os.path.realpath(folder)), Path(os.path.realpath(folder / name))
    if not place.is_relative_to(within):
        raise InputError(f"{shorten(name)} is a link out of the folder of this file; copy what it leads to")
    return (folder / name).absolute()
