"""Many solves: what becomes of one task never stops the others, and nothing that was done is lost or done again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from optimizer import Plan, PlanSet, Scenario, StudyProgress, Task, Unanswered, prepare, solve, solve_many, variant
from optimizer.errors import InputError
from optimizer.study import child, memory, study
from optimizer.study.archive import ANSWERED, IMPOSSIBLE, Answer
from optimizer.study.child import Run
from optimizer.study.study import _Job, _Room
from optimizer.study.worker import answered
from tests.test_pipeline import workshop

ROOT = Path(__file__).parents[2]
IMPOSSIBLE_TARGET = {"target": "much", "kind": "rate", "item": "shell", "value": 20}


def seeds(count: int) -> dict[str, Scenario]:
    """Return scenarios that differ in the seed alone."""
    return {f"seed {k}": workshop({"seed": k}) for k in range(count)}


# -- processes -------------------------------------------------------------------------------------------
@pytest.fixture
def mishaps(monkeypatch: pytest.MonkeyPatch) -> dict[int, signal.Signals]:
    """Return a dictionary: the signal that the process of the n-th task meets as soon as it is there."""
    found: dict[int, signal.Signals] = {}
    count = iter(range(1000))
    original = child._spawned

    def spawned(errors: Any) -> subprocess.Popen[bytes]:
        process, number = original(errors), next(count)
        if number in found:
            process.send_signal(found[number])
        return process

    monkeypatch.setattr(child, "_spawned", spawned)
    return found


@pytest.mark.slow
def test_a_crash_a_hang_and_an_impossible_task_stop_nothing(
    mishaps: dict[int, signal.Signals], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is killed, one stopped for good, one asks too much: the others are answered, and each is told as it is."""
    monkeypatch.setattr(child, "MARGIN", 2.0)
    mishaps.update({0: signal.SIGKILL, 1: signal.SIGSTOP})
    told: list[StudyProgress] = []
    tasks: dict[str, Scenario | Task] = {
        "crash": workshop({"seed": 1}),
        "hang": Task(workshop({"seed": 2}), time_limit=0.5),
        "impossible": Task(workshop(targets=[IMPOSSIBLE_TARGET])),
        "base": workshop(),
        "same": workshop({"title": "the same by another name"}),
    }
    plans = solve_many(tasks, jobs=1, watcher=told.append)
    assert plans.status == {
        "crash": "killed",
        "hang": "killed",
        "impossible": "impossible",
        "base": "answered",
        "same": "answered",
    }
    assert str(plans["crash"]).startswith("killed: its process ended with signal 9 (SIGKILL, as systems end what")
    assert "of 0 s for its search, and was ended" in str(plans["hang"])
    assert "No plan could ever do this" in str(plans["impossible"])
    check_frames(plans)
    check_told(told)


def test_the_last_words_of_a_process_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that cannot even begin says why."""

    def broken(errors: Any) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-S", "-c", "raise ImportError('no such module')"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)

    monkeypatch.setattr(child, "_spawned", broken)
    answer = child.run(Run(Task(workshop()), 5.0))
    words = "its process ended with status 1 before it had an answer: ImportError: no such module"
    assert (answer.status, answer.reason) == ("killed", words)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Return the processes that are begun from now on."""
    begun: list[subprocess.Popen[bytes]] = []
    original = child._spawned

    def spawned(errors: Any) -> subprocess.Popen[bytes]:
        begun.append(original(errors))
        return begun[-1]

    monkeypatch.setattr(child, "_spawned", spawned)
    return begun


def test_short_tasks_share_a_process(begun: list[subprocess.Popen[bytes]]) -> None:
    """Three tasks one after the other begin one process, and none is left."""
    assert solve_many(seeds(3), jobs=1).complete
    assert len(begun) == 1 and not child.IDLE and begun[0].poll() is not None


@pytest.mark.slow
def test_long_tasks_have_processes_of_their_own(
    begun: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where tasks are long each begins one, and none is left."""
    monkeypatch.setattr(child, "SOON", 0.0)
    assert solve_many(seeds(2), jobs=1).complete
    assert len(begun) == 2 and all(process.poll() is not None for process in begun)


def check_frames(plans: PlanSet) -> None:
    """Assert what the set says of base and same, which have plans, and of the rest, which have none."""
    base = plans["base"]
    assert isinstance(base, Plan) and base.verified
    assert base.scenario.settings.threads == 1
    assert list(plans.plans) == ["base", "same"]
    assert plans.plans["same"].scenario.settings.title == "the same by another name"
    assert not plans.complete
    assert isinstance(plans["crash"], Unanswered) and not plans["crash"]
    output = plans.output
    assert list(output.columns) == ["case", *base.output.columns]
    assert output[output["case"] == "same"]["made"].tolist() == base.output["made"].tolist()
    assert set(plans.waiting_time["case"]) <= {"base", "same"}
    assert plans.starts.empty and list(plans.starts.columns)[:2] == ["case", "project"]
    summary = plans.summary().set_index("case")
    assert list(summary.index) == list(plans)
    assert summary.loc["base", "cost"] == base.objectives.set_index("objective").loc["cost", "value"]
    assert summary.loc["hang", "status"] == "killed" and summary["cost"].isna().sum() == 3
    assert "impossible: impossible: No plan" in repr(plans)
    with pytest.raises(AttributeError, match="no table"):
        _ = plans.gold


def check_told(told: list[StudyProgress]) -> None:
    """Assert that tasks wait, run and end in this order, and that the last telling is of all being done."""
    order = {"waiting": 0, "running": 1}
    for before, after in pairwise(told):
        for was, now in zip(before.tasks, after.tasks, strict=True):
            assert order.get(was.status, 2) <= order.get(now.status, 2)
    assert all(len(t.tasks) == t.done + t.running + t.waiting for t in told)
    assert all(t.running <= 2 for t in told)  # base and same are one
    assert (told[-1].done, told[-1].left) == (5, 0.0)
    assert any(task.search is not None for task in told[-1].tasks)


SCRIPT = textwrap.dedent(
    """
    import sys
    import optimizer
    from tests.study.test_study import seeds
    def watch(progress):
        print(*(task.status for task in progress.tasks), sep=";", flush=True)
    print(optimizer.solve_many(seeds(2), folder=sys.argv[1], jobs=1, watcher=watch).status)
    """
)
"""A script without a main guard."""


def started(script: Path, folder: Path) -> subprocess.Popen[str]:
    """Start the study of a script."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, str(script), str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_a_study_that_was_killed_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed once one of two tasks is done, and asked again: two answers, and only what was open is solved."""
    script, folder = tmp_path / "script.py", tmp_path / "runs"
    script.write_text(SCRIPT)
    process = started(script, folder)
    assert process.stdout is not None
    for line in process.stdout:
        if line.count("answered") == 1:
            process.kill()
    process.wait()
    process.stdout.close()
    done = {path: path.stat().st_mtime_ns for path in folder.glob("*.answer.zip")}
    assert len(done) == 1
    solved = spied(monkeypatch)
    plans = solve_many(seeds(2), folder=folder)
    assert plans.complete and len(solved) == 1
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert solve_many(seeds(2), folder=folder).complete and len(solved) == 1
    assert len(list(folder.iterdir())) == 2  # no lock, no draft


def spied(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Return the list of what is run from now on."""
    found: list[Run] = []
    original = study.run

    def spy(asked: Run) -> Answer:
        found.append(asked)
        return original(asked)

    monkeypatch.setattr(study, "run", spy)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_any_executor_runs_a_study(kind: str, tmp_path: Path) -> None:
    """Threads and processes of an executor give the same as no executor, and the folder is written here."""
    made: dict[str, Callable[[], Executor]] = {
        "threads": lambda: ThreadPoolExecutor(2),
        "processes": lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn")),
    }
    with made[kind]() as executor:
        plans = solve_many(seeds(3), executor=executor, folder=tmp_path)
        assert plans.complete
        assert executor.submit(int, "3").result() == 3  # it is not shut down
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.slow
def test_forty_tasks_and_three_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed three times in the middle, with one task that dies, one that hangs and an impossible one: 37 plans.

    The three are told as they are, nothing that was finished is solved again, and objectives are those of solves of
    their own, within the gap.
    """
    script, folder = tmp_path / "script.py", tmp_path / "runs"
    asked = SCRIPT.replace("seeds(2)", "forty()").replace("import seeds", "import forty").replace(", jobs=1", "")
    script.write_text(MISHAPS + asked)
    finished: dict[Path, int] = {}
    for stop in (8, 18, 28):
        process = started(script, folder)
        assert process.stdout is not None
        for line in process.stdout:
            if line.count("answered") >= stop:
                process.kill()
        process.wait()
        process.stdout.close()
        now = {path: path.stat().st_mtime_ns for path in folder.glob("*.answer.zip")}
        assert finished.items() <= now.items() and stop <= len(now) < 38
        finished = now
    monkeypatch.setattr(child, "_send", child._send)  # what the mishaps change is undone
    monkeypatch.setattr(child, "MARGIN", child.MARGIN)
    exec(MISHAPS, {})
    solved = spied(monkeypatch)
    plans = solve_many(forty(), folder=folder)
    expected = {"dies": "killed", "hangs": "killed", "impossible": "impossible"}
    assert plans.status == expected | {name: "answered" for name in forty() if name not in expected}
    assert "signal 9" in str(plans["dies"]) and "was ended" in str(plans["hangs"])
    assert len(plans.plans) == 37 and len(solved) == 40 - len(finished)
    for name in ("gap 0", "gap 36"):
        scenario = forty()[name]
        assert isinstance(scenario, Scenario)
        there = plans.plans[name].objectives.set_index("objective")
        here = solve(scenario, threads=1).objectives.set_index("objective")
        gap = scenario.settings.gap + scenario.settings.slack + 1e-5
        assert there.loc["shortfall", "found"] == pytest.approx(here.loc["shortfall", "found"], rel=gap)


MISHAPS = textwrap.dedent(
    """
    import signal
    from optimizer.study import child
    original, meets = child._send, {7001: signal.SIGKILL, 7002: signal.SIGSTOP}
    def send(process, asked):
        original(process, asked)
        if asked.task.given.settings.seed in meets:
            process.popen.send_signal(meets[asked.task.given.settings.seed])
    child._send, child.MARGIN = send, 5.0
    """
)
"""The processes of tasks with these seeds die, or stop for good."""


def forty() -> dict[str, Scenario | Task]:
    """Return forty tasks of the example, no two the same, of which one dies, one hangs and one is impossible."""
    from optimizer import read_workbook

    base = read_workbook(ROOT / "data/quickstart.xlsx").replace(settings={"objectives": ("shortfall", "cost")})
    much = {"target": "much", "kind": "rate", "item": "Filled round", "value": 1e6, "strength": "hard"}
    found: dict[str, Scenario | Task] = {
        "dies": base.replace(settings={"seed": 7001}),
        "hangs": Task(base.replace(settings={"seed": 7002}), time_limit=1.0),
        "impossible": base.replace(targets=[much], scenarios=[]),
    }
    return found | {f"gap {k}": base.replace(settings={"gap": 0.01 + 0.0001 * k}) for k in range(37)}


# -- without processes -----------------------------------------------------------------------------------
@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Let every task end at once, as impossible; return the list of those that were run."""
    found: list[Run] = []

    def at_once(asked: Run) -> Answer:
        found.append(asked)
        time.sleep(0.02)
        return Answer(IMPOSSIBLE, "quickly")

    monkeypatch.setattr(study, "run", at_once)
    return found


def test_two_studies_share_the_work_of_one_folder(tmp_path: Path, answers: list[Run]) -> None:
    """Side by side with one folder they end with the same answers, and no task was run twice."""
    found: list[PlanSet] = []
    threads = [
        threading.Thread(target=lambda: found.append(solve_many(seeds(10), folder=tmp_path, jobs=2))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [set(plans.status.values()) for plans in found] == [{"impossible"}] * 2
    assert len(answers) == 10
    assert len(list(tmp_path.iterdir())) == 10


def test_ctrl_c_keeps_what_is_done(tmp_path: Path, answers: list[Run]) -> None:
    """What was answered by then is in the set and in the folder, the rest is not done, and the same call goes on."""

    def interrupt(progress: StudyProgress) -> None:
        if progress.done >= 2 and not told:
            told.append(progress)
            raise KeyboardInterrupt

    told: list[StudyProgress] = []

    plans = solve_many(seeds(6), folder=tmp_path, jobs=1, watcher=interrupt)
    done = [name for name, status in plans.status.items() if status == "impossible"]
    assert 2 <= len(done) < 6
    assert set(plans.status.values()) == {"impossible", "not done"}
    before = len(answers)
    assert set(solve_many(seeds(6), folder=tmp_path).status.values()) == {"impossible"}
    assert len(answers) - before <= 6 - len(done)


def test_time_that_is_up_leaves_tasks_undone(answers: list[Run]) -> None:
    """With less than a second for all of them nothing is begun, and the reason is told."""
    plans = solve_many(seeds(2), time_limit=0.3)
    assert [str(plans[name]) for name in plans] == ["not done: there was no time left for it"] * 2
    assert not answers


def test_what_time_cut_short_is_given_but_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan at the limit of the study would be better with the time of the task: another run begins it anew."""
    plan = replace(solve(workshop()), status="time limit")
    monkeypatch.setattr(study, "run", lambda asked: Answer(ANSWERED, "", plan))
    assert solve_many(seeds(1), folder=tmp_path, time_limit=20).complete
    assert not list(tmp_path.iterdir())
    assert solve_many(seeds(1), folder=tmp_path, time_limit=2000).complete
    assert len(list(tmp_path.iterdir())) == 1


def test_variations_of_one_scenario_share_its_model(answers: list[Run], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is built once for those that are open, and solved without being built again; others build their own."""
    built: list[Scenario] = []
    monkeypatch.setattr(study, "prepare", lambda scenario: built.append(scenario) or prepare(scenario))
    base = workshop()
    solve_many(
        {
            "base": base,
            "calm": Task(base, off=("weekends",)),
            "held": Task(base, hold={"cost": 1e6}),
            "alone": Task(workshop({"accepted_wait": 1}), off=("weekends",)),
        }
    )
    shared = {name: asked.prepared for name, asked in zip(("base", "calm", "held", "alone"), answers, strict=True)}
    assert built == [base]
    assert shared["base"] == shared["calm"] is not None and shared["alone"] is None
    answer = answered(Task(base, off=("weekends",)), 60.0, shared["calm"])
    assert answer.plan is not None and answer.plan.verified and "build" not in answer.plan.seconds


class Lost(Executor):
    """An executor that loses what it is given."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        """Return a future that has failed."""
        future: Future[Any] = Future()
        future.set_exception(RuntimeError("the worker is gone"))
        return future


def test_what_an_executor_loses_is_told() -> None:
    """Its own failure is that of the task, and the study ends."""
    plans = solve_many(seeds(2), executor=Lost())
    assert str(plans["seed 1"]) == "failed: where it ran, it was lost (RuntimeError: the worker is gone)"


def test_there_is_room_for_as_many_as_memory_and_cores_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first task runs alone until it tells; then each takes what the largest took, and 2 GB stay free."""
    gigabyte = 1 << 30
    monkeypatch.setattr(study, "cores", lambda: 3)
    monkeypatch.setattr(memory, "free", lambda: 5.5 * gigabyte)
    monkeypatch.setattr(memory, "taken", lambda pid: (gigabyte, gigabyte))
    room, jobs = _Room(None), [_Job(Task(workshop()), pid=k) for k in range(1, 4)]
    assert room.there_is([])
    assert not room.there_is(jobs[:1])
    jobs[0].search = object()  # type: ignore[assignment]
    assert room.there_is(jobs[:1])  # 3.5 free, 0.5 for the first to grow, 1.5 for the next
    assert room.there_is(jobs[:2])
    assert not room.there_is(jobs)  # no core is left
    monkeypatch.setattr(memory, "free", lambda: 3.9 * gigabyte)
    assert not room.there_is(jobs[:1])
    assert _Room(5).there_is(jobs)  # asked for


def test_free_and_taken_memory_are_told() -> None:
    """This process takes less than there is."""
    now, most = memory.taken(os.getpid())
    assert 0 < now <= most
    assert memory.free() > 0


# -- tasks -----------------------------------------------------------------------------------------------
def test_a_task_is_its_scenario_with_the_variation(quickstart: Scenario) -> None:
    """Levers off, projects forced and forbidden, and settings stand in what is given; one thread is the rule."""
    task = Task(quickstart, off=("weekends",), force=("South plant",), forbid=("North expansion",), gap=0.5, seed=3)
    given = task.given
    assert set(quickstart.settings.levers) - set(given.settings.levers) == {"weekends"}
    status = given.projects.set_index("project")["status"]
    assert (status["South plant"], status["North expansion"]) == ("forced", "forbidden")
    assert (given.settings.gap, given.settings.seed, given.settings.threads) == (0.5, 3, 1)
    assert Task(quickstart, objectives=("cost",), threads=2).given.settings.objectives == ("cost",)


def test_everything_wrong_is_told_at_once_with_the_name_of_its_task(quickstart: Scenario) -> None:
    """Levers, projects, objectives and tables that there are not, and a project both forced and forbidden."""
    tasks = {
        "a": Task(quickstart, off=("wings",), force=("moon",)),
        "b": Task(quickstart, force=("South plant",), forbid=("South plant",)),
        "c": Task(quickstart, hold={"gold": 1}),
        "d": Task(quickstart, fix=("starts",)),
        "e": Task(quickstart, objectives=("gold",)),
    }
    with pytest.raises(InputError) as error:
        solve_many(tasks)
    told = [str(finding) for finding in error.value.findings]
    assert [words.partition(": ")[2][0] for words in told] == ["a", "a", "b", "c", "d", "e"]
    with pytest.raises(InputError, match="say 1 or more"):
        solve_many({"a": quickstart}, jobs=0)


def test_keys_tell_tasks_apart_by_what_their_answers_hang_on(quickstart: Scenario) -> None:
    """Notes and titles do not count; every number, setting, start and limit does, and is the same in every run."""
    base = Task(quickstart).key
    notes = quickstart.lines.assign(note="seen")
    assert Task(quickstart.replace(settings={"title": "other"}, lines=notes)).key == base
    plan = solve(workshop())
    others = [
        Task(variant(quickstart, "Need doubled")),
        Task(quickstart, gap=0.011),
        Task(quickstart, off=("weekends",)),
        Task(quickstart, hold={"cost": 1e9}),
        Task(quickstart, start=plan),
        Task(quickstart, start=plan, fix=("starts",)),
        Task(quickstart, start=plan, fix=("starts",), until="2024-01"),
    ]
    assert len({base, *(task.key for task in others)}) == 1 + len(others)
