"""The versions of gdviz, of Python and of the packages that gdviz is made of; none of them is imported."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

import gdviz

FOR_DEVELOPERS = frozenset({"bench", "dev", "docs", "mutants"})  # extras that draw nothing


def versions() -> dict[str, Any]:
    """Return what `gdviz --version --json` prints.

    Returns
    -------
    The versions of gdviz and Python, and the platform; under `packages` the version of each package that gdviz needs,
    and under `extras` those of each extra's packages. A package that is not installed has None. If gdviz itself runs
    without being installed, `packages` and `extras` are empty.

    """
    try:
        needs = requires("gdviz") or []
    except PackageNotFoundError:
        needs = []
    extras = {
        extra: versions_of(names) for extra, names in packages_by_extra(needs).items() if extra not in FOR_DEVELOPERS
    }
    return {
        "gdviz": gdviz.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": versions_of(packages_needed(needs)),
        "extras": extras,
    }


def packages_needed(needs: Sequence[str]) -> list[str]:
    """Return the names of the packages without which gdviz does not work; `needs` are its requirements."""
    return [_name(need) for need in needs if _extra(need) is None]


def packages_by_extra(needs: Sequence[str]) -> dict[str, list[str]]:
    """Return the names of the packages of each extra."""
    extras: dict[str, list[str]] = {}
    for need in needs:
        if extra := _extra(need):
            extras.setdefault(extra, []).append(_name(need))
    return dict(sorted(extras.items()))


def versions_of(names: Sequence[str]) -> Mapping[str, str | None]:
    """Return the installed version of each package by name; None if it is not installed."""
    return {name: version_of(name) for name in sorted(names, key=str.casefold)}


def version_of(name: str) -> str | None:
    """Return the installed version of a package; None if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _name(need: str) -> str:
    return re.split(r"[^\w.-]", need, maxsplit=1)[0]


def _extra(need: str) -> str | None:
    named = re.search(r"extra == ['\"]([\w.-]+)['\"]", need)
    return named[1] if named else None
