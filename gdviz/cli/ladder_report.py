"""Ladders of learning rates as tables for people, and as data for `--json`."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from gdviz.cli.report import Shown, table_of
from gdviz.descent.tuning import Ladder, Reason, Rung
from gdviz.description.resolved import Resolved
from gdviz.picture.ladders import Climb
from gdviz.picture.plot import tick_text

CHOSEN = "*"


def ladder_data(resolved: Resolved, climbs: Sequence[Climb]) -> dict[str, Any]:
    """Return ladders as data."""
    return {
        "function": resolved.objective.name,
        "extent": list(resolved.extent.numbers),
        "tolerance": resolved.tolerance,
        "optimizers": [_climb_data(climb) for climb in climbs],
    }


def _climb_data(climb: Climb) -> dict[str, Any]:
    ladder = climb.ladder
    return {
        "label": climb.label,
        "optimizer": ladder.optimizer.name,
        "hyperparameters": dict(ladder.optimizer.hyperparameters),
        "learning_rate": None if ladder.optimizer.searches else ladder.rate,
        "reason": ladder.reason,
        "starts": ladder.starts.tolist(),
        "most_steps": ladder.steps,
        "ladder": [
            {
                "learning_rate": None if ladder.optimizer.searches else rung.rate,
                "settled": rung.settled,
                "steps": list(rung.steps),
                "endings": list(rung.endings),
            }
            for rung in ladder.rungs
        ],
    }


def ladder_shown(climbs: Sequence[Climb]) -> list[Shown]:
    """Return a table of the rates of each optimizer, and a line or, for several, a table of what was chosen."""
    shown: list[Shown] = []
    for climb in climbs:
        if climb.rated:
            shown += [f"{climb.label}, at most {climb.ladder.steps:,} steps", _rungs_table(climb.ladder)]
    if len(climbs) > 1:
        return [*shown, _summary(climbs)]
    return [*shown, *(_in_words(climb) for climb in climbs)]


def _rungs_table(ladder: Ladder) -> Table:
    """Return a table of rates; those at which nothing settles, and which end alike, are one row."""
    several = len(ladder.starts) > 1
    table = table_of("rate", *(["settled"] if several else []), "steps", "how it ends")
    for alike, group in itertools.groupby(ladder.rungs, key=lambda rung: (_row_of(rung, ladder), rung.ending)):
        rungs = list(group)
        (row, _), first, last = alike, rungs[0], rungs[-1]
        rate = tick_text(first.rate) if len(rungs) == 1 else f"{tick_text(first.rate)} to {tick_text(last.rate)}"
        chosen = row == ladder.rate
        count = [f"{first.settled} of {len(first.steps)}"] if several else []
        ending = f"{first.ending} {CHOSEN} chosen: {ladder.reason}" if chosen else str(first.ending)
        cells = (rate, *count, "" if first.median is None else str(first.median), ending)
        table.add_row(*map(Text, cells), style="bold" if chosen else None)
    return table


def _row_of(rung: Rung, ladder: Ladder) -> float | None:
    """Return the rate of a rung that has a row of its own; None if it may share one."""
    return rung.rate if rung.settled or rung.rate == ladder.rate else None


def _summary(climbs: Sequence[Climb]) -> Table:
    table = table_of("optimizer", "rate", "settled", "steps", "why this rate")
    for climb in climbs:
        rung, why = climb.chosen, str(climb.ladder.reason)
        settled = "" if rung is None else f"{rung.settled} of {len(rung.steps)}"
        steps = "" if rung is None or rung.median is None else str(rung.median)
        if rung is not None and climb.ladder.reason is Reason.SEARCHES:
            why = f"{why}; {rung.ending}"
        table.add_row(*map(Text, (climb.label, _rate(climb), settled, steps, why)))
    return table


def _in_words(climb: Climb) -> str:
    """Return what was chosen: `Adam: learning rate 1.25893, settles soonest, in 108 steps`."""
    rung = climb.chosen
    if climb.ladder.reason is Reason.SEARCHES:
        told = f"{climb.label} {climb.ladder.reason}" + ("" if rung is None else f": {rung.ending}")
        return told if rung is None or rung.median is None else f"{told} in {rung.median:,} steps"
    told = f"{climb.label}: learning rate {_rate(climb)}, {climb.ladder.reason}"
    return told if rung is None or rung.median is None else f"{told}, in {rung.median:,} steps"


def _rate(climb: Climb) -> str:
    return "" if climb.ladder.optimizer.searches else tick_text(climb.ladder.rate)
