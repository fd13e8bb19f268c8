"""The Typer app, how commands are added to it, and the messages for wrong usage.

Typer evaluates annotations, so names that are imported only for type checkers are quoted.
"""

import inspect
import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import gdviz
from gdviz.cli.bash_words import words_whole
from gdviz.cli.command_table import CommandTable
from gdviz.cli.console import errors_reported, finish, warnings_printed
from gdviz.cli.leading_minus import cure, is_function
from gdviz.cli.result import EXIT_CODES, Exit, Result
from gdviz.errors import nearest, shorten
from gdviz.progress import write_line

# Typer uses its own copy of Click or the installed one; the bases of its errors are the right classes either way.
_UsageError: type[Any] = typer.BadParameter.__mro__[1]
_ClickException: type[Any] = _UsageError.__mro__[1]


_FILE = re.compile(r"\S*\.[a-z]\w{2,}", re.IGNORECASE)
_FORCE = ("--yes", "--overwrite")  # what --force is called elsewhere
_FLAGS_ELSEWHERE: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("--no-color", "--no-colour"), "NO_COLOR=1 in the environment leaves colours out")
    | dict.fromkeys(("--verbose", "--debug"), "GDVIZ_DEBUG=1 in the environment adds tracebacks")
)
"""Flags that other programs have -> what does the same here."""


class WrongUsageError(_UsageError):  # type: ignore[misc]  # the base class is a variable
    """Wrong usage that gdviz finds itself; the message is a complete sentence."""


class Command(TyperCommand):
    """A command that refuses a flag given twice, unless the flag is repeatable."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments; refuse a flag that is given twice, of which Click would silently use the last."""
        if not ctx.resilient_parsing:  # it is set while a shell completes a word
            try:
                typed, extra, order = self.make_parser(ctx).parse_args(args=list(args))
            except _UsageError as error:
                unknown = getattr(error, "option_name", None)
                if unknown and (told := cure(unknown, args, ctx.command_path)):
                    raise WrongUsageError(told, ctx) from error
                error.ctx = ctx  # some errors lack it; it tells which command's help to name
                raise
            if extra:
                raise WrongUsageError(self._too_many(extra[0]), ctx)
            once = [each for each in order if each.param_type_name == "option" and not each.multiple]
            for option in once:
                if once.count(option) > 1 and option.name != "help":
                    raise WrongUsageError(f"{option.opts[0]} may be given once, not {once.count(option)} times", ctx)
            if "help" not in typed:
                self.begin(ctx, typed)
        try:
            return super().parse_args(ctx, args)
        except BaseException:
            ctx.close()  # ends what was begun
            raise

    def begin(self, ctx: Any, typed: Mapping[str, Any]) -> None:
        """Begin what can go on while values are read, which takes as long as Python's own start.

        `typed` has the values of the flags that are given, by parameter, as they are typed: any may be wrong.
        """

    def _too_many(self, word: str) -> str:
        told = f"{shorten(word)} is one argument too many"
        if not any(each.param_type_name == "argument" for each in self.params):
            return f"{told}: {self.name} takes none"
        if word.endswith(".toml"):
            return f"{told}; 'gdviz batch' takes several files"
        if _FILE.fullmatch(word) and any("--output" in each.opts for each in self.params):
            return f"{told}; to write to it, type: -o {shlex.quote(word)}"
        return f"{told}; put quotes around text with blanks"

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _leave_out_types(self.get_params(ctx))
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """All commands; each error in their usage is reported in one sentence, not broken into lines."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = COMMANDS  # type: ignore[assignment]  # they are only read

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # Click's own needs it
        """Return the names of all commands, and make none of them."""
        return command_names()

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; for an unknown one, say what to type instead."""
        if args and args[0] not in self.commands and not ctx.resilient_parsing:
            raise WrongUsageError(_unknown_command(args[0], list(self.commands)), ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _leave_out_types(self.get_params(ctx))
        super().format_help(ctx, formatter)

    def main(self, *given: Any, **more: Any) -> Any:
        """Run, and end the process with the exit code, unless `standalone_mode` is false."""
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
    """Return examples in the form in which help begins with them."""
    return "\n\n".join(f"$ gdviz {example}" for example in examples)


def _leave_out_types(parameters: Sequence[Any]) -> None:
    """Make help show metavars only, and no Python types such as <bool> and <list[str]>."""
    for each in parameters:
        if each.param_type_name == "argument" or each.metavar is None:
            each.display_type_rich = lambda *_, **__: None


COMMANDS = CommandTable()
app = typer.Typer(
    name="gdviz",
    cls=Group,
    help=f"{_shown('render himmelblau --grid 20', 'help render')}\n\nAnimations of gradient descent, from one command.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    json_: Annotated[
        bool, typer.Option("--json", help="With --version: print it as JSON, with those of gdviz's packages.")
    ] = False,
) -> None:
    """Print the version for --version."""
    if json_ and not version:
        raise WrongUsageError("--json goes with --version, or stands after the name of a command")
    if version and json_:
        from gdviz.versions import versions

        with errors_reported():
            finish(Result(versions()), quiet=False, as_json=True)
    elif version:
        print(f"gdviz {gdviz.__version__}")  # noqa: T201  # too short for a Result
    if version:
        raise typer.Exit


Body = Callable[..., Result]


def command(name: str, *examples: str, cls: type[Command] = Command) -> Callable[[Body], Body]:
    """Add a command that returns a result; its help begins with the examples."""

    def add(body: Body) -> Body:
        def run(**given: Any) -> None:
            quiet, as_json = given.get("quiet", False), given.get("json_", False)
            with errors_reported(), warnings_printed(quiet=quiet):
                finish(body(**given), quiet=quiet, as_json=as_json)

        summary = inspect.cleandoc(body.__doc__ or "")
        run.__signature__ = inspect.signature(body)  # type: ignore[attr-defined]  # Typer reads the flags from it
        run.__annotations__ = inspect.get_annotations(body)
        first = summary.partition("\n\n")[0]
        shown = f"{_shown(*examples)}\n\n{summary}"
        COMMANDS.add(name, run, cls, help=shown, short_help=first, epilog=EXIT_CODES)
        return body

    return add


def command_names() -> list[str]:
    """Return the names of all commands, in the order in which help lists them."""
    return list(COMMANDS)


def _unknown_command(word: str, commands: Sequence[str]) -> str:
    from gdviz.description.presets import presets
    from gdviz.landscapes.suffixes import suffix_of

    if near := "--version" if word == "version" else nearest(word, commands):
        return f"there is no command {shorten(word)}; did you mean 'gdviz {near}'?"
    if word in presets() or word.endswith(".toml") or suffix_of(word) or is_function(word):
        return f"there is no command {shorten(word)}; to make a film of it, type: gdviz render {shlex.quote(word)}"
    return f"there is no command {shorten(word)}; there are {', '.join(commands)}"


def _instead_of(flag: str, ctx: Any) -> str:
    """Return what to type in place of a flag that a command does not have; empty if that is not known."""
    if flag in _FLAGS_ELSEWHERE:
        return _FLAGS_ELSEWHERE[flag]
    own = [each for param in ctx.command.params for each in param.opts]
    if flag in _FORCE and "--force" in own:
        return "did you mean --force (-y)?"
    others = {} if ctx.parent is None else ctx.parent.command.commands
    if having := [name for name, other in others.items() if any(flag in each.opts for each in other.params)]:
        return f"it is one of {', '.join(having)}"
    near = nearest(flag, own)
    return f"did you mean {near}?" if near else ""


_WHOLE, _REAL = dict.fromkeys(("N", "S"), "a whole number"), ("RATE", "SLOPE", "SECONDS", "FACTOR", "DEVIATION")
_KINDS: Mapping[str, str] = MappingProxyType(_WHOLE | dict.fromkeys(_REAL, "a number"))
"""What a flag takes, by metavar."""


def _in_a_sentence(error: Any) -> str:
    """Return an error of Click's as a sentence in gdviz's words."""
    if isinstance(error, WrongUsageError):
        return str(error.message)
    listed = f"'{error.ctx.command_path if error.ctx else 'gdviz'} --help' lists what there is"
    if type(error).__name__ == "NoSuchOption":
        return f"there is no flag {shorten(error.option_name)}; {_instead_of(error.option_name, error.ctx) or listed}"
    if flag := getattr(error, "option_name", None):  # a value is missing, or given to a flag that takes none
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
