"""Where things stand in a picture, and how large they are."""

import pytest

from gdviz.description.choices import View
from gdviz.picture.layout import SMALLEST_TEXT, LegendSize, Region, layout_of
from gdviz.picture.sharing import race_sharing

SIZES = [
    (320, 180),
    (640, 360),
    (1280, 720),
    (1920, 1080),
    (3840, 2160),
    (600, 600),
    (1200, 1200),
    (360, 640),
    (1080, 1920),
]


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("size", SIZES)
def test_a_picture_twice_as_large_is_laid_out_twice_as_large(size: tuple[int, int], view: View):
    one, two = layout_of(size, view), layout_of((2 * size[0], 2 * size[1]), view)
    assert two.main.region.unit == pytest.approx(2 * one.main.region.unit)
    assert (
        (two.main.region.width, two.main.region.height)
        == (2 * one.main.region.width, 2 * one.main.region.height)
        == (2 * size[0], 2 * size[1])
    )
    assert two.caption.margin == pytest.approx(2 * one.caption.margin, abs=1)


@pytest.mark.parametrize(
    ("size", "unit"), [((1280, 720), 1.0), ((640, 360), 0.5), ((1100, 1440), 1.0), ((550, 5000), 0.5)]
)
def test_a_unit_is_a_pixel_of_a_picture_720_high_and_less_in_a_narrow_one(size: tuple[int, int], unit: float):
    assert layout_of(size, View.SLICES).main.region.unit == pytest.approx(unit)


@pytest.mark.parametrize("size", SIZES)
def test_letters_can_be_read_in_every_picture(size: tuple[int, int]):
    layout = layout_of(size, View.CURVE)
    assert layout.caption.title >= 11
    assert layout.caption.text >= 9
    assert layout.main.region.text_size(1) >= SMALLEST_TEXT
    assert layout.main.region.text_size(100) == 100 * layout.main.region.unit


def test_the_insides_of_a_region_are_measured_in_its_unit_and_its_halves_fill_it():
    region = Region(10, 20, 110, 220, 0.5)
    assert region.inset(2, 4, 6, 8) == Region(11, 22, 107, 216, 0.5)
    left, right = region.halves()
    assert (left.left, left.right, right.left, right.right) == (10, 60, 60, 110)
    assert left.width + right.width == region.width
    assert left.height == right.height == region.height == 200


@pytest.mark.parametrize("size", [(600, 600), (360, 640), (1080, 1920)])
def test_a_view_above_others_leaves_no_room_for_the_numbers_that_are_below_them(size: tuple[int, int]):
    main = layout_of(size, View.CURVE, panels=1).main
    assert 0 < (main.region.bottom - main.content.bottom) / main.region.unit < 30


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (3840, 2160)])
def test_the_panels_of_a_wide_race_reach_down_beside_the_numbers(size: tuple[int, int]):
    shown = [View.LOSS, View.MAP]
    layout = layout_of(size, View.SURFACE, 2, LegendSize(5, 200, 5), sharing=race_sharing(shown))
    loss, field = (place.region for place in layout.panels)
    assert loss.height > 0.34 * size[1]
    assert loss.height < field.height
    assert field.bottom > size[1] - layout.caption.margin
    assert layout.numbers_end < field.left
    assert layout_of(size, View.SURFACE, 2).numbers_end == size[0] - layout.caption.margin
