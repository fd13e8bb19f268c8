"""Which runs of a description are recorded paths, and whether they can be shown as it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gdviz.description.choices import Clock, View
from gdviz.description.defaults import start_of
from gdviz.description.limits import MAX_RUNS
from gdviz.description.runs import RunTable
from gdviz.description.tables import Starts, refusal
from gdviz.errors import InputError, printable, shorten
from gdviz.functions.objective import Objective
from gdviz.landscapes.paths import RecordedPath

if TYPE_CHECKING:
    from gdviz.landscapes.reading import Landscape


def runs_in_file(landscape: Landscape | None) -> tuple[RunTable, ...]:
    """Return the first recorded paths in a landscape's file as runs: as many as a film has."""
    return () if landscape is None else tuple(RunTable(path=name) for name in list(landscape.paths)[:MAX_RUNS])


def read_paths(
    runs: Sequence[RunTable], landscape: Landscape | None, *, named: bool
) -> tuple[RecordedPath | None, ...]:
    """Return the recorded path of each run; None for those that descend.

    `named` says whether the description names the paths, so that messages name its keys.

    Raises
    ------
    PydanticCustomError
        If one cannot be read.

    """
    found = []
    for number, run in enumerate(runs):
        try:
            found.append(_path_of(run, landscape))
        except InputError as error:
            raise refusal(str(error), f"runs.{number}.path" if named else "landscape") from error
    return tuple(found)


def _path_of(run: RunTable, landscape: Landscape | None) -> RecordedPath | None:
    if run.path is None:
        return None
    if run.path_file is not None:
        from gdviz.landscapes.path_files import read_path  # a function's film needs none of it

        return read_path(run.path_file)
    if landscape is None:
        raise InputError(f"{shorten(run.path)} is not a file with a recorded path; name a .csv, .npy or .h5 file")
    return landscape.recorded(run.path)


def check_paths(
    paths: Sequence[RecordedPath | None],
    *,
    target: Objective,
    views: Sequence[View],
    starts: Starts | None,
    clock: Clock,
    lift: bool,
) -> None:
    """Refuse what cannot be shown with recorded paths, or only with them.

    Raises
    ------
    PydanticCustomError
        If they do not fit the description.

    """
    recorded = [path for path in paths if path is not None]
    if lift and all(path.losses is None for path in recorded):
        raise refusal("lift is for recorded paths with recorded losses, and there are none", "lift", "runs")
    if lift and View.SURFACE not in views:
        raise refusal("lift shows losses above a surface, and no view is one", "lift", "view", "panels")
    if not recorded:
        return
    if target.dimension != 2:
        raise refusal(f"a recorded path has x and y, and {target.name} is a function of x alone", "runs", "function")
    if View.SLICES in views:
        raise refusal("slices show steps of gradient descent, not a recorded path", "view", "panels", "runs")
    if clock is Clock.EVALUATIONS:
        raise refusal("a recorded path has no evaluations to count; leave out clock", "clock", "runs")
    if starts is not None and starts.count != 1:
        raise refusal(
            f"a recorded path is that of one point and races one, not {starts.count}; give one start", "starts", "runs"
        )
    if starts is not None and len(recorded) == len(paths) and starts != start_of(recorded):
        raise refusal("all runs are recorded paths, which have their own starts; leave out starts", "starts", "runs")


def notes_on_landscape(landscape: Landscape | None, *, drawn: bool) -> tuple[str, ...]:
    """Return what there is to know about a landscape's file; `drawn` says whether its recorded paths are."""
    if landscape is None:
        return ()
    number, more = len(landscape.paths), drawn and len(landscape.paths) > MAX_RUNS
    several = (f"of its {number} recorded paths the first {MAX_RUNS} are drawn; choose others with runs",) * more
    return tuple(f"{printable(landscape.path.name)}: {told}" for told in (*landscape.sampled.notes, *several))


def notes_on_paths(
    runs: Sequence[RunTable], paths: Sequence[RecordedPath | None], target: Objective
) -> tuple[str, ...]:
    """Return a sentence on each recorded path of which nothing is seen."""
    place = " and ".join(f"{low:g} to {high:g}" for low, high in target.extent.sides)
    told = []
    for run, path in zip(runs, paths, strict=True):
        if path is None:
            continue
        name = printable(run.path_file.name if run.path_file else run.path)
        if not target.extent.contains(path.points).any():
            told.append(
                f"{name} is nowhere in the extent of {printable(target.name)}, {place}, so nothing of it is seen; "
                "are they of the same coordinates?"
            )
        elif not np.isfinite(target.value(*path.points.T)).any():
            told.append(f"{name} lies in holes of {printable(target.name)} from end to end, so nothing of it is seen")
    return tuple(told)
