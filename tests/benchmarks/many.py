"""Measure whether a study keeps within cores and memory: many tasks of one instance, all processes watched.

    python -m tests.benchmarks.many --instance alliance --tasks 12 --seconds 60 --gigabytes 8

The study takes the machine for one with so much memory and no more: what its processes take is taken from it. Memory
is the sum of proportional set sizes over all of them, in samples; at once is the most searches in a sample. Status 1
where more was taken than there is, or a task has no answer.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import optimizer
from optimizer.solve.problem import cores
from optimizer.study import memory
from tests.benchmarks.cases import DATA, EXAMPLES
from tests.benchmarks.memory import Peak, proportional, tree

GIGABYTE = 1 << 30


def main(arguments: list[str] | None = None) -> None:
    """Run the study and tell what it took."""
    asked = _arguments(arguments)
    size = asked.gigabytes * GIGABYTE
    real = memory.free
    memory.free = lambda: min(real(), size - _taken(os.getpid()))
    scenario = optimizer.read_workbook(DATA / EXAMPLES[asked.instance])
    tasks = {f"seed {k}": optimizer.Task(scenario, seed=k, time_limit=asked.seconds) for k in range(asked.tasks)}
    most, began = 0, time.monotonic()

    def watch(progress: optimizer.StudyProgress) -> None:
        nonlocal most
        if progress.running > most:
            most = progress.running
            _say(f"{time.monotonic() - began:.0f} s: {most} at once")

    with Peak(os.getpid()) as peak:
        plans = optimizer.solve_many(tasks, folder=asked.runs, watcher=watch)
    for name, status in plans.status.items():
        _say(f"{name}: {status}" if status == "answered" else f"{name}: {plans[name]}")
    taken = peak.megabytes or 0.0
    _say(
        f"{asked.tasks} tasks of {asked.instance}, {asked.seconds:g} s each: {time.monotonic() - began:.0f} s, "
        f"at most {most} at once on {cores()} cores, at most {taken:,.0f} MB of {size / 2**20:,.0f} MB"
    )
    if taken > size / 2**20 or most > cores() or any(status == "not done" for status in plans.status.values()):
        sys.exit(1)


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.many", description=__doc__, formatter_class=plain)
    add = parser.add_argument
    add("--instance", choices=list(EXAMPLES), default="alliance", help="default: alliance")
    add("--tasks", type=int, default=12, help="default: 12")
    add("--seconds", type=float, default=60.0, help="longest search of each task (default 60)")
    add("--gigabytes", type=float, default=8.0, help="memory of the machine that it is taken for (default 8)")
    add("--runs", type=Path, help="folder that keeps every solve (default: nothing is kept)")
    return parser.parse_args(arguments)


def _taken(root: int) -> float:
    """Return the bytes that a process and all that it started take."""
    return 1024.0 * sum(proportional(pid) for pid in tree(root))


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
