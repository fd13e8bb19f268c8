"""The key `palette`: gdviz's own names and matplotlib's, and what a name is refused for."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from gdviz.cli.completion import COLORMAPS
from gdviz.colormaps import colormap_colors, find_colormap, is_ordered
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve, resolved_from_json
from gdviz.description.resolved import Resolved
from gdviz.errors import InputError
from gdviz.scene.build import build_scene
from gdviz.stage import Stage


def resolved(palette: object, **more: Any) -> Resolved:
    data = {"function": "sphere", "size": [64, 64], "starts": {"grid": 2}, "palette": palette}
    return resolve(Animation.from_data(data | more))


def drawn(palette: str) -> np.ndarray:
    scene = build_scene(resolved(palette, view="map", caption=False, starts={"points": []}))
    return np.asarray(Stage(scene).draw(scene.timeline.state(0))).reshape(-1, 3).astype(int)


@pytest.mark.parametrize(
    ("written", "name"), [("viridis", "viridis"), ("Viridis", "viridis"), ("rdbu_r", "RdBu_r"), (" DUSK ", "dusk")]
)
def test_a_name_is_read_in_capitals_or_not(written: str, name: str):
    assert resolved(written).palette == name
    assert resolved(written).fingerprint == resolved(name).fingerprint
    assert resolved_from_json(resolved(written).canonical_json) == resolved(name)


def test_another_palette_or_theme_is_another_film():
    films = [resolved("deep"), resolved("viridis"), resolved("magma"), resolved("deep", theme="light")]
    assert len({film.fingerprint for film in films}) == len({film.canonical_json for film in films}) == 4


def test_a_map_in_a_colormap_has_the_colours_of_its_two_ends():
    pixels, colors = drawn("plasma"), 255 * colormap_colors("plasma")
    for color in (colors[0], colors[-1]):
        assert np.abs(pixels - color).sum(axis=1).min() < 50
    other = drawn("deep")
    assert np.abs(other - colors[-1]).sum(axis=1).min() > 60


@pytest.mark.parametrize("palette", ["tab10", "Set3_r", "Paired"])
def test_colours_without_an_order_are_no_palette(palette: str):
    with pytest.raises(InputError, match=rf"{palette} is a list of colours without an order.*such as viridis"):
        resolved(palette)


@pytest.mark.parametrize(
    ("palette", "words"),
    [
        ("nosuch", r"palette: a palette is deep, dusk, slate or any colormap .* such as viridis, not 'nosuch'$"),
        ("dep", "did you mean deep"),
        ("Magna", "did you mean magma"),
        ("", "not ''"),
        (3, "must be a text, not '3'"),
        (["viridis"], "must be a text"),
    ],
)
def test_what_is_no_palette_is_refused_with_what_is(palette: object, words: str):
    with pytest.raises(InputError, match=words):
        resolved(palette)


@pytest.mark.parametrize("name", COLORMAPS)
def test_the_shell_offers_colormaps_that_there_are(name: str):
    assert find_colormap(name) == name
    assert is_ordered(name)


def test_a_colormap_that_a_program_has_registered_is_not_known_where_films_are_drawn():
    import matplotlib as mpl

    mpl.colormaps.register(mpl.colormaps["viridis"], name="own-of-a-program")
    try:
        with pytest.raises(InputError, match="not 'own-of-a-program'"):
            resolved("own-of-a-program")
    finally:
        mpl.colormaps.unregister("own-of-a-program")


def test_gdviz_own_palettes_need_no_matplotlib():
    script = (
        "import sys; from gdviz.description.animation import Animation; from gdviz.description.resolve import resolve;"
        "from gdviz.cli.completion import palettes; palettes('v');"
        "resolve(Animation.from_data({'function': 'sphere', 'palette': 'dusk', 'theme': 'light'})).fingerprint;"
        "print('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
