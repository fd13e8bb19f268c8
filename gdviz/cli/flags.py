"""Reads the values of flags as parts of an animation's description; a value that cannot be read is an InputError."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Any

from gdviz.description.choices import View
from gdviz.description.resolved import Resolved
from gdviz.description.toml import MAX_KEY_PARTS, TomlError, parse_toml
from gdviz.errors import InputError, nearest, shorten

MAX_PLAIN = 60  # most characters of a key that a message shows without quotes

Given = tuple[str, str, Any]  # a flag, the dotted key that it sets, and the key's value


def starts(start: list[str] | None, grid: str | None, random: int | None, seed: int | None) -> list[Given]:
    """Return what `--start`, `--grid`, `--random` and `--seed` set; together they replace the table of starts."""
    if seed is not None and random is None:
        raise InputError("--seed works only with --random; add --random N")
    said: list[Given] = [
        ("--start", "starts.points", [numbers("--start", each) for each in start] if start else None),
        ("--grid", "starts.grid", pair("--grid", grid)),
        ("--random", "starts.random", random),
        ("--seed", "starts.seed", seed),
    ]
    return [("", "starts", {}), *said] if any(value is not None for _, _, value in said) else []


def view(given: list[str]) -> list[Given]:
    """Return what `--view` sets: the kind of picture, or the part that is drawn."""
    kinds = [each for each in given if each in list(View)]
    extents = [numbers("--view", each) for each in given if each not in list(View)]
    if len(kinds) > 1 or len(extents) > 1:
        raise InputError("--view takes one kind and one part to draw, not several")
    return [*(("--view", "view", kind) for kind in kinds), *(("--view", "extent", extent) for extent in extents)]


def apply_flags(data: dict[str, Any], given: Iterable[Given], settings: Iterable[str]) -> dict[str, str]:
    """Apply flags, and then the settings of `--set`, to a description; flags whose value is None are ignored.

    Returns the flags that set a key, by dotted key.
    """
    flags: dict[str, str] = {}
    named = [(flag, key, value) for flag, key, value in given if value is not None]
    for flag, path, value in itertools.chain(named, map(_setting, settings)):
        key = _set_key(data, path, value)
        flags = {each: name for each, name in flags.items() if not f"{each}.".startswith(f"{key}.")}
        if flag:
            flags[key] = flag
    return flags


def numbers(flag: str, text: str | None) -> list[float] | None:
    """Read numbers separated by commas."""
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        kinds = f"{', '.join(View)} or " if flag == "--view" else ""
        close = nearest(text, View) if kinds else None
        hint = f"; did you mean {close}?" if close else ""
        raise InputError(f"{flag} takes {kinds}numbers separated by commas, not {shorten(text)}{hint}") from None


def pair(flag: str, text: str | None) -> list[int] | None:
    """Read `NxM`, or `N` for NxN."""
    if text is None:
        return None
    if not re.fullmatch(r"-?\d{1,9}(x-?\d{1,9})?", text.strip().lower(), flags=re.ASCII):
        raise InputError(f"{flag} takes whole numbers such as 20 or 20x10, not {shorten(text)}")
    numbers = [int(part) for part in text.lower().split("x")]
    return numbers * 2 if len(numbers) == 1 else numbers


def _setting(text: str) -> Given:
    """Read `KEY=VALUE`; a value that is not TOML is a text."""
    path, equals, written = text.partition("=")
    path = path.strip()
    if not equals or not path:
        raise InputError(f"--set takes KEY=VALUE, such as timing.hold=2, not {shorten(text)}")
    plain = path.isprintable() and len(path) <= MAX_PLAIN
    return f"--set {path if plain else shorten(path)}", path, value_of(written)


def value_of(written: str) -> Any:
    """Return a value as TOML has it; what is not TOML is a text."""
    try:
        parsed = parse_toml(f"value = {written}")
    except TomlError:
        return written
    return parsed["value"] if len(parsed) == 1 else written


def _set_key(data: dict[str, Any], path: str, value: Any) -> str:
    """Set the value of a dotted key, and return the key with its numbers in canonical form."""
    *parents, last = _parts(path)
    if len(parents) >= MAX_KEY_PARTS:
        raise InputError(f"--set {shorten(path)}: a key has at most {MAX_KEY_PARTS} parts, not {len(parents) + 1:,}")
    place: Any = data
    keys = []
    for key, following in itertools.pairwise([*parents, last]):
        if following.isdigit() and isinstance(place, dict) and key not in place:
            raise InputError(f"--set {shorten(path)}: there is no list {key} yet; set it whole: --set {key}=[...]")
        keys.append(str(_index(place, key, path)) if isinstance(place, list) else key)
        place = _inner(place, key, path)
    if isinstance(place, list):
        index = _index(place, last, path)
        place[index] = value
        return ".".join([*keys, str(index)])
    place[last] = value
    return ".".join([*keys, last])


def _parts(path: str) -> list[str]:
    """Return the parts of a dotted key, those in quotes without them."""
    return ["".join(part) for part in re.findall(r"""(?:^|\.)(?:"([^"]*)"|'([^']*)'|([^.]*))(?=\.|$)""", path)]


def _inner(place: Any, key: str, path: str) -> Any:
    if isinstance(place, list):
        index = _index(place, key, path)
        place[index] = dict(place[index]) if isinstance(place[index], dict) else place[index]
        inner = place[index]
    else:
        inner = place.setdefault(key, {})
    if not isinstance(inner, dict | list):
        raise InputError(f"--set {shorten(path)}: {shorten(key)} holds a value, not a table")
    return inner


def _index(place: list[Any], key: str, path: str) -> int:
    if not (re.fullmatch(r"[0-9]{1,9}", key) and int(key) < len(place)):
        known = f"one of the numbers 0 to {len(place) - 1}" if place else "there, in an empty list"
        raise InputError(f"--set {shorten(path)}: {shorten(key)} is not {known}")
    return int(key)


def frame_at(at: str, resolved: Resolved) -> int:
    """Return the frame at a share of the film (`0.5`) or a time (`2.5s`)."""
    text = at.strip()
    try:
        number = float(text.removesuffix("s"))
    except ValueError:
        number = float("nan")
    last = resolved.frames - 1
    end = resolved.frames / resolved.fps
    if text.endswith("s"):
        if not 0 <= number <= end:
            raise InputError(f"--at takes a time from 0s to {end:g}s in this film, not {shorten(at)}")
        return min(int(number * resolved.fps), last)
    if not 0 <= number <= 1:
        raise InputError(f"--at takes a share of the film from 0 to 1, or a time such as 2.5s, not {shorten(at)}")
    return round(number * last)
