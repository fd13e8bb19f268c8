"""What `--optimizer`, `--learning-rate` and `--path` set: the keys of the one run, or the runs of a race."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gdviz.cli.flags import Given, value_of
from gdviz.descent.optimizers import OPTIMIZERS
from gdviz.description.runs import RunKeys, RunTable
from gdviz.errors import InputError, nearest, shorten

OPTIMIZER, RATE, PATH = "--optimizer", "--learning-rate", "--path"
KEYS = tuple(key for key in RunTable.model_fields if key not in ("optimizer", "path"))
SCHEDULE = "schedule"
KEPT = ("noise",)  # of the keys of a run: what a file says of it holds for any optimizer


def runs(data: dict[str, Any], optimizers: list[str], rates: list[float], paths: list[str]) -> list[Given]:
    """Return what the flags set; what they replace is taken out of a description.

    An optimizer or a recorded path replaces the runs of the description, with all that it says about them. A rate
    replaces all its rates; beside a path it is that of a run.

    Raises
    ------
    InputError
        If a flag cannot be read, or both are given several times.

    """
    if len(optimizers) > 1 and len(rates) > 1:
        raise InputError(
            f"give several {OPTIMIZER} or several {RATE}, not both; an optimizer may have a rate of its own, "
            "as in --optimizer adam:learning_rate=0.1"
        )
    if len(rates) > 1 and not optimizers and data.get("runs"):
        raise InputError(f"several {RATE} are a race of their own, and this description has runs; add {OPTIMIZER} NAME")
    tables = [_table(each) for each in optimizers]
    if rates and len(tables) == 1 and "learning_rate" in tables[0]:
        raise InputError(f"{OPTIMIZER} and {RATE} both give a learning rate; leave one out")
    if tables or paths:
        for key in {"runs", *RunKeys.model_fields}.difference(KEPT):
            data.pop(key, None)
    if rates and isinstance(data.get("runs"), list):
        data["runs"] = [_without_rate(run) for run in data["runs"]]
    if paths:
        return [(PATH, "runs", [*({"path": path} for path in paths), *_rated(tables, rates)])]
    if len(rates) > 1:
        return [(RATE, "runs", _rated(tables, rates))]
    rate = [(RATE, "learning_rate", each) for each in rates]
    if len(tables) > 1 or any("label" in table for table in tables):
        return [(OPTIMIZER, "runs", tables), *rate]
    return [*_top_level(tables[0] if tables else {}), *rate]


def _rated(tables: list[dict[str, Any]], rates: list[float]) -> list[dict[str, Any]]:
    """Return one of a few runs for each of several rates, or each run with the only rate, if there is one."""
    if len(rates) == 1:
        return [{"learning_rate": rates[0]} | table for table in tables or [{}]]
    return [table | {"learning_rate": rate} for table in tables or [{}] for rate in rates] if rates else tables


def _top_level(table: Mapping[str, Any]) -> list[Given]:
    """Return what a table of the one run sets; messages name its keys."""
    return [(OPTIMIZER if key == "optimizer" else f"{OPTIMIZER} {key}", key, value) for key, value in table.items()]


def _without_rate(run: Any) -> Any:
    """Return a run of a description, which need not be right, without its learning rate."""
    return {key: value for key, value in run.items() if key != "learning_rate"} if isinstance(run, dict) else run


def _table(text: str) -> dict[str, Any]:
    """Read `NAME` or `NAME:KEY=VALUE,KEY=VALUE`."""
    name, colon, rest = text.partition(":")
    table: dict[str, Any] = {"optimizer": name.strip()}
    for part in rest.split(",") if colon else []:
        key, equals, written = part.partition("=")
        first, dot, inner = key.strip().partition(".")
        if not (equals and first):
            raise InputError(
                f"{OPTIMIZER} takes NAME or NAME:KEY=VALUE,..., such as adam:beta1=0.8, not {shorten(text)}"
            )
        if first not in KEYS:
            rule = OPTIMIZERS.get(name.strip())
            close = nearest(first, rule.hyperparameters if rule else ()) or nearest(first, KEYS)
            hint = f"did you mean {close}?" if close else "'gdviz help keys' lists those of a run as runs.0"
            raise InputError(f"{OPTIMIZER}: {shorten(first)} is not a key of a run; {hint}")
        if dot and first != SCHEDULE:
            raise InputError(f"{OPTIMIZER}: {first} is a value and not a table, so that there is no {shorten(key)}")
        if first == SCHEDULE:  # it is a table, and its name alone stands for one
            place, last = table.setdefault(SCHEDULE, {}), inner if dot else "name"
        else:
            place, last = table, first
        if last in place:
            raise InputError(f"{OPTIMIZER} {shorten(text)} gives {shorten(key.strip())} twice")
        place[last] = written if last == "label" else value_of(written)
    return table
