"""What a caller can watch of a study: every task with its best plan and bound, and the time that is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.solve.progress import Progress

WAITING, RUNNING, ELSEWHERE = "waiting", "running", "elsewhere"
"""Statuses of a task that has no answer yet; elsewhere: another study with the same folder works on it."""


@dataclass(frozen=True)
class TaskProgress:
    """The state of a task.

    Attributes
    ----------
    name
        Of the task.
    status
        ``waiting``, ``running``, ``elsewhere``, or that of its answer.
    search
        Stage, best plan and bound of its search, as it told last; None where it told nothing.
    seconds
        Since it began, or that it took; 0 for what the folder held already.
    """

    name: str
    status: str
    search: Progress | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class StudyProgress:
    """The state of a study.

    Attributes
    ----------
    tasks
        In the order they were asked.
    seconds
        Since it began.
    left
        Seconds until it ends, at the pace so far; None while no task has ended.
    """

    tasks: tuple[TaskProgress, ...]
    seconds: float
    left: float | None

    @property
    def waiting(self) -> int:
        """Return how many tasks have not begun, here or elsewhere."""
        return sum(task.status == WAITING for task in self.tasks)

    @property
    def running(self) -> int:
        """Return how many tasks are being solved."""
        return sum(task.status in (RUNNING, ELSEWHERE) for task in self.tasks)

    @property
    def done(self) -> int:
        """Return how many tasks have an answer, whatever it is."""
        return len(self.tasks) - self.waiting - self.running


StudyWatcher = Callable[[StudyProgress], None]
