"""The TOML file that a window writes keyframes into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gdviz.description.animation import Animation
from gdviz.description.camera_toml import require_tomlkit, whole_description, with_keyframes
from gdviz.description.tables import CameraKey
from gdviz.description.toml import read_toml
from gdviz.errors import InputError, printable
from gdviz.runtime.files import place_of, replacing


@dataclass(frozen=True)
class KeyframesFile:
    """A file that keyframes are written into.

    Attributes
    ----------
    path
        As the user gave it.
    beginning
        What a new file has beside the keyframes; None if the file is there already, and all of it but its keyframes is
        to stay.

    """

    path: Path
    beginning: str | None

    def write(self, keyframes: Sequence[CameraKey]) -> None:
        """Write keyframes into the file, whose other lines stay as they are now.

        Raises
        ------
        InputError
            If it cannot be written, or is no longer TOML.

        """
        require_tomlkit()
        there = self.path.exists() or self.beginning is None
        text = read_toml(self.path)[1] if there else self.beginning or ""
        changed = _changed(self.path, text, keyframes)
        with replacing(self.path) as unfinished:
            unfinished.write_text(changed, encoding="utf-8", newline="")


def keyframes_file(path: Path, animation: Animation, source: Path | None) -> KeyframesFile:
    """Return the file at a path, after checking that keyframes can be written into it.

    Parameters
    ----------
    path
        Where it is, or will be.
    animation
        What a new file describes.
    source
        The file that describes the animation too, and whose comments a new file keeps; None if there is none.

    Raises
    ------
    InputError
        If there is another file than a description, nothing can be written there, or tomlkit is not installed.

    """
    if path.suffix.lower() != ".toml":
        raise InputError(f"cannot write {printable(path)}: keyframes are kept in a .toml file")
    require_tomlkit()
    place_of(path)
    if path.exists():
        _changed(path, read_toml(path)[1], Animation.load(path).camera)
        return KeyframesFile(path, None)
    return KeyframesFile(path, _copied(animation, source, path.parent) or whole_description(animation, path.parent))


def _changed(path: Path, text: str, keyframes: Sequence[CameraKey]) -> str:
    """Return the text of a file with other keyframes; an error names the file."""
    try:
        return with_keyframes(text, keyframes)
    except InputError as error:
        raise InputError(f"{printable(path)}: {error}") from error


def _copied(animation: Animation, source: Path | None, folder: Path) -> str | None:
    """Return the text of the source, if it describes the animation in another folder too; None if not."""
    if source is None or Animation.load(source).model_dump() != animation.model_dump():
        return None
    names_files = animation.landscape is not None or any(run.path_file is not None for run in animation.runs)
    return None if names_files and not source.parent.samefile(folder) else read_toml(source)[1]
