"""TOML from anybody: read as Python's library reads it, within limits that no kind of string hides anything from.

GDVIZ_EXAMPLES=50000 tries so many texts, others in each run.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.description.toml import MAX_DEPTH, MAX_KEY_PARTS, MAX_KEYS, MAX_WORD, TomlError, parse_toml, read_toml

EXAMPLES = int(os.environ.get("GDVIZ_EXAMPLES", "400"))
fuzzed = settings(max_examples=EXAMPLES, derandomize=EXAMPLES == 400, deadline=None, database=None)

# Texts. A string is any of the four kinds, with what could end it too early or too late inside.

SCRAPS = ['"', '""', "'", "''", "\\\\", '\\"', "\\n", "\\u0041", "#", "[", "]", "{", "}", "=", ".", ",", " ", "a", "é"]
LINES = [*SCRAPS, "\n", "\r\n", "\\\n  ", "\\  \n", "x = 1\n", "a.b.c.d.e.f", "[" * 20, "9" * 30]


def is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def scraps(pieces: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=8).map("".join)


basic = scraps(SCRAPS).map('"{}"'.format)
literal = scraps(SCRAPS).map("'{}'".format)
closing = st.sampled_from([3, 4, 5])
multiline_basic = st.builds(lambda text, quotes: '"""' + text + '"' * quotes, scraps(LINES), closing)
multiline_literal = st.builds(lambda text, quotes: "'''" + text + "'" * quotes, scraps(LINES), closing)
one_line = st.one_of(basic, literal).filter(lambda text: is_toml(f"x = {text}") and is_toml(f"x = [{text},]"))
strings = st.one_of(one_line, multiline_basic, multiline_literal).filter(
    lambda text: is_toml(f"x = {text}") and is_toml(f"x = [{text},]")
)
numbers = st.sampled_from(
    ["1", "-0.5e3", "+1_000", "0xff", "inf", "-nan", "1979-05-27T07:32:00.999999-07:00", "07:32:00.5"]
)
gaps = st.sampled_from(["", " ", "\t"])
line_gaps = st.sampled_from(["", " ", "\n", "# [[[ \"\"\" ''' a.b.c.d.e\n", "\r\n"])
keys = st.lists(st.one_of(st.sampled_from(["a", "b-1", "22", "_"]), one_line), min_size=1, max_size=MAX_KEY_PARTS)
dotted = st.builds(lambda parts, gap: f"{gap}.{gap}".join(parts), keys, gaps)
values = st.recursive(
    st.one_of(strings, numbers, st.sampled_from(["true", "false"])),
    lambda inner: st.one_of(
        st.builds(
            lambda items, gap: f"[{gap}" + f"{gap},{gap}".join([*items, ""]) + "]",
            st.lists(inner, max_size=3),
            line_gaps,
        ).map(lambda text: "[]" if "," not in text else text),
        st.lists(st.builds("{} = {}".format, dotted, inner), max_size=2).map(
            lambda items: "{" + ", ".join(items) + "}"
        ),
    ),
    max_leaves=6,
)
comments = st.sampled_from(["", ' # it\'s """ [[[ a.b.c.d.e.f', "\t#"])
statements = st.one_of(
    st.builds("{} = {}{}".format, dotted, values, comments),
    st.builds("[{}]{}".format, dotted, comments),
    st.builds("[[{}]]{}".format, dotted, comments),
    comments,
)
documents = st.builds(
    lambda lines, end: end.join([*lines, ""]), st.lists(statements, max_size=8), st.sampled_from(["\n", "\r\n"])
)
junk = scraps([*LINES, '"""', "'''", "x = ", "\0", "\r", "inf", "2000-02-30", "1e", "0x", "\ud800"])


def depth(value: Any) -> int:
    """Return how many tables and arrays are in one another."""
    if isinstance(value, dict | list):
        return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


def told(value: Any) -> str:
    """Return what a value is, so that nan is itself and 1 is not True."""
    return repr(value)


@fuzzed
@given(st.one_of(documents, junk, st.builds("{}{}".format, documents, junk), st.text()))
@example('x = """a""""\ny = 1')
@example("x = '''a'''''\ny = 1")
@example('x = """\\""""""\ny = 1')
@example("a = 1.5\nb.c.d.e = 2.5")
def test_what_is_within_the_limits_is_read_as_python_reads_it(text: str):
    if is_toml(text) and depth(tomllib.loads(text)) <= MAX_KEY_PARTS:
        assert told(parse_toml(text)) == told(tomllib.loads(text))
    else:
        try:
            read = parse_toml(text)
        except TomlError as error:
            assert len(str(error)) < 400
            assert str(error).isprintable()
        else:
            assert told(read) == told(tomllib.loads(text))


BEYOND = {
    "parts": "k." * MAX_KEY_PARTS + "k = 1",
    "parts in quotes": "'k' . " * MAX_KEY_PARTS + '"k" = 1',
    "parts of a table": "[" + "k." * MAX_KEY_PARTS + "k]",
    "parts of an array of tables": "[[" + "k." * MAX_KEY_PARTS + "k]]",
    "parts in a table": "k = { x = 1.5, " + "k." * MAX_KEY_PARTS + "k = 1 }",
    "arrays": "k = " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
    "tables": "k = " + "{ k = " * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1),
    "digits": "k = [0, " + "9" * (MAX_WORD + 1) + "]",
    "hexadecimal digits": "k = 0x" + "f" * MAX_WORD,
    "digits of a float": "k = 0." + "9" * (MAX_WORD + 1),
    "letters": "k" * (MAX_WORD + 1) + " = 1",
    "keys": "\n".join(f"k{number} = 1" for number in range(MAX_KEYS + 1)),
    "tables of one array": "[[k]]\n" * (MAX_KEYS + 1),
    "keys of a table": "k = {" + ",".join(f"k{number}=1" for number in range(MAX_KEYS + 1)) + "}",
    "empty tables": "k = [" + "{}," * (MAX_KEYS + 1) + "]",
}


@pytest.mark.parametrize("case", BEYOND)
def test_no_string_or_comment_hides_what_is_beyond_the_limits(case: str):
    assert is_toml(BEYOND[case])

    @settings(fuzzed, max_examples=max(1, EXAMPLES // 20))
    @given(strings, strings, comments, line_gaps)
    @example('""""""""', "''''''''", "", "")
    @example('"""\\""""', "'''\\'''", "", "")
    def hidden(first: str, second: str, comment: str, gap: str) -> None:
        text = f"first = {first}{comment}\nsecond = [{gap}{second}{gap},{gap}{first}{gap}]{comment}\n{BEYOND[case]}"
        assert is_toml(text)
        with pytest.raises(TomlError, match="beyond what gdviz reads"):
            parse_toml(text)

    hidden()


WITHIN = {
    "parts": ".".join("k" * MAX_KEY_PARTS) + " = 1.5",
    "arrays": "k = " + "[" * MAX_DEPTH + "]" * MAX_DEPTH,
    "digits": "k = " + "9" * MAX_WORD,
    "keys": "\n".join(f"k{number} = 1.5" for number in range(MAX_KEYS)),
    "values": "k = [" + "[1.5, 2.5],\n" * 20_000 + "]",
    "letters of a string": "k = '" + "k" * 1_000_000 + "'",
}


@pytest.mark.parametrize("case", WITHIN)
def test_the_limits_themselves_are_accepted(case: str):
    assert parse_toml(WITHIN[case]) == tomllib.loads(WITHIN[case])


# Files

HUGE = {
    "long key behind four quotes": 'x = ["""a"""", """b"""]\n' + "a." * 20_000 + "b = 1",
    "long key behind five quotes": "x = '''a'''''\n" + "a . " * 10_000 + "b = 1",
    "long key in a table": 't = { x = """a"""", ' + "a." * 20_000 + "b = 1 }",
    "escapes": 'x = """' + '\\"""' * 100_000,
    "quotes": "x = '''" + "''a" * 100_000,
    "digits": "x = " + "9" * 1_000_000,
    "unclosed arrays": "x = " + "[" * 1_000_000,
    "tables": "\n".join(f"[{number}.b.c.d]" for number in range(80_000)),
    "keys": "\n".join(f"{number}.b.c.d = 1" for number in range(70_000)),
    "arrays of tables": "[[camera]]\n" * 100_000,
    "starts that are tables": "function = 'sphere'\nstarts.points = [" + "{}," * 150_000 + "]",
    "starts that are numbers": "function = 'sphere'\nstarts.points = [" + "1," * 150_000 + "]",
    "starts of texts": "function = 'sphere'\nstarts.points = [" + "['',''],\n" * 40_000 + "]",
    "one start of texts": "function = 'sphere'\nstarts.points = [[" + "''," * 120_000 + "]]",
    "an extent of texts": "function = 'sphere'\nextent = [" + "''," * 120_000 + "]",
    "a key of a million letters": "function = 'sphere'\n'" + "k" * 1_000_000 + "' = 1",
}
READ_ALL = """
import sys
from pathlib import Path
from gdviz.description.animation import Animation
from gdviz.errors import InputError
for path in sorted(Path().glob("*.toml")):
    try:
        Animation.load(path)
    except InputError as error:
        assert len(str(error)) < 600 and str(error).isprintable(), path
        print(path.stem)
"""


def test_no_file_takes_much_memory_or_time_to_refuse(tmp_path: Path):
    """Without limits each of these took from 0.3 GB to all that there is, or minutes to hours."""
    for name, text in HUGE.items():
        (tmp_path / f"{name}.toml").write_text(text)
    empty = _peak("import gdviz.description.animation", tmp_path)
    peak = _peak(READ_ALL, tmp_path)
    assert peak - empty < 150e6


def _peak(program: str, folder: Path) -> float:
    """Run a program that reads the files in a folder; return the most memory that it had in bytes."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (100, 100))\n"
    last = "\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    ended = subprocess.run(
        [sys.executable, "-c", limit + program + last],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    *refused, peak = ended.stdout.splitlines()
    assert not refused or refused == sorted(HUGE)
    return int(peak) * 1024


def refused(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    result = CliRunner().invoke(app, ["render", str(path)])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert str(path) in result.stderr
    return result.stderr


def test_a_byte_order_mark_is_passed_over(tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text('function = "sphere"\n', encoding="utf-8-sig")
    assert read_toml(path)[0] == {"function": "sphere"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["\ufefffunction = 'sphere'", "function = 'sphere'", "\n", "#"])
def test_another_encoding_is_named(encoding: str, text: str, tmp_path: Path):
    assert f"is {encoding[:6].upper()} text; save it as UTF-8" in refused(tmp_path, text.encode(encoding))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"# \xe4rgerlich\n", "toml:1: is not UTF-8 text (byte 2); save it as UTF-8"),
        (b"function = 'sphere'\n\0\n", "is not valid TOML"),
        (b"function = 'sphere'\rfps = 3\r", "is not valid TOML"),
        (b"function = 'sphere'\nfps = 1979-02-30", "toml:2:7: is not valid TOML: invalid date"),
        (b'title = "\\ud800"', "is not valid TOML"),
        (b'"' + b"k" * 5000 + b'" = 1\n"' + b"k" * 5000 + b'" = 1', "is not valid TOML"),
        (b"function = 'sphere'\nfps = 2000-01-01", "fps: must be a number"),
        (b"function = 'sphere'\nmax_iterations = 99999999999999999999", "max_iterations: "),
        (b"function = 'sphere'\n__proto__ = 1", "'__proto__' is not a key"),
        (b"function = 'sphere'\n__class__ = 1", "'__class__' is not a key"),
        (b"function = 'sphere'\nmodel_config = 1", "'model_config' is not a key"),
        (b"function = 'sphere'\n" + b"k" * 400 + b" = 1", "is not a key"),
    ],
)
def test_odd_content_gets_one_short_sentence(content: bytes, words: str, tmp_path: Path):
    message = refused(tmp_path, content)
    assert words in message
    assert len(message) < 400 + len(str(tmp_path))


def test_what_is_no_file_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.toml")
    Path("folder.toml").mkdir()
    Path("device.toml").symlink_to("/dev/zero")
    Path("loop.toml").symlink_to("loop.toml")
    Path("nowhere.toml").symlink_to("missing")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.toml")
        for name, words in {
            "pipe": "is a pipe or a device",
            "device": "is a pipe or a device",
            "folder": "is a folder",
            "nowhere": "there is no such file",
            "loop": "cannot be read (",
            "socket": "cannot be read (",
            "folder.toml/x": "there is no such file",
        }.items():
            result = CliRunner().invoke(app, ["render", f"{name}.toml"])
            assert (result.exit_code, result.stderr.count("\n")) == (2, 1), result.stderr
            assert f"{name}.toml: {words}" in result.stderr
