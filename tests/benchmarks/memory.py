"""The memory of a process and all that it started: the sum of their proportional set sizes, sampled."""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path
from types import TracebackType

PROC = Path("/proc")
EVERY = 0.5
"""Seconds between two samples."""


class Peak:
    """Samples a tree of processes while it runs; `megabytes` is the largest sum, None where it cannot be read."""

    def __init__(self, pid: int) -> None:
        self._pid, self._end = pid, threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.megabytes: float | None = None

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def _sample(self) -> None:
        while True:
            now = sum(proportional(pid) for pid in tree(self._pid)) / 1024
            if now:
                self.megabytes = max(now, self.megabytes or 0.0)
            if self._end.wait(EVERY):
                return


def tree(root: int) -> list[int]:
    """Return a process and its descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in PROC.glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue  # it has ended
        children[parent].append(int(folder.name))
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def proportional(pid: int) -> float:
    """Return the proportional set size of a process in KB: shared pages count in parts; 0 when it has ended."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("Pss:")), 0.0)
