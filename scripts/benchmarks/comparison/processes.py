"""What a process and its children have used, read from Linux's /proc."""

import contextlib
import os
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
MB = 1024 * 1024


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and of all its children, those ended included."""
    return sum(_own_cpu_seconds(each) for each in family(pid))


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process and its children, in units of 2**20 bytes."""
    page_size = os.sysconf("SC_PAGE_SIZE")
    pages = sum(int((PROC / str(each) / "statm").read_text().split()[1]) for each in family(pid))
    return pages * page_size / MB


def keep_on_core(pid: int, number: int) -> None:
    """Keep a process and its children, with all their threads, on one core of those there are."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return
    for each in family(pid):
        for thread in (PROC / str(each) / "task").iterdir():
            # A thread may have ended since; those to come are where the one is that starts them.
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread.name), {cores[number]})


def family(pid: int) -> list[int]:
    """Return the process and its living descendants."""
    found = [pid]
    for each in found:
        children = PROC / str(each) / "task" / str(each) / "children"
        found += [int(child) for child in children.read_text().split()]
    return found


def _own_cpu_seconds(pid: int) -> float:
    # The name, in parentheses, may hold spaces.
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    user, system, ended_user, ended_system = fields[11:15]
    ticks = int(user) + int(system) + int(ended_user) + int(ended_system)
    return ticks / TICKS_PER_SECOND
