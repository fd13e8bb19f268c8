"""Types the commands that pages show, in this process, where gdviz is imported once for all of them."""

from __future__ import annotations

from generator.commands import Ended, run
from generator.pages import Command


def typed(shown: Command) -> Ended:
    """Run a command in the working folder, so that it draws in this process alone and does no more than it needs to.

    What is said to print something does all of it. Set GDVIZ_TINY as well.
    """
    command, added = shown.command, ""
    if command.startswith(("gdviz render ", "gdviz batch ")) and "--jobs" not in command:
        added += " --jobs 1"
    if command.startswith("gdviz render ") and "--seconds" not in command and not shown.lines:
        added += " --seconds 3"
    descends = command.startswith("gdviz descend ") or " rosenbrock " in command  # which takes many steps
    if descends and "--max-iterations" not in command and not shown.lines:
        added += " --max-iterations 100"
    before, end, operand = command.partition(" -- ")
    before, redirect, file = before.partition(" > ")
    return run(f"{before}{added}{redirect}{file}{end}{operand}")
