"""The films that are made to be looked at once: they are kept in the user's cache, and the oldest of them go."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter

from gdviz.description.resolved import Resolved
from gdviz.film import Film
from gdviz.movie.formats import film_length, format_of
from gdviz.movie.provenance import is_current
from gdviz.output import film_fingerprint
from gdviz.rendering import at_film_rate
from gdviz.runtime.files import make_folder, replacing

MOST_BYTES = 1_000_000_000  # of all films that are kept


def cache_folder() -> Path:
    """Return the folder of the films that are kept: in $XDG_CACHE_HOME, or else in ~/.cache."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "gdviz" / "films"


def cached_film(resolved: Resolved, render: Callable[[Path], Film], folder: Path, most_bytes: int = MOST_BYTES) -> Film:
    """Return a film of an animation in the folder, which is made if it is missing; `render` renders one that is not.

    Then the films that were asked for longest ago are removed, so that all together have at most so many bytes.

    Raises
    ------
    OSError
        If the folder cannot be made or written to.

    """
    make_folder(folder)
    suffix = "webm" if resolved.transparent else "mp4"
    fitting = at_film_rate(resolved, [f"film.{suffix}"])
    fingerprint = film_fingerprint(fitting, Path(f"film.{suffix}"))
    path = folder / f"{fingerprint[:24]}.{suffix}"
    length = film_length(fitting.frames, fitting.fps, format_of(path))
    film = _read(_record(path)) if is_current(path, fingerprint, length) else None
    if film is None:
        film = render(path)
        with replacing(_record(path)) as unfinished:
            unfinished.write_text(json.dumps(TypeAdapter(Film).dump_python(film, mode="json")), encoding="utf-8")
    os.utime(path)
    _remove_oldest(folder, path, most_bytes)
    return film


def _record(path: Path) -> Path:
    """Return the path of the file in which a film's lengths, counts and results stand."""
    return path.with_suffix(".json")


def _read(record: Path) -> Film | None:
    """Return a film from its record; None if there is none, or another version of gdviz wrote it."""
    try:
        return TypeAdapter(Film).validate_python(json.loads(record.read_bytes()))
    except (OSError, ValueError):
        return None


def _remove_oldest(folder: Path, kept: Path, most_bytes: int) -> None:
    """Remove the films that were asked for longest ago; another process may remove them at the same time."""
    films = {}
    for path in folder.iterdir():
        if path.suffix in (".mp4", ".webm") and path != kept:
            with suppress(FileNotFoundError):
                films[path] = path.stat()
    excess = kept.stat().st_size + sum(each.st_size for each in films.values()) - most_bytes
    for path, each in sorted(films.items(), key=lambda item: item[1].st_mtime):
        if excess <= 0:
            return
        for file in (path, _record(path)):
            with suppress(FileNotFoundError):
                file.unlink()
        excess -= each.st_size
