"""Shows a render's progress: as a bar on a terminal, elsewhere as lines."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from gdviz.errors import printable
from gdviz.movie.budget import MOST_TRIALS

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar

    from gdviz.rendering import Progress

Reporter = Callable[["Progress"], None]

LINE_EVERY = 5.0  # seconds between lines


@contextmanager
def reporter(stream: TextIO, *, quiet: bool) -> Iterator[Reporter]:
    """Yield a callback that shows progress on `stream`: a bar if it is a terminal, else lines; nothing if quiet.

    A terminal that cannot move its cursor gets lines, too.
    """
    if quiet:
        yield lambda _: None
    elif stream.isatty() and os.environ.get("TERM") not in ("dumb", "unknown"):
        with _bar(stream) as report:
            yield report
    else:
        yield _lines(stream)


@contextmanager
def _bar(stream: TextIO) -> Iterator[Reporter]:
    from rich.console import Console

    bar, report = rendering_bar(Console(file=stream))
    with bar:
        yield report


def rendering_bar(console: Console) -> tuple[Bar, Reporter]:
    """Return a bar that is not shown yet, and the callback that moves it."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("rendering"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("frames  {task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
    )
    began = time.monotonic()
    bar = Bar(*columns, console=console, transient=True)
    task = bar.add_task("", total=None, rate="")

    def report(progress: Progress) -> None:
        drawn = progress.frames_done - progress.frames_kept
        text = f"{drawn / max(time.monotonic() - began, 1e-9):.1f} frames/s" if drawn else ""
        if progress.trial:
            text = f"encoding, trial {progress.trial} of at most {MOST_TRIALS}"
        bar.update(task, completed=progress.frames_done, total=progress.frames, rate=text)

    return bar, report


def _lines(stream: TextIO) -> Reporter:
    began = shown = time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal shown
        now = time.monotonic()
        drawn = progress.frames_done - progress.frames_kept
        finished = progress.frames_done == progress.frames
        if progress.trial:
            write_line(stream, f"encoding, trial {progress.trial} of at most {MOST_TRIALS}")
        elif not drawn and progress.frames_kept:
            write_line(stream, f"{progress.frames_kept}/{progress.frames} frames are there from an interrupted render")
        elif drawn and (finished or now - shown >= LINE_EVERY):
            rate = drawn / max(now - began, 1e-9)
            left = (progress.frames - progress.frames_done) / rate
            write_line(
                stream, f"{progress.frames_done}/{progress.frames} frames, {rate:.1f} frames/s, {left:.0f} s left"
            )
            shown = now

    return report


def write_line(stream: TextIO, line: str) -> None:
    """Write a text as exactly one line; errors are ignored, such as that the reader is gone."""
    with suppress(OSError):
        stream.write(f"{printable(line)}\n")
        stream.flush()
