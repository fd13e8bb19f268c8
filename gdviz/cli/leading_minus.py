"""An expression that begins with a minus, and that the command line takes for a flag: the cure is named."""

from __future__ import annotations

import shlex
import warnings
from typing import Any

from typer.core import TyperCommand

from gdviz.errors import InputError


class TargetCommand(TyperCommand):
    """A command whose argument may be an expression."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments; of an unknown flag that is an expression, say how to write it."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            flag = getattr(error, "option_name", None)
            text = next((each for each in given if flag and each.startswith(flag)), None)
            if text is not None and _is_expression(text):
                cure = f"{ctx.command_path} -- {shlex.quote(text)}"
                error.message = (  # type: ignore[attr-defined]  # every error of a flag has one
                    f"{text} begins with a minus and is taken for a flag; write -- before it, after all flags: {cure}"
                )
            raise


def _is_expression(text: str) -> bool:
    from gdviz.functions import function

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(text)
    except InputError:
        return False
    return True
