"""Errors in a description as one sentence, with the flag or file, the key, and what would be right."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gdviz.errors import ExpressionError, InputError, nearest, quoted, shorten
from gdviz.functions import function

LONGEST = 240  # characters of a list of keys in a message
MOST_LINES = 5  # lines with other errors that a message names

Place = tuple[str, ...]  # the keys and numbers that lead to a value

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
        "string_too_short": "must have at least {min_length} character",
        "string_too_long": "must have at most {max_length} characters",
        "too_long": "must have at most {max_length} entries",
    }
)
"""pydantic's kinds of errors -> what they ask for, in words that need no programmer."""


@dataclass(frozen=True)
class _Fault:
    """One of pydantic's errors.

    Attributes
    ----------
    details
        What pydantic tells of it.
    flags
        The flags that set what is wrong; empty if none did.
    key
        The key that is wrong; empty if the flags or the message say so.
    line
        The line of the source on which it stands, from 1; 0 if it stands on none.

    """

    details: ErrorDetails
    flags: str
    key: str
    line: int


@contextmanager
def explained(
    model: type[BaseModel],
    data: Mapping[str, Any],
    source: str = "",
    flags: Mapping[str, str] = MappingProxyType({}),
    text: str = "",
) -> Iterator[None]:
    """Turn pydantic's error about a description into an InputError, the sentence that `explain` returns.

    It is an ExpressionError with the position if the function is an expression that is wrong.
    """
    try:
        yield
    except ValidationError as error:
        raise _with_place(explain(model, error, source, flags, text), data.get("function")) from error


def _with_place(message: str, expression: object) -> InputError:
    """Return an InputError, or an ExpressionError with the position if the message is about the expression."""
    try:
        if isinstance(expression, str):
            function(expression)
    except ExpressionError as error:
        if str(error) in message:
            return ExpressionError(message, error.text, error.at)
    except InputError:
        pass
    return InputError(message)


def explain(
    model: type[BaseModel], error: ValidationError, source: str, flags: Mapping[str, str], text: str = ""
) -> str:
    """Return one sentence for the first error, with the lines of the others.

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
    text
        The TOML of the source, in which the lines are looked up; empty if there is none.

    """
    given = {tuple(key.split(".")): flag for key, flag in flags.items()}
    faults = _faults(error.errors(include_url=False), given, text)
    first = _first(faults)
    place = f"{source}:{first.line}" if first.line else source
    told = ": ".join(part for part in (first.flags or place, first.key, _message(model, first.details)) if part)
    return told + _others(faults, first)


def _faults(errors: Sequence[ErrorDetails], given: Mapping[Place, str], text: str) -> list[_Fault]:
    """Return the faults in the order of the text, and then those that are not in it."""
    lines: Mapping[Place, int] = {}
    if text:
        from gdviz.description.toml_lines import lines_of  # only an error needs it

        lines = lines_of(text, [place for details in errors for place in _taking_part(details)])
    faults = [_fault(details, given, lines) for details in errors]
    return sorted(faults, key=lambda fault: fault.line or math.inf)


def _fault(details: ErrorDetails, given: Mapping[Place, str], lines: Mapping[Place, int]) -> _Fault:
    places = _taking_part(details)
    found = dict.fromkeys(key for each in places for key in _related(each, given))
    flags = " and ".join(dict.fromkeys(given[key] for key in found))
    # A flag makes its key obvious, but not a key inside a table that it sets.
    inside = tuple(map(str, details["loc"]))[max(map(len, found), default=0) :]
    obvious = flags and all(part.isdigit() for part in inside)
    return _Fault(details, flags, "" if obvious else _key(details), 0 if flags else _line(places, lines))


def _taking_part(details: ErrorDetails) -> list[Place]:
    """Return the places of the values that do not fit together, or that of the one that is wrong."""
    place = tuple(map(str, details["loc"]))
    return [(*place, *key.split(".")) for key in details.get("ctx", {}).get("keys", ())] or [place]


def _line(places: Sequence[Place], lines: Mapping[Place, int]) -> int:
    """Return the line of the first place that has one, or else of the table that the first one would be in."""
    inside = [places[0][:length] for length in range(len(places[0]) - 1, 0, -1)]
    return next((lines[place] for place in (*places, *inside) if place in lines), 0)


def _first(faults: Sequence[_Fault]) -> _Fault:
    """Return the fault to report: if a key is missing, rather an unknown key, which may be its misspelling."""
    unknown = [each for each in faults if each.details["type"] == "extra_forbidden"]
    return unknown[0] if unknown and faults[0].details["type"] == "missing" else faults[0]


def _others(faults: Sequence[_Fault], first: _Fault) -> str:
    """Return words on the lines of other faults; a missing key that may be misspelt is not one."""
    misspelt = first.details["type"] == "extra_forbidden"
    counted = [each for each in faults if each.line and not (misspelt and each.details["type"] == "missing")]
    lines = [str(line) for line in dict.fromkeys(each.line for each in counted) if line != first.line]
    if len(lines) < 2:
        return f"; line {lines[0]} is wrong, too" if lines else ""
    *head, last = lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], f"{len(lines) - MOST_LINES} more"]
    return f"; lines {', '.join(head)} and {last} are wrong, too"


def _related(place: Place, given: Mapping[Place, str]) -> Iterator[Place]:
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
        top = [field.alias or name for name, field in model.model_fields.items()]
        if not close and last in top and last not in parents:
            hint = f"{last} is one by itself, and stands in a file above the first [table]"
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
