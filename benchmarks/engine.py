"""The engine beside the same descent in plain NumPy: Adam on Himmelblau's function; a table in Markdown on stdout.

Both keep every position and value, and go the same way. They are run in turn, each as often as is asked, and medians
are shown; memory is the most that NumPy's arrays took at a time, beyond the starts.

Usage: python benchmarks/engine.py [RUNS] [POINTS]
"""

from __future__ import annotations

import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.engine import descend, history_bytes
from gdviz.descent.optimizers import OPTIMIZERS
from gdviz.functions import function

STEPS, RATE = 200, 0.01
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8

FloatArray = NDArray[np.float64]
Path = tuple[FloatArray, FloatArray]


def plain(starts: FloatArray) -> Path:
    """Return every position and value, as one writes it with NumPy."""
    points, values = np.empty((STEPS + 1, *starts.shape)), np.empty((STEPS + 1, len(starts)))
    position, mean, square = starts.copy(), np.zeros_like(starts), np.zeros_like(starts)
    for step in range(STEPS + 1):
        x, y = position[:, 0], position[:, 1]
        a, b = x * x + y - 11, x + y * y - 7
        points[step], values[step] = position, a * a + b * b
        gradient = np.stack([4 * x * a + 2 * b, 2 * a + 4 * y * b], axis=1)
        mean = BETA1 * mean + (1 - BETA1) * gradient
        square = BETA2 * square + (1 - BETA2) * gradient**2
        root = np.sqrt(square / (1 - BETA2 ** (step + 1))) + EPS
        position = position - RATE * (mean / (1 - BETA1 ** (step + 1))) / root
    return points, values


def engine(starts: FloatArray) -> Path:
    """Return every position and value, as the engine finds them."""
    himmelblau = function("himmelblau")
    descent = descend(
        himmelblau,
        starts,
        learning_rate=RATE,
        tolerance=0.0,
        max_iterations=STEPS,
        domain=himmelblau.domain,
        optimizer=OPTIMIZERS["adam"],
    )
    return descent.points, descent.values


def seconds(work: Callable[[FloatArray], Path], starts: FloatArray) -> float:
    """Return how long a descent, which has one thread, keeps a processor busy."""
    began = time.process_time()
    work(starts)
    return time.process_time() - began


def megabytes(work: Callable[[FloatArray], Path], starts: FloatArray) -> float:
    """Return the most memory that a descent takes at a time."""
    tracemalloc.start()
    work(starts)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def main(runs: int, count: int) -> None:
    """Print the table."""
    starts = np.random.default_rng(0).uniform(-5, 5, (count, 2))
    for mine, theirs in zip(engine(starts), plain(starts), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-6)
    times = [(seconds(plain, starts), seconds(engine, starts)) for _ in range(runs)]
    other, own = (statistics.median(each) for each in zip(*times, strict=True))
    ratio = statistics.median(engine_time / plain_time for plain_time, engine_time in times)
    print(f"\n| adam, {count:,} points, {STEPS} steps | CPU s | peak MB | times plain NumPy |")
    print("| --- | --- | --- | --- |")
    print(f"| plain NumPy | {other:.2f} | {megabytes(plain, starts):.0f} | 1 |")
    print(f"| gdviz | {own:.2f} | {megabytes(engine, starts):.0f} | {ratio:.2f} |")
    print(f"\nThe history alone takes {history_bytes(count, 2, STEPS) / 1e6:.0f} MB.")


if __name__ == "__main__":
    main(*(int(given or usual) for given, usual in zip([*sys.argv[1:], "", ""], (3, 100_000), strict=False)))
