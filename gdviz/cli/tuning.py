"""`tune`: tries an optimizer at many learning rates, and says with which of them points settle soonest."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from gdviz.cli.options import Force, Json, Quiet, output_file
from gdviz.cli.overwriting import check_outputs
from gdviz.cli.result import Result
from gdviz.cli.target import described_command

if TYPE_CHECKING:
    from gdviz.description.animation import Animation

_OTHERS = ("learning_rate", "schedule", "noise", "view", "panel", "palette", "field", "background", "fps", "seconds")


@described_command(
    "tune",
    "tune rosenbrock --optimizer adam --start=-1.5,2",
    "tune himmelblau --optimizer momentum --optimizer adam --start 0,0 -o tune.png",
    without=(*_OTHERS, "loop", "max_size", "web_bundle"),
)
def tune_command(
    target: str,  # noqa: ARG001  # every described command gets it
    animation: "Animation",
    *,
    output: Annotated[
        Path | None,
        output_file("Draw the steps over the rates as a .png file."),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
    json_: Json = False,
) -> Result:
    """Try many learning rates: how soon points settle, how each rate ends, and which is best."""
    from gdviz.cli.ladder_report import ladder_data, ladder_shown
    from gdviz.errors import printable
    from gdviz.ladders import check_picture, climbs_of, write_ladders
    from gdviz.movie.provenance import is_stamped

    if output is not None:
        check_picture(output)
    check_outputs([output], is_stamped, force=force, quiet=quiet or json_)
    resolved, climbs = climbs_of(animation)
    drawn = None if output is None else write_ladders(resolved, climbs, output)
    data = ladder_data(resolved, climbs) | {"path": None if drawn is None else str(drawn)}
    return Result(data, (*ladder_shown(climbs), *([] if drawn is None else [printable(drawn)])))
