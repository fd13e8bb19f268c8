"""What a notebook shows: a film that plays, a still, a description's settings, and how far a render has come."""

from __future__ import annotations

import base64
import html
import json
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gdviz.errors import bytes_in_words, printable

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from gdviz.description.animation import Animation
    from gdviz.film import Film, Still
    from gdviz.rendering import Progress

LARGEST_EMBEDDED = 20_000_000  # bytes of a file that a notebook carries; of a larger one it has a link
BAR_EVERY = 0.1  # seconds between two changes of a bar

_WHOLE = "max-width: 100%; height: auto"
_VIDEO = f'<video controls loop playsinline width="{{width}}" style="{_WHOLE}" src="{{source}}"></video>'
_IMAGE = f'<img width="{{width}}" style="{_WHOLE}" alt="{{name}}" src="{{source}}">'
_FRAME = 'sandbox="allow-scripts" style="max-width: 100%; border: 0"'  # its scripts reach nothing of the notebook
_PAGE = f'<iframe width="{{width}}" height="{{height}}" {_FRAME} srcdoc="{{source}}"></iframe>'
_PLAYERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        ".mp4": ("video/mp4", _VIDEO),
        ".webm": ("video/webm", _VIDEO),
        ".gif": ("image/gif", _IMAGE),
        ".webp": ("image/webp", _IMAGE),
        ".apng": ("image/png", _IMAGE),
        ".html": ("text/html", _PAGE),
    }
)
"""The formats that browsers play: the media type, and the element that plays it."""
_QUIET = "opacity: 0.65"  # suits a light and a dark page


def show(
    animation: Animation,
    *,
    quality: str = "standard",
    jobs: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Film:
    """Render an animation to look at it: as the last value of a notebook's cell, the film plays there.

    The film is kept in the user's cache, `~/.cache/gdviz`, so that it is not drawn again as long as it stays the same;
    `render` writes it to a place of your own.

    Parameters
    ----------
    animation
        What to show.
    quality, jobs, progress
        As for `render`.

    Raises
    ------
    InputError
        If the animation is not possible.
    RenderError, EncodeError
        If drawing or encoding failed.

    """
    from gdviz.description.quality import quality_of
    from gdviz.description.resolve import resolve
    from gdviz.film_cache import cache_folder, cached_film
    from gdviz.rendering import render

    def rendered(path: Path) -> Film:
        return render(animation, [path], quality=quality, jobs=jobs, progress=progress)[0]

    return cached_film(resolve(animation, quality_of(quality)), rendered, cache_folder())


def films_bundle(films: Sequence[Film]) -> dict[str, str]:
    """Return what a notebook shows for the films that one render wrote, by media type.

    The videos stand in the HTML: the usual notebooks show none by its own media type, and both would be twice the size.
    """
    from gdviz.cli.report import film_lines

    lines = [str(line) for line in film_lines(films)] if films else []
    players = "".join(f"<div>{_player(film)}</div>" for film in films)
    quiet = "<br>".join(map(html.escape, lines))
    return {"text/plain": "\n".join(lines), "text/html": f'{players}<div style="{_QUIET}">{quiet}</div>'}


def still_bundle(still: Still) -> dict[str, str]:
    """Return what a notebook shows for a still, by media type."""
    told = f"{printable(still.path)}  frame {still.frame}"
    try:
        if still.path.stat().st_size > LARGEST_EMBEDDED:
            return {"text/plain": told, "text/html": _too_large(still.path)}
        return {"text/plain": told, "image/png": _base64(still.path)}
    except OSError as error:
        return {"text/plain": f"{told}: {error.strerror}"}


def _player(film: Film) -> str:
    """Return an element that plays a film; where there is none, a link to it, or why there is no film."""
    if film.path.suffix.lower() not in _PLAYERS:
        return f"{_link(film.path)} is not a format that a notebook plays"
    media_type, element = _PLAYERS[film.path.suffix.lower()]
    try:
        if film.path.stat().st_size > LARGEST_EMBEDDED:
            return _too_large(film.path)
        if element is _PAGE:
            source = html.escape(film.path.read_text(encoding="utf-8"))
        else:
            source = f"data:{media_type};base64,{_base64(film.path)}"
    except OSError as error:
        return html.escape(f"{printable(film.path)}: {error.strerror}")
    width, height = film.size
    return element.format(width=width, height=height, name=html.escape(printable(film.path.name)), source=source)


def _too_large(path: Path) -> str:
    size, limit = bytes_in_words(path.stat().st_size, up=True), bytes_in_words(LARGEST_EMBEDDED)
    return f"{_link(path)} has {size}, and a notebook carries up to {limit}"


def _link(path: Path) -> str:
    """Return a link to a file: relative, which is what a notebook's server knows, if it is in the working folder."""
    folder = path.parent if "%" in path.name else path  # of numbered pictures
    whole, here = folder.absolute(), Path.cwd()
    near = whole.is_relative_to(here)
    address = urllib.parse.quote(whole.relative_to(here).as_posix()) if near else whole.as_uri()
    return f'<a href="{html.escape(address)}" target="_blank">{html.escape(printable(path))}</a>'


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")


def settings_table(animation: Animation) -> str:
    """Return an animation's settings as HTML: those that are not the default, and below them, folded, the others."""
    rows = [
        (field.alias or name, getattr(animation, name), _default_of(field), field.description or "")
        for name, field in type(animation).model_fields.items()
    ]
    given = [(key, _in_toml(value), meaning) for key, value, default, meaning in rows if value != default]
    left = [
        (key, "chosen" if value in (None, ()) else _in_toml(value), meaning)
        for key, value, default, meaning in rows
        if value == default
    ]
    folded = f"<details><summary>{len(left)} more keys, as they are by default</summary>{_table(left)}</details>"
    return f'{_table(given)}<div style="{_QUIET}">{folded}</div>'


def _table(rows: Iterable[tuple[str, str, str]]) -> str:
    cell = '<td style="text-align: left">{}</td>'
    code = cell.format('<code style="white-space: pre-wrap">{}</code>')
    lines = (
        f"<tr>{code.format(html.escape(key))}{code.format(html.escape(value))}{cell.format(html.escape(meaning))}</tr>"
        for key, value, meaning in rows
    )
    return f"<table><tbody>{''.join(lines)}</tbody></table>"


def _default_of(field: FieldInfo) -> Any:
    return field.get_default(call_default_factory=True)


def _in_toml(value: Any) -> str:
    """Return a value as a description has it, of a table the keys that are not the default."""
    from pydantic import BaseModel

    from gdviz.description.choices import Shown

    match value:
        case Shown.TRUE | Shown.FALSE:
            return str(value)
        case BaseModel():
            return f"{{ {', '.join(_pairs(value))} }}"
        case tuple() | list():
            between = ",\n " if any(isinstance(each, BaseModel) for each in value) else ", "
            return f"[{between.join(map(_in_toml, value))}]"
        case dict():
            return f"{{ {', '.join(f'{name} = {_in_toml(each)}' for name, each in value.items())} }}"
        case float():
            return f"{value:.6g}"
        case _:
            return json.dumps(value, ensure_ascii=False, default=str)


def _pairs(table: BaseModel) -> list[str]:
    """Return the keys of a table that are not the default, or all if there is none, with their values."""
    fields = type(table).model_fields
    values = {name: getattr(table, name) for name in fields}
    given = [name for name in fields if fields[name].is_required() or values[name] != _default_of(fields[name])]
    return [f"{fields[name].alias or name} = {_in_toml(values[name])}" for name in given or fields]


def in_notebook() -> bool:
    """Return whether this program is the cells of a notebook."""
    shell = sys.modules.get("IPython")
    return shell is not None and hasattr(shell.get_ipython(), "kernel")


@contextmanager
def bar_in_notebook() -> Iterator[Callable[[Progress], None]]:
    """Yield a callback that shows progress under a notebook's cell until the block ends, and elsewhere nothing."""
    if not in_notebook():
        yield lambda _: None
        return
    from IPython.display import display
    from rich import get_console

    from gdviz.progress import rendering_bar

    bar, move = rendering_bar(get_console())
    shown = time.monotonic()
    show_below: Callable[..., Any] = display  # IPython does not say what it takes
    handle = show_below(bar, display_id=True)

    def report(progress: Progress) -> None:
        nonlocal shown
        move(progress)
        if time.monotonic() - shown >= BAR_EVERY or progress.frames_done == progress.frames:
            handle.update(bar)
            shown = time.monotonic()

    try:
        yield report
    finally:
        handle.update({"text/plain": ""}, raw=True)
