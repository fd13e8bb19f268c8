"""How a render's progress is shown: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from gdviz.render import Progress

Reporter = Callable[["Progress"], None]

LINE_EVERY = 5.0  # seconds, where there is no terminal


@contextmanager
def reporter(stream: TextIO, *, quiet: bool) -> Iterator[Reporter]:
    """Give a callback that shows progress on `stream`: a bar if it is a terminal, else lines; nothing if quiet."""
    if quiet:
        yield lambda _: None
    elif stream.isatty():
        with _bar(stream) as report:
            yield report
    else:
        yield _lines(stream)


@contextmanager
def _bar(stream: TextIO) -> Iterator[Reporter]:
    from rich.console import Console
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
    with Bar(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=None, rate="")

        def report(progress: Progress) -> None:
            rate = progress.frames_done / max(time.monotonic() - began, 1e-9)
            text = f"{rate:.1f} frames/s" if progress.frames_done else ""
            bar.update(task, completed=progress.frames_done, total=progress.frames, rate=text)

        yield report


def _lines(stream: TextIO) -> Reporter:
    began = shown = time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal shown
        now = time.monotonic()
        finished = progress.frames_done == progress.frames
        if progress.frames_done and (finished or now - shown >= LINE_EVERY):
            rate = progress.frames_done / max(now - began, 1e-9)
            left = (progress.frames - progress.frames_done) / rate
            stream.write(f"{progress.frames_done}/{progress.frames} frames, {rate:.1f} frames/s, {left:.0f} s left\n")
            stream.flush()
            shown = now

    return report
