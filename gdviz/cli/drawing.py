"""`render`, `still` and `descend`: the commands for one animation."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gdviz.cli.app import Command
from gdviz.cli.cluster import executor_for
from gdviz.cli.options import OUTPUT, Dask, Force, Jobs, Json, NoProgress, Preview, QualityName, Quiet, output_file
from gdviz.cli.overwriting import ask_to_replace, check_outputs
from gdviz.cli.result import Result
from gdviz.cli.target import default_outputs, described_command, picture_path, reading_command, stem_of
from gdviz.errors import InputError, printable
from gdviz.progress import reporter

if TYPE_CHECKING:
    from gdviz.description.animation import Animation
    from gdviz.description.resolved import Resolved


SERVER = f"{__name__}.server"  # in a context's `meta`


class RenderCommand(Command):
    """A command whose processes begin to import what drawing needs while this one imports what reading needs."""

    def begin(self, ctx: Any, typed: Mapping[str, Any]) -> None:
        """Start the server that they are forked from; it ends with the context."""
        from gdviz.runtime.servers import server_ahead

        # A cluster draws by itself, and a page is made by one process: neither needs others of this machine.
        outputs = typed.get("output") or []
        alone = "dask" in typed or (outputs and all(str(each).lower().endswith(".html") for each in outputs))
        jobs = str(typed.get("jobs"))
        processes = 1 if alone else int(jobs) if jobs.isdecimal() else None
        ctx.meta[SERVER] = ctx.with_resource(server_ahead(processes))


@reading_command(
    "render",
    "render himmelblau --grid 20",
    "render 'x^2 + 3*y^2' --lr 0.05 -o bowl.gif -o bowl.mp4",
    cls=RenderCommand,
)
def render_command(
    target: str,
    read: "Callable[[], Animation]",
    *,
    context: typer.Context,
    output: Annotated[
        list[Path] | None,
        output_file("The file to write; repeatable. Its suffix picks the format."),
    ] = None,
    quality: QualityName = "standard",
    force: Force = False,
    preview: Preview = False,
    jobs: Jobs = None,
    dask: Dask = None,
    no_progress: NoProgress = False,
    quiet: Quiet = False,
    json_: Json = False,
) -> Result:
    """Render a film of a descent."""
    animation = read()
    from gdviz.cli.preview import show
    from gdviz.cli.report import film_data, film_lines
    from gdviz.description.quality import quality_of
    from gdviz.description.resolve import resolve
    from gdviz.movie.formats import film_files
    from gdviz.rendering import render_resolved

    resolved = resolve(animation, quality_of(quality, "--quality"))
    outputs = output or default_outputs(target, animation, Path(), resolved.quality)
    if not force:
        _check_films(resolved, outputs, named=bool(output), quiet=quiet or json_)
    within = None if output else Path()
    silent = no_progress or quiet or json_
    with executor_for(dask, jobs) as executor, reporter(sys.stderr, quiet=silent) as report:
        films = render_resolved(
            resolved,
            outputs,
            jobs=jobs,
            executor=executor,
            progress=report,
            within=within,
            server=context.meta.get(SERVER),
        )
    if preview:
        show(film_files(films[0].path, films[0].frames)[0])
    return Result({"films": [film_data(film) for film in films]}, tuple(film_lines(films)))


@described_command(
    "still", "still himmelblau", "still himmelblau --at 2.5s -o picture.png", without=("max_size", "web_bundle")
)
def still_command(
    target: str,
    animation: "Animation",
    *,
    output: Annotated[
        Path | None,
        output_file("The .png file to write."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE|TIME",
            help="Which moment: 0.5 of the film, or 2.5s. (the last if absent)",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    poster: Annotated[
        bool,
        typer.Option(
            "--poster", help="The moment that stands for the film: its points are under way.", rich_help_panel=OUTPUT
        ),
    ] = False,
    quality: QualityName = "standard",
    force: Force = False,
    preview: Preview = False,
    quiet: Quiet = False,
    json_: Json = False,
) -> Result:
    """Draw one moment of a film as a picture."""
    from gdviz.cli.flags import frame_at
    from gdviz.cli.preview import show
    from gdviz.description.quality import named_for, quality_of
    from gdviz.description.resolve import resolve
    from gdviz.movie.provenance import Kind
    from gdviz.rendering import still_resolved
    from gdviz.scene.timeline import poster_frame

    resolved = resolve(animation, quality_of(quality, "--quality"))
    if poster and at is not None:
        raise InputError("--poster is a moment by itself; leave out --at")
    frame = poster_frame(resolved.timing, resolved.drawn_frames) if poster else frame_at(at or "1", resolved)
    name = named_for(Path(f"{stem_of(target)}.png"), resolved.quality)
    path = picture_path(output, str(name), Kind.STILL, force=force, quiet=quiet or json_)
    still_resolved(resolved, path, frame)
    if preview:
        show(path)
    return Result(
        {"path": str(path), "frame": frame, "size": list(resolved.size)},
        (f"{printable(path)}  frame {frame} of {resolved.frames}",),
    )


@described_command(
    "descend",
    "descend himmelblau --grid 20",
    "descend rosenbrock --start=-1.5,2 -o path.csv",
    without=(
        *("panel", "field", "size", "fps", "seconds", "loop", "theme", "palette", "background"),
        *("max_size", "web_bundle"),
    ),
)
def descend_command(
    target: str,  # noqa: ARG001  # every described command gets it
    animation: "Animation",
    *,
    output: Annotated[
        Path | None,
        output_file("Write the trajectories to a .csv or .npz file."),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
    json_: Json = False,
) -> Result:
    """Descend without drawing: where the points end, and after how many iterations."""
    from gdviz.cli.descents import descents_data, descents_lines
    from gdviz.descent.trajectories import holds_trajectories, trajectory_writer
    from gdviz.description.choices import Clock
    from gdviz.description.resolve import resolve
    from gdviz.hints import hint
    from gdviz.scene.subject import Subject

    resolved = replace(resolve(animation), clock=Clock.ITERATIONS)  # of which evaluations are told as well
    write = trajectory_writer(output) if output is not None else None
    check_outputs([output], holds_trajectories, force=force, quiet=quiet or json_)
    runs = Subject(resolved).runs
    if output is not None and write is not None:
        write({run.settings.label: run.descent for run in runs}, output)
    advice = hint(resolved, [run.descent for run in runs])
    if json_:  # of very many points it takes as much memory as their history
        return Result(descents_data(resolved, runs, advice))
    return Result(shown=tuple(descents_lines(resolved, runs, advice)))


def _check_films(resolved: "Resolved", outputs: list[Path], *, named: bool, quiet: bool) -> None:
    """Check that no file is lost: one that gdviz did not make or, if the user did not name it, another film.

    A draft may replace a draft.
    """
    from gdviz.batch import State, states
    from gdviz.description.choices import Quality
    from gdviz.movie.formats import format_of
    from gdviz.movie.provenance import is_stamped, read_stamp

    if named:
        for path in outputs:
            format_of(path)  # of another kind of file, it is told first that it is wrong
        check_outputs(outputs, is_stamped, force=False, quiet=quiet)
    elif resolved.quality is Quality.DRAFT:
        told = "is not a complete film by gdviz"
        check_outputs(outputs, lambda path: read_stamp(path) is not None, force=False, quiet=quiet, told=told)
    else:
        for path, state in zip(outputs, states(resolved, outputs), strict=True):
            if state is State.STALE:
                ask_to_replace(path, "is not this film", quiet=quiet)
