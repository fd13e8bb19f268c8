"""What the texts of flags mean, as parts of an animation's description; a text that means nothing is an InputError."""

from __future__ import annotations

import re
from typing import Any

from gdviz.animation import Animation, View
from gdviz.errors import InputError, shorten
from gdviz.toml import MAX_KEY_PARTS, TomlError, parse_toml


def starts(start: list[str] | None, grid: str | None, random: int | None, seed: int | None) -> dict[str, Any] | None:
    """Return the starts that `--start`, `--grid`, `--random` and `--seed` ask for, or None."""
    given: dict[str, Any] = {}
    if start:
        given["points"] = [numbers("--start", each) for each in start]
    if grid is not None:
        given["grid"] = pair("--grid", grid)
    if random is not None:
        given["random"] = random
    if seed is not None:
        given["seed"] = seed
        if random is None:
            raise InputError("--seed says which random starts, so it needs --random N")
    return given or None


def view(given: list[str]) -> dict[str, Any]:
    """Read what kind of picture is wanted, and the part that is drawn."""
    kinds = [each for each in given if each in list(View)]
    extents = [numbers("--view", each) for each in given if each not in list(View)]
    if len(kinds) > 1 or len(extents) > 1:
        raise InputError("--view takes one kind and one part to draw, not several of either")
    return dict(zip(["view"], kinds, strict=False)) | dict(zip(["extent"], extents, strict=False))


def numbers(flag: str, text: str | None) -> list[float] | None:
    """Read numbers with commas between them."""
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        kinds = "surface, curve, slices or " if flag == "--view" else ""
        raise InputError(f"{flag} takes {kinds}numbers with commas between them, not {shorten(text)}") from None


def pair(flag: str, text: str | None) -> list[int] | None:
    """Read `NxM`, or `N` for NxN."""
    if text is None:
        return None
    if not re.fullmatch(r"-?\d{1,9}(x-?\d{1,9})?", text.strip().lower(), flags=re.ASCII):
        example = "1280x720" if flag == "--size" else "20 or 20x10"
        raise InputError(f"{flag} takes whole numbers such as {example}, not {shorten(text)}")
    numbers = [int(part) for part in text.lower().split("x")]
    return numbers * 2 if len(numbers) == 1 else numbers


def lay(data: dict[str, Any], setting: str) -> None:
    """Lay `key.path=value` over a description; the value is read as TOML, or taken as text if it is not TOML."""
    path, equals, text = setting.partition("=")
    if not equals or not path.strip():
        raise InputError(f"--set takes KEY=VALUE, such as timing.hold=2, not {shorten(setting)}")
    try:
        parsed = parse_toml(f"value = {text}")
    except TomlError:
        parsed = {}
    value = parsed["value"] if len(parsed) == 1 else text
    *parents, last = path.strip().split(".")
    if len(parents) >= MAX_KEY_PARTS:
        raise InputError(f"--set {shorten(path)}: a key has at most {MAX_KEY_PARTS} parts, not {len(parents) + 1:,}")
    place: Any = data
    for key in parents:
        place = _inner(place, key, path)
    if isinstance(place, list):
        place[_index(place, last, path)] = value
    else:
        place[last] = value


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


def frame_at(at: str, animation: Animation) -> int:
    """Return the frame at a share of the film (`0.5`) or a time (`2.5s`)."""
    text = at.strip()
    try:
        number = float(text.removesuffix("s"))
    except ValueError:
        number = float("nan")
    last = animation.frames - 1
    end = animation.frames / animation.fps
    if text.endswith("s"):
        if not 0 <= number <= end:
            raise InputError(f"--at takes a time from 0s to {end:g}s in this film, not {shorten(at)}")
        return min(int(number * animation.fps), last)
    if not 0 <= number <= 1:
        raise InputError(f"--at takes a share of the film from 0 to 1, or a time such as 2.5s, not {shorten(at)}")
    return round(number * last)
