"""Errors in a description as one sentence, with the flag or file, the key, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gdviz.errors import nearest, quoted, shorten

LONGEST = 240  # characters of a list of keys in a message

PLAIN: Mapping[str, str] = MappingProxyType(
    {
        "bool_parsing": "must be true or false",
        "bool_type": "must be true or false",
        "float_parsing": "must be a number",
        "float_type": "must be a number",
        "int_parsing": "must be a whole number",
        "int_type": "must be a whole number",
        "int_from_float": "must be a whole number",
        "int_parsing_size": "must be a smaller number",
        "model_type": "must be a table with keys",
        "model_attributes_type": "must be a table with keys",
        "tuple_type": "must be a list",
        "string_type": "must be a text",
        "string_too_long": "must have at most {max_length} characters",
        "too_long": "must have at most {max_length} entries",
    }
)
"""pydantic's kinds of errors -> what they ask for, in words that need no programmer."""


def explain(model: type[BaseModel], error: ValidationError, source: str, flags: Mapping[str, str]) -> str:
    """Return one sentence for the first error.

    Parameters
    ----------
    model
        The model that was validated.
    error
        pydantic's error.
    source
        Where the description comes from, such as a file; may be empty.
    flags
        Dotted keys -> the flags that set them. If values do not fit together, the flags are named: without them, the
        source may be right.

    """
    details = _first(error.errors(include_url=False))
    place = tuple(map(str, details["loc"]))
    keys = details.get("ctx", {}).get("keys", ())
    taking_part = [(*place, *key.split(".")) for key in keys] or [place]
    given = {tuple(key.split(".")): flag for key, flag in flags.items()}
    found = dict.fromkeys(key for each in taking_part for key in _related(each, given))
    named = " and ".join(dict.fromkeys(given[key] for key in found))
    # A flag makes its key obvious, but not a key inside a table that it sets.
    inside = place[max(map(len, found), default=0) :]
    key = "" if named and all(part.isdigit() for part in inside) else _key(details)
    return ": ".join(part for part in (named or source, key, _message(model, details)) if part)


def _first(errors: Sequence[ErrorDetails]) -> ErrorDetails:
    """Return the error to report: if a key is missing, rather an unknown key, which may be its misspelling."""
    unknown = [each for each in errors if each["type"] == "extra_forbidden"]
    return unknown[0] if unknown and errors[0]["type"] == "missing" else errors[0]


def _related(place: tuple[str, ...], given: Mapping[tuple[str, ...], str]) -> Iterator[tuple[str, ...]]:
    """Yield the given keys that set a place: those at or below it, and the nearest one above."""
    above = [key for key in given if place[: len(key)] == key]
    if above:
        yield max(above, key=len)
    yield from (key for key in given if key[: len(place)] == place and key not in above)


def _key(details: ErrorDetails) -> str:
    return "" if details["type"] == "extra_forbidden" else ".".join(map(str, details["loc"]))


def _message(model: type[BaseModel], details: ErrorDetails) -> str:
    if details["type"] == "extra_forbidden":
        *parents, last = map(str, details["loc"])
        known = [field.alias or name for name, field in _fields(model, parents).items()]
        close = nearest(last, known)
        listed = ", ".join(known)
        all_known = f"known here are {listed}" if len(listed) < LONGEST else "'gdviz help keys' lists all"
        hint = f"did you mean '{close}'?" if close else all_known
        return f"{shorten('.'.join([*parents, last]))} is not a key of an animation; {hint}"
    message = details["msg"]
    if details["type"] in PLAIN:
        message = PLAIN[details["type"]].format(**details.get("ctx", {})) + _instead_of(details["input"])
    elif details["type"] == "missing":
        message = "must be given" if isinstance(details["loc"][-1], str) else "has too few numbers"
    elif details["type"] != "gdviz":
        message = message[0].lower() + message[1:].replace("nput should be", "nput must be")
        message = message.replace("input must be", "must be")
        message = re.sub(r"\d{20,}", lambda digits: f"{float(digits[0]):g}", message)  # limits such as 1e+100
    if details["type"] == "enum" and isinstance(details["input"], str):
        close = nearest(details["input"], re.findall(r"'(.*?)'", message))
        message += f", not {shorten(details['input'])}" + (f"; did you mean '{close}'?" if close else "")
    return message


def _fields(model: type[BaseModel], path: Iterable[str]) -> Mapping[str, Any]:
    """Return the fields of the model at a path inside another."""
    for step in path:
        field = model.model_fields.get(step)
        model = next(_models(field.annotation), model) if field else model
    return model.model_fields


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _instead_of(value: object) -> str:
    """Return `, not ...` with a value, a truth value as TOML writes it; nothing for a table or a list."""
    if not isinstance(value, str | int | float):
        return ""
    return f", not {quoted(value)}"
