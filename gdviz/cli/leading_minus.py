"""The message for an expression that begins with a minus, which the command line takes for a flag."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Sequence

from gdviz.errors import InputError


def cure(unknown_flag: str, arguments: Sequence[str], command: str) -> str | None:
    """Return a sentence that says how to write the argument; None if it is not an expression.

    Parameters
    ----------
    unknown_flag
        The flag that the command line does not know.
    arguments
        All arguments of the command.
    command
        The command, such as `gdviz render`.

    """
    text = next((each for each in arguments if each.startswith(unknown_flag)), None)
    if text is None or not is_function(text):
        return None
    return (
        f"{text} begins with a minus and is taken for a flag; write -- before it, after all flags: "
        f"{command} -- {shlex.quote(text)}"
    )


def is_function(text: str) -> bool:
    """Return whether a text is a function's name or an expression; no warnings are issued."""
    from gdviz.functions import function

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(text)
    except InputError:
        return False
    return True
