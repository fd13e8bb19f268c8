"""What goes wrong, for real: signals, dead processes, full disks, missing tools. No good film is lost by it."""

from __future__ import annotations

import os
import random
import resource
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from films import decode
from processes import Running, digest, run

from gdviz.plan import plan

FRAMES = 150
LENGTH = ("--force", "--size", "192x108", "--fps", "25", "--seconds", "6", "--output", "film.mp4")
# A surface and a map by a pool of processes, and a curve by one. All but the surface need no OpenGL, and start quickly.
SURFACE = ("render", "himmelblau", "--grid", "3", "--jobs", "2", *LENGTH)
POOL = ("render", "himmelblau", "--grid", "3", "--view", "map", "--jobs", "2", *LENGTH)
ALONE = ("render", "x**2", "--jobs", "1", *LENGTH)
BOTH = pytest.mark.parametrize("command", [POOL, ALONE], ids=["pool", "alone"])
OLD = b"the last good film"
WORK = ".film.mp4.gdviz"

Command = tuple[str, ...]
Undisturbed = Callable[[Command], tuple[str, float]]


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Return how to get the digest of a film when nothing happens to its render, and how many seconds that takes."""

    @cache
    def of(command: Command) -> tuple[str, float]:
        folder = tmp_path_factory.mktemp("undisturbed")
        began = time.monotonic()
        assert run(folder, *command).code == 0
        took = time.monotonic() - began
        assert len(decode(folder / "film.mp4").frames) == FRAMES
        assert [path.name for path in folder.iterdir()] == ["film.mp4"]
        return digest(folder / "film.mp4"), took

    return of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the last good film."""
    (tmp_path / "film.mp4").write_bytes(OLD)
    return tmp_path


def kept(folder: Path) -> list[int]:
    """Return the lengths of the segments that are finished: their record, which is written last, is whole."""
    lengths = {f"part-h264-{each.first:06d}.mp4": each.stop - each.first for each in plan(FRAMES)}
    records = sorted((folder / WORK).glob("part-h264-*.whole"))
    return [lengths[path.name.removesuffix(".whole")] for path in records if path.read_bytes().endswith(b"\n")]


def goes_on(folder: Path, command: Command, expected: str) -> None:
    """Render to the end, and see that what was finished is not drawn again, and that the film is what it should be."""
    frames = sum(kept(folder))
    ended = run(folder, *command)
    assert ended.code == 0
    assert (f"{frames}/{FRAMES} frames are there from an interrupted render" in ended.complaints) == (frames > 0)
    assert digest(folder / "film.mp4") == expected
    assert [path.name for path in folder.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize(
    ("command", "number", "code", "word"),
    [(SURFACE, signal.SIGINT, 130, "interrupted"), (ALONE, signal.SIGTERM, 143, "terminated")],
)
def test_a_signal_ends_it_and_the_same_command_goes_on(
    folder: Path, undisturbed: Undisturbed, command: Command, number: signal.Signals, code: int, word: str
):
    running = Running(folder, *command)
    running.wait_for(lambda: kept(folder))
    ended = running.interrupt(number)
    assert ended.code == code
    frames = sum(kept(folder))
    said = f"gdviz: {word}; {frames} of {FRAMES} frames are kept, and the same command goes on from there\n"
    assert ended.complaints.endswith(said)
    assert (folder / "film.mp4").read_bytes() == OLD
    goes_on(folder, command, undisturbed(command)[0])


@pytest.mark.parametrize(("number", "share"), [(signal.SIGINT, 0.02), (signal.SIGTERM, 0.2)])
def test_a_signal_before_anything_is_drawn(
    folder: Path, undisturbed: Undisturbed, number: signal.Signals, share: float
):
    took = undisturbed(POOL)[1]
    running = Running(folder, *POOL, "--quiet")
    time.sleep(0.15 + share * took)  # Python itself takes a moment to be able to listen
    ended = running.interrupt(number)
    assert ended.code == 128 + number
    assert ended.complaints.startswith("gdviz: ")
    assert ended.complaints.count("\n") == 1
    assert (folder / "film.mp4").read_bytes() == OLD
    assert sorted(path.name for path in folder.iterdir()) == [*([WORK] if kept(folder) else []), "film.mp4"]


@pytest.mark.parametrize("moment", [0, 4, 8])
def test_whatever_kills_it_the_next_run_takes_up_what_was_finished(folder: Path, undisturbed: Undisturbed, moment: int):
    command = POOL if moment in (2, 6) else ALONE
    expected, took = undisturbed(command)
    running = Running(folder, *command)
    time.sleep((moment + random.Random(moment).random()) / 10 * took)
    running.process.kill()
    running.end()
    assert (folder / "film.mp4").read_bytes() == OLD or digest(folder / "film.mp4") == expected
    goes_on(folder, command, expected)


def killed_half_way(folder: Path) -> None:
    running = Running(folder, *ALONE)
    running.wait_for(lambda: len(kept(folder)) > 2)
    running.process.kill()
    running.end()


def test_a_part_that_is_not_whole_is_not_believed(folder: Path, undisturbed: Undisturbed):
    killed_half_way(folder)
    first, second, *_ = sorted((folder / WORK).glob("*.mp4.whole"))
    part = first.with_suffix("")
    part.write_bytes(part.read_bytes()[:-1])
    changed = bytearray(second.with_suffix("").read_bytes())
    changed[len(changed) // 2] ^= 1
    second.with_suffix("").write_bytes(changed)
    frames = sum(kept(folder)[2:])
    ended = run(folder, *ALONE)
    assert f"{frames}/{FRAMES} frames are there" in ended.complaints
    assert digest(folder / "film.mp4") == undisturbed(ALONE)[0]


def test_parts_of_another_film_are_discarded(folder: Path):
    killed_half_way(folder)
    ended = run(folder, *ALONE, "--learning-rate", "0.07")
    assert ended.code == 0
    assert "frames are there" not in ended.complaints
    assert len(decode(folder / "film.mp4").frames) == FRAMES
    assert [path.name for path in folder.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize(("command", "victim"), [(SURFACE, "worker"), (POOL, "server")], ids=["worker", "server"])
def test_a_process_that_is_killed_is_replaced(folder: Path, undisturbed: Undisturbed, command: Command, victim: str):
    running = Running(folder, *command)
    running.wait_for(lambda: kept(folder) and running.workers())
    pid = running.workers()[0] if victim == "worker" else running.server()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    ended = running.end()
    assert ended.code == 0, ended.complaints
    assert digest(folder / "film.mp4") == undisturbed(command)[0]


def test_workers_that_are_killed_again_end_it_with_the_reason(folder: Path):
    running = Running(folder, *POOL[:-3], "300", *POOL[-2:])  # too long to be done before a slow machine gets to kill
    while running.process.poll() is None:
        for pid in running.workers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    ended = running.end()
    assert ended.code == 1
    reason = "killed, perhaps because memory ran out"
    said = f"gdviz: a drawing process ended unexpectedly: {reason}, then {reason}; run 'gdviz doctor'"
    assert said in ended.complaints
    assert (folder / "film.mp4").read_bytes() == OLD


@BOTH
def test_an_encoder_that_is_killed_ends_it_with_the_reason(folder: Path, undisturbed: Undisturbed, command: Command):
    running = Running(folder, *command)
    running.wait_for(lambda: kept(folder) and running.encoders())
    os.kill(running.encoders()[0], signal.SIGKILL)
    ended = running.end()
    assert ended.code == 1
    assert "gdviz: ffmpeg was killed by signal 9, perhaps because memory ran out; " in ended.complaints
    assert (folder / "film.mp4").read_bytes() == OLD
    goes_on(folder, command, undisturbed(command)[0])


@pytest.mark.parametrize(
    ("command", "program", "words"),
    [
        (POOL, "/nowhere/ffmpeg", "gdviz: ffmpeg cannot be started (No such file or directory: /nowhere/ffmpeg)\n"),
        (ALONE, "/bin/false", "gdviz: ffmpeg failed with code 1: it gave no reason\n"),
        (ALONE, "/bin/true", "gdviz: ffmpeg wrote 0 frames of "),
    ],
)
def test_a_missing_or_broken_ffmpeg(folder: Path, command: Command, program: str, words: str):
    ended = run(folder, *command, "--quiet", IMAGEIO_FFMPEG_EXE=program)
    assert ended.code == 1
    assert ended.complaints.startswith(words)
    assert ended.complaints.count("\n") == 1
    assert [path.name for path in folder.iterdir()] == ["film.mp4"]
    assert (folder / "film.mp4").read_bytes() == OLD


def test_no_opengl(folder: Path):
    ended = run(folder, *SURFACE, "--quiet", __EGL_VENDOR_LIBRARY_DIRS="/nowhere", __EGL_VENDOR_LIBRARY_FILENAMES="")
    assert ended.code == 1
    assert "libegl1 libgl1-mesa-dri" in ended.complaints
    assert ended.complaints.count("\n") == 1
    assert (folder / "film.mp4").read_bytes() == OLD
    assert [path.name for path in folder.iterdir()] == ["film.mp4"]


def test_two_renders_of_one_file(folder: Path, undisturbed: Undisturbed):
    first = Running(folder, *POOL)
    first.wait_for((folder / WORK / "lock").exists)
    os.kill(first.process.pid, signal.SIGSTOP)  # it goes on when the second has ended, however fast it is
    second = run(folder, *POOL)
    os.kill(first.process.pid, signal.SIGCONT)
    assert second.code == 1
    assert second.complaints == "gdviz: another gdviz is writing film.mp4; let it finish, or write to another file\n"
    assert first.end().code == 0
    assert digest(folder / "film.mp4") == undisturbed(POOL)[0]
    assert [path.name for path in folder.iterdir()] == ["film.mp4"]


@BOTH
def test_a_folder_that_vanishes(tmp_path: Path, command: Command):
    media = tmp_path / "media"
    media.mkdir()
    running = Running(tmp_path, *command[:-1], "media/film.mp4")
    running.wait_for(lambda: list(media.glob(f"{WORK}/*.whole")))
    media.rename(tmp_path / "elsewhere")  # at once, while it is written to
    ended = running.end()
    assert ended.code == 1
    last = ended.complaints.splitlines()[-1]
    assert f"No such file or directory ({media}/" in last
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system with room for a part or two; skipped where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk(small_disk: Path, undisturbed: Undisturbed):
    (small_disk / "film.mp4").write_bytes(OLD)
    ended = run(small_disk, *ALONE)
    assert ended.code == 1
    assert "No space left on device" in ended.complaints.splitlines()[-1]
    assert (small_disk / "film.mp4").read_bytes() == OLD
    assert kept(small_disk)
    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    goes_on(small_disk, ALONE, undisturbed(ALONE)[0])


def test_a_limit_on_the_size_of_files(folder: Path):
    """What a quota does, without root: no file may grow to a part's size."""
    ended = subprocess.run(
        [sys.executable, "-m", "gdviz", *ALONE, "--quiet"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)),
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("gdviz: ")
    assert ended.stderr.count("\n") == 1
    assert (folder / "film.mp4").read_bytes() == OLD


def test_a_folder_that_may_not_be_written_to(small_disk: Path):
    (small_disk / "film.mp4").write_bytes(OLD)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    ended = run(small_disk, *ALONE)
    assert ended.code == 2
    assert "is not writable" in ended.complaints
    assert (small_disk / "film.mp4").read_bytes() == OLD


# Where it prints to


def shell(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    gdviz = f"{sys.executable} -m gdviz"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace("gdviz", gdviz)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["gdviz functions", "gdviz functions --json", "gdviz schema"])
def test_a_reader_that_goes_away(tmp_path: Path, command: str):
    ended = shell(tmp_path, f"{command} | true")
    assert ended.returncode == 1
    assert ended.stderr.startswith("gdviz: ")
    assert "Broken pipe" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_full_device_to_print_to(tmp_path: Path):
    ended = shell(tmp_path, "gdviz functions --json > /dev/full")
    assert ended.returncode == 1
    assert "No space left on device" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("closing", ["| true", "2>&1 | true", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_film_is_whole_wherever_its_report_goes(tmp_path: Path, undisturbed: Undisturbed, closing: str):
    command = POOL if closing.startswith("<") else ALONE
    ended = shell(tmp_path, f"gdviz {' '.join(map(shlex.quote, command))} {closing}")
    assert "Traceback" not in ended.stderr
    assert ended.returncode == (1 if "true" in closing else 0)
    assert digest(tmp_path / "film.mp4") == undisturbed(command)[0]
