"""Predicts how gdviz scales to many workers, from what the parts of a render take; Markdown on stdout.

Every part is measured by itself: segments of several lengths, a scene, a fork, OpenGL's first picture, the hand-over,
and, from films other than the one that is predicted, start and assembly. The prediction for 1 and 2 jobs
stands beside the measured seconds; nothing is fitted to those. How a pool of up to 16 processes gives them work is
tried with tasks that only sleep.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import replace

from figures import CORES
from model import Costs, FilmWork, Layout, simulate
from observed import (
    BATCH,
    FEW_FPS,
    LAYOUTS,
    Assembly,
    Bench,
    Drawing,
    assembly_of,
    costs_of,
    film_of,
    median_of,
    observed,
    planned,
    short_plan,
    tell,
)
from sample import rounded
from trees import this_tree

WORKERS = tuple(2**power for power in range(11))
FILMS = 1000
TRIED = (4, 8, 12, 24, 30, 48)  # lengths of segments, in frames


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
    """Measure everything in turn, as often as the bench says, and print the tables."""
    seen = [observed(bench, f"run {number + 1} of {bench.times}") for number in range(bench.times)]
    alone, beside = (median_of([getattr(each, name) for each in seen]) for name in ("alone", "beside"))
    handed = {name: statistics.median(each.handed[name] for each in seen) for name in seen[0].handed}
    # Two cores a worker, or one: an encoder works beside the process that draws, if it can.
    by_jobs = {jobs: alone if CORES // jobs > 1 else beside for jobs in LAYOUTS}
    costs = {jobs: costs_of(seen, jobs, drawing, handed) for jobs, drawing in by_jobs.items()}
    assembly = assembly_of(seen)
    print(f"- tree: {bench.tree.version}\n")
    print("| part | seconds |\n| --- | --- |")
    for label, value in {
        "start, until a scene can be made: 1 job": costs[1].start,
        "start, until a scene can be made: 2 jobs": costs[2].start,
        "imports of a process": alone.imports,
        "scene": alone.scene,
        "fork": alone.fork,
        "OpenGL's first picture": alone.first,
        "poster": alone.poster,
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
    for jobs, drawing in by_jobs.items():
        course = simulate([film_of(drawing, alone.plan, assembly)], jobs, costs[jobs])
        measured = statistics.median(each.whole[jobs].wall for each in seen)
        apart = course.seconds / measured - 1
        print(f"| {jobs} job{'s' * (jobs > 1)} | {course.seconds:.2f} | {measured:.2f} | {apart:+.1%} |")
    short = film_of(by_jobs[2], short_plan(by_jobs[2]), assembly)
    predicted = simulate([short] * BATCH, 2, replace(costs[2], most=most(2))).seconds
    measured = statistics.median(each.batch.wall for each in seen)
    label = f"{BATCH} films of {FEW_FPS} frames a second, 2 jobs"
    print(f"| {label} | {predicted:.2f} | {measured:.2f} | {predicted / measured - 1:+.1%} |", flush=True)
    _print_rules(bench)
    # The command has no server there: it starts as with one job.
    elsewhere = replace(costs[2], layout=Layout.CLUSTER, start=costs[1].start)
    _print_scale(film_of(beside, alone.plan, assembly), costs[2], elsewhere)
    _print_plans(beside, assembly, costs[2])


def _print_rules(bench: Bench) -> None:
    """Print how well the model knows how a pool gives its processes work."""
    tell("a pool whose tasks only sleep")
    print("\n| tasks that only sleep: films | segments of a film | processes | predicted s | measured s | apart |")
    print("| --- | --- | --- | --- | --- | --- |")
    for films, segments, _, _, processes, predicted, measured in bench.rules():
        apart = predicted / measured - 1
        print(f"| {films} | {segments} | {processes} | {predicted:.2f} | {measured:.2f} | {apart:+.1%} |", flush=True)


def most(workers: int) -> int:
    """Return how many films are under way at a time, as gdviz.film_jobs has it."""
    return 2 * workers + 2


def _print_scale(film: FilmWork, costs: Costs, elsewhere: Costs) -> None:
    """Print the tables of many workers, each with a core of its own."""
    for films, title in ((1, "one film"), (FILMS, f"{FILMS:,} films")):
        print(f"\n| workers, {title} | one machine: s | efficiency | limit | cluster: s | efficiency | limit |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        one = simulate([film] * films, 1, costs).seconds
        for workers in WORKERS:
            cells = []
            for layout in (costs, elsewhere):
                course = simulate([film] * films, workers, replace(layout, most=most(workers)))
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
        film = film_of(drawing, plan, assembly)
        cells = [rounded(simulate([film], workers, costs).seconds) for workers in few]
        print(f"| {most} | {len(plan)} | {' | '.join(cells)} | {drawing.size(plan) / usual - 1:+.1%} |")


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        raise SystemExit(130) from None
