"""The flags that several commands share, with their help."""

from typing import Annotated, Any

import typer

from gdviz.cli import completion
from gdviz.description.choices import NamedSize, Quality

STARTS, DESCENT, PICTURE, OUTPUT = "Starts", "Descent", "Picture", "Output"

Target = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help="A preset's name, a function's name, an expression in x and y, a .toml file, or a landscape's file.",
        autocompletion=completion.targets,
    ),
]
Start = Annotated[
    list[str] | None,
    typer.Option("--start", metavar="X,Y", help="A start; repeat it for more.", rich_help_panel=STARTS),
]
Grid = Annotated[
    str | None,
    typer.Option(metavar="N|NxM", help="A grid of starts over the extent. (20 if absent)", rich_help_panel=STARTS),
]
Random = Annotated[
    int | None,
    typer.Option(metavar="N", help="N starts drawn at random from the extent.", rich_help_panel=STARTS),
]
Seed = Annotated[
    int | None, typer.Option(metavar="S", help="The seed of the random starts. (0 if absent)", rich_help_panel=STARTS)
]


def output_file(help_: str) -> Any:
    """Return the flag that names the file that a command writes."""
    return typer.Option("--output", "-o", metavar="FILE", help=help_, rich_help_panel=OUTPUT)


Optimizer = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME[:KEY=VALUE,...]",
        help="The rule that makes steps, such as adam or adam:beta1=0.8; repeat it for a race. (gd if absent)",
        autocompletion=completion.optimizers,
        rich_help_panel=DESCENT,
    ),
]
RecordedPath = Annotated[
    list[str] | None,
    typer.Option(
        "--path",
        metavar="FILE|NAME",
        help="A recorded path, such as adam.csv, or one in the landscape's own file; repeat it for a race.",
        rich_help_panel=DESCENT,
    ),
]
LearningRate = Annotated[
    list[float] | None,
    typer.Option(
        "--learning-rate",
        "--lr",
        metavar="RATE",
        help="The share of the gradient that a step takes; repeat it for a race of rates. (tuned if absent)",
        rich_help_panel=DESCENT,
    ),
]
Schedule = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="How the learning rate changes: exponential, step, cosine or inverse-time. (it does not if absent)",
        autocompletion=completion.schedules,
        rich_help_panel=DESCENT,
    ),
]
Noise = Annotated[
    float | None,
    typer.Option(
        metavar="DEVIATION",
        help="The standard deviation of noise that is added to the gradient. (0 if absent)",
        rich_help_panel=DESCENT,
    ),
]
Tolerance = Annotated[
    float | None,
    typer.Option(
        metavar="SLOPE",
        help="A point rests where no part of its gradient is larger. (0.001, or the function's own)",
        rich_help_panel=DESCENT,
    ),
]
MaxIterations = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="The most steps that a point takes. (1000, or the function's own)",
        rich_help_panel=DESCENT,
    ),
]
Domain = Annotated[
    str | None,
    typer.Option(
        metavar="XMIN,XMAX,YMIN,YMAX",
        help="A point that leaves this stops. (the function's own if absent)",
        rich_help_panel=DESCENT,
    ),
]
View = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND",
        help="The kind of picture: surface, map, curve, slices or loss.",
        autocompletion=completion.views,
        rich_help_panel=PICTURE,
    ),
]
Panel = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND",
        help="A view beside the main one, in a tall picture below it; repeat it for more.",
        autocompletion=completion.views,
        rich_help_panel=PICTURE,
    ),
]
Theme = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The colours of the picture: dark, or light for a white page. (dark, or what suits the background)",
        autocompletion=completion.themes,
        rich_help_panel=PICTURE,
    ),
]
Palette = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The ground's colours: deep, dusk, slate, or a colormap of matplotlib such as viridis. (deep if absent)",
        autocompletion=completion.palettes,
        rich_help_panel=PICTURE,
    ),
]
Extent = Annotated[
    str | None,
    typer.Option(
        metavar="XMIN,XMAX,YMIN,YMAX",
        help="The part that is drawn. (the function's own if absent)",
        rich_help_panel=PICTURE,
    ),
]
Field = Annotated[
    str | None,
    typer.Option(
        metavar="N|NxM",
        help="Arrows that show the gradient, N to a side, on a surface or a map.",
        rich_help_panel=PICTURE,
    ),
]
Size = Annotated[
    str | None,
    typer.Option(
        metavar="WxH|NAME",
        help=f"The picture in pixels, or one of {', '.join(NamedSize)}. (1280x720 if absent)",
        autocompletion=completion.sizes,
        rich_help_panel=PICTURE,
    ),
]
Background = Annotated[
    str | None,
    typer.Option(
        metavar="COLOUR|NAME",
        help="What is behind everything: a colour such as '#ffffff', or transparent. (the theme's own if absent)",
        autocompletion=completion.backgrounds,
        rich_help_panel=PICTURE,
    ),
]
Fps = Annotated[
    float | None, typer.Option(metavar="RATE", help="Frames a second. (30 if absent)", rich_help_panel=PICTURE)
]
Seconds = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS", help="The film's length; its phases keep their proportions.", rich_help_panel=PICTURE
    ),
]
Loop = Annotated[
    str | None,
    typer.Option(
        metavar="KIND",
        help="How the film leads back into its start: none, fade or boomerang. (none if absent)",
        autocompletion=completion.loops,
        rich_help_panel=PICTURE,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Any key of the description, such as timing.hold=2; 'gdviz help keys' lists them.",
        autocompletion=completion.settings,
        rich_help_panel=PICTURE,
    ),
]
MaxSize = Annotated[
    str | None,
    typer.Option(
        "--max-size",
        metavar="BYTES",
        help="The most that a film may have, such as 8MB; size, rate and quality give way. (no limit if absent)",
        rich_help_panel=OUTPUT,
    ),
]
WebBundle = Annotated[
    str | None,
    typer.Option(
        "--web-bundle",
        metavar="KIND",
        help="Where a page (.html) has what draws it: inline, or from a server (cdn). (inline if absent)",
        autocompletion=completion.web_bundles,
        rich_help_panel=OUTPUT,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(metavar="N", help="How many processes draw. (one a core if absent)", rich_help_panel=OUTPUT),
]
Dask = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS|local:N",
        help="A dask cluster that draws: its scheduler's address, or N processes here. (none if absent)",
        rich_help_panel=OUTPUT,
    ),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        "-y",
        help="Replace any file, even one that gdviz did not make, or under a default name another film.",
        rich_help_panel=OUTPUT,
    ),
]
QualityName = Annotated[
    str,
    typer.Option(
        "--quality",
        metavar="NAME",
        help=f"How finely: {', '.join(Quality)}; a draft has half the size and rate. (standard if absent)",
        autocompletion=completion.qualities,
        rich_help_panel=OUTPUT,
    ),
]
Preview = Annotated[
    bool,
    typer.Option("--preview", "-p", help="Open it with the desktop's program for such files.", rich_help_panel=OUTPUT),
]
NoProgress = Annotated[
    bool, typer.Option("--no-progress", help="Show no progress, but the result.", rich_help_panel=OUTPUT)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.", rich_help_panel=OUTPUT)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.", rich_help_panel=OUTPUT)]
