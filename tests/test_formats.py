"""Every kind of film is written, read back and looked at; two of them in a browser."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from films import decode, leaf_through, moments, picture

from gdviz.description.animation import Animation
from gdviz.errors import EncodeError, InputError
from gdviz.film import Film
from gdviz.movie.formats import FORMATS, format_of, nearest_rate
from gdviz.plan import FEW_FRAMES, plan
from gdviz.rendering import Progress, render, still

pytestmark = pytest.mark.xdist_group("formats")  # one process makes the films that its tests share

FPS, FRAMES, SIZE = 25, 65, (160, 90)
NAMES = ("film.mp4", "film.webm", "film.mov", "film.gif", "film.webp", "film.apng", "pictures/%03d.png")
DESCRIPTION = {
    "function": "himmelblau",
    "starts": {"points": [[-4.5, 1.0], [1.0, 4.5], [0.5, -0.5]]},
    "size": SIZE,
    "fps": FPS,
    "timing": {"approach": 0.3, "hold": 0.2, "descent": 1.6, "finish": 0.5},
    "caption": False,
}


@pytest.fixture(scope="module")
def animation() -> Animation:
    animation = Animation.from_data(DESCRIPTION)
    assert animation.frames == FRAMES >= FEW_FRAMES
    assert len(plan(FRAMES)) == 4
    return animation


@pytest.fixture(scope="module")
def films(animation: Animation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Film]:
    """Return a film of each kind, all rendered in one call."""
    folder = tmp_path_factory.mktemp("formats")
    seen: list[Progress] = []
    films = render(animation, [folder / name for name in NAMES], jobs=1, progress=seen.append)
    assert [event.frames_done for event in seen] == [0, 16, 32, 49, 65]
    return dict(zip(NAMES, films, strict=True))


@pytest.fixture(scope="module")
def drawn(films: dict[str, Film]) -> np.ndarray:
    folder = films["pictures/%03d.png"].path.parent
    return np.stack([picture(folder / f"{number:03d}.png") for number in range(FRAMES)])


@pytest.fixture
def short(animation: Animation) -> Animation:
    """Return a film of few frames, for what does not depend on their number."""
    return animation.lasting(0.16).model_copy(update={"size": (64, 64)})


def difference(frames: np.ndarray, drawn: np.ndarray) -> float:
    """Return by how much the frame that differs most differs in the mean."""
    return float(np.abs(frames.astype(int) - drawn).mean(axis=(1, 2, 3)).max())


def tint(frames: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return by how much the land is too red, green and blue: a wrong matrix or range shifts a whole colour."""
    land = drawn.max(axis=-1) > 40
    return (frames.astype(int) - drawn)[land].mean(axis=0)


def content(path: Path) -> dict[str, bytes]:
    """Return what a film consists of: one file, or a folder's."""
    files = sorted(path.parent.glob("*.png")) if "%" in path.name else [path]
    return {file.name: file.read_bytes() for file in files}


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_kind_of_film_is_looked_at_here():
    assert {Path(name).suffix for name in NAMES} == set(FORMATS) - {".html"}


def test_a_film_says_what_it_is(films: dict[str, Film]):
    for name, film in films.items():
        assert (film.frames, film.seconds, film.size, film.counts.points) == (FRAMES, 2.6, SIZE, 3), name
        assert film.bytes == sum(map(len, content(film.path).values())), name
    assert sorted(path.name for path in films["film.gif"].path.parent.iterdir()) == sorted(
        name.partition("/")[0] for name in NAMES
    )


@pytest.mark.parametrize(
    ("name", "codec", "pixels", "tolerance", "clock"),
    [
        ("film.mp4", "h264 (High)", "yuv420p(tv, bt709, progressive)", 2.4, 1e-5),
        ("film.webm", "vp9 (Profile 0)", "yuv420p(tv, bt709, progressive)", 2.4, 0.00051),
        ("film.mov", "prores (4444)", "yuv444p12le(tv, bt709, progressive)", 0.5, 1e-5),
    ],
)
def test_videos(
    films: dict[str, Film], drawn: np.ndarray, name: str, codec: str, pixels: str, tolerance: float, clock: float
):
    film = decode(films[name].path)
    assert codec in film.stream
    assert pixels in film.stream
    assert "25 fps" in film.stream
    assert film.frames.shape == (FRAMES, SIZE[1], SIZE[0], 3)
    assert film.seconds == pytest.approx(2.6, abs=0.02)
    assert difference(film.frames, drawn) < tolerance
    assert np.abs(tint(film.frames, drawn)).max() < 2.5
    background = np.abs(film.frames[:, :4, :4].astype(int) - drawn[:, :4, :4])
    assert background.max() <= 3
    assert np.abs(moments(films[name].path) - np.arange(FRAMES) / FPS).max() <= clock


@pytest.mark.parametrize("name", ["film.mp4", "film.mov"])
def test_the_index_comes_first_so_that_a_film_plays_while_it_loads(films: dict[str, Film], name: str):
    content = films[name].path.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("fps", [30, 29.97])
def test_no_moment_is_lost_or_doubled_where_parts_join(animation: Animation, tmp_path: Path, fps: float):
    odd = animation.model_copy(update={"fps": fps, "size": (64, 64)})
    paths = [tmp_path / f"film{suffix}" for suffix in (".mp4", ".webm", ".mov", ".apng", ".webp")]
    films = render(odd, paths, jobs=1)
    assert len(plan(odd.frames)) == 4
    for film, clock in zip(films, (3e-5, 0.00051, 3e-5, None, None), strict=True):
        if clock:
            assert np.abs(moments(film.path) - np.arange(odd.frames) / fps).max() <= clock
        else:
            shown = np.cumsum(leaf_through(film.path).durations)
            assert np.abs(shown - 1000 * np.arange(1, odd.frames + 1) / fps).max() <= 0.7


@pytest.mark.parametrize(("name", "tolerance"), [("film.gif", 0.8), ("film.webp", 3.2), ("film.apng", 0.0)])
def test_animated_pictures(films: dict[str, Film], drawn: np.ndarray, name: str, tolerance: float):
    book = leaf_through(films[name].path)
    assert book.frames.shape == (FRAMES, SIZE[1], SIZE[0], 3)
    assert set(book.durations) == {40}
    assert book.loop == 0
    assert difference(book.frames, drawn) <= tolerance
    assert np.abs(tint(book.frames, drawn)).max() < 1.5


def test_numbered_pictures_are_the_drawn_frames(animation: Animation, drawn: np.ndarray, tmp_path: Path):
    for number in (0, 29, 30, 64):
        assert (drawn[number] == picture(still(animation, tmp_path / "frame.png", number))).all()


@pytest.mark.parametrize("name", sorted({*NAMES} - {"film.gif"}))  # which is compared where it is drawn at its own rate
def test_a_film_is_the_same_alone(animation: Animation, films: dict[str, Film], tmp_path: Path, name: str):
    (alone,) = render(animation, [tmp_path / name], jobs=1)
    assert content(alone.path) == content(films[name].path)


def test_a_film_is_the_same_with_more_jobs(animation: Animation, films: dict[str, Film], tmp_path: Path):
    for film in render(animation, [tmp_path / name for name in NAMES], jobs=2):
        name = str(film.path.relative_to(tmp_path))
        assert content(film.path) == content(films[name].path), name


# Frame rates


@pytest.mark.parametrize(
    ("fps", "rate"), [(30, 25), (25, 25), (24, 25), (60, 50), (120, 50), (12, 10), (15, 20), (5, 5), (1, 1)]
)
def test_a_gif_has_the_nearest_rate_that_it_can_have(fps: float, rate: int):
    assert nearest_rate(fps, FORMATS[".gif"]) == rate
    assert nearest_rate(fps, FORMATS[".webp"]) == fps


def test_a_gif_alone_is_drawn_at_its_own_rate(animation: Animation, films: dict[str, Film], tmp_path: Path):
    (film,) = render(animation.model_copy(update={"fps": 30.0}), [tmp_path / "film.gif"], jobs=1)
    assert (film.frames, film.seconds) == (65, 2.6)
    assert content(film.path) == content(films["film.gif"].path)


@pytest.mark.parametrize(("fps", "frames", "gif_frames"), [(30.0, 48, 40), (12.5, 20, 16), (30.0, 1, 1), (120.0, 3, 2)])
def test_a_gif_beside_others_leaves_out_frames(
    animation: Animation, tmp_path: Path, fps: float, frames: int, gif_frames: int
):
    shaped = animation.model_copy(update={"fps": fps, "size": (64, 64)}).lasting(frames / fps)
    gif, pictures = render(shaped, [tmp_path / "film.gif", tmp_path / "p" / "%d.png"], jobs=1)
    assert (gif.frames, pictures.frames) == (gif_frames, frames)
    book, rate = leaf_through(gif.path), gif.frames / gif.seconds
    assert sum(book.durations) == pytest.approx(1000 * gif.seconds)
    for number, frame in enumerate(book.frames):
        shown = picture(tmp_path / "p" / f"{int(number * fps / rate)}.png")
        assert np.abs(frame.astype(int) - shown).mean() < 3


# What goes wrong


@pytest.fixture
def ffmpeg_that_fails(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """Return how to put in ffmpeg's place one that fails where a word stands in its command, after some frames."""

    def install(word: str) -> None:
        script = tmp_path_factory.mktemp("bin") / "ffmpeg"
        script.write_text(
            f'#!/bin/sh\ncase "$*" in *{word}*) head -c 60000 >/dev/null; echo "no more" >&2; exit 3;; esac\n'
            f'exec {imageio_ffmpeg.get_ffmpeg_exe()} "$@"\n'
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(script))

    return install


def running_encoders() -> list[bytes]:
    found = []
    for children in Path("/proc/self/task").glob("*/children"):
        for child in children.read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            found += [command] if b"ffmpeg" in command.partition(b"\0")[0] else []
    return found


@pytest.mark.parametrize("word", ["libvpx-vp9", "libx264rgb", "palettegen", "paletteuse", "image2.*%03d", "apng"])
def test_a_failing_encoder_leaves_every_old_film(short: Animation, tmp_path: Path, ffmpeg_that_fails, word: str):
    targets = [tmp_path / name for name in NAMES]
    render(short.lasting(0.04), targets[-1:], jobs=1)
    for target in [*targets[:-1], tmp_path / "pictures/other.txt"]:
        target.write_bytes(b"the last good film")
    before = snapshot(tmp_path)
    ffmpeg_that_fails(word.replace(".*", "*"))
    with pytest.raises(EncodeError, match="ffmpeg failed with code 3: no more"):
        render(short, targets, jobs=1)
    unfinished = tmp_path / ".film.mp4.gdviz"
    finished = word not in ("libvpx-vp9", "libx264rgb")  # all segments, so that they are kept
    assert unfinished.exists() == finished
    shutil.rmtree(unfinished, ignore_errors=True)
    assert snapshot(tmp_path) == before
    assert len(list(tmp_path.iterdir())) == len(NAMES)
    assert not running_encoders()


def test_a_failing_encoder_makes_no_folder(short: Animation, tmp_path: Path, ffmpeg_that_fails):
    ffmpeg_that_fails("image2")
    with pytest.raises(EncodeError):
        render(short, [tmp_path / "new" / "%d.png"], jobs=1)
    assert [path.name for path in tmp_path.iterdir()] == [".new.%d.png.gdviz"]


@pytest.fixture
def ffmpeg_script(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """Return how to put in ffmpeg's place a shell script, in which $ffmpeg is the real one."""

    def install(lines: str) -> None:
        script = tmp_path_factory.mktemp("bin") / "ffmpeg"
        script.write_text(f"#!/bin/bash\nffmpeg={imageio_ffmpeg.get_ffmpeg_exe()}\n{lines}\n")
        script.chmod(0o755)
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(script))

    return install


@pytest.mark.parametrize("name", NAMES)
def test_an_encoder_that_drops_frames_is_found_out(short: Animation, tmp_path: Path, ffmpeg_script, name: str):
    suffix = name.rpartition(".")[2]
    ffmpeg_script(
        f'last="${{@: -1}}"; case "$last" in *.{suffix}) set -- "${{@:1:$#-1}}" -frames:v:0 2 "$last";; esac\n'
        'exec $ffmpeg "$@"'
    )
    with pytest.raises(EncodeError, match=f"ffmpeg wrote 2 frames of 4 to {Path(name).name}"):
        render(short, [tmp_path / name], jobs=1)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["film.mp4", "film.webm", "film.mov"])
def test_a_film_that_lost_frames_although_ffmpeg_counted_them_is_found_out(
    short: Animation, tmp_path: Path, ffmpeg_script, name: str
):
    """The file is counted, not what ffmpeg says: here the whole film is made, and then replaced by a shorter one."""
    ffmpeg_script(
        f'$ffmpeg "$@" || exit; last="${{@: -1}}"; case "$last" in */{name})\n'
        '  mv "$last" "$last.whole"; $ffmpeg -v error -i "$last.whole" -c copy -frames:v 2 "$last";; esac'
    )
    with pytest.raises(EncodeError, match=f"ffmpeg wrote 2 frames of 4 to {name}"):
        render(short, [tmp_path / name], jobs=1)


@pytest.mark.parametrize("name", NAMES)
def test_an_ffmpeg_that_does_not_count_what_it_copies_will_do(
    short: Animation, tmp_path: Path, ffmpeg_script, name: str
):
    """As is ffmpeg 7.0."""
    ffmpeg_script(
        'case "$*" in *"-c copy"*) set -o pipefail; $ffmpeg "$@" | grep -v ^frame=;; *) exec $ffmpeg "$@";; esac'
    )
    (film,) = render(short, [tmp_path / name], jobs=1)
    assert film.frames == 4


def test_an_ffmpeg_that_is_too_old_is_told_so(short: Animation, tmp_path: Path, ffmpeg_script):
    ffmpeg_script("echo \"Unrecognized option 'movie_timescale'.\" >&2; exit 1")
    with pytest.raises(EncodeError, match=r"movie_timescale.*gdviz needs ffmpeg 5\.1 or newer"):
        render(short, [tmp_path / "film.mp4"], jobs=1)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("film.avi", r"the suffix \.avi is not one of \.mp4, \.webm, \.mov, \.gif, \.webp, \.apng, \.png"),
        ("film", r"the suffix \(none\) is not one of"),
        ("film.png", r"a folder of pictures, such as .*film/%04d\.png; 'gdviz still' draws one picture"),
        ("%d-%d.png", "exactly one %d"),
        ("%s.png", "exactly one %d"),
        ("100%.png", "exactly one %d"),
        ("%4d.png", "exactly one %d"),
        ("%00d.png", "exactly one %d"),
        ("%d/film.png", "such as"),
    ],
)
def test_paths_that_are_no_films_are_refused(short: Animation, tmp_path: Path, name: str, words: str):
    with pytest.raises(InputError, match=words):
        format_of(tmp_path / name)
    with pytest.raises(InputError, match=words):
        render(short, [tmp_path / "good.mp4", tmp_path / name])
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_written_is_refused_before_any_work(animation: Animation, tmp_path: Path):
    def refused(words: str, *names: str) -> None:
        with pytest.raises(InputError, match=words):
            render(animation, [tmp_path / name for name in names], progress=lambda _: pytest.fail("work was done"))

    refused("there is no folder .*/a", "a/b/%d.png")
    refused("there is no folder .*/a", "a.mp4", "a/film.webm")
    refused("twice", "film.webm", "film.mp4", "film.webm")
    refused("twice", "p/%d.png", f"../{tmp_path.name}/p/%d.png")
    refused("no output", *[])
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder" / "2.png").mkdir(parents=True)
    refused("file is not a folder", "file/%d.png")
    refused(r"2\.png is a folder", "folder/%d.png")


# Folders of pictures


def test_leftovers_of_a_longer_film_go_and_all_else_stays(short: Animation, tmp_path: Path):
    kept = ["notes.txt", "7.png", "0007.png", "x007.png", "007.PNG", "007.png.bak", "sub/007.png"]
    (tmp_path / "sub").mkdir()
    for name in kept:
        (tmp_path / name).write_bytes(b"old")
    render(short.lasting(0.28), [tmp_path / "%03d.png"], jobs=1)
    assert len(list(tmp_path.glob("00?.png"))) == 7
    (film,) = render(short, [tmp_path / "%03d.png"], jobs=1)
    assert film.frames == 4
    after = snapshot(tmp_path)
    assert sorted(after) == sorted([*kept, "000.png", "001.png", "002.png", "003.png"])
    assert {name for name, bytes_ in after.items() if bytes_ == b"old"} == set(kept)


@pytest.mark.parametrize("pattern", ["100%/a%dz.png", "it's/%02d.PNG", "%d.png", "100% %d/f-%03d.png"])
def test_patterns(short: Animation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str):
    monkeypatch.chdir(tmp_path)
    (film,) = render(short, [pattern], jobs=1)
    folder = Path(pattern).parent
    number = Path(pattern).name
    assert sorted(path.name for path in folder.iterdir()) == [number % k for k in range(4)]
    assert film.path == Path(pattern)
    assert film.bytes == sum(path.stat().st_size for path in folder.iterdir())


def test_two_patterns_may_share_a_new_folder(short: Animation, tmp_path: Path):
    render(short, [tmp_path / "new" / "a%d.png", tmp_path / "new" / "b%d.png"], jobs=1)
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == [f"{letter}{number}.png" for letter in "ab" for number in range(4)]


def test_names_that_ffmpeg_would_read_otherwise(short: Animation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    names = ["-i.mp4", "a:b.webm", "it's 100%d.gif", "%d.webp", "pipe:1.apng", "FILM.MOV"]
    render(short, names, jobs=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


# In a browser

PAGE = """<!doctype html><meta charset="utf-8"><canvas></canvas><script>
const once = (on, what) => new Promise((done, failed) => {
  on.addEventListener(what, done, {once: true});
  on.addEventListener("error", () => failed(on.error ? on.error.message : "error"), {once: true});
});
async function watch(name) {
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  const ready = once(video, "loadeddata");
  video.src = name;
  await ready;
  const sought = once(video, "seeked");
  video.currentTime = MOMENT;
  await sought;
  const canvas = document.querySelector("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  video.currentTime = 0;
  await once(video, "seeked");
  const ended = once(video, "ended");
  video.playbackRate = 4;
  await video.play();
  await ended;
  return {width: video.videoWidth, height: video.videoHeight, duration: video.duration, played: video.currentTime,
          pixels: Array.from(pixels)};
}
(async () => {
  const told = {};
  for (const name of NAMES) {
    try { told[name] = await watch(name); } catch (error) { told[name] = {error: String(error)}; }
  }
  await fetch("/told", {method: "POST", body: JSON.stringify(told)});
})();
</script>"""


class _Handler(SimpleHTTPRequestHandler):
    """Serves the page and the films, a piece of one where a piece is asked for, and takes what the page tells."""

    def __init__(self, *arguments, page: bytes, told: Queue[Any], **settings) -> None:
        self._page, self._told = page, told
        super().__init__(*arguments, **settings)

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if self.path != "/" and not path.is_file():
            self.send_error(404)
            return
        body = self._page if self.path == "/" else path.read_bytes()
        kind = "text/html" if self.path == "/" else {".mp4": "video/mp4", ".webm": "video/webm"}[path.suffix]
        asked = self.headers.get("Range", "").removeprefix("bytes=").split("-")
        first = int(asked[0] or 0)
        last = int(asked[1]) if len(asked) > 1 and asked[1] else len(body) - 1
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Accept-Ranges", "bytes")
        if "Range" in self.headers:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(body)}")
        self.send_header("Content-Length", str(last + 1 - first))
        self.end_headers()
        try:
            self.wfile.write(body[first : last + 1])
        except ConnectionError:
            self.close_connection = True  # the browser has enough

    def do_POST(self) -> None:
        told = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        self._told.put(json.loads(told))

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path, page: str) -> Iterator[tuple[str, Queue[Any]]]:
    told: Queue[Any] = Queue()
    handler = partial(_Handler, directory=str(folder), page=page.encode(), told=told)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", told
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def browsing(browser: str, address: str) -> Iterator[Path]:
    """Show a page for as long as the block lasts; give where the browser's words are."""
    # Not in the test's own folder: its path may be longer than that of a socket can be.
    with tempfile.TemporaryDirectory(prefix="browser", ignore_cleanup_errors=True) as home:
        command = [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"),
            *(f"--user-data-dir={home}/profile", address),
        ]
        words = Path(home) / "words.txt"
        with words.open("wb") as file:
            process = subprocess.Popen(
                command, stdout=file, stderr=file, start_new_session=True, env=os.environ | {"TMPDIR": home}
            )
        try:
            yield words
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_mp4_and_webm_play_in_a_browser(films: dict[str, Film], drawn: np.ndarray):
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("no chromium or google-chrome is installed; make test BROWSER=1 installs one")
    names, frame = ["film.mp4", "film.webm"], 40
    moment = (frame + 0.5) / FPS
    page = PAGE.replace("NAMES", json.dumps(names)).replace("MOMENT", str(moment))
    with served(films["film.mp4"].path.parent, page) as (address, told), browsing(browser, address) as words:
        try:
            heard = told.get(timeout=45)
        except Empty:
            pytest.fail("the page told nothing; the browser said: " + words.read_text(errors="replace")[-800:])
    for name in names:
        assert "error" not in heard[name], heard[name]
        assert (heard[name]["width"], heard[name]["height"]) == SIZE
        assert heard[name]["duration"] == pytest.approx(2.6, abs=0.02)
        assert heard[name]["played"] == pytest.approx(2.6, abs=0.02)
        pixels = np.array(heard[name]["pixels"]).reshape(SIZE[1], SIZE[0], 4)[..., :3]
        assert np.abs(pixels - drawn[frame]).mean() < 4, name
        assert np.abs(pixels.mean(axis=(0, 1)) - drawn[frame].mean(axis=(0, 1))).max() < 1.5, name
        nearest = min(range(FRAMES), key=lambda k: np.abs(pixels - drawn[k]).mean())
        assert abs(nearest - frame) <= 1, name
