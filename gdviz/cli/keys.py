"""The keys of a description, as a table for people."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from rich.table import Table
from rich.text import Text

from gdviz.cli.report import table_of
from gdviz.description.animation import Animation


@dataclass(frozen=True)
class Key:
    """A key of a description.

    Attributes
    ----------
    name
        With dots for the tables that it is in; `camera.0` is the first of the camera's keyframes.
    default
        What it is if absent.
    choices
        What it may be, if it is one of a few words.
    description
        What it means.

    """

    name: str
    default: str
    choices: tuple[str, ...]
    description: str


def description_keys() -> list[Key]:
    """Return every key of a description, in the order of the documentation."""
    return list(_keys(Animation, ""))


def keys_table() -> Table:
    """Return the keys with what they mean and what they are if absent."""
    table = table_of("key", "what it means", "if absent")
    table.columns[0].no_wrap = True
    for key in description_keys():
        meaning = f"{key.description} ({', '.join(key.choices)})" if key.choices else key.description
        table.add_row(*map(Text, (key.name, meaning, key.default)))
    return table


def _keys(model: type[BaseModel], before: str) -> Iterator[Key]:
    for name, field in model.model_fields.items():
        inner = list(_models(field.annotation))
        if not inner:
            yield Key(f"{before}{name}", _default(field), tuple(_choices(field.annotation)), field.description or "")
        for each, listed in inner:
            yield from _keys(each, f"{before}{name}.0." if listed else f"{before}{name}.")


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None or value == ():
        return "chosen"
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value) if isinstance(value, tuple) else value) or '""'


def _parts(annotation: Any) -> tuple[Any, ...]:
    """Return what a type is made of: the members of a union, the items of a tuple."""
    origin = typing.get_origin(annotation)
    return typing.get_args(annotation) if origin in (typing.Union, types.UnionType, tuple) else ()


def _models(annotation: Any, *, listed: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, listed
    for part in _parts(annotation):
        yield from _models(part, listed=listed or typing.get_origin(annotation) is tuple)


def _choices(annotation: Any) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        yield from annotation
    for part in _parts(annotation):
        yield from _choices(part)
