"""Makes an animation of a target and flags, and adds the commands that have these flags.

Typer evaluates annotations, so names that are imported only for type checkers are quoted.
"""

import hashlib
import inspect
import os
import re
import warnings
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gdviz.cli import options
from gdviz.cli.app import Body, Command, command
from gdviz.cli.overwriting import check_outputs
from gdviz.cli.result import Result
from gdviz.errors import ExpressionError, GdvizWarning, InputError, nearest, printable

if TYPE_CHECKING:
    from gdviz.description.animation import Animation
    from gdviz.description.choices import Quality
    from gdviz.functions import Function
    from gdviz.movie.provenance import Kind

TINY = MappingProxyType({"size": (64, 64), "fps": 1.0})
"""The size and frame rate of every film and still if GDVIZ_TINY is 1: tests run README's commands quickly."""


def animation_of(
    target: options.Target,
    *,
    start: options.Start = None,
    grid: options.Grid = None,
    random: options.Random = None,
    seed: options.Seed = None,
    optimizer: options.Optimizer = None,
    learning_rate: options.LearningRate = None,
    path: options.RecordedPath = None,
    schedule: options.Schedule = None,
    noise: options.Noise = None,
    tolerance: options.Tolerance = None,
    max_iterations: options.MaxIterations = None,
    domain: options.Domain = None,
    view: options.View = None,
    panel: options.Panel = None,
    theme: options.Theme = None,
    palette: options.Palette = None,
    extent: options.Extent = None,
    field: options.Field = None,
    size: options.Size = None,
    background: options.Background = None,
    fps: options.Fps = None,
    seconds: options.Seconds = None,
    loop: options.Loop = None,
    set_: options.Set = None,
    max_size: options.MaxSize = None,
    web_bundle: options.WebBundle = None,
) -> "Animation":
    """Read the target and apply the flags to it. The parameters are the flags that describe an animation."""
    from gdviz.cli.flags import apply_flags, numbers, pair, starts
    from gdviz.cli.flags import view as view_of
    from gdviz.cli.run_flags import runs
    from gdviz.description.animation import Animation
    from gdviz.description.toml import read_toml

    file = file_of(target)
    data: dict[str, Any]
    text = ""
    if file:
        data, text = read_toml(file)
    else:
        data = {"landscape": target} if landscape_of(target) else {"function": _function(target).name}
    given = [
        *starts(start, grid, random, seed),
        *runs(data, optimizer or [], learning_rate or [], path or []),
        ("--schedule", "schedule", None if schedule is None else {"name": schedule}),
        ("--noise", "noise", noise),
        ("--tolerance", "tolerance", tolerance),
        ("--max-iterations", "max_iterations", max_iterations),
        ("--domain", "domain", numbers("--domain", domain)),
        ("--size", "size", size),
        ("--background", "background", background),
        ("--fps", "fps", fps),
        *view_of(view or []),
        ("--panel", "panels", panel or None),
        ("--theme", "theme", theme),
        ("--palette", "palette", palette),
        ("--extent", "extent", numbers("--extent", extent)),
        ("--field", "field.grid", pair("--field", field)),
        ("--max-size", "max_size", max_size),
        ("--web-bundle", "web_bundle", web_bundle),
        ("--loop", "loop", loop),
    ]
    flags = apply_flags(data, given, set_ or [])
    animation = Animation.from_data(data, str(file) if file else "", flags, text)
    if flags.get("extent") == "--view":
        told = "--view takes a kind of picture; the part that is drawn is --extent XMIN,XMAX,YMIN,YMAX"
        warnings.warn(told, GdvizWarning, stacklevel=1)
    try:
        lasting = animation if seconds is None else animation.lasting(seconds)
    except InputError as error:
        raise InputError(f"--seconds: {error}") from error
    return lasting.model_copy(update=TINY) if os.environ.get("GDVIZ_TINY") == "1" else lasting


def _function(target: str) -> "Function":
    """Return the function that a target names; of what looks like a file's name, say that there is no such file."""
    from gdviz.functions import function

    try:
        return function(target)
    except ExpressionError as error:
        if not re.fullmatch(r"[\w./~-]*\.[A-Za-z]\w{2,}", target):
            raise
        close = nearest(target, map(str, Path(target).parent.glob("*.toml")))
        hint = f"; did you mean {close}?" if close else ""
        raise InputError(f"{printable(target)}: there is no such file{hint}") from error


def described_command(name: str, *examples: str, without: tuple[str, ...] = ()) -> Callable[[Body], Body]:
    """Add a command whose first two parameters, the target and the animation, come from the flags of `animation_of`.

    The command does not have the flags in `without`.
    """

    def add(body: Body) -> Body:
        @wraps(body)
        def run(target: str, read: Callable[[], "Animation"], **given: Any) -> Result:
            return body(target, read(), **given)

        reading_command(name, *examples, without=without)(run)
        return body

    return add


def reading_command(
    name: str, *examples: str, without: tuple[str, ...] = (), cls: type[Command] = Command
) -> Callable[[Body], Body]:
    """Do the same for a command that gets what reads the animation in place of the animation.

    Reading imports much: the command begins before what can go on meanwhile.
    """

    def add(body: Body) -> Body:
        flags = [each for each in inspect.signature(animation_of).parameters.values() if each.name not in without]
        own = list(inspect.signature(body).parameters.values())[2:]

        def run(**given: Any) -> Result:
            described = {flag.name: given.pop(flag.name) for flag in flags}
            return body(described["target"], partial(animation_of, **described), **given)

        run.__doc__ = body.__doc__
        run.__signature__ = inspect.Signature([*flags, *own])  # type: ignore[attr-defined]  # read by Typer
        run.__annotations__ = {each.name: each.annotation for each in [*flags, *own]}
        command(name, *examples, cls=cls)(run)
        return body

    return add


def file_of(target: str) -> Path | None:
    """Return a target's TOML file: the target itself, or a preset's file; None if the target is none of both."""
    from gdviz.description.presets import presets

    return Path(target) if target.endswith(".toml") else presets().get(target)


def landscape_of(target: str) -> Path | None:
    """Return a target that is the file of a landscape, or another file, for a message; None if it is something else."""
    from gdviz.landscapes.suffixes import suffix_of

    path = Path(target)
    # Path.is_file raises an error for what is too long to be a file's name, as an expression may be.
    other = re.fullmatch(r"\.[a-z]\w*", path.suffix.lower()) and os.path.isfile(path)  # noqa: PTH113
    return path if suffix_of(target) or other else None


def stem_of(target: str) -> str:
    """Return a file name without suffix for a target, from its file, landscape, function or expression.

    An expression gives its letters and digits and, since others can have the same, some digits of a checksum.
    """
    from gdviz.functions import CATALOGUE, function
    from gdviz.landscapes.suffixes import stem_of as landscape_stem

    file = file_of(target)
    if file:
        return file.stem
    if landscape := landscape_of(target):
        return landscape_stem(landscape.name)
    known = function(target)
    if known in CATALOGUE:
        return known.name
    letters = re.sub(r"[^a-z0-9]+", "-", known.name.lower()).strip("-")[:60]
    return f"{letters}-{hashlib.sha256(known.name.encode()).hexdigest()[:6]}".lstrip("-")


def default_outputs(target: str, animation: "Animation", directory: Path, quality: "Quality") -> list[Path]:
    """Return the outputs that a description names, or else a video with the target's name, in a folder."""
    from gdviz.description.quality import named_for

    suffix = "webm" if animation.transparent else "mp4"
    names = animation.output or [f"{stem_of(target)}.{suffix}"]
    return [named_for(directory / name, quality) for name in names]


def picture_path(output: Path | None, name: str, kind: "Kind", *, force: bool, quiet: bool) -> Path:
    """Return where a picture goes: where the user says, or the default name; nothing is lost there unasked.

    Under a default name, only gdviz's pictures of the same kind are replaced.
    """
    from gdviz.movie.provenance import CONTAINERS, is_stamped, read_stamp
    from gdviz.runtime.files import place_of

    path = output or Path(name)
    place_of(path, within=None if output else Path())
    if output:
        named = [path] if path.suffix.lower() in CONTAINERS else []  # others cannot be pictures by gdviz
        check_outputs(named, is_stamped, force=force, quiet=quiet)
    else:
        told = "this command did not draw it"
        check_outputs([path], lambda there: read_stamp(there, kind) is not None, force=force, quiet=quiet, told=told)
    return path
