"""A film is held to a size in bytes: with the best that meets it, drawn once, and said."""

from __future__ import annotations

import json
import random
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from films import decode, leaf_through, picture
from PIL import Image
from typer.testing import CliRunner, Result

import gdviz.rendering
from gdviz.batch import State, states
from gdviz.cli.commands import app
from gdviz.cli.report import film_data
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.errors import GdvizWarning, InputError
from gdviz.film import Film
from gdviz.movie.budget import MOST_TRIALS, NEAR, Choice, choices, search
from gdviz.movie.formats import FORMATS
from gdviz.rendering import Progress, render

pytestmark = pytest.mark.xdist_group("budget")  # one process makes the films that its tests share

FPS, FRAMES, SIZE = 25, 23, (320, 180)
NAMES = ("film.gif", "film.webp", "film.apng", "film.mp4")
DESCRIPTION = {
    "function": "himmelblau",
    "starts": {"grid": 3},
    "size": SIZE,
    "fps": FPS,
    "timing": {"approach": 0.2, "hold": 0, "descent": 0.5, "finish": 0.22},
    "caption": False,
}
TINY = {"size": (64, 64), "timing": {"approach": 0.2, "hold": 0, "descent": 0, "finish": 0}}


def described(**keys: Any) -> Animation:
    return Animation.from_data(DESCRIPTION | keys)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


@pytest.fixture(scope="module")
def free(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Film]:
    """Return a film of each format that can be held to a size, and pictures, without a limit."""
    folder = tmp_path_factory.mktemp("free")
    films = render(described(), [folder / name for name in (*NAMES, "%03d.png")], jobs=1)
    return {film.path.name: film for film in films}


# The search


@pytest.mark.parametrize("suffix", [suffix for suffix, style in FORMATS.items() if style.can_be_reduced])
@pytest.mark.parametrize("rate", [Fraction(1), Fraction(10), Fraction(25), Fraction(30000, 1001), Fraction(120)])
@pytest.mark.parametrize("size", [(1280, 720), (64, 64), (1080, 1920), (640, 358)])
def test_every_choice_is_for_fewer_bytes_than_the_one_before(suffix: str, rate: Fraction, size: tuple[int, int]):
    found = choices(FORMATS[suffix].steps, size, rate)
    assert found[0].size == size
    assert found[0].every == 1
    weights = [choice.weight for choice in found]
    assert weights == sorted(set(weights), reverse=True)
    assert all(side % 2 == 0 for choice in found for side in choice.size)
    assert all(choice.every == 1 or rate / choice.every >= 8 for choice in found)
    assert min(min(choice.size) for choice in found) >= min(90, *size)
    assert max(abs(size[0] / size[1] - w / h) for w, h in (choice.size for choice in found)) < 0.02


def test_the_search_finds_the_best_that_fits_or_one_that_is_near_enough():
    choose = random.Random(3)
    tried = choices(FORMATS[".gif"].steps, (1280, 720), Fraction(50))
    for _ in range(300):
        bend = choose.uniform(0.5, 1.5)
        sizes = [int(1e7 * (choice.weight / tried[0].weight) ** bend) for choice in tried]
        limit = choose.randint(100_000, 11_000_000)
        made: list[int] = []

        def encode(choice: Choice, made: list[int] = made, sizes: list[int] = sizes) -> int:
            made.append(tried.index(choice))
            return sizes[made[-1]]

        found = search(tried, limit, encode)
        assert found.trials == len(made) == len(set(made)) <= MOST_TRIALS
        assert made[0] == 0
        if found.choice is None:
            assert found.bytes == sizes[-1] > limit
            continue
        number = tried.index(found.choice)
        assert found.bytes == sizes[number] <= limit
        assert [each for each in made if sizes[each] <= limit][-1] == number
        assert number == 0 or sizes[number - 1] > limit or sizes[number] >= NEAR * limit or len(made) == MOST_TRIALS


def test_a_hopeless_limit_takes_two_trials():
    tried = choices(FORMATS[".webp"].steps, (1280, 720), Fraction(30))
    assert search(tried, 20_000, lambda choice: int(5e6 * choice.weight / tried[0].weight)).trials == 2


# Films


class Counting(ThreadPoolExecutor):
    """Draws in a thread, and counts the segments that it draws."""

    drawn = 0

    def submit(self, *given: Any, **more: Any) -> Future[Any]:
        self.drawn += 1
        return super().submit(*given, **more)


@pytest.mark.parametrize(
    ("name", "share"),
    [("film.gif", 0.6), ("film.gif", 0.35), ("film.webp", 0.35), ("film.apng", 0.6), ("film.mp4", 0.35)],
)
def test_a_film_is_held_to_a_size(free: dict[str, Film], tmp_path: Path, name: str, share: float):
    limit = int(share * free[name].bytes)
    with Counting(1) as executor:
        (film,) = render(described(max_size=limit), [tmp_path / name], executor=executor)
        assert executor.drawn == 1  # a film of so few frames is one segment
    assert film.encoding.trials > 1
    assert film.bytes == film.path.stat().st_size <= limit
    assert film.bytes > 0.4 * limit
    assert film.seconds == free[name].seconds == FRAMES / FPS
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]
    if name == "film.mp4":
        decoded = decode(film.path)
        frames, seconds = decoded.frames, decoded.seconds
        assert "yuv420p(tv, bt709, progressive)" in decoded.stream
    else:
        book = leaf_through(film.path)
        frames, seconds = book.frames, sum(book.durations) / 1000
        assert book.loop == 0
    assert frames.shape[2:0:-1] == film.size
    if name == "film.mp4":
        assert film_data(film)["encoding"]["quality"].startswith("CRF ")
    assert seconds == pytest.approx(film.seconds, abs=0.011 if name == "film.mp4" else 0.001)
    for frame, at in ((frames[0], 0), (frames[-1], FRAMES - 1)):
        drawn = picture(free["%03d.png"].path.parent / f"{at:03d}.png")
        assert np.abs(frame.mean(axis=(0, 1)) - drawn.mean(axis=(0, 1))).max() < 3


@pytest.mark.parametrize("name", ["film.gif", "film.webp"])
def test_a_film_without_a_background_is_held_to_a_size(free: dict[str, Film], tmp_path: Path, name: str):
    limit = int(0.7 * free[name].bytes)
    (film,) = render(described(max_size=limit, background="transparent"), [tmp_path / name], jobs=1)
    assert film.path.stat().st_size <= limit
    assert film.size < SIZE
    with Image.open(film.path) as image:
        for number in (0, image.n_frames - 1):  # type: ignore[attr-defined]  # an animated picture has it
            image.seek(number)
            alpha = np.asarray(image.convert("RGBA"))[..., 3]
            assert alpha[0].max() == 0
            assert alpha[alpha.shape[0] // 2, alpha.shape[1] // 2] == 255


def test_a_film_that_is_small_enough_is_as_without_a_limit(free: dict[str, Film], tmp_path: Path):
    outputs = [tmp_path / name for name in NAMES]
    films = render(described(max_size="1MB"), outputs, jobs=1)
    for film in films:
        stamp = 300  # bytes at the end, which tell the limit
        assert film.path.read_bytes()[8:-stamp] == free[film.path.name].path.read_bytes()[8:-stamp]
        assert film.encoding.trials == 1


def test_the_same_film_is_held_to_a_size_the_same_way(free: dict[str, Film], tmp_path: Path):
    limit = free["film.gif"].bytes // 2
    outputs = [tmp_path / name for name in ("a.gif", "b.gif")]
    for output, jobs in zip(outputs, (1, 2), strict=True):
        render(described(max_size=limit), [output], jobs=jobs)
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_a_limit_that_cannot_be_met_leaves_the_old_film_and_says_which_can(tmp_path: Path):
    path = tmp_path / "film.gif"
    path.write_bytes(b"the last good film")
    with pytest.raises(
        InputError, match=r"cannot have at most 10 kB: the smallest that there is, 160x90, has [0-9.]+ kB"
    ):
        render(described(max_size="10kB"), [path], jobs=1)
    assert path.read_bytes() == b"the last good film"
    with pytest.raises(InputError) as error:
        render(described(max_size="11kB"), [path], jobs=1)
    assert error.value.__notes__ == [f"{FRAMES} of {FRAMES} frames are kept, and need not be drawn again"]
    enough = str(error.value).partition(" has ")[2].partition(";")[0]
    seen: list[Progress] = []
    (film,) = render(described(max_size=enough), [path], jobs=1, progress=seen.append)
    assert film.bytes <= film.encoding.max_size  # type: ignore[operator]  # it has one
    assert {event.frames_kept for event in seen} == {FRAMES}  # nothing was drawn again
    assert [event.trial for event in seen] == list(range(film.encoding.trials + 1))


def test_the_choice_is_said(free: dict[str, Film], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    limit = free["film.gif"].bytes // 3
    keys = {key: value for key, value in DESCRIPTION.items() if key != "function"} | {"max_size": limit}
    settings = [
        word for key, value in keys.items() for word in ("--set", f"{key}={json.dumps(value).replace(': ', ' = ')}")
    ]
    told = run("render", "himmelblau", *settings, "-o", "film.gif")
    assert told.exit_code == 0, told.stderr
    assert "encoding, trial 2 of at most 6" in told.stderr
    (data,) = json.loads(run("render", "himmelblau", *settings, "-o", "film.gif", "--json").stdout)["films"]
    encoding = data["encoding"]
    assert (encoding["max_size"], encoding["fps"]) == (limit, 12.5)
    assert 1 < encoding["trials"] <= MOST_TRIALS
    width, height = data["size"]
    assert f"film.gif  {width}x{height}, 0.9 s, 12 frames" in told.stdout
    assert f"kB: {width}x{height} in place of 320x180, 12.5 frames a second in place of 25" in told.stdout
    assert encoding["quality"] in ("256 colours", "128 colours", "64 colours")


# What is asked for


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ("8MB", 8_000_000),
        ("8 MB", 8_000_000),
        ("8mb", 8_000_000),
        ("8MiB", 8 * 2**20),
        ("500kB", 500_000),
        ("500 KiB", 512_000),
        ("1.5MB", 1_500_000),
        ("2GB", 2_000_000_000),
        ("123456", 123_456),
        ("123456B", 123_456),
        (123_456, 123_456),
        (2e6, 2_000_000),
    ],
)
def test_sizes_in_bytes(given: object, count: int):
    assert described(max_size=given).max_size == count


@pytest.mark.parametrize("frames", [23, 24])
def test_a_film_that_leaves_frames_out_tells_how_many_it_has(frames: int, tmp_path: Path):
    timing = {"approach": frames / FPS, "hold": 0, "descent": 0, "finish": 0}
    (film,) = render(described(max_size="100kB", timing=timing), [tmp_path / "film.gif"], jobs=1)
    assert film.encoding.choice.every == 2
    durations = leaf_through(film.path).durations
    assert (len(durations), sum(durations)) == (film.frames, 1000 * frames / FPS)


def test_a_truth_value_is_no_size():
    with pytest.raises(InputError, match=r"max_size: a file's size is a number .* such as 8MB, not 'true'"):
        described(max_size=True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            "8 lightyears",
            "a number with one of the units B, kB, MB, GB, KiB, MiB, GiB, such as 8MB, not '8 lightyears'",
        ),
        ("8MBs", "did you mean 8MB?"),
        ("", "such as 8MB, not ''"),
        ("MB", "such as 8MB, not 'MB'"),
        ("1e9MB", "such as 8MB, not '1e9MB'"),
        ("1kB", "no film has less than 10 kB, so it cannot be held to '1kB'"),
        ("-8MB", "no film has less than 10 kB"),
        ("0", "no film has less than 10 kB"),
    ],
)
def test_what_is_no_size_is_refused_in_one_sentence(given: str, words: str, tmp_path: Path):
    result = run("render", "sphere", "-o", str(tmp_path / "film.gif"), "--max-size", given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("gdviz: --max-size: ")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["film.mov", "film.webm", "%d.png"])
def test_formats_that_cannot_be_held_to_a_size_are_refused(name: str, tmp_path: Path):
    result = run("render", "sphere", "-o", str(tmp_path / name), "--max-size", "8MB")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "with at most 8 MB: max_size holds only for .mp4, .gif, .webp, .apng" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_film_is_stale_if_another_limit_is_asked_for(tmp_path: Path):
    path = tmp_path / "film.gif"
    held, other, without = (described(**TINY, **keys) for keys in ({"max_size": "1MB"}, {"max_size": "2MB"}, {}))
    render(held, [path], jobs=1)
    assert [states(resolve(each), [path]) for each in (held, other, without)] == [
        [State.CURRENT],
        [State.STALE],
        [State.STALE],
    ]


def test_a_batch_is_held_to_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text('function = "sphere"\nsize = [64, 64]\ntiming = { descent = 0.1, finish = 0 }\n')
    batch = ("batch", "small.toml", "-d", "media", "-f", "gif")
    done = run(*batch, "--max-size", "40kB")
    assert done.exit_code == 0, done.stderr
    assert "MB, 64x64" in done.stdout
    assert Path("media/small.gif").stat().st_size <= 40_000
    codes = [run(*batch, "--check", *limit).exit_code for limit in (("--max-size", "40kB"), ("--max-size", "50kB"), ())]
    assert codes == [0, 1, 1]


# The warning


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_that_is_too_large_for_github_is_warned_of(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
):
    monkeypatch.setattr(gdviz.rendering, "LARGEST_SHOWN", 100)
    (film,) = render(described(**TINY), [tmp_path / name], jobs=1)
    told = [str(each.message) for each in recwarn if issubclass(each.category, GdvizWarning)]
    if name == "film.mp4":
        assert not told
    else:
        assert len(told) == 1
        assert f"{film.path} has " in told[0]
        assert "--max-size" in told[0]


def test_a_film_whose_limit_was_chosen_is_not_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
):
    monkeypatch.setattr(gdviz.rendering, "LARGEST_SHOWN", 100)
    render(described(**TINY, max_size="1MB"), [tmp_path / "film.gif"], jobs=1)
    assert not [each for each in recwarn if issubclass(each.category, GdvizWarning)]
