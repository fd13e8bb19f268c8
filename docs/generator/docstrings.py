"""Makes the docstrings' style one that Sphinx reads as it is meant."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

_NAMES = re.compile(r"\w+(?:, \w+)*")


def one_by_one(lines: Sequence[str], types: Mapping[str, str]) -> list[str]:
    """Return a docstring in which each attribute has a description of its own, and its type, if it is known.

    Sphinx would take `frames, seconds` for one attribute `seconds` of the type `frames,`.
    """
    found: list[str] = []
    rest = list(lines)
    while rest:
        line = rest.pop(0)
        described: list[str] = []
        if _NAMES.fullmatch(line):
            while rest and rest[0].startswith("    "):
                described.append(rest.pop(0))
        for name in line.split(", ") if described else [line]:
            known = described and name in types
            found += [f"{name} : {types[name]}" if known else name, *described]
    return found


def written_types(each: Any) -> dict[str, str]:
    """Return the types of a class's attributes as its code writes them; nothing for anything else."""
    classes = reversed(each.__mro__) if inspect.isclass(each) else ()
    written = {name: kind for one in classes for name, kind in vars(one).get("__annotations__", {}).items()}
    return {name: kind for name, kind in written.items() if isinstance(kind, str)}


def has_sections(text: str) -> bool:
    """Return whether a docstring has sections, such as Raises."""
    return re.search(r"^-{3,}$", text, re.MULTILINE) is not None
