"""The Typer app: how commands are added to it, and how wrong usage is told.

Annotations are evaluated here, since Typer reads them: names that only type checkers import are quoted.
"""

import inspect
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import gdviz
from gdviz.cli.bash_words import words_whole
from gdviz.cli.console import errors_reported, finish, warnings_printed
from gdviz.cli.leading_minus import cure, is_function
from gdviz.cli.progress import write_line
from gdviz.cli.result import Exit, Result
from gdviz.errors import nearest, shorten

# Typer brings its own Click or uses the installed one; either way these are the same classes' bases.
_UsageError: type[Any] = typer.BadParameter.__mro__[1]
_ClickException: type[Any] = _UsageError.__mro__[1]


class WrongUsageError(_UsageError):  # type: ignore[misc]  # its base is known only when it runs
    """What gdviz itself refuses; its message is a whole sentence."""


class Command(TyperCommand):
    """A command whose flags may be given once, unless they may be repeated."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse a flag that is given twice, where the last one would win without a word."""
        if not ctx.resilient_parsing:  # as it is while a shell completes a word
            try:
                _, extra, order = self.make_parser(ctx).parse_args(args=list(args))
            except _UsageError as error:
                unknown = getattr(error, "option_name", None)
                if unknown and (told := cure(unknown, args, ctx.command_path)):
                    raise WrongUsageError(told, ctx) from error
                error.ctx = ctx  # some come without, so that it would not be known whose help to name
                raise
            if extra:
                told = f"{shorten(extra[0])} is a word too many; what has blanks in it stands between quotes"
                raise WrongUsageError(told, ctx)
            once = [each for each in order if each.param_type_name == "option" and not each.multiple]
            for option in once:
                if once.count(option) > 1 and option.name != "help":
                    raise WrongUsageError(f"{option.opts[0]} may be given once, not {once.count(option)} times", ctx)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _leave_out_types(self.get_params(ctx))
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """All commands; what is wrong about their usage is said in one sentence, on a terminal of any width."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Say what is to be typed instead of a command that there is not."""
        if args and args[0] not in self.commands and not ctx.resilient_parsing:
            raise WrongUsageError(_unknown_command(args[0], list(self.commands)), ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _leave_out_types(self.get_params(ctx))
        super().format_help(ctx, formatter)

    def main(self, *given: Any, **more: Any) -> Any:
        """Run, and end the process with its exit code, unless `standalone_mode` is false."""
        if not more.pop("standalone_mode", True):
            return super().main(*given, **more | {"standalone_mode": False})
        try:
            with words_whole(os.environ):
                code = super().main(*given, **more | {"standalone_mode": False})
        except _ClickException as error:
            if not hasattr(error, "ctx") or type(error).__name__ == "NoArgsIsHelpError":
                error.show()
            else:
                write_line(sys.stderr, f"gdviz: {_in_a_sentence(error)}")
            sys.exit(error.exit_code)
        except typer.Abort:
            sys.exit(Exit.FAILED)
        sys.exit(code if isinstance(code, int) else Exit.DONE)


def _shown(*examples: str) -> str:
    """Return examples as help begins with them."""
    return "\n\n".join(f"$ gdviz {example}" for example in examples)


def _leave_out_types(parameters: Sequence[Any]) -> None:
    """Have help show a metavar or nothing, where Typer shows Python's types, such as <bool> and <list[str]>."""
    for each in parameters:
        if each.param_type_name == "argument" or each.metavar is None:
            each.display_type_rich = lambda *_, **__: None


app = typer.Typer(
    name="gdviz",
    cls=Group,
    help=f"{_shown('render himmelblau --grid 20', 'help render')}\n\nAnimations of gradient descent, from one command.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Print the version, if that is asked for."""
    if version:
        print(f"gdviz {gdviz.__version__}")  # noqa: T201  # the one line that no result is made for
        raise typer.Exit


Body = Callable[..., Result]


def command(name: str, *examples: str) -> Callable[[Body], Body]:
    """Add a command that returns a result; its help begins with the examples."""

    def add(body: Body) -> Body:
        def run(**given: Any) -> None:
            quiet, as_json = given.get("quiet", False), given.get("json_", False)
            with errors_reported(), warnings_printed(quiet=quiet):
                finish(body(**given), quiet=quiet, as_json=as_json)

        summary = inspect.cleandoc(body.__doc__ or "")
        run.__signature__ = inspect.signature(body)  # type: ignore[attr-defined]  # Typer reads the flags from it
        run.__annotations__ = inspect.get_annotations(body)
        app.command(name, cls=Command, help=f"{_shown(*examples)}\n\n{summary}", short_help=summary)(run)
        return body

    return add


def command_names() -> list[str]:
    """Return the names of all commands, in the order in which help lists them."""
    return [each.name for each in app.registered_commands if each.name]


def _unknown_command(word: str, commands: Sequence[str]) -> str:
    from gdviz.description.presets import presets

    if near := nearest(word, commands):
        return f"there is no command {shorten(word)}; did you mean 'gdviz {near}'?"
    if word in presets() or word.endswith(".toml") or is_function(word):
        return f"there is no command {shorten(word)}; to make a film of it, type: gdviz render {shlex.quote(word)}"
    return f"there is no command {shorten(word)}; there are {', '.join(commands)}"


_WHOLE, _REAL = dict.fromkeys(("N", "S"), "a whole number"), ("RATE", "SLOPE", "SECONDS", "FACTOR")
_KINDS: Mapping[str, str] = MappingProxyType(_WHOLE | dict.fromkeys(_REAL, "a number"))
"""What a flag takes, by its metavar."""


def _in_a_sentence(error: Any) -> str:
    """Return what Click says of wrong usage, as gdviz says what is wrong."""
    if isinstance(error, WrongUsageError):
        return str(error.message)
    listed = f"'{error.ctx.command_path if error.ctx else 'gdviz'} --help' lists what there is"
    if type(error).__name__ == "NoSuchOption":
        near = nearest(error.option_name, [each for param in error.ctx.command.params for each in param.opts])
        return f"there is no flag {shorten(error.option_name)}; {f'did you mean {near}?' if near else listed}"
    if flag := getattr(error, "option_name", None):  # its value is missing, or it has one and takes none
        metavars = [each.metavar for each in error.ctx.command.params if flag in each.opts] if error.ctx else []
        return f"{flag} takes {next(filter(None, metavars), 'no value')}; {listed}"
    param: Any = getattr(error, "param", None)
    if type(error).__name__ == "MissingParameter":
        missing = param.opts[0] if param.param_type_name == "option" else param.metavar.rstrip(".")
        return f"{missing} is missing; {listed}"
    if param is not None and (kind := _KINDS.get(param.metavar or "")):
        return f"{param.opts[0]} takes {kind}; {listed}"
    message = " ".join(error.format_message().split()).rstrip(".")
    return f"{message[:1].lower()}{message[1:]}; {listed}"
