"""The topics of `gdviz help`, and what the help of a command of such a name ends with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rich.table import Table
from rich.text import Text

from gdviz.cli.keys import description_keys, keys_table
from gdviz.cli.report import Shown, catalogue_table, preset_table, table_of
from gdviz.cli.result import Exit
from gdviz.errors import InputError, nearest, shorten

SPELLINGS = MappingProxyType({"optimisers": "optimizers", "colormaps": "palettes", "exitcodes": "exit-codes"})
"""Other words for a topic -> the topic."""


def topic(name: str) -> tuple[Shown, ...] | None:
    """Return what there is to say on a topic, or on a key or a table of a description; None if it is neither.

    Of a command that lists something, it is the list.
    """
    if name in TOPICS:
        return TOPICS[name]()
    keys = [key for key in description_keys() if f"{key.name}.".startswith(f"{name}.")]
    return (keys_table(keys),) if keys else None


def unknown_topic(name: str, commands: list[str]) -> InputError:
    """Return the error for a topic that there is none on; `commands` are topics, too."""
    from gdviz.descent.optimizers import OPTIMIZERS
    from gdviz.functions import CATALOGUE

    told = f"there is no help on {shorten(name)}"
    own = [each for each in TOPICS if each not in commands]
    if close := nearest(name, [*own, *SPELLINGS, *commands, *(key.name for key in description_keys())]):
        return InputError(f"{told}; did you mean '{SPELLINGS.get(close, close)}'?")
    optimizers = [word for each in OPTIMIZERS.values() for word in (each.name, *each.aliases)]
    functions = [word for each in CATALOGUE for word in (each.name, *each.aliases)]
    for listing, words in {"optimizers": optimizers, "functions": functions}.items():
        if close := nearest(name, words):
            return InputError(f"{told}; 'gdviz {listing} {close}' shows that one")
    return InputError(f"{told}; there are {', '.join(own)}, {', '.join(commands)}, and each key of a description")


def _formats() -> tuple[Shown, ...]:
    from gdviz.movie.formats import FORMATS
    from gdviz.movie.transparent import TRANSPARENT

    table = table_of("suffix", "what it is", "transparent", "--max-size", "frames a second")
    for suffix, style in FORMATS.items():
        yes_or_no = ["yes" if each else "no" for each in (suffix in TRANSPARENT, style.can_be_reduced)]
        rates = ", ".join(map(str, style.rates)) or "any"
        name = "a folder of numbered pictures, as in frames/%04d.png" if style.numbered else style.name
        table.add_row(*map(Text, (suffix, name, *yes_or_no, rates)))
    others = "A still is a .png, a formula a .png or .svg, and trajectories are a .csv or .npz."
    return table, others


def _palettes() -> tuple[Shown, ...]:
    from gdviz.colormaps import ordered_colormaps
    from gdviz.description.choices import Palette

    table = table_of("palettes", "")
    table.show_header = False
    table.add_row("gdviz's own", ", ".join(Palette))
    table.add_row("matplotlib's", ", ".join(ordered_colormaps()))
    return (table,)


def _sizes() -> tuple[Shown, ...]:
    from gdviz.description.choices import SIZES

    table = table_of("name", "pixels")
    for name, (width, height) in SIZES.items():
        table.add_row(name, f"{width}x{height}")
    return table, "Any other size is WxH, both even."


def _exit_codes() -> tuple[Shown, ...]:
    table = table_of("code", "what it says")
    for code in Exit:
        table.add_row(str(int(code)), code.meaning)
    return (table,)


def _optimizers() -> tuple[Shown, ...]:
    from gdviz.cli.optimizers import optimizers_table
    from gdviz.descent.optimizers import OPTIMIZERS

    return (optimizers_table(list(OPTIMIZERS.values())),)


def _functions() -> tuple[Shown, ...]:
    from gdviz.functions import CATALOGUE

    return (catalogue_table(CATALOGUE),)


def _presets() -> tuple[Shown, ...]:
    return (described_presets()[1],)


def described_presets() -> tuple[dict[str, str], Table]:
    """Return the presets by name with what each shows, and a table of them."""
    from gdviz.description.animation import Animation
    from gdviz.description.presets import presets

    described = {each: Animation.load(path).description for each, path in presets().items()}
    return described, preset_table(described)


TOPICS: Mapping[str, Callable[[], tuple[Shown, ...]]] = MappingProxyType(
    {
        "keys": lambda: (keys_table(description_keys()),),
        "formats": _formats,
        "palettes": _palettes,
        "sizes": _sizes,
        "exit-codes": _exit_codes,
        "functions": _functions,
        "optimizers": _optimizers,
        "presets": _presets,
    }
)
