"""Many solves: every task in a process of its own, as many at once as cores and memory allow, or by any executor."""

from __future__ import annotations

import pickle
import queue
import threading
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from optimizer.errors import Finding, InputError, OptimizerError
from optimizer.plan.plan import Plan
from optimizer.prepared import is_variation, prepare
from optimizer.scenario.scenario import Scenario
from optimizer.solve.problem import cores
from optimizer.solve.progress import Clock, Progress
from optimizer.study import memory
from optimizer.study.archive import ANSWERED, FAILED, FINAL, NOT_DONE, Answer
from optimizer.study.child import LISTENERS, Listener, Run, leave, run
from optimizer.study.cluster import Cluster
from optimizer.study.folder import Folder
from optimizer.study.planset import PlanSet
from optimizer.study.progress import ELSEWHERE, RUNNING, WAITING, StudyProgress, StudyWatcher, TaskProgress
from optimizer.study.task import Task

TICK = 0.2
"""Seconds after which memory, claims and the clock are looked at again."""
LOOK_AGAIN = 1.0
"""Seconds after which the folder is looked at for what another study does."""
FIRST_PEAK = 400e6
"""Bytes that a task is taken for until one has told how much it takes."""
GROWTH = 1.5
"""By how much a search grows beyond what it has when it begins."""
SHORTEST = 1.0
"""Seconds below which no task is begun, where the study has a limit."""


def solve_many(
    tasks: Mapping[str, Scenario | Task],
    *,
    executor: Executor | None = None,
    folder: str | Path | None = None,
    start: Plan | None = None,
    watcher: StudyWatcher | None = None,
    jobs: int | None = None,
    time_limit: float | None = None,
) -> PlanSet:
    """Solve many tasks; whatever becomes of one of them, the others go on.

    Parameters
    ----------
    tasks
        Name -> scenario, or `Task` for variations, starts and run settings.
    executor
        Where tasks are started, any `concurrent.futures.Executor`, or a `Cluster`; it is not shut down. Each task is
        searched in a process of its own wherever it is started. None: on this machine, as many at once as there are
        tasks, cores and memory for.
    folder
        Keeps every answer as soon as it is there. What is there already is not solved again, so the same call goes
        on where an earlier one was stopped, and several may share the work. None: nothing is kept.
    start
        A plan to begin with, for tasks that have none of their own.
    watcher
        Called with a `StudyProgress` when anything changes, from this thread.
    jobs
        Most tasks at once, whatever cores and memory there are; only without an executor.
    time_limit
        Seconds for all of them. Tasks that it cuts short give what they have found, which the folder does not keep;
        those that it leaves no time for are not done. None: each has the time of its own settings.

    Returns
    -------
    PlanSet
        Name -> plan, or why there is none. After Ctrl-C: what was done by then.

    Raises
    ------
    InputError
        When a task names what there is not; it lists everything that is wrong with all of them.
    PlanError
        When the folder cannot be made.
    """
    asked = {name: task if isinstance(task, Task) else Task(task) for name, task in tasks.items()}
    asked = {name: task.started(start) for name, task in asked.items()}
    _refuse(asked)
    if jobs is not None and jobs < 1:
        raise InputError([Finding("jobs", "", f"{jobs} tasks at once are none; say 1 or more")])
    kept = None if folder is None else Folder(folder)
    clock = Clock(float("inf") if time_limit is None else time_limit)
    if executor is not None:
        return _Study(asked, executor, kept, watcher, executor if isinstance(executor, Cluster) else None, clock).run()
    with ThreadPoolExecutor(max(1, len(asked))) as threads:  # they wait for processes; room is what limits these
        return _Study(asked, threads, kept, watcher, _Room(jobs), clock).run()


@dataclass
class _Job:
    """A task, whatever names it was asked under."""

    task: Task
    base: int | None = None  # identity of the scenario that it is a variation of
    status: str = WAITING
    search: Progress | None = None
    pid: int = 0
    began: float = 0.0
    looked: float = -LOOK_AGAIN
    cut: bool = False
    answer: Answer | None = None
    future: Future[Answer] | None = None
    took: float = 0.0


class _Limit(Protocol):
    """What knows how many tasks there is room for at once."""

    def there_is(self, running: list[_Job]) -> bool:
        """Tell whether another task may begin beside those that run."""


@dataclass
class _Room:
    """How many tasks there is room for at once on this machine."""

    jobs: int | None
    peak: float = 0.0
    known: bool = False
    _pids: dict[int, float] = field(default_factory=dict)

    def there_is(self, running: list[_Job]) -> bool:
        """Tell whether another task may begin beside those that run."""
        for job in running:
            if job.pid:
                self._pids[job.pid], most = memory.taken(job.pid)
                self.peak = max(self.peak, most * (GROWTH if job.search is not None else 1.0))
                self.known = self.known or job.search is not None
        if not running:
            return True
        if self.jobs is not None:
            return len(running) < self.jobs
        if len(running) >= cores() or not self.known:  # the first one tells how much it takes
            return False
        peak = max(self.peak, FIRST_PEAK)
        growing = sum(max(0.0, peak - self._pids.get(job.pid, 0.0)) for job in running)
        return memory.free() - memory.KEPT_FREE - growing >= peak


class _Study:
    """The run of a set of tasks, in one thread that starts them and takes in what they tell."""

    def __init__(
        self,
        tasks: Mapping[str, Task],
        executor: Executor,
        folder: Folder | None,
        watcher: StudyWatcher | None,
        room: _Limit | None,
        clock: Clock,
    ) -> None:
        self._executor, self._folder, self._watcher, self._room, self._clock = executor, folder, watcher, room, clock
        self._tasks = tasks
        self._jobs: dict[str, _Job] = {}
        for task in tasks.values():
            base = id(task.scenario) if is_variation(task.scenario, task.given) else None
            self._jobs.setdefault(task.key, _Job(task, base))
        self._events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._prepared: dict[int, bytes] = {}
        self._stop = threading.Event()
        self._token = uuid.uuid4().hex
        self._told = 0.0

    def run(self) -> PlanSet:
        """Return the answers."""
        try:
            while any(job.answer is None for job in self._jobs.values()):
                self._begin()
                self._take()
                if self._clock.over:
                    self._give_up("there was no time left for it", running=False)
        except KeyboardInterrupt:
            self._give_up("it was interrupted", running=True)
        finally:
            self._stop.set()
            leave()
            for key, job in self._jobs.items():
                if job.future is not None:
                    job.future.cancel()
                LISTENERS.pop(self._listening(key), None)
                if self._folder is not None:
                    self._folder.release(key)
        self._tell(now=True)
        return PlanSet({name: self._answer(task) for name, task in self._tasks.items()})

    # -- inside ----------------------------------------------------------------------------------------
    def _begin(self) -> None:
        """Take what the folder holds by now, and begin the tasks that there is room for."""
        now, again = time.monotonic(), set()
        for key, job in self._jobs.items():
            if job.status in (WAITING, ELSEWHERE) and now >= job.looked + LOOK_AGAIN:
                job.looked = now
                if self._folder is None or not self._found(key, job):
                    again.add(key)
        for key, job in self._jobs.items():
            if job.status != WAITING and not (job.status == ELSEWHERE and key in again):
                continue
            running = [other for other in self._jobs.values() if other.status == RUNNING]
            if self._clock.left < SHORTEST or (self._room is not None and not self._room.there_is(running)):
                return
            if self._claimed(key, job):
                self._start(key, job)

    def _claimed(self, key: str, job: _Job) -> bool:
        """Claim a task; tell whether it is to be done here."""
        if self._folder is None:
            return True
        if not self._folder.claim(key):
            job.status = ELSEWHERE
        elif self._found(key, job):  # it was finished since it was looked for
            self._folder.release(key)
        else:
            return True
        return False

    def _found(self, key: str, job: _Job) -> bool:
        """Take the answer that the folder holds; tell whether it holds one."""
        assert self._folder is not None
        answer = self._folder.answer(key, job.task.given)
        if answer is not None:
            job.answer, job.status = answer, answer.status
            self._tell()
        return answer is not None

    def _start(self, key: str, job: _Job) -> None:
        seconds = job.task.given.settings.time_limit
        job.cut = seconds > self._clock.left
        token = self._listening(key)
        LISTENERS[token] = Listener(
            lambda progress: self._events.put((key, progress)), lambda pid: self._events.put((key, pid)), self._stop
        )
        job.status, job.began = RUNNING, self._clock.seconds
        job.future = self._executor.submit(run, Run(job.task, min(seconds, self._clock.left), self._base(job), token))
        job.future.add_done_callback(partial(self._over, key))
        self._tell()

    def _base(self, job: _Job) -> bytes | None:
        """Return the model of what a task is a variation of, built once for all that are; None where it is alone."""
        open_ = [other for other in self._jobs.values() if other.answer is None and other.base is not None]
        for base in self._prepared.keys() - {other.base for other in open_}:
            del self._prepared[base]
        if job.base is None:
            return None
        if job.base not in self._prepared and sum(other.base == job.base for other in open_) > 1:
            with suppress(OptimizerError):  # what is wrong with it, its tasks tell
                self._prepared[job.base] = pickle.dumps(prepare(job.task.scenario), protocol=pickle.HIGHEST_PROTOCOL)
        return self._prepared.get(job.base)

    def _over(self, key: str, future: Future[Answer]) -> None:
        """Take in the end of a task, from whatever thread."""
        if future.cancelled():
            answer = Answer(NOT_DONE, "it was interrupted, here or where it ran")
        elif (error := future.exception()) is not None:  # of the executor: the task's own are answers
            answer = Answer(FAILED, f"where it ran, it was lost ({type(error).__name__}: {error})")
        else:
            answer = future.result()
        self._events.put((key, answer))

    def _take(self) -> None:
        """Take in what is told, if anything is in time."""
        with suppress(queue.Empty):
            key, told = self._events.get(timeout=TICK)
            job = self._jobs[key]
            if isinstance(told, Answer):
                self._answered(key, job, told)
            elif isinstance(told, Progress):
                job.search = told
            else:
                job.pid = told
        self._tell()

    def _answered(self, key: str, job: _Job, answer: Answer) -> None:
        """Keep an answer, and give the task up."""
        LISTENERS.pop(self._listening(key), None)
        job.took = self._clock.seconds - job.began
        whole = answer.status in FINAL and not (job.cut and not _settled(answer))
        if self._folder is not None:
            if whole:
                answer = self._kept(key, answer)
            self._folder.release(key)
        job.answer, job.status = answer, answer.status
        self._tell(now=True)

    def _kept(self, key: str, answer: Answer) -> Answer:
        assert self._folder is not None
        try:
            self._folder.keep(key, answer)
        except OSError as error:  # it is in hand all the same
            words = f"the answer could not be kept in the folder ({error})"
            if answer.plan is None:
                return replace(answer, reason=f"{answer.reason} ({words})")
            return replace(answer, plan=answer.plan.with_warnings([words]))
        return answer

    def _give_up(self, why: str, *, running: bool) -> None:
        """Leave what has not begun, and what runs, undone."""
        for job in self._jobs.values():
            if job.answer is None and (running or job.status != RUNNING):
                job.answer, job.status = Answer(NOT_DONE, why), NOT_DONE

    def _answer(self, task: Task) -> Answer:
        """Return the answer to a task under its own title."""
        answer = self._jobs[task.key].answer or Answer(NOT_DONE)
        return answer if answer.plan is None else replace(answer, plan=replace(answer.plan, scenario=task.given))

    def _listening(self, key: str) -> str:
        return f"{self._token} {key}"

    # -- telling ---------------------------------------------------------------------------------------
    def _tell(self, *, now: bool = False) -> None:
        """Tell the watcher, a few times a second."""
        if self._watcher is None or (not now and time.monotonic() < self._told + TICK):
            return
        self._told = time.monotonic()
        jobs = {name: self._jobs[task.key] for name, task in self._tasks.items()}
        tasks = tuple(
            TaskProgress(
                name,
                job.status,
                job.search,
                self._clock.seconds - job.began if job.status == RUNNING else job.took,
            )
            for name, job in jobs.items()
        )
        self._watcher(StudyProgress(tasks, self._clock.seconds, self._left()))

    def _left(self) -> float | None:
        """Return the seconds that are left at the pace so far."""
        open_ = [job for job in self._jobs.values() if job.answer is None]
        took = [job.took for job in self._jobs.values() if job.took]
        if not open_:
            return 0.0
        if not took:
            return None
        each = sum(took) / len(took)
        running = [job for job in open_ if job.status == RUNNING]
        work = each * (len(open_) - len(running))
        work += sum(max(0.0, each - (self._clock.seconds - job.began)) for job in running)
        return min(self._clock.left, work / max(1, len(running)))


def _settled(answer: Answer) -> bool:
    """Tell whether more time would have changed nothing."""
    if answer.status == ANSWERED:
        status = answer.told.get("status") if answer.plan is None else answer.plan.status
        return status in ("optimal", "gap reached")
    return answer.status in FINAL[:2]


def _refuse(tasks: Mapping[str, Task]) -> None:
    """Refuse tasks that cannot be meant, all findings at once."""
    findings = []
    for name, task in tasks.items():
        try:
            _ = task.given
        except InputError as error:
            findings += [replace(finding, message=f"{name}: {finding.message}") for finding in error.findings]
    if findings:
        raise InputError(findings)
