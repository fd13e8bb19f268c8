"""How many cores and how much memory this machine, or this process's container, has to offer."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path("/")


def usable_cores(root: Path = ROOT) -> int:
    """Return how many cores this process may use: its CPU affinity, limited by the quotas of its control groups.

    `root` is where /proc and /sys are.
    """
    cores = len(os.sched_getaffinity(0))
    return max(1, min([cores, *(math.ceil(quota) for quota in _cpu_quotas(root))]))


def machine_bytes(root: Path = ROOT) -> int:
    """Return how much memory is free for this process, in bytes: on the machine and in all of its control groups.

    The cache of files counts as free. `root` is where /proc and /sys are.
    """
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    available = _numbers(root / "proc/meminfo").get("MemAvailable:")
    rooms = [physical if available is None else available * 1024]
    for group in _control_groups("memory", root):
        for limit, use, cache in (
            ("memory.max", "memory.current", "inactive_file"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ):
            if (most := _number(group / limit)) is not None:
                used = (_number(group / use) or 0) - _numbers(group / "memory.stat").get(cache, 0)
                rooms.append(most - max(used, 0))
    return max(min(rooms), 0)


def _cpu_quotas(root: Path) -> Iterator[float]:
    """Yield each control group's quota in cores, from version 2 of control groups or version 1."""
    for group in _control_groups("cpu", root):
        v1 = [*_words(group / "cpu.cfs_quota_us"), *_words(group / "cpu.cfs_period_us")]
        quota, period = [*(_words(group / "cpu.max") or v1), "", ""][:2]
        if quota.isdigit() and period.isdigit():
            yield int(quota) / int(period)


def _control_groups(controller: str, root: Path) -> Iterator[Path]:
    """Yield the folders of this process's control groups, each with those that contain it.

    In a container, the folder under /proc/self/cgroup's name may be missing and its own group be the root.
    """
    mounts = root / "sys/fs/cgroup"
    for line in ["0::/", f"0:{controller}:/", *_text(root / "proc/self/cgroup").splitlines()]:
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        names = [part for part in PurePosixPath(path).parts if part not in ("/", "..")]
        for mount in [mounts / controller] if controllers else [mounts, mounts / "unified"]:
            for depth in range(len(names), -1, -1):
                yield mount.joinpath(*names[:depth])


def _number(path: Path) -> int | None:
    words = _words(path)
    return int(words[0]) if words and words[0].isdigit() else None


def _numbers(path: Path) -> dict[str, int]:
    """Return the numbers of a file whose lines are a name and a number."""
    lines = [line.split() for line in _text(path).splitlines()]
    return {words[0]: int(words[1]) for words in lines if len(words) > 1 and words[1].isdigit()}


def _words(path: Path) -> list[str]:
    return _text(path).split()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
