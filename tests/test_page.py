"""A page holds the engine's numbers, needs nothing but itself, and is as current or stale as a film is."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pages import data_of, unpacked

from gdviz.batch import State, states
from gdviz.descent.engine import Status
from gdviz.description.animation import Animation
from gdviz.description.choices import Quality, WebBundle
from gdviz.description.resolve import resolve
from gdviz.description.resolved import Resolved
from gdviz.errors import InputError
from gdviz.film import Film
from gdviz.movie.provenance import read_stamp
from gdviz.output import film_fingerprint
from gdviz.rendering import render
from gdviz.scene.build import build_scene
from gdviz.scene.subject import Subject
from gdviz.web import replay
from gdviz.web.fineness import page_resolved
from gdviz.web.packed import NONE, STEPS
from gdviz.web.page import make_page, page_data
from gdviz.web.replay import FEWEST

pytest.importorskip("plotly", reason="pages take plotly: pip install 'gdviz[web]'")
pytest.importorskip("contourpy", reason="pages take contourpy: pip install 'gdviz[web]'")

pytestmark = pytest.mark.xdist_group("page")  # one process makes the page that its tests share
SMALL: dict[str, Any] = {"size": [128, 96], "fps": 5, "timing": {"descent": 1.0}}
RACE: dict[str, Any] = {
    "function": "himmelblau",
    "starts": {"grid": 2},
    "max_iterations": 12,
    "runs": [{"optimizer": "gd"}, {"optimizer": "momentum", "label": "with <momentum>"}],
    "panels": ["loss", "map"],
    **SMALL,
}


def resolved_of(**keys: Any) -> Resolved:
    return resolve(Animation.from_data(SMALL | keys), Quality.DRAFT)


def page_of(resolved: Resolved) -> str:
    return make_page(build_scene(page_resolved(resolved)), WebBundle.CDN).decode()


def data_for(resolved: Resolved) -> dict[str, Any]:
    return dict(page_data(build_scene(resolved)))


@pytest.fixture(scope="module")
def race() -> Resolved:
    return resolve(Animation.from_data(RACE), Quality.DRAFT)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    path = tmp_path_factory.mktemp("pages") / "page.html"
    (made,) = render(Animation.from_data(RACE), [path], quality="draft", jobs=1)
    return made


@pytest.fixture(scope="module")
def page(film: Film) -> bytes:
    return film.path.read_bytes()


def test_the_points_are_where_the_engine_has_them(race: Resolved, page: bytes):
    data, runs = data_of(page), Subject(race).runs
    moments = unpacked(data["moments"])
    assert moments.tolist() == list(range(13))
    assert [run["label"] for run in data["runs"]] == ["gradient descent", "with <momentum>"]
    for told, run in zip(data["runs"], runs, strict=True):
        assert np.array_equal(unpacked(told["positions"]), run.descent.points.astype(np.float32))
        assert np.array_equal(unpacked(told["values"]), run.descent.values.astype(np.float32))
        assert unpacked(told["status"]).tolist() == run.descent.status.tolist()
        assert told["color"] == "#" + bytes(run.hue).hex()


def test_the_ground_and_the_trails_are_the_films(race: Resolved, page: bytes):
    data, subject = data_of(page), Subject(race)
    landscape = subject.landscape
    heights = unpacked(data["ground"]["heights"]) / 65534 * landscape.height
    assert np.allclose(heights, landscape.heights, atol=1e-5)
    for told, run, trails in zip(data["runs"], subject.runs, subject.trails, strict=True):
        places = unpacked(told["trails"]["places"]) / 65534
        flat = landscape.extent.low + places[:, :2] * landscape.extent.span
        times, first = unpacked(told["trails"]["times"]), unpacked(told["trails"]["first"])
        owners = unpacked(told["trails"]["owners"])
        lines = np.searchsorted(first, np.arange(len(times)), side="right") - 1
        assert len(times) == len(trails.times) + len(first)
        for time, place, owner in zip(times, flat, owners[lines], strict=True):
            if float(time).is_integer():  # others are on the way from one iterate to the next
                assert np.allclose(place, run.descent.points[int(time), owner], atol=2e-3)


def test_a_page_needs_nothing_but_itself(page: bytes):
    text = page.decode()
    assert "plotly.js v" in text
    own = re.sub(r"<script>/\*.*?</script>", "", text, count=1, flags=re.DOTALL)
    assert len(own) < len(text) - 1_000_000
    assert not re.search(r"(src|href|url\()\W*(https?:)?//", own)
    assert "with <momentum>" not in own


def test_the_same_description_gives_the_same_bytes(race: Resolved, page: bytes):
    before_stamp, stamp, _ = page.rpartition(b"<!-- gdviz ")
    assert stamp
    assert make_page(build_scene(page_resolved(race)), WebBundle.INLINE) == before_stamp


def test_the_numbers_in_the_script_are_those_in_the_data(page: bytes):
    told = dict(re.findall(r"^const ([A-Z]+) = (\d+);", page.decode(), flags=re.MULTILINE))
    for status in (Status.CONVERGED, Status.RUNNING, Status.DIVERGED, Status.RECORDED):
        assert told[status.name] == str(status.value)
    assert (told["NONE"], told["STEPS"]) == (str(NONE), str(STEPS))


def test_titles_and_formulas_are_texts_and_pictures():
    keys = {"function": "x^2", "starts": {"points": [[1]]}, "title": "<i>x^2 & $x^2$", "formula": True}
    text = page_of(resolved_of(**keys))
    assert "<h1>&lt;i&gt;x<sup>2</sup> &amp; <img" in text
    assert text.count("data:image/svg+xml;base64,") == 2
    assert "<h1>" not in page_of(resolved_of(**keys, caption=False))


def test_names_at_axes_are_shown_as_they_are_written():
    keys = {"function": "x^2", "starts": {"points": [[1]]}, "labels": {"x": "<b>a</b> & b"}, "axes": True}
    (view,) = data_for(resolved_of(**keys))["views"]
    assert view["layout"]["xaxis"]["title"]["text"] == "&lt;b&gt;a&lt;/b&gt; &amp; b"


def test_from_a_server_the_library_comes_by_its_digest():
    text = page_of(resolved_of(function="x^2", starts={"points": [[1]]}))
    assert len(text) < 1_000_000
    (source,) = re.findall(r"<script src=\"(.*?)\" integrity=\"sha256-[\w+/=]{44}\" crossorigin=\"anonymous\">", text)
    assert re.fullmatch(r"https://cdn\.plot\.ly/plotly-\d+\.\d+\.\d+\.min\.js", source)


def test_where_f_has_no_value_the_ground_has_a_hole():
    resolved = resolved_of(function="sqrt(1 - x^2 - y^2)", extent=[-2, 2, -2, 2], starts={"points": [[0.1, 0.1]]})
    data, landscape = data_for(resolved), Subject(resolved).landscape
    holes = np.isnan(landscape.heights)
    assert holes.any()
    assert np.array_equal(unpacked(data["ground"]["heights"]) == 65535, holes)
    (view,) = data["views"]
    edge = unpacked(view["edge"])
    assert len(edge)
    assert np.allclose(unpacked(view["edge_places"]), landscape.mesh.reshape(-1, 3)[edge], atol=1e-6)


@pytest.mark.parametrize(("function", "cut"), [("x/(y - 0.3)", [True, True]), ("x^2 + y^2", [False, False])])
def test_a_page_knows_where_f_is_cut_off(function: str, cut: list[bool]):
    resolved = resolved_of(function=function, extent=[-2, 2, -2, 2], starts={"points": [[0.5, 1]]})
    assert data_for(resolved)["ground"]["cut"] == cut


def test_of_many_iterations_those_are_kept_that_the_film_shows_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(replay, "NUMBERS", 1)
    resolved = resolved_of(function="x^2", starts={"points": [[4]]}, learning_rate=0.01, panels=["loss"])
    scene = build_scene(resolved)
    data, descent = dict(page_data(scene)), scene.runs[0].descent
    moments = unpacked(data["moments"])
    assert FEWEST / 2 < len(moments) <= FEWEST + 2 < descent.steps
    assert moments[0] == 0
    assert moments[-1] == descent.steps
    assert np.array_equal(unpacked(data["runs"][0]["positions"]), descent.points[moments].astype(np.float32))
    assert np.diff(moments)[:3].max() < np.diff(moments)[-3:].max()


def test_a_recorded_path_has_its_own_losses_and_may_be_lifted(tmp_path: Path):
    x, y, share = np.linspace(-2, 2, 9), np.linspace(-1, 1, 7), np.linspace(0, 1, 12)
    path, losses = np.stack([share, share / 2], axis=1), 3 + share
    file = tmp_path / "loss.npz"
    np.savez(file, x=x, y=y, f=x**2 + y[:, None] ** 2, path_adam=path, loss_adam=losses)
    resolved = resolved_of(landscape=str(file), runs=[{"path": "adam"}], lift=True)
    (run,), landscape = data_for(resolved)["runs"], Subject(resolved).landscape
    assert run["recorded"] == "projected"
    assert np.array_equal(unpacked(run["values"])[:, 0], losses.astype(np.float32))
    heights = landscape.height * landscape.relief(losses)
    assert np.allclose(unpacked(run["lift"]), heights, atol=1e-6)
    tops = unpacked(run["trails"]["places"])[:, 2] / 65534 * run["trails"]["top"]
    assert tops.min() > landscape.drape(path)[:, 2].max()


def test_the_loss_of_a_recorded_path_ends_with_it_and_is_named_as_in_the_film(tmp_path: Path):
    x, share = np.linspace(-2, 2, 9), np.linspace(0, 1, 12)
    recorded: dict[str, Any] = {}
    for name, steps in (("long", 12), ("short", 5)):
        recorded[f"path_{name}"] = np.stack([share, share / 2], axis=1)[:steps]
        recorded[f"loss_{name}"] = 10.0 ** -np.arange(steps)
    np.savez(tmp_path / "loss.npz", x=x, y=x, f=x**2 + x[:, None] ** 2, **recorded)
    data = data_for(resolved_of(landscape=str(tmp_path / "loss.npz"), panels=["loss"], axes=True, loss_scale="log"))
    (loss,) = (view for view in data["views"] if view["kind"] == "loss")
    assert loss["layout"]["yaxis"]["title"]["text"] == "f"
    assert [line["end"] for line in loss["lines"]] == [11, 4]
    assert [line["arrival"] for line in loss["lines"]] == [None, None]
    assert [int(np.isfinite(unpacked(line["y"])).sum()) for line in loss["data"]] == [12, 5]


def test_the_parts_of_a_step_are_those_of_the_film():
    resolved = resolved_of(
        function="sphere", starts={"points": [[1, 2]]}, runs=[{"optimizer": "adam"}], arrows=["gradient", "step"]
    )
    data, steps = data_for(resolved), Subject(resolved).step_arrows
    assert steps is not None
    told = data["arrows"]["parts"]
    assert [part["alone"] for part in told] == [False, True]
    moved = np.diff(unpacked(data["runs"][0]["positions"])[:, 0], axis=0)
    assert np.allclose(unpacked(told[1]["vectors"])[: len(moved)], moved, atol=1e-5)


@pytest.mark.parametrize(
    ("keys", "kinds"),
    [
        ({"function": "x^4 - x", "starts": {"points": [[1.2]]}}, ["curve"]),
        ({"function": "himmelblau", "view": "slices", "starts": {"points": [[1, 1]]}}, ["slices"]),
        ({"function": "sphere", "view": "loss", "point_color": "start", "starts": {"grid": 2}}, ["loss"]),
        ({"function": "sphere", "view": "map", "point_color": "height", "starts": {"grid": 2}}, ["map"]),
    ],
)
def test_every_view_is_on_a_page(keys: dict[str, Any], kinds: list[str]):
    assert [view["kind"] for view in data_for(resolved_of(**keys))["views"]] == kinds


def test_slices_are_those_through_the_point():
    resolved = resolved_of(function="himmelblau", view="slices", starts={"points": [[1, 1]]})
    data, (run,) = data_for(resolved), Subject(resolved).runs
    (view,) = data["views"]
    slices, at = unpacked(view["slices"]), unpacked(view["at"])
    along = np.linspace(*resolved.extent.sides[1], slices.shape[2])
    for k in (0, len(at) - 1):
        x = run.descent.points[at[k], 0, 0]
        assert np.allclose(slices[k, 1], resolved.objective.value(np.full_like(along, x), along), rtol=1e-6)


def test_a_page_is_stamped_and_stale_when_something_changes(race: Resolved, film: Film, tmp_path: Path):
    target = film.path
    assert [path.name for path in target.parent.iterdir()] == ["page.html"]
    assert film.bytes == target.stat().st_size
    assert read_stamp(target) == film_fingerprint(race, target)
    assert states(race, [target]) == [State.CURRENT]
    assert states(replace(race, web_bundle=WebBundle.CDN), [target]) == [State.STALE]
    assert states(replace(race, title="Another"), [target]) == [State.STALE]
    changed = tmp_path / "page.html"
    changed.write_bytes(target.read_bytes().replace(b"Himmelblau", b"himmelblau", 1))
    assert states(race, [changed]) == [State.STALE]


def test_what_a_page_cannot_be_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refusal(target: str, **keys: Any) -> str:
        with pytest.raises(InputError) as told:
            render(Animation.from_data(SMALL | {"function": "sphere"} | keys), [tmp_path / target], jobs=1)
        return str(told.value)

    assert "max_size holds only for .mp4" in refusal("page.html", max_size="8MB")
    assert "cannot be transparent" in refusal("page.html", background="transparent")
    assert "no .html is written; add one, or leave it out" in refusal("film.mp4", web_bundle="cdn")
    assert "did you mean .html?" in refusal("page.htm")
    monkeypatch.setitem(sys.modules, "plotly", None)
    assert refusal("page.html").endswith("takes plotly; install it with: pip install 'gdviz[web]'")
    assert list(tmp_path.iterdir()) == []
