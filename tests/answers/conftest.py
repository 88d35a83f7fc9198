"""Questions are asked here in this process: what a task comes to is the same, and tests/study tries the processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from optimizer import Plan, PlanSet, Task
from optimizer.answers import asking
from optimizer.study.worker import answered


def solved_here(tasks: Mapping[str, Task], *, start: Plan | None = None, **_: Any) -> PlanSet:
    """Solve tasks one after the other in this process."""
    return PlanSet({name: answered(task.started(start), 60.0) for name, task in tasks.items()})


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the tasks that are solved, in order."""
    names: list[str] = []

    def solve_many(tasks: Mapping[str, Task], **options: Any) -> PlanSet:
        names.extend(tasks)
        return solved_here(tasks, **options)

    monkeypatch.setattr(asking, "solve_many", solve_many)
    return names
