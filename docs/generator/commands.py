"""Runs a page's commands in this process, where gdviz is imported only once."""

from __future__ import annotations

import contextlib
import io
import runpy
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from gdviz.cli.commands import app


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and what it printed to each stream."""

    code: int
    stdout: str
    stderr: str


def run(command: str) -> Ended:
    """Run `gdviz ...`, with or without `> FILE`, or `python FILE`, as if it were typed in the working folder.

    Raises
    ------
    ValueError
        If it is none of these: pages show only what this can run, so that all of it is tried.

    """
    program, *words = shlex.split(command)
    if program == "python" and len(words) == 1:
        return _run_python(words[0])
    if program != "gdviz":
        raise ValueError(f"not a command of gdviz or a program of Python: {command}")
    target = words[-1] if words[-2:-1] == [">"] else None
    return run_gdviz(words[:-2] if target else words, target)


def run_gdviz(words: Sequence[str], target: str | None = None) -> Ended:
    """Run gdviz with arguments, and write what it prints to a file if one is named."""
    result = CliRunner().invoke(app, list(words), prog_name="gdviz")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if target is None:
        return Ended(result.exit_code, result.stdout, result.stderr)
    Path(target).write_text(result.stdout, encoding="utf-8")
    return Ended(result.exit_code, "", result.stderr)


def draw(words: Sequence[str], picture: Path) -> None:
    """Run gdviz with arguments that draw, and write the picture to a path.

    Raises
    ------
    RuntimeError
        If it fails.

    """
    name, *rest = words
    checked(f"gdviz {shlex.join(words)}", run_gdviz([name, "--output", str(picture), *rest]))


def checked(command: str, ended: Ended) -> None:
    """Raise RuntimeError if a command did not end well."""
    if ended.code:
        raise RuntimeError(f"{command} ended with {ended.code}: {ended.stderr}")


def _run_python(file: str) -> Ended:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        runpy.run_path(file, run_name="__main__")
    return Ended(0, printed.getvalue(), "")
