"""What `gdviz descend` tells of descents: as data for `--json`, and as lines and tables for people."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from gdviz.cli.report import Shown, hint_lines, table_of
from gdviz.descent.basins import Basin, basins, basins_together
from gdviz.descent.engine import Descent, Status
from gdviz.description.choices import Clock
from gdviz.description.resolved import Resolved
from gdviz.scene.run import Run, all_counts, count
from gdviz.scene.run_result import RunResult, run_result

MOST_BASINS = 20  # rows in a table of basins
NOTHING = "–"  # in a table, where there is no number


def descents_data(resolved: Resolved, runs: Sequence[Run], hint: str | None) -> dict[str, Any]:
    """Return descents as data: the settings, the basins, and each run with the ends of its points.

    Of a single run, its rate and ends are not only with it, but also where all else is.
    """
    found = basins_together([run.descent for run in runs], [run.labels for run in runs])
    each = [_run_data(run) for run in runs]
    only = {key: each[0][key] for key in ("learning_rate", "ends")} if len(each) == 1 else {}
    return {
        "function": resolved.objective.name,
        "tolerance": resolved.tolerance,
        "max_iterations": resolved.max_iterations,
        "points": all_counts([count(run.descent.status) for run in runs]).as_data(),
        "hint": hint,
        "basins": _basins_data(found),
        **only,
        "runs": each,
    }


def descents_lines(resolved: Resolved, runs: Sequence[Run], hint: str | None) -> list[Shown]:
    """Return lines about descents: of one, its settings, its basins and how the points ended; of several, a table."""
    return [*(_race_lines(resolved, runs) if resolved.is_race else _run_lines(resolved, runs[0])), *hint_lines(hint)]


def _run_data(run: Run) -> dict[str, Any]:
    """Return a run as data: its settings as in a description, and how it and each of its points ended."""
    descent = run.descent
    return {
        **_result(run).as_data(),
        **run.settings.as_data(),
        "basins": _basins_data(basins(descent, run.labels)),
        "ends": _ends_data(descent),
    }


def _basins_data(found: Sequence[Basin]) -> list[dict[str, Any]]:
    return [{"location": list(basin.location), "value": basin.value, "points": basin.points} for basin in found]


def _ends_data(descent: Descent) -> list[dict[str, Any]]:
    """Return how each point ended: `value` is f there, and of a recorded path `loss` is what was recorded."""
    recorded = descent.recorded_losses is not None
    return [
        {
            "start": start,
            "end": end,
            "value": value if math.isfinite(value) else None,
            **({"loss": loss if math.isfinite(loss) else None} if recorded else {}),
            "iterations": iterations,
            "status": Status(status).name.lower(),
        }
        for start, end, value, loss, iterations, status in zip(
            descent.history.at(0).tolist(),
            descent.ends.tolist(),
            descent.history.end_values.tolist(),
            descent.loss_history.end_values.tolist(),
            descent.iterations.tolist(),
            descent.status.tolist(),
            strict=True,
        )
    ]


def _result(run: Run) -> RunResult:
    return run_result(run, count(run.descent.status), Clock.ITERATIONS)


def _run_lines(resolved: Resolved, run: Run) -> list[Shown]:
    """Return lines about the only run: its settings, its basins, and how the points ended."""
    first = (
        f"{resolved.objective.title}: {run.settings.in_words()}, "
        f"tolerance {resolved.tolerance:g}, {_iterations(run.descent.steps)}"
    )
    counts = count(run.descent.status)
    return [first, *_basins_lines(resolved, basins(run.descent, run.labels)), counts.in_words()]


def _race_lines(resolved: Resolved, runs: Sequence[Run]) -> list[Shown]:
    """Return lines about several runs: what they share, a table with a line for each, and the basins of many points."""
    results = [_result(run) for run in runs]
    points = results[0].counts.points
    many = f"{points} points each, " if points > 1 else ""
    several = "" if len(runs) == 1 else "s"
    first = (
        f"{resolved.objective.title}: {len(runs)} run{several}, {many}tolerance {resolved.tolerance:g}, "
        f"at most {_iterations(resolved.max_iterations)}"
    )
    if points == 1:
        return [first, _table_of_ends(resolved, results)]
    found = basins_together([run.descent for run in runs], [run.labels for run in runs])
    return [first, _table_of_counts(results), *_basins_lines(resolved, found)]


def _basins_lines(resolved: Resolved, found: Sequence[Basin]) -> list[Shown]:
    """Return a table of the first basins, and a line about the others."""
    table = _right_aligned("basin", "points", *_axes(resolved), "f")
    for number, basin in enumerate(found[:MOST_BASINS], start=1):
        table.add_row(str(number), str(basin.points), *_coordinates(basin.location), f"{basin.value:.6g}")
    more = found[MOST_BASINS:]
    others = [f"and {len(more)} more basins with {sum(basin.points for basin in more)} points"] if more else []
    return [*([table] if found else []), *others]


def _table_of_ends(resolved: Resolved, results: Sequence[RunResult]) -> Table:
    """Return a table of runs of one point each."""
    looked = _evaluated(results)
    table = _right_aligned("run", "rate", "steps", "ended", _best_header(results), *_axes(resolved), *looked.values())
    table.columns[0].justify = table.columns[3].justify = "left"
    for each in results:
        (end,) = each.counts.ends
        place = [NOTHING] * resolved.objective.dimension if each.location is None else _coordinates(each.location)
        numbers = (_number(each.best), *place, *_evaluations(each, looked))
        table.add_row(*map(Text, (each.label, _number(each.learning_rate), _number(each.median), end, *numbers)))
    return table


def _table_of_counts(results: Sequence[RunResult]) -> Table:
    """Return a table of runs of many points, with a column for each way in which points ended."""
    happened = {end: None for each in results for end in each.counts.ends}
    ends = list(dict.fromkeys(["converged", *happened]))
    looked = _evaluated(results)
    table = _right_aligned("run", "rate", *ends, "median steps", _best_header(results), *looked.values())
    table.columns[0].justify = "left"
    for each in results:
        counts = [str(each.counts.ends.get(end, 0)) for end in ends]
        numbers = (_number(each.best), *_evaluations(each, looked))
        table.add_row(*map(Text, (each.label, _number(each.learning_rate), *counts, _number(each.median), *numbers)))
    return table


def _best_header(results: Sequence[RunResult]) -> str:
    """Return the header of the least values: of f, of recorded losses, or of both."""
    return f"best {' or '.join(sorted({each.measure for each in results}))}"


def _evaluated(results: Sequence[RunResult]) -> dict[str, str]:
    """Return the headers of the columns of evaluations, by what is evaluated: f and its gradient, others if any was.

    There are none if all runs are recorded.
    """
    if all(each.evaluations is None for each in results):
        return {}
    headers = {"f": "values", "gradient": "gradients", "hessian": "Hessians"}
    others = {what for each in results for what, number in (each.evaluations or {}).items() if number}
    return {what: header for what, header in headers.items() if what in {"f", "gradient"} | others}


def _evaluations(result: RunResult, looked: Iterable[str]) -> list[str]:
    return [NOTHING if result.evaluations is None else str(result.evaluations[what]) for what in looked]


def _right_aligned(*headers: str) -> Table:
    table = table_of(*headers)
    for column in table.columns:
        column.justify = "right"
    return table


def _axes(resolved: Resolved) -> tuple[str, ...]:
    return ("x", "y")[: resolved.objective.dimension]


def _coordinates(location: Sequence[float]) -> list[str]:
    return [f"{each:.5f}" for each in location]


def _number(number: float | None) -> str:
    """Return a number of six digits at most; NOTHING if there is none."""
    return NOTHING if number is None else f"{number:g}"


def _iterations(number: int) -> str:
    return f"{number} iteration{'' if number == 1 else 's'}"
