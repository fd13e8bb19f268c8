"""Output: one film of a render, with its files, its format and its work folder, and how it is published."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gdviz.description.choices import WebBundle
from gdviz.description.resolved import Resolved
from gdviz.errors import InputError, bytes_in_words, printable
from gdviz.movie.budget import Choice, Found, choices, search
from gdviz.movie.encoder import Source, assemble, pictures_of
from gdviz.movie.formats import FORMATS, Format, Poster, exact_rate, film_files, film_length, format_of, nearest_rate
from gdviz.movie.numbered import Pattern, check_pictures, parse_pattern, publish_pictures
from gdviz.movie.poster import set_poster_moment
from gdviz.movie.provenance import LARGEST_STAMP, is_picture_of, stamp_film
from gdviz.movie.repeats import Selection, select
from gdviz.movie.transparent import formats_of
from gdviz.plan import PAGE, Piece
from gdviz.runtime.files import check_name, place_in_folder, place_of, publish
from gdviz.runtime.work_folder import (
    FILM,
    LIST,
    PALETTE,
    PICTURES,
    REPLACED,
    TRIAL,
    WorkFolder,
    check_work_folder,
    work_folder_path,
)
from gdviz.web.library import check_library


@dataclass(frozen=True)
class Encoding:
    """How a film was encoded.

    Attributes
    ----------
    drawn, choice
        What was drawn, and what was chosen of it; they are equal if nothing was reduced.
    rate
        How many frames a second were drawn.
    measure
        What a choice's quality is, in words in which {} stands for the number.
    max_size
        The most bytes that the film may have; None for no limit.
    trials
        How many encodings were made.

    """

    drawn: Choice
    choice: Choice
    rate: float
    measure: str
    max_size: int | None
    trials: int


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
    size
        The width and height in pixels in which the animation is drawn.
    max_size
        The most bytes that the film may have; None for no limit.

    """

    target: Path
    place: Path
    style: Format
    frames: int
    fps: float
    size: tuple[int, int]
    max_size: int | None = None

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
            If one is, or if it is a page, and what draws it is not installed.

        """
        if self.style.is_page:
            check_library()
        if self.style.numbered:
            check_name(self.files[-1], self.target)
            self._old_pictures()
        if self.work_folder.parent.exists():
            check_work_folder(self.work_folder, self.target)

    def assemble(
        self, parts: WorkFolder, work: WorkFolder, poster: Piece, fingerprint: str, trying: Callable[[int], None]
    ) -> Encoding:
        """Make the film in the folder `work` from the parts in the list in the folder `parts`, and stamp it.

        `poster` is the part that holds the picture that stands for the film. If the film is held to a size, `trying` is
        called before each encoding, with the encoding's number from 1.

        Raises
        ------
        InputError
            If there is no way to encode it in `max_size` bytes.

        """
        if self.style.is_page:
            return self._finish_page(parts, work, fingerprint)
        if self.style.numbered:
            work.make_folder(PICTURES)
        source = Source(parts.inside(LIST), self.frames, self.fps, self.style, (parts.descriptor, work.descriptor))
        pictures = pictures_of(source, printable(self.target.name)) if self.style.holds else []
        tried = choices(self.style.steps, self.size, source.rate)
        attached = parts.inside(poster.name) if self.style.poster is Poster.PICTURE else ""
        encode = partial(self._encode, source, pictures, work, poster=attached)
        if self.max_size is None:
            encode(self._made, self._drawn)
            found = Found(self._drawn, 0, 1)
        else:
            found = search(tried, self.max_size, partial(self._attempt, encode, work, self.max_size), trying)
            if found.choice is None:
                raise self._too_large(self.max_size, tried[-1], found.bytes)
        if self.style.mend is not None:
            self.style.mend(work.path / self._made)
        if self.style.poster is Poster.MOMENT:
            set_poster_moment(work.path / self._made, poster.frames.start / exact_rate(self.fps))
        stamp_film(film_files(work.path / self._made, self.length), self.place, fingerprint)
        choice = found.choice or self._drawn
        return Encoding(self._drawn, choice, float(source.rate), self.style.measure, self.max_size, found.trials)

    def _finish_page(self, parts: WorkFolder, work: WorkFolder, fingerprint: str) -> Encoding:
        """Stamp a page, which is its only part."""
        work.write(self._made, (parts.path / PAGE).read_bytes())
        stamp_film([work.path / self._made], self.place, fingerprint)
        return Encoding(self._drawn, self._drawn, self.fps, "", None, 1)

    def _encode(
        self, source: Source, pictures: Sequence[str], work: WorkFolder, made: str, choice: Choice, *, poster: str
    ) -> None:
        """Encode a film to the file `made` in the work folder.

        `pictures` are empty if all frames are stored, and so is the path of the `poster` if there is none.
        """
        style = self.style.reduced or self.style
        assemble(
            source if choice == self._drawn else replace(source, style=style),
            work.inside(PALETTE),
            work.inside(made),
            printable(self.target.name),
            selection=select(pictures, choice.every, source.rate) if pictures else Selection(self.length, choice.every),
            quality=choice.quality,
            size=None if choice.size == self.size else choice.size,
            poster=poster,
        )

    def _attempt(self, encode: Callable[[str, Choice], None], work: WorkFolder, limit: int, choice: Choice) -> int:
        """Encode a film, and return its size; it is kept only if it has at most `limit` bytes."""
        encode(self._trial, choice)
        trial = work.path / self._trial
        size = trial.stat().st_size + LARGEST_STAMP
        if size <= limit:
            trial.replace(work.path / self._made)
        return size

    def _too_large(self, limit: int, smallest: Choice, size: int) -> InputError:
        width, height = smallest.size
        return InputError(
            f"{printable(self.target)} cannot have at most {bytes_in_words(limit)}: the smallest that there is, "
            f"{width}x{height}, has {bytes_in_words(size, up=True)}; allow as much, or make the film shorter"
        )

    def publish(self, work: WorkFolder) -> None:
        """Move the finished film from its work folder to its place."""
        if not self.style.numbered:
            publish(work.path / self._made, self.place)
            return
        old = self._old_pictures().values()
        publish_pictures(work.path / PICTURES, self._pattern, list(old), work.make_folder(REPLACED))

    @property
    def _drawn(self) -> Choice:
        """The choice without a limit."""
        return Choice(self.size, 1, self.style.steps[0].quality)

    @property
    def _made(self) -> str:
        return f"{PICTURES}/{self.place.name}" if self.style.numbered else f"{FILM}{self.place.suffix.lower()}"

    @property
    def _trial(self) -> str:
        return f"{TRIAL}{self.place.suffix.lower()}"

    @property
    def _pattern(self) -> Pattern:
        return parse_pattern(self.place)

    def _old_pictures(self) -> dict[int, Path]:
        return check_pictures(self._pattern, self.target, partial(is_picture_of, self._pattern))


def outputs_of(targets: Sequence[Path], resolved: Resolved, within: Path | None = None) -> list[Output]:
    """Return the outputs of an animation, after checking that they can be written.

    Parameters
    ----------
    targets
        Paths as the user gave them; the suffix of each selects its format.
    resolved
        The animation.
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
    styles = [format_of(target, formats_of(transparent=resolved.transparent)) for target in targets]
    outputs = [
        Output(
            target,
            _place(target, style, within),
            style,
            resolved.frames,
            resolved.fps,
            resolved.size,
            resolved.max_size,
        )
        for target, style in zip(targets, styles, strict=True)
    ]
    if resolved.web_bundle is not WebBundle.INLINE and not any(style.is_page for style in styles):
        raise InputError(
            f"web_bundle is {resolved.web_bundle}, for pages, and no .html is written; add one, or leave it out"
        )
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


def film_fingerprint(resolved: Resolved, target: Path) -> str:
    """Return the fingerprint of an animation's film: that of its pictures, and of what only the file depends on.

    That is what the film's size is held to, and where a page has its library from.

    Raises
    ------
    InputError
        If a film of this format cannot be held to a size.

    """
    if format_of(target).is_page and resolved.max_size is None:
        return hashlib.sha256(f"{resolved.fingerprint} {resolved.web_bundle}".encode()).hexdigest()
    if resolved.max_size is None:
        return resolved.fingerprint
    if not format_of(target).can_be_reduced:
        able = ", ".join(suffix for suffix, style in FORMATS.items() if style.can_be_reduced)
        raise InputError(
            f"cannot write {printable(target)} with at most {bytes_in_words(resolved.max_size)}: max_size holds only "
            f"for {able}"
        )
    return hashlib.sha256(f"{resolved.fingerprint} {resolved.max_size}".encode()).hexdigest()


def _place(target: Path, style: Format, within: Path | None) -> Path:
    return place_in_folder(target, within) if style.numbered else place_of(target, within)


def _can_be_exchanged(folder: Path) -> bool:
    """Return whether a folder beside this one can replace it."""
    parent = folder.parent
    beside = os.access(parent, os.W_OK | os.X_OK) and parent.stat().st_dev == folder.stat().st_dev
    return beside and not folder.samefile(".")
