"""Films that gdviz made and nobody asks for any more: found by their stamps, removed only when that is asked for."""

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

_VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".jj"})  # what is stored in there is kept on purpose


@dataclass(frozen=True)
class Leftover:
    """A film that nobody asks for.

    Attributes
    ----------
    path
        The film; of numbered pictures, their folder.
    files
        What it consists of.

    """

    path: Path
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Removal:
    """A file, or a folder that was empty without it, that was removed; or the reason why it could not be."""

    path: Path
    error: OSError | None = None


def leftovers(directory: Path, wanted: Collection[Path]) -> tuple[list[Leftover], list[OSError]]:
    """Find the films in a folder and below that carry a valid stamp and are not wanted; nothing is removed.

    Hidden names count. Links are not followed, and what another gdviz is making is passed over.

    Parameters
    ----------
    directory
        Where to look; it need not be there.
    wanted
        The files of films that are asked for, without links in their paths.

    Returns
    -------
    The films in the order of their paths, and for each folder or file that could not be read the reason.

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
    """Remove films, and the folders below `directory` that are empty without them; yield what became of each path.

    A file that is by now another one, or that another gdviz has begun to make, stays.
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
    """Remove a folder and those above it up to, not including, `directory`, as long as they are empty."""
    with suppress(OSError):
        while folder != directory:
            folder.rmdir()
            yield folder
            folder = folder.parent


def _is_being_made(found: Leftover) -> bool:
    """Return whether a process is at work on a film."""
    path = found.path
    if path in found.files:
        return is_in_use(work_folder_path(path.parent, path.name))
    # By which pattern pictures were named is not known; where they have no folder yet, they are made beside its place.
    try:
        beside = [*path.iterdir(), *path.parent.iterdir()]
    except OSError:
        return True  # perhaps
    return any(is_in_use(place) for place in beside if is_work_folder_name(place.name))


def _files_below(directory: Path, errors: list[OSError]) -> Iterator[Path]:
    """Yield the regular files in a folder and below; what cannot be read is added to `errors`.

    Folders wait in a list: Path.rglob calls itself for each level, and ends at the first folder that cannot be read.
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
