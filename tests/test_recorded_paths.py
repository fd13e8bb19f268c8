"""Recorded paths: read from files, drawn where they were, raced and told of like other runs, or refused."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.descent.engine import Status
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve, resolved_from_json
from gdviz.description.resolved import Resolved
from gdviz.errors import GdvizWarning, InputError
from gdviz.extent import FloatArray
from gdviz.landscapes.path_files import read_path
from gdviz.picture.marks import Label
from gdviz.scene.build import Scene, build_scene
from gdviz.stage import Stage
from gdviz.terrain.drops import lay_drops

X = np.linspace(-3, 3, 31)
F = X**2 + 2 * X[:, None] ** 2
STEPS = np.arange(21)
ADAM = np.stack([2.5 - 0.12 * STEPS, 2 - 0.1 * STEPS], axis=1)
SGD = np.stack([2.5 - 0.05 * STEPS, 2 - 0.05 * STEPS], axis=1)
ON_GROUND = (ADAM**2) @ [1, 2]
LOSS = 1.2 * ON_GROUND + 3


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    save()


def save(name: str = "loss.npz", **more: Any) -> None:
    np.savez(name, **{"x": X, "y": X, "f": F, "path_adam": ADAM, "loss_adam": LOSS, "path_sgd": SGD, **more})


def described(**more: Any) -> Animation:
    small = {"size": [320, 180], "fps": 5, "landscape": "loss.npz"}
    return Animation.from_data({key: value for key, value in {**small, **more}.items() if value is not None})


def resolved_of(**more: Any) -> Resolved:
    return resolve(described(**more))


def scene_of(**more: Any) -> Scene:
    return build_scene(resolved_of(**more))


def first_losses(animation: Animation) -> FloatArray:
    path = animation.recorded_paths[0]
    assert path is not None
    assert path.losses is not None
    return path.losses


def texts(marks: list[Any]) -> list[str]:
    return [mark.text for mark in marks if isinstance(mark, Label)]


def test_the_paths_in_a_file_are_a_race():
    scene = scene_of()
    assert [run.settings.label for run in scene.runs] == ["adam", "sgd"]
    for run, path in zip(scene.runs, (ADAM, SGD), strict=True):
        assert run.descent.points[:, 0].tolist() == path.tolist()
        assert run.descent.status.tolist() == [Status.RECORDED]
    assert scene.runs[0].descent.losses[:, 0].tolist() == LOSS.tolist()
    assert np.allclose(scene.runs[1].descent.losses[:, 0], (SGD**2) @ [1, 2])
    assert scene.timeline.state(scene.timeline.frames - 1).position == 20
    assert [panel.__class__.__name__ for panel in scene.panels] == ["LossPanel", "MapPanel"]


def test_the_legend_tells_the_recorded_loss_and_that_a_path_is_projected():
    scene = scene_of()
    told = texts(scene.standings(scene.timeline.state(scene.timeline.frames - 1)))
    assert told == [f"{LOSS[-1]:.2f}", "projected", f"{(SGD[-1] ** 2) @ [1, 2]:.2f}", "recorded"]
    assert "learning rate" not in texts(scene.legend())


def test_a_path_is_drawn_where_it_was_and_a_lifted_one_above_it():
    ends = []
    for lift in (False, True):
        scene = scene_of(lift=lift)
        places, visible = scene.subject.visible_points(scene.runs[0], 10)
        ends.append(places[0])
        assert visible.all()
        assert np.allclose(scene.subject.landscape.to_scene(ADAM[10]), places[0, :2])
    ground, relief = scene.subject.landscape, scene.subject.landscape.relief
    assert ends[0][2] == pytest.approx(ground.drape(ADAM[10])[2])
    assert ends[1][2] == pytest.approx(ground.height * float(relief(LOSS[10])))
    assert ends[1][2] > ends[0][2] + 0.02


def test_where_a_recorded_loss_is_below_the_ground_a_lifted_path_is_on_it():
    save(loss_adam=0 * LOSS)
    plain, low = scene_of(), scene_of(lift=True)
    for position in (0.0, 7.5, 20.0):
        one, other = (scene.subject.visible_points(scene.runs[0], position)[0] for scene in (plain, low))
        assert np.allclose(one, other)


def test_lines_lead_from_a_lifted_path_to_the_ground():
    pictures = []
    for lift in (False, True):
        scene = scene_of(lift=lift, view="surface", panels=[], legend=False, axes=False, caption=False)
        stage = Stage(scene)
        pictures.append(np.asarray(stage.draw(scene.timeline.state(scene.timeline.frames - 1)), dtype=int))
        stage.close()
    drops = lay_drops(ADAM, scene.subject.lifts["adam"], scene.subject.landscape)
    assert drops.count_until(10) > 5
    assert np.allclose(drops.ends[:, 1], scene.subject.landscape.drape(ADAM[drops.times.astype(int)]))
    assert (drops.ends[:, 0, 2] > drops.ends[:, 1, 2]).all()
    color = np.array(scene.runs[0].hue)
    near = [(np.abs(picture[..., :3] - color).sum(axis=2) < 120).sum() for picture in pictures]
    assert near[1] > 1.15 * near[0]


def write_text(text: str) -> str:
    Path("mine.csv").write_text(text)
    return "mine.csv"


def write_h5() -> str:
    with h5py.File("mine.h5", "w") as file:
        file["proj_xcoord"], file["proj_ycoord"] = ADAM.T
    return "mine.h5"


def write_npy() -> str:
    np.save("mine.npy", ADAM)
    return "mine.npy"


def rows(*, head: str, steps: bool, losses: bool) -> str:
    lines = [head] if head else []
    for step, (x, y), loss in zip(STEPS, ADAM.tolist(), LOSS, strict=True):
        lines.append(",".join([*([str(step)] * steps), repr(x), repr(y), *([repr(float(loss))] * losses)]))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("write", "losses"),
    [
        (lambda: write_text(rows(head="step,x,y,loss", steps=True, losses=True)), True),
        (lambda: write_text(rows(head="", steps=True, losses=True)), True),
        (lambda: write_text(rows(head="", steps=True, losses=False)), False),
        (lambda: write_text(rows(head="", steps=False, losses=False)), False),
        (lambda: write_text(rows(head="X,Y,train_loss", steps=False, losses=True)), True),
        (lambda: write_text(rows(head="x;y", steps=False, losses=False).replace(",", ";")), False),
        (write_h5, False),
        (write_npy, False),
    ],
)
def test_a_path_has_a_file_of_its_own(write: Any, losses: bool):
    run = scene_of(runs=[{"path": write()}]).runs[0]
    assert run.settings.label == "mine"
    assert np.allclose(run.descent.points[:, 0], ADAM)
    assert (run.descent.recorded_losses is not None) == losses


def test_between_steps_that_were_not_recorded_a_path_runs_straight():
    path = read_path(Path(write_text("step,x,y,loss\n2,0,0,8\n4,1,2,4\n8,1,0,\n")))
    assert path.points.tolist() == [[0, 0], [0, 0], [0, 0], [0.5, 1], [1, 2], [1, 1.5], [1, 1], [1, 0.5], [1, 0]]
    assert path.losses is not None
    assert path.losses[:5].tolist() == [8, 8, 8, 6, 4]
    assert np.isnan(path.losses[5:]).all()


@pytest.mark.parametrize("far", [np.nan, np.inf, 1e200])
def test_a_path_that_runs_to_infinity_has_diverged(far: float):
    save(path_adam=np.where(STEPS[:, None] < 12, ADAM, far))
    scene = scene_of()
    assert (scene.runs[0].descent.status[0], scene.runs[0].descent.steps) == (Status.DIVERGED, 11)
    assert scene.results[0].in_words().startswith("adam: diverged after 11 iterations")


def test_a_path_and_an_optimizer_begin_at_the_same_place_and_take_as_many_steps():
    scene = scene_of(runs=[{"path": "adam"}, {"optimizer": "momentum", "learning_rate": 0.001}])
    assert scene.runs[1].descent.points[0, 0].tolist() == ADAM[0].tolist()
    assert scene.resolved.max_iterations == 20
    assert [run.in_words().split(":")[0] for run in scene.results] == ["adam", "Momentum"]
    shorter = scene_of(runs=[{"path": "adam"}], max_iterations=5)
    assert (shorter.runs[0].descent.steps, shorter.runs[0].descent.status[0]) == (5, Status.RECORDED)


def test_a_loss_too_large_for_differences_of_its_kind_is_not_known():
    save(loss_adam=np.where(STEPS < 5, -1.7e308, np.where(STEPS < 9, 1.7e308, LOSS)))
    assert np.isnan(first_losses(described())).tolist() == (STEPS < 9).tolist()


def test_a_path_of_which_nothing_is_seen_is_told():
    save(path_adam=ADAM + 100)
    with pytest.warns(GdvizWarning, match=r"^adam is nowhere in the extent of loss\.npz, -3 to 3 and -3 to 3"):
        described()
    save(f=np.where(X < 0, F, np.nan), path_sgd=np.abs(SGD) + 0.1)
    with pytest.warns(GdvizWarning) as told:
        described()
    assert [str(each.message).split(" from")[0] for each in told][1:] == [
        f"{name} lies in holes of loss.npz" for name in ("adam", "sgd")
    ]


def test_a_path_that_is_called_like_a_file_is_one_of_the_landscape():
    arrays: dict[str, Any] = {
        "path_mine.csv": ADAM,
        "loss_mine.csv": LOSS,
        "path_.csv": ADAM,
        f"path_{'a' * 5000}": ADAM,
    }
    np.savez("loss.npz", x=X, y=X, f=F, **arrays)
    animation = described()
    assert [run.path for run in animation.all_runs] == ["mine"]
    assert first_losses(animation).tolist() == LOSS.tolist()


@pytest.mark.parametrize("more", [{"starts": {"grid": 2}}, {"optimizer": "adam"}, {"learning_rate": 0.1}])
def test_what_says_how_to_descend_counts_and_not_the_paths_in_the_file(more: dict[str, Any]):
    assert not any(run.path for run in described(**more).all_runs)


def test_files_may_be_given_as_paths_of_python():
    write_text("0,0\n1,1\n")
    animation = described(landscape=Path("loss.npz"), runs=[{"path": Path("mine.csv")}])
    assert animation.landscape == str(Path("loss.npz").absolute())
    assert animation.all_runs[0].path == str(Path("mine.csv").absolute())


def test_on_a_function_a_path_comes_from_a_file():
    write_text(rows(head="step,x,y", steps=True, losses=False))
    run = scene_of(landscape=None, function="x^2 + 2*y^2", runs=[{"path": "mine.csv"}]).runs[0]
    assert np.allclose(run.descent.values[:, 0], ON_GROUND)


MANY: dict[str, Any] = {f"path_{number}": ADAM for number in range(9)}
WRONG: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "unknown": ({"runs": [{"path": "adm"}]}, {}, "loss.npz has no recorded path 'adm'; did you mean 'adam'?"),
    "its array": ({"runs": [{"path": "path_adam"}]}, {}, "no recorded path 'path_adam'; did you mean 'adam'?"),
    "no name": ({"runs": [{"path": ""}]}, {}, "runs.0.path: must have at least 1 character, not ''"),
    "none": ({"runs": [{"path": "q"}]}, {}, "there are adam, sgd"),
    "transposed": ({}, {"path_adam": ADAM.T}, "path_adam has the shape (2, 21); a path has a row of x and y"),
    "losses": (
        {},
        {"loss_adam": LOSS[1:]},
        "loss_adam has the shape (20,), and path_adam (21, 2); a loss for",
    ),
    "texts": ({}, {"path_adam": np.array([["a", "b"]])}, "path_adam holds texts; save real numbers"),
    "nowhere": ({}, {"path_adam": ADAM * np.nan}, "path_adam has no finite x and y at its beginning"),
    "gap": ({}, {"path_adam": np.where(STEPS[:, None] == 5, np.nan, ADAM)}, "row 6 of path_adam has no finite x and y"),
    "optimizer": ({"runs": [{"path": "adam", "beta1": 0.5}]}, {}, "a recorded path has no beta1; leave it out"),
    "top": ({"runs": [{"path": "adam"}], "noise": 0.1}, {}, "all runs are recorded paths, which have no noise"),
    "grid": ({"runs": [{"path": "adam"}], "starts": {"grid": 3}}, {}, "races one, not 9; give one start"),
    "start": ({"runs": [{"path": "adam"}], "starts": {"points": [[0, 0]]}}, {}, "which have their own starts"),
    "clock": ({"clock": "evaluations"}, {}, "a recorded path has no evaluations to count; leave out clock"),
    "slices": ({"view": "slices"}, {}, "there are 2 runs"),
    "one in slices": ({"view": "slices", "runs": [{"path": "adam"}]}, {}, "slices show steps of gradient descent"),
    "arrows": ({"arrows": ["step"], "runs": [{"path": "adam"}]}, {}, "not known of a recorded path"),
    "lift": ({"lift": True, "runs": [{"path": "sgd"}]}, {}, "recorded losses, and there are none"),
    "no surface": ({"lift": True, "view": "map", "panels": []}, {}, "lift shows losses above a surface"),
    "same": ({"runs": [{"path": "adam"}, {"path": "adam"}]}, {}, "runs 1 and 2 are the same"),
    "suffix": ({"runs": [{"path": "a.npz"}]}, {}, "given by its name alone: adam for path_adam"),
    "no file": ({"runs": [{"path": "a.csv"}]}, {}, "a.csv: there is no such file"),
    "one variable": ({"landscape": None, "function": "x^2", "runs": [{"path": "mine.csv"}]}, {}, "of x alone"),
    "no landscape": ({"landscape": None, "function": "rosenbrock", "runs": [{"path": "adam"}]}, {}, "is not a file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_drawn_gets_a_sentence(name: str):
    description, arrays, sentence = WRONG[name]
    write_text("0,0\n1,1\n")
    save(**arrays)
    with pytest.raises(InputError) as caught:
        described(**description)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("step,x,y\n0,0,0\n0,1,1\n", "the steps of the path must rise, but 0 follows 0"),
        ("step,x,y\n0.5,0,0\n", "0.5 as a step"),
        ("step,x,y\n0,0,0\n1000000000,1,1\n", "reach 1,000,000,000; at most 100,000"),
        ("a,b\n0,0\n", "a path needs x and y"),
        ("0\n1\n", "has 1 column(s)"),
        ("x,y\n0,hello\n", "'hello' is not a number"),
        ("0,0\n" * 100_002, "the path has 100,002 rows; at most 100,000 steps are read"),
    ],
)
def test_a_file_that_is_no_path_gets_a_sentence(text: str, sentence: str):
    with pytest.raises(InputError, match=r"^mine\.csv: ") as caught:
        read_path(Path(write_text(text)))
    assert sentence in str(caught.value)


def test_bad_paths_that_are_not_drawn_do_no_harm():
    save(path_adam=np.array(["a"]), path_=ADAM, path_sgd=SGD[:, :1])
    assert described(starts={"grid": 2}).all_runs[0].path is None
    told = CliRunner().invoke(app, ["functions", "loss.npz"]).stdout
    assert "adam (cannot be drawn" in told


def test_more_paths_than_a_film_can_have_are_told():
    save("loss.npz", **MANY)
    with pytest.warns(GdvizWarning, match="of its 11 recorded paths the first 8 are drawn"):
        assert len(described().all_runs) == 8


def test_a_path_in_a_description_stays_in_its_folder_and_a_typed_one_need_not():
    folder = Path("inner")
    folder.mkdir()
    write_text("x,y\n0,0\n1,1\n")
    (folder / "film.toml").write_text('function = "rosenbrock"\n[[runs]]\npath = "../mine.csv"\n')
    failed = CliRunner().invoke(app, ["descend", "inner/film.toml"])
    assert failed.exit_code == 2
    assert "without '..'" in failed.stderr
    typed = CliRunner().invoke(app, ["descend", "inner/film.toml", "--path", "inner/../mine.csv"])
    assert typed.exit_code == 0
    assert "recorded" in typed.stdout


def test_a_film_is_stale_when_its_path_has_changed_and_not_when_it_has_moved():
    write_text("x,y\n0,0\n1,1\n")
    runs = [{"path": "mine.csv", "label": "own"}]
    before = resolved_of(runs=runs)
    Path("mine.csv").rename("other.csv")
    assert resolved_of(runs=[{"path": "other.csv", "label": "own"}]).fingerprint == before.fingerprint
    write_text("x,y\n0,0\n1,1.5\n")
    assert resolved_of(runs=runs).fingerprint != before.fingerprint
    with pytest.raises(InputError, match=r"mine\.csv has changed since the film was begun"):
        resolved_from_json(before.canonical_json)
    Path("mine.csv").unlink()
    with pytest.raises(InputError, match=r"^mine\.csv: there is no such file$"):
        resolved_from_json(before.canonical_json)
    write_text("x,y\n0,0\n1,1.5\n")
    again = resolved_of(runs=runs)
    assert resolved_from_json(again.canonical_json) == again or again.fingerprint


def test_descend_tells_and_writes_what_was_recorded():
    arguments = ["descend", "loss.npz", "--path", "adam", "--optimizer", "gd:learning_rate=0.01"]
    data = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    own, other = data["runs"]
    assert (own["optimizer"], own["path"], own["ends"][0]["status"]) == (None, "adam", "recorded")
    assert own["ends"][0]["loss"] == pytest.approx(LOSS[-1])
    assert own["best"]["value"] == pytest.approx(LOSS.min())
    assert own["ends"][0]["value"] == pytest.approx(ON_GROUND[-1])
    assert "loss" not in other["ends"][0]
    for count, header in ((None, "best f or loss"), (4, "best loss")):
        assert header in CliRunner().invoke(app, arguments[:count]).stdout
    for name in ("all.csv", "all.npz"):
        assert CliRunner().invoke(app, [*arguments, "-o", name]).exit_code == 0
    lines = Path("all.csv").read_text().splitlines()
    assert lines[0] == "run,point,iteration,x,y,f,loss"
    assert [float(line.split(",")[-1]) for line in lines[1:22]] == pytest.approx(LOSS)
    assert np.load("all.npz")["losses"][0, :, 0] == pytest.approx(LOSS)


def test_tune_leaves_recorded_paths_out():
    failed = CliRunner().invoke(app, ["tune", "loss.npz"])
    assert failed.exit_code == 2
    assert "a recorded path has no learning rate to be tuned" in failed.stderr


def test_nothing_is_told_of_a_landscape_without_paths():
    np.savez("loss.npz", x=X, y=X, f=F)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert described().recorded_paths == (None,)
