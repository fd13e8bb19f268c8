"""Shows a render's progress: as a bar on a terminal, elsewhere as lines."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, TextIO

from gdviz.errors import printable
from gdviz.movie.budget import MOST_TRIALS

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

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
    elif _is_terminal(stream):
        with _bar(stream) as report:
            yield report
    else:
        yield _lines(stream)


@contextmanager
def reporters(stream: TextIO, *, quiet: bool) -> Iterator[Callable[[str], AbstractContextManager[Reporter]]]:
    """Do the same for several renders at the same time: yield a function that takes the name of each."""
    if quiet:
        yield lambda _: nullcontext(lambda _: None)
    elif _is_terminal(stream):
        from rich.console import Console

        with _empty_bar(Console(file=stream)) as bar:
            yield partial(_row, bar)
    else:
        yield lambda name: nullcontext(_lines(stream, f"{name}: "))


@contextmanager
def _bar(stream: TextIO) -> Iterator[Reporter]:
    from rich.console import Console

    bar, report = rendering_bar(Console(file=stream))
    with bar:
        yield report


@contextmanager
def _row(bar: Bar, name: str) -> Iterator[Reporter]:
    """Yield a callback that moves a row of its own, which is there during the block."""
    from rich.markup import escape

    task, report = _added_row(bar, escape(printable(name)))
    try:
        yield report
    finally:
        bar.remove_task(task)


def rendering_bar(console: Console) -> tuple[Bar, Reporter]:
    """Return a bar that is not shown yet, and the callback that moves it."""
    bar = _empty_bar(console)
    return bar, _added_row(bar, "rendering")[1]


def _is_terminal(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


def _empty_bar(console: Console) -> Bar:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("frames  {task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
    )
    return Bar(*columns, console=console, transient=True)


def _added_row(bar: Bar, name: str) -> tuple[TaskID, Reporter]:
    """Add a row to a bar; return it, and the callback that moves it."""
    began = time.monotonic()
    task = bar.add_task(name, total=None, rate="")

    def report(progress: Progress) -> None:
        drawn = progress.frames_done - progress.frames_kept
        text = f"{drawn / max(time.monotonic() - began, 1e-9):.1f} frames/s" if drawn else ""
        if progress.trial:
            text = f"encoding, trial {progress.trial} of at most {MOST_TRIALS}"
        bar.update(task, completed=progress.frames_done, total=progress.frames, rate=text)

    return task, report


def _lines(stream: TextIO, before: str = "") -> Reporter:
    """Return a callback that writes lines; each begins with the text `before`."""
    began = shown = time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal shown
        now = time.monotonic()
        drawn = progress.frames_done - progress.frames_kept
        finished = progress.frames_done == progress.frames
        if progress.trial:
            write_line(stream, f"{before}encoding, trial {progress.trial} of at most {MOST_TRIALS}")
        elif not drawn and progress.frames_kept:
            write_line(
                stream, f"{before}{progress.frames_kept}/{progress.frames} frames are there from an interrupted render"
            )
        elif drawn and (finished or now - shown >= LINE_EVERY):
            rate = drawn / max(now - began, 1e-9)
            left = (progress.frames - progress.frames_done) / rate
            write_line(
                stream,
                f"{before}{progress.frames_done}/{progress.frames} frames, {rate:.1f} frames/s, {left:.0f} s left",
            )
            shown = now

    return report


def write_line(stream: TextIO, line: str) -> None:
    """Write a text as exactly one line; errors are ignored, such as that the reader is gone."""
    with suppress(OSError):
        stream.write(f"{printable(line)}\n")
        stream.flush()
