"""The command line: parse, call, print. The one place that prints, and that turns an error into an exit code.

What a command needs is imported when it runs, so that `gdviz --help` waits for nothing. Annotations are evaluated
here, since Typer reads them: names that only type checkers import are quoted.
"""

import csv
import inspect
import json
import math
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import gdviz
from gdviz.errors import GdvizError, InputError, shorten

if TYPE_CHECKING:
    from rich.console import Console

    from gdviz.animation import Animation
    from gdviz.basins import Basin
    from gdviz.descent import Descent
    from gdviz.functions import Function
    from gdviz.render import Film


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    FAILED = 1
    WRONG_INPUT = 2
    INTERRUPTED = 130


app = typer.Typer(
    name="gdviz",
    help="Animations of gradient descent, from one command.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)

Target = Annotated[str, typer.Argument(help="A function's name, an expression in x and y, or a .toml file.")]
Start = Annotated[
    list[str] | None, typer.Option("--start", metavar="X,Y", help="A start; repeat it for more.", show_default=False)
]
Grid = Annotated[str | None, typer.Option(metavar="N|NxM", help="A grid of starts over the view. (20 if absent)")]
Random = Annotated[int | None, typer.Option(metavar="N", help="N starts drawn at random from the view.")]
Seed = Annotated[int | None, typer.Option(metavar="S", help="Which random starts. (0 if absent)")]
LearningRate = Annotated[
    float | None, typer.Option("--learning-rate", "--lr", help="The share of the gradient that a step takes.")
]
Tolerance = Annotated[float | None, typer.Option(help="A point rests where no part of its gradient is larger.")]
MaxIterations = Annotated[int | None, typer.Option(help="Steps after which the descent ends in any case.")]
Domain = Annotated[str | None, typer.Option(metavar="XMIN,XMAX,YMIN,YMAX", help="A point that leaves this has left.")]
View = Annotated[str | None, typer.Option(metavar="XMIN,XMAX,YMIN,YMAX", help="The part that is drawn.")]
Size = Annotated[str | None, typer.Option(metavar="WxH", help="The picture in pixels. (1280x720 if absent)")]
Fps = Annotated[float | None, typer.Option(help="Frames a second. (30 if absent)")]
Seconds = Annotated[float | None, typer.Option(help="The film's length; its phases keep their proportions.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Any key of the description, such as timing.hold=2."),
]
Jobs = Annotated[int | None, typer.Option(help="How many processes draw. (one a core if absent)")]
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
    from gdviz.animation import Animation, read_toml
    from gdviz.functions import function

    source = target if target.endswith(".toml") else ""
    data: dict[str, Any] = read_toml(Path(target)) if source else {"function": function(target).name}
    flags = {
        "starts": _starts(start, grid, random, seed),
        "learning_rate": learning_rate,
        "tolerance": tolerance,
        "max_iterations": max_iterations,
        "domain": _numbers("--domain", domain),
        "view": _numbers("--view", view),
        "size": _pair("--size", size),
        "fps": fps,
    }
    data |= {key: value for key, value in flags.items() if value is not None}
    for setting in set_ or []:
        _lay(data, setting)
    animation = Animation.from_data(data, source)
    return animation if seconds is None else animation.lasting(seconds)


def _command(name: str, *, without: tuple[str, ...] = ()) -> Callable[[Callable[..., None]], None]:
    """Add a command whose first two parameters, the target and the animation, come from the flags of `_animation`.

    Those named in `without` are not offered.
    """

    def add(body: Callable[..., None]) -> None:
        flags = [each for each in inspect.signature(_animation).parameters.values() if each.name not in without]
        own = list(inspect.signature(body).parameters.values())[2:]

        def command(**given: Any) -> None:
            with _errors_reported():
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
    jobs: Jobs = None,
    quiet: Quiet = False,
    json_: Json = False,
) -> None:
    """Render a film of a descent."""
    from gdviz.progress import reporter
    from gdviz.render import render

    outputs = output or [Path(f"{_slug(target)}.mp4")]
    with reporter(sys.stderr, quiet=quiet or json_) as report:
        films = render(animation, outputs, jobs=jobs, progress=report)
    if json_:
        _print_json({"films": [_film_data(film) for film in films]})
    elif not quiet:
        for film in films:
            _print_film(film)


@_command("still")
def _still(
    target: str,
    animation: "Animation",
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The .png file to write.")] = None,
    at: Annotated[str, typer.Option(metavar="SHARE|SECONDS", help="Which moment: 0.5 of the film, or 2.5s.")] = "1",
    quiet: Quiet = False,
    json_: Json = False,
) -> None:
    """Draw one moment of a film as a picture."""
    from gdviz.render import still

    frame = _frame(at, animation)
    path = still(animation, output or Path(f"{_slug(target)}.png"), frame)
    if json_:
        _print_json({"path": str(path), "frame": frame, "size": list(animation.size)})
    elif not quiet:
        _print(f"{path}  frame {frame} of {animation.frames}")


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
    from gdviz.basins import basins, label_basins
    from gdviz.scene import run_descent

    resolved = animation.resolved()
    write = _trajectory_writer(output)
    descent = run_descent(resolved)
    assert resolved.view is not None
    found = basins(descent, label_basins(descent, resolved.view))
    if output is not None:
        write(descent, output)
    if json_:
        _print_json(_descent_data(resolved, descent, found))
    elif not quiet:
        _print_descent(resolved, descent, found)


@app.command("functions")
def functions_command(
    name: Annotated[str | None, typer.Argument(help="Show this one.")] = None,
    json_: Json = False,
) -> None:
    """List the functions that have a name, or show one."""
    with _errors_reported():
        from gdviz.functions import CATALOGUE, function

        if name is not None:
            one = function(name)
            if json_:
                _print_json(_function_data(one))
            else:
                _print_function(one)
        elif json_:
            _print_json([_function_data(each) for each in CATALOGUE])
        else:
            _print_catalogue(CATALOGUE)


def main() -> None:
    """Run the command line."""
    app(prog_name="gdviz")


@contextmanager
def _errors_reported() -> Iterator[None]:
    """Turn what goes wrong into one message on stderr and an exit code."""
    try:
        yield
    except InputError as error:
        raise _failure(str(error), Exit.WRONG_INPUT) from error
    except GdvizError as error:
        raise _failure(str(error), Exit.FAILED) from error
    except KeyboardInterrupt as error:
        raise _failure("interrupted", Exit.INTERRUPTED) from error
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        raise _failure(f"{error.strerror or error}{place}", Exit.FAILED) from error
    except MemoryError as error:
        raise _failure("there is not enough memory; ask for fewer points or smaller pictures", Exit.FAILED) from error


def _failure(message: str, code: Exit) -> typer.Exit:
    if os.environ.get("GDVIZ_DEBUG") == "1":
        traceback.print_exc()
    print(f"gdviz: {message}", file=sys.stderr)  # noqa: T201
    return typer.Exit(code)


# From flags to an animation


def _starts(start: list[str] | None, grid: str | None, random: int | None, seed: int | None) -> dict[str, Any] | None:
    given: dict[str, Any] = {}
    if start:
        given["points"] = [_numbers("--start", each) for each in start]
    if grid is not None:
        given["grid"] = _pair("--grid", grid)
    if random is not None:
        given["random"] = random
    if seed is not None:
        given["seed"] = seed
        if random is None:
            raise InputError("--seed says which random starts, so it needs --random N")
    return given or None


def _numbers(flag: str, text: str | None) -> list[float] | None:
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"{flag} takes numbers with commas between them, not {shorten(text)}") from None


def _pair(flag: str, text: str | None) -> list[int] | None:
    """Read `NxM`, or `N` for NxN."""
    if text is None:
        return None
    if not re.fullmatch(r"-?\d{1,9}(x-?\d{1,9})?", text.strip().lower(), flags=re.ASCII):
        example = "1280x720" if flag == "--size" else "20 or 20x10"
        raise InputError(f"{flag} takes whole numbers such as {example}, not {shorten(text)}")
    numbers = [int(part) for part in text.lower().split("x")]
    return numbers * 2 if len(numbers) == 1 else numbers


def _lay(data: dict[str, Any], setting: str) -> None:
    """Lay `key.path=value` over a description; the value is read as TOML, or taken as text if it is not TOML."""
    import tomllib

    path, equals, text = setting.partition("=")
    if not equals or not path.strip():
        raise InputError(f"--set takes KEY=VALUE, such as timing.hold=2, not {shorten(setting)}")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    *parents, last = path.strip().split(".")
    place: Any = data
    for key in parents:
        place = _inner(place, key, path)
    if isinstance(place, list):
        place[_index(place, last, path)] = value
    else:
        place[last] = value


def _inner(place: Any, key: str, path: str) -> Any:
    if isinstance(place, list):
        index = _index(place, key, path)
        place[index] = dict(place[index]) if isinstance(place[index], dict) else place[index]
        inner = place[index]
    else:
        inner = place[key] = place.get(key) or {}
    if not isinstance(inner, dict | list):
        raise InputError(f"--set {path}: {key} holds a value, not a table")
    return inner


def _index(place: list[Any], key: str, path: str) -> int:
    if not (key.isascii() and key.isdigit() and int(key) < len(place)):
        raise InputError(f"--set {path}: {shorten(key)} is not one of the numbers 0 to {len(place) - 1}")
    return int(key)


def _frame(at: str, animation: "Animation") -> int:
    """Return the frame at a share of the film (`0.5`) or a time (`2.5s`)."""
    text = at.strip()
    try:
        number = float(text.removesuffix("s"))
    except ValueError:
        number = float("nan")
    last = animation.frames - 1
    end = animation.frames / animation.fps
    if text.endswith("s"):
        if not 0 <= number <= end:
            raise InputError(f"--at takes a time from 0s to {end:g}s in this film, not {shorten(at)}")
        return min(int(number * animation.fps), last)
    if not 0 <= number <= 1:
        raise InputError(f"--at takes a share of the film from 0 to 1, or a time such as 2.5s, not {shorten(at)}")
    return round(number * last)


def _slug(target: str) -> str:
    """Return a file's name for a target: the function's own, or an expression's letters and digits."""
    from gdviz.functions import function

    stem = Path(target).stem if target.endswith(".toml") else function(target).name
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:60] or "film"


# From results to text


def _console() -> "Console":
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 120, highlight=False)


def _print(text: str) -> None:
    _console().print(text, markup=False, soft_wrap=True)


def _print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _film_data(film: "Film") -> dict[str, Any]:
    return {
        "path": str(film.path),
        "bytes": film.path.stat().st_size,
        "frames": film.frames,
        "seconds": film.seconds,
        "size": list(film.size),
        "points": film.tally.as_data(),
    }


def _print_film(film: "Film") -> None:
    megabytes = film.path.stat().st_size / 1e6
    size = "x".join(map(str, film.size))
    _print(f"{film.path}  {size}, {film.seconds:.1f} s, {film.frames} frames, {megabytes:.2f} MB")
    _print(f"{film.tally.in_words()}")


def _trajectory_writer(output: Path | None) -> Any:
    """Return what writes a descent to `output`, after checking that it can."""
    from gdviz.files import check_writable

    if output is None:
        return None
    writers = {".csv": _write_csv, ".npz": _write_npz}
    if output.suffix.lower() not in writers:
        raise InputError(f"cannot write {output}: trajectories go to a file that ends in {' or '.join(writers)}")
    check_writable(output)
    return writers[output.suffix.lower()]


def _write_csv(descent: "Descent", path: Path) -> None:
    """Write one row for each point and iteration up to the one at which it rested."""
    from gdviz.files import replacing

    with replacing(path) as unfinished, unfinished.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["point", "iteration", *"xy"[: descent.points.shape[2]], "f"])
        for point, last in enumerate(descent.iterations):
            for iteration in range(last + 1):
                place = descent.points[iteration, point].tolist()
                rows.writerow([point, iteration, *place, float(descent.values[iteration, point])])


def _write_npz(descent: "Descent", path: Path) -> None:
    import numpy as np

    from gdviz.files import replacing

    with replacing(path) as unfinished:
        np.savez_compressed(
            unfinished,
            points=descent.points,
            values=descent.values,
            iterations=descent.iterations,
            status=descent.status,
        )


def _descent_data(animation: "Animation", descent: "Descent", found: "list[Basin]") -> dict[str, Any]:
    from gdviz.descent import Status
    from gdviz.scene import count

    return {
        "function": animation.target.name,
        "learning_rate": animation.learning_rate,
        "tolerance": animation.tolerance,
        "max_iterations": animation.max_iterations,
        "points": count(descent.status).as_data(),
        "basins": [{"location": list(basin.location), "value": basin.value, "points": basin.points} for basin in found],
        "ends": [
            {
                "start": start,
                "end": end,
                "value": value if math.isfinite(value) else None,
                "iterations": iterations,
                "status": Status(status).name.lower(),
            }
            for start, end, value, iterations, status in zip(
                descent.points[0].tolist(),
                descent.ends.tolist(),
                descent.values[-1].tolist(),
                descent.iterations.tolist(),
                descent.status.tolist(),
                strict=True,
            )
        ],
    }


def _print_descent(animation: "Animation", descent: "Descent", found: "list[Basin]") -> None:
    from rich.table import Table

    from gdviz.scene import count

    names = ("x", "y")[: animation.target.dimension]
    _print(
        f"{animation.target.title}: learning rate {animation.learning_rate:g}, tolerance {animation.tolerance:g}, "
        f"{descent.steps} iterations"
    )
    table = Table("basin", "points", *names, "f")
    for column in table.columns:
        column.justify = "right"
    shown = found[:20]
    for number, basin in enumerate(shown, start=1):
        table.add_row(str(number), str(basin.points), *(f"{c:.5f}" for c in basin.location), f"{basin.value:.6g}")
    if shown:
        _console().print(table)
    if len(found) > len(shown):
        rest = sum(basin.points for basin in found[len(shown) :])
        _print(f"and {len(found) - len(shown)} more basins with {rest} points")
    _print(count(descent.status).in_words())


def _function_data(function: "Function") -> dict[str, Any]:
    return {
        "name": function.name,
        "title": function.title,
        "aliases": list(function.aliases),
        "dimension": function.dimension,
        "expression": function.expression,
        "formula": function.formula,
        "domain": list(function.domain),
        "view": list(function.view),
        "minima": [list(minimum) for minimum in function.minima],
        "learning_rate": function.learning_rate,
    }


def _print_catalogue(catalogue: "tuple[Function, ...]") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("name", "formula", "view", "minima")
    table.columns[0].no_wrap = True
    for each in catalogue:
        table.add_row(each.name, Text(each.expression), _extent(each.view), _minima(each, most=4))
    _console().print(table)


def _print_function(function: "Function") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False)
    rows = {
        "name": function.name,
        "aliases": ", ".join(function.aliases) or "none",
        "formula": function.expression,
        "LaTeX": function.formula,
        "domain": _extent(function.domain),
        "view": _extent(function.view),
        "minima": _minima(function, most=100),
        "learning rate": "chosen by trial" if function.learning_rate is None else f"{function.learning_rate:g}",
    }
    for label, text in rows.items():
        table.add_row(label, Text(text))
    _console().print(table)


def _extent(extent: tuple[float, ...]) -> str:
    return " x ".join(f"[{low:g}, {high:g}]" for low, high in zip(extent[::2], extent[1::2], strict=True))


def _minima(function: "Function", most: int) -> str:
    shown = ["(" + ", ".join(f"{c:.6g}" for c in minimum) + ")" for minimum in function.minima[:most]]
    more = len(function.minima) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "") if shown else "none known"
