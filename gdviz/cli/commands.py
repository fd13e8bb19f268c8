"""The command line: parse, call, print. The one place that prints, and that turns an error into an exit code.

What a command needs is imported when it runs, so that `gdviz --help` waits for nothing. Annotations are evaluated
here, since Typer reads them: names that only type checkers import are quoted.
"""

import hashlib
import inspect
import json
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import gdviz
from gdviz.cli.progress import reporter, write_line
from gdviz.errors import GdvizWarning, InputError, in_words, naming, printable, shorten

if TYPE_CHECKING:
    from gdviz.batch import Batch
    from gdviz.cli.report import Shown
    from gdviz.description.animation import Animation
    from gdviz.description.resolve import Resolved
    from gdviz.movie.provenance import Kind


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    FAILED = 1
    WRONG_INPUT = 2


app = typer.Typer(
    name="gdviz",
    help="Animations of gradient descent, from one command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)

Target = Annotated[
    str, typer.Argument(help="A preset's name, a function's name, an expression in x and y, or a .toml file.")
]
Start = Annotated[
    list[str] | None, typer.Option("--start", metavar="X,Y", help="A start; repeat it for more.", show_default=False)
]
Grid = Annotated[str | None, typer.Option(metavar="N|NxM", help="A grid of starts over the view. (20 if absent)")]
Random = Annotated[int | None, typer.Option(metavar="N", help="N starts drawn at random from the view.")]
Seed = Annotated[int | None, typer.Option(metavar="S", help="Which random starts. (0 if absent)")]
LearningRate = Annotated[
    float | None, typer.Option("--learning-rate", "--lr", help="The share of the gradient that a step takes.")
]
Tolerance = Annotated[
    float | None,
    typer.Option(help="A point rests where no part of its gradient is larger. (0.001, or the function's own)"),
]
MaxIterations = Annotated[
    int | None, typer.Option(help="Steps after which the descent ends in any case. (1000, or the function's own)")
]
Domain = Annotated[str | None, typer.Option(metavar="XMIN,XMAX,YMIN,YMAX", help="A point that leaves this has left.")]
View = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND|XMIN,XMAX,YMIN,YMAX",
        help="What is seen: surface, curve or slices; or the part that is drawn. Give it twice for both.",
    ),
]
Size = Annotated[str | None, typer.Option(metavar="WxH", help="The picture in pixels. (1280x720 if absent)")]
Fps = Annotated[float | None, typer.Option(help="Frames a second. (30 if absent)")]
Seconds = Annotated[float | None, typer.Option(help="The film's length; its phases keep their proportions.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Any key of the description, such as timing.hold=2."),
]
Jobs = Annotated[int | None, typer.Option(help="How many processes draw. (one a core if absent)")]
Force = Annotated[
    bool, typer.Option("--force", help="Replace a file of the default name, whatever it is; not needed with --output.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(f"gdviz {gdviz.__version__}")  # noqa: T201
        raise typer.Exit


def _animation(
    target: Target,
    *,
    start: Start = None,
    grid: Grid = None,
    random: Random = None,
    seed: Seed = None,
    learning_rate: LearningRate = None,
    tolerance: Tolerance = None,
    max_iterations: MaxIterations = None,
    domain: Domain = None,
    view: View = None,
    size: Size = None,
    fps: Fps = None,
    seconds: Seconds = None,
    set_: Set = None,
) -> "Animation":
    """Read the target, and lay the flags over it. These parameters are the flags that describe an animation."""
    from gdviz.cli.flags import apply_flags, numbers, pair, starts
    from gdviz.cli.flags import view as view_of
    from gdviz.description.animation import Animation
    from gdviz.description.toml import read_toml
    from gdviz.functions import function

    file = _file_of(target)
    data: dict[str, Any] = read_toml(file) if file else {"function": function(target).name}
    given = [
        *starts(start, grid, random, seed),
        ("--learning-rate", "learning_rate", learning_rate),
        ("--tolerance", "tolerance", tolerance),
        ("--max-iterations", "max_iterations", max_iterations),
        ("--domain", "domain", numbers("--domain", domain)),
        ("--size", "size", pair("--size", size)),
        ("--fps", "fps", fps),
        *view_of(view or []),
    ]
    flags = apply_flags(data, given, set_ or [])
    animation = Animation.from_data(data, str(file) if file else "", flags)
    try:
        return animation if seconds is None else animation.lasting(seconds)
    except InputError as error:
        raise InputError(f"--seconds: {error}") from error


def _file_of(target: str) -> Path | None:
    """Return the file that describes a target: its own path, or a preset's; None if the target is a function."""
    from gdviz.description.presets import presets

    return Path(target) if target.endswith(".toml") else presets().get(target)


def _command(name: str, *, without: tuple[str, ...] = ()) -> Callable[[Callable[..., None]], None]:
    """Add a command whose first two parameters, the target and the animation, come from the flags of `_animation`.

    Those named in `without` are not offered.
    """

    def add(body: Callable[..., None]) -> None:
        flags = [each for each in inspect.signature(_animation).parameters.values() if each.name not in without]
        own = list(inspect.signature(body).parameters.values())[2:]

        def command(**given: Any) -> None:
            with _errors_reported(), _warnings_printed(quiet=given.get("quiet", False)):
                described = {flag.name: given.pop(flag.name) for flag in flags}
                body(described["target"], _animation(**described), **given)

        command.__doc__ = body.__doc__
        command.__signature__ = inspect.Signature([flags[0], *own, *flags[1:]])  # type: ignore[attr-defined]
        command.__annotations__ = {each.name: each.annotation for each in [*flags, *own]}
        app.command(name)(command)

    return add


@_command("render")
def _render(
    target: str,
    animation: "Animation",
    *,
    output: Annotated[
        list[Path] | None,
        typer.Option("--output", "-o", help="The file to write; repeatable. Its suffix picks the format."),
    ] = None,
    force: Force = False,
    jobs: Jobs = None,
    quiet: Quiet = False,
    json_: Json = False,
) -> None:
    """Render a film of a descent."""
    from gdviz.cli.report import film_data, film_lines
    from gdviz.description.resolve import resolve
    from gdviz.rendering import render_resolved

    resolved = resolve(animation)
    outputs = output or _default_outputs(target, animation, Path())
    if not (output or force):
        _refuse_other_films(resolved, outputs)
    with reporter(sys.stderr, quiet=quiet or json_) as report:
        films = render_resolved(resolved, outputs, jobs=jobs, progress=report, within=None if output else Path())
    if json_:
        _print_json({"films": [film_data(film) for film in films]})
    elif not quiet:
        _print(*film_lines(films))


@_command("still")
def _still(
    target: str,
    animation: "Animation",
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The .png file to write.")] = None,
    at: Annotated[str, typer.Option(metavar="SHARE|SECONDS", help="Which moment: 0.5 of the film, or 2.5s.")] = "1",
    force: Force = False,
    quiet: Quiet = False,
    json_: Json = False,
) -> None:
    """Draw one moment of a film as a picture."""
    from gdviz.cli.flags import frame_at
    from gdviz.movie.provenance import Kind
    from gdviz.rendering import still

    frame = frame_at(at, animation)
    path = output or _default_picture(f"{_stem(target)}.png", Kind.STILL, force=force)
    still(animation, path, frame)
    if json_:
        _print_json({"path": str(path), "frame": frame, "size": list(animation.size)})
    elif not quiet:
        _print(f"{printable(path)}  frame {frame} of {animation.frames}")


@_command("descend", without=("size", "fps", "seconds"))
def _descend(
    target: str,  # noqa: ARG001
    animation: "Animation",
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the trajectories to a .csv or .npz file.")
    ] = None,
    quiet: Quiet = False,
    json_: Json = False,
) -> None:
    """Descend without drawing: where the points end, and after how many iterations."""
    from gdviz.cli.report import descent_data, descent_lines
    from gdviz.descent.basins import basins
    from gdviz.descent.trajectories import trajectory_writer
    from gdviz.description.resolve import resolve
    from gdviz.hints import hint
    from gdviz.scene.run import make_run

    resolved = resolve(animation)
    write = trajectory_writer(output) if output is not None else None
    run = make_run(resolved)
    descent, found = run.descent, basins(run.descent, run.labels)
    if output is not None and write is not None:
        write(descent, output)
    if json_:
        _print_json(descent_data(resolved, descent, found, hint(resolved, descent)))
    elif not quiet:
        _print(*descent_lines(resolved, descent, found, hint(resolved, descent)))


@app.command("functions")
def functions_command(
    name: Annotated[str | None, typer.Argument(help="Show this one.")] = None,
    json_: Json = False,
) -> None:
    """List the functions that have a name, or show one."""
    with _errors_reported():
        from gdviz.cli.report import catalogue_table, function_data, function_table
        from gdviz.functions import CATALOGUE, function

        if name is not None:
            one = function(name)
            if json_:
                _print_json(function_data(one))
            else:
                _print(function_table(one))
        elif json_:
            _print_json([function_data(each) for each in CATALOGUE])
        else:
            _print(catalogue_table(CATALOGUE))


@app.command("presets")
def _presets(
    name: Annotated[str | None, typer.Argument(help="Print this one's TOML.")] = None, json_: Json = False
) -> None:
    """List the animations that come with gdviz, or print one's TOML, to start from."""
    with _errors_reported():
        from gdviz.cli.report import preset_table
        from gdviz.description.animation import Animation
        from gdviz.description.messages import nearest
        from gdviz.description.presets import presets

        known = presets()
        if name is None:
            described = {each: Animation.load(path).description for each, path in known.items()}
            _print_json(described) if json_ else _print(preset_table(described))
        elif name in known:
            text = known[name].read_text(encoding="utf-8")
            _print_json({"name": name, "toml": text}) if json_ else sys.stdout.write(text)
        else:
            close = nearest(name, known)
            hint = f"did you mean '{close}'?" if close else f"there are {', '.join(known)}"
            raise InputError(f"unknown preset {shorten(name)}; {hint}")


@app.command("batch")
def _batch(
    targets: Annotated[list[str], typer.Argument(metavar="PRESET...", help="Presets' names, or .toml files.")],
    *,
    directory: Annotated[Path, typer.Option("--directory", "-d", help="The folder to write to; made if missing.")],
    formats: Annotated[
        list[str] | None, typer.Option("--format", "-f", help="Suffixes of the files to write. (mp4 if absent)")
    ] = None,
    set_: Set = None,
    force: Annotated[bool, typer.Option("--force", help="Render what is current, too.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Render nothing; list what is current, missing, stale or orphaned.")
    ] = False,
    prune: Annotated[
        bool,
        typer.Option(
            "--prune",
            help="Remove the films in the folder that gdviz made and none of these presets makes. With --check, remove "
            "nothing, but fail if there are any.",
        ),
    ] = False,
    jobs: Jobs = None,
    quiet: Quiet = False,
    json_: Json = False,
) -> None:
    """Render many films, but not those that are current; one that fails does not stop the others."""
    with _errors_reported(), _warnings_printed(quiet=quiet):
        from gdviz.batch import Batch

        def prepare(target: str) -> tuple["Animation", list[Path]]:
            animation = _animation(target, set_=set_)
            if formats:
                return animation, [directory / _film_name(_stem(target), suffix) for suffix in formats]
            return animation, _default_outputs(target, animation, directory)

        if check and force:
            raise InputError("--check renders nothing, so it cannot be combined with --force")
        if directory.exists() and not directory.is_dir():
            raise InputError(f"--directory takes a folder, and {directory} is a file")
        batch = Batch(prepare, directory)
        if check:
            _check_batch(batch, targets, prune=prune, quiet=quiet, json_=json_)
        else:
            _render_batch(batch, targets, force=force, prune=prune, jobs=jobs, quiet=quiet, json_=json_)


def _check_batch(batch: "Batch", targets: list[str], *, prune: bool, quiet: bool, json_: bool) -> None:
    from gdviz.batch import State
    from gdviz.cli.report import finding_data, findings_table

    findings = [finding for target in targets for finding in batch.check(target)]
    unknown = [finding for finding in findings if finding.state.is_unknown]
    wanting = [finding for finding in findings if finding.state.is_wanting]
    asked_for = len(findings) - len(unknown)
    orphans = [] if unknown else batch.orphans()  # what a preset that cannot be read asks for is not known
    if json_:
        _print_json({"films": [finding_data(finding) for finding in findings + orphans]})
    elif not quiet:
        _print(findings_table(findings + orphans))
    _tell_reasons([(each.target, each.error) for each in unknown], quiet=quiet or json_)
    orphaned = sum(each.state is State.ORPHANED for each in orphans)
    said = [
        f"{len(unknown)} of {len(targets)} failed: {', '.join(each.target for each in unknown)}" if unknown else "",
        f"{len(wanting)} of {asked_for} films are missing, stale or blocked" if wanting else "",
        f"{orphaned} orphaned, which --prune without --check removes" if orphaned and prune else "",
    ]
    if any(said):
        wrong = unknown and all(each.state is State.WRONG for each in unknown)
        raise _failure("; ".join(filter(None, said)), Exit.WRONG_INPUT if wrong else Exit.FAILED)


def _render_batch(
    batch: "Batch", targets: list[str], *, force: bool, prune: bool, jobs: int | None, quiet: bool, json_: bool
) -> None:
    from gdviz.batch import Outcome
    from gdviz.cli.report import batch_table, removal_line, result_data

    results = []
    for target in targets:
        if not (quiet or json_):
            write_line(sys.stderr, target)
        with reporter(sys.stderr, quiet=quiet or json_) as report:
            results.append(batch.render(target, force=force, jobs=jobs, progress=report))
    failed = [result for result in results if result.outcome is Outcome.FAILED]
    # What a preset asks for is not known for certain before it has been rendered.
    removals = list(batch.prune()) if prune and not failed else []
    if json_:
        removed = [str(removal.path) for removal in removals if removal.error is None]
        _print_json({"results": [result_data(result) for result in results], "removed": removed})
    elif not quiet:
        _print(batch_table(results), *(removal_line(removal) for removal in removals if removal.error is None))
    _tell_reasons([(result.target, result.error) for result in failed], quiet=quiet or json_)
    if failed:
        wrong = all(isinstance(result.error, InputError) for result in failed)
        said = f"{len(failed)} of {len(results)} failed: {', '.join(result.target for result in failed)}"
        raise _failure(f"{said}; so nothing was pruned" if prune else said, Exit.WRONG_INPUT if wrong else Exit.FAILED)
    kept = [removal_line(removal) for removal in removals if removal.error is not None]
    if kept:
        raise _failure("; ".join(kept), Exit.FAILED)


def _tell_reasons(failed: Iterable[tuple[str, Exception | None]], *, quiet: bool) -> None:
    """Say why targets failed if no table has said it, and where in the program if that is asked for."""
    for target, error in failed:
        if error is None:
            continue
        if _debugging():
            traceback.print_exception(error)
        if quiet:
            reason = in_words(error)
            write_line(sys.stderr, f"gdviz: {reason if target in reason else f'{target}: {reason}'}")


def _film_name(stem: str, suffix: str) -> str:
    """Return a film's name in a batch; one of pictures is a folder."""
    suffix = suffix.lstrip(".").lower()
    return f"{stem}/%04d.png" if suffix == "png" else f"{stem}.{suffix}"


def _default_outputs(target: str, animation: "Animation", directory: Path) -> list[Path]:
    """Return the outputs in a folder that a description names, or the one that its target's name makes."""
    return [directory / name for name in animation.output or [f"{_stem(target)}.mp4"]]


def _refuse_other_films(resolved: "Resolved", outputs: list[Path]) -> None:
    """Refuse to replace what is not this film, where the user did not name the file."""
    from gdviz.batch import State, states

    for path, state in zip(outputs, states(resolved, outputs), strict=True):
        if state is State.STALE:
            raise InputError(
                f"{printable(path)} is there, and it is not this film; add --force to replace it, or name another file "
                "with --output"
            )


def _default_picture(name: str, kind: "Kind", *, force: bool) -> Path:
    """Return the default path of a picture, unless something is there that gdviz did not draw for the same use."""
    from gdviz.movie.provenance import read_stamp
    from gdviz.runtime.files import place_of

    path = Path(name)
    place_of(path, within=Path())
    if path.exists() and not force and read_stamp(path, kind) is None:
        raise InputError(
            f"{name} is there, and gdviz did not draw it for this; add --force to replace it, or name another file "
            "with --output"
        )
    return path


@app.command("formula")
def _formula(
    name: Annotated[str | None, typer.Argument(help="A function's name, or an expression in x and y.")] = None,
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The .png or .svg file to write.")] = None,
    latex: Annotated[str | None, typer.Option(help="Any formula, in LaTeX, instead of a function's.")] = None,
    color: Annotated[str, typer.Option(help="The ink: a name or #rrggbb.")] = "black",
    scale: Annotated[float, typer.Option(help="2 gives twice the pixels, for @2x.")] = 1.0,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Draw a formula as a picture with a transparent ground."""
    with _errors_reported():
        from gdviz.formula import formula_of, write_formula
        from gdviz.functions import function
        from gdviz.movie.provenance import Kind

        if (name is None) == (latex is None):
            raise InputError("give either a function or --latex with a formula")
        text = latex if latex is not None else formula_of(function(name or ""))
        default = f"{_stem(name) if name else 'formula'}.png"
        path = output or _default_picture(default, Kind.FORMULA, force=force)
        write_formula(text, path, color=color, scale=scale)
        if not quiet:
            _print(printable(path))


@app.command("schema")
def _schema() -> None:
    """Print the JSON Schema of an animation, for editors."""
    with _errors_reported():
        from gdviz.description.animation import Animation

        _print_json(Animation.model_json_schema())


@app.command("doctor")
def _doctor(json_: Json = False) -> None:
    """Look for what gdviz needs, make a small film, and say what to do about what is missing."""
    with _errors_reported():
        from gdviz.doctor import examine, findings_data, findings_shown

        findings = examine()
        if json_:
            _print_json(findings_data(findings))
        else:
            _print(*findings_shown(findings))
        wrong = [finding.name for finding in findings if not finding.ok]
        if wrong:
            raise _failure(f"{len(wrong)} of {len(findings)} things are not well: {', '.join(wrong)}", Exit.FAILED)


@contextmanager
def _errors_reported() -> Iterator[None]:
    """Turn what goes wrong into one message on stderr and an exit code."""
    try:
        yield
    except typer.Exit:
        raise
    except Exception as error:
        code = Exit.WRONG_INPUT if isinstance(error, InputError) else Exit.FAILED
        raise _failure(in_words(error), code) from error


@contextmanager
def _warnings_printed(*, quiet: bool) -> Iterator[None]:
    """Print gdviz's own warnings as one line each on stderr, or if quiet none; others go where they would."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if quiet else "always", GdvizWarning)
        show = warnings.showwarning

        def show_own(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, GdvizWarning):
                write_line(sys.stderr, f"gdviz: {message}")
            else:
                show(message, category, *place, **more)

        warnings.showwarning = show_own
        yield


def _failure(message: str, code: Exit) -> typer.Exit:
    if _debugging():
        traceback.print_exc()
    write_line(sys.stderr, f"gdviz: {message}")
    return typer.Exit(code)


def _debugging() -> bool:
    return os.environ.get("GDVIZ_DEBUG") == "1"


# From flags to an animation


def _stem(target: str) -> str:
    """Return a file's name for a target: its file's, its function's, or an expression's letters and digits.

    Other expressions may have the same letters, so that a few digits of a checksum follow.
    """
    from gdviz.functions import CATALOGUE, function

    file = _file_of(target)
    if file:
        return file.stem
    known = function(target)
    if known in CATALOGUE:
        return known.name
    letters = re.sub(r"[^a-z0-9]+", "-", known.name.lower()).strip("-")[:60]
    return f"{letters}-{hashlib.sha256(known.name.encode()).hexdigest()[:6]}".lstrip("-")


# Printing


def _print(*things: "Shown") -> None:
    """Print texts as they are, and tables as wide as the terminal, or 120 characters where there is none."""
    from rich.console import Console

    class Frank(Console):
        def on_broken_pipe(self) -> None:
            """Let the error pass, where rich would end the process without a word."""
            raise  # noqa: PLE0704  # called while it is handled

    console = Frank(width=None if sys.stdout.isatty() else 120, highlight=False)
    with naming("stdout"):
        for thing in things:
            console.print(thing, markup=False, soft_wrap=isinstance(thing, str))


def _print_json(data: Any) -> None:
    """Print one document; letters that the output's encoding lacks, or that a path has of none, are escaped."""
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = json.dumps(data, indent=2, allow_nan=False)
    with naming("stdout"):
        sys.stdout.write(text + "\n")
