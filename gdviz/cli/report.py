"""Results as text and tables for people, and as plain data for `--json`. Nothing is printed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from gdviz.batch import Finding, Result
from gdviz.description.limits import times
from gdviz.errors import bytes_in_words, in_words, printable
from gdviz.extent import Extent
from gdviz.film import Film
from gdviz.functions import Function
from gdviz.leftovers import Removal
from gdviz.movie.formats import format_of
from gdviz.output import Encoding

Shown = str | Table


def result_data(result: Result) -> dict[str, Any]:
    """Return the result of one target of a batch as data."""
    return {
        "target": result.target,
        "outcome": result.outcome,
        "outputs": [str(path) for path in result.outputs],
        "films": [film_data(film) for film in result.films],
        "seconds": round(result.seconds, 2),
        "error": None if result.error is None else in_words(result.error),
    }


def film_data(film: Film) -> dict[str, Any]:
    """Return a film as data."""
    return {
        "path": str(film.path),
        "bytes": film.bytes,
        "frames": film.frames,
        "seconds": film.seconds,
        "size": list(film.size),
        "points": film.counts.as_data(),
        "runs": [run.as_data() for run in film.runs],
        "hint": film.hint,
        "encoding": encoding_data(film.encoding),
    }


def encoding_data(encoding: Encoding) -> dict[str, Any] | None:
    """Return what was chosen to hold a film to a size, as data; None if it has no limit."""
    if encoding.max_size is None:
        return None
    return {
        "max_size": encoding.max_size,
        "fps": encoding.rate / encoding.choice.every,
        "quality": encoding.measure.format(encoding.choice.quality) if encoding.choice.quality else None,
        "trials": encoding.trials,
    }


def film_lines(films: Sequence[Film]) -> list[Shown]:
    """Return lines about the films that one render wrote."""
    lines: list[Shown] = []
    for film in films:
        told = f"{'x'.join(map(str, film.size))}, {film.seconds:.1f} s, {film.frames} frames"
        told = "a page for a browser" if format_of(film.path).is_page else told
        lines.append(f"{printable(film.path)}  {told}, {film.bytes / 1e6:.2f} MB")
        lines += _encoding_lines(film)
    return [*lines, *_ending_lines(films[0]), *hint_lines(films[0].hint)]


def _ending_lines(film: Film) -> list[Shown]:
    """Return how the points ended: in a race, and of a recorded path, a line for each run."""
    alone = len(film.runs) == 1 and film.runs[0].optimizer is not None
    return [film.counts.in_words()] if alone else [run.in_words() for run in film.runs]


def _encoding_lines(film: Film) -> list[Shown]:
    """Return a line about what gave way so that a film has at most the size that was asked for."""
    encoding, drawn, choice = film.encoding, film.encoding.drawn, film.encoding.choice
    if encoding.max_size is None:
        return []
    rates = (f"{encoding.rate:.4g}", f"{encoding.rate / choice.every:.4g}")
    changes = (
        (times(drawn.size), times(choice.size), "{}"),
        (*rates, "{} frames a second"),
        (drawn.quality, choice.quality, encoding.measure),
    )
    given_way = [
        words.format(now) + (f" in place of {before}" if before else "")
        for before, now, words in changes
        if now != before
    ]
    held = ", ".join(given_way) or "nothing had to give way"
    return [f"to have at most {bytes_in_words(encoding.max_size)}: {held}"]


def hint_lines(hint: str | None) -> list[Shown]:
    """Return a line with a hint, if there is one."""
    return [] if hint is None else [f"hint: {hint}"]


def function_data(function: Function) -> dict[str, Any]:
    """Return a function as data."""
    return {
        "name": function.name,
        "title": function.title,
        "aliases": list(function.aliases),
        "dimension": function.dimension,
        "expression": function.expression,
        "understood": function.understood,
        "formula": function.formula,
        "gradient": function.gradient_in_words(),
        "domain": list(function.domain.numbers),
        "extent": list(function.extent.numbers),
        "minima": [list(minimum) for minimum in function.minima],
        "learning_rate": function.learning_rate,
        "tolerance": function.tolerance,
        "max_iterations": function.max_iterations,
        "note": function.note or None,
    }


def preset_table(described: Mapping[str, str]) -> Table:
    """Return a table of the presets and what each shows."""
    table = table_of("preset", "what it shows")
    table.columns[0].no_wrap = True
    for name, description in described.items():
        table.add_row(name, description)
    return table


def batch_table(results: Sequence[Result]) -> Table:
    """Return a table of the results of a batch."""
    table = table_of("preset", "file", "size", "seconds", "result")
    for result in results:
        files = "\n".join(map(printable, result.outputs))
        sizes = "\n".join(f"{film.bytes / 1e6:.2f} MB{_held(film)}" for film in result.films)
        outcome = result.outcome if result.error is None else in_words(result.error)
        table.add_row(*map(Text, (printable(result.target), files, sizes, f"{result.seconds:.1f}", outcome)))
    return table


def _held(film: Film) -> str:
    """Return the picture's size for a table, where a size in bytes may have changed it."""
    return "" if film.encoding.max_size is None else f", {times(film.size)}"


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return the state of a film as data."""
    return {
        "target": finding.target or None,
        "path": None if finding.path is None else str(finding.path),
        "state": finding.state,
        "files": [str(path) for path in finding.files],
        "error": None if finding.error is None else in_words(finding.error),
        "fingerprint": finding.fingerprint or None,
    }


def findings_table(findings: Sequence[Finding]) -> Table:
    """Return a table of the states of films."""
    table = table_of("preset", "file", "state")
    for finding in findings:
        file = "" if finding.path is None else printable(finding.path)
        pictures = f" ({len(finding.files)} pictures)" if finding.path not in finding.files and finding.files else ""
        reason = "" if finding.error is None else f": {in_words(finding.error)}"
        table.add_row(*map(Text, (printable(finding.target) or "none", file + pictures, finding.state + reason)))
    return table


def removal_line(removal: Removal) -> str:
    """Return a line about a file that was removed, or could not be."""
    if removal.error is None:
        return f"removed {printable(removal.path)}"
    return f"cannot remove {printable(removal.path)}: {in_words(removal.error)}"


def catalogue_table(catalogue: Sequence[Function]) -> Table:
    """Return a table of the named functions, laid out so that formulas are not cut in 80 columns."""
    table = table_of("name", "formula, extent and minima")
    table.columns[0].no_wrap = True
    for each in catalogue:
        table.add_row(
            each.name, Text(f"{each.expression}\n{extent_in_words(each.extent)}, minima: {_minima(each, most=4)}")
        )
    return table


def function_table(function: Function) -> Table:
    """Return a table of everything that is known about a function."""
    table = table_of("", "", box=None, show_header=False)
    rows = {
        "name": function.name,
        "aliases": ", ".join(function.aliases) or "none",
        "formula": function.expression,
        "read as": function.understood,
        "LaTeX": function.formula,
        **{
            f"along {name}": text or "too long to show"
            for name, text in zip("xy", function.gradient_in_words(), strict=False)
        },
        "domain": extent_in_words(function.domain),
        "extent": extent_in_words(function.extent),
        "minima": _minima(function, most=100),
        "learning rate": "chosen by trial" if function.learning_rate is None else f"{function.learning_rate:g}",
        "tolerance": f"{function.tolerance:g}",
        "iterations": f"at most {function.max_iterations}",
        **({"note": function.note} if function.note else {}),
    }
    for label, text in rows.items():
        table.add_row(label, Text(text))
    return table


def table_of(*headers: str, **looks: Any) -> Table:
    """Return an empty table that wraps words that are too long; rich would cut them."""
    return Table(*(Column(header, overflow="fold") for header in headers), **looks)


def extent_in_words(extent: Extent) -> str:
    """Return an extent as intervals: `[-5, 5] x [0, 1]`."""
    return " x ".join(f"[{low:g}, {high:g}]" for low, high in extent.sides)


def _minima(function: Function, most: int) -> str:
    shown = ["(" + ", ".join(f"{c:.6g}" for c in minimum) + ")" for minimum in function.minima[:most]]
    more = len(function.minima) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "") if shown else "none known"
