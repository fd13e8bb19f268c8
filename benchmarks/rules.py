"""Whether the model gives processes their work as the pool does: tasks that only sleep, predicted and measured.

Such tasks take the same time however many there are, so that two cores show what sixteen processes do. Run by scale.py;
prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

# How many films of how many segments, the seconds of a segment and of a scene, and how many processes.
CASES = (
    (1, 16, 0.3, 0.5, 2),
    (1, 16, 0.3, 0.5, 4),
    (3, 4, 0.4, 0.6, 2),
    (5, 2, 0.5, 1.5, 2),
    (6, 16, 0.3, 0.5, 4),
    (8, 16, 0.5, 0.5, 8),
    (6, 16, 0.5, 1.0, 16),
)
FORK = 0.01  # seconds, about
READY = 1.5  # seconds in which a server starts


def seconds(films: int, segments: int, segment: float, scene: float, processes: int) -> float:
    """Return how long a pool takes for so many films, once its server is there."""
    from gdviz.runtime.workers import Pool

    with Pool(processes, ["time"]) as pool:
        time.sleep(READY)
        began = time.monotonic()

        def film() -> None:
            with pool.workload() as workload:
                workload.prepare(time.sleep, scene)
                for _ in workload.results(time.sleep, [(segment,)] * segments, last=True):
                    pass

        threads = [threading.Thread(target=film) for _ in range(films)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.monotonic() - began


def predicted(films: int, segments: int, segment: float, scene: float, processes: int) -> float:
    """Return what the model says of the same."""
    from model import Costs, FilmWork, Layout, simulate

    film = FilmWork((segment,) * segments, assembly=0.0)
    return simulate([film] * films, processes, Costs(Layout.MACHINE, scene=scene, fork=FORK)).seconds


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parent))
    print(json.dumps([(*case, predicted(*case), seconds(*case)) for case in CASES]))
