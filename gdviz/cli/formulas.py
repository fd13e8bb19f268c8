"""`formula`: draws a formula, or the equations of an optimizer, as a picture."""

from pathlib import Path
from typing import Annotated

import typer

from gdviz.cli import completion
from gdviz.cli.app import command
from gdviz.cli.options import PICTURE, Force, Quiet, output_file
from gdviz.cli.result import Result
from gdviz.cli.target import landscape_of, picture_path, stem_of
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
    optimizer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The equations of an optimizer, instead of NAME.",
            autocompletion=completion.optimizers,
            rich_help_panel=PICTURE,
        ),
    ] = None,
    color: Annotated[
        str, typer.Option(metavar="COLOUR", help="The formula's colour: a name or #rrggbb.", rich_help_panel=PICTURE)
    ] = "black",
    scale: Annotated[
        float, typer.Option(metavar="FACTOR", help="2 gives twice the pixels, for @2x.", rich_help_panel=PICTURE)
    ] = 1.0,
    output: Annotated[
        Path | None,
        output_file("The .png or .svg file to write."),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> Result:
    """Draw a formula, or an optimizer's equations, as a picture with a transparent background."""
    from gdviz.cli.optimizers import optimizer_named
    from gdviz.formula import formula_of, write_formula, write_optimizer
    from gdviz.functions import function
    from gdviz.movie.provenance import Kind

    if [name, latex, optimizer].count(None) != 2:
        raise InputError("give one of a function, --latex with a formula, and --optimizer with a name")
    if name is not None and landscape_of(name):
        raise InputError(f"{printable(name)} is the file of a landscape, which has values and no formula")
    rule = None if optimizer is None else optimizer_named(optimizer)
    stem = rule.name if rule else stem_of(name) if name else "formula"
    path = picture_path(output, f"{stem}.png", Kind.FORMULA, force=force, quiet=quiet)
    if rule:
        write_optimizer(rule, path, color=color, scale=scale)
    else:
        write_formula(formula_of(function(name or "")) if latex is None else latex, path, color=color, scale=scale)
    return Result(shown=(printable(path),))
