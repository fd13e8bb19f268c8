"""One picture's memory is drawn in again and again: what was drawn before is neither left in it nor changed by it."""

from __future__ import annotations

import resource
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdviz import Animation
from gdviz.description.resolve import resolve
from gdviz.picture.themes import Rgb
from gdviz.scene.build import build_scene
from gdviz.stage import Stage
from gdviz.stage.alpha import straight
from gdviz.stage.covered import covered_parts
from gdviz.stage.offscreen import Offscreen
from gdviz.stage.pixels import Pixels

SIZE = (96, 64)


@pytest.mark.parametrize("background", [None, (9, 80, 200)])
def test_what_is_painted_on_a_part_is_painted_on_the_whole(background: Rgb | None):
    pixels = Pixels((8, 5), background)
    whole, part = pixels.part((0, 0, 8, 5)), pixels.part((5, 3, 8, 5))
    empty = np.array((0, 0, 0, 0) if background is None else (*background, 255))
    part.paste((250, 40, 10), (0, 0, 99, 1))
    shown = np.asarray(whole)
    assert (shown[3, 5:] == (250, 40, 10, 255)).all()
    assert (np.delete(shown.reshape(-1, 4), [29, 30, 31], axis=0) == empty).all()
    assert bytes(pixels.data) == whole.tobytes()
    pixels.clear()
    assert (np.asarray(part) == empty).all()


@pytest.mark.parametrize("settings", [{}, {"background": "transparent", "panels": ["loss"]}, {"loop": "fade"}])
def test_a_frame_is_the_same_after_any_other(settings: dict[str, object]):
    described = {"function": "himmelblau", "starts": {"grid": 3}, "size": SIZE, "fps": 10, **settings}
    scene = build_scene(resolve(Animation.from_data(described)))
    states = [scene.timeline.state(frame) for frame in (0, scene.timeline.frames // 2, scene.timeline.frames - 1)]
    stage = Stage(scene)
    pictures = [stage.draw(state) for state in states]
    bytes_ = [bytes(stage.pixels(state)) for state in reversed(states)][::-1]
    assert len(set(bytes_)) == 3
    for picture, data in zip(pictures, bytes_, strict=True):
        encoded = np.asarray(Image.frombytes("RGBX", SIZE, data))
        shown = np.asarray(straight(picture))
        np.testing.assert_array_equal(encoded[..., : shown.shape[-1]], shown)
    stage.close()


@pytest.mark.parametrize(("zoom", "elevation"), [(1, 30), (3, 12), (20, 4)])
def test_where_nothing_is_drawn_there_would_be_nothing(zoom: float, elevation: float, monkeypatch: pytest.MonkeyPatch):
    camera = [{"at": 0, "azimuth": 30, "elevation": elevation, "zoom": zoom}]
    described = {"function": "himmelblau", "starts": {"grid": 3}, "size": (200, 280), "camera": camera}
    scene = build_scene(resolve(Animation.from_data(described)))
    state = scene.timeline.state(40)
    in_parts = np.asarray(Stage(scene).draw(state))
    monkeypatch.setattr("gdviz.stage.surface.covered_parts", lambda *_: [(0, 0, 200, 280)])
    whole = np.asarray(Stage(scene).draw(state))
    differs = np.abs(in_parts.astype(int) - whole).max(axis=-1) > 2
    assert differs.sum() <= 4  # pixels, where a rounding decides what is in front
    assert whole.std() > 10


def test_a_window_that_changes_its_size_takes_no_more_memory_each_time():
    window, picture = Offscreen((800, 800), (20, 30, 60)), Image.new("RGBX", (800, 800))
    taken = []
    for number in range(24):
        window.draw(picture, [(0, 0, 800, 800 - 100 * (number % 4))])
        taken.append(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6)
    window.close()
    assert max(taken[16:]) < max(taken[:8]) + 20  # megabytes: the window alone takes 20


def test_the_covered_parts_hold_the_hull_and_what_is_near_it():
    rng = np.random.default_rng(3)
    for _ in range(20):
        places = rng.uniform([-40, -60], [340, 460], (6, 2))
        parts = covered_parts(places, 5.0, (300, 400))
        mix = rng.dirichlet(np.full(6, 0.3), 500) @ places
        near = mix + 5 * np.array([np.cos(mix[:, 0]), np.sin(mix[:, 0])]).T
        inside = near[((near >= 0) & (near < (300, 400))).all(axis=1)]
        held = [((inside >= part[:2]) & (inside < part[2:])).all(axis=1) for part in parts]
        assert (np.sum(held, axis=0) == 1).all()
    level = covered_parts(np.array([[10.0, 20.0], [50.0, 20.0], [30.0, 20.0]]), 2.0, (300, 400))
    assert level == [(8, 18, 52, 22)]
