"""What this machine, or the container that this process is in, has to work with."""

from __future__ import annotations

import math
import os
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")


def usable_cores() -> int:
    """Return how many cores this process may use: those that it may run on, and no more than its quota is worth."""
    cores = len(os.sched_getaffinity(0))
    quota = _cpu_quota()
    return cores if quota is None else max(1, min(cores, math.ceil(quota)))


def machine_bytes() -> int:
    """Return how much memory there is."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = (_words("memory.max"), _words("memory/memory.limit_in_bytes"))
    return min([physical, *(int(words[0]) for words in limits if words and words[0].isdigit())])


def _cpu_quota() -> float | None:
    """Return how many cores' worth of time a container may use, by either version of control groups."""
    v1 = [*_words("cpu/cpu.cfs_quota_us"), *_words("cpu/cpu.cfs_period_us")]
    quota, period = ([*(_words("cpu.max") or v1), "", ""])[:2]
    return int(quota) / int(period) if quota.isdigit() and period.isdigit() else None


def _words(name: str) -> list[str]:
    try:
        return (_CGROUPS / name).read_text(encoding="ascii").split()
    except OSError:
        return []
