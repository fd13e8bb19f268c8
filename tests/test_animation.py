from __future__ import annotations

from pathlib import Path

import pytest

from gdviz.description.animation import Animation
from gdviz.description.choices import SIZES, NamedSize
from gdviz.description.limits import MAX_FRAMES
from gdviz.description.resolve import resolve, resolved_from_json
from gdviz.description.tables import Starts
from gdviz.errors import InputError
from gdviz.extent import Extent

WRONG = {
    "learing_rate = 0.1": "'learing_rate' is not a key of an animation; did you mean 'learning_rate'?",
    "timing = { hodl = 2 }": "'timing.hodl' is not a key of an animation; did you mean 'hold'?",
    "starts = { gird = 3 }": "'starts.gird' is not a key",
    "[[camera]]\nat = 0\nazimut = 3\nelevation = 4": "azimut",
    "learning_rate = 'fast'": "learning_rate: ",
    "learning_rate = -1": "must be a positive number, not -1",
    "learning_rate = inf": "finite",
    "tolerance = nan": "finite",
    "size = [1281, 721]": "1280x720 would do",
    "size = [2, 2]": "between 64 and 7680",
    "fps = 0": "between 1 and 120",
    "starts = { grid = 0 }": "at least 1 point a side",
    "starts = { grid = 20000 }": "400,000,000 points are too many",
    "starts = { grid = 3, random = 4 }": "exactly one",
    "starts = { points = [[1.0]] }": "2 coordinate",
    "extent = [1, 1, 0, 2]": "1 does not lie below 1",
    "extent = [0, 1]": "xmin,xmax,ymin,ymax",
    "timing = { descent = 1e9 }": "too long",
    "camera = [{at = 0.5, azimuth = 0, elevation = 3}, {at = 0.1, azimuth = 0, elevation = 3}]": "in the order",
    "height = 'tall'": "height: must be 'auto', 'linear' or 'log'",
    "view = 'top'": "view: must be 'surface', 'map', 'curve', 'slices' or 'loss'",
    "this is not TOML": "is not valid TOML",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_file_gets_one_message_with_file_and_key(line: str, tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text(f'function = "himmelblau"\n{line}\n')
    with pytest.raises(InputError) as caught:
        Animation.load(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert WRONG[line] in message
    assert "\n" not in message


def test_a_file_that_is_not_text_is_named(tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b'function = "\xff\xfe"')
    with pytest.raises(InputError, match="not UTF-8"):
        Animation.load(path)


def test_one_line_is_a_whole_description(tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text('function = "camel6"\n')
    animation = resolve(Animation.load(path))
    assert animation.title == "Six-hump camel"
    assert [run.learning_rate for run in animation.runs] == [0.01]
    assert animation.extent == Extent((-2, 2, -1.1, 1.1))
    assert animation.starts.count == 400


@pytest.mark.parametrize(
    ("written", "pixels"),
    [
        ('"1080p"', (1920, 1080)),
        ('"4K"', (3840, 2160)),
        ('"2160p"', (3840, 2160)),
        ('" Story "', (1080, 1920)),
        ('"square"', (1080, 1080)),
        ('"800x600"', (800, 600)),
        ('"720"', (720, 720)),
        ("720", (720, 720)),
        ("[800, 600]", (800, 600)),
    ],
)
def test_a_size_has_a_name_or_is_written_as_numbers_or_as_people_write_it(
    written: str, pixels: tuple[int, int], tmp_path: Path
):
    path = tmp_path / "mine.toml"
    path.write_text(f'function = "sphere"\nsize = {written}\n')
    named, given = Animation.load(path), Animation.from_data({"function": "sphere", "size": pixels})
    assert named == given
    assert resolve(named).fingerprint == resolve(given).fingerprint


@pytest.mark.parametrize("name", NamedSize)
def test_every_named_size_can_be_drawn(name: NamedSize):
    assert Animation.from_data({"function": "sphere", "size": name}).size == SIZES[name]


def test_an_editor_is_told_the_names_of_sizes():
    schema = Animation.model_json_schema()
    assert schema["$defs"]["NamedSize"]["enum"] == list(NamedSize)
    assert {"$ref": "#/$defs/NamedSize"} in schema["properties"]["size"]["anyOf"]


def test_json_there_and_back():
    animation = Animation.from_data({"function": "sphere", "starts": {"random": 5, "seed": 3}, "fps": 24})
    assert Animation.model_validate_json(animation.model_dump_json()) == animation


def test_random_starts_are_the_same_for_the_same_seed():
    first, again, other = (Starts(random=5, seed=seed).positions(Extent((-1, 1, 0, 9))) for seed in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).any()
    assert (first[:, 1] >= 0).all()


def test_a_grid_stands_in_the_middle_of_its_cells():
    assert Starts(grid=(2, 1)).positions(Extent((0, 4, 0, 4))).tolist() == [[1, 2], [3, 2]]


def test_what_a_description_leaves_out_of_a_descent_is_the_functions_own():
    own = resolve(Animation.from_data({"function": "rosenbrock"}))
    assert (own.runs[0].learning_rate, own.tolerance, own.max_iterations) == (0.0007, 0.01, 14_000)
    given = resolve(Animation.from_data({"function": "rosenbrock", "tolerance": 0, "max_iterations": 0}))
    assert (given.tolerance, given.max_iterations) == (0, 0)
    formula = resolve(Animation.from_data({"function": "x^2 + y^2"}))
    assert (formula.tolerance, formula.max_iterations) == (0.001, 1000)


def test_points_over_a_functions_own_iterations_may_be_too_many():
    with pytest.raises(InputError, match="250,000 points over 14,000 iterations are too many steps"):
        Animation.from_data({"function": "rosenbrock", "starts": {"random": 250_000}})


def test_an_animation_resolved_is_resolved():
    for described in ({"function": "sin(x)*cos(y)"}, {"function": "parabola"}, {"function": "camel6", "tolerance": 0}):
        once = resolve(Animation.from_data(described))
        assert resolve(Animation.from_data(described)) == once
        assert resolved_from_json(once.canonical_json) == once
        assert resolved_from_json(once.canonical_json).fingerprint == once.fingerprint


def test_a_formula_too_long_for_a_title_is_shortened():
    text = " + ".join(f"{k}*x^2*y^2" for k in range(1, 12))
    once = resolve(Animation.from_data({"function": text}))
    assert once.title.endswith("...")
    assert resolved_from_json(once.canonical_json) == once


@pytest.mark.parametrize(
    ("fps", "seconds", "rate"), [(45, 799.9, 50), (30, 1200, 120), (45, 1e-9, 1e12), (30, 700, 51.5)]
)
def test_no_change_of_rate_or_length_escapes_the_limit(fps: float, seconds: float, rate: float):
    animation = resolve(Animation.from_data({"function": "sphere", "fps": fps}).lasting(seconds))
    assert animation.frames <= MAX_FRAMES
    if seconds * rate > MAX_FRAMES:
        with pytest.raises(InputError, match=f"a film of {seconds * rate:,.0f} frames is too long; at most 36,000"):
            animation.at_rate(rate)
    else:
        assert animation.at_rate(rate).frames <= MAX_FRAMES


@pytest.mark.parametrize(
    ("seconds", "frames"), [(1200.0, 36_000), (1200.016, 36_000), (1200.02, None), (1200.03, None), (1e300, None)]
)
def test_the_limit_is_of_the_frames_that_there_would_be(seconds: float, frames: int | None):
    animation = Animation.from_data({"function": "sphere"})
    if frames is None:
        with pytest.raises(InputError, match="too long"):
            animation.lasting(seconds)
    else:
        assert animation.lasting(seconds).frames == frames


def test_lasting_keeps_the_proportions_of_the_phases():
    animation = Animation.from_data({"function": "sphere"})
    twice = animation.lasting(18.0)
    assert twice.timing.descent == pytest.approx(2 * animation.timing.descent)
    assert twice.frames == 540


def test_a_copy_with_other_keys_has_other_runs_and_arrows():
    keys = {"function": "himmelblau", "starts": {"points": [[1, 1]]}, "optimizer": "adam", "arrows": ["scale"]}
    animation = Animation.from_data(keys)
    copied = animation.model_copy(update={"optimizer": "momentum", "arrows": ("momentum",)})
    assert [run.rule.name for run in copied.all_runs] == ["momentum"]
    assert copied.step_parts == ("momentum",)
