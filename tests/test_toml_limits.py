"""What is said of a TOML file that is beyond the limits or no TOML, and what does not count."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from gdviz.description.toml import MAX_BYTES, TomlError, parse_toml, read_toml
from gdviz.errors import InputError

FOUR_PARTS, FIVE_PARTS = "a.b.c.d = 1.5", "a.b.c.d.e = 1"
DEEP, TOO_DEEP = "k = " + "[" * 8 + "]" * 8, "k = " + "[" * 9 + "]" * 9


def refusal(text: str) -> str:
    with pytest.raises(TomlError) as refused:
        parse_toml(text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (FIVE_PARTS, "a key has more than 4 parts (at 1)"),
        ("\n\nx = 1\n" + FIVE_PARTS + "\n\n", "a key has more than 4 parts (at 4)"),
        ("\n" + TOO_DEEP + "\n", "arrays and tables are nested more than 8 deep (at 2)"),
        ("x = 1\n" + "k" * 401 + " = 1\n\n", "a key or a number has more than 400 characters (at 2)"),
        ("x = [\n1,\n" + "9" * 401 + "]\n", "a key or a number has more than 400 characters (at 3)"),
        ("".join(f"k{n} = 1\n" for n in range(3000)), "there are more than 2,000 keys and tables (at 2001)"),
        ("[k]\n" * 3000, "there are more than 2,000 keys and tables (at 2001)"),
        ("k = [" + "{},\n" * 3000 + "]", "there are more than 2,000 keys and tables (at 1999)"),
    ],
)
def test_what_is_beyond_a_limit_is_told_with_its_line(text: str, sentence: str):
    assert refusal(text) == f"is beyond what gdviz reads: {sentence}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"# {FIVE_PARTS} {TOO_DEEP}", id="a comment at the end"),
        pytest.param(f"# {FIVE_PARTS} ''' {TOO_DEEP}\nx = 1", id="a comment"),
        pytest.param(f'x = 1 # """ {FIVE_PARTS}\ny = 2 # \' {TOO_DEEP}\n', id="comments behind values"),
        pytest.param("#\n#\nx = 1", id="empty comments"),
        pytest.param(f'x = "{FIVE_PARTS}"', id="a string"),
        pytest.param(f"x = '{FIVE_PARTS}'", id="a literal string"),
        pytest.param(f"x = '\\'\ny = '{FIVE_PARTS}'", id="a literal string that ends in a backslash"),
        pytest.param(f'x = "\\" {FIVE_PARTS}"', id="a quote in a string"),
        pytest.param(f'x = "\\\\"\ny = "{FIVE_PARTS}"', id="a backslash at the end of a string"),
        pytest.param(f'x = """\n{FIVE_PARTS}\n" "" {TOO_DEEP}"""', id="a string of several lines"),
        pytest.param(f"x = '''\n{FIVE_PARTS}\n' '' {TOO_DEEP}'''", id="a literal string of several lines"),
        pytest.param(f'x = """\\""" {FIVE_PARTS}"""', id="three quotes in a string of several lines"),
        pytest.param(f'x = """a""""\ny = """{FIVE_PARTS}"""', id="four quotes at an end"),
        pytest.param(f'x = """a"""""\ny = """{FIVE_PARTS}"""', id="five quotes at an end"),
        pytest.param(f"x = '''a''''\ny = '''{FIVE_PARTS}'''", id="four single quotes at an end"),
        pytest.param(f"x = '''a'''''\ny = '''{FIVE_PARTS}'''", id="five single quotes at an end"),
        pytest.param("x = \"\"\ny = ''\nz = \"\"\"\"\"\"\nw = ''''''", id="empty strings"),
        pytest.param("x = 1" + "\n" * 1000 + "y = 2", id="many empty lines"),
        pytest.param("[[t]]\n" + DEEP + "\n" + FOUR_PARTS + "\n[a.b.c.d]\n[e.f]\n", id="what is at a limit"),
        pytest.param("k = [1.5, 2.5, 3.5, 4.5, 5.5]\nl = [[1], [2], [3], [4], [5], [6], [7], [8], [9]]", id="lists"),
        pytest.param("k = " + "9" * 400 + "\n" + "l" * 400 + " = 1", id="a number and a key of four hundred letters"),
        pytest.param("k = [" + "9.5, " * 3000 + "]", id="many numbers"),
        pytest.param("k = [" + "[9], " * 3000 + "]", id="many lists in a list"),
        pytest.param("".join(f"k{number} = 1\n" for number in range(2000)), id="two thousand keys"),
    ],
)
def test_what_is_within_the_limits_is_read(text: str):
    assert parse_toml(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param('x = """a""""\n', id="four quotes"),
        pytest.param('x = """a"""""\n', id="five quotes"),
        pytest.param("x = '''a'''''\n", id="five single quotes"),
        pytest.param('x = "a\\\\"\n', id="a backslash at the end"),
        pytest.param("x = '\\'\n", id="a backslash that is one"),
        pytest.param('x = """\\\\"""\n', id="a backslash at the end of lines"),
        pytest.param("# ' \"\n", id="a comment"),
        pytest.param("#\n", id="an empty comment"),
        pytest.param('x = 1 # """\n', id="quotes in a comment"),
        pytest.param("x = '#'\n", id="a comment's sign in a string"),
    ],
)
def test_what_stands_before_hides_nothing(hidden: str):
    assert "a key has more than 4 parts" in refusal(hidden + FIVE_PARTS)


def test_a_string_or_a_comment_without_an_end_is_no_toml():
    for text in ('x = "', "x = '", 'x = """\n', "x = '''\n''", 'x = "\\'):
        assert refusal(text).startswith("is not valid TOML: ")


def test_a_file_that_is_too_large_is_refused_and_one_that_just_fits_is_read(tmp_path: Path):
    path = tmp_path / "large.toml"
    path.write_bytes(b"#" * MAX_BYTES)
    assert read_toml(path) == ({}, "#" * MAX_BYTES)
    for more in (1, 2, 1000):
        path.write_bytes(b"#" * (MAX_BYTES + more))
        with pytest.raises(InputError) as refused:
            read_toml(path)
        assert str(refused.value) == f"{path}: is too large; at most 1,200,000 bytes are accepted"


@pytest.mark.parametrize(
    ("content", "line", "byte"), [(b"\xff", 1, 0), (b"\n\n\xff", 3, 2), (b"x = 1\n# \xe4\n\n\n", 2, 8)]
)
def test_what_is_not_utf_8_is_told_with_its_line_and_byte(tmp_path: Path, content: bytes, line: int, byte: int):
    path = tmp_path / "latin.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_toml(path)
    assert str(refused.value) == f"{path}:{line}: is not UTF-8 text (byte {byte}); save it as UTF-8"


def test_what_is_no_file_is_told_in_a_sentence_and_left_closed(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for name, sentence in {
        "folder": "is a folder; a TOML file is needed",
        "pipe": "is a pipe or a device; a regular file is needed",
        "missing": "there is no such file",
        "loop": "cannot be read (Too many levels of symbolic links)",
    }.items():
        with pytest.raises(InputError) as refused:
            read_toml(tmp_path / name)
        assert str(refused.value) == f"{tmp_path / name}: {sentence}"
    assert len(list(Path("/proc/self/fd").iterdir())) == before
