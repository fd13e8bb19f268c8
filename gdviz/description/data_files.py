"""Where files that a description names lie: in its own folder, or below."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gdviz.errors import InputError, shorten


def place_of_file(name: str, folder: Path | None) -> Path:
    """Return the absolute path of a file that a description names.

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


def as_text(value: object) -> object:
    """Return the text of a path that Python gives; anything else as it is."""
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def typed_files(data: Mapping[str, Any], flags: Mapping[str, str]) -> frozenset[str]:
    """Return the names of files in a description that flags have set: those that the user has typed.

    Parameters
    ----------
    data
        The description, which need not be right.
    flags
        Dotted keys that flags have set -> the flag.

    """
    runs = data.get("runs")
    tables = runs if isinstance(runs, list) else []
    paths = {
        f"runs.{number}.path": table.get("path") for number, table in enumerate(tables) if isinstance(table, Mapping)
    }
    typed = [data.get("landscape") if "landscape" in flags else None]
    typed += [path for key, path in paths.items() if "runs" in flags or key in flags]
    return frozenset(each for each in typed if isinstance(each, str))
