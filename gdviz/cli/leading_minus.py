"""An expression that begins with a minus, and that the command line takes for a flag: the cure is named."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Sequence

from gdviz.errors import InputError


def cure(unknown_flag: str, arguments: Sequence[str], command: str) -> str | None:
    """Return how to write the argument that was taken for a flag; None if it is no expression.

    Parameters
    ----------
    unknown_flag
        What the command line did not know.
    arguments
        All that was typed behind the command.
    command
        The command, as it was typed.

    """
    text = next((each for each in arguments if each.startswith(unknown_flag)), None)
    if text is None or not is_function(text):
        return None
    return (
        f"{text} begins with a minus and is taken for a flag; write -- before it, after all flags: "
        f"{command} -- {shlex.quote(text)}"
    )


def is_function(text: str) -> bool:
    """Return whether a text names a function or spells one out; nothing is said of how it is read."""
    from gdviz.functions import function

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(text)
    except InputError:
        return False
    return True
