"""What the parts of a render take, measured one by one with the gdviz of this tree; run by scale.py.

    parts.py draw TOML CHANGES TIMES      imports, scene, fork, first picture, and segments of several lengths
    parts.py hand-over BYTES TIMES        a segment's parts from one process to another, and to the disk

Either prints one line of JSON, with seconds.
"""

from __future__ import annotations

import importlib
import json
import os
import pickle
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

PLACES = (0.0, 0.1, 0.3, 0.5, 0.75, 1.0)  # of a film, as shares of its length
LENGTHS = (2, 24)  # of segments, in frames


def seconds(work: Callable[[], Any]) -> float:
    """Return how long some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def draw(path: str, changes: str, times: str) -> dict[str, Any]:
    """Measure what a process that draws does, one after the other."""
    imports = seconds(lambda: [importlib.import_module(f"gdviz.{name}") for name in ("segments", "stage.surface")])
    from in_tree import described

    from gdviz.description.resolve import resolved_from_json
    from gdviz.movie.formats import PartKind
    from gdviz.plan import Segment, film_plan
    from gdviz.scene.build import build_scene
    from gdviz.segments import render_segment

    description, frames = described(path, json.loads(changes))
    resolved = resolved_from_json(description)
    scenes = [seconds(lambda: build_scene(resolved)) for _ in range(int(times))]
    kept = build_scene(resolved)  # alive, so that the forks have it
    forks = [seconds(_fork) for _ in range(10 * int(times))]
    lengths = [length for length in LENGTHS if length <= frames]
    firsts = [[round(share * (frames - length)) for length in lengths] for share in PLACES]

    kinds = (PartKind.POSTER, PartKind.H264)  # those of an mp4
    sizes: list[int] = []

    def segment(first: int, length: int, posters: int = 0) -> float:
        drawn = Segment(first, first + length, poster=range(first, first + posters))
        return seconds(lambda: sizes.append(_bytes(render_segment(description, drawn, kinds))))

    beginning = segment(0, lengths[0])  # with the scene that this function makes once more
    runs = [
        [[segment(first, n) for first, n in zip(row, lengths, strict=True)] for row in firsts]
        for _ in range(int(times))
    ]
    table = [[statistics.median(run[i][j] for run in runs) for j in range(len(lengths))] for i in range(len(PLACES))]
    shape = len(PLACES), len(lengths)
    bytes_of = [[sizes[1 + i * shape[1] + j] for j in range(shape[1])] for i in range(shape[0])]
    posters = [segment(0, lengths[0], 1) - segment(0, lengths[0]) for _ in range(3 * int(times))]
    planned = film_plan(resolved)
    poster_at = next(each.poster.start for each in planned if each.poster)
    scene = statistics.median(scenes)
    del kept
    return {
        "imports": imports,
        "scene": scene,
        "fork": statistics.median(forks),
        "first": max(0.0, beginning - scene - table[0][0]),
        "lengths": lengths,
        "seconds": table,
        "bytes": bytes_of,
        "poster": max(0.0, statistics.median(posters)),
        "poster_at": poster_at / frames,
        "plan": [segment.stop - segment.first for segment in planned],
    }


def _fork() -> None:
    process = os.fork()
    if not process:
        os._exit(0)
    os.waitpid(process, 0)


def _bytes(encoded: dict[str, bytes]) -> int:
    return sum(map(len, encoded.values()))


def hand_over(size: str, times: str) -> dict[str, float]:
    """Measure how a segment's parts get from one process to another, and are kept for a film that is interrupted."""
    from gdviz.runtime.work_folder import claimed

    content = os.urandom(int(size))
    ours, theirs = Pipe()

    def send() -> None:
        for _ in range(int(times)):
            theirs.send_bytes(pickle.dumps(content))

    sender = threading.Thread(target=send)
    sender.start()
    received = seconds(lambda: [pickle.loads(ours.recv_bytes()) for _ in range(int(times))]) / int(times)
    sender.join()
    with tempfile.TemporaryDirectory(dir=".") as folder:
        target = Path(folder) / "film.mp4"
        with claimed(Path(folder).absolute() / ".film", "key", target) as work:
            kept = [seconds(partial(work.keep, f"part-h264-{n:06d}.mp4", content)) for n in range(int(times))]
    return {"receive": received, "keep": statistics.median(kept)}


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parent))
    works: dict[str, Callable[..., dict[str, Any]]] = {"draw": draw, "hand-over": hand_over}
    print(json.dumps(works[sys.argv[1]](*sys.argv[2:])))
