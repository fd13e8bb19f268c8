"""What a shell completes: names of targets, kinds of view, keys of `--set` and their values, formats."""

from __future__ import annotations

from collections.abc import Iterable


def targets(incomplete: str) -> list[str]:
    """Return the presets, the functions and the .toml files whose names begin so."""
    from pathlib import Path

    from gdviz.description.presets import presets

    folder = Path(incomplete).parent
    files = [str(path) for path in folder.glob("*.toml")] if folder.is_dir() else []
    return _beginning(incomplete, [*presets(), *_functions(), *files])


def functions(incomplete: str) -> list[str]:
    """Return the functions whose names begin so."""
    return _beginning(incomplete, _functions())


def presets(incomplete: str) -> list[str]:
    """Return the presets whose names begin so."""
    from gdviz.description.presets import presets

    return _beginning(incomplete, presets())


def views(incomplete: str) -> list[str]:
    """Return the kinds of view that begin so."""
    from gdviz.description.choices import View

    return _beginning(incomplete, list(View))


def formats(incomplete: str) -> list[str]:
    """Return the suffixes of films that begin so."""
    from gdviz.movie.formats import FORMATS

    return _beginning(incomplete, [suffix.lstrip(".") for suffix in FORMATS])


def settings(incomplete: str) -> list[str]:
    """Return the keys that begin so, each with its `=`; behind one, the values that it may have.

    A key that is the only one has its values at once: of several words a shell puts in what they share, up to the `=`,
    and no space behind it.
    """
    from gdviz.cli.keys import description_keys

    name, equals, _ = incomplete.partition("=")
    known = {key.name: key for key in description_keys()}
    if not equals:
        keys = _beginning(incomplete, known)
        if len(keys) != 1 or not known[keys[0]].choices:
            return [f"{key}=" for key in keys]
        name = keys[0]
    choices = known[name].choices if name in known else ()
    return _beginning(incomplete, [f"{name}={choice}" for choice in choices])


def help_topics(incomplete: str) -> list[str]:
    """Return what `gdviz help` explains."""
    from gdviz.cli.app import command_names

    return _beginning(incomplete, ["keys", *command_names()])


def _functions() -> list[str]:
    from gdviz.functions import CATALOGUE

    return [each.name for each in CATALOGUE]


def _beginning(incomplete: str, words: Iterable[str]) -> list[str]:
    return sorted({str(word) for word in words if word.startswith(incomplete)})
