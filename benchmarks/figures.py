"""What is measured: each work is a command or a few, and yields figures of the tree in which it runs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from measure import Usage, measure
from trees import Tree

HERE = Path(__file__).parent
REFERENCE = str(HERE / "reference.toml")
FRAMES, FPS = 371, 60  # of the reference work
CORES = len(os.sched_getaffinity(0))
JOBS = (1, 2, 4, 8, 16)

Key = tuple[str, str]
"""A work's name, and the name of one of its figures."""


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes
    ----------
    words
        What is smaller than usual, in words.
    quick
        Whether works that take long are left out unless they are asked for.
    runs
        How often each work is run, at the most; None for as often as the work says.
    reference, himmelblau
        Flags that make films smaller.
    changes
        The same for its frames, as keys of its description in JSON.
    segments, length
        How many segments of it are drawn for the CPU of a frame, and of how many frames.
    contenders
        How many frames each contender draws, as a share of what is usual.
    presets
        The presets that `make media` makes; all if there are none.
    pictures
        The presets whose pictures are compared, besides those of the reference work.
    points
        How many points a side the largest grid has.

    """

    words: str = "everything as large as it is"
    quick: bool = False
    runs: int | None = None
    fps: float = FPS
    reference: tuple[str, ...] = ()
    himmelblau: tuple[str, ...] = ()
    changes: str = "{}"
    segments: int = 4
    length: int = 30
    contenders: float = 1.0
    presets: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ("himmelblau-grid", "satellite-view", "race-rosenbrock")
    points: int = 200

    @property
    def frames(self) -> int:
        """How many frames the reference work has."""
        return round(FRAMES * self.fps / FPS)


FULL = Effort()
QUICK = Effort(
    words="quick: the reference work has 12 frames a second, and `make media` three presets",
    quick=True,
    runs=2,
    fps=12,
    reference=("--fps", "12"),
    segments=3,
    length=12,
    contenders=0.2,
    presets=("parabola", "himmelblau-point", "himmelblau-grid"),
    pictures=(),
)
TINY = replace(
    QUICK,
    words="tiny: everything is so small that no figure means anything",
    runs=1,
    fps=10,
    reference=("--size", "64x64", "--fps", "10"),
    himmelblau=("--size", "64x64", "--fps", "10"),
    changes='{"size": [64, 64], "fps": 10}',
    segments=1,
    length=2,
    contenders=0.01,
    presets=("parabola",),
    points=30,
)


@dataclass(frozen=True)
class Figure:
    """A figure: its name in its work, and what it is, with its unit."""

    name: str
    label: str


Measured = Mapping[str, float]
Measure = Callable[[Tree, Path, Effort], Measured]


@dataclass(frozen=True)
class Work:
    """What is run, in an empty folder.

    Attributes
    ----------
    name
        Its name on the command line.
    figures
        What it yields.
    measure
        Runs it once in a tree.
    runs
        How often it is run.
    group
        A name for several works together; those of a group are measured only if they are asked for.
    slow
        Whether it is left out where little time is given.
    compared
        Whether it is run in each tree, or else in this one alone.

    """

    name: str
    figures: tuple[Figure, ...]
    measure: Measure
    runs: int
    group: str = ""
    slow: bool = False
    compared: bool = True


@dataclass(frozen=True)
class Quotient:
    """A figure that is one divided by another; `compared` as for the work of the first one."""

    label: str
    over: Key
    under: Key
    compared: bool = False


def _run(tree: Tree, folder: Path, command: Sequence[str]) -> Usage:
    return measure(command, tree.environment, folder)


def _used(usage: Usage) -> Measured:
    return {"wall": usage.wall, "cpu": usage.cpu, "memory": usage.memory, "first": usage.first}


def _frame(tree: Tree, folder: Path, effort: Effort) -> Measured:
    script = (str(HERE / "in_tree.py"), "frame", REFERENCE, effort.changes)
    usage = _run(tree, folder, tree.python(*script, str(effort.segments), str(effort.length)))
    found: Measured = json.loads(usage.printed.splitlines()[-1])
    return found


def _reference(tree: Tree, folder: Path, effort: Effort, jobs: int) -> Measured:
    flags = (*effort.reference, "--jobs", str(jobs), "--quiet", "--output", "film.mp4")
    used = _used(_run(tree, folder, tree.gdviz("render", REFERENCE, *flags)))
    return {**used, "frame": used["wall"] / effort.frames}


def _still(tree: Tree, folder: Path, effort: Effort) -> Measured:
    flags = (*effort.himmelblau, "--quiet", "--output", "still.png")
    return _used(_run(tree, folder, tree.gdviz("still", "himmelblau", "--grid", "20", *flags)))


def _himmelblau(tree: Tree, folder: Path, effort: Effort, flags: Sequence[str]) -> Measured:
    given = tree.gdviz("render", "himmelblau", *flags, *effort.himmelblau, "--quiet", "--output", "film.mp4")
    return _used(_run(tree, folder, given))


def _many_points(tree: Tree, folder: Path, effort: Effort) -> Measured:
    return _himmelblau(tree, folder, effort, ("--grid", str(effort.points)))


def _pinned(tree: Tree, folder: Path, effort: Effort, cores: int) -> Measured:
    flags = (*effort.reference, "--quiet", "--output", "film.mp4")
    pinned = ("taskset", "--cpu-list", f"0-{cores - 1}")
    return _used(_run(tree, folder, [*pinned, *tree.gdviz("render", REFERENCE, *flags)]))


def _media(tree: Tree, folder: Path, effort: Effort) -> Measured:
    """Make all media from nothing, as the tree's Makefile does it."""
    shutil.rmtree(tree.folder / "media", ignore_errors=True)
    chosen = " ".join(f"presets/{name}.toml" for name in effort.presets)
    return _used(_run(tree, folder, [*tree.make, "media", *([f"PRESETS={chosen}"] if chosen else [])]))


def _contender(tree: Tree, folder: Path, effort: Effort, name: str, frames: int) -> Measured:
    count = max(2, round(frames * effort.contenders))
    usage = _run(tree, folder, tree.python(str(HERE / "contenders.py"), name, str(count)))
    return {"seconds": json.loads(usage.printed.splitlines()[-1])["seconds"] / count, "memory": usage.memory}


@dataclass(frozen=True)
class _Labels:
    """The labels of what any command uses, after what the command is called."""

    name: str
    figures: dict[str, str] = field(
        default_factory=lambda: {
            "wall": "seconds",
            "cpu": "CPU seconds",
            "memory": "MB of the largest process",
            "first": "seconds to the first segment",
            "frame": "seconds a frame",
        }
    )

    def __call__(self, *names: str) -> tuple[Figure, ...]:
        return tuple(Figure(each, f"{self.name}: {self.figures[each]}") for each in names)


def _contending(name: str, label: str, frames: int, *, slow: bool = False, group: str = "") -> Work:
    figures = (Figure("seconds", f"{label}: seconds a frame"), Figure("memory", f"{label}: MB of the largest process"))
    return Work(name, figures, partial(_contender, name=name, frames=frames), 3, group, slow, compared=False)


def _scaling(name: str, label: str, run: Measure) -> Work:
    return Work(name, _Labels(label)("wall", "cpu", "memory"), run, 3, "scaling")


WORKS: tuple[Work, ...] = (
    Work(
        "frame",
        (
            Figure("drawing", "a reference frame: CPU ms without the encoder"),
            Figure("both", "a reference frame: CPU ms with the encoder"),
        ),
        _frame,
        5,
    ),
    Work("still", _Labels("still of himmelblau, grid 20")("wall", "cpu", "memory"), _still, 10),
    *(
        Work(
            f"reference-{jobs}",
            _Labels(f"reference work, {jobs} job{'s' * (jobs > 1)}")("wall", "cpu", "memory", "first", "frame"),
            partial(_reference, jobs=jobs),
            3,
        )
        for jobs in (1, 2)
    ),
    _contending("matplotlib-50", "matplotlib, 50x50 facets", 40),
    _contending("pyvista", "a plain PyVista loop", 12),
    Work(
        "draft",
        _Labels("draft of himmelblau, grid 20")("wall", "cpu", "first"),
        partial(_himmelblau, flags=("--grid", "20", "--quality", "draft")),
        5,
    ),
    Work(
        "film",
        _Labels("film of himmelblau, grid 20")("wall", "cpu", "memory", "first"),
        partial(_himmelblau, flags=("--grid", "20")),
        3,
        slow=True,
    ),
    Work("grid-200", _Labels("film of himmelblau, grid 200")("wall", "cpu", "memory"), _many_points, 2, slow=True),
    Work("media", _Labels("make media, from nothing")("wall", "cpu", "memory"), _media, 2, slow=True),
    _contending("matplotlib-200", "matplotlib, 200x200 facets", 20, group="floors"),
    _contending("bare-surface", "the ground alone, drawn and read back, one process", 120, group="floors"),
    _contending("encoder", "the encoder alone, one process", 120, group="floors"),
    *(
        _scaling(f"jobs-{jobs}", f"reference work, {jobs} job{'s' * (jobs > 1)}", partial(_reference, jobs=jobs))
        for jobs in JOBS
        if jobs <= CORES
    ),
    *(
        _scaling(f"cores-{cores}", f"reference work, {cores} core{'s' * (cores > 1)}", partial(_pinned, cores=cores))
        for cores in JOBS
        if cores <= CORES
    ),
    *(
        _scaling(
            name,
            f"himmelblau, {label}",
            partial(_himmelblau, flags=flags),
        )
        for name, label, flags in (
            ("grid-10", "grid 10", ("--grid", "10")),
            ("grid-50", "grid 50", ("--grid", "50")),
            ("1080p", "grid 20, 1920x1080", ("--grid", "20", "--size", "1920x1080")),
            ("4k", "grid 20, 3840x2160", ("--grid", "20", "--size", "3840x2160")),
            ("9-seconds", "320x180, 9 s", ("--grid", "20", "--size", "320x180", "--seconds", "9")),
            ("90-seconds", "320x180, 90 s", ("--grid", "20", "--size", "320x180", "--seconds", "90")),
        )
    ),
)

QUOTIENTS: tuple[Quotient, ...] = (
    Quotient(
        "reference work: times as fast with 2 jobs as with 1",
        ("reference-1", "wall"),
        ("reference-2", "wall"),
        compared=True,
    ),
    Quotient(
        "reference work: times as fast as matplotlib, 50x50", ("matplotlib-50", "seconds"), ("reference-2", "frame")
    ),
    Quotient("reference work: times as fast as a plain PyVista loop", ("pyvista", "seconds"), ("reference-2", "frame")),
)


def chosen(names: Sequence[str], effort: Effort) -> tuple[Work, ...]:
    """Return the works with these names or in these groups; without names, those that the effort has time for."""
    if names:
        return tuple(work for work in WORKS if work.name in names or work.group in names)
    return tuple(work for work in WORKS if not work.group and not (work.slow and effort.quick))
