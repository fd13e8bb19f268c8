"""Output: one film of a render, with its files, its format and its work folder, and how it is published."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gdviz.errors import InputError, printable
from gdviz.movie.encoder import assemble
from gdviz.movie.formats import Format, film_files, film_length, format_of, nearest_rate
from gdviz.movie.numbered import Pattern, check_pictures, parse_pattern, publish_pictures
from gdviz.movie.provenance import is_picture_of, stamp_film
from gdviz.runtime.files import check_name, place_in_folder, place_of, publish
from gdviz.runtime.work_folder import (
    FILM,
    LIST,
    PALETTE,
    PICTURES,
    REPLACED,
    WorkFolder,
    check_work_folder,
    work_folder_path,
)


@dataclass(frozen=True)
class Output:
    """One film of a render.

    Attributes
    ----------
    target
        The path as the user gave it; for numbered pictures, the pattern of their names.
    place
        Where the film goes: the target with links followed.
    style
        The film's format.
    frames
        How many frames the animation has.
    fps
        How many of the animation's frames are shown a second.

    """

    target: Path
    place: Path
    style: Format
    frames: int
    fps: float

    @property
    def length(self) -> int:
        """How many frames the film has; it differs from `frames` if the format does not support the frame rate."""
        return film_length(self.frames, self.fps, self.style)

    @property
    def seconds(self) -> float:
        """The film's length in seconds."""
        return self.length / nearest_rate(self.fps, self.style)

    @property
    def files(self) -> list[Path]:
        """The film's files."""
        return film_files(self.place, self.length)

    @property
    def work_folder(self) -> Path:
        """The hidden folder in which the film is made: on the same file system, so that it can be moved at once."""
        folder = self.place.parent
        if not self.style.numbered:
            return work_folder_path(folder, self.place.name)
        if folder.exists() and not _can_be_exchanged(folder):
            return work_folder_path(folder, self.place.name)
        return work_folder_path(folder.parent, f"{folder.name}.{self.place.name}")

    def check(self) -> None:
        """Check that no file that gdviz did not make is in the way.

        Raises
        ------
        InputError
            If one is.

        """
        if self.style.numbered:
            check_name(self.files[-1], self.target)
            self._old_pictures()
        if self.work_folder.parent.exists():
            check_work_folder(self.work_folder, self.target)

    def assemble(self, parts: WorkFolder, work: WorkFolder, fingerprint: str) -> None:
        """Make the film in the folder `work` from the parts in the list in the folder `parts`, and stamp it."""
        inside = work.make_folder(PICTURES) / self.place.name if self.style.numbered else work.path / self._made
        assemble(
            parts.inside(LIST),
            work.inside(PALETTE),
            work.inside(f"{PICTURES}/{self.place.name}" if self.style.numbered else self._made),
            printable(self.target.name),
            frames=self.frames,
            fps=self.fps,
            style=self.style,
            passed=(parts.descriptor, work.descriptor),
        )
        stamp_film(film_files(inside, self.length), self.place, fingerprint)

    def publish(self, work: WorkFolder) -> None:
        """Move the finished film from its work folder to its place."""
        if not self.style.numbered:
            publish(work.path / self._made, self.place)
            return
        old = self._old_pictures().values()
        publish_pictures(work.path / PICTURES, self._pattern, list(old), work.make_folder(REPLACED))

    @property
    def _made(self) -> str:
        return f"{FILM}{self.place.suffix.lower()}"

    @property
    def _pattern(self) -> Pattern:
        return parse_pattern(self.place)

    def _old_pictures(self) -> dict[int, Path]:
        return check_pictures(self._pattern, self.target, partial(is_picture_of, self._pattern))


def outputs_of(targets: Sequence[Path], frames: int, fps: float, within: Path | None = None) -> list[Output]:
    """Return the outputs of an animation, after checking that they can be written.

    Parameters
    ----------
    targets
        Paths as the user gave them; the suffix of each selects its format.
    frames, fps
        The animation's number of frames and frame rate.
    within
        A folder that no link may lead out of; missing folders in it are made later. If None, the films' folders must
        exist, and links are followed anywhere.

    Raises
    ------
    InputError
        If there are no targets, one cannot be written, or two are the same file.

    """
    if not targets:
        raise InputError("there is nothing to write: no output was given")
    styles = [format_of(target) for target in targets]
    outputs = [
        Output(target, _place(target, style, within), style, frames, fps)
        for target, style in zip(targets, styles, strict=True)
    ]
    taken: dict[Path, int] = {}
    for number, output in enumerate(outputs):
        for file in output.files:
            other = taken.setdefault(file, number)
            if other != number:
                raise InputError(
                    f"cannot write {printable(file)} twice, for {printable(targets[other])} and "
                    f"{printable(output.target)}"
                )
    for output in outputs:
        output.check()
    return outputs


def _place(target: Path, style: Format, within: Path | None) -> Path:
    return place_in_folder(target, within) if style.numbered else place_of(target, within)


def _can_be_exchanged(folder: Path) -> bool:
    """Return whether a folder beside this one can replace it."""
    parent = folder.parent
    beside = os.access(parent, os.W_OK | os.X_OK) and parent.stat().st_dev == folder.stat().st_dev
    return beside and not folder.samefile(".")
