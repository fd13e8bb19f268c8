"""`formula`: draws a formula as a picture."""

from pathlib import Path
from typing import Annotated

import typer

from gdviz.cli import completion
from gdviz.cli.app import command
from gdviz.cli.options import OUTPUT, PICTURE, Force, Quiet
from gdviz.cli.result import Result
from gdviz.cli.target import default_picture, stem_of
from gdviz.errors import InputError, printable


@command("formula", "formula himmelblau", r"formula --latex '\frac{d}{dx} x^n = n x^{n-1}' -o rule.svg")
def formula_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="A function's name, or an expression in x and y.",
            autocompletion=completion.functions,
        ),
    ] = None,
    *,
    latex: Annotated[
        str | None,
        typer.Option(metavar="LATEX", help="A formula in LaTeX, instead of NAME.", rich_help_panel=PICTURE),
    ] = None,
    color: Annotated[
        str, typer.Option(metavar="COLOR", help="The formula's colour: a name or #rrggbb.", rich_help_panel=PICTURE)
    ] = "black",
    scale: Annotated[
        float, typer.Option(metavar="FACTOR", help="2 gives twice the pixels, for @2x.", rich_help_panel=PICTURE)
    ] = 1.0,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The .png or .svg file to write.", rich_help_panel=OUTPUT),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,  # noqa: ARG001  # read by `command`
) -> Result:
    """Draw a formula as a picture with a transparent background."""
    from gdviz.formula import formula_of, write_formula
    from gdviz.functions import function
    from gdviz.movie.provenance import Kind

    if (name is None) == (latex is None):
        raise InputError("give either a function or --latex with a formula")
    text = latex if latex is not None else formula_of(function(name or ""))
    default = f"{stem_of(name) if name else 'formula'}.png"
    path = output or default_picture(default, Kind.FORMULA, force=force)
    write_formula(text, path, color=color, scale=scale)
    return Result(shown=(printable(path),))
