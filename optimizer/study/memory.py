"""How much memory there is and how much a process has taken, as far as the system tells."""

from __future__ import annotations

import contextlib
from pathlib import Path

KEPT_FREE = 2 << 30
"""Bytes that a study leaves to others."""


def free() -> float:
    """Return the bytes that new processes may take, of the machine or of the group this one is in; inf if unknown."""
    found = [float("inf")]
    with contextlib.suppress(OSError, StopIteration, ValueError, IndexError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        found.append(1024.0 * int(next(line for line in lines if line.startswith("MemAvailable")).split()[1]))
    group = Path("/sys/fs/cgroup")
    with contextlib.suppress(OSError, ValueError):  # a container's own limit; "max" is none
        found.append(float(int((group / "memory.max").read_text()) - int((group / "memory.current").read_text())))
    return min(found)


def taken(pid: int) -> tuple[float, float]:
    """Return the bytes that a process has now, and the most it ever had; 0 where that is not known."""
    now = most = 0.0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                now = 1024.0 * int(line.split()[1])
            elif line.startswith("VmHWM:"):
                most = 1024.0 * int(line.split()[1])
    return now, most
