"""Measures gdviz, beside an older commit of it and beside other ways of drawing the same; Markdown on stdout.

Both trees are copied to temporary folders and compiled, and run in turn: a ratio is the median of the ratios
of runs that were made one after the other. Seconds are those of whole commands, CPU that of all their processes.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from figures import CORES, FULL, HERE, QUICK, QUOTIENTS, TINY, WORKS, Effort, Key, Quotient, Work, chosen
from measure import MeasureError
from pictures import compared
from sample import Sample, detail, ratio, told
from trees import Tree, commit, this_tree

LOOSE = 0.05  # a spread as a share of the median from which the machine is called not quiet
SECTIONS = ("engine", "pictures")  # what is measured and is no work

Samples = dict[Key, Sample]
"""Of one tree: the sample of each figure."""


def measured(work: Work, trees: Sequence[Tree], effort: Effort, runs: int | None) -> Iterator[tuple[Tree, Samples]]:
    """Run a work in each tree in turn, and yield what was measured; a tree that cannot do it is told and left out.

    It is run `runs` times, by default as often as suits it and the effort.
    """
    able = list(trees if work.compared else trees[-1:])
    found: dict[str, list[Mapping[str, float]]] = {tree.name: [] for tree in able}
    usual = min(work.runs, effort.runs or work.runs)
    count = runs or (usual if work.compared or not effort.quick else 1)
    for number in range(count):
        for tree in list(able) if number % 2 == 0 else able[::-1]:
            tell(f"{work.name}: run {number + 1} of {count}, {tree.name}")
            with tempfile.TemporaryDirectory(prefix="gdviz-bench-") as folder:
                try:
                    found[tree.name].append(work.measure(tree, Path(folder), effort))
                except MeasureError as error:
                    able.remove(tree)
                    tell(f"{work.name}: {tree.name} cannot do this: {error}")
    for tree in able:
        names = [figure.name for figure in work.figures]
        yield tree, {(work.name, name): Sample(tuple(run[name] for run in found[tree.name])) for name in names}


def summary(label: str, samples: Sequence[Sample | None], missing: str = "cannot") -> str:
    """Return a row: the figure in each tree, or that it is missing, and the ratio of the last to the first."""
    cells = [told(sample) if sample else missing for sample in samples]
    if len(samples) > 1:
        before, after = samples
        cells.append(told(ratio(after, before)) if before and after else "")
    return f"| {label} | {' | '.join(cells)} |"


def figures(works: Sequence[Work], trees: Sequence[Tree], effort: Effort, runs: int | None) -> bool:
    """Measure works, and print the tables; return whether this tree can do them all."""
    found: dict[str, Samples] = {tree.name: {} for tree in trees}
    this = found[trees[-1].name]
    print(f"| figure | {' | '.join(tree.name for tree in trees)} |{' ratio |' * (len(trees) > 1)}")
    print("| --- |" + " --- |" * len(trees) + " --- |" * (len(trees) > 1))
    for work in works:
        for tree, measurements in measured(work, trees, effort, runs):
            found[tree.name] |= measurements
        missing = "cannot" if work.compared else ""
        for figure in work.figures:
            samples = [found[tree.name].get((work.name, figure.name)) for tree in trees]
            print(summary(figure.label, samples, missing), flush=True)
    for quotient in QUOTIENTS:
        over = this.get(quotient.over)
        if over and quotient.under in this:
            print(summary(quotient.label, [_quotient(found[tree.name], quotient, over) for tree in trees]))
    details(works, trees, found)
    return all((work.name, figure.name) in this for work in works for figure in work.figures)


def _quotient(samples: Samples, quotient: Quotient, over: Sample) -> Sample | None:
    """Return the ratio of two figures of a tree; `over` is the first one of this tree, which stands if it has none."""
    under = samples.get(quotient.under)
    if under is None:
        return None
    if quotient.over in samples and quotient.compared:
        return ratio(samples[quotient.over], under)
    return Sample(tuple(over.median / value for value in under.values))


def details(works: Sequence[Work], trees: Sequence[Tree], found: Mapping[str, Samples]) -> None:
    """Print the statistics of each figure."""
    print("\n| figure | tree | median | mean ± deviation | least | most | runs | outliers |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    loose = set()
    for work in works:
        for figure in work.figures:
            for tree in trees:
                if sample := found[tree.name].get((work.name, figure.name)):
                    print(f"| {figure.label} | {tree.name} | {' | '.join(detail(sample))} |")
                    loose |= {figure.label} if (sample.spread or 0) > LOOSE * sample.median else set()
    if loose:
        print(
            f"\nThe machine was not quiet: the runs of {len(loose)} figures differ by more than {LOOSE:.0%}. Ratios "
            "hold better than seconds; measure again when nothing else runs."
        )
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; return the exit code."""
    given = parser().parse_args(arguments)
    if given.runs is not None and given.runs < 1:
        parser().error(f"at least 1 run is needed, not {given.runs}")
    names = [*dict.fromkeys([*(work.name for work in WORKS), *(work.group for work in WORKS if work.group), *SECTIONS])]
    if given.list:
        print("\n".join(f"{work.name:<16}{work.group:<10}{work.figures[0].label}" for work in WORKS))
        print("\n".join(SECTIONS))
        return 0
    for name in given.only:
        if name not in names:
            parser().error(f"there is no figure {name}; there are {', '.join(names)}")
    effort = TINY if given.tiny else QUICK if given.quick else FULL
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left behind
    with ExitStack() as stack:
        trees = [stack.enter_context(commit(given.baseline))] if given.baseline else []
        trees.append(stack.enter_context(this_tree()))
        print(
            f"{platform.machine()}, {CORES} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n"
        )
        print("\n".join(f"- {tree.name}: {tree.version}" for tree in trees))
        print(f"- {effort.words}\n", flush=True)
        works, able = chosen(given.only, effort), True
        if works:
            (warm,) = (work for work in WORKS if work.name == "still")
            for tree in trees:
                tell(f"warming up, {tree.name}")
                with tempfile.TemporaryDirectory(prefix="gdviz-bench-") as folder:
                    warm.measure(tree, Path(folder), effort)
            able = figures(works, trees, effort, given.runs)
        if "pictures" in given.only or not given.only:
            tell("pictures")
            with tempfile.TemporaryDirectory(prefix="gdviz-bench-") as folder:
                print()
                for line in compared(trees, effort, Path(folder)):
                    print(line, flush=True)
        if "engine" in given.only or (not given.only and not effort.quick):
            tell("engine")
            command = trees[-1].python(str(HERE / "engine.py"), str(effort.runs or 3))
            subprocess.run(command, env=dict(trees[-1].environment), check=True)
    return 0 if able else 1


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--baseline", metavar="COMMIT", help="measure this commit, too, in turn with this tree")
    made.add_argument("--quick", action="store_true", help="take two minutes: fewer runs, and nothing that takes long")
    made.add_argument("--only", nargs="+", default=[], metavar="NAME", help="measure only these figures or groups")
    made.add_argument("--runs", type=int, metavar="N", help="run each figure so often; by default as often as suits it")
    made.add_argument("--list", action="store_true", help="print the names of all figures with their groups")
    made.add_argument("--tiny", action="store_true", help="make everything tiny, to see whether all of it works")
    return made


def tell(words: str) -> None:
    """Say what goes on, beside the tables."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        raise SystemExit(130) from None
