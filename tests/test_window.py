"""A window on a screen of its own, with real keys and a real mouse."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageGrab
from processes import Ended, Running, wait_until
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.cli.viewing import file_for
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.keyframes_file import KeyframesFile
from gdviz.segments import draw_frame

pytestmark = pytest.mark.xdist_group("window")  # one process opens the window that its tests share

SIZE = (320, 180)
FILM = """\
function = "sphere"  # a bowl
size = [320, 180]
fps = 10
starts = { points = [[2, 1]] }
timing = { approach = 1, hold = 0, descent = 2, finish = 1 }

# From the south.
[[camera]]
at = 0
azimuth = 10
elevation = 50

# From the north.
[[camera]]
at = 1
azimuth = 90
elevation = 30
zoom = 1.2
"""
FRAME, LAST = 10, 39
OTHER = "what gdviz did not draw"


@dataclass(frozen=True)
class Shown:
    """What was seen and written."""

    saved: Animation
    text: str
    screen: Image.Image  # with the keyframe at FRAME
    still: Path
    ended: Ended


@contextmanager
def screen() -> Iterator[str]:
    """Start a screen that nobody sees, and give its name."""
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            if os.environ.get("CI") or os.environ.get("BROWSER"):
                pytest.fail(f"there is no {program}, and CI needs it")
            pytest.skip(f"there is no {program}; make test BROWSER=1 installs it")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


class Hand:
    """Hands on the keys and the mouse of a window."""

    def __init__(self, display: str) -> None:
        self.display = display
        number = self.do("search", "--sync", "--onlyvisible", "--name", "^gdviz: ").split()[0]
        self.do("windowfocus", "--sync", number)
        told = self.do("getwindowgeometry", "--shell", number)
        place = dict(line.split("=") for line in told.split())
        self.left, self.top, self.width = int(place["X"]), int(place["Y"]), int(place["WIDTH"])

    def do(self, *words: str) -> str:
        environment = os.environ | {"DISPLAY": self.display}
        return subprocess.run(
            ["xdotool", *words], env=environment, check=True, capture_output=True, text=True, timeout=60
        ).stdout

    def drag(self, right: int, down: int) -> list[str]:
        """Return the words for a drag from the middle of the picture."""
        x, y = self.left + self.width // 2, self.top + SIZE[1] // 2
        moves = [word for share in (2, 1) for word in self.to(x + right // share, y + down // share)]
        return [*self.to(x, y), "mousedown", "1", *moves, "mouseup", "1"]

    @staticmethod
    def to(x: int, y: int) -> list[str]:
        return ["mousemove", str(x), str(y)]

    def film_picture(self) -> Image.Image:
        """Return the film's picture on the screen."""
        left = self.left + (self.width - SIZE[0]) // 2
        return ImageGrab.grab((left, self.top, left + SIZE[0], self.top + SIZE[1]), xdisplay=self.display)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("window")
    path = folder / "film.toml"
    path.write_text(FILM)
    (folder / "film-0000.png").write_text(OTHER)
    with screen() as display:
        running = Running(folder, "view", "film.toml", "-o", "film.toml", DISPLAY=display)
        hand = Hand(display)
        hand.do("key", "p", *hand.drag(45, -18), "key", "k", "key", "shift+Right")
        hand.do(*hand.drag(-60, 9), "click", "4", "click", "4", "key", "k", "key", "p", "key", "s")
        wait_until(lambda: "at = 0.2" in path.read_text())
        text = path.read_text()
        saved = Animation.load(path)
        still = folder / f"film-{FRAME:04d}.png"
        with Image.open(still) as opened:
            wait_until(lambda: np.array_equal(np.array(hand.film_picture()), np.array(opened.convert("RGB"))))
        grabbed = hand.film_picture()
        hand.do("key", "End", "key", "Delete", "key", "q", "key", "q")
        return Shown(saved, text, grabbed, still, running.end())


def test_the_films_camera_is_where_the_window_had_it_and_comments_stay(shown: Shown):
    assert [key.at for key in shown.saved.camera] == [0, pytest.approx(FRAME / LAST, abs=1e-4), 1]
    first, second, third = shown.saved.camera
    assert (first.azimuth, first.elevation, first.zoom) == (10 - 45, 50 - 18, 1)
    assert second.zoom > 1.2
    assert (third.azimuth, third.elevation, third.zoom) == (90, 30, 1.2)
    assert "# a bowl\n" in shown.text
    assert shown.text.index("# From the south.") < shown.text.index("-35") < shown.text.index("# From the north.")


def test_the_picture_in_the_window_is_the_films_picture(shown: Shown):
    film = draw_frame(resolve(shown.saved).canonical_json, FRAME)
    assert np.array_equal(np.array(shown.screen), np.array(film))
    with Image.open(shown.still) as still:
        assert np.array_equal(np.array(still.convert("RGB")), np.array(film))


def test_what_was_written_is_told_and_keyframes_that_were_not_saved_are_printed(shown: Shown):
    assert (shown.ended.code, shown.ended.complaints) == (0, "")
    assert (shown.still.parent / "film-0000.png").read_text() == OTHER
    files, _, unsaved = shown.ended.printed.partition("Not saved:\n")
    assert files.split() == [shown.still.name, "film.toml"]
    assert len(tomllib.loads(unsaved)["camera"]) == len(shown.saved.camera) - 1


# Without a screen


@pytest.mark.parametrize(("display", "told"), [("", "DISPLAY is not set"), (":4711", "':4711' does not answer")])
def test_without_a_display_one_sentence_says_so(display: str, told: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISPLAY", display)
    result = CliRunner().invoke(app, ["view", "sphere"], prog_name="gdviz")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("gdviz: no window can be opened: ")
    assert told.replace("'", "") in result.stderr
    assert result.stderr.count("\n") == 1


def test_without_an_output_keyframes_go_to_the_target_or_to_a_new_file_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    animation = Animation(function="sphere")
    new = file_for("sphere", animation, None)
    assert isinstance(new, KeyframesFile)
    assert new.path == Path("sphere.toml")
    new.write([])
    again = file_for("sphere", animation, None)
    assert isinstance(again, str)
    assert "sphere.toml is there already" in again
    own = file_for("sphere.toml", animation, None)
    assert isinstance(own, KeyframesFile)
    assert own.path == Path("sphere.toml")


def test_a_file_that_cannot_have_keyframes_is_refused_before_a_window_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DISPLAY", "")
    path = tmp_path / "film.toml"
    path.write_text("this is no TOML")
    result = CliRunner().invoke(app, ["view", "sphere", "-o", str(path)], prog_name="gdviz")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "is not valid TOML" in result.stderr
    assert path.read_text() == "this is no TOML"
