"""`functions`, `optimizers`, `presets`, `schema` and `help`: the commands that list and explain."""

import warnings
from typing import Annotated

import typer

from gdviz.cli import completion
from gdviz.cli.app import app, command, command_names
from gdviz.cli.console import shows_letters
from gdviz.cli.options import OUTPUT, Json
from gdviz.cli.result import Result
from gdviz.cli.target import landscape_of
from gdviz.errors import GdvizWarning, InputError, nearest, printable, shorten


@command("functions", "functions himmelblau", "functions loss.npz")
def functions_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="The function, or the file of a landscape, to show.",
            autocompletion=completion.functions_and_landscapes,
        ),
    ] = None,
    json_: Json = False,  # noqa: ARG001  # read by `command`
) -> Result:
    """List the named functions, or show one, or what is in the file of a landscape."""
    from gdviz.cli.report import catalogue_table, function_data, function_table
    from gdviz.functions import CATALOGUE, function

    if name is None:
        return Result([function_data(each) for each in CATALOGUE], (catalogue_table(CATALOGUE),))
    if path := landscape_of(name):
        from gdviz.cli.landscapes import landscape_data, landscape_table
        from gdviz.landscapes.reading import read_landscape

        landscape = read_landscape(path)
        return Result(landscape_data(landscape), (landscape_table(landscape),))
    one = function(name)
    return Result(function_data(one), (function_table(one),))


@command("optimizers", "optimizers", "optimizers adam")
def optimizers_command(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The optimizer to show.", autocompletion=completion.optimizers)
    ] = None,
    json_: Json = False,  # noqa: ARG001  # read by `command`
) -> Result:
    """List the optimizers, or show one with its equations."""
    from gdviz.cli.optimizers import optimizer_data, optimizer_lines, optimizer_named, optimizers_table
    from gdviz.descent.optimizers import OPTIMIZERS

    if name is None:
        every = list(OPTIMIZERS.values())
        return Result([optimizer_data(each) for each in every], (optimizers_table(every),))
    one = optimizer_named(name)
    return Result(optimizer_data(one), optimizer_lines(one, letters=shows_letters()))


@command("presets", "presets", "presets himmelblau-grid > mine.toml")
def presets_command(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="The preset whose TOML to print.", autocompletion=completion.presets),
    ] = None,
    json_: Json = False,  # noqa: ARG001  # read by `command`
) -> Result:
    """List the presets that come with gdviz, or print one's TOML to start from."""
    from gdviz.cli.topics import described_presets
    from gdviz.description.animation import Animation
    from gdviz.description.presets import presets

    known = presets()
    if name is None:
        described, table = described_presets()
        return Result(described, (table,))
    if name in known:
        text = known[name].read_text(encoding="utf-8")
        if (landscape := Animation.load(known[name]).landscape_file) is not None:
            told = f"its values are in {printable(landscape.path)}; copy that file to where yours will be"
            warnings.warn(told, GdvizWarning, stacklevel=1)
        return Result({"name": name, "toml": text}, (text.removesuffix("\n"),))
    close = nearest(name, known)
    hint = f"did you mean '{close}'?" if close else f"there are {', '.join(known)}"
    raise InputError(f"unknown preset {shorten(name)}; {hint}")


@command("schema", "schema > animation.schema.json", "schema --table")
def schema_command(
    table: Annotated[
        bool, typer.Option("--table", help="Show the keys as a table instead.", rich_help_panel=OUTPUT)
    ] = False,
) -> Result:
    """Print the JSON Schema of an animation, for editors; or its keys as a table, for people."""
    import json

    from gdviz.description.animation import Animation

    if table:
        from gdviz.cli.keys import description_keys, keys_table

        return Result(shown=(keys_table(description_keys()),))
    return Result(shown=(json.dumps(Animation.model_json_schema(), indent=2, ensure_ascii=True),))


@command("help", "help render", "help keys")
def help_command(
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="TOPIC",
            help="A command; keys, formats, palettes, sizes or exit-codes; or a key such as timing.",
            autocompletion=completion.help_topics,
        ),
    ] = None,
) -> Result:
    """Explain a command, a topic such as the formats, or a key of a description."""
    from gdviz.cli import topics

    commands = command_names()
    name = None if topic is None else topics.SPELLINGS.get(topic, topic)
    if name is None or name in commands:
        app(["--help"] if name is None else [name, "--help"], prog_name="gdviz", standalone_mode=False)
    shown = () if name is None else topics.topic(name)
    if name is not None and shown is None and name not in commands:
        raise topics.unknown_topic(name, commands)
    return Result(shown=shown or ())
