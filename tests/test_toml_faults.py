"""What is said of slips in a TOML: the line, the column and what would be right."""

from __future__ import annotations

import pytest

from gdviz.description.toml import TomlError, parse_toml

SLIPS = {
    "function = himmelblau": ("a text needs quotes: 'himmelblau'", "1:12"),
    "fps = 30\ncaption = True": ("true and false have small letters: true, not True", "2:11"),
    "caption = yes": ("a switch is true or false, not yes", "1:11"),
    "loop = None": ("there is no None in TOML; leave the key out", "1:8"),
    "function = “sphere”": ("a text needs straight quotes, and not “", "1:12"),
    "background = #fff": ("a value is missing; a colour needs quotes, since # begins a comment", "1:14"),
    "fps = \n": ("a value is missing", "1:7"),
    "noise = -.5": ("a number has a digit before its point: -0.5, not -.5", "1:9"),
    "noise = ?": ("'?' is no value; a text needs quotes", "1:9"),
    "noise = 0,5": (
        "a line ends after its value, and here follows ',5'; decimals follow a point, and a list stands in brackets",
        "1:10",
    ),
    "noise = 1/3": ("a line ends after its value, and here follows '/3'; a number must be worked out", "1:10"),
    "fps = 3 grid = 4": ("follows 'grid = 4'; each key has a line of its own", "1:9"),
    "title = 'it's'": ("follows \"s'\"; a text with ' in it has quotes of the other kind", "1:13"),
    "fps: 30": ("a key and its value are written with =, as in fps = 30, and not ':'", "1:4"),
    "fps = 30\n\nfps = 20\n": ("'fps' is there already; leave one out", "3:9"),
    "[timing]\n[timing]": ("'[timing]' is there already; leave one out", "2:8"),
    "timing = { hold = 1, hold = 2 }": ("a table in braces has the same key twice; leave one out", "1:30"),
    "size = [3 4]": ("a list has commas between its values, and a ] at its end", "1:11"),
    "starts = {\ngrid = 3 }": ("a table in braces is one line, with commas between its keys", "1:11"),
    "starts = { grid = 3": ("and a } at its end", "1:20"),
    "[timing\nhold = 3": ("the name of a table ends with as many ] as it begins with", "1:8"),
    "[]": ("the name of a key or a table is missing", "1:2"),
    "= 3": ("a line begins with a key, a table in brackets or a comment, not with '='", "1:1"),
    'title = "a\nb"': ("a text has no quote at its end", "1:11"),
    "title = 'a": ("a text has no quote at its end", "1:11"),
    'title = "a\0"': ("a text cannot have the character '\\x00'; write it as \\u0000", "1:11"),
    r'function = "\log(x)"': ("in \"...\" a backslash is written twice; in '...' once", "1:15"),
    'title = "\\ud800"': ("escaped character is not a Unicode scalar value", "1:16"),
}


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_is_told_in_words_with_its_place(text: str):
    with pytest.raises(TomlError) as refused:
        parse_toml(text)
    words, place = SLIPS[text]
    assert refused.value.reason.startswith("is not valid TOML: ")
    assert words in refused.value.reason
    assert refused.value.place == place
