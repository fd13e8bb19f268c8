"""The keys of a description, and a table of them for people."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from rich.table import Table
from rich.text import Text

from gdviz.cli.report import table_of
from gdviz.description.animation import Animation
from gdviz.description.tables import OneOf


@dataclass(frozen=True)
class Key:
    """A key of a description.

    Attributes
    ----------
    name
        The dotted name; `camera.0` is the camera's first keyframe.
    default
        The value if the key is absent.
    choices
        The values that the key may have, if it is one of a few words.
    description
        What the key means.

    """

    name: str
    default: str
    choices: tuple[str, ...]
    description: str


def description_keys() -> list[Key]:
    """Return every key of a description, in the order in which `Animation` defines them."""
    return list(_keys(Animation, ""))


def keys_table(keys: Sequence[Key]) -> Table:
    """Return a table of keys, with their meanings and defaults."""
    table = table_of("key", "what it means", "if absent")
    table.columns[0].no_wrap = True
    for key in keys:
        meaning = f"{key.description} ({', '.join(key.choices)})" if key.choices else key.description
        table.add_row(*map(Text, (key.name, meaning, key.default)))
    return table


def _keys(model: type[BaseModel], before: str) -> Iterator[Key]:
    for own_name, field in model.model_fields.items():
        name = field.alias or own_name
        inner = list(_models(field.annotation))
        if not inner:
            choices = tuple(choice for part in (field.annotation, *field.metadata) for choice in _choices(part))
            yield Key(f"{before}{name}", _default(field), choices, field.description or "")
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
    """Return the members of a union or the items of a tuple."""
    origin = typing.get_origin(annotation)
    return typing.get_args(annotation) if origin in (typing.Union, types.UnionType, tuple) else ()


def _models(annotation: Any, *, listed: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, listed
    for part in _parts(annotation):
        yield from _models(part, listed=listed or typing.get_origin(annotation) is tuple)


def _choices(annotation: Any) -> Iterator[str]:
    if isinstance(annotation, OneOf):
        yield from annotation.words
    if isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        yield from annotation
    if typing.get_origin(annotation) is typing.Annotated:
        for part in annotation.__metadata__:
            yield from _choices(part)
    for part in _parts(annotation):
        yield from _choices(part)
