from __future__ import annotations

from pathlib import Path

import pytest
from films import Decoded, decode

from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.rendering import render
from gdviz.scene.build import Scene, build_scene

SMALL = {
    "function": "himmelblau",
    "starts": {"points": [[-4.5, 1.0], [1.0, 4.5], [0.5, -0.5]]},
    "size": [320, 240],
    "fps": 10,
    "timing": {"approach": 0.3, "hold": 0.2, "descent": 2.0, "finish": 0.5},
    "caption": False,
}


@pytest.fixture(scope="session")
def animation() -> Animation:
    return Animation.from_data(SMALL)


@pytest.fixture(scope="session")
def scene(animation: Animation) -> Scene:
    return build_scene(resolve(animation))


@pytest.fixture(scope="session")
def film_path(animation: Animation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / "small.mp4"
    render(animation, [path], jobs=1)
    return path


@pytest.fixture(scope="session")
def film(film_path: Path) -> Decoded:
    return decode(film_path)
