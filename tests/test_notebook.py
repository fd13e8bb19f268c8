"""What a notebook shows: films that play, stills, settings, a bar; and the notebook in docs, run as it is."""

from __future__ import annotations

import base64
import html
import io
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from films import decode
from PIL import Image

import gdviz
from gdviz.description.resolve import resolve
from gdviz.film import Film, Films
from gdviz.film_cache import cache_folder, cached_film
from gdviz.notebook import LARGEST_EMBEDDED

pytestmark = pytest.mark.xdist_group("notebook")  # one process makes the films that its tests share

DOCUMENT = Path(__file__).parents[1] / "docs" / "notebook.ipynb"
CURVE = gdviz.Animation(function="x^2", size=(64, 64), fps=5).lasting(1)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Film]:
    folder = tmp_path_factory.mktemp("shown")
    names = [*(f"film.{suffix}" for suffix in ("mp4", "webm", "mov", "gif", "webp", "apng")), "pictures/%02d.png"]
    made = gdviz.render(CURVE, [folder / name for name in names], jobs=1)
    return dict(zip(names, made, strict=True))


def shown(thing: Any) -> dict[str, str]:
    """Return what a notebook is given."""
    return dict(thing._repr_mimebundle_(include=None, exclude=None))


def embedded(page: str) -> tuple[str, bytes]:
    (found,) = re.findall(r'src="data:([a-z0-9/]+);base64,([^"]+)"', page)
    return found[0], base64.b64decode(found[1], validate=True)


@pytest.mark.parametrize(
    ("name", "element", "media_type"),
    [
        ("film.mp4", "<video controls loop", "video/mp4"),
        ("film.webm", "<video controls loop", "video/webm"),
        ("film.gif", "<img", "image/gif"),
        ("film.webp", "<img", "image/webp"),
        ("film.apng", "<img", "image/png"),
    ],
)
def test_a_film_that_browsers_play_is_carried_by_the_notebook(
    films: dict[str, Film], name: str, element: str, media_type: str
):
    film = films[name]
    bundle = shown(film)
    assert element in bundle["text/html"]
    assert embedded(bundle["text/html"]) == (media_type, film.path.read_bytes())
    assert bundle["text/plain"].startswith(f"{film.path}  64x64, 1.0 s, 5 frames")
    assert "1 point: 1 converged" in bundle["text/html"]  # as the command line tells


def test_a_page_is_shown_in_a_frame_of_its_own(films: dict[str, Film], tmp_path: Path):
    page = '<!doctype html><p class="a">1 &lt; 2</p><script>alert("x")</script>'
    (tmp_path / "film.html").write_text(page)
    bundle = shown(replace(films["film.mp4"], path=tmp_path / "film.html"))
    frame = r'<iframe width="64" height="64" sandbox="allow-scripts" [^>]*srcdoc="([^"]*)"'  # it may not reach out
    (source,) = re.findall(frame, bundle["text/html"])
    assert html.unescape(source) == page
    assert "<script" not in bundle["text/html"]


def test_other_films_are_linked(films: dict[str, Film], monkeypatch: pytest.MonkeyPatch):
    for name, linked in (("film.mov", "film.mov"), ("pictures/%02d.png", "pictures")):
        address = films["film.mov"].path.parent / linked
        assert f'<a href="{address.as_uri()}"' in shown(films[name])["text/html"]
    monkeypatch.chdir(films["film.mov"].path.parent)
    near = shown(replace(films["film.mov"], path=Path("film.mov")))["text/html"]  # a notebook's server knows this one
    assert '<a href="film.mov"' in near
    assert "base64" not in near


def test_a_large_film_and_a_large_still_are_linked(films: dict[str, Film], tmp_path: Path):
    whole, larger = tmp_path / "a&b.mp4", tmp_path / "larger.mp4"
    for path, size in ((whole, LARGEST_EMBEDDED), (larger, LARGEST_EMBEDDED + 1)):
        with path.open("wb") as file:
            file.truncate(size)
    assert embedded(shown(replace(films["film.mp4"], path=whole))["text/html"])[1] == bytes(LARGEST_EMBEDDED)
    assert str(whole) not in shown(replace(films["film.mp4"], path=whole))["text/html"]  # & is escaped
    for large in (replace(films["film.mp4"], path=larger), gdviz.Still(larger, 0, (64, 64))):
        bundle = shown(large)
        assert larger.as_uri() in bundle["text/html"]
        assert "and a notebook carries up to 20 MB" in bundle["text/html"]
        assert max(map(len, bundle.values())) < 1000


def test_a_film_that_is_gone_is_not_an_error(films: dict[str, Film], tmp_path: Path):
    gone = tmp_path / "gone.mp4"
    assert f"{gone}: No such file or directory" in shown(replace(films["film.mp4"], path=gone))["text/html"]
    assert f"{gone}  frame 3: No such file or directory" in shown(gdviz.Still(gone, 3, (64, 64)))["text/plain"]


def test_what_a_render_returns_shows_all_its_films(films: dict[str, Film]):
    page = shown(Films([films["film.mp4"], films["film.gif"]]))["text/html"]
    assert page.count("base64") == 2
    assert page.count("1 point: 1 converged") == 1


def test_a_still_is_a_picture(tmp_path: Path):
    still = gdviz.still(CURVE, tmp_path / "still.png", 2)
    assert (still.frame, still.size, Path(still)) == (2, (64, 64), tmp_path / "still.png")
    bundle = shown(still)
    with Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))) as picture:
        assert picture.size == (64, 64)
    assert bundle["text/plain"] == f"{still.path}  frame 2"


def test_an_animation_is_a_table_of_its_settings():
    animation = gdviz.Animation(
        function="himmelblau",
        title="<b>& so on",
        runs=[{"optimizer": "adam"}, {"optimizer": "gd", "label": "plain"}],
        starts={"grid": 3},
        labels={"points": "Punkte"},
        axes=True,
    )
    table = animation._repr_html_()
    assert "<b>" not in table
    given, default = (
        [html.unescape(each) for each in re.findall(r"<code[^>]*>(.*?)</code>", part, re.DOTALL)]
        for part in table.split("<details>")
    )
    assert dict(zip(given[::2], given[1::2], strict=True)) == {
        "function": '"himmelblau"',
        "title": '"<b>& so on"',
        "runs": '[{ optimizer = "adam" },\n { optimizer = "gd", label = "plain" }]',
        "starts": "{ grid = [3, 3] }",
        "labels": '{ points = "Punkte" }',
        "axes": "true",
    }
    left = dict(zip(default[::2], default[1::2], strict=True))
    assert left.keys() | given[::2] == {field.alias or name for name, field in gdviz.Animation.model_fields.items()}
    assert (left["fps"], left["size"], left["tolerance"], left["legend"]) == ("30", "[1280, 720]", "chosen", '"auto"')
    assert left["timing"].startswith("{ approach = 1,")


# Films that are kept


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[int]]:
    """Give the numbers of frames that each `gdviz.show` has drawn, and a cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield []


def show(drawn: list[int], animation: gdviz.Animation, **given: Any) -> Film:
    drawn.append(0)

    def count(progress: gdviz.Progress) -> None:
        drawn[-1] = progress.frames_done

    return gdviz.show(animation, jobs=1, progress=count, **given)


def test_a_film_is_shown_twice_and_drawn_once(drawn: list[int], tmp_path: Path):
    first, again = show(drawn, CURVE), show(drawn, CURVE)
    assert drawn == [5, 0]
    assert first == again
    assert first.path.parent == tmp_path / "cache" / "gdviz" / "films" == cache_folder()
    assert decode(first.path).frames.shape == (5, 64, 64, 3)
    show(drawn, CURVE.model_copy(update={"caption": False}))
    show(drawn, CURVE, quality="draft")
    assert drawn[2:] == [5, 2]
    with first.path.open("r+b") as file:
        file.seek(200)
        file.write(b"damage")
    assert show(drawn, CURVE) == first
    first.path.with_suffix(".json").write_text("{}")  # another version of gdviz wrote it
    assert show(drawn, CURVE) == first
    assert drawn[4:] == [5, 5]


def test_a_film_that_is_held_to_a_size_is_told_in_the_same_words(drawn: list[int]):
    held = CURVE.model_copy(update={"max_size": 20_000})
    first, again = show(drawn, held), show(drawn, held)
    assert (drawn[1], shown(first)["text/html"]) == (0, shown(again)["text/html"])
    assert first.bytes <= 20_000


def test_a_transparent_film_is_one_that_browsers_play_so(drawn: list[int]):
    film = show(drawn, CURVE.model_copy(update={"background": "transparent"}))
    assert embedded(shown(film)["text/html"])[0] == "video/webm"


def test_the_films_that_were_asked_for_longest_ago_go(films: dict[str, Film], tmp_path: Path):
    def written(path: Path) -> Film:
        path.write_bytes(bytes(1000))
        return replace(films["film.mp4"], path=path)

    def named(width: int) -> str:
        resolved = resolve(CURVE.model_copy(update={"size": (width, 64)}))
        return cached_film(resolved, written, tmp_path, most_bytes=2500).path.name

    (tmp_path / "mine.txt").write_text("stays")
    gone = tmp_path / "gone.mp4"  # as if another process removed it meanwhile
    gone.symlink_to(tmp_path / "nowhere")
    names = [named(64), named(66), named(68)]
    kept = {path.name for path in tmp_path.iterdir() if path != gone}
    assert {name for name in names if name in kept} == set(names[1:])
    assert kept == {"mine.txt", *names[1:], *(f"{Path(name).stem}.json" for name in names[1:])}


# The bar


def test_a_bar_is_shown_in_a_notebook_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: Any):
    gdviz.render(CURVE, [tmp_path / "film.mp4"], jobs=1)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))  # as on a terminal
    gdviz.render(CURVE, [tmp_path / "film.mp4"], jobs=1)
    assert capfd.readouterr() == ("", "")


# The notebook in docs


def test_the_notebook_in_the_documentation_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    if not os.environ.get("CI"):
        for package in ("ipykernel", "nbclient"):
            pytest.importorskip(package, reason=f"{package} runs notebooks; pip install 'gdviz[dev]'")
    import nbclient
    import nbformat

    for name in ("XDG_CACHE_HOME", "IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "home"))  # nothing of the user's own
    notebook = nbformat.read(DOCUMENT, 4)
    assert not any(cell.get("outputs") for cell in notebook.cells)  # the repository has no pictures of it
    before = DOCUMENT.read_bytes()
    updates: list[str] = []

    class Client(nbclient.NotebookClient):
        def process_message(self, message: dict[str, Any], cell: Any, index: int) -> Any:
            if message["msg_type"] == "update_display_data":
                updates.append(message["content"]["data"]["text/plain"])
            return super().process_message(message, cell, index)

    Client(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    types = {
        name: [(each.output_type, sorted(each.get("data", ()))) for each in made] for name, made in outputs.items()
    }
    bar, both = ("display_data", ["text/plain"]), ("execute_result", ["text/html", "text/plain"])
    assert types == {
        "describe": [both],
        "show": [bar, both],
        "still": [("execute_result", ["image/png", "text/plain"])],
        "race": [bar, both],
        "descend": [("execute_result", ["text/plain"])],
        "error": [("stream", [])],  # no process that draws has written anything
    }
    assert any("24/24" in text for text in updates)
    assert outputs["show"][0].data["text/plain"] == ""  # the bar is gone when the film is there
    assert embedded(outputs["show"][1].data["text/html"])[0] == "video/mp4"
    assert embedded(outputs["race"][1].data["text/html"])[0] == "image/gif"
    assert outputs["error"][0].text == "function: unknown function 'himelblau'; did you mean 'himmelblau'?\n"
    picture = base64.b64decode(outputs["still"][0].data["image/png"])
    with Image.open(io.BytesIO(picture)) as image:
        assert np.asarray(image.convert("RGB")).std() > 10
    assert before == DOCUMENT.read_bytes()
