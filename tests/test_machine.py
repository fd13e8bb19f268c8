"""What a process has to work with is told from /proc and from the control groups that hold it, nested or not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gdviz.runtime.resources import machine_bytes, usable_cores

MB = 1024**2
CORES = len(os.sched_getaffinity(0))


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in {"proc/meminfo": "MemTotal: 9000 kB\nMemAvailable:  8192 kB\n", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


V2 = "sys/fs/cgroup"
V1 = "sys/fs/cgroup/memory"
MEMORY = {
    "the machine alone": ({}, 8),
    "no limit": ({"proc/self/cgroup": "0::/a\n", f"{V2}/a/memory.max": "max\n"}, 8),
    "a limit": ({"proc/self/cgroup": "0::/a\n", f"{V2}/a/memory.max": f"{4 * MB}\n"}, 4),
    "what is used of it": (
        {"proc/self/cgroup": "0::/a\n", f"{V2}/a/memory.max": f"{4 * MB}", f"{V2}/a/memory.current": f"{3 * MB}"}, 1,
    ),
    "but for copies of files": (
        {"proc/self/cgroup": "0::/a\n", f"{V2}/a/memory.max": f"{4 * MB}", f"{V2}/a/memory.current": f"{3 * MB}",
         f"{V2}/a/memory.stat": f"anon {MB}\ninactive_file {2 * MB}\n"}, 3,
    ),
    "an outer limit": ({"proc/self/cgroup": "0::/a/b/c\n", f"{V2}/a/memory.max": f"{2 * MB}"}, 2),
    "an inner limit": (
        {"proc/self/cgroup": "0::/a/b\n", f"{V2}/a/memory.max": f"{6 * MB}", f"{V2}/a/b/memory.max": f"{5 * MB}"}, 5,
    ),
    "another group's limit": ({"proc/self/cgroup": "0::/a\n", f"{V2}/b/memory.max": f"{2 * MB}"}, 8),
    "a container's own root": ({"proc/self/cgroup": "0::/../../x\n", f"{V2}/memory.max": f"{3 * MB}"}, 3),
    "groups of version 1": (
        {"proc/self/cgroup": "9:cpu,cpuacct:/z\n4:memory:/a/b\n0::/\n",
         f"{V1}/a/memory.limit_in_bytes": f"{4 * MB}", f"{V1}/a/b/memory.limit_in_bytes": "9223372036854771712"}, 4,
    ),
    "groups of version 1, used": (
        {"proc/self/cgroup": "4:memory:/a\n", f"{V1}/a/memory.limit_in_bytes": f"{4 * MB}",
         f"{V1}/a/memory.usage_in_bytes": f"{3 * MB}", f"{V1}/a/memory.stat": f"total_inactive_file {MB}\n"}, 2,
    ),
    "used up": (
        {"proc/self/cgroup": "0::/a\n", f"{V2}/a/memory.max": f"{MB}", f"{V2}/a/memory.current": f"{2 * MB}"}, 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MEMORY)
def test_memory_is_what_is_free(case: str, tmp_path: Path):
    files, expected = MEMORY[case]
    assert machine_bytes(tree(tmp_path, files)) == expected * MB


CPU = {
    "no quota": ({"proc/self/cgroup": "0::/a\n", f"{V2}/a/cpu.max": "max 100000\n"}, CORES),
    "one core": ({"proc/self/cgroup": "0::/a\n", f"{V2}/a/cpu.max": "100000 100000\n"}, 1),
    "a part of a core": ({"proc/self/cgroup": "0::/a\n", f"{V2}/a/cpu.max": "20000 100000\n"}, 1),
    "a core and a half": (
        {"proc/self/cgroup": "0::/a\n", f"{V2}/a/cpu.max": "150000 100000\n"}, min(2, CORES),
    ),
    "an outer quota": ({"proc/self/cgroup": "0::/a/b\n", f"{V2}/a/cpu.max": "90000 100000\n"}, 1),
    "version 1": (
        {"proc/self/cgroup": "3:cpu,cpuacct:/a\n", f"{V2}/cpu/a/cpu.cfs_quota_us": "100000\n",
         f"{V2}/cpu/a/cpu.cfs_period_us": "100000\n"}, 1,
    ),
    "version 1, none": (
        {"proc/self/cgroup": "3:cpu:/a\n", f"{V2}/cpu/a/cpu.cfs_quota_us": "-1\n",
         f"{V2}/cpu/a/cpu.cfs_period_us": "100000\n"}, CORES,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CPU)
def test_cores_are_what_the_quota_is_worth(case: str, tmp_path: Path):
    files, expected = CPU[case]
    assert usable_cores(tree(tmp_path, files)) == expected


def test_this_machine_has_some():
    assert machine_bytes() > 64 * MB
    assert 1 <= usable_cores() <= CORES
