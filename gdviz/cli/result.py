"""What a command returns: data, what to show, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdviz.cli.report import Shown


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    FAILED = 1
    WRONG_INPUT = 2
    INTERRUPTED = 130
    TERMINATED = 143

    @property
    def meaning(self) -> str:
        """What the code says, in a few words."""
        return _MEANINGS[self]


_MEANINGS: Mapping[Exit, str] = MappingProxyType(
    {
        Exit.DONE: "done",
        Exit.FAILED: "the work failed",
        Exit.WRONG_INPUT: "the input was wrong",
        Exit.INTERRUPTED: "interrupted (Ctrl-C)",
        Exit.TERMINATED: "terminated",
    }
)
EXIT_CODES = f"Exit codes: {', '.join(f'{code} {code.meaning}' for code in Exit)}."
"""A line for help."""


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
