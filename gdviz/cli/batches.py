"""`batch`: renders many films, or checks their states."""

import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdviz.cli import completion
from gdviz.cli.app import command
from gdviz.cli.cluster import executor_for
from gdviz.cli.console import debugging
from gdviz.cli.options import OUTPUT, Dask, Jobs, Json, MaxSize, NoProgress, QualityName, Quiet, Set, WebBundle
from gdviz.cli.result import Exit, Result
from gdviz.cli.target import animation_of, default_outputs, stem_of
from gdviz.errors import InputError, in_words, printable
from gdviz.progress import reporters

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from gdviz.batch import Batch
    from gdviz.description.animation import Animation


@command("batch", "batch himmelblau-grid parabola -d media", "batch mine.toml -d media -f gif -f mp4 --check")
def batch_command(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="TARGET",
            help="Presets' names, .toml files, or landscapes' files.",
            autocompletion=completion.targets,
        ),
    ],
    *,
    directory: Annotated[
        Path,
        typer.Option(
            "--directory",
            "-d",
            metavar="FOLDER",
            help="The folder to write to; made if missing.",
            rich_help_panel=OUTPUT,
        ),
    ],
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="SUFFIX",
            help="Suffixes of the files to write; repeatable. (mp4 if absent)",
            autocompletion=completion.formats,
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    set_: Set = None,
    max_size: MaxSize = None,
    web_bundle: WebBundle = None,
    quality: QualityName = "standard",
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            "-y",
            help="Render current films too, and replace files that gdviz did not make.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Render nothing; list what is current, missing, stale or orphaned. Not all current: exit code 1.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    prune: Annotated[
        bool,
        typer.Option(
            "--prune",
            help="Remove gdviz's films that none of these presets makes. With --check, only fail if there are any.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    jobs: Jobs = None,
    dask: Dask = None,
    no_progress: NoProgress = False,
    quiet: Quiet = False,
    json_: Json = False,
) -> Result:
    """Render many films, except those that are current; one that fails does not stop the others."""
    from gdviz.batch import Batch
    from gdviz.description.choices import Quality
    from gdviz.description.quality import named_for, quality_of

    chosen = quality_of(quality, "--quality")

    def prepare(target: str) -> tuple["Animation", list[Path]]:
        animation = animation_of(target, set_=set_, max_size=max_size, web_bundle=web_bundle)
        if formats:
            films = [directory / _film_name(stem_of(target), suffix) for suffix in formats]
            return animation, [named_for(film, chosen) for film in films]
        return animation, default_outputs(target, animation, directory, chosen)

    for flag in ["--force"] * force + ["--dask"] * (dask is not None):
        if check:
            raise InputError(f"--check renders nothing, so it cannot be combined with {flag}")
    if prune and chosen is Quality.DRAFT:
        raise InputError("--prune would remove the finished films, so it cannot be combined with --quality draft")
    if directory.exists() and not directory.is_dir():
        raise InputError(f"--directory takes a folder, and {printable(directory)} is a file")
    batch = Batch(prepare, directory, chosen)
    if check:
        return _checked(batch, targets, prune=prune, drafts=chosen is Quality.DRAFT)
    silent = no_progress or quiet or json_
    with executor_for(dask, jobs) as executor:
        return _rendered(batch, targets, force=force, prune=prune, jobs=jobs, executor=executor, silent=silent)


def _checked(batch: "Batch", targets: list[str], *, prune: bool, drafts: bool) -> Result:
    from gdviz.batch import State
    from gdviz.cli.report import finding_data, findings_table

    findings = [finding for target in targets for finding in batch.check(target)]
    unknown = [finding for finding in findings if finding.state.is_unknown]
    wanting = [finding for finding in findings if finding.state.is_wanting]
    asked_for = len(findings) - len(unknown)
    # A preset that cannot be read could write any of them; and of drafts the finished films are none.
    orphans = [] if unknown or drafts else batch.orphans()
    orphaned = sum(each.state is State.ORPHANED for each in orphans)
    said = [
        f"{len(unknown)} of {len(targets)} failed: {', '.join(each.target for each in unknown)}" if unknown else "",
        f"{len(wanting)} of {asked_for} films are missing, stale or blocked" if wanting else "",
        f"{orphaned} orphaned, which --prune without --check removes" if orphaned and prune else "",
    ]
    wrong = unknown and all(each.state is State.WRONG for each in unknown)
    return Result(
        {"films": [finding_data(finding) for finding in findings + orphans]},
        (findings_table(findings + orphans),),
        _reasons((each.target, each.error) for each in unknown),
        (Exit.WRONG_INPUT if wrong else Exit.FAILED) if any(said) else Exit.DONE,
        "; ".join(filter(None, said)),
    )


def _rendered(
    batch: "Batch",
    targets: list[str],
    *,
    force: bool,
    prune: bool,
    jobs: int | None,
    executor: "Executor | None",
    silent: bool,
) -> Result:
    from gdviz.batch import Outcome
    from gdviz.cli.report import batch_table, removal_line, result_data

    with reporters(sys.stderr, quiet=silent) as progress_of:
        results = batch.render(targets, force=force, jobs=jobs, executor=executor, progress_of=progress_of)
    failed = [result for result in results if result.outcome is Outcome.FAILED]
    # A preset that failed could write any of the leftovers.
    removals = list(batch.prune()) if prune and not failed else []
    removed = [removal for removal in removals if removal.error is None]
    kept = [removal_line(removal) for removal in removals if removal.error is not None]
    code, failure = Exit.DONE, ""
    if failed:
        wrong = all(isinstance(result.error, InputError) for result in failed)
        code = Exit.WRONG_INPUT if wrong else Exit.FAILED
        failure = f"{len(failed)} of {len(results)} failed: {', '.join(result.target for result in failed)}"
        failure += "; nothing was pruned" if prune else ""
    elif kept:
        code, failure = Exit.FAILED, "; ".join(kept)
    return Result(
        {"results": [result_data(result) for result in results], "removed": [str(each.path) for each in removed]},
        (batch_table(results), *map(removal_line, removed)),
        _reasons((result.target, result.error) for result in failed),
        code,
        failure,
    )


def _reasons(failed: Iterable[tuple[str, Exception | None]]) -> tuple[str, ...]:
    """Return why targets failed, a line each; print their tracebacks when debugging."""
    lines = []
    for target, error in failed:
        if error is None:
            continue
        if debugging():
            traceback.print_exception(error)
        reason = in_words(error)
        lines.append(reason if target in reason else f"{target}: {reason}")
    return tuple(lines)


def _film_name(stem: str, suffix: str) -> str:
    """Return a film's name in a batch; numbered pictures get a folder."""
    suffix = suffix.lstrip(".").lower()
    return f"{stem}/%04d.png" if suffix == "png" else f"{stem}.{suffix}"
