"""Numbers that go wrong: poles, holes, overflow, divergence, tiny and huge domains, nothing to do.

Each makes a sensible picture or is refused with the reason, and nothing else reaches the screen. That no warning is
given is pytest's own check: here, every warning is an error.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from films import decode, picture
from scenes import marks_of
from typer.testing import CliRunner, Result

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.choices import PointColor
from gdviz.description.resolve import resolve
from gdviz.extent import Extent
from gdviz.functions import function
from gdviz.picture.caption import fixed
from gdviz.picture.marks import Line
from gdviz.picture.plot import tick_text
from gdviz.picture.themes import DARK
from gdviz.scene.build import build_scene

SQUARE = Extent((-5.0, 5.0, -5.0, 5.0))


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


def share_of(color: tuple[int, int, int], pixels: np.ndarray, within: int = 60) -> float:
    return float((np.abs(pixels.astype(int) - color).max(axis=-1) <= within).mean())


SURFACES = {
    "pole": ["1/x + y**2"],
    "peak without end": ["1/(x**2+y**2)"],
    "pit without end": ["0-1/(x**2+y**2)"],
    "many poles": ["tan(x+y)"],
    "half": ["log(x) + y**2"],
    "two quarters": ["sqrt(x*y)"],
    "dome": ["sqrt(16-x^2-y^2)"],
    "overflow": ["exp(exp(x*x+0*y))"],
    "nearly overflow": ["x*exp(28.3*x^2)+y"],
    "constant": ["0*x+0*y"],
    "of y alone": ["y**2"],
    "cliff": ["sign(x*y)"],
    "all diverge": ["himmelblau", "--lr", "1"],
    "tiny": ["x^2+y^2", "--extent=-1e-9,1e-9,-1e-9,1e-9"],
    "huge": ["x^2+y^2", "--extent=-1e9,1e9,-1e9,1e9"],
    "narrow": ["x^2+y^2", "--extent=-1e9,1e9,-1e-9,1e-9"],
    "no tolerance": ["sphere", "--tolerance", "0", "--max-iterations", "9"],
    "no iterations": ["sphere", "--max-iterations", "0"],
    "one iteration": ["sphere", "--max-iterations", "1"],
    "one frame": ["sphere", "--seconds", "0.01"],
    "identical points": ["sphere", "--start", "1,1", "--start", "1,1"],
    "starts in a hole": ["log(x) + y**2", "--start=-1,0", "--start", "2,1"],
    "start out of sight": ["sphere", "--start", "100,100"],
}


@pytest.mark.parametrize("case", SURFACES)
def test_a_surface_fills_its_picture(case: str, capfd: pytest.CaptureFixture[str]):
    starts = [] if any(each.startswith("--start") for each in SURFACES[case]) else ["--grid", "4"]
    settings = ["--size", "96x64", "--set", "caption=false", "--at", "0.6", "-o", "a.png"]
    result = run("still", *SURFACES[case], *starts, *settings)
    assert (result.exit_code, result.stderr, capfd.readouterr().err) == (0, "", "")
    pixels = picture(Path("a.png"))
    assert pixels.shape == (64, 96, 3)
    assert 0.1 < 1 - share_of(DARK.background, pixels, within=6) < 0.9


CURVES = {
    "pole": ["1/x"],
    "many poles": ["tan(x)"],
    "half": ["log(x)"],
    "root": ["sqrt(x)"],
    "overflow": ["exp(exp(x*x))"],
    "nearly overflow": ["x*exp(28.3*x^2)"],
    "constant": ["0*x"],
    "constant and large": ["1e16 + 0*x"],
    "diverges": ["x^4", "--start", "2", "--lr", "5"],
    "crowd diverges": ["x^4", "--grid", "9", "--lr", "5"],
    "tiny": ["x^2", "--extent=-1e-9,1e-9"],
    "huge": ["x^2", "--extent=-1e9,1e9"],
    "subnormal": ["x^40", "--extent=-1e-8,1e-8"],
    "no iterations": ["x^2", "--max-iterations", "0"],
    "one frame": ["x^2", "--seconds", "0.01"],
    "start out of sight": ["x^2", "--start", "100"],
}
SLICES = {
    "pole": ["1/x + y**2", "--start=2,3"],
    "quarters": ["sqrt(x*y)", "--start=2,3"],
    "nowhere but there": ["sqrt(x*y)"],
    "overflow": ["exp(exp(x*x)) + y", "--start=1,1"],
    "nearly overflow": ["x*exp(28.3*x^2) + y", "--start=1,1"],
    "constant": ["0*x*y"],
    "constant and large": ["1e16 + 0*x*y"],
    "diverges": ["x^2+y^2", "--lr", "3", "--start=1,2"],
    "diverges at once": ["x^4+y^4", "--lr", "1e300", "--start=1,2"],
    "tiny": ["x^2+y^2", "--extent=-1e-9,1e-9,-1e-9,1e-9"],
    "huge": ["x^2+y^2", "--extent=-1e9,1e9,-1e9,1e9"],
    "start out of sight": ["x^2+y^2", "--start=100,100"],
}


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        *(pytest.param("curve", arguments, id=f"curve, {case}") for case, arguments in CURVES.items()),
        *(pytest.param("slices", arguments, id=f"slices, {case}") for case, arguments in SLICES.items()),
    ],
)
def test_a_plot_shows_its_curve(kind: str, arguments: list[str], capfd: pytest.CaptureFixture[str]):
    for at in ("0", "0.3", "1"):
        result = run("still", *arguments, "--view", kind, "--size", "192x128", "--at", at, "-o", f"{at}.png")
        assert (result.exit_code, result.stderr, capfd.readouterr().err) == (0, "", "")
    pixels = picture(Path("0.3.png"))
    assert pixels.shape == (128, 192, 3)
    assert "--lr" in arguments or share_of(DARK.curve, pixels) > 0.001  # what diverges leaves the panel


WRONG = {
    "one variable": (["x**2", "--view", "surface"], "function of x alone"),
    "no variable": (["3"], "neither x nor y"),
    "no value": (["log(-1-x^2)+y"], "no finite value anywhere in the extent"),
    "too large everywhere": (["exp(exp(x+y))", "--extent=20,30,20,30"], "no finite value anywhere in the extent"),
    "no value on a curve": (["log(-1-x^2)"], "no finite value anywhere in the extent"),
    "no value at the start": (["log(x)+y", "--start=-1,0"], "no finite value at any of the starts"),
    "no value at a curve's start": (["log(x)", "--start=-1"], "no finite value at any of the starts"),
    "no value at a slice's start": (["log(x)+y", "--view", "slices", "--start=-1,0"], "no finite value at any of the"),
    "no width": (["sphere", "--extent=1,1,0,2"], "1 does not lie below 1"),
    "no width of the domain": (["sphere", "--domain=1,1,0,2"], "1 does not lie below 1"),
    "reversed": (["sphere", "--domain=0,1,2,-2"], "2 does not lie below -2"),
    "hardly any width": (["sphere", "--extent=1,1.0000000001,0,2"], "too narrow"),
    "too far": (["sphere", "--extent=-1e200,1e200,0,2"], "between -1e+100 and 1e+100"),
    "start too far": (["sphere", "--start=1e200,0"], "between -1e+100 and 1e+100"),
    "infinite": (["sphere", "--view=-inf,inf,0,2"], "finite"),
    "not a number": (["sphere", "--start=nan,0"], "finite"),
    "rate": (["sphere", "--lr", "inf"], "finite"),
    "no rate": (["sphere", "--lr", "0"], "must be a positive number, not 0"),
    "tolerance": (["sphere", "--tolerance=-1"], "tolerance: must be greater than or equal to 0"),
    "iterations": (["sphere", "--max-iterations=-1"], "--max-iterations: must be greater than or equal to 0"),
    "too many iterations": (["sphere", "--max-iterations=100001"], "less than or equal to 100000"),
    "too many steps": (
        ["sphere", "--grid", "500", "--max-iterations", "100000"],
        "250,000 points over 100,000 iterations are too many steps; at most 2,000,000,000 are accepted",
    ),
    "too many pixels": (["sphere", "--size", "7680x7680"], "7680x7680 are 58,982,400 pixels; at most 33,177,600"),
    "too much film": (
        ["sphere", "--size", "7680x4320", "--fps", "60", "--seconds", "200"],
        "12,000 frames of 7680x4320 pixels are too many; at most 9,000 of this size",
    ),
    "too long": (["sphere", "--seconds", "1201"], "36,030 frames is too long; at most 36,000"),
    "endless phases": (["sphere", "--set", "timing={approach=1e308,hold=1e308}"], "too long"),
    "nothing to stretch": (
        ["sphere", "--set", "timing={approach=0,hold=0,descent=0,finish=0}", "--seconds", "5"],
        "no phase of this film has a length",
    ),
    "spin": (["sphere", "--set", "camera=[{at=0,azimuth=1e300,elevation=3}]"], "azimuth: must be less than"),
    "two lines": (["sphere", "--set", 'title="a\\nb"'], "title: must be one line"),
    "comment": (["x + y # z"], "no comments"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_makes_no_picture_is_refused_in_a_sentence(case: str):
    arguments, words = WRONG[case]
    result = run("still", *arguments, "-o", "a.png")
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert result.stderr.startswith("gdviz: ")
    assert all(line.startswith("    ") for line in result.stderr.splitlines()[1:])  # but for the place
    assert not Path("a.png").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["log(x) + y**2"], "diverged"),
        (["himmelblau", "--lr", "1"], "400 points: 400 diverged"),
        (["exp(exp(x*x))", "--grid", "8"], "diverged"),
        (["0*x"], "1 point: 1 resting on flat ground"),
        (["sphere", "--max-iterations", "0"], "0 iterations"),
        (["sphere", "--start=1,1", "--start=1,1"], "2 points: 2 converged"),
        (["x^2", "--extent=-1e9,1e9", "--grid", "9"], "9 points: 9 converged"),
    ],
)
def test_a_descent_says_how_it_went(arguments: list[str], words: str, capfd: pytest.CaptureFixture[str]):
    result = run("descend", *arguments)
    assert (result.exit_code, result.stderr, capfd.readouterr().err) == (0, "", "")
    assert words in result.stdout


@pytest.mark.parametrize("target", ["log(x)/y", "1/x"])
def test_a_film_of_poles_and_holes_is_whole_and_nothing_is_said(target: str, tmp_path: Path):
    small = ["--size", "96x64", "--fps", "5", "--seconds", "1", "--jobs", "1", "--quiet", "-o", "a.mp4"]
    command = [sys.executable, "-W", "always", "-m", "gdviz", "render", target, *small]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    frames = decode(tmp_path / "a.mp4").frames
    assert frames.shape == (5, 64, 96, 3)
    assert all(share_of(DARK.background, frame, within=20) < 0.99 for frame in frames)
    assert (frames[0] != frames[-1]).any()


# No points, or none that get anywhere

BARE = ["ellipse", "--set", "starts.points=[]", "--size", "96x64"]


@pytest.mark.parametrize("color", list(PointColor))
def test_without_points_a_surface_is_a_bare_landscape(color: PointColor):
    for name, more in (("bare.png", []), ("plain.png", ["--set", "caption=false"])):
        result = run("still", *BARE, *more, "--set", f"point_color={color}", "--at", "0.6", "-o", name)
        assert (result.exit_code, result.stderr) == (0, "")
    bare, plain = picture(Path("bare.png")), picture(Path("plain.png"))
    assert 0.1 < 1 - share_of(DARK.background, plain, within=6) < 0.9
    title = 20  # rows; there are no readouts below it
    assert (bare[title:] == plain[title:]).all()
    assert (bare[:title] != plain[:title]).any()


def test_a_film_of_a_bare_landscape_shows_all_of_it_and_counts_nothing():
    result = run("render", *BARE, "--fps", "5", "--seconds", "1", "--jobs", "1", "--json", "-o", "a.mp4")
    assert (result.exit_code, result.stderr) == (0, "")
    (film,) = json.loads(result.stdout)["films"]
    assert set(film["points"].values()) == {0}
    assert film["hint"] is None
    frames = decode(Path("a.mp4")).frames
    assert frames.shape == (5, 64, 96, 3)
    assert (frames[0] != frames[-1]).any()
    told = json.loads(run("descend", "ellipse", "--set", "starts.points=[]", "--json").stdout)
    assert (told["basins"], told["ends"], told["points"]["points"]) == ([], [], 0)


def test_without_points_there_are_no_slices():
    result = run("still", *BARE, "--view", "slices", "-o", "a.png")
    assert (result.exit_code, result.stderr) == (2, "gdviz: the slices view follows one point, not 0; give one start\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["saddle", "--start", "0.5,0.5"],
        ["saddle", "--start=0,0"],
        ["ellipse", "--start=1,1", "--lr=1e300"],
        ["ellipse", "--start=900,900"],
        ["ellipse", "--start=900,900", "--lr=1e300"],
        ["sqrt(x) + y^2", "--start=0,0", "--set", "extent=[0, 4, -2, 2]"],
        ["0*x + 0*y", "--grid", "2"],
    ],
)
def test_points_that_get_nowhere_are_no_trouble(arguments: list[str], capfd: pytest.CaptureFixture[str]):
    for color in (PointColor.BASIN, PointColor.HEIGHT):
        result = run("still", *arguments, "--size", "64x64", "--set", f"point_color={color}", "-o", "a.png")
        assert (result.exit_code, result.stderr, capfd.readouterr().err) == (0, "", "")
    assert (share_of(DARK.background, picture(Path("a.png")), within=6)) < 0.95


@pytest.mark.parametrize(
    ("settings", "slopes"),
    [
        ({"function": "sqrt(x)", "starts": {"points": [[0]]}}, ["none"]),
        ({"function": "sqrt(x) + y^2", "starts": {"points": [[0, 0]]}, "view": "slices"}, ["none", "0.00"]),
    ],
)
def test_a_point_without_a_gradient_is_shown_without_a_slope(settings: dict[str, object], slopes: list[str]):
    scene = build_scene(resolve(Animation.from_data(settings)))
    state = scene.timeline.state(scene.timeline.frames - 1)
    readouts = {each.label: each.value for each in scene.caption(state).readouts}
    assert [readouts[name] for name in ("dx", "dy") if name in readouts] == slopes
    assert all(np.isfinite(mark.points).all() for mark in marks_of(scene, state) if isinstance(mark, Line))


# The numbers behind the pictures


def test_a_curve_is_not_joined_across_its_poles():
    scene = build_scene(resolve(Animation.from_data({"function": "tan(x)", "size": [320, 180]})))
    curves = [
        mark
        for mark in marks_of(scene, scene.timeline.state(scene.timeline.frames - 1))
        if isinstance(mark, Line) and mark.color == DARK.curve
    ]
    assert len(curves) == 5  # four poles lie between -5 and 5
    for mark in curves:
        assert (np.diff(mark.points[:, 1]) <= 1e-9).all()  # each piece rises only


def test_what_has_left_a_panel_is_not_painted_beside_it():
    for settings in ({"function": "x^4", "starts": {"points": [[2.0]]}, "learning_rate": 5.0},
                     {"function": "x^2+y^2", "view": "slices", "starts": {"points": [[1.0, 2.0]]},
                      "learning_rate": 3.0}):  # fmt: skip
        scene = build_scene(resolve(Animation.from_data({**settings, "size": [320, 180], "fps": 10})))
        width, height = scene.resolved.size
        for frame in range(0, scene.timeline.frames, 7):
            for mark in marks_of(scene, scene.timeline.state(frame)):
                if isinstance(mark, Line):
                    assert (mark.points >= 0).all()
                    assert (mark.points <= (width, height)).all()


def test_one_point_is_followed_from_where_there_is_a_value():
    for text in ("log(x)", "sqrt(x)", "exp(exp(x*x))", "x**2"):
        animation = resolve(Animation.from_data({"function": text}))
        (start,) = animation.starts.positions(animation.extent)
        assert np.isfinite(function(text).value(*start))
    assert start == pytest.approx((-4.1,))


def test_what_overflows_high_up_is_a_plateau_and_points_are_seen_on_it():
    scene = build_scene(resolve(Animation.from_data({"function": "exp(exp(x*x+0*y))", "starts": {"grid": 6}})))
    places, visible = scene.subject.visible_points(scene.runs[0], 0.0)
    assert visible.all()
    assert places[0, 2] == pytest.approx(scene.subject.landscape.height)
    assert scene.counts.diverged > 0


@pytest.mark.parametrize(
    ("number", "text"), [(1e9, "1e9"), (-5e17, "-5e17"), (2.5e-9, "2.5e-9"), (100000, "100000"), (0.25, "0.25")]
)
def test_ticks_are_short(number: float, text: str):
    assert tick_text(number) == text


def test_numbers_without_end_are_written_with_an_exponent():
    numbers = {"1e+300": (1e300, 1.0), "3.1e-10": (3.1e-10, 1e-9), "0.00": (0.0, 1e-9), "123456.00": (123456.0, 1.0)}
    assert [fixed(number, span, none="") for number, span in numbers.values()] == list(numbers)
