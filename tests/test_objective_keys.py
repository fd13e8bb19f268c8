"""A description is about a function or about a landscape from a file, which lies beside it and has what it had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from films import decode, picture
from typer.testing import CliRunner, Result

import gdviz
from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve, resolved_from_json
from gdviz.description.resolved import Resolved
from gdviz.errors import GdvizWarning, InputError
from gdviz.rendering import render
from gdviz.scene.build import build_scene

X, Y = np.linspace(-2, 2, 9), np.linspace(-1, 1, 7)
F = X**2 + 3 * Y[:, None] ** 2
SMALL = "size = [64, 64]\nfps = 5\nstarts = { grid = 2 }\ntiming = { descent = 0.4, finish = 0 }\n"
TINY = 'landscape = "loss.npz"\n' + SMALL


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a landscape, and a description of a film of it."""
    monkeypatch.chdir(tmp_path)
    np.savez("loss.npz", x=X, y=Y, f=F)
    Path("film.toml").write_text(TINY)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    return result.stderr


def resolved(text: str = TINY, **more: Any) -> Resolved:
    Path("other.toml").write_text(text)
    return resolve(Animation.load("other.toml").model_copy(update=more))


def checked() -> str:
    result = run("batch", "--check", "film.toml", "-d", "media", "--json")
    return str(json.loads(result.stdout)["films"][0]["state"])


def test_a_film_of_a_landscape_is_stale_when_a_value_changes_and_not_when_the_file_is_written_otherwise():
    assert run("batch", "film.toml", "-d", "media").exit_code == 0
    assert decode(Path("media/film.mp4")).frames.shape == (9, 64, 64, 3)
    assert checked() == "current"
    np.savez_compressed("loss.npz", x=X, y=Y[::-1], f=F[::-1], more=X)
    assert checked() == "current"
    changed = F.copy()
    changed[2, 3] += 1e-9
    np.savez("loss.npz", x=X, y=Y, f=changed)
    assert checked() == "stale"
    Path("loss.npz").unlink()
    assert checked() == "wrong"


def test_several_processes_draw_the_same_film():
    animation = Animation.load("film.toml")
    for jobs in (1, 2):
        render(animation, [f"{jobs}.mp4"], jobs=jobs)
    assert Path("1.mp4").read_bytes() == Path("2.mp4").read_bytes()


def test_a_file_may_be_the_target_and_gives_its_name():
    flags = ["--size", "64x64", "--grid", "2", "--fps", "5", "--set", "timing={descent=0.4,finish=0}"]
    assert run("still", "loss.npz", *flags).exit_code == 0
    assert run("still", "film.toml").exit_code == 0
    np.testing.assert_array_equal(picture(Path("loss.png")), picture(Path("film.png")))
    Path("LOSS.CSV").write_text("1 2 4 8\n" * 4)
    assert run("still", "LOSS.CSV", "--size", "64x64").exit_code == 0
    assert Path("LOSS.png").exists()


def test_a_landscape_is_descended():
    data = json.loads(run("descend", "loss.npz", "--start", "1,0.5", "--json").stdout)
    assert (data["function"], data["points"]["converged"]) == ("loss.npz", 1)
    np.testing.assert_allclose(data["ends"][0]["end"], [0, 0], atol=1e-3)


def test_a_description_in_json_is_small_and_says_which_values_it_means():
    one = resolved()
    text = one.canonical_json
    assert len(text) < 3000
    again = resolved_from_json(text)
    assert again.fingerprint == one.fingerprint
    assert again.canonical_json == text
    np.savez("loss.npz", x=X, y=Y, f=2 * F)
    with pytest.raises(InputError, match=r"loss\.npz has changed since the film was begun"):
        resolved_from_json(text)


def test_what_is_drawn_is_in_the_fingerprint():
    np.savez("loss.npz", x=X, y=Y, f=F, g=F + X)
    prints = [resolved(head + TINY).fingerprint for head in ("", "smooth = 1\n", 'landscape_key = "g"\n')]
    assert len(set(prints)) == 3
    assert resolved("smooth = 0.0\n" + TINY).fingerprint == prints[0]
    Path("loss.npz").rename("same.npz")
    assert resolved('landscape = "same.npz"\ntitle = "loss"\n' + SMALL).fingerprint == prints[0]


def test_a_picture_says_how_far_its_ground_is_smoothed():
    def told(text: str) -> list[tuple[str, str]]:
        scene = build_scene(resolved(text))
        return [(each.label, each.value) for each in scene.caption(scene.timeline.state(0)).readouts]

    assert ("smoothed cells", "1.5") in told("smooth = 1.5\n" + TINY)
    assert "smoothed cells" not in dict(told(TINY))


def test_an_array_alone_lies_where_the_extent_says():
    np.save("loss.npy", F)
    text = 'landscape = "loss.npy"\n' + SMALL
    with pytest.warns(GdvizWarning, match=r"loss\.npy: there are no coordinates"):
        assert resolved(text).extent.numbers == (-1, 1, -1, 1)
    placed = resolved("extent = [0, 4, 0, 3]\n" + text)
    assert placed.objective.extent == placed.extent
    assert placed.objective.value(4, 3) == F[-1, -1]
    assert resolved("extent = [0, 1, 0, 1]\n" + TINY).objective.extent.numbers == (-2, 2, -1, 1)


def test_what_is_missing_is_said_once():
    holed = F.copy()
    holed[0, :2] = np.nan
    np.savez("loss.npz", x=X, y=Y, f=holed)
    result = run("still", "loss.npz", "--size", "64x64")
    assert (result.exit_code, result.stderr) == (0, "gdviz: loss.npz: 2 of 63 samples are missing: holes\n")


@pytest.mark.parametrize("path", ["../loss.npz", "deep/../../loss.npz", "/etc/loss.npz", "link.npz", "linked/loss.npz"])
def test_a_path_in_a_description_does_not_lead_out_of_its_folder(path: str):
    inner = Path("inner")
    (inner / "deep").mkdir(parents=True)
    (inner / "link.npz").symlink_to(Path("loss.npz").absolute())
    (inner / "linked").symlink_to(Path().absolute())
    (inner / "film.toml").write_text(TINY.replace("loss.npz", path))
    told = refused("still", "inner/film.toml")
    assert told.startswith("gdviz: inner/film.toml:1: landscape: ")
    assert "the folder of this file" in told


def test_a_path_in_a_description_is_relative_to_its_folder_and_one_that_is_typed_to_the_working_folder():
    Path("inner/deep").mkdir(parents=True)
    Path("inner/film.toml").write_text(TINY.replace("loss", "deep/loss"))
    Path("loss.npz").rename("inner/deep/loss.npz")
    Path("inner/link.npz").symlink_to("deep/loss.npz")
    assert Animation.load("inner/film.toml").target.extent.numbers == (-2, 2, -1, 1)
    typed = "landscape=inner/link.npz"
    assert run("still", "inner/film.toml", "--set", typed).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["still", "gone.npz"], "gdviz: gone.npz: there is no such file"),
        (["still", "sphere", "--set", "landscape=loss.npz"], "--set landscape: give either a function or a landscape"),
        (
            ["still", "sphere", "--set", "smooth=2"],
            "--set smooth: smooth is for a landscape from a file, and 'sphere' is",
        ),
        (["still", "loss.npz", "--set", "smooth=-1"], "--set smooth: must be greater than or equal to 0"),
        (["still", "loss.npz", "--set", "smooth=1000"], "--set smooth: must be less than or equal to 100"),
        (["still", "loss.npz", "--set", "landscape_key=g"], "--set landscape_key: loss.npz: there is no array 'g'"),
        (["still", "loss.npz", "--extent", "0,1"], "--extent: the extent of this function is xmin,xmax,ymin,ymax"),
        (["still", "loss.npz", "--view", "curve"], "loss.npz is a function of x and y, and the curve view"),
        (["still", "empty.toml"], "empty.toml: function must be given, or landscape"),
        (["formula", "loss.npz"], "loss.npz is the file of a landscape, which has values and no formula"),
        (["functions", "gone.csv.gz"], "gone.csv.gz: there is no such file"),
        (["still", "some.pkl"], "some.pkl: gdviz reads landscapes from .npz, .npy, "),
        (["loss.npz"], "there is no command 'loss.npz'; to make a film of it, type: gdviz render loss.npz"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], told: str):
    Path("empty.toml").write_text(SMALL)
    Path("some.pkl").write_bytes(b"...")
    assert told in refused(*arguments)


def test_a_title_in_a_file_must_be_one_that_can_be_drawn():
    np.savez("loss.npz", x=X, y=Y, f=F, title=r"$\nothing$")
    assert "gdviz: the title in loss.npz: " in refused("still", "loss.npz")
    assert run("still", "loss.npz", "--set", "title=Loss", "--size", "64x64").exit_code == 0
    np.savez("loss.npz", x=X, y=Y, f=F, title="a\nb")
    assert resolved().title == r"a\nb"


def test_what_is_in_a_file_is_shown():
    np.savez("loss.npz", x=X**3, y=Y, f=F, path_sgd=np.zeros((30, 2)), path_b=np.eye(2), own=np.zeros((30, 3)))
    shown = " ".join(run("functions", "loss.npz").stdout.split())
    for part in (
        "f, 9x7 samples",
        "uneven in x, even in y",
        "[-8, 8] x [-1, 1]",
        "0 at (0, 0)",
        "sgd (29 steps), b (1 step)",
        "own (30, 3)",
    ):
        assert part in shown
    data = json.loads(run("functions", "loss.npz", "--json").stdout)
    assert data["lowest"] == {"at": [0.0, 0.0], "value": 0.0}
    assert data["others"] == {"own": "(30, 3)"}
    assert data["paths"]["sgd"] == {"steps": 29, "losses": False}


def test_a_landscape_is_descended_from_python():
    landscape = gdviz.landscape("loss.npz")
    np.testing.assert_allclose(gdviz.descend(landscape, [[1.0, 0.5]]).ends, [[0, 0]], atol=1e-3)
    np.save("loss.npy", F)
    with pytest.warns(GdvizWarning, match="there are no coordinates"):
        gdviz.landscape(Path("loss.npy"))
    assert gdviz.landscape("loss.npy", extent=(0, 1, 0, 2), smooth=1).value(1, 2) < F[-1, -1]
    wrong: list[tuple[str, Any]] = [("smooth", -1.0), ("smooth", float("nan"))]
    wrong += [("extent", each) for each in ((0, 1), (0, 1, 2, 2), "abcd")]
    for name, value in wrong:
        with pytest.raises(InputError, match=f"{name} "):
            gdviz.landscape("loss.npy", **{name: value})
