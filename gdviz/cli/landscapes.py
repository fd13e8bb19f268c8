"""What is in the file of a landscape, as a table for people and as data for `--json`."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.table import Table
from rich.text import Text

from gdviz.cli.report import extent_in_words, table_of
from gdviz.description.limits import times
from gdviz.errors import InputError, printable
from gdviz.extent import FloatArray
from gdviz.functions.spline import unevenness
from gdviz.landscapes.npz import LOSS, PATH
from gdviz.landscapes.paths import RecordedPath
from gdviz.landscapes.reading import Landscape
from gdviz.landscapes.suffixes import stem_of

MOST_OTHERS = 20  # other arrays that are listed
ROUNDED = 1e-3  # largest unevenness, in steps, that the rounding of a text leaves


def landscape_data(landscape: Landscape) -> dict[str, Any]:
    """Return what is in the file of a landscape as data."""
    sampled, lowest = landscape.sampled, _lowest(landscape)
    return {
        "file": str(landscape.path),
        "title": sampled.title,
        "key": landscape.name,
        "samples": {"x": len(sampled.x), "y": len(sampled.y)},
        "missing": int(np.isnan(sampled.samples).sum()),
        "even": {"x": _is_even(sampled.x), "y": _is_even(sampled.y)},
        "extent": list(sampled.extent.numbers),
        "placed": landscape.placed,
        "lowest": {"at": lowest[:2], "value": lowest[2]},
        "highest": float(np.nanmax(sampled.samples)),
        "tolerance": sampled.tolerance,
        "paths": {name: _path_data(path) for name, path in landscape.paths.items()},
        "others": _others(landscape),
        "notes": list(sampled.notes),
    }


def landscape_table(landscape: Landscape) -> Table:
    """Return a table of what is in the file of a landscape."""
    sampled = landscape.sampled
    x, y, value = _lowest(landscape)
    spacing = ["even" if _is_even(each) else "uneven" for each in (sampled.x, sampled.y)]
    others = [f"{printable(name)} {shape}" for name, shape in _others(landscape).items()]
    paths = [f"{printable(name)} ({_path_in_words(path)})" for name, path in landscape.paths.items()]
    more = len(others) - MOST_OTHERS
    rows = {
        "file": printable(landscape.path),
        "title": sampled.title,
        "values": f"{printable(landscape.name)}, {times((len(sampled.x), len(sampled.y)))} samples (x by y)",
        "spacing": spacing[0] if spacing[0] == spacing[1] else f"{spacing[0]} in x, {spacing[1]} in y",
        "extent": extent_in_words(sampled.extent),
        "lowest": f"{value:.6g} at ({x:.6g}, {y:.6g})",
        "highest": f"{float(np.nanmax(sampled.samples)):.6g}",
        "tolerance": f"{sampled.tolerance:g}",
        "recorded paths": ", ".join(paths) or "none",
        "other arrays": ", ".join(others[:MOST_OTHERS]) + (f" and {more} more" if more > 0 else "") or "none",
    }
    table = table_of("", "", box=None, show_header=False)
    for label, text in rows.items():
        table.add_row(label, Text(text))
    for number, note in enumerate(sampled.notes):
        table.add_row("" if number else "notes", Text(note))
    return table


def _others(landscape: Landscape) -> dict[str, str]:
    """Return what is in the file besides the landscape and its recorded paths, with its shape."""
    told = {f"{begin}{name}" for name in landscape.paths for begin in (PATH, LOSS)}
    return {name: shape for name, shape in landscape.others.items() if stem_of(name) not in told}


def _path_data(path: RecordedPath | InputError) -> dict[str, Any]:
    if isinstance(path, InputError):
        return {"error": str(path)}
    return {"steps": path.steps, "losses": path.losses is not None}


def _path_in_words(path: RecordedPath | InputError) -> str:
    return f"cannot be drawn: {path}" if isinstance(path, InputError) else path.in_words()


def _lowest(landscape: Landscape) -> tuple[float, float, float]:
    """Return where the lowest sample is, and its value."""
    sampled = landscape.sampled
    row, column = np.unravel_index(np.nanargmin(sampled.samples), sampled.samples.shape)
    return float(sampled.x[column]), float(sampled.y[row]), float(sampled.samples[row, column])


def _is_even(nodes: FloatArray) -> bool:
    return unevenness(nodes) < ROUNDED
