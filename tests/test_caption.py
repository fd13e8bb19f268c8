"""The caption on the picture: where the title and the readouts stand, in which ink, and what they say."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from gdviz.description.choices import View
from gdviz.picture.caption import Caption, Readout, caption_marks
from gdviz.picture.layout import layout_of
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Label
from gdviz.picture.sharing import race_sharing
from gdviz.picture.themes import DARK
from gdviz.scene.build import Scene
from gdviz.stage.painter import write

READOUTS = (
    Readout("learning rate", "0.01", "0.01"),
    Readout("iteration", "7", "1000"),
    Readout("converged", "3 / 9", "9 / 9"),
)


def written(caption: Caption, size: tuple[int, int] = (900, 720)) -> np.ndarray:
    picture = Image.new("RGB", size, DARK.background)
    write(picture, caption_marks(caption, layout_of(size, View.SURFACE), DARK))
    return np.asarray(picture).astype(int)


def inked(pixels: np.ndarray) -> np.ndarray:
    return np.abs(pixels - DARK.background).max(axis=-1) > 60


def words(pixels: np.ndarray, gap: int = 6) -> list[tuple[int, int]]:
    """Return from where to where each word of a line reaches: what at least `gap` empty columns part."""
    columns = np.flatnonzero(inked(pixels).any(axis=0))
    cuts = np.flatnonzero(np.diff(columns) > gap)
    return list(zip(columns[[0, *(cuts + 1)]], columns[[*cuts, -1]], strict=True))


def test_title_and_readouts_begin_at_the_margin_one_at_the_top_and_one_at_the_bottom():
    pixels = written(Caption("Descent", READOUTS))
    rows, columns = np.nonzero(inked(pixels))
    assert columns.min() == pytest.approx(36, abs=3)
    upper, lower = rows[rows < 360], rows[rows > 360]
    assert 30 <= upper.min() <= 42
    assert upper.max() <= 70
    assert lower.max() <= 720 - 36 + 6
    assert lower.min() >= 720 - 36 - 20
    for part in (pixels[:360], pixels[360:]):
        assert np.nonzero(inked(part))[1].min() == pytest.approx(36, abs=3)


def test_labels_are_quieter_than_values_and_the_title():
    pixels = written(Caption("Descent", READOUTS))
    bottom = pixels[640:]
    brightest = [bottom[:, left : right + 1].max(axis=(0, 1)) for left, right in words(bottom)]
    quiet, loud = ([np.abs(color - ink).max() < 12 for color in brightest] for ink in (DARK.quiet_ink, DARK.ink))
    # learning rate 0.01 iteration 7 converged 3 / 9, where "learning rate" and "3 / 9" may be one word or several
    told = "".join("q" if one else "L" if other else "?" for one, other in zip(quiet, loud, strict=True))
    assert told.replace("qq", "q").rstrip("L") + "L" == "qLqLqL"
    assert np.abs(pixels[:100].max(axis=(0, 1)) - DARK.ink).max() < 12


def test_readouts_do_not_move_while_they_change():
    def begins(value: str) -> list[int]:
        readouts = (READOUTS[0], Readout("iteration", value, "1000"), READOUTS[2])
        return [left for left, _ in words(written(Caption("", readouts))[640:], gap=12)]

    few, many = begins("7"), begins("1000")
    assert len(few) == len(many)
    assert few == pytest.approx(many, abs=1)


def test_a_value_stands_beside_its_label_and_readouts_stand_apart():
    (left, right), *_ = words(written(Caption("", (Readout("x", "1", "1"),)))[640:], gap=1000)
    assert 20 < right - left < 40  # x, a gap of 8, 1
    starts = words(written(Caption("", READOUTS))[640:], gap=20)
    assert len(starts) == 3


def test_many_readouts_are_made_smaller_and_none_is_cut_off():
    readouts = tuple(Readout(f"readout {k}", "123456", "123456") for k in range(7))
    pixels = written(Caption("Descent", readouts), (640, 360))
    _, columns = np.nonzero(inked(pixels[300:]))
    assert columns.max() <= 640 - 16
    assert len(words(pixels[300:], gap=7)) >= 7


def test_many_readouts_come_nearer_before_they_are_made_smaller():
    readouts = tuple(Readout(f"number {k}", "12345", "12345") for k in range(5))
    caption, layout = Caption("", readouts), layout_of((900, 720), View.SURFACE)
    labels = [mark for mark in caption_marks(caption, layout, DARK) if isinstance(mark, Label)]
    assert {label.size for label in labels} == {layout.caption.text}
    ends = [label.place[0] + text_width(label.text, layout.caption.text) for label in labels]
    gaps = [label.place[0] - end for label, end in zip(labels[2::2], ends[1::2], strict=False)]
    assert gaps == pytest.approx([gaps[0]] * 4)
    assert layout.caption.text < gaps[0] < layout.caption.column
    assert ends[-1] <= 900 - layout.caption.margin + 1e-6


def test_the_readouts_of_a_surface_tell_the_step_and_how_many_have_arrived(scene: Scene):
    def told(frame: int) -> dict[str, str]:
        return {each.label: each.value for each in scene.caption(scene.timeline.state(frame)).readouts}

    steps = scene.runs[0].descent.steps
    assert (told(0)["iteration"], told(0)["converged"]) == ("0", "0 / 3")
    assert (told(29)["iteration"], told(29)["converged"]) == (str(steps), "3 / 3")
    for frame in range(30):
        state = scene.timeline.state(frame)
        assert 0 <= state.position - int(told(frame)["iteration"]) < 1


@pytest.mark.parametrize("size", [(320, 180), (640, 360), (1280, 720)])
def test_a_long_title_does_not_reach_into_the_panels_beside_it(size: tuple[int, int]):
    layout = layout_of(size, View.SURFACE, 2, sharing=race_sharing((View.LOSS, View.MAP)))
    picture = Image.new("RGB", size, DARK.background)
    write(picture, caption_marks(Caption("A long title of a film, " * 3, ()), layout, DARK))
    columns = np.flatnonzero(inked(np.asarray(picture).astype(int)).any(axis=0))
    assert layout.main.region.right / 2 < columns[-1] <= layout.main.region.right
