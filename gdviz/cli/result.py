"""What a command returns: data, what to show, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdviz.cli.report import Shown


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    FAILED = 1
    WRONG_INPUT = 2


@dataclass(frozen=True)
class Result:
    """A command's result.

    Attributes
    ----------
    data
        What `--json` prints.
    shown
        The lines and tables that are printed otherwise, unless `--quiet` is given.
    reasons
        Lines on why parts failed, printed to stderr if `shown` is not printed.
    code
        The exit code.
    failure
        A sentence for stderr on what failed; empty if nothing did.

    """

    data: Any = None
    shown: tuple[Shown, ...] = ()
    reasons: tuple[str, ...] = ()
    code: Exit = Exit.DONE
    failure: str = ""
