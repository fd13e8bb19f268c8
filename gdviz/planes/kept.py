"""The file of a plane: what has been computed is kept in it, a portion at a time, so that a later call goes on."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gdviz.errors import InputError, printable
from gdviz.extent import FloatArray
from gdviz.landscapes.npy import read_text
from gdviz.runtime.files import place_of, replacing

KEY = "plane"  # of the text by which a file is known again
VERSION = "1"  # of what is in a file; one of another version is not gone on with


def write_plane(
    path: Path, arrays: Mapping[str, FloatArray], title: str | None, made_from: Mapping[str, str], done: int | None
) -> None:
    """Write the file, atomically.

    Parameters
    ----------
    path
        The file.
    arrays
        What it holds, by name.
    title
        What the landscape is called; None for the file's name.
    made_from
        Digests of what the plane was made from.
    done
        How many portions are computed; None if all are.

    """
    state = {"version": VERSION, **made_from} | ({} if done is None else {"done": done})
    texts = {KEY: json.dumps(state)} | ({} if title is None else {"title": title})
    with replacing(path) as unfinished:
        np.savez(unfinished, allow_pickle=False, **arrays, **{key: np.array(text) for key, text in texts.items()})


@dataclass(frozen=True)
class Kept:
    """What an earlier call has left.

    Attributes
    ----------
    done
        How many portions it computed; None if all.
    arrays
        What the file holds, by name, without texts.
    title
        What the file calls the landscape; None if it does not.

    """

    done: int | None
    arrays: Mapping[str, FloatArray]
    title: str | None


def check_path(path: Path) -> None:
    """Raise an InputError unless a .npz file can be written to a path."""
    if path.suffix.lower() != ".npz":
        raise InputError(f"a plane is saved as a .npz file, such as loss.npz, not as {printable(path.name)}")
    place_of(path)


def read_kept(path: Path, made_from: Mapping[str, str], *, overwrite: bool) -> Kept | None:
    """Return what an earlier call with the same arguments has left; None if there is nothing, or it is to be replaced.

    Raises
    ------
    InputError
        If something else is there, and may not be overwritten.

    """
    if not path.exists():
        return None
    state = _state_of(path)
    if state is None:
        if overwrite:
            return None
        raise InputError(
            f"{printable(path)} is there, and gdviz.plane did not make it; give another path, or overwrite=True"
        )
    differ = [name for name, value in {"version": VERSION, **made_from}.items() if state.get(name) != value]
    if differ:
        if overwrite:
            return None
        raise InputError(
            f"{printable(path)} was made with other arguments ({', '.join(differ)}); "
            "give another path, or overwrite=True to begin it anew"
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            texts = {name: str(file[name]) for name in file.files if name in (KEY, "title")}
            arrays = {name: np.array(file[name]) for name in file.files if name not in texts}
    except (ValueError, KeyError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        if overwrite:
            return None
        raise damaged(path) from error
    return Kept(state.get("done"), arrays, texts.get("title"))


def damaged(path: Path) -> InputError:
    """Return the error of a file that gdviz.plane has made, and something else has changed."""
    return InputError(
        f"{printable(path)} is damaged, so that gdviz.plane cannot go on with it; remove it, and call again"
    )


def _state_of(path: Path) -> dict[str, Any] | None:
    """Return what a file's text says of how it was made; None if gdviz.plane did not make it."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{KEY}.npy") as member:
            state = json.loads(read_text(member, KEY) or "")
    except (InputError, OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        return None
    return state if isinstance(state, dict) and "version" in state else None
