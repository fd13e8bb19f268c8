"""The pages of the reference that are about the command line and Python: commands, keys and public names."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import typer

import gdviz
from gdviz.cli.commands import app
from gdviz.cli.keys import Key, description_keys
from gdviz.description.animation import Animation
from generator.catalogues import functions_page, optimizers_page
from generator.markdown import code, console, page, plain, table
from generator.pictures import Pictures


def reference(pictures: Pictures) -> dict[str, str]:
    """Return the pages, by their paths below `reference/`."""
    return {
        "commands.md": _commands_page(_commands()),
        **{f"commands/{name}.md": text for name, text in command_pages().items()},
        "keys.md": _keys_page(),
        "optimizers.md": optimizers_page(pictures),
        "functions.md": functions_page(pictures),
        "python.md": _python_page(),
    }


def _commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def command_pages() -> dict[str, str]:
    """Return the pages of all commands, by their names."""
    return {name: _command_page(name, command) for name, command in _commands().items()}


def _commands_page(commands: Mapping[str, Any]) -> str:
    rows = [(f"[{name}](commands/{name}.md)", plain(command.short_help)) for name, command in commands.items()]
    pages = "\n".join(f"commands/{name}" for name in commands)
    return page(
        "Commands",
        "The same is printed by `gdviz help COMMAND` and `gdviz COMMAND --help`.\n",
        table(("command", "what it does"), rows),
        f"```{{toctree}}\n:hidden:\n\n{pages}\n```\n",
    )


def _command_page(name: str, command: Any) -> str:
    examples = [line.removeprefix("$ ") for line in command.help.split("\n") if line.startswith("$ ")]
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    usage = " ".join(["gdviz", name, *(_usage(each) for each in arguments), *(["[FLAGS]"] if options else [])])
    panels = dict.fromkeys(_panel(each) for each in options)
    return page(
        f"gdviz {name}",
        f"{plain(command.short_help)}\n",
        f"```text\n{usage}\n```\n",
        table(("argument", "meaning"), [(code(each.metavar), plain(each.help)) for each in arguments])
        if arguments
        else "",
        "For example:\n",
        console(*examples),
        _keys(command.help.partition(f"{command.short_help}\n\n")[2]),
        *itertools.chain.from_iterable(
            (f"## {panel}\n", _flags_table(each for each in options if _panel(each) == panel)) for panel in panels
        ),
    )


def _keys(lines: str) -> str:
    """Return what the keys of a window do, which its command's help tells a line each; nothing if there are none."""
    rows = [tuple(map(plain, line.split(": ", 1))) for line in lines.splitlines()]
    return f"## Keys\n\n{table(('key', 'what it does'), rows)}" if rows else ""


def _usage(argument: Any) -> str:
    return argument.metavar if argument.required else f"[{argument.metavar}]"


def _panel(option: Any) -> str:
    return option.rich_help_panel or "Flags"


def _flags_table(options: Iterable[Any]) -> str:
    rows = [
        (", ".join(map(code, option.opts)), code(option.metavar) if option.metavar else "", plain(option.help))
        for option in options
    ]
    return table(("flag", "value", "meaning"), rows)


def _keys_page() -> str:
    groups: dict[str, list[Key]] = {}
    for key in description_keys():
        groups.setdefault(key.name.rpartition(".")[0], []).append(key)
    return page(
        "Keys of a description",
        "Everything that a TOML file may say, as `gdviz help keys` lists it. Each of these names may follow `--set`, "
        "too: `--set timing.hold=2`. A number in a name counts from 0: `camera.0.azimuth` is the azimuth of the first "
        "of the tables `[[camera]]`.\n",
        *itertools.chain.from_iterable((_group_title(name), _keys_table(keys)) for name, keys in groups.items()),
    )


def _group_title(name: str) -> str:
    if not name:
        return ""
    return f"## `[[{name.removesuffix('.0')}]]`\n" if name.endswith(".0") else f"## `[{name}]`\n"


def _keys_table(keys: Iterable[Key]) -> str:
    rows = [
        (
            code(key.name),
            plain(key.description) + (f" One of {', '.join(map(code, key.choices))}." if key.choices else ""),
            key.default if key.default in ("required", "chosen") else code(key.default),
        )
        for key in keys
    ]
    return table(("key", "what it means", "if absent"), rows)


def _python_page() -> str:
    public = {name: getattr(gdviz, name) for name in gdviz.__all__}
    errors = [name for name, each in public.items() if inspect.isclass(each) and issubclass(each, Exception)]
    classes = [name for name, each in public.items() if inspect.isclass(each) and name not in errors]
    functions = [name for name in public if name not in (*errors, *classes)]
    return page(
        "Python",
        "These names are public, and stay as they are; other modules may change from one version to the next.\n",
        "## Functions\n",
        *(_autodoc("function", name) for name in functions),
        "## Classes\n",
        *(_autodoc("class", name) for name in classes),
        "## Errors\n",
        *(_autodoc("exception", name) for name in errors),
    )


def _autodoc(kind: str, name: str) -> str:
    lines = [f".. auto{kind}:: gdviz.{name}"]
    if name == "Animation":  # its fields are the keys, which have a page of their own
        own = [each for model in Animation.__mro__ if model.__module__.startswith("gdviz.") for each in vars(model)]
        methods = [each for each in own if not each.startswith("_") and callable(getattr(Animation, each, None))]
        lines = [".. autoclass:: gdviz.Animation(**keys)", f"   :members: {', '.join(methods)}"]
    elif kind == "class":
        lines.append("   :members:")
    return "\n".join(["```{eval-rst}", *lines, "```", ""])
