"""The line on which a key of a TOML stands: every place that Python's parser reads is found, and errors name it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gdviz.description.animation import Animation
from gdviz.description.toml_lines import lines_of
from gdviz.errors import InputError

ODD = (
    r"""# [a]
"key \u0041" . 'l.m' = '''x = 1
[no]'''''  # line 3
t.u = [1, # ]
  [2, "]"], {z = 1, y.x = [4]},
]
[[runs]]
a = "\"#"
[runs.inner]
b = 1979-05-27 07:32:00
[[runs.deep]]
c = []
[[runs]] # line 13
[[runs.deep]]
[ runs . deep . d ]
e = { f.g = {}, "h" = { i = '}' } } # line 16
"""
    + '[end]\nlast = """\\""" a"""'
)


def places(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if above:
        yield above
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*above, str(key)))


@pytest.mark.parametrize("text", [ODD, *(path.read_text() for path in Path("presets").glob("*.toml"))])
def test_every_key_and_item_is_found(text: str):
    """With Windows' ends of lines, too."""
    for each in (text, text.replace("\n", "\r\n")):
        every = set(places(tomllib.loads(each)))
        assert lines_of(each, every).keys() == every


def test_a_key_stands_where_it_is_written():
    wanted = {
        ("key A", "l.m"): 2,
        ("t", "u", "1", "1"): 5,
        ("t", "u", "2", "y", "x", "0"): 5,
        ("runs", "0", "inner", "b"): 10,
        ("runs", "0", "deep", "0", "c"): 12,
        ("runs", "1"): 13,
        ("runs", "1", "deep", "0", "d", "e", "h", "i"): 16,
        ("end", "last"): 18,
    }
    found = lines_of(ODD, [*wanted, ("nowhere",), ("end", "missing")])
    assert {place: line for place, line in found.items() if place in wanted} == wanted
    assert found["end",] == 17
    assert ("nowhere",) not in found


WRONG = {
    'function = "sphere"\nfps = 0': ":2: fps: frames a second",
    'function = "sphere"\nlearning_rate = 1\n[[runs]]\n[[runs]]\noptimizer = "adm"': ":5: runs.1.optimizer: ",
    'function = "sphere"\n\ntiming.hold = -1': ":3: timing.hold: ",
    'function = "sphere"\ntiming = {\thold = -1 }': ":2: timing.hold: ",
    'function = "sphere"\nstarts.points = [\n[1, 2],\n[1, nan]]': ":4: starts.points.1.1: ",
    'function = "sphere"\n[timing]\nhodl = 1': ":3: 'timing.hodl' is not a key",
    'function = "sphere"\n[[camera]]\nat = 0\nelevation = 9': ":2: camera.0.azimuth: must be given",
    "[timing]\nhold = 1\nfps = 20": ":3: 'timing.fps' is not a key of an animation; fps is one by itself",
    # values that do not fit together
    'function = "sphere"\n[[runs]]\n\n[[runs]]\n': ":4: runs 1 and 2 are the same",
    'function = "sphere"\n' + 2 * "[[camera]]\nat = 1\nazimuth = 0\nelevation = 9\n": ":7: camera: keyframes must",
    'fps = 20\nfunction = "x^2"\nstarts = { grid = 2, random = 3 }': ":3: starts: give exactly one",
    'fps = 20\nfunction = "x^2"\nextent = [0, 1, 0, 1]': ":3: the extent of this function is xmin,xmax",
    # what is on no line
    "fps = 20": ": function must be given",
    # several
    'fps = 0\n[timing]\nhold = -1\n[starts]\ngird = 3\n[[runs]]\nmomentum = "a"\n': (
        ":1: fps: frames a second must lie between 1 and 120, not be 0; lines 3, 5 and 7 are wrong, too"
    ),
    "starts = 3\nfuction = 1\nfps = true": ":1: starts: must be a table with keys, not '3'; line 2 is wrong, too",
    "\n".join(f"key{number} = 1" for number in range(9)): "lines 2, 3, 4, 5, 6 and 3 more are wrong, too",
}


@pytest.mark.parametrize("text", WRONG)
def test_an_error_names_its_line(text: str, tmp_path: Path):
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(InputError) as refused:
        Animation.load(tmp_path / "mine.toml")
    told = str(refused.value)
    assert told.startswith(f"{tmp_path / 'mine.toml'}:")
    assert WRONG[text] in told
