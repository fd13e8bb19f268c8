"""Backgrounds, and films and stills without one: laid over a colour, they show what is drawn on that colour."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from films import moments, picture
from PIL import Image
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.film import Film
from gdviz.movie.formats import FORMATS
from gdviz.movie.transparent import TRANSPARENT
from gdviz.picture import background
from gdviz.picture.caption import caption_marks
from gdviz.picture.colors import contrast, rgb_bytes
from gdviz.picture.marks import Label, Line, Mark, Title
from gdviz.plan import plan
from gdviz.rendering import render, still
from gdviz.scene.build import build_scene
from gdviz.scene.panel import MarksPanel
from gdviz.scene.surface import SurfacePanel
from gdviz.stage.alpha import blank, straight
from gdviz.stage.ground import GroundActors
from gdviz.stage.offscreen import Offscreen
from gdviz.stage.painter import paint_over

pytestmark = pytest.mark.xdist_group("alpha")  # one process makes the films that its tests share

FPS, FRAMES, SIZE = 25, 52, (160, 90)
NAMES = ("film.webm", "film.mov", "film.gif", "film.webp", "film.apng", "pictures/%03d.png")
DESCRIPTION: dict[str, Any] = {
    "function": "himmelblau",
    "starts": {"points": [[-4.5, 1.0], [1.0, 4.5], [0.5, -0.5]]},
    "size": SIZE,
    "fps": FPS,
    "theme": "dark",
    "timing": {"approach": 0.3, "hold": 0.2, "descent": 1.2, "finish": 0.38},
}
PAGES = {"#000000": 0, "#ffffff": 255}


def described(behind: str, **more: Any) -> Animation:
    return Animation.from_data({**DESCRIPTION, "background": behind, **more})


def with_alpha(path: os.PathLike[str]) -> np.ndarray:
    with Image.open(path) as image:
        assert image.mode == "RGBA"
        return np.asarray(image)


def over(frames: np.ndarray, page: int) -> np.ndarray:
    """Lay frames (..., 4) over a page of one grey."""
    share = frames[..., 3:] / 255
    return np.asarray(frames[..., :3] * share + page * (1 - share))


def decode(path: Path, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Return a transparent film's frames, shape (n, height, width, 4); ffmpeg cannot read an animated WebP."""
    if "%" in path.name:
        return np.stack([with_alpha(path.parent / (path.name % number)) for number in range(FRAMES)])
    if path.suffix == ".webp":
        with Image.open(path) as image:
            frames = []
            for number in range(getattr(image, "n_frames", 1)):
                image.seek(number)
                frames.append(np.asarray(image.convert("RGBA")))
        return np.stack(frames)
    reader = ["-c:v", "libvpx-vp9"] if path.suffix == ".webm" else []  # the other reader of VP9 knows no alpha
    raw = subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-v",
            "error",
            *reader,
            "-i",
            path,
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgba",
            "-",
        ],
        capture_output=True,
        check=True,
    ).stdout
    return np.frombuffer(raw, dtype=np.uint8).reshape(-1, *size[::-1], 4)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Film]:
    """Return a transparent film of each kind, all rendered in one call."""
    folder = tmp_path_factory.mktemp("films")
    films = render(described("transparent"), [folder / name for name in NAMES], jobs=1)
    return dict(zip(NAMES, films, strict=True))


@contextmanager
def any_contrast() -> Iterator[None]:
    """Leave texts on a page as they are in a transparent picture, even where they are hard to read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "READABLE", 1.0)
        background.theme_on.cache_clear()
        yield
    background.theme_on.cache_clear()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """Return the same film drawn on each page."""
    pages = {}
    for page in PAGES:
        folder = tmp_path_factory.mktemp("drawn")
        with any_contrast():
            render(described(page), [folder / "%d.png"], jobs=1)
        pages[page] = np.stack([picture(folder / f"{number}.png") for number in range(FRAMES)]).astype(float)
    return pages


# One picture


PICTURES: dict[str, dict[str, Any]] = {
    "a surface with all that is around it": {"starts": {"grid": 10}, "legend": True, "axes": True, "formula": True},
    "a surface with holes": {"function": "log(x) + log(y)", "starts": {"grid": 4}},
    "a title in mathematics and a bar of heights": {
        "title": "$\\frac{x^2}{2}$, x^2",
        "legend": True,
        "point_color": "height",
    },
    "a map with holes": {"function": "sqrt(4 - x^2 - y^2)", "extent": [-3, 3, -3, 3], "view": "map"},
    "a curve": {"function": "x^2", "starts": {"points": [[1.5]]}},
    "a curve that begins": {"function": "x^2", "starts": {"points": [[1.5]]}, "timing": {"approach": 3}},
    "a field of arrows": {"field": {"grid": 5}, "starts": {"points": []}},
    "a field of arrows on a map": {"field": {"grid": 5}, "view": "map", "formula": True},
    "slices": {"view": "slices", "starts": {"points": [[0.5, -0.5]]}},
    "a curve in the light theme": {"function": "x^2", "starts": {"points": [[1.5]]}, "theme": "light"},
    "the band of a loss": {"view": "loss", "starts": {"grid": 5}},
    "panels": {"panels": ["loss", "map"], "size": [480, 270]},
}


@pytest.mark.parametrize("what", PICTURES)
def test_a_transparent_picture_shows_on_any_page_what_is_drawn_on_it(what: str, tmp_path: Path):
    described_so = {"size": [240, 136], **PICTURES[what]}
    clear = with_alpha(still(described("transparent", **described_so), tmp_path / "clear.png", 30))
    assert clear[0, 0, 3] == 0
    assert clear[..., 3].max() == 255
    for page, grey in PAGES.items():
        with any_contrast():
            drawn = picture(still(described(page, **described_so), tmp_path / "drawn.png", 30))
        assert np.abs(over(clear, grey) - drawn).max() <= 3  # what is drawn on it is rounded each time


def test_what_fades_is_as_translucent_on_nothing_as_on_a_page():
    marks: list[Mark] = [
        Line(np.array([[5.0, 30.0], [55.0, 32.0]]), (200, 60, 20), 3.0, 0.4),
        Label("fading", np.array([30.0, 12.0]), 14, (90, 160, 240), opacity=0.5),
    ]
    clear = blank((60, 40), None)
    paint_over(clear, marks)
    shown = np.asarray(straight(clear))
    assert 100 < shown[..., 3].max() <= 128
    for grey in PAGES.values():
        page = blank((60, 40), (grey, grey, grey))
        paint_over(page, marks)
        assert np.abs(over(shown, grey) - np.asarray(page)).max() <= 2


def test_a_picture_that_is_drawn_in_bands_is_as_transparent_as_one_that_is_not():
    scene = build_scene(resolve(described("transparent")))
    assert isinstance(scene.main, SurfacePanel)
    camera = scene.main.camera(scene.timeline.state(0))
    shown = []
    for largest in (17_000_000, 30_000):
        window = Offscreen(SIZE, None, largest=largest)
        GroundActors(window.plotter, scene.main, 0.25)
        window.aim(camera, 0.05, 20)
        drawn = blank(SIZE, None)
        window.draw(drawn)
        shown.append(np.asarray(drawn).astype(int))
        window.close()
    assert 0.1 < (shown[0][..., 3] == 255).mean() < 0.9
    assert np.abs(shown[0] - shown[1]).max() <= 16
    assert np.abs(shown[0] - shown[1]).mean() < 0.1


@pytest.mark.parametrize("view", ["surface", "map", "loss"])
def test_a_background_may_be_any_colour(view: str, tmp_path: Path):
    drawn = picture(still(described("#a0C", view=view), tmp_path / "drawn.png", 0))
    assert (drawn[[0, 0, -1, -1], [0, -1, 0, -1]] == (0xAA, 0x00, 0xCC)).all()


def test_a_colour_may_be_written_in_several_ways():
    assert described("#fff").background == described(" #FFFFFF").background == "#ffffff"
    assert resolve(described("#fff")).fingerprint == resolve(described("#FFFFFF")).fingerprint
    different = ("theme", "transparent", "#fff", "#000")
    assert len({resolve(described(each)).fingerprint for each in different}) == len(different)


# Themes


def test_the_theme_suits_the_background_if_none_is_asked_for():
    themes = {color: resolve(described(color, theme=None)).theme for color in ("#fff", "#ffe9a0", "#000", "#203a70")}
    assert themes == {"#fff": "light", "#ffe9a0": "light", "#000": "dark", "#203a70": "dark"}
    for behind in ("theme", "transparent"):
        assert resolve(described(behind, theme=None)).theme == "dark"


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("behind", ["#ffffff", "#000000", "#777777", "#aa00cc", "#203a70"])
@pytest.mark.parametrize(
    "shown",
    [
        {"function": "x^2", "starts": None},
        {"view": "map"},
        {"view": "slices", "starts": {"points": [[0, 1]]}},
        {"view": "loss", "starts": {"grid": 3}, "legend": True},
    ],
)
def test_texts_can_be_read_on_any_background(theme: str, behind: str, shown: dict[str, Any]):
    scene = build_scene(resolve(described(behind, theme=theme, **shown)))
    state = scene.timeline.state(30)
    marks: list[Mark] = [*scene.legend(), *caption_marks(scene.caption(state), scene.layout, scene.subject.theme)]
    for panel in (scene.main, *scene.panels):
        assert isinstance(panel, MarksPanel)
        marks += [*panel.ground(), *panel.marks(state)]
    texts = [mark for mark in marks if isinstance(mark, Label | Title) and mark.text]
    assert len(texts) > 5
    assert min(contrast(text.color, rgb_bytes(behind)) for text in texts) >= 4.5


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_lines_of_a_grid_are_as_faint_on_another_background_as_on_the_themes_own(theme: str):
    def distance(behind: str) -> float:
        colors = build_scene(resolve(described(behind, function="x^2", starts=None, theme=theme))).subject.theme
        assert len(colors.grid) == 3
        return contrast(colors.grid, colors.background)

    own, other = distance("theme"), distance({"dark": "#2b1d3a", "light": "#f4ead0"}[theme])
    assert 1.08 < other < 1.25 * own


# Films

SMOOTH = {"film.webm": 3.0, "film.mov": 0.5, "film.webp": 3.5, "film.apng": 0.5, "pictures/%03d.png": 0.5}


def test_every_format_that_can_be_transparent_is_looked_at_here():
    assert {Path(name).suffix for name in NAMES} == set(TRANSPARENT) == set(FORMATS) - {".mp4", ".html"}


@pytest.mark.parametrize("name", SMOOTH)
def test_a_transparent_film_shows_on_any_page_what_is_drawn_on_it(
    films: dict[str, Film], drawn: dict[str, np.ndarray], name: str
):
    decoded = decode(films[name].path)
    exact = decode(films["pictures/%03d.png"].path)
    edges = (exact[..., 3] > 30) & (exact[..., 3] < 225)
    assert edges.sum() > 10 * FRAMES
    for page, grey in PAGES.items():
        shown = over(decoded, grey) - drawn[page]
        assert np.abs(shown).mean(axis=(1, 2, 3)).max() < SMOOTH[name]
        assert np.abs(shown[edges].mean(axis=0)).max() < 3  # neither dark nor pale


def test_a_gif_has_the_pixels_that_are_mostly_there(films: dict[str, Film], drawn: dict[str, np.ndarray]):
    gif, exact = decode(films["film.gif"].path), decode(films["pictures/%03d.png"].path)
    assert np.array_equal(gif[..., 3], np.where(exact[..., 3] >= 128, 255, 0))
    there = exact[..., 3] >= 128
    assert np.abs(gif[..., :3].astype(int) - exact[..., :3])[there].mean() < 3
    assert np.abs(gif[..., :3] - drawn["#000000"])[exact[..., 3] == 255].mean() < 3


@pytest.mark.parametrize("name", ["film.webm", "film.mov"])
def test_no_moment_of_a_transparent_film_is_lost_or_doubled_where_parts_join(films: dict[str, Film], name: str):
    assert len(plan(FRAMES)) == 4
    times = moments(films[name].path)
    assert len(times) == FRAMES
    assert np.abs(times - np.arange(FRAMES) / FPS).max() <= 0.00051


def test_a_transparent_webm_says_so_to_browsers(films: dict[str, Film]):
    """By the element AlphaMode of its track (Matroska's specification, 5.1.4.1.28.4)."""
    assert films["film.webm"].path.read_bytes()[:1000].count(bytes.fromhex("53c08101")) == 1


@pytest.mark.parametrize("quality", ["draft", "high"])
def test_a_transparent_film_is_so_at_any_quality(tmp_path: Path, quality: str):
    small = {"size": [240, 136], "fps": 15, "caption": False, "timing": {"approach": 0, "hold": 0, "descent": 0.2}}
    films = render(
        described("transparent", **small), [tmp_path / "film.webm", tmp_path / "film.mov"], jobs=1, quality=quality
    )
    video, exact = (decode(film.path, film.size) for film in films)
    assert 0.2 < (exact[..., 3] == 255).mean() < 0.8
    assert np.abs(video[..., 3].astype(int) - exact[..., 3]).mean() < 2


@pytest.mark.parametrize("fps", [30, 29.97])
def test_a_transparent_webm_keeps_time_at_odd_rates(tmp_path: Path, fps: float):
    (film,) = render(described("transparent", size=[64, 64], fps=fps), [tmp_path / "film.webm"], jobs=1)
    assert np.abs(moments(film.path) - np.arange(film.frames) / fps).max() <= 0.00051


def test_a_transparent_film_is_the_same_with_more_jobs(films: dict[str, Film], tmp_path: Path):
    for film in render(described("transparent"), [tmp_path / name for name in NAMES[:-1]], jobs=2):
        assert film.path.read_bytes() == films[film.path.name].path.read_bytes(), film.path.name


# On the command line


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), prog_name="gdviz")
    return result.exit_code, result.output


TINY = ("sphere", "--size", "64x64", "--fps", "1", "--start", "1,1")


def test_an_mp4_cannot_be_transparent_and_the_message_names_what_can(tmp_path: Path):
    code, told = run("render", *TINY, "--background", "transparent", "-o", str(tmp_path / "film.mp4"))
    assert (code, told.count("\n")) == (2, 1)
    assert "film.mp4: a film in .mp4 cannot be transparent; .webm, .mov, .gif, .webp, .apng, .png can" in told
    assert not list(tmp_path.iterdir())


def test_a_batch_says_of_each_target_that_it_cannot_be_transparent(tmp_path: Path):
    file = tmp_path / "clear.toml"
    file.write_text('function = "sphere"\nbackground = "transparent"\noutput = ["a.webm", "a.mp4"]\n')
    for more in ([], ["--check"]):
        code, told = run("batch", str(file), "-d", str(tmp_path / "media"), "--json", *more)
        assert code == 2
        assert "a film in .mp4 cannot be transparent" in told


def test_a_transparent_film_without_a_name_is_a_webm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert run("render", *TINY, "--quiet", "--background=transparent") == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["sphere.webm"]


@pytest.mark.parametrize("wrong", ["white", "#12345", "#ggg", "", "rgb(0,0,0)", "none"])
def test_what_is_no_background_is_refused(wrong: str):
    code, told = run("still", "sphere", f"--background={wrong}")
    assert (code, told.count("\n")) == (2, 1)
    assert "--background: a background is a colour such as #fff or #0d1017, or one of theme, transparent, not" in told


def test_a_slip_in_a_background_gets_a_suggestion():
    assert "did you mean transparent?" in run("still", "sphere", "--background", "transparant")[1]
    assert "not '3'" in run("still", "sphere", "--set", "background=3")[1]


def test_a_film_held_to_a_size_has_no_dark_edges(tmp_path: Path):
    dots = {"function": "x^2", "starts": {"points": [[1.5]]}, "size": [640, 360], "fps": 12, "theme": "light"}
    (film,) = render(described("transparent", **dots, max_size="60kB"), [tmp_path / "film.apng"], jobs=1)
    assert film.size < (640, 360)
    assert film.bytes <= 60_000
    first = decode(film.path, film.size)[0]
    folder = tmp_path / "drawn"
    render(described("transparent", **dots), [folder / "%d.png"], jobs=1)
    with Image.open(folder / "0.png") as image:
        exact = np.asarray(image.convert("RGBa").resize(film.size, Image.Resampling.LANCZOS).convert("RGBA"))
    for grey in PAGES.values():
        shown = over(first, grey) - over(exact, grey)
        edges = (exact[..., 3] > 30) & (exact[..., 3] < 225)
        assert np.abs(shown[edges].mean()) < 4
