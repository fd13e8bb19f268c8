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
        What is printed otherwise, unless `--quiet` is given: lines and tables.
    reasons
        Lines for stderr on why parts failed, printed where no table shows them.
    code
        How the command ended.
    failure
        What failed, in a sentence for stderr; empty if nothing did.

    """

    data: Any = None
    shown: tuple[Shown, ...] = ()
    reasons: tuple[str, ...] = ()
    code: Exit = Exit.DONE
    failure: str = ""
