"""The painter: what is faint lets through what is there, and small shapes are painted where they are."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from gdviz.picture.lettering import font_for
from gdviz.picture.marks import Dot, Label, Line, Mark
from gdviz.stage.painter import paint_each, paint_over

INK = (250, 40, 10)


def painted(marks: list[Mark], ground: tuple[int, int, int] = (20, 30, 60)) -> np.ndarray:
    picture = Image.new("RGB", (60, 40), ground)
    paint_over(picture, marks)
    return np.asarray(picture).astype(float)


@pytest.mark.parametrize("ground", [(0, 0, 0), (255, 255, 255), (20, 130, 60)])
@pytest.mark.parametrize("opacity", [0.25, 0.6])
def test_a_faint_mark_is_a_mix_of_the_full_one_and_what_is_there(opacity: float, ground: tuple[int, int, int]):
    def marks(seen: float) -> list[Mark]:
        line = Line(np.array([[4.0, 5.5], [50.3, 9.1]]), INK, 2.4, seen)
        return [line, Label("-0.5", np.array([30.4, 25.7]), 14, INK, opacity=seen)]

    full, faint, bare = painted(marks(1.0), ground), painted(marks(opacity), ground), painted([], ground)
    assert np.abs(full - bare).max() > 150
    np.testing.assert_allclose(faint, bare + opacity * (full - bare), atol=3)


def test_shapes_painted_each_by_itself_are_those_painted_together_where_they_do_not_touch():
    marks: list[Mark] = [
        Line(np.array([[2.0, 3.0], [9.0, 8.0], [14.0, 8.0]]), INK, 1.2),
        Dot(np.array([40.5, 20.25]), 5.0, (9, 200, 90)),
        Label("12", np.array([20.0, 30.0]), 12, INK),
    ]
    each = Image.new("RGB", (60, 40), (20, 30, 60))
    paint_each(each, marks, (0, 0))
    assert np.array_equal(np.asarray(each), painted(marks))


def test_a_part_of_a_picture_is_painted_as_the_whole_is():
    marks: list[Mark] = [
        Line(np.array([[-30.0, 3.0], [9.0, 8.0], [90.0, 18.0]]), INK, 1.2),
        Line(np.array([[300.0, 3.0], [309.0, 8.0]]), INK, 1.2),
        Label("12", np.array([22.0, 20.0]), 12, INK),
    ]
    part = Image.new("RGB", (40, 20), (20, 30, 60))
    paint_each(part, marks, (10, 6))
    assert np.abs(np.asarray(part) - painted(marks)[6:26, 10:50]).max() == 0


@pytest.mark.parametrize("anchor", ["mm", "ls", "rt"])
def test_letters_that_are_kept_are_those_that_pillow_writes(anchor: str):
    for place in ([30.0, 20.0], [30.25, 20.7], [30.0, 20.0], [-3.4, 41.5], [58.5, -1.25]):
        plain = Image.new("RGB", (60, 40), (20, 30, 60))
        ImageDraw.Draw(plain).text((place[0], place[1]), "jŶ -1.5", INK, font_for("jŶ -1.5", 13), anchor)
        label = Label("jŶ -1.5", np.array(place), 13, INK, anchor)
        np.testing.assert_array_equal(painted([label]), np.asarray(plain))


def test_a_line_that_turns_back_ends_there():
    corners = [
        [53.4999999166707, 28.0512110127609],
        [53.4999999362776, 37.3111218990714],
        [53.4999999464733, 28.79200388],
    ]
    line = Line(np.array(corners) / 3, INK, 3.5)
    shown = painted([line, Dot(np.array([1.0, 1.0]), 1.0, INK), Dot(np.array([58.0, 38.0]), 1.0, INK)], (0, 0, 0))
    assert shown[:, 14:22].any()
    assert not shown[4:36, 22:].any()
