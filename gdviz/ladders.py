"""Ladders of learning rates for the optimizers of an animation, and their picture."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gdviz.descent.tuning import Ladder, ladder
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.description.resolved import Resolved
from gdviz.description.run_settings import run_settings
from gdviz.description.runs import RunKeys, RunTable
from gdviz.errors import InputError, printable
from gdviz.movie.provenance import Kind, stamp
from gdviz.picture.ladders import Climb, ladder_marks
from gdviz.picture.layout import text_region
from gdviz.picture.themes import THEMES
from gdviz.runtime.files import place_of, replacing
from gdviz.stage.alpha import blank
from gdviz.stage.painter import Canvas

UNTUNED = ("learning_rate", "schedule", "warmup", "noise")  # keys of a run that do not count


def climbs_of(animation: Animation) -> tuple[Resolved, list[Climb]]:
    """Return an animation, resolved, and a ladder for each of its optimizers, whatever it says of their rates.

    Runs of the same optimizer are one, whose name is the optimizer's: their labels tell of rates. Recorded
    paths are left out.

    Raises
    ------
    InputError
        If there is no run but recorded ones.

    """
    runs = [run.model_copy(update=dict.fromkeys(UNTUNED)) for run in animation.all_runs if run.path is None]
    if not runs:
        raise InputError("a recorded path has no learning rate to be tuned; name an optimizer with --optimizer")
    rules = [run.rule for run in runs]
    runs = [
        run.model_copy(update={"label": None}) if rules.count(rule) > 1 else run
        for number, (run, rule) in enumerate(zip(runs, rules, strict=True))
        if rule not in rules[:number]
    ]
    resolved = _resolved(animation, runs)
    starts = resolved.starts.positions(resolved.extent)
    ladders = [
        ladder(
            resolved.objective,
            run.rule,
            starts,
            resolved.extent,
            tolerance=resolved.tolerance,
            max_iterations=resolved.max_iterations,
            domain=resolved.domain,
        )
        for run in runs
    ]
    rated = [run.model_copy(update=_rate(found)) for run, found in zip(runs, ladders, strict=True)]
    settings = run_settings(
        rated,
        [None] * len(rated),
        resolved.objective,
        starts,
        extent=resolved.extent,
        domain=resolved.domain,
        tolerance=resolved.tolerance,
        max_iterations=resolved.max_iterations,
        words=resolved.words,
        noise_seed=0,
    )
    return replace(resolved, runs=settings), [
        Climb(each.label, found) for each, found in zip(settings, ladders, strict=True)
    ]


def _resolved(animation: Animation, runs: Sequence[RunTable]) -> Resolved:
    """Return an animation with these runs, resolved, without a search for their rates."""
    rated = tuple(
        run.model_copy(update={"label": str(number), "learning_rate": None if run.rule.searches else 1.0})
        for number, run in enumerate(runs)
    )
    return resolve(animation.model_copy(update=dict.fromkeys(RunKeys.model_fields) | {"runs": rated}))


def _rate(found: Ladder) -> dict[str, float | None]:
    return {"learning_rate": None if found.optimizer.searches else found.rate}


def write_ladders(resolved: Resolved, climbs: Sequence[Climb], target: Path) -> Path:
    """Draw the steps over the rates as a picture of the animation's size, and return the target, a .png file.

    Raises
    ------
    InputError
        If the target is no .png file, or cannot be written.

    """
    check_picture(target)
    theme = THEMES[resolved.theme]
    marks = ladder_marks(resolved.title, climbs, resolved.size, theme, resolved.words.learning_rate)
    picture = blank(resolved.size, theme.background)
    Canvas(text_region(resolved.size), marks, None, theme.background).paint(picture, 0, [])
    with replacing(target) as unfinished:
        picture.save(unfinished)
        stamp(unfinished, Kind.LADDERS, hashlib.sha256(resolved.canonical_json.encode()).hexdigest())
    return target


def check_picture(target: Path) -> None:
    """Refuse a target that is no .png file, or cannot be written."""
    if target.suffix.lower() != ".png":
        raise InputError(f"cannot write {printable(target)}: a picture of learning rates is a .png file")
    place_of(target)
