"""Puts under each command of a page that draws what it draws, in small."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from gdviz.description.choices import SIZES
from generator.commands import checked, draw, run
from generator.pages import Command, SourceFile, blocks
from generator.pictures import Pictures, image, side_by_side

ROOM = (736, 552)  # the most pixels that a still on a page has; a page is as wide
FULL = (1280, 720)  # those of a film that says nothing of them
FILM = ("--size", "400x224", "--fps", "8", "--seconds", "5", "--jobs", "1")
SCALE = 2  # of formulas, whose thin lines would be blurred on many screens
REPLACED = ("--output", "-o", "--jobs", "--max-size", "--fps", "--seconds", "--size", "--scale")  # each with its value
LEFT_OUT = ("--force", "--preview", "-p", "--quiet", "-q", "--json")


def illustrated(page: str, pictures: Pictures) -> str:
    """Return a page's text with a picture under each block of commands that draw one.

    What the page says before is done first, in an empty folder: files are written, other commands run.

    Raises
    ------
    RuntimeError
        If a command fails.

    """
    parts: list[str] = []
    written = 0
    with TemporaryDirectory(prefix="gdviz-docs-") as folder:
        reading = _Reading(Path(folder), pictures)
        for block in blocks(page):
            shown = list(filter(None, map(reading.take, block.steps)))
            parts.append(page[written : block.end] + (f"\n\n{side_by_side(shown)}" if shown else ""))
            written = block.end
    return "".join([*parts, page[written:]])


def small(command: str) -> list[str] | None:
    """Return the arguments that draw in small what a command draws, but for `--output`; None if it draws nothing.

    A film that is a `.webp` stays one, shorter; of any other its poster is drawn.
    """
    program, *words = shlex.split(command)
    if program != "gdviz" or words[0] not in ("render", "still", "formula", "tune"):
        return None
    name, *rest = words
    kept, given = _parted(rest)
    if name == "formula":
        return [name, "--scale", str(SCALE), *kept]
    if name == "tune":
        return [name, "--size", "x".join(map(str, ROOM)), *kept] if {"-o", "--output"} & given.keys() else None
    if name == "render" and any(each.endswith(".webp") for each in given.get("-o", [])):
        return [name, *FILM, *kept]
    poster = ("--poster",) if name == "render" else ()
    return ["still", "--size", _small_size(given.get("--size", [])), *poster, *kept]


def _parted(words: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the arguments that are kept, and the values of the flags that are not."""
    kept: list[str] = []
    given: dict[str, list[str]] = {}
    rest = iter(words)
    for word in rest:
        flag, equals, value = word.partition("=")
        if flag in REPLACED:
            given.setdefault(flag, []).append(value if equals else next(rest))
        elif word not in LEFT_OUT:
            kept.append(word)
    return kept, given


def _small_size(sizes: Sequence[str]) -> str:
    """Return the size of a picture that has the shape of the one asked for, and fits on a page."""
    named = {str(name): size for name, size in SIZES.items()}
    width, height = FULL
    for size in sizes:
        width, height = named.get(size.lower()) or tuple(map(int, size.lower().split("x")))
    share = min(ROOM[0] / width, ROOM[1] / height)
    return f"{2 * round(width * share / 2)}x{2 * round(height * share / 2)}"


@dataclass
class _Reading:
    """What was done of a page so far.

    Attributes
    ----------
    folder
        Where it is done.
    pictures
        Where pictures are kept.
    told
        All that the page said so far, on which its next picture may depend.
    waiting
        What has not been done yet: it is done only before a picture has to be drawn.

    """

    folder: Path
    pictures: Pictures
    told: list[str] = field(default_factory=list)
    waiting: list[Command | SourceFile] = field(default_factory=list)

    def take(self, step: Command | SourceFile) -> str:
        """Return the picture of a command that draws one, to be put into the page; nothing for anything else."""
        words = small(step.command) if isinstance(step, Command) else None
        self.told.append(step.command if isinstance(step, Command) else step.text)
        if words is None or not isinstance(step, Command):
            self.waiting.append(step)
            return ""
        suffix = ".webp" if words[0] == "render" else ".png"
        path = self.pictures.picture([*self.told, *words], suffix, lambda path: self._draw(words, path))
        alt = f"What {step.command} draws"
        return image(path, alt, kind="formula", scale=SCALE) if words[0] == "formula" else image(path, alt)

    def _draw(self, words: Sequence[str], path: Path) -> None:
        with chdir(self.folder):
            while self.waiting:
                step = self.waiting.pop(0)
                if isinstance(step, SourceFile):
                    Path(step.name).write_text(step.text, encoding="utf-8")
                else:
                    checked(step.command, run(step.command))
            draw(words, path)
