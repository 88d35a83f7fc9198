"""How a question is asked: rounds of solves with one clock, one folder and one progress for all of them."""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TypeVar

from optimizer.errors import ImpossibleError, NoPlanError, OptimizerError
from optimizer.plan.plan import Plan
from optimizer.scenario.scenario import Scenario
from optimizer.solve.progress import Clock, Progress, Watcher
from optimizer.study.archive import ANSWERED, FAILED, IMPOSSIBLE, KILLED, NOT_DONE
from optimizer.study.planset import PlanSet
from optimizer.study.progress import RUNNING, StudyProgress, StudyWatcher, TaskProgress
from optimizer.study.study import SHORTEST, TICK, solve_many
from optimizer.study.task import Task

T = TypeVar("T")

LONGEST_SHARE = 0.4
"""Share of the time for all that one task may take."""


class Asking:
    """The rounds of solves of one question.

    Parameters
    ----------
    folder, jobs, executor, watcher
        As for `solve_many`.
    time_limit
        Seconds for all rounds; None: each task has the time of its own settings.
    start
        A plan to begin with, for tasks that have none of their own.
    """

    def __init__(
        self,
        *,
        folder: str | Path | None = None,
        jobs: int | None = None,
        executor: Executor | None = None,
        watcher: StudyWatcher | None = None,
        time_limit: float | None = None,
        start: Plan | None = None,
    ) -> None:
        self._start = start
        self._folder, self._jobs, self._executor, self._watcher = folder, jobs, executor, watcher
        self._limit, self._clock = time_limit, Clock(float("inf") if time_limit is None else time_limit)
        self._told: tuple[TaskProgress, ...] = ()
        self.plans = PlanSet({})
        self.interrupted = False

    def solve(self, tasks: Mapping[str, Task], start: Plan | None = None) -> PlanSet:
        """Solve a round of tasks, whose names are new; what there is no time left for is not done."""
        if not tasks or self.over:
            return PlanSet({})
        if self._limit is not None:
            most = LONGEST_SHARE * self._limit
            tasks = {
                name: replace(task, time_limit=min(task.given.settings.time_limit, most))
                for name, task in tasks.items()
            }
        found = solve_many(
            tasks,
            executor=self._executor,
            folder=self._folder,
            start=self._start if start is None else start,
            watcher=None if self._watcher is None else self._tell,
            jobs=None if self._executor is not None else self._jobs,
            time_limit=None if self._limit is None else self._clock.left,
        )
        self.plans |= found
        self._told += tuple(TaskProgress(name, status) for name, status in found.status.items())
        if any(status == NOT_DONE for status in found.status.values()):  # no time, or interrupted: no further round
            self._clock.stop()
        return found

    def round(self, name: str, tasks: Mapping[str, Task], clock: Clock) -> PlanSet:
        """Solve a round of tasks that is told as one, and whose plans are kept by the caller alone.

        Where not all of it is done in time, or Ctrl-C ends it, the clock is stopped.
        """
        began = clock.seconds
        found = solve_many(
            tasks,
            executor=self._executor,
            folder=self._folder,
            watcher=None if self._watcher is None else self._tell,
            jobs=None if self._executor is not None else self._jobs,
            time_limit=min(clock.left, self._clock.left),
        )
        undone = any(status == NOT_DONE for status in found.status.values())
        if undone:
            self.interrupted = min(clock.left, self._clock.left) >= SHORTEST
            clock.stop()
        self._told += (TaskProgress(name, NOT_DONE if undone else ANSWERED, None, clock.seconds - began),)
        return found

    def base(self, task: Task, name: str = "base") -> Plan:
        """Solve what all else is measured by.

        Raises
        ------
        ImpossibleError, NoPlanError, OptimizerError
            When there is no plan, as for `solve`.
        """
        found = self.solve({name: task})
        return require(found, name)

    def search(self, name: str, clock: Clock, search: Callable[[Watcher], T]) -> T:
        """Return what a search of one's own comes to, in this process; its progress is told as that of a task.

        Ctrl-C stops the clock, so that the search ends with the best it has; a second one gives up.
        """
        inbox: queue.SimpleQueue[Progress] = queue.SimpleQueue()
        found: Future[T] = Future()

        def run() -> None:
            try:
                found.set_result(search(inbox.put))
            except BaseException as error:
                found.set_exception(error)

        Thread(target=run, daemon=True).start()
        while not found.done():
            try:
                with suppress(queue.Empty):
                    self._tell_search(name, inbox.get(timeout=TICK), clock)
            except KeyboardInterrupt:
                if clock.stopped:
                    raise
                clock.stop()
        self._told += (TaskProgress(name, ANSWERED if found.exception() is None else FAILED, None, clock.seconds),)
        return found.result()

    @property
    def over(self) -> bool:
        """Tell whether there is no time for another round."""
        return self._clock.stopped or self._clock.left < SHORTEST

    @property
    def left(self) -> float:
        """Return the seconds left for all that is still to be done; infinite where there is no limit."""
        return 0.0 if self._clock.stopped else self._clock.left

    def _tell_search(self, name: str, progress: Progress, clock: Clock) -> None:
        if self._watcher is not None:
            tasks = (*self._told, TaskProgress(name, RUNNING, progress, clock.seconds))
            self._watcher(StudyProgress(tasks, self._clock.seconds, clock.left))

    def _tell(self, progress: StudyProgress) -> None:
        assert self._watcher is not None
        tasks = (*self._told, *progress.tasks)
        self._watcher(StudyProgress(tasks, self._clock.seconds, progress.left))


def opened(case: Scenario | Plan) -> tuple[Scenario, Plan | None]:
    """Return what is asked about, and the plan that its searches begin with, where there is one."""
    return (case.scenario, case) if isinstance(case, Plan) else (case, None)


def require(plans: PlanSet, name: str) -> Plan:
    """Return a plan, or raise why there is none."""
    found = plans[name]
    if isinstance(found, Plan):
        return found
    words = f"{name}: {found.reason}" if found.reason else name
    if found.status == IMPOSSIBLE:
        raise ImpossibleError(words)
    if found.status in (FAILED, KILLED):
        raise OptimizerError(words)
    raise NoPlanError(words)
