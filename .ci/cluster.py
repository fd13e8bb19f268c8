"""Draws films on a dask cluster whose workers and scheduler die, and compares them with those of one process.

It starts a scheduler and workers on this machine, and takes some minutes: python .ci/cluster.py
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import gdviz
from gdviz.runtime.cluster import dask_executor

ANIMATION = gdviz.Animation(function="himmelblau", starts={"grid": 5}, size=(320, 180), fps=20).lasting(8)
PRESETS = Path(__file__).parents[1] / "presets"
SMALL = ("--set", "size=[160,90]", "--set", "fps=4")

# What ends a process as soon as it is to draw.
DYING = """
import os, sys

class Dying:
    def find_spec(self, name, path, target=None):
        if name == "gdviz.stage.surface":
            os._exit(1)

sys.meta_path.insert(0, Dying())
"""


class Machines:
    """A scheduler and its workers, each in a process group of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def scheduler(self) -> subprocess.Popen[bytes]:
        """Start a scheduler, and wait for its address."""
        told = self._folder / "scheduler.json"
        told.unlink(missing_ok=True)
        started = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))
        wait(lambda: told.exists() and bool(told.read_text()), "the scheduler to start")
        self.address = str(json.loads(told.read_text())["address"])
        return started

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker with a nanny, which starts it again when it dies."""
        return self._start("worker", self.address, "--nthreads", "1", "--nworkers", "1", **environment)

    def _start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        started = subprocess.Popen(
            [sys.executable, "-m", "dask", *words, *(["--no-dashboard"] if words[0] == "worker" else ["--no-show"])],
            start_new_session=True,
            cwd=self._folder,
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=(self._folder / "log").open("ab"),
        )
        self._started.append(started)
        return started

    def end(self) -> None:
        """Kill all."""
        for each in self._started:
            kill(each)


def wait(ready: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until something is ready; exit if it never is."""
    for _ in range(round(seconds * 10)):
        if ready():
            return
        time.sleep(0.1)
    sys.exit(f"waited {seconds} s for {what}")


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def machines(folder: Path, workers: int) -> Iterator[tuple[Machines, list[subprocess.Popen[bytes]]]]:
    """Yield a cluster, and its scheduler and workers."""
    cluster = Machines(folder)
    try:
        scheduler = cluster.scheduler()
        yield cluster, [scheduler, *(cluster.worker() for _ in range(workers))]
    finally:
        cluster.end()


def render(address: str, path: Path, at_half: Callable[[], None] = lambda: None) -> tuple[bytes, int]:
    """Render the film on a cluster, doing something when some of its frames are done; return it, and what was kept."""
    done, kept = [False], [0]

    def report(progress: gdviz.Progress) -> None:
        kept[0] = progress.frames_kept
        if progress.frames_done > progress.frames_kept and not done[0]:
            done[0] = True
            at_half()

    with dask_executor(address) as executor:
        gdviz.render(ANIMATION, [path], executor=executor, progress=report)
    return path.read_bytes(), kept[0]


def refused(work: Callable[[], object]) -> str:
    """Return the sentence with which something is refused."""
    try:
        work()
    except gdviz.RenderError as error:
        return "; ".join([str(error), *getattr(error, "__notes__", [])])
    sys.exit("nothing was refused")


def check(holds: bool, told: str) -> None:
    """Tell whether something holds; exit if it does not."""
    print("ok  " if holds else "FAIL", told, flush=True)
    if not holds:
        sys.exit(1)


def main() -> None:
    """Go through it all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        gdviz.render(ANIMATION, [folder / "one.mp4"], jobs=1)
        wanted = (folder / "one.mp4").read_bytes()
        with machines(folder, 2) as (cluster, (scheduler, first, _)):
            film, _ = render(cluster.address, folder / "lost-worker.mp4", at_half=lambda: kill(first))
            check(film == wanted, "a worker is killed in mid-film: the film is the same")
            path = folder / "lost-scheduler.mp4"
            told = refused(lambda: render(cluster.address, path, at_half=lambda: kill(scheduler)))
            check("scheduler is gone" in told and "frames are kept" in told, f"the scheduler is killed: {told}")
        with machines(folder, 2) as (cluster, _):
            film, kept = render(cluster.address, path)
            check(
                film == wanted and kept > 0, f"the same command goes on from {kept} kept frames: the film is the same"
            )
        other = folder / "other" / "pillow-0.1.dist-info"
        other.mkdir(parents=True)
        (other / "METADATA").write_text("Metadata-Version: 2.1\nName: pillow\nVersion: 0.1\n")
        with machines(folder, 0) as (cluster, _):
            cluster.worker(PYTHONPATH=f"{other.parent}:{os.environ.get('PYTHONPATH', '')}")
            told = refused(lambda: render(cluster.address, folder / "mixed.mp4"))
            check("pillow 0.1," in told, f"a worker with another version is refused: {told}")
        (folder / "sitecustomize.py").write_text(DYING)
        with machines(folder, 0) as (cluster, _):
            cluster.worker(PYTHONPATH=f"{folder}:{os.environ.get('PYTHONPATH', '')}")
            told = refused(lambda: render(cluster.address, folder / "dead.mp4"))
            check("4 workers died" in told, f"workers that die whenever they draw: {told}")
        batch = [sys.executable, "-m", "gdviz", "batch", *map(str, sorted(PRESETS.glob("*.toml"))), *SMALL, "--quiet"]
        for films, more in (("cluster", ("--dask", "local:2")), ("here", ("--jobs", "1"))):
            subprocess.run([*batch, "--directory", str(folder / films), *more], check=True, cwd=folder)
        pairs = [(path, folder / "here" / path.name) for path in sorted((folder / "cluster").iterdir())]
        same = [path.name for path, here in pairs if path.read_bytes() == here.read_bytes()]
        check(len(same) == len(pairs) > 10, f"batch --dask local:2: {len(same)} of {len(pairs)} films are the same")


if __name__ == "__main__":
    main()
