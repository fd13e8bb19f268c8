"""What the parts of a render are seen to take, in rounds: what scale.py predicts from, and what it is compared with."""

from __future__ import annotations

import itertools
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from figures import CORES, FPS, HERE, REFERENCE
from measure import Usage, measure
from model import Costs, FilmWork, Layout
from parts import PLACES
from trees import Tree

SHARES, SEGMENT_FRAMES = 4, 30  # as gdviz.plan has them
BATCH = 3  # films of the batch that is predicted
FEW_FPS = 12  # frames a second of the film from which the start is known
LAYOUTS = {1: Layout.INLINE, 2: Layout.MACHINE}  # by the number of jobs
ALL = 1_000_000  # parts of a film that are looked for
ENOUGH = 100_000  # bytes by which films must differ to tell what a byte takes


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
    poster: float
    poster_at: float
    plan: Sequence[int]

    def works(self, plan: Sequence[int]) -> tuple[float, ...]:
        """Return how long each segment of a film takes, if they have these lengths."""
        where = int(self.poster_at * sum(plan))
        ends = list(itertools.accumulate(plan))
        return tuple(
            self._at(middle, length, self.seconds) + self.poster * (end - length <= where < end)
            for (middle, length), end in zip(_middles(plan), ends, strict=True)
        )

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


def median_of(found: Sequence[Drawing]) -> Drawing:
    """Return the median of what several processes measured."""

    def middle(values: Sequence[Any]) -> Any:
        if isinstance(values[0], list):
            return [middle(each) for each in zip(*values, strict=True)]
        return statistics.median(values)

    measured = ("imports", "scene", "fork", "first", "poster", "seconds", "bytes")
    return replace(found[0], **{name: middle([getattr(each, name) for each in found]) for name in measured})


@dataclass(frozen=True)
class Bench:
    """Runs what is measured, in one tree; `flags` and `changes` make the film smaller, and say the same."""

    tree: Tree
    flags: tuple[str, ...]
    changes: Mapping[str, Any]
    times: int

    def drawing(self, *, together: int) -> Drawing:
        """Measure so many processes that draw at the same time."""
        with tempfile.TemporaryDirectory(prefix="gdviz-bench-") as folder:
            script = (str(HERE / "parts.py"), "draw", REFERENCE, json.dumps(self.changes), "1")
            started = [
                subprocess.Popen(
                    self.tree.python(*script),
                    env=dict(self.tree.environment),
                    cwd=folder,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                for _ in range(together)
            ]
            try:
                printed = [process.communicate()[0] for process in started]
            finally:
                for process in started:
                    process.kill()
        if any(process.returncode for process in started):
            raise SystemExit("a process that draws has failed")
        return median_of([Drawing(**json.loads(each.splitlines()[-1])) for each in printed])

    def rules(self) -> list[tuple[float, ...]]:
        """Return what rules.py finds: each case, what is predicted, and what was measured."""
        with tempfile.TemporaryDirectory(prefix="gdviz-bench-") as folder:
            printed = measure(self.tree.python(str(HERE / "rules.py")), self.tree.environment, Path(folder)).printed
        found: list[tuple[float, ...]] = json.loads(printed.splitlines()[-1])
        return found

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

    def small_film(self, seconds: int) -> tuple[Usage, int, int]:
        """Render a very small film, and return what that took, its number of segments, and its bytes."""
        usage, size = self.film(2, "--fps", "30", "--seconds", str(seconds), small=True)
        return usage, len(planned(30 * seconds, SEGMENT_FRAMES)), size

    def batch(self, films: int) -> Usage:
        """Render so many films with few frames as a batch with 2 jobs, and return what that took."""
        with tempfile.TemporaryDirectory(prefix="gdviz-bench-") as folder:
            names = [f"film-{number}.toml" for number in range(films)]
            for name in names:
                shutil.copy(REFERENCE, Path(folder) / name)
            sets = [f"--set={key}={json.dumps(value)}" for key, value in {**self.changes, "fps": FEW_FPS}.items()]
            given = self.tree.gdviz("batch", *names, *sets, "--jobs", "2", "--quiet", "--directory", "films")
            return measure(given, self.tree.environment, Path(folder))


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


@dataclass(frozen=True)
class Observed:
    """What was measured in one round.

    Attributes
    ----------
    alone, beside
        What a process that draws takes alone, and beside others so that there is one for each core.
    handed
        What it takes to hand over a segment.
    short
        By the number of jobs, a render of the film with few frames, and the bytes of the file.
    few, many
        Renders of films of 64x64 with few and with many segments, their numbers of segments, and their bytes.
    whole
        By the number of jobs, the render that is predicted.
    batch
        The batch that is predicted.

    """

    alone: Drawing
    beside: Drawing
    handed: Mapping[str, float]
    short: Mapping[int, tuple[Usage, int]]
    few: tuple[Usage, int, int]
    many: tuple[Usage, int, int]
    whole: Mapping[int, Usage]
    batch: Usage


def observed(bench: Bench, which: str) -> Observed:
    """Measure everything once; `which` is what the round is called."""
    tell(f"{which}: segments of one process")
    alone = bench.drawing(together=1)
    tell(f"{which}: segments of {CORES} processes")
    beside = bench.drawing(together=CORES) if CORES > 1 else alone
    tell(f"{which}: hand-over, start and assembly")
    handed = bench.handing_over(alone.size(alone.plan) / len(alone.plan))
    short = {jobs: bench.film(jobs, "--fps", str(FEW_FPS)) for jobs in LAYOUTS}
    few, many = (bench.small_film(seconds) for seconds in (3, 60))
    tell(f"{which}: the film")
    whole = {jobs: bench.film(jobs)[0] for jobs in LAYOUTS}
    return Observed(alone, beside, handed, short, few, many, whole, bench.batch(BATCH))


def costs_of(seen: Sequence[Observed], jobs: int, drawing: Drawing, handed: Mapping[str, float]) -> Costs:
    """Return what is not drawing; the start is what is left of the time to the first part of a short film."""
    works = drawing.works(short_plan(drawing))[:jobs]
    layout = LAYOUTS[jobs]
    fork = drawing.fork if layout is Layout.MACHINE else 0.0
    known = drawing.scene + fork + drawing.first + min(works) + handed["receive"] + handed["keep"]
    return Costs(
        layout,
        start=statistics.median(each.short[jobs][0].parts[0] for each in seen) - known,
        imports=drawing.imports,
        scene=drawing.scene,
        fork=fork,
        first=drawing.first,
        receive=handed["receive"],
        keep=handed["keep"],
    )


def short_plan(drawing: Drawing) -> list[int]:
    """Return the lengths of the segments of the film with few frames."""
    return planned(round(sum(drawing.plan) * FEW_FPS / FPS), SEGMENT_FRAMES)


def assembly_of(seen: Sequence[Observed]) -> Assembly:
    """Return what assembly takes, from three films: with few segments, with many, and with many bytes."""
    few, many = (statistics.median(_rest(getattr(each, name)[0]) for each in seen) for name in ("few", "many"))
    large = statistics.median(_rest(each.short[2][0]) for each in seen)
    (_, few_segments, few_bytes), (_, many_segments, _) = seen[0].few, seen[0].many
    segment = max(0.0, (many - few) / (many_segments - few_segments))
    film = few - segment * few_segments
    rest = large - film - segment * len(short_plan(seen[0].alone))
    more = seen[0].short[2][1] - few_bytes
    return Assembly(film, segment, max(0.0, rest / more) if more > ENOUGH else 0.0)


def film_of(drawing: Drawing, plan: Sequence[int], assembly: Assembly) -> FilmWork:
    """Return a film whose segments have these lengths."""
    return FilmWork(drawing.works(plan), assembly.seconds(len(plan), drawing.size(plan)))


def _rest(usage: Usage) -> float:
    return usage.wall - usage.parts[-1]


def tell(words: str) -> None:
    """Say what goes on, beside the tables."""
    print(words, file=sys.stderr, flush=True)
