"""Predicts how gdviz scales to many workers, from what the parts of a render take; Markdown on stdout.

Every part is measured by itself: segments of several lengths, a scene, a fork, OpenGL's first picture, the hand-over,
and, from films other than the one that is predicted, start and assembly. The prediction for 1 and 2 jobs
stands beside the measured seconds; nothing is fitted to those.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from figures import CORES, HERE, REFERENCE
from measure import Usage, measure
from model import Costs, FilmWork, Layout, simulate
from parts import PLACES
from sample import rounded
from trees import Tree, this_tree

WORKERS = tuple(2**power for power in range(11))
FILMS = 1000
TRIED = (4, 8, 12, 24, 30, 48)  # lengths of segments, in frames
SHARES = 4  # segments come in multiples of this, as gdviz.plan has them
ALL = 1_000_000  # parts of a film that are looked for


@dataclass(frozen=True)
class Drawing:
    """What a process that draws was seen to take: see parts.py, whose words these are."""

    imports: float
    scene: float
    fork: float
    first: float
    lengths: Sequence[int]
    seconds: Sequence[Sequence[float]]
    bytes: Sequence[Sequence[float]]
    plan: Sequence[int]

    def works(self, plan: Sequence[int]) -> tuple[float, ...]:
        """Return how long each segment of a film takes, if they have these lengths."""
        return tuple(self._at(middle, length, self.seconds) for middle, length in _middles(plan))

    def size(self, plan: Sequence[int]) -> float:
        """Return the bytes of a film whose segments have these lengths."""
        return sum(self._at(middle, length, self.bytes) for middle, length in _middles(plan))

    def _at(self, share: float, length: int, table: Sequence[Sequence[float]]) -> float:
        """Return a value between measured ones; beyond the longest segment, on the line through the last two."""
        rows = [_on_a_line(length, self.lengths, row) for row in table]
        return _on_a_line(share, PLACES, rows)


def _on_a_line(where: float, places: Sequence[float], values: Sequence[float]) -> float:
    number = next((n for n in range(1, len(places)) if where <= places[n]), len(places) - 1)
    low, high = places[number - 1], places[number]
    return values[number - 1] + (where - low) / (high - low) * (values[number] - values[number - 1])


def _middles(plan: Sequence[int]) -> Iterator[tuple[float, int]]:
    """Yield where in the film, as a share, the middle of each segment is, and the segment's length."""
    first, frames = 0, sum(plan)
    for length in plan:
        yield (first + length / 2) / frames, length
        first += length


def median_of(found: Sequence[Mapping[str, Any]]) -> Drawing:
    """Return the median of what several processes measured."""

    def middle(values: Sequence[Any]) -> Any:
        if isinstance(values[0], list):
            return [middle(each) for each in zip(*values, strict=True)]
        return statistics.median(values)

    fixed = {"lengths": found[0]["lengths"], "plan": found[0]["plan"]}
    return Drawing(**({name: middle([each[name] for each in found]) for name in found[0]} | fixed))


@dataclass(frozen=True)
class Bench:
    """Runs what is measured, in one tree; `flags` and `changes` make the film smaller, and say the same."""

    tree: Tree
    flags: tuple[str, ...]
    changes: Mapping[str, Any]
    times: int

    def drawing(self, *, together: int) -> Drawing:
        """Measure so many processes that draw at the same time, each on a core of its own; if it is one, on all."""
        with tempfile.TemporaryDirectory(prefix="gdviz-bench-") as folder:
            script = (str(HERE / "parts.py"), "draw", REFERENCE, json.dumps(self.changes), str(self.times))
            started = [
                subprocess.Popen(
                    [*(("taskset", "--cpu-list", str(core)) if together > 1 else ()), *self.tree.python(*script)],
                    env=dict(self.tree.environment),
                    cwd=folder,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                for core in range(together)
            ]
            try:
                printed = [process.communicate()[0] for process in started]
            finally:
                for process in started:
                    process.kill()
        if any(process.returncode for process in started):
            raise SystemExit("a process that draws has failed")
        return median_of([json.loads(each.splitlines()[-1]) for each in printed])

    def handing_over(self, size: float) -> Mapping[str, float]:
        """Measure how long it takes to hand over parts of so many bytes."""
        script = (str(HERE / "parts.py"), "hand-over", str(round(size)), "50")
        with tempfile.TemporaryDirectory(prefix="gdviz-bench-") as folder:
            printed = measure(self.tree.python(*script), self.tree.environment, Path(folder)).printed
        found: Mapping[str, float] = json.loads(printed.splitlines()[-1])
        return found

    def film(self, jobs: int, *flags: str, small: bool = False) -> tuple[Usage, int]:
        """Render the film, or a very small one, and return what that took and the bytes of the file."""
        with tempfile.TemporaryDirectory(prefix="gdviz-bench-") as folder:
            size = ("--size", "64x64") if small else self.flags
            given = ("render", REFERENCE, *size, *flags, "--jobs", str(jobs), "--quiet", "--output", "film.mp4")
            used = measure(self.tree.gdviz(*given), self.tree.environment, Path(folder), parts=ALL)
            return used, (Path(folder) / "film.mp4").stat().st_size


@dataclass(frozen=True)
class Assembly:
    """The seconds from a film's last part to the end of the command: of every film, of a segment, and of a byte."""

    film: float
    segment: float
    byte: float

    def seconds(self, segments: int, size: float) -> float:
        """Return those of a film."""
        return self.film + self.segment * segments + self.byte * size


def planned(frames: int, most: int) -> list[int]:
    """Return the lengths of a film's segments, of which none has more than `most` frames."""
    count = SHARES * math.ceil(frames / (SHARES * most))
    edges = [round(frames * number / count) for number in range(count + 1)]
    return [after - before for before, after in itertools.pairwise(edges)]


def _rest(usage: Usage) -> float:
    return usage.wall - usage.parts[-1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, predict, and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--runs", type=int, default=3, metavar="N", help="how often everything is measured; 3 if absent"
    )
    parser.add_argument("--tiny", action="store_true", help="make all films tiny, to see whether all of it works")
    given = parser.parse_args(arguments)
    flags, changes = ((), {}) if not given.tiny else (("--size", "64x64"), {"size": [64, 64]})
    with this_tree() as tree:
        report(Bench(tree, flags, changes, given.runs))
    return 0


def report(bench: Bench) -> None:
    """Measure the parts and two films, and print the tables."""
    tell("segments of one process")
    alone = bench.drawing(together=1)
    tell(f"segments of {CORES} processes, each on its core")
    beside = bench.drawing(together=CORES) if CORES > 1 else alone
    handed = bench.handing_over(alone.size(alone.plan) / len(alone.plan))
    # Two cores a worker, or one: an encoder works beside the process that draws, if it can.
    by_jobs = {jobs: alone if CORES // jobs > 1 else beside for jobs in (1, 2)}
    layouts = {1: Layout.INLINE, 2: Layout.MACHINE}
    costs, assembly = _calibrated(bench, by_jobs, layouts, handed)
    print(f"- tree: {bench.tree.version}\n")
    print("| part | seconds |\n| --- | --- |")
    for label, value in {
        "start, until the scene is there: 1 job": costs[1].start,
        "start, until the scene is there: 2 jobs": costs[2].start,
        "imports of a process": alone.imports,
        "scene": alone.scene,
        "fork": alone.fork,
        "OpenGL's first picture": alone.first,
        **{f"a segment of {n} frames, 2 cores": alone.works([n])[0] for n in alone.lengths},
        **{f"a segment of {n} frames, 1 core": beside.works([n])[0] for n in beside.lengths},
        "hand-over, until the process has its next segment": handed["receive"],
        "hand-over, until the part is on the disk": handed["keep"],
        "assembly, of a film": assembly.film,
        "assembly, of a segment": assembly.segment,
        "assembly, of 10 MB": 1e7 * assembly.byte,
    }.items():
        print(f"| {label} | {rounded(value)} |")
    print("\n| reference work | predicted s | measured s | apart |\n| --- | --- | --- | --- |", flush=True)
    measured: dict[int, list[float]] = {1: [], 2: []}
    for number in range(bench.times):
        for jobs in (1, 2) if number % 2 == 0 else (2, 1):
            tell(f"the film, {jobs} jobs, run {number + 1} of {bench.times}")
            measured[jobs].append(bench.film(jobs)[0].wall)
    for jobs, drawing in by_jobs.items():
        course = simulate([_film(drawing, alone.plan, assembly)], jobs, costs[jobs])
        seen = statistics.median(measured[jobs])
        print(
            f"| {jobs} job{'s' * (jobs > 1)} | {course.seconds:.2f} | {seen:.2f} | {course.seconds / seen - 1:+.1%} |"
        )
    _print_scale(beside, alone.plan, assembly, costs[2])
    _print_plans(beside, assembly, costs[2])


def _calibrated(
    bench: Bench, by_jobs: Mapping[int, Drawing], layouts: Mapping[int, Layout], handed: Mapping[str, float]
) -> tuple[dict[int, Costs], Assembly]:
    """Return the costs with 1 and 2 jobs, and of assembly: all from other films than the one that is predicted."""
    starts: dict[int, list[float]] = {1: [], 2: []}
    rests: dict[str, list[tuple[float, int, int]]] = {"few": [], "many": [], "large": []}
    for number in range(bench.times):
        tell(f"start and assembly, run {number + 1} of {bench.times}")
        for jobs, drawing in by_jobs.items():
            usage, size = bench.film(jobs, "--fps", "12")
            plan = planned(sum(round(n * 12 / 60) for n in drawing.plan), 30)
            begun = drawing.works(plan)[: min(jobs, len(plan))]
            starts[jobs].append(usage.parts[0] - min(begun) - drawing.first - handed["receive"] - handed["keep"])
            if jobs == 2:
                rests["large"].append((_rest(usage), len(plan), size))
        for name, seconds in (("few", "3"), ("many", "60")):
            usage, size = bench.film(2, "--fps", "30", "--seconds", seconds, small=True)
            rests[name].append((_rest(usage), len(usage.parts), size))
    rest = {name: statistics.median(each[0] for each in found) for name, found in rests.items()}
    counts = {name: found[0][1] for name, found in rests.items()}
    sizes = {name: found[0][2] for name, found in rests.items()}
    segment = max(0.0, (rest["many"] - rest["few"]) / (counts["many"] - counts["few"]))
    film = rest["few"] - segment * counts["few"]
    byte = max(0.0, (rest["large"] - film - segment * counts["large"]) / max(1, sizes["large"] - sizes["few"]))
    costs = {
        jobs: Costs(
            layouts[jobs],
            start=statistics.median(starts[jobs]),
            imports=drawing.imports,
            scene=drawing.scene,
            fork=drawing.fork,
            first=drawing.first,
            **handed,
        )
        for jobs, drawing in by_jobs.items()
    }
    return costs, Assembly(film, segment, byte)


def _film(drawing: Drawing, plan: Sequence[int], assembly: Assembly) -> FilmWork:
    return FilmWork(drawing.works(plan), assembly.seconds(len(plan), drawing.size(plan)))


def _print_scale(drawing: Drawing, plan: Sequence[int], assembly: Assembly, costs: Costs) -> None:
    """Print the tables of many workers, each with a core of its own."""
    film = _film(drawing, plan, assembly)
    elsewhere = replace(costs, layout=Layout.CLUSTER)
    for films, title in ((1, "one film"), (FILMS, f"{FILMS:,} films")):
        print(f"\n| workers, {title} | one machine: s | efficiency | limit | cluster: s | efficiency | limit |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        one = simulate([film] * films, 1, costs).seconds
        for workers in WORKERS:
            cells = []
            for layout in (costs, elsewhere):
                course = simulate([film] * films, workers, layout)
                cells += [rounded(course.seconds), f"{one / workers / course.seconds:.0%}", course.limit]
            print(f"| {workers:,} | {' | '.join(cells)} |", flush=True)


def _print_plans(drawing: Drawing, assembly: Assembly, costs: Costs) -> None:
    """Print what other lengths of segments would do."""
    frames = sum(drawing.plan)
    few = (1, 2, 4, 16, 64)
    usual = drawing.size(drawing.plan)
    print(f"\n| frames of a segment | segments | {' | '.join(f'{n} workers: s' for n in few)} | bytes of the film |")
    print("|" + " --- |" * (len(few) + 3))
    for most in TRIED:
        plan = planned(frames, most)
        film = _film(drawing, plan, assembly)
        cells = [rounded(simulate([film], workers, costs).seconds) for workers in few]
        print(f"| {most} | {len(plan)} | {' | '.join(cells)} | {drawing.size(plan) / usual - 1:+.1%} |")


def tell(words: str) -> None:
    """Say what goes on, beside the tables."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        raise SystemExit(130) from None
