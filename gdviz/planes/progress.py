"""Shows how many rows of losses are done: as a bar in a terminal or a notebook, elsewhere as a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

Report = Callable[[int], None]
"""Takes the number of rows that are done."""

LINE_EVERY = 30.0  # seconds between lines
WINDOW = 3600.0  # seconds over which the bar's speed is taken: a row may take minutes


@contextmanager
def shown_progress(rows: int, done: int, *, show: bool) -> Iterator[Report]:
    """Yield a function that shows on stderr how many rows are done; nothing is shown unless `show`.

    Parameters
    ----------
    rows
        How many there are.
    done
        How many were there before.
    show
        Whether anything is shown.

    """
    if not show:
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    if not (console.is_terminal or console.is_jupyter):
        yield _lines(console, rows, done)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("losses"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"), TimeRemainingColumn())
    with Progress(*columns, console=console, speed_estimate_period=WINDOW) as bar:
        task = bar.add_task("", total=rows, completed=done)
        yield lambda now: bar.update(task, completed=now)


def _lines(console: Console, rows: int, done: int) -> Report:
    began = shown = time.monotonic()

    def report(now: int) -> None:
        nonlocal shown
        moment = time.monotonic()
        if now == rows or moment - shown >= LINE_EVERY:
            left = (rows - now) * (moment - began) / max(now - done, 1)
            console.print(f"losses: {now}/{rows} rows, {left:.0f} s left", highlight=False)
            shown = moment

    return report
