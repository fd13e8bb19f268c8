"""What is measured from inside a tree: run by bench.py with the gdviz of that tree, which may be an older one.

    in_tree.py frame TOML CHANGES COUNT LENGTH       draws segments of a film; prints the CPU of a frame in ms, as JSON
    in_tree.py pictures FOLDER SAMPLES CHANGES TOML...  draws pictures, and writes each to FOLDER/NAME.npy

CHANGES are keys of the description as JSON.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SHARES = (0.0, 0.35, 0.7, 1.0)  # of a film's length: where its pictures are
USUAL = 2  # how many samples a pixel has in each direction


def described(path: str, changes: Mapping[str, Any]) -> tuple[str, int]:
    """Return an animation as JSON, as this tree hands it to what draws, and its number of frames."""
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in changes.items()}
    try:
        from gdviz.description.animation import Animation
        from gdviz.description.resolve import resolve
    except ImportError:  # in older trees, an animation fills in its own defaults
        older = importlib.import_module("gdviz.animation")
        animation = older.Animation.load(path).model_copy(update=given).resolved()
        return older.canonical_json(animation), animation.frames
    resolved = resolve(Animation.load(path).model_copy(update=given))
    return resolved.canonical_json, resolved.frames


def frame(path: str, changes: str, count: str, length: str) -> None:
    """Draw `count` segments of `length` frames, spread over the film; the start and the first picture do not count."""
    from gdviz.movie.formats import PartKind

    segments: Any = importlib.import_module("gdviz.segments")
    description, frames = described(path, json.loads(changes))
    render: Any = segments.render_segment
    by_number = "first" in inspect.signature(render).parameters  # as older trees name a segment

    def drawn(first: int) -> None:
        stop = min(first + int(length), frames)
        segment: Any = (first, stop) if by_number else (segments.Segment(first, stop),)
        render(description, *segment, (PartKind.H264,))

    drawn(0)
    began = _cpu()
    for number in range(int(count)):
        drawn(round((frames - int(length)) * (number + 1) / int(count)))
    own, encoder = (after - before for before, after in zip(began, _cpu(), strict=True))
    scale = 1000 / (int(count) * int(length))
    print(json.dumps({"drawing": scale * own, "both": scale * (own + encoder)}))


def _cpu() -> tuple[float, float]:
    """Return the CPU seconds of this process, and those of its encoders, which it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, others = (each.ru_utime + each.ru_stime for each in used)
    return own, others


def pictures(folder: str, samples: str, changes: str, *paths: str) -> None:
    """Draw pictures with so many samples a pixel in each direction; a description that is too new is left out."""
    import numpy as np

    from gdviz.errors import GdvizError

    if int(samples) != USUAL:
        _sample(int(samples))
    from gdviz.segments import draw_frame

    for path in paths:
        try:
            description, frames = described(path, json.loads(changes))
        except GdvizError as error:
            print(f"{Path(path).name}: {error}", file=sys.stderr)
            continue
        for share in SHARES:
            picture = draw_frame(description, round(share * (frames - 1)))
            np.save(Path(folder) / f"{Path(path).stem}, {round(100 * share):03} %", np.asarray(picture.convert("RGB")))


def _sample(samples: int) -> None:
    """Have everything drawn with so many samples a pixel in each direction, as no quality has it."""
    for name in ("offscreen", "surface", "field"):
        try:
            module: Any = importlib.import_module(f"gdviz.stage.{name}")
        except ModuleNotFoundError:
            continue
        usual = getattr(module, "SUPERSAMPLING", None)
        if isinstance(usual, Mapping):
            module.SUPERSAMPLING = dict.fromkeys(usual, samples)
        elif usual is not None:
            module.SUPERSAMPLING = samples


if __name__ == "__main__":
    os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    works: dict[str, Callable[..., None]] = {"frame": frame, "pictures": pictures}
    works[sys.argv[1]](*sys.argv[2:])
