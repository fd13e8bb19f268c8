"""Shell completion: words of flags, names of targets, keys of `--set` with their values, and formats."""

from __future__ import annotations

from collections.abc import Iterable

# Of matplotlib's colormaps, those that many use: to ask it for all would import it at each press of a key.
COLORMAPS = (
    "Blues", "BrBG", "Greens", "Greys", "Oranges", "PuBuGn", "Purples", "RdBu", "RdBu_r", "RdYlBu", "Reds", "Spectral",
    "YlGnBu", "YlOrRd", "cividis", "coolwarm", "copper", "cubehelix", "gist_earth", "gray", "hot", "inferno", "jet",
    "magma", "ocean", "plasma", "terrain", "turbo", "twilight", "viridis", "viridis_r",
)  # fmt: skip


def targets(incomplete: str) -> list[str]:
    """Return the presets, functions, .toml files and landscapes' files whose names begin with `incomplete`."""
    from gdviz.description.presets import presets

    return _beginning(incomplete, [*presets(), *_functions(), *_files(incomplete, (".toml", *_landscape_suffixes()))])


def functions(incomplete: str) -> list[str]:
    """Return the functions whose names begin with `incomplete`."""
    return _beginning(incomplete, _functions())


def functions_and_landscapes(incomplete: str) -> list[str]:
    """Return the functions and landscapes' files whose names begin with `incomplete`."""
    return _beginning(incomplete, [*_functions(), *_files(incomplete, _landscape_suffixes())])


def _landscape_suffixes() -> tuple[str, ...]:
    from gdviz.landscapes.suffixes import SUFFIXES

    return SUFFIXES


def _files(incomplete: str, suffixes: tuple[str, ...]) -> list[str]:
    """Return the files with these suffixes in the folder that a word begins with."""
    from pathlib import Path

    try:
        return [str(path) for path in Path(incomplete).parent.iterdir() if path.name.endswith(suffixes)]
    except OSError:  # there is no such folder, or it may not be read
        return []


def presets(incomplete: str) -> list[str]:
    """Return the presets whose names begin with `incomplete`."""
    from gdviz.description.presets import presets

    return _beginning(incomplete, presets())


def views(incomplete: str) -> list[str]:
    """Return the kinds of view that begin with `incomplete`."""
    from gdviz.description.choices import View

    return _beginning(incomplete, list(View))


def sizes(incomplete: str) -> list[str]:
    """Return the names of sizes that begin with `incomplete`."""
    from gdviz.description.choices import NamedSize

    return _beginning(incomplete, list(NamedSize))


def themes(incomplete: str) -> list[str]:
    """Return the themes that begin with `incomplete`."""
    from gdviz.description.choices import ThemeName

    return _beginning(incomplete, list(ThemeName))


def palettes(incomplete: str) -> list[str]:
    """Return gdviz's palettes and common colormaps that begin with `incomplete`."""
    from gdviz.description.choices import Palette

    return _beginning(incomplete, [*Palette, *COLORMAPS])


def qualities(incomplete: str) -> list[str]:
    """Return the qualities that begin with `incomplete`."""
    from gdviz.description.choices import Quality

    return _beginning(incomplete, list(Quality))


def backgrounds(incomplete: str) -> list[str]:
    """Return the names of backgrounds that begin with `incomplete`."""
    from gdviz.description.choices import NamedBackground

    return _beginning(incomplete, list(NamedBackground))


def loops(incomplete: str) -> list[str]:
    """Return the kinds of loop that begin with `incomplete`."""
    from gdviz.description.choices import Loop

    return _beginning(incomplete, list(Loop))


def web_bundles(incomplete: str) -> list[str]:
    """Return where a page may have its library from that begins with `incomplete`."""
    from gdviz.description.choices import WebBundle

    return _beginning(incomplete, list(WebBundle))


def optimizers(incomplete: str) -> list[str]:
    """Return the names and aliases of optimizers that begin with `incomplete`."""
    from gdviz.descent.optimizers import OPTIMIZERS

    return _beginning(incomplete, [name for each in OPTIMIZERS.values() for name in (each.name, *each.aliases)])


def schedules(incomplete: str) -> list[str]:
    """Return the schedules whose names begin with `incomplete`."""
    from gdviz.descent.schedules import SCHEDULES

    return _beginning(incomplete, SCHEDULES)


def formats(incomplete: str) -> list[str]:
    """Return the suffixes of films that begin with `incomplete`."""
    from gdviz.movie.formats import FORMATS

    return _beginning(incomplete, [suffix.lstrip(".") for suffix in FORMATS])


def settings(incomplete: str) -> list[str]:
    """Return the keys that begin with `incomplete`, each with `=`; after a key and `=`, the values that it may have.

    If only one key is left, its values are returned at once: the shell then inserts what these have in common, up to
    the `=`, and no space after it.
    """
    from gdviz.cli.keys import description_keys

    name, equals, _ = incomplete.partition("=")
    known = {key.name: key for key in description_keys() if " " not in key.name}  # a shell would cut these
    if not equals:
        keys = _beginning(incomplete, known)
        if len(keys) != 1 or not known[keys[0]].choices:
            return [f"{key}=" for key in keys]
        name = keys[0]
    choices = known[name].choices if name in known else ()
    return _beginning(incomplete, [f"{name}={choice}" for choice in choices])


def help_topics(incomplete: str) -> list[str]:
    """Return the topics of `gdviz help` that begin with `incomplete`."""
    from gdviz.cli.app import command_names
    from gdviz.cli.topics import TOPICS

    return _beginning(incomplete, [*TOPICS, *command_names()])


def _functions() -> list[str]:
    from gdviz.functions import CATALOGUE

    return [each.name for each in CATALOGUE]


def _beginning(incomplete: str, words: Iterable[str]) -> list[str]:
    return sorted({str(word) for word in words if word.startswith(incomplete)})
