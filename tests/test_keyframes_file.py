"""Keyframes are written into a description, and all else in it stays."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from gdviz.description.animation import Animation
from gdviz.description.camera_toml import keyframe_lines, whole_description, with_keyframes
from gdviz.description.presets import presets
from gdviz.description.tables import CameraKey
from gdviz.errors import InputError
from gdviz.keyframes_file import keyframes_file

WRITTEN = """\
# A film
function = "sphere"  # a bowl

# It opens from above.
[[camera]]  # one
at = 0
azimuth = -70.0   # from the west
elevation = 90

# Then it comes down.
[[camera]]
at = 0.5
azimuth = -62
elevation = 8_4

[timing]
hold = 2
"""


def key(at: float, azimuth: float = 0, elevation: float = 40, zoom: float = 1) -> CameraKey:
    return CameraKey(at=at, azimuth=azimuth, elevation=elevation, zoom=zoom)


FIRST, SECOND = key(0, -70, 90), key(0.5, -62, 84)


def test_what_stays_is_not_touched():
    assert with_keyframes(WRITTEN, [FIRST, SECOND]) == WRITTEN
    for name, path in presets().items():
        text = path.read_text(encoding="utf-8")
        assert with_keyframes(text, Animation.load(path).camera) == text, name


def test_a_number_changes_in_its_line_and_a_comment_stays_with_its_keyframe():
    changed = with_keyframes(WRITTEN, [key(0, -12.5, 90), key(0.25, 1.5, 60), key(0.5, -62, 84, 1.25)])
    assert changed == WRITTEN.replace("azimuth = -70.0 ", "azimuth = -12.5 ").replace(
        "8_4\n", "8_4\nzoom = 1.25\n"
    ).replace("# Then", "[[camera]]\nat = 0.25\nazimuth = 1.5\nelevation = 60\nzoom = 1\n\n# Then")


def test_keyframes_come_and_go_and_no_comment_is_lost():
    later = with_keyframes(WRITTEN, [FIRST, key(0.75)])
    assert [each["at"] for each in tomllib.loads(later)["camera"]] == [0, 0.75]
    assert later.count("#") == WRITTEN.count("#")
    assert later.index("# Then") < later.index("[timing]")
    none = with_keyframes(WRITTEN, [])
    assert tomllib.loads(none) == {"function": "sphere", "timing": {"hold": 2}}
    assert none.startswith("# A film\n")
    assert tomllib.loads(with_keyframes(none, [SECOND]))["camera"][0]["at"] == 0.5


@pytest.mark.parametrize(
    "text",
    [
        'function = "sphere"',
        'function = "sphere"\ncamera = []\nfps = 3',
        'function = "sphere"\r\n[timing]\r\nhold = 1\r\n',
        "camera = [{ at = 0, azimuth = 5, elevation = 6 }, # first\n  { at = 1, azimuth = 7, elevation = 8 } # last\n]",
        "[[camera]]\nat = 0\nazimuth = 1\nelevation = 2\n[timing]\nhold = 2\n[[camera]]\nat=1\nazimuth=1\nelevation=2",
    ],
)
def test_keyframes_are_written_in_any_form_of_toml(text: str):
    before = tomllib.loads(text)
    for keyframes in ([FIRST], [FIRST, key(0.3), key(1)], [key(1, 2, 3, 4)], []):
        after = with_keyframes(text, keyframes)
        data = tomllib.loads(after)
        assert [CameraKey(**each) for each in data.pop("camera", [])] == keyframes
        assert data == {name: value for name, value in before.items() if name != "camera"}
        assert after.count("# last") == text.count("# last") or not any(each.at == 1 for each in keyframes)


def test_lines_end_as_they_did(tmp_path: Path):
    target = tmp_path / "film.toml"
    target.write_bytes(b'\xef\xbb\xbffunction = "sphere"\r\n[timing]\r\nhold = 1')
    keyframes_file(target, Animation(function="sphere"), None).write([FIRST, SECOND])
    written = target.read_bytes()
    assert written.count(b"\n") == written.count(b"\r\n") > 8
    assert Animation.load(target).camera == (FIRST, SECOND)


def test_keyframes_are_printed_as_a_file_has_them():
    assert keyframe_lines([]) == []
    printed = "\n".join(keyframe_lines([FIRST, key(0.123, 1.5, 2, 1.125)]))
    assert [CameraKey(**each) for each in tomllib.loads(printed)["camera"]] == [FIRST, key(0.123, 1.5, 2, 1.125)]
    assert "azimuth = -70\n" in printed


@pytest.mark.parametrize("name", presets())
def test_a_new_file_describes_the_whole_film(name: str):
    animation = Animation.load(presets()[name])
    folder = presets()[name].parent
    text = whole_description(animation, folder)
    assert Animation.from_data(tomllib.loads(text), str(folder / "new.toml")).model_dump() == animation.model_dump()
    assert text.splitlines()[1].startswith(("function = ", "landscape = "))


def test_a_new_file_keeps_the_comments_of_the_one_that_is_viewed_and_has_the_flags(tmp_path: Path):
    source, target = tmp_path / "source.toml", tmp_path / "new.toml"
    source.write_text(WRITTEN)
    keyframes_file(target, Animation.load(source), source).write([FIRST])
    assert target.read_text() == with_keyframes(WRITTEN, [FIRST])
    assert source.read_text() == WRITTEN
    target.unlink()
    larger = Animation.load(source).model_copy(update={"size": (640, 640)})
    keyframes_file(target, larger, source).write([FIRST])
    written = Animation.load(target)
    assert (written.size, written.camera, written.timing.hold) == ((640, 640), (FIRST,), 2)


def test_a_file_that_is_there_keeps_what_another_program_has_written_meanwhile(tmp_path: Path):
    target = tmp_path / "film.toml"
    target.write_text(WRITTEN)
    file = keyframes_file(target, Animation(function="himmelblau"), None)
    target.write_text(WRITTEN.replace("hold = 2", "hold = 3 # longer"))
    file.write([SECOND])
    assert "hold = 3 # longer" in target.read_text()
    assert Animation.load(target).camera == (SECOND,)
    target.write_text("function = ")
    with pytest.raises(InputError) as raised:
        file.write([FIRST])
    assert str(raised.value).count("film.toml") == 1
    assert target.read_text() == "function = "


def test_a_landscape_is_named_from_the_new_files_folder(tmp_path: Path):
    x = np.linspace(-1, 1, 5)
    (tmp_path / "data").mkdir()
    np.savez(tmp_path / "data" / "loss.npz", x=x, y=x, f=x**2 + x[:, None] ** 2)
    animation = Animation(landscape=str(tmp_path / "data" / "loss.npz"))
    keyframes_file(tmp_path / "film.toml", animation, None).write([FIRST])
    assert tomllib.loads((tmp_path / "film.toml").read_text())["landscape"] == "data/loss.npz"
    assert Animation.load(tmp_path / "film.toml").landscape == animation.landscape
    path = tmp_path / "data" / "walk.csv"
    path.write_text("0,0\n1,1\n")
    raced = Animation.from_data({"function": "sphere", "runs": [{"path": str(path)}, {"optimizer": "adam"}]})
    keyframes_file(tmp_path / "race.toml", raced, None).write([FIRST])
    assert Animation.load(tmp_path / "race.toml").runs == raced.runs
    (tmp_path / "other").mkdir()
    with pytest.raises(InputError, match="landscape"):
        keyframes_file(tmp_path / "other" / "film.toml", animation, None)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("film.json", None, ".toml"),
        ("film.toml", "not = toml = at all", "is not valid TOML"),
        ("film.toml", '[project]\nname = "another"', "film.toml"),
        ("nowhere/film.toml", None, "nowhere"),
    ],
)
def test_what_is_no_description_is_refused_and_stays(name: str, content: str | None, told: str, tmp_path: Path):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError) as raised:
        keyframes_file(tmp_path / name, Animation(function="sphere"), None)
    assert told in str(raised.value)
    assert content is None or (tmp_path / name).read_text() == content


def test_a_missing_tomlkit_is_named_with_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "tomlkit", None)
    with pytest.raises(InputError, match=r"pip install 'gdviz\[view\]'"):
        keyframes_file(tmp_path / "film.toml", Animation(function="sphere"), None)
