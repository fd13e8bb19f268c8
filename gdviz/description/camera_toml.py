"""Writes keyframes into the TOML of a description: comments, and the order of everything else, stay as they are."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gdviz.description.animation import Animation
from gdviz.description.tables import CameraKey
from gdviz.description.toml import parse_toml
from gdviz.errors import InputError, missing_extra, printable

FIRST = ("description", "function", "landscape", "landscape_key", "smooth", "title", "extent")  # of a whole description
WHOLE = 1e15  # a number from here on is shorter with an exponent
ORDER = ("at", "azimuth", "elevation", "zoom")


def require_tomlkit() -> None:
    """Check that what writes TOML is installed.

    Raises
    ------
    InputError
        Saying what to type if it is not.

    """
    try:
        import tomlkit  # noqa: F401  # whether it is there
    except ImportError:
        raise missing_extra("writing keyframes", "tomlkit", "view") from None


def keyframe_lines(keyframes: Sequence[CameraKey]) -> list[str]:
    """Return the lines of TOML that have these keyframes."""
    tables = [
        "\n".join(["[[camera]]", *(f"{name} = {value}" for name, value in _row(key).items())]) for key in keyframes
    ]
    return "\n\n".join(tables).split("\n") if tables else []


def with_keyframes(text: str, keyframes: Sequence[CameraKey]) -> str:
    """Return a description in TOML with other keyframes; those that stay keep their numbers as they are written.

    Raises
    ------
    InputError
        If the text is not TOML, or its keyframes are written in a way that cannot be changed without changing more.

    """
    import tomlkit
    from tomlkit.items import AoT, Array

    before = parse_toml(text)
    document = tomlkit.parse(text if text.endswith("\n") or not text else f"{text}\n")
    written = document.get("camera")
    match written:
        case AoT():
            _change_tables(written, keyframes)
        case Array():
            _change(written, keyframes, _inline)
    if isinstance(written, AoT | Array):
        if not keyframes:
            del document["camera"]
    elif keyframes:
        document.pop("camera", None)
        _append(document, "camera", [_row(key) for key in keyframes])
    after = tomlkit.dumps(document)
    if "\r\n" in text:
        after = re.sub(r"(?<!\r)\n", "\r\n", after)  # new lines end as the others do
    _check(before, after, keyframes)
    return after


def whole_description(animation: Animation, folder: Path) -> str:
    """Return an animation as TOML, for a file in a folder: everything that was said of it, and no defaults.

    Raises
    ------
    InputError
        If a file that it names, such as that of a landscape, is not in the folder.

    """
    import tomlkit

    data = animation.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    if animation.landscape is not None:
        data["landscape"] = _relative(animation.landscape, folder)
    runs = data.pop("runs", [])
    for row, run in zip(runs, animation.runs, strict=True):
        if run.path_file is not None:
            row["path"] = _relative(str(run.path_file), folder)
    data.pop("camera", None)
    document = tomlkit.document()
    for name in sorted(data, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST)):
        value = _numbers(data[name])
        document.add(name, _inline(value) if isinstance(value, Mapping) else tomlkit.item(value))
    if runs:
        _append(document, "runs", _numbers(runs))
    if animation.camera:
        _append(document, "camera", [_row(key) for key in animation.camera])
    return tomlkit.dumps(document)


def _relative(name: str, folder: Path) -> str:
    place, within = Path(os.path.realpath(name)), Path(os.path.realpath(folder))
    if not place.is_relative_to(within):
        raise InputError(
            f"the film names {printable(name)}, and its description must lie in the folder of that file, or above it, "
            f"not in {printable(folder)}"
        )
    return place.relative_to(within).as_posix()


def _check(before: Mapping[str, Any], after: str, keyframes: Sequence[CameraKey]) -> None:
    """Check that a changed text says what it said before, and has the keyframes."""
    data = tomllib.loads(after)
    found = tuple(CameraKey.model_validate(each) for each in data.pop("camera", []))
    if found != tuple(keyframes) or data != {name: value for name, value in before.items() if name != "camera"}:
        raise InputError("its keyframes are written in a way that cannot be changed; write them as [[camera]] tables")


def _change_tables(tables: Any, keyframes: Sequence[CameraKey]) -> None:
    """Change [[camera]] tables; what stands between two of them, such as a comment, stays before the second."""
    import tomlkit

    olds = list(tables)
    tails = [_without_tail(table) for table in olds]
    _change(tables, keyframes, _table)
    news = list(tables)
    behind: list[list[Any]] = [[] for _ in news]
    for number, tail in enumerate(tails if news else []):
        next_ones = (_place(news, table) for table in olds[number + 1 :])
        following = next((place for place in next_ones if place is not None), len(news))
        behind[max(following - 1, 0)] += tail
    for table, tail in zip(news, behind, strict=True):
        if table is not news[-1] and not (tail and tail[0].as_string().isspace()):
            table.add(tomlkit.nl())
        for item in tail:
            table.add(item)


def _change(rows: Any, keyframes: Sequence[CameraKey], make: Callable[[Mapping[str, Any]], Any]) -> None:
    """Change an array of keyframes: those at the same moment get other numbers, others come and go."""
    wanted = {key.at: key for key in keyframes}
    for number in reversed(range(len(rows))):
        key = wanted.pop(float(rows[number]["at"]), None)
        if key is None:
            del rows[number]
            continue
        for name, value in _row(key).items():
            if float(rows[number].get(name, 1.0)) != value:
                rows[number][name] = value
    for at, key in sorted(wanted.items()):
        place = sum(float(row["at"]) < at for row in rows)
        rows.insert(place, make(_row(key)))


def _without_tail(table: Any) -> list[Any]:
    """Take what follows the last key of a table, such as blank lines and comments, off it, and return it."""
    body = table.value.body
    end = max(number for number, (key, _) in enumerate(body) if key is not None) + 1
    tail = [item for _, item in body[end:]]
    del body[end:]
    return tail


def _place(tables: Sequence[Any], table: Any) -> int | None:
    return next((number for number, each in enumerate(tables) if each is table), None)


def _append(document: Any, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add tables of one kind at the end of a document, each after a blank line."""
    import tomlkit

    array = tomlkit.aot()
    for row in rows:
        array.append(_table(row))
    document.add(tomlkit.nl())
    document.append(name, array)


def _table(row: Mapping[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.table()
    for name, value in row.items():
        table.add(name, _inline(value) if isinstance(value, Mapping) else value)
    return table


def _inline(row: Mapping[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.inline_table()
    table.update(row)
    return table


def _row(key: CameraKey) -> dict[str, float | int]:
    """Return a keyframe's numbers in the order in which they are written."""
    return {name: _numbers(getattr(key, name)) for name in ORDER}


def _numbers(value: Any) -> Any:
    """Return a value with its numbers as one would write them: whole ones without a point."""
    match value:
        case float():
            return int(value) if value.is_integer() and abs(value) < WHOLE else value
        case list():
            return [_numbers(each) for each in value]
        case dict():
            return {name: _numbers(each) for name, each in value.items()}
    return value
