"""Leftovers: films that gdviz made, known by their stamps, and that no target writes any more."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gdviz.movie.formats import FORMATS
from gdviz.movie.provenance import read_stamp
from gdviz.runtime.files import is_work_folder_name
from gdviz.runtime.work_folder import is_in_use, work_folder_path

_VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".jj"})  # folders that are not searched


@dataclass(frozen=True)
class Leftover:
    """A film that no target writes.

    Attributes
    ----------
    path
        The film; for numbered pictures, their folder.
    files
        The film's files.

    """

    path: Path
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Removal:
    """A file, or a folder that it left empty, that was removed, or could not be for the reason in `error`."""

    path: Path
    error: OSError | None = None


def leftovers(directory: Path, wanted: Collection[Path]) -> tuple[list[Leftover], list[OSError]]:
    """Find the films in a folder and below that have a valid stamp and are not wanted; nothing is removed.

    Hidden files are included. Links are not followed, and films that another gdviz is making are skipped.

    Parameters
    ----------
    directory
        The folder to search; it need not exist.
    wanted
        The files of the targets' films, without links in their paths.

    Returns
    -------
    The films in the order of their paths, and an error for each folder or file that could not be read.

    """
    root = Path(os.path.realpath(directory))
    found: defaultdict[Path, list[Path]] = defaultdict(list)
    errors: list[OSError] = []
    for file in _files_below(directory, errors):
        kind = FORMATS.get(file.suffix.lower())
        if kind is None or root / file.relative_to(directory) in wanted:
            continue
        try:
            if read_stamp(file) is not None:
                found[file.parent if kind.numbered else file].append(file)
        except FileNotFoundError:
            continue
        except OSError as error:
            errors.append(error)
    made = [Leftover(path, tuple(sorted(found[path]))) for path in sorted(found)]
    return [each for each in made if not _is_being_made(each)], errors


def remove(found: Sequence[Leftover], directory: Path) -> Iterator[Removal]:
    """Remove films, and the folders below `directory` that they leave empty; yield a Removal for each path.

    A file that has changed since, or that another gdviz has begun to make, stays.
    """
    for each in found:
        if _is_being_made(each):
            continue
        for file in each.files:
            try:
                if read_stamp(file) is None:
                    continue
                file.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                yield Removal(file, error)
                continue
            yield Removal(file)
            for folder in _emptied(file.parent, directory):
                yield Removal(folder)


def _emptied(folder: Path, directory: Path) -> Iterator[Path]:
    """Remove a folder and those above it, below `directory`, as long as they are empty; yield those removed."""
    with suppress(OSError):
        while folder != directory:
            folder.rmdir()
            yield folder
            folder = folder.parent


def _is_being_made(found: Leftover) -> bool:
    """Return whether a process may be making a film."""
    path = found.path
    if path in found.files:
        return is_in_use(work_folder_path(path.parent, path.name))
    # The pattern of the pictures' names is not known, and their work folder may lie in or beside their folder.
    try:
        beside = [*path.iterdir(), *path.parent.iterdir()]
    except OSError:
        return True  # not known, so nothing is removed
    return any(is_in_use(place) for place in beside if is_work_folder_name(place.name))


def _files_below(directory: Path, errors: list[OSError]) -> Iterator[Path]:
    """Yield the regular files in a folder and below; errors of those that cannot be read are added to `errors`.

    Not by Path.rglob: it recurses into each level, and stops at the first folder that cannot be read.
    """
    waiting = [directory]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        yield folder / entry.name
                    elif entry.is_dir(follow_symlinks=False) and not _is_passed_over(entry.name):
                        waiting.append(folder / entry.name)
        except FileNotFoundError:
            continue
        except OSError as error:
            errors.append(error)


def _is_passed_over(name: str) -> bool:
    return name in _VERSION_CONTROL or is_work_folder_name(name)
