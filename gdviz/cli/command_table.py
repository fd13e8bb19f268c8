"""The commands, each made when it is first asked for: to make all takes longer than to read most command lines."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperCommand


class CommandTable(Mapping[str, Any]):
    """Click's commands by name, in the order in which they were added."""

    def __init__(self) -> None:
        self._apps: dict[str, typer.Typer] = {}
        self._made: dict[str, Any] = {}

    def add(self, name: str, run: Callable[..., None], cls: type[TyperCommand], **texts: str) -> None:
        """Add a command, whose flags Typer reads from the signature of `run`; `texts` are as for Typer's commands."""
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")
        app.command(name, cls=cls, **texts)(run)  # type: ignore[arg-type]  # each of `texts` is a text
        self._apps[name] = app

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = typer.main.get_command(self._apps[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._apps)

    def __len__(self) -> int:
        return len(self._apps)
