"""`make bench`: the reference work drawn by gdviz and by others, the engine, how gdviz scales; Markdown on stdout.

Every figure is the median of RUNS runs, each a process of its own, all in one run on one machine. Slow contenders draw
a sample of frames spread over the film, as the table says; their seconds are those of the frames alone, gdviz's those
of the whole command from start to end.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FRAMES = 371
RUNS = int(os.environ.get("RUNS", "3"))
JOBS = (1, 2, 4, 8, 16)
SIZES = ("1280x720", "1920x1080", "3840x2160")
LENGTHS = ("9", "90")


@dataclass(frozen=True)
class Run:
    """A command: wall and CPU seconds, the largest process's memory in MB, and what it printed."""

    wall: float
    cpu: float
    memory: float
    printed: str


def run(command: list[str]) -> Run:
    """Run a command and its children to the end."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        printed, complaints = process.communicate()
    wall = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {complaints}")
    usage = json.loads(printed.splitlines()[-1])
    return Run(wall, usage["cpu"], usage["memory"], printed)


def measured(command: list[str]) -> list[Run]:
    """Run a command RUNS times, each beside a process that watches what it uses."""
    wrapper = [sys.executable, str(HERE / "bench.py"), "--account", *command]
    return [run(wrapper) for _ in range(RUNS)]


def account(command: list[str]) -> None:
    """Run a command; print what all processes of its session used as the last line, as the kernel tells meanwhile.

    The usage of children that a process waited for would leave out those of the process that gdviz forks from.
    """
    cpu: dict[str, float] = {}
    memory: dict[str, float] = {}
    tick = os.sysconf("SC_CLK_TCK")
    with subprocess.Popen(command, start_new_session=True) as process:
        while process.poll() is None:
            for status in Path("/proc").glob("[0-9]*/stat"):
                try:
                    fields = status.read_text().rpartition(")")[2].split()
                    peak = (status.parent / "status").read_text().partition("VmHWM:")[2].split()
                except OSError:
                    continue  # it has just ended
                if int(fields[3]) == process.pid and peak:
                    cpu[status.parent.name] = (int(fields[11]) + int(fields[12])) / tick
                    memory[status.parent.name] = int(peak[0]) / 1024
            time.sleep(0.05)
    if process.returncode:
        sys.exit(process.returncode)
    print(json.dumps({"cpu": sum(cpu.values()), "memory": max(memory.values())}))


def median(values: list[float]) -> float:
    """Return the middle one."""
    return statistics.median(values)


def gdviz(*arguments: str, cores: int | None = None) -> list[Run]:
    """Render with gdviz, on so many cores if that is said."""
    pinned = [] if cores is None else ["taskset", "--cpu-list", f"0-{cores - 1}"]
    with tempfile.TemporaryDirectory() as folder:
        film = f"{folder}/film.mp4"
        return measured([*pinned, sys.executable, "-m", "gdviz", "render", *arguments, "-q", "-o", film])


def reference() -> None:
    """Print the reference work's table."""
    cores = len(os.sched_getaffinity(0))
    ours = gdviz(str(HERE / "reference.toml"))
    ours_a_frame = median([each.wall for each in ours]) / FRAMES
    print("| way of drawing it | frames drawn | s a frame | CPU s a frame | peak MB | times gdviz |")
    print("| --- | --- | --- | --- | --- | --- |")
    cpu, memory = median([each.cpu for each in ours]), median([each.memory for each in ours])
    figures = f"{ours_a_frame:.4f} | {cpu / FRAMES:.4f} | {memory:.0f}"
    print(f"| gdviz, whole command, {cores} jobs | {FRAMES} | {figures} | 1 |")
    labels = {
        "pyvista": ("a plain PyVista loop", 12),
        "matplotlib-50": ("matplotlib, 50x50 facets", 40),
        "matplotlib-200": ("matplotlib, 200x200 facets", 20),
        "bare-surface": ("floor: the ground alone, drawn and read back, one process", 120),
        "encoder": ("floor: the encoder alone, one process", 120),
    }
    for name, (label, count) in labels.items():
        runs = measured([sys.executable, str(HERE / "contenders.py"), name, str(count)])
        seconds = median([json.loads(each.printed.splitlines()[-2])["seconds"] for each in runs]) / count
        memory = median([each.memory for each in runs])
        print(f"| {label} | {count} | {seconds:.4f} | | {memory:.0f} | {seconds / ours_a_frame:.2f} |", flush=True)
    busy = median([each.cpu / each.wall for each in ours]) / cores
    print(f"\ngdviz kept {100 * busy:.0f} % of {cores} cores busy over the whole command.")


def engine() -> None:
    """Print the engine's table."""
    command = [sys.executable, str(HERE / "engine.py"), str(RUNS)]
    print(subprocess.run(command, capture_output=True, text=True, check=True).stdout, flush=True)


def scaling() -> None:
    """Print how gdviz scales with processes, points and pixels."""
    cores = len(os.sched_getaffinity(0))
    work = str(HERE / "reference.toml")
    himmelblau = ("himmelblau", "--grid", "20")
    rows: list[tuple[str, list[str], int | None]] = [
        *((f"reference work, {jobs} job(s)", [work, "--jobs", str(jobs)], None) for jobs in JOBS if jobs <= cores),
        *((f"reference work, {few} core(s)", [work], few) for few in JOBS if few <= cores),
        *((f"himmelblau, grid {grid}", ["himmelblau", "--grid", str(grid)], None) for grid in (10, 20, 50, 200)),
        *((f"himmelblau, grid 20, {size}", [*himmelblau, "--size", size], None) for size in SIZES),
        *((f"himmelblau, 320x180, {s} s", [*himmelblau, "--size", "320x180", "--seconds", s], None) for s in LENGTHS),
    ]
    print("\n| render | wall s | CPU s | peak MB of a process |\n| --- | --- | --- | --- |")
    for label, arguments, few in rows:
        runs = gdviz(*arguments, cores=few)
        wall, cpu, memory = (median([getattr(each, what) for each in runs]) for what in ("wall", "cpu", "memory"))
        print(f"| {label} | {wall:.1f} | {cpu:.1f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--account"]:
        account(sys.argv[2:])
    else:
        print(f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}\n")
        reference()
        engine()
        scaling()
