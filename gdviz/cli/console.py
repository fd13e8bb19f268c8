"""Prints results as text or JSON on stdout, and warnings and errors as one line each on stderr."""

from __future__ import annotations

import json
import os
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from gdviz.cli.result import Exit, Result
from gdviz.errors import ExpressionError, GdvizWarning, InputError, in_words, naming
from gdviz.progress import write_line

if TYPE_CHECKING:
    from gdviz.cli.report import Shown


def finish(result: Result, *, quiet: bool, as_json: bool) -> None:
    """Print a result, and exit with its code if it failed."""
    if as_json:
        _print_json(result.data)
    elif not quiet:
        _print(result.shown)
    if quiet or as_json:
        for reason in result.reasons:
            write_line(sys.stderr, f"gdviz: {reason}")
    if result.code is not Exit.DONE:
        write_line(sys.stderr, f"gdviz: {result.failure}")
        raise typer.Exit(result.code)


@contextmanager
def errors_reported() -> Iterator[None]:
    """Turn an exception into one message on stderr and an exit code."""
    try:
        yield
    except typer.Exit:
        raise
    except Exception as error:
        if debugging():
            traceback.print_exc()
        marked = error.marked() if isinstance(error, ExpressionError) else []
        for line in (f"gdviz: {in_words(error)}", *marked):
            write_line(sys.stderr, line)
        raise typer.Exit(Exit.WRONG_INPUT if isinstance(error, InputError) else Exit.FAILED) from error


@contextmanager
def warnings_printed(*, quiet: bool) -> Iterator[None]:
    """Print gdviz's own warnings as one line each on stderr, or not if quiet; other warnings are left alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if quiet else "always", GdvizWarning)
        show = warnings.showwarning
        told: set[str] = set()

        def show_own(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, GdvizWarning):
                if str(message) not in told:
                    write_line(sys.stderr, f"gdviz: {message}")
                told.add(str(message))
            else:
                show(message, category, *place, **more)

        warnings.showwarning = show_own
        yield


def shows_letters() -> bool:
    """Return whether stdout shows letters such as `β` and `ₜ`; those of Linux's own console have too few."""
    console = sys.stdout.isatty() and os.environ.get("TERM") == "linux"
    return "utf" in (sys.stdout.encoding or "").lower() and not console


def debugging() -> bool:
    """Return whether the user wants tracebacks."""
    return os.environ.get("GDVIZ_DEBUG") == "1"


def _print(things: tuple[Shown, ...]) -> None:
    """Print texts as they are, and tables as wide as the terminal, or 120 characters if there is none."""
    texts = [each for each in things if isinstance(each, str)]
    if len(texts) == len(things):
        with naming("stdout"):
            sys.stdout.write("".join(f"{each}\n" for each in texts))
            sys.stdout.flush()
        return
    from rich.console import Console  # only for tables: it takes 0.02 s to import

    class PipeErrorConsole(Console):
        def on_broken_pipe(self) -> None:
            """Raise the error again; rich would end the process silently."""
            raise  # noqa: PLE0704  # rich calls this in an except block

    console = PipeErrorConsole(width=None if sys.stdout.isatty() else 120, highlight=False)
    with naming("stdout"):
        for thing in things:
            console.print(thing, markup=False, soft_wrap=isinstance(thing, str))


def _print_json(data: Any) -> None:
    """Print one document; characters that the output's encoding lacks, and undecodable bytes of paths, are escaped."""
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = json.dumps(data, indent=2, allow_nan=False)
    with naming("stdout"):
        sys.stdout.write(text + "\n")
