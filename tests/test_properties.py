"""Whatever is fed to the command line, it answers: with a result or with one sentence, never with a traceback.

How long that takes, and how much memory, `tests/fuzz.py` measures.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.presets import presets
from gdviz.functions.known import KNOWN_FUNCTIONS

Strategy = st.SearchStrategy[Any]


def answered(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


SCHEMA = Animation.model_json_schema()


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)


def answer(*arguments: str) -> tuple[int, str]:
    """Return a command's exit code, which has to be 0 or 2, and what it wrote to stderr."""
    result = CliRunner().invoke(app, list(arguments), prog_name="gdviz")
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code in (0, 2), result.stderr
    assert "Traceback" not in result.stderr
    return result.exit_code, result.stderr


def refused_in_a_sentence(*arguments: str) -> None:
    """Run a command whose output's folder is missing: if nothing else is wrong with it, it is refused for that."""
    code, stderr = answer(*arguments)
    assert code == 2
    first, *place = stderr.splitlines()
    assert first.startswith("gdviz: ")
    assert len(place) in (0, 2)  # the text and a mark under it, where an expression cannot be read
    assert all(line.startswith("    ") for line in place)
    assert len(stderr) < 800


# Descriptions

numbers = st.one_of(st.integers(), st.floats(), st.sampled_from([0, 1, -1, 10**30, -(10**400), 2**63, 1e308, 5e-324]))
dates = st.one_of(st.dates(), st.times(), st.datetimes(min_value=datetime.datetime(1, 1, 2)))
junk = st.recursive(
    st.one_of(numbers, st.booleans(), st.text(max_size=30), dates),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
functions = st.sampled_from(["sphere", "himmelblau", "x**4 - x", "log(x)*y", "parabola", "nothing", "import os"])


def of_schema(schema: Mapping[str, Any]) -> Strategy:
    """Return values of a JSON Schema, as far as the ones of an animation go; their limits are not heeded."""
    if "$ref" in schema:
        return of_schema(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return st.one_of([of_schema(each) for each in schema["anyOf"] if each.get("type") != "null"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            return described(schema)
        case "array" if "prefixItems" in schema:
            return st.tuples(*map(of_schema, schema["prefixItems"])).map(list)
        case "array":
            return st.lists(of_schema(schema["items"]), max_size=4)
        case "integer":
            return st.integers(-2, 3000)
        case "number":
            return st.floats(-5, 5) | st.sampled_from([0, 1, 30, 1e9])
        case "boolean":
            return st.booleans()
    return st.text(max_size=20)


def described(schema: Mapping[str, Any]) -> Strategy:
    """Return tables with some of a schema's keys; now and then a value is junk, or a key is misspelt."""
    keys = {name: of_schema(each) for name, each in schema["properties"].items()}
    if "function" in keys:
        keys["function"] = functions
    right = st.fixed_dictionaries({}, optional=keys)
    wrong = st.dictionaries(st.sampled_from(list(keys)), junk, max_size=2)
    misspelt = st.dictionaries(
        st.sampled_from([name[:-1] + "x" for name in keys]) | st.text(max_size=9), junk, max_size=1
    )
    return st.one_of(right, st.builds(lambda *parts: {**parts[0], **parts[1], **parts[2]}, right, wrong, misspelt))


def toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value)
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case float() | int():
            return repr(value)
    return value.isoformat()


def refused(content: bytes) -> None:
    Path("mine.toml").write_bytes(content)
    refused_in_a_sentence("render", "mine.toml", "--output", "missing/film.mp4")


@answered(120)
@given(described(SCHEMA))
def test_any_description_is_accepted_or_refused_in_a_sentence(description: dict[str, Any]):
    refused("\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in description.items()).encode())


@answered(48)
@given(
    st.sampled_from([path.read_bytes() for path in presets().values()]),
    st.floats(0, 1),
    st.integers(0, 9),
    st.binary(max_size=12) | st.text(max_size=12).map(str.encode),
)
@example(b"", 0, 0, b'function = "sphere"\nx = ' + b"[" * 100_000)
@example(b"", 0, 0, b'function = "sphere"\nx = ' + b"{a=" * 100_000)
@example(b"", 0, 0, b"a." * 100_000 + b"b = 1")
@example(b"", 0, 0, b"'a' . " * 100_000 + b"b = 1")
@example(b"", 0, 0, b'x = """' + b'\\"""' * 200_000)
@example(b"", 0, 0, b"[[camera]]\n" * 100_000)
@example(b"", 0, 0, b"max_iterations = 0x" + b"f" * 1_000_000)
@example(b"", 0, 0, b"fps = " + b"9" * 5_000)
@example(b"", 0, 0, b'function = "' + b"x+" * 500_000 + b'x"')
@example(b"", 0, 0, b'function = "sphere"\nstarts = { points = [' + b"[1,2]," * 60_000 + b"] }")
@example(b"", 0, 0, b" " * 10_000_000)
def test_any_bytes_are_refused_in_a_sentence(whole: bytes, share: float, cut: int, inserted: bytes):
    place = int(share * len(whole))
    refused(whole[:place] + inserted + whole[place + cut :])


# Expressions

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
tokens = st.lists(st.sampled_from([*"xy+-*/^(),.019e #'", "**", " ", *KNOWN_FUNCTIONS]), max_size=30).map("".join)
trees = st.recursive(
    st.sampled_from(["x", "y", "2", "0.5", "pi"]),
    lambda inner: st.one_of(
        st.builds("({}{}{})".format, inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner),
        st.builds(
            "{}({})".format,
            st.sampled_from([name for name, known in KNOWN_FUNCTIONS.items() if known.arity == 1]),
            inner,
        ),
        st.builds(
            "{}({},{})".format,
            st.sampled_from([name for name, known in KNOWN_FUNCTIONS.items() if known.arity == 2]),
            inner,
            inner,
        ),
    ),
    max_leaves=40,
)


def nested(form: str, times: int) -> str:
    text = "x"
    for _ in range(times):
        text = form.format(text)
    return text


@answered(72)
@given(texts | tokens | trees)
@example(nested("exp({}*y)", 28))
@example(nested("exp(y*{})**0.5", 18))
@example(nested("max({},y)", 58))
@example(nested("sin({})", 58))
@example(nested("abs({}-y)", 28))
@example(nested("tanh(cos({}))", 28))
@example(nested("tan(x+sinh(acos({})))", 14))
@example(nested("x**({})", 55))
@example(nested("({}+y)**100", 28))
@example("*".join(f"(x+{k}*y)" for k in range(41)))
@example("sqrt(cos(atan(tanh(3/tanh(2**cos((0.5/(sinh(acos(tan((3-y)**2)))+cos(3*x)))**2)))))*tanh(sqrt(x)))")
@example("(x**2)**sin((0.5-y**(2-y))*x)")
@example("x**(y**(x**y))")
@example("1e400*x")
@example("9" * 1999)
@example("(x\n+ y)")
def test_any_text_is_an_expression_or_refused(text: str):
    code, stderr = answer("descend", "--max-iterations", "2", "--start", "1", "--", text)
    lines = stderr.splitlines()
    assert all(line.startswith(("gdviz: ", "    ")) for line in lines)
    assert code == 0 or len([line for line in lines if line[0] == "g" and " is read as " not in line]) == 1


# Flags

FLAGS = (
    "--start", "--grid", "--random", "--seed", "--learning-rate", "--tolerance", "--max-iterations", "--domain",
    "--view", "--size", "--fps", "--seconds", "--set", "--jobs", "--optimizer", "--schedule", "--noise",
)  # fmt: skip
figures = st.text("0123456789.,-+eExX_naif ٣１", max_size=20)
paths = st.builds("{}={}".format, st.text("abcdefghijklmnoprstuw._0123456789", max_size=25), texts | junk.map(toml))
keys = st.builds(
    "{}={}".format,
    st.sampled_from([*SCHEMA["properties"], "timing.hold", "starts.grid", "starts.points.0", "camera.0.at", "size.0"]),
    junk.map(toml),
)


@answered(150)
@given(st.sampled_from(FLAGS), texts | figures | paths | keys | numbers.map(str))
@example("--random", "1000000000000")
@example("--seed", "-1")
@example("--set", "a." * 50_000 + "=1")
@example("--set", "x=" + "[" * 100_000)
@example("--set", "x=0x" + "f" * 100_000)
@example("--view", "," * 100_000)
@example("--optimizer", "adam:" + "beta1.x=1," * 10_000)
@example("--optimizer", "adam:beta1=" + "[" * 100_000)
def test_any_value_of_a_flag_is_refused_in_a_sentence(flag: str, value: str):
    given = [f"{flag}={value}", *(["--random=3"] if flag == "--seed" else [])]
    refused_in_a_sentence("render", "sphere", "--output", "missing/film.mp4", *given)


@answered(30)
@given(texts | figures | numbers.map(str))
def test_any_moment_is_refused_in_a_sentence(at: str):
    refused_in_a_sentence("still", "sphere", "--output", "missing/still.png", f"--at={at}")
